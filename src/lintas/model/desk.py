# SPDX-License-Identifier: Apache-2.0
"""Documents of the desk: reports, requests and what is said in their threads, cases, agreements.

Each is the payload of one item of media type DESK_TYPE. What it says is an object of fields whose codes stand in the
packs `forms` and `doors`; this file holds what every thread shares, whatever its form.

Source: docs/spec/desk.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, NamedTuple

from lintas.model.ids import MessageId

DESK_TYPE: Final = "application/vnd.lintas.desk+json"


class Doc(StrEnum):
    """What a document is."""

    REPORT = "report"  # what happened: payments, accounts, handles; never who the victim is
    VICTIM = "victim"  # who reported it; of the class victim, and never leaves
    REQUEST = "request"  # opens a thread between two desks
    STEP = "step"  # one thing that one of the two says or does in it
    CASE = "case"  # one thing that one party says in a case, local or joint
    AGREEMENT = "agreement"  # a fast lane between two nodes: proposed, accepted, ended
    QUESTION = "question"  # what a bank is asked about bookings, and what came of it; at home
    TRACE = "trace"  # one thing that is said of money that is followed: here, and by the nodes that it came to


class Side(StrEnum):
    """Which end of a request a node is."""

    ASKER = "asker"
    ANSWERER = "answerer"


class Step(StrEnum):
    """What can be said or done in a request's thread."""

    # the answering desk
    ACKNOWLEDGED = "acknowledged"  # a named person has it
    CLARIFY = "clarify"  # asks the asking desk something
    ORDERED = "ordered"  # an order of its own, under its own law
    DELIVERED = "delivered"  # the bank, exchange or platform has that order
    CONFIRMED = "confirmed"  # it says what it blocked, how much and when: only this counts as held
    FAILED = "failed"  # it could not do it, and says why; another door may be tried
    GONE = "gone"  # the money, or a part of it, went on
    REFUSED = "refused"  # with a coded ground: a normal outcome
    ANSWERED = "answered"  # what was asked for, where no power was asked for
    EXTENDED = "extended"
    RELEASED = "released"  # the hold was lifted, wholly or in part
    RETURNED = "returned"  # the money went back to whom it was taken from
    FORFEITED = "forfeited"
    EXPIRED = "expired"  # the hold ended by time
    REVIEWED = "reviewed"  # after a correction: what the authority decided
    # the asking desk
    CLARIFIED = "clarified"
    CORRECTED = "corrected"  # the request was wrong: each executing authority reviews what it ordered
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    # either, and it travels
    CALL_BACK = "call_back"  # two one-time words, that both read out
    NOTED = "noted"
    # either, and it stays at home
    DOOR = "door"  # another door was tried
    RECALL_SENT = "recall_sent"  # own bank was asked to recall (camt.056)
    RECALL_ANSWERED = "recall_answered"  # own bank says what came of it (camt.029)
    PROMISED = "promised"  # somebody promised to call
    KEPT = "kept"  # and did
    INSTRUCTED = "instructed"  # the order was handed to the connection of a bank; at home, before `delivered`


LOCAL_STEPS: Final = frozenset(
    {Step.DOOR, Step.RECALL_SENT, Step.RECALL_ANSWERED, Step.PROMISED, Step.KEPT, Step.INSTRUCTED}
)


ANSWERER_STEPS: Final = frozenset(
    {
        Step.ACKNOWLEDGED,
        Step.CLARIFY,
        Step.ORDERED,
        Step.INSTRUCTED,
        Step.DELIVERED,
        Step.CONFIRMED,
        Step.FAILED,
        Step.GONE,
        Step.REFUSED,
        Step.ANSWERED,
        Step.EXTENDED,
        Step.RELEASED,
        Step.RETURNED,
        Step.FORFEITED,
        Step.EXPIRED,
        Step.REVIEWED,
    }
)
ASKER_STEPS: Final = frozenset(
    {Step.CLARIFIED, Step.CORRECTED, Step.WITHDRAWN, Step.CLOSED, Step.RECALL_SENT, Step.RECALL_ANSWERED}
)


class State(StrEnum):
    """Where a request is. Requested, ordered, delivered and confirmed are never one word for another."""

    REQUESTED = "requested"
    ACKNOWLEDGED = "acknowledged"
    CLARIFYING = "clarifying"  # the answering desk waits for the asking one
    ORDERED = "ordered"
    DELIVERED = "delivered"
    HELD = "held"  # the bank confirmed all that was asked for
    PARTLY = "partly"  # the bank confirmed less
    GONE = "gone"
    REFUSED = "refused"
    ANSWERED = "answered"
    RELEASED = "released"
    RETURNED = "returned"
    FORFEITED = "forfeited"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


ENDED: Final = frozenset(
    {State.REFUSED, State.RETURNED, State.FORFEITED, State.EXPIRED, State.RELEASED, State.WITHDRAWN, State.CLOSED}
)
HOLDING: Final = frozenset({State.HELD, State.PARTLY})


class Clock(StrEnum):
    """What a time runs for."""

    ACKNOWLEDGE = "acknowledge"
    ACT = "act"
    ANSWER = "answer"
    CLARIFY = "clarify"
    EXPIRY = "expiry"  # of a hold, or of whatever else was ordered
    REVIEW = "review"  # of a hold that the asking desk corrected
    PROMISE = "promise"  # a call that was promised
    TASK = "task"  # of a case


class Money(NamedTuple):
    """An amount in minor units: 2500000 SGD is S$25,000.00."""

    minor: int
    currency: str  # ISO 4217


class DeskDoc(NamedTuple):
    """One document, checked in its form but not against the packs."""

    doc: Doc
    ref: str  # of its thread, report, case or agreement
    id: str  # 32 hex digits, random
    after: tuple[str, ...]  # ids of the documents of the thread that its author had seen and nobody had answered yet
    by: str  # pseudonym of who wrote it
    at: str  # RFC 3339 UTC with milliseconds, by the author's clock
    said: Mapping[str, Any]  # fields by doc; see docs/spec/desk.md


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFact:
    """What a thread's fold needs of one document, wherever it came from."""

    seq: int  # place in this node's log
    message: MessageId
    side: Side  # who said it
    id: str
    after: tuple[str, ...]
    what: Step
    by: str
    at: str  # RFC 3339 UTC with milliseconds: when it was written, or came to this node
    said: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a thread's fold needs of the request itself."""

    seq: int
    message: MessageId
    id: str
    form: str
    power: str  # that its form asks for: hold, release …; empty where it asks for none
    at: str  # since when its clocks run at this node: when it was sent, or came
    amount: Money | None
    levels: Mapping[str, int]  # clock -> seconds
    fast: bool  # under an agreement


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A clock of a thread that runs."""

    clock: Clock
    at: str  # RFC 3339 UTC with milliseconds
    side: Side  # who is to act
    item: str = ""  # of several clocks alike: the document that set it


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """What a thread's documents come to: a pure function of them, whatever the order in which they came."""

    state: State
    power: str
    ordered_by: str = ""  # authority that answers for the order
    power_ordered: str = ""
    asked_minor: int = 0
    blocked_minor: int = 0  # confirmed by the bank
    tainted_minor: int = 0  # of it, what the request is about
    gone_minor: int = 0
    released_minor: int = 0
    returned_minor: int = 0
    forfeited_minor: int = 0
    currency: str = ""
    ground: str = ""  # of a refusal
    dues: tuple[Due, ...] = ()
    acknowledged_by: str = ""
    heads: tuple[str, ...] = ()  # documents that no other one follows: what the next one comes after
    idle: tuple[tuple[str, str], ...] = ()  # (document id, reason) of steps that changed nothing
    waiting: tuple[str, ...] = ()  # ids of steps that name what came after them: they count nothing
    crossed: bool = False  # both sides wrote without having seen each other
    reviewing: bool = False  # it was corrected, and the authority has not said what it decided
    expires_at: str = ""  # RFC 3339 UTC with milliseconds: when what was ordered ends; empty when nobody said

    @property
    def held_minor(self) -> int:
        """What is held now: what the bank confirmed for this request, less what ended."""
        if self.state not in HOLDING:
            return 0
        return max(0, self.tainted_minor - self.released_minor - self.returned_minor - self.forfeited_minor)
