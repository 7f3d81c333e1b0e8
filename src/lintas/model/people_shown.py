# SPDX-License-Identifier: Apache-2.0
"""What use cases about people give back: accounts and their rights, need-to-know lists, shifts and deputies."""

import msgspec


class AccountFacts(msgspec.Struct, frozen=True):
    """One account, and what its role may do."""

    id: str  # "officer-0001": what the log knows
    name: str  # stays in this node
    role: str
    role_label: str
    clearance: str  # "TLP:AMBER"
    opens: list[str]  # closed classes beside the role's
    may: list[str]  # sentences
    lists: int  # need-to-know lists that they are on
    passkeys: int
    has_password: bool


class NeedListShown(msgspec.Struct, frozen=True):
    """A need-to-know list, as one of its members sees it."""

    name: str  # of the list
    opened_by: str
    opened_at: str
    closed_at: str  # empty while it stands; what it restricts stays restricted
    members: tuple[str, ...]  # pseudonyms
    messages: int  # that it restricts
    may_change: bool
    steps: tuple["NeedStep", ...]  # newest first


class NeedStep(msgspec.Struct, frozen=True):
    """What happened with a list once."""

    at: str
    by: str
    action: str  # opened | joined | left | closed | restricted | freed
    person: str  # who joined or left
    messages: int  # that were restricted or freed


class NeedLists(msgspec.Struct, frozen=True):
    """The lists that the viewer is on; for the node's folder all."""

    lists: list[NeedListShown]


class NeedDone(msgspec.Struct, frozen=True):
    """What a change of a list did."""

    name: str  # of the list
    action: str
    people: list[str] = []
    messages: list[str] = []  # with released copies and alerts of those that were named


class DutyShown(msgspec.Struct, frozen=True):
    """A shift, or a time in which somebody stands in for another."""

    id: str
    what: str  # shift | deputy
    person: str
    name: str  # of the person
    stands_for: str  # empty for a shift
    stands_for_name: str
    starts_at: str  # RFC 3339 UTC
    ends_at: str
    is_on: bool


class Duties(msgspec.Struct, frozen=True):
    """Shifts and deputies that are on or to come, by their start."""

    duties: list[DutyShown]


class PersonLine(msgspec.Struct, frozen=True):
    """Who works here, as one row."""

    id: str
    name: str
    role: str
    clearance: str  # "TLP:AMBER"
    opens: list[str]  # closed classes beside the role's
    state: str  # open | closed
    lists: int
    passkeys: int
    duty: str  # on | off; empty for who has no shifts
    stands_for: list[str]  # pseudonyms
