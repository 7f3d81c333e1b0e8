# SPDX-License-Identifier: Apache-2.0
"""What a role may do, read from the access table for people: it describes, and decides nothing."""

from dataclasses import dataclass

from lintas.formats.access import AccessTable, ActivityRow, RoleRow
from lintas.model.marking import Protected


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """One activity of the table, as one role has it."""

    activity: str
    label: str  # "look up what this node holds"
    may: bool
    may_own: bool  # only with what is their own
    asked: tuple[tuple[str, tuple[str, ...]], ...]  # what it asks for besides: code, and classes that it asks it for
    asks: tuple[str, ...]  # the same in words

    @property
    def is_any(self) -> bool:
        """Whether the role has it in some way."""
        return self.may or self.may_own


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What the table says of one role, in its order."""

    role: str
    label: str
    content: bool
    logs: bool
    opens: tuple[str, ...]  # labels of closed classes
    opens_codes: tuple[str, ...]
    rights: tuple[Right, ...]

    def sentences(self) -> tuple[str, ...]:
        """The same, as sentences that a person can be read."""
        return (*self.seeing(), *(_sentence(right) for right in self.rights if right.is_any))

    def seeing(self) -> tuple[str, ...]:
        """What the role sees at all."""
        said = ["Sees what messages say." if self.content else "Sees nothing of what messages say."]
        if self.logs:
            said.append("Sees every entry of the log, without what it says.")
        if self.content and self.opens:
            said.append(f"Sees what is closed to others: {', '.join(self.opens)}.")
        return tuple(said)


def rights_of(table: AccessTable, role: str, opens: frozenset[Protected] = frozenset()) -> Rights:
    """What a role may do, with closed classes that a person was cleared for beside it.

    Raises:
        KeyError: There is no such role.
    """
    row = table.roles[role]
    closed = [one for one in table.classes.values() if one.closed and one.code in row.opens | opens]
    return Rights(
        role=role,
        label=row.label,
        content=row.content,
        logs=row.logs,
        opens=tuple(one.label for one in closed),
        opens_codes=tuple(one.code.value for one in closed),
        rights=tuple(_right(row, activity, table) for activity in table.activities.values()),
    )


def _right(role: RoleRow, activity: ActivityRow, table: AccessTable) -> Right:
    is_blind = activity.content and not role.content
    may = role.code in activity.roles and not is_blind
    return Right(
        activity=activity.code,
        label=activity.label,
        may=may,
        may_own=activity.owner and not may and not is_blind,
        asked=(asked := _asked(activity, table)),
        asks=tuple(_words(code, classes, table) for code, classes in asked),
    )


def _asked(activity: ActivityRow, table: AccessTable) -> tuple[tuple[str, tuple[str, ...]], ...]:
    said: list[tuple[str, tuple[str, ...]]] = []
    if activity.purpose:
        said.append(("purpose", ()))
    if activity.binding:
        said.append(("binding", ()))
    if activity.four_eyes:
        said.append(("second", ()))
    elif of := tuple(one.code.value for one in table.classes.values() if activity.code in one.four_eyes):
        said.append(("second_for", of))
    if never := tuple(one.code.value for one in table.classes.values() if activity.code in one.never):
        said.append(("never", never))
    return tuple(said)


def _words(code: str, classes: tuple[str, ...], table: AccessTable) -> str:
    words = {
        "purpose": "says what for",
        "binding": "confirms with their own passkey",
        "second": "needs a second person",
        "second_for": "needs a second person for",
        "never": "never for",
    }[code]
    labels = ", ".join(table.classes[Protected(one)].label.lower() for one in classes)
    return f"{words}: {labels}" if labels else words


def _sentence(right: Right) -> str:
    own = ", where it is their own" if right.may_own else ""
    asks = f" ({'; '.join(right.asks)})" if right.asks else ""
    return f"May {right.label}{own}{asks}."
