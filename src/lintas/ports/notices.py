# SPDX-License-Identifier: Apache-2.0
"""Notices to people who are not at the desk: that something waits, and nothing of what.

A notice leaves the agency's own machines, so it holds no word of any message: whoever reads one learns that this
organisation has alerts, and how many in all.
"""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from lintas.model.header import Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """All that is said to the outside."""

    id: str  # 32 hex digits, random: the same at each try, so that a receiver can drop a repetition
    organisation: str  # name of this node's own agency
    mode: Mode  # an exercise must never be taken for the real thing
    waiting: int  # alerts that nobody has acknowledged, and decisions that wait for a second person
    console: str  # address of the console; may be empty
    made_at: str  # RFC 3339 UTC with milliseconds, as all times here


class Sender(Protocol):
    """One target that notices go to."""

    @property
    def target(self) -> str:
        """Names the target in the outbox, in pages and reports; holds no secret."""

    def send(self, notice: Notice) -> str:
        """Give a notice to the target's server.

        Returns:
            Why it did not take it, as a sentence; empty when it did. Never raises for what a server does.
        """

    def cut(self) -> None:
        """End a `send` that runs in another thread; it then returns soon."""


class NoticeRow(NamedTuple):
    """The outbox of one target: its newest notice, in the place of any earlier one that did not arrive."""

    target: str
    id: str
    upto: int  # place in the log of the last alert that it covers
    made_at: str
    state: str  # due | sent | clear (nothing waits any more)
    tries: int  # failed ones since it was last accepted
    next_at: str  # not before then
    reason: str  # why the last try failed
    sent_at: str  # when this target's server last took one; empty for never


class Waiting(NamedTuple):
    """Alerts that nobody has acknowledged, and decisions that wait for a second person; numbers only."""

    alerts: int
    fresh: int  # of them, how many stand beyond a place in the log
    first_at: str  # when the first of the fresh ones happened; empty when there is none
    newest: int  # place of the last one; -1 when there is none


class Pressing(NamedTuple):
    """Something that nobody has taken on yet: a request that nobody acknowledged, a clock that nobody saw run out."""

    seq: int  # its place in the log
    at: str  # since when, by this node's clock
    desk: str  # code of the desk that it is for; empty where it names none


class NoticeReads(Protocol):
    """What the outbox asks."""

    def notices(self) -> list[NoticeRow]:
        """The outboxes of all targets, by target."""

    def waiting(self, upto: int, *, closed: int = 0) -> Waiting:
        """Alerts and decisions that wait, and how many stand beyond a place in the log; none of the classes `closed`.

        Args:
            closed: Bits of classes; a notice goes to a mailbox that anyone may read, and a number tells too.
        """

    def pressing(self, *, closed: int = 0) -> list[Pressing]:
        """What presses now, by its place in the log, at most PRESSING_MAX; none of the classes `closed`."""


class NoticeWrites(NoticeReads, Protocol):
    """What the outbox changes. Own state of the node, no view of its log."""

    def put_notice(self, row: NoticeRow) -> None:
        """Keep a target's newest notice; replaces the earlier one."""

    def remove_notice(self, target: str) -> None:
        """Forget a target; that it is gone already is no error."""
