# SPDX-License-Identifier: Apache-2.0
"""What pages and verbs are told of requests. msgspec's structs, because they are written as JSON.

Codes are codes of the packs: whoever shows them looks the label up in the reader's language.
"""

from typing import Any

import msgspec

from lintas.model.desk import Money


class MoneyShown(msgspec.Struct, frozen=True):
    """An amount in minor units."""

    minor: int
    currency: str

    @classmethod
    def of(cls, money: Money | None) -> "MoneyShown | None":
        """The same, or nothing."""
        return None if money is None else cls(money.minor, money.currency)


class Amounts(msgspec.Struct, frozen=True):
    """What a thread comes to, in minor units of one currency. Only `held` is held."""

    currency: str
    asked: int
    blocked: int  # that the bank confirmed
    tainted: int  # of it, what the request is about
    held: int  # now
    gone: int
    released: int
    returned: int
    forfeited: int


class RequestLine(msgspec.Struct, frozen=True):
    """One request in a list."""

    ref: str
    message: str  # id of the message that opened it here
    side: str  # asker | answerer: which end this node is
    other: str  # node at the other end
    other_name: str
    other_country: str
    is_own: bool  # whether this desk asks itself: nothing of it leaves, and each step's side is told by its kind
    form: str
    power: str
    desk: str
    urgency: str
    state: str
    is_open: bool
    at: str  # as its author's clock said
    came: str  # since when its clocks run here
    next_due: str  # RFC 3339; empty when nothing is due
    next_clock: str
    is_ours: bool  # whether this desk is to act on what is due next
    owner: str  # empty: whoever is on duty
    offered_to: str
    acknowledged_by: str
    ordered_by: str
    amount: MoneyShown | None
    held: int  # minor units
    agreement: str
    case: str
    report: str
    changed: int  # place of its newest document


class RequestList(msgspec.Struct, frozen=True):
    """Requests that somebody may see."""

    lines: list[RequestLine]
    next: str  # where the next page goes on; empty when there is none


class StepShown(msgspec.Struct, frozen=True):
    """One thing that was said in a thread."""

    seq: int
    message: str
    doc: str
    side: str  # asker | answerer | outsider
    node: str
    what: str
    by: str
    at: str  # by its author's clock
    came: str  # by ours
    fields: dict[str, Any]
    ground: str
    short: str
    lang: str
    is_local: bool  # it stays at this node
    counts: bool
    reason: str  # why it changed nothing


class DueLine(msgspec.Struct, frozen=True):
    """A clock of a thread that runs."""

    clock: str
    at: str
    is_ours: bool
    item: str  # of several alike: the document that set it
    source: str  # of the row by which it runs; empty when a person set it
    confirmed: bool


class SayShown(msgspec.Struct, frozen=True):
    """Something that this viewer could say next: a button, or why there is none."""

    what: str
    allowed: bool
    rule: str  # why not; empty when they may
    reason: str
    activity: str
    takes_order: bool  # it is proposed and confirmed with passkeys


class DoorShown(msgspec.Struct, frozen=True):
    """A door through which the answering desk uses its power."""

    country: str
    code: str
    via: str
    law: str
    signs: str
    form: str
    language: str
    contact: str
    earmark: str
    clock: str
    confirmed: bool
    source: str
    warnings: list[str]
    expires_at: str  # if it was ordered now; empty when nobody knows how long it lasts


class DeskShown(msgspec.Struct, frozen=True):
    """The desk that answers."""

    code: str
    label: str
    number: str
    languages: list[str]
    is_open: bool | None  # None: nobody said when it is
    opens_next: str
    confirmed: bool
    source: str


class SeenBy(msgspec.Struct, frozen=True):
    """Who may see a thread."""

    marking: str
    lists: list[str]  # need-to-know lists that it is restricted to
    roles: list[str]  # codes
    nodes: list[str]


class RequestShown(msgspec.Struct, frozen=True):
    """One thread, for one viewer."""

    line: RequestLine
    fields: dict[str, Any]
    purpose: str
    basis: str
    short: str
    lang: str
    contact: dict[str, Any]
    levels: dict[str, int]
    by: str
    amounts: Amounts
    ground: str  # of a refusal
    steps: list[StepShown]
    dues: list[DueLine]
    says: list[SayShown]
    doors: list[DoorShown]
    desk: DeskShown | None
    seen_by: SeenBy
    next_step: str  # the pack's sentence for this side in this state
    reviewing: bool
    crossed: bool
    waiting: int  # documents whose earlier ones have not come
    expires_at: str
    power_ordered: str
    orders: list[str]  # ids of orders about it that wait for somebody
    is_new: bool = True  # False: the same was asked before, and this is that
    heads: list[str] = []  # documents that the next one comes after
    note: str = ""  # of what was just done

    @property
    def ref(self) -> str:
        """Its reference."""
        return self.line.ref

    @property
    def state(self) -> str:
        """Where it is."""
        return self.line.state


class RequestPreview(msgspec.Struct, frozen=True):
    """What sending a request would do. Nothing was sent."""

    to: str
    to_name: str
    to_country: str
    may_go: bool
    rule: str
    reason: str
    rejected: list[tuple[str, str]]  # (field, what is wrong)
    power: str
    purpose: str
    basis: str
    levels: dict[str, int]
    level_source: str
    level_confirmed: bool
    desk: DeskShown | None
    doors: list[DoorShown]
    seen_by: SeenBy
    takes_order: bool
    same: str  # reference of the same open request; empty when there is none
    refused_before: str  # reference of one that was refused; empty when there is none
    fast: bool  # a fast lane is in force for it
    agreement: str
    warnings: list[str]


class Corrected(msgspec.Struct, frozen=True):
    """What a correction did."""

    corrected: list[str]  # references: what was ordered is reviewed
    withdrawn: list[str]  # nothing was ordered yet
    refused: list[tuple[str, str]]  # (reference, why not)
    review_s: int  # seconds in which the authorities review


class ClaimLine(msgspec.Struct, frozen=True):
    """One claim on an account."""

    ref: str
    message: str
    side: str
    other: str
    other_name: str
    state: str
    currency: str
    asked: int
    blocked: int
    tainted: int
    held: int
    whole: bool  # the bank blocked the whole account for it


class Claims(msgspec.Struct, frozen=True):
    """All requests here about one account, together."""

    account: str
    lines: list[ClaimLine]
    currency: str
    asked: int
    held: int
    blocked: int  # that the bank confirmed: the block of an account is one, held amounts add up
    is_covered: bool  # what it blocked is enough for all that stands
    more: bool  # some are in another currency, or hidden from this viewer
