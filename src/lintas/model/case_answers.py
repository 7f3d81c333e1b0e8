# SPDX-License-Identifier: Apache-2.0
"""What use cases about cases give back, for pages and the command line."""

import msgspec


class CaseLine(msgspec.Struct, frozen=True):
    """One case in a list."""

    ref: str
    opener: str  # node
    opener_name: str
    title: str
    area: str
    kind: str
    state: str  # open | closed
    standing: str  # of this node: opener | invited | joined | declined | left
    is_joint: bool
    coordinator: str  # name of the desk that keeps it together
    members: list[str]  # names of the nodes that are in it
    tasks: int  # open ones of this node
    next_due: str  # RFC 3339; empty when nothing is due
    conflicts: int
    waiting: int  # documents whose earlier ones have not come
    message: str  # by which it is seen
    at: str
    place: int  # beyond which the next page goes on


class Cases(msgspec.Struct, frozen=True):
    """Cases, the one that changed last first."""

    cases: list[CaseLine]
    next_before: int = 0  # 0: there are no more


class ValueSaid(msgspec.Struct, frozen=True):
    """One value of a field, and who gave it."""

    value: str
    node: str
    node_name: str
    by: str
    at: str


class FieldShown(msgspec.Struct, frozen=True):
    """One field; more than one value is a conflict."""

    name: str
    values: list[ValueSaid]


class MemberShown(msgspec.Struct, frozen=True):
    """One node of a case."""

    node: str
    name: str
    country: str
    standing: str
    officers: list[ValueSaid]
    is_self: bool
    is_coordinator: bool
    at: str
    ground: str
    unsent: int  # documents of ours that have not gone there
    why_unsent: str


class TaskShown(msgspec.Struct, frozen=True):
    """One task."""

    id: str
    message: str
    title: str
    to: str
    to_name: str
    is_ours: bool
    officer: str
    due: str
    state: str
    is_disputed: bool
    request: str
    by: str
    by_node: str
    at: str
    owner: str  # who of this node answers for it
    offered_to: str


class ItemShown(msgspec.Struct, frozen=True):
    """One item; what the reader may not see is only shown to be there."""

    id: str
    message: str  # as this node holds it; empty when it does not, or the reader may not see it
    title: str
    note: str
    marking: str
    is_seen: bool
    is_masked: bool
    node: str
    node_name: str
    by: str
    at: str
    given: list[str]  # names of the nodes that have it


class AccountInCase(msgspec.Struct, frozen=True):
    """An account, phone or wallet that the case is about."""

    scheme: str
    value: str
    bank: str
    country: str
    name: str
    role: str
    node_name: str
    by: str
    at: str
    message: str


class PersonShown(msgspec.Struct, frozen=True):
    """Somebody whom the case is about."""

    role: str
    name: str  # empty when it is masked
    entity: str
    is_masked: bool
    node_name: str
    by: str
    at: str
    message: str


class WordShown(msgspec.Struct, frozen=True):
    """A note, or something that happened."""

    text: str
    lang: str
    at: str  # when it was said, or when it happened
    node_name: str
    by: str
    is_home: bool
    message: str


class ProposalShown(msgspec.Struct, frozen=True):
    """Another coordinating desk that not everybody accepted yet."""

    id: str
    node: str
    name: str
    by_name: str
    waits_for: list[str]  # names
    waits_for_us: bool


class RequestInCase(msgspec.Struct, frozen=True):
    """A request of the case."""

    ref: str
    message: str
    form: str
    state: str
    side: str
    other: str
    next_due: str
    held_minor: int
    currency: str


class OverlapShown(msgspec.Struct, frozen=True):
    """Something else here that holds an identifier of the case."""

    what: str  # case | request | report
    ref: str
    title: str
    node_name: str
    scheme: str
    value: str


class IdleShown(msgspec.Struct, frozen=True):
    """A document that changed nothing."""

    node_name: str
    what: str
    reason: str
    at: str


class CaseShown(msgspec.Struct, frozen=True):
    """One case."""

    line: CaseLine
    fields: list[FieldShown]
    members: list[MemberShown]
    tasks: list[TaskShown]
    items: list[ItemShown]
    hidden_items: int  # of those in `items`, how many the reader may not see
    accounts: list[AccountInCase]
    people: list[PersonShown]
    events: list[WordShown]
    notes: list[WordShown]
    requests: list[RequestInCase]
    proposals: list[ProposalShown]
    conflicts: list[FieldShown]
    overlaps: list[OverlapShown]
    idle: list[IdleShown]
    missing: int  # documents that were not here when others named them
    lists: list[str]  # need-to-know lists that it is restricted to
    invited_by: str  # name, where this node is asked to join
    marking: str


class CaseDone(msgspec.Struct, frozen=True):
    """What was said in a case."""

    ref: str
    opener: str
    what: str
    document: str
    message: str
    sent_to: list[str] = []  # names of the nodes to which something went now
    not_sent: list[tuple[str, str]] = []  # (name, why)
    overlaps: list[OverlapShown] = []
