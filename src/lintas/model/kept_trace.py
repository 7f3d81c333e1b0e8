# SPDX-License-Identifier: Apache-2.0
"""A trace that is kept: what this node follows for itself, and what nodes hand each other of it at their borders.

A trace is named by the node that opened it and a reference. Each node through which the money goes keeps its own part:
what was handed to it, what it handed on, and what was answered. No account is told that the answer does not need.

Source: docs/spec/tracing-handoff.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, NamedTuple

from lintas.model.ids import MessageId
from lintas.model.money import Method, Seed, Segment


class Told(StrEnum):
    """What can be said of a trace."""

    OPENED = "opened"  # at home: what is followed, and how
    RAN = "ran"  # at home: what a run came to, and for whom
    HANDED = "handed"  # to the node of the next country: one payment with what is in it
    TRACED = "traced"  # its answer: totals, and nothing else
    STOPPED = "stopped"  # by whom it was opened or handed on: nothing more is asked of those who have it


HOME: Final[frozenset[Told]] = frozenset({Told.OPENED, Told.RAN})


class Status(StrEnum):
    """What a node says of a payment that was handed to it."""

    FOUND = "found"
    CAPPED = "capped"  # its own row brought less than was handed
    NOT_FOUND = "not_found"  # no row of its own has that payment: nothing was followed
    WAITING = "waiting"  # nobody has answered yet, or it waits for rows
    REFUSED = "refused"  # with a ground


class Stands(StrEnum):
    """How a kept trace stands at one node."""

    OPEN = "open"
    OUTSTANDING = "outstanding"  # answers of other nodes are awaited, or something waits for a person here
    FINAL = "final"  # nothing is outstanding
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """By what money is followed: the same at every node, or what they say could not be put together."""

    method: Method
    depth: int = 0  # payments from a seed at most; 0: no limit
    labels: bool = False
    until: str = ""  # RFC 3339, with up to microseconds; empty: to the last row


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """One payment that went over a border, with what is in it: the whole of what a node tells the next one."""

    reference: str  # of the payment, by which both banks know it
    minor: int  # what left the payer, fee included
    asset: str  # currency or asset of it
    payee: str  # account at the node that it is handed to
    at: str  # when it was debited; RFC 3339, with up to microseconds
    segments: tuple[Segment, ...]  # oldest money first; their sum is `minor`
    revision: int  # from 1; a later one takes the place of the earlier ones
    hops: int  # borders from the opener, this one included
    rounds: int  # how often the money came back to a node that it had been at
    rules: Rules

    @property
    def tainted(self) -> int:
        """How much of it is followed."""
        return sum(one.minor for one in self.segments if one.label)


class Totals(NamedTuple):
    """What came of money in one currency: amounts alone, no account and no holder."""

    asset: str
    came: int  # that was followed into this node
    still_here: int  # in accounts of this node's country, as far as its rows say
    confirmed: int  # of it, whatever rows are missing
    unknown: int  # of it, of which no row says whether it still is
    cash: int
    crypto: int  # in wallets, or gone to them
    other: int  # fees, in flight, beyond the depth, or outside
    gone_on: tuple[tuple[str, int], ...] = ()  # (country, minor), by country


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a node says of one payment that was handed to it."""

    reference: str
    revision: int
    status: Status
    totals: tuple[Totals, ...] = ()
    final: bool = False  # nothing is outstanding there that may change it
    ground: str = ""  # of a refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a run came to, in totals."""

    viewer: str  # in whose name: their rights decided which rows counted
    at: str
    rows: int
    payments: int
    accounts: int
    conserved: bool | None
    digest: str  # SHA-256 of the whole result, hex: two runs that say the same have the same
    totals: tuple[Totals, ...]
    to_hand: int  # payments over the border that wait for somebody to release them
    to_answer: int  # answers that do


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What is followed, and why."""

    rules: Rules
    seeds: tuple[Seed, ...]
    title: str = ""
    case: str = ""  # reference
    request: str = ""
    report: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceFact:
    """One document about a trace, wherever it came from."""

    seq: int  # place in this node's log
    message: MessageId
    node: str  # who said it
    to: str  # empty: it stays at home
    id: str
    what: Told
    by: str
    at: str  # RFC 3339 UTC with milliseconds: when it was written, or came to this node
    said: Mapping[str, Any]  # fields of `what`
    short: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A payment that was handed to this node."""

    node: str
    seq: int  # of the newest revision
    at: str
    handed: Handed  # the newest revision
    used: Handed | None = None  # the newest that was not refused: what a run follows
    kept: Handed | None = None  # what was used before the newest revision came
    answer: Answer | None = None  # what this node last said of it
    stopped: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """What names it at this node."""
        return self.node, self.handed.reference

    @property
    def is_settled(self) -> bool:
        """Whether its newest revision was answered for good."""
        return self.stopped or (
            self.answer is not None and self.answer.revision == self.handed.revision and self.answer.final
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A payment that this node handed on."""

    node: str
    seq: int
    at: str
    by: str
    handed: Handed  # the newest revision
    answer: Answer | None = None  # the newest, of any revision

    @property
    def key(self) -> tuple[str, str]:
        """What names it at this node."""
        return self.node, self.handed.reference

    @property
    def is_settled(self) -> bool:
        """Whether its newest revision was answered for good."""
        return self.answer is not None and self.answer.revision == self.handed.revision and self.answer.final


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTrace:
    """What the documents about a trace come to at one node: a pure function of them."""

    opener: str
    ref: str
    stands: Stands
    opened: Opened | None  # None at a node that it was handed to
    rules: Rules | None  # None when nothing that counts has come
    incoming: tuple[Incoming, ...] = ()
    outgoing: tuple[Outgoing, ...] = ()
    parent: tuple[str, str] | None = None  # the hand-off whose answer tells that nothing is outstanding here
    ran: Ran | None = None
    stopped_by: str = ""  # node
    stopped_why: str = ""
    idle: tuple[tuple[int, str], ...] = ()  # (place of a document, why it changes nothing)

    @property
    def outstanding(self) -> tuple[Outgoing, ...]:
        """What was handed on and not answered for good."""
        return tuple(one for one in self.outgoing if not one.is_settled)

    @property
    def is_here(self) -> bool:
        """Whether there is anything to follow at this node."""
        return self.rules is not None and (self.opened is not None or any(one.used for one in self.incoming))
