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
    asks: tuple[str, ...]  # what it asks for besides, in words

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
        asks=_asks(activity, table),
    )


def _asks(activity: ActivityRow, table: AccessTable) -> tuple[str, ...]:
    said = []
    if activity.purpose:
        said.append("says what for")
    if activity.binding:
        said.append("confirms with their own passkey")
    if activity.four_eyes:
        said.append("needs a second person")
    else:
        of = [one.label.lower() for one in table.classes.values() if activity.code in one.four_eyes]
        if of:
            said.append(f"needs a second person for: {', '.join(of)}")
    never = [one.label.lower() for one in table.classes.values() if activity.code in one.never]
    if never:
        said.append(f"never for: {', '.join(never)}")
    return tuple(said)


def _sentence(right: Right) -> str:
    own = ", where it is their own" if right.may_own else ""
    asks = f" ({'; '.join(right.asks)})" if right.asks else ""
    return f"May {right.label}{own}{asks}."
