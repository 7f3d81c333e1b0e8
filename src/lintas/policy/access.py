# SPDX-License-Identifier: Apache-2.0
"""Who of this agency may do and see what: one table of rules over the access pack, and nothing beside it.

`access` decides one act. `scope_of` and `visible_sql` say the part of it that is about single messages as conditions in
SQL, so that lists, counts and searches never show what `access` would refuse; a property test holds the two equal.
Nothing that no row allows is allowed.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, NamedTuple

from lintas.formats.access import AccessTable, ActivityRow, ClassRow, RoleRow
from lintas.model.marking import Marking, Protected, Tlp, class_bits, classes_of
from lintas.model.scope import Scope
from lintas.model.viewer import Viewer
from lintas.policy.decision import Decision, Obligation


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """What an act is about, as far as the policy asks."""

    tlp: int = 0
    classes: int = 0  # bits, see `model.marking.class_bits`
    lists: frozenset[str] = frozenset()  # need-to-know lists that it is restricted to
    owner: str = ""  # whose it is, where it is somebody's

    @classmethod
    def marked(cls, marking: Marking, *, lists: frozenset[str] = frozenset(), owner: str = "") -> "Thing":
        """What a message with this marking is to the policy."""
        return cls(tlp=int(marking.tlp), classes=class_bits(marking.classes), lists=lists, owner=owner)


NOTHING: Final = Thing()


class _Act(NamedTuple):
    viewer: Viewer
    role: RoleRow
    row: ActivityRow
    thing: Thing
    scope: Scope
    table: AccessTable


_Rule = tuple[str, Callable[[_Act], bool], Callable[[_Act], str]]

_BY_PERSON: Final[tuple[_Rule, ...]] = (
    (
        "named-person",
        lambda a: a.viewer.is_folder_owner and not a.row.folder,
        lambda _: "a person with an account answers for this, not the node's folder",
    ),
    (
        "role",
        lambda a: a.viewer.role not in a.row.roles and not _is_own(a) and not _is_by_folder(a),
        lambda a: f"to {a.row.label} is for {_roles(a)}",
    ),
    (
        "content",
        lambda a: a.row.content and not a.role.content,
        lambda a: f"{a.role.label.lower()} sees no content",
    ),
    (
        "off-duty",
        lambda a: a.viewer.is_off_duty and (a.row.content or a.row.binding),
        lambda _: "you have shifts and none is on: ask who is on duty, or have your shift entered",
    ),
    (
        "purpose",
        lambda a: a.row.purpose and not a.viewer.purpose.strip(),
        lambda _: "say what you need it for: the purpose is kept, and those who answer for the case see it",
    ),
    (
        "never",
        lambda a: a.thing.classes != 0 and any(_never(a, one) for one in classes_of(a.thing.classes)),
        lambda a: f"to {a.row.label} is never done with what is {_protected(a)}",
    ),
)
# What hides one message: the same three rows in Python and in SQL.
_BY_MESSAGE: Final[tuple[tuple[str, Callable[[_Act], bool], str, Callable[[_Act], str]], ...]] = (
    (
        "clearance",
        lambda a: a.thing.tlp > a.scope.clearance,
        "{m}.tlp <= :clearance",
        lambda _: "it is marked stricter than you are cleared for",
    ),
    (
        "class",
        lambda a: a.thing.classes & a.scope.closed != 0,
        "({m}.classes & :closed) = 0",
        lambda _: "it is of a class that you are not cleared for",
    ),
    (
        "need-to-know",
        lambda a: a.scope.lists is not None and not a.thing.lists <= a.scope.lists,
        (
            "({m}.needs = 0 OR :lists = '*' OR NOT EXISTS (SELECT 1 FROM need n WHERE n.seq = {m}.seq"
            " AND :lists NOT LIKE '%,' || n.list || ',%'))"
        ),
        lambda _: "it is restricted to a need-to-know list that you are not on",
    ),
)
RULES: Final = (*(rule for rule, *_ in _BY_PERSON), *(rule for rule, *_ in _BY_MESSAGE))


def access(table: AccessTable, viewer: Viewer, activity: str, thing: Thing = NOTHING) -> Decision:
    """Decide whether somebody may do something: every rule that refuses it, and what it asks for when none does.

    Raises:
        KeyError: There is no such activity: a programmer's mistake, never a person's.
    """
    row = table.activities[activity]
    role = table.roles.get(viewer.role)
    if role is None:
        return Decision(allowed=False, rule="role", reason=f"the access policy knows no role {viewer.role[:40]!r}")
    act = _Act(viewer, role, row, thing, scope_of(table, viewer) if thing is not NOTHING else _OPEN, table)
    found = [(rule, reason(act)) for rule, refuses, reason in _BY_PERSON if refuses(act)]
    if thing is not NOTHING and row.content:
        found += [(rule, reason(act)) for rule, refuses, _, reason in _BY_MESSAGE if refuses(act)]
    if found:
        (rule, why), *also = found
        return Decision(allowed=False, rule=rule, reason=why, also=tuple(also))
    return _allowed(table, activity, thing.classes, thing.tlp, _why(act), unmasks=viewer.unmasks)


def may(table: AccessTable, viewer: Viewer, activity: str, *, owner: str = "") -> bool:
    """Say whether somebody may do something at all: what a page asks before it offers it."""
    return access(table, viewer, activity, Thing(owner=owner) if owner else NOTHING).allowed


def admits(table: AccessTable, viewer: Viewer, activity: str) -> Decision:
    """Decide what can be decided before it is known what an act is about: it may be their own, for a good purpose."""
    if viewer.purpose.strip() or not table.activities[activity].purpose:
        return access(table, viewer, activity, Thing(tlp=_BELOW_ALL, owner=viewer.id))
    return access(table, replace(viewer, purpose="still to be said"), activity, Thing(tlp=_BELOW_ALL, owner=viewer.id))


def scope_of(table: AccessTable, viewer: Viewer) -> Scope:
    """What a viewer may see, as the store asks it."""
    role = table.roles.get(viewer.role)
    if role is None or not role.content:
        return _NOBODY
    closed, masked, kept = _class_masks(table, role, viewer)
    lists = None if viewer.is_folder_owner else viewer.lists
    return _scope(int(Tlp(viewer.clearance)), closed, kept if viewer.unmasks else masked, lists)


def log_scope_of(table: AccessTable, viewer: Viewer) -> Scope:
    """Of which entries a viewer may see that they are there, not what they say: for oversight all."""
    role = table.roles.get(viewer.role)
    return _OPEN if role is not None and role.logs else scope_of(table, viewer)


def cause_scope_of(table: AccessTable, viewer: Viewer) -> Scope:
    """What oversight sees of one message that it opens with a stated cause: as far as cleared, masked as for anyone.

    A need-to-know list does not keep oversight from what it has a cause to open; a closed class does, unless the person
    was cleared for it.
    """
    role = table.roles.get(viewer.role)
    if role is None or not role.logs:
        return _NOBODY
    closed, masked, _ = _class_masks(table, role, viewer)
    return _scope(int(Tlp(viewer.clearance)), closed, masked, None)


def opened_classes(table: AccessTable, viewer: Viewer) -> frozenset[Protected]:
    """Closed classes that a viewer sees: what they asked may tell of them, so it is of these classes itself."""
    role = table.roles.get(viewer.role)
    if role is None or not role.content:
        return frozenset()
    opens = role.opens | viewer.opens
    return frozenset(row.code for row in table.classes.values() if row.closed and row.code in opens)


def closed_bits(table: AccessTable) -> int:
    """Bits of every class that is closed to anyone: nothing of them is in what goes to no named person."""
    return sum(row.code.bit for row in table.classes.values() if row.closed)


def scope_of_kept(table: AccessTable, viewer: Viewer, lists: frozenset[str]) -> Scope:
    """What of a viewer's sight may come into figures that others read, and that leave for other nodes.

    Nothing that is for named people alone (TLP:RED), of a class that is masked or closed to anyone, or that another
    need-to-know list restricts than those that restrict the figures.

    Args:
        lists: That restrict the figures.
    """
    own = scope_of(table, viewer)
    return _scope(
        min(own.clearance, int(Tlp.AMBER_STRICT)),
        own.closed | closed_bits(table),
        own.masked | _masks(table, frozenset())[1],
        lists if own.lists is None else own.lists & lists,
    )


def takes_two(table: AccessTable, activity: str, classes: int) -> bool:
    """Whether a class of what an act is about asks for a second named person, whoever is there.

    Args:
        classes: Bits, see `model.marking.class_bits`.
    """
    return any(activity in table.classes[one].four_eyes for one in classes_of(classes))


def kept_masked(table: AccessTable, classes: int) -> tuple[ClassRow, ...]:
    """Masked classes among these that one person alone does not unmask.

    Args:
        classes: Bits, see `model.marking.class_bits`.
    """
    return tuple(row for row in map(table.classes.__getitem__, classes_of(classes)) if _stays_masked(row))


def obligations_of(
    table: AccessTable, activity: str, thing: Thing = NOTHING, *, unmasks: bool = False
) -> frozenset[Obligation]:
    """What an allowed act asks for besides, whoever does it.

    Args:
        unmasks: They asked to see what is masked, for a purpose.

    Raises:
        KeyError: There is no such activity: a programmer's mistake, never a person's.
    """
    row = table.activities[activity]
    of = [table.classes[one] for one in classes_of(thing.classes)]
    asked: set[Obligation] = set()
    if row.binding:
        asked.add(Obligation.ASSERTION)
    if row.four_eyes or takes_two(table, activity, thing.classes):
        asked |= {Obligation.SECOND, Obligation.ASSERTION}
    if row.content and any(one.masked and (not unmasks or _stays_masked(one)) for one in of):
        asked.add(Obligation.MASK)
    if row.purpose or unmasks:
        asked.add(Obligation.LOG_PURPOSE)
    if row.content and (of or thing.tlp >= Tlp.AMBER_STRICT):
        asked.add(Obligation.WATERMARK)
    if row.content and thing.tlp >= Tlp.RED:
        asked.add(Obligation.NO_EXPORT)
    return frozenset(asked)


def visible_sql(alias: str) -> str:
    """The conditions under which a row of table `message`, under this alias, is shown: parameters of `Scope.sql`."""
    return " AND ".join(sql.replace("{m}", alias) for _, _, sql, _ in _BY_MESSAGE)


_BELOW_ALL: Final = -1  # TLP of what is not known yet: no clearance is too low for it
_OPEN: Final = Scope(clearance=int(Tlp.RED), lists=None)
_NOBODY: Final = Scope(clearance=-1)


@lru_cache(maxsize=4096)
def _scope(clearance: int, closed: int, masked: int, lists: frozenset[str] | None) -> Scope:
    return Scope(clearance=clearance, closed=closed, masked=masked, lists=lists)


@lru_cache(maxsize=4096)
def _masks(table: AccessTable, opens: frozenset[str]) -> tuple[int, int, int]:
    """Bits of classes that are closed, that are masked, and that stay masked when one person alone unmasks."""
    rows = table.classes.values()
    closed = sum(row.code.bit for row in rows if row.closed and row.code not in opens)
    masked = sum(row.code.bit for row in rows if row.masked)
    return closed, masked, sum(row.code.bit for row in rows if _stays_masked(row))


def _stays_masked(row: ClassRow) -> bool:
    return row.masked and "unmask" in row.four_eyes


def _class_masks(table: AccessTable, role: RoleRow, viewer: Viewer) -> tuple[int, int, int]:
    return _masks(table, role.opens | viewer.opens if viewer.opens else role.opens)


def _is_own(act: _Act) -> bool:
    owner = act.thing.owner
    return act.row.owner and owner != "" and (owner == act.viewer.id or owner in act.viewer.stands_for)


def _is_by_folder(act: _Act) -> bool:
    return act.row.folder and act.viewer.is_folder_owner


def _why(act: _Act) -> tuple[str, str]:
    if act.viewer.role in act.row.roles:
        return "role", f"your role may {act.row.label}"
    if _is_own(act):
        return "own", "it is your own"
    return "folder", "whoever has the node's folder has it all"


@lru_cache(maxsize=4096)
def _allowed(
    table: AccessTable, activity: str, classes: int, tlp: int, why: tuple[str, str], *, unmasks: bool
) -> Decision:
    rule, reason = why
    asked = obligations_of(table, activity, Thing(tlp=tlp, classes=classes), unmasks=unmasks)
    return Decision(allowed=True, rule=rule, reason=reason, obligations=asked)


def _roles(act: _Act) -> str:
    labels = sorted(act.table.roles[code].label.lower() for code in act.row.roles)
    return ", ".join(labels) or "nobody"


def _never(act: _Act, one: Protected) -> bool:
    return act.row.code in act.table.classes[one].never


def _protected(act: _Act) -> str:
    named = (act.table.classes[one].label.lower() for one in classes_of(act.thing.classes) if _never(act, one))
    return ", ".join(sorted(named))
