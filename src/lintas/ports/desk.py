# SPDX-License-Identifier: Apache-2.0
"""The desk in the views of the log. What takes a scope shows a person only what they may see."""

from typing import Protocol

from lintas.model.desk import Asked, StepFact
from lintas.model.desk_found import ClockHead, DueHead, OwnedHead, Paid, ReportHead, RequestHead, Sameness, StepHead
from lintas.model.ids import MessageId
from lintas.model.scope import Scope


class DeskReads(Protocol):
    """Threads, clocks, owners, reports."""

    def has_ref(self, ref: str) -> bool:
        """Whether this node has used a reference, for the node itself."""

    def request(self, message: MessageId, *, scope: Scope) -> RequestHead | None:
        """One thread, by the message that opened it here."""

    def requests_called(self, ref: str, *, scope: Scope) -> list[RequestHead]:
        """Threads of one reference; two nodes may have made the same one."""

    def request_of(self, asker: str, ref: str) -> RequestHead | None:
        """The thread of one asker and reference, for the node itself."""

    def request_at(self, seq: int, *, scope: Scope) -> RequestHead | None:
        """The thread that one place of the log opened or says something in."""

    def steps(self, head: RequestHead) -> list[StepHead]:
        """What the two sides of a thread said, in the order in which it came."""

    def outsiders(self, head: RequestHead, *, limit: int) -> list[StepHead]:
        """What nodes that are no side of a thread said under its reference: it changes nothing."""

    def same_requests(self, same: Sameness, *, limit: int) -> list[RequestHead]:
        """Open threads that ask for the same, the oldest first, for the node itself; their banks may differ."""

    def refused_requests(self, same: Sameness, *, limit: int) -> list[RequestHead]:
        """Threads that asked for the same and were refused, newest first, for the node itself."""

    def requests_about(self, subject: str, *, scope: Scope, limit: int) -> list[RequestHead]:
        """Threads about one subject."""

    def holding_about(self, subject: str, *, limit: int) -> list[RequestHead]:
        """Threads about one subject that this node answers and in which a bank holds, for the node itself."""

    def steps_since(self, after: int, what: str, node: str, *, limit: int) -> list[tuple[int, str, str]]:
        """(place, asker, reference) of what one node said of one kind beyond a place, for the node itself."""

    def thread_facts(self, head: RequestHead) -> tuple[Asked, list[StepFact]]:
        """What `views.desk_thread.fold_thread` puts a thread together from."""

    def requests_due(
        self,
        *,
        scope: Scope,
        after: tuple[str, int],
        limit: int,
        side: str = "",
        form: str = "",
        state: str = "",
        node: str = "",
    ) -> list[RequestHead]:
        """Open threads, the next due first, beyond (next_due, seq)."""

    def requests(
        self,
        *,
        scope: Scope,
        before: int,
        limit: int,
        side: str = "",
        form: str = "",
        state: str = "",
        node: str = "",
    ) -> list[RequestHead]:
        """Threads with seq < before, newest first, ended ones too."""

    def requests_of_case(self, ref: str, *, scope: Scope, limit: int) -> list[RequestHead]:
        """Threads of one case."""

    def requests_of_report(self, ref: str, *, scope: Scope, limit: int) -> list[RequestHead]:
        """Threads of one report."""

    def requests_in(self, state: str, side: str, *, limit: int) -> list[RequestHead]:
        """Threads in one state on one side, for the node itself."""

    def clocks(self, *, scope: Scope, after: str, limit: int) -> list[ClockHead]:
        """Clocks that run out after a time, the next one first."""

    def clocks_of(self, seq: int) -> list[ClockHead]:
        """Clocks of the thing that one place opened."""

    def clocks_until(self, until: str, state: str, *, limit: int, after: str = "", clock: str = "") -> list[ClockHead]:
        """Clocks that run out by a time and of which no entry says `state` yet, for the node itself.

        Args:
            after: Only those that run out later than that.
            clock: Only those of one kind.
        """

    def own_clocks(self, clock: str, *, until: str, limit: int) -> list[ClockHead]:
        """Clocks of one kind of threads that this node answers, that run out by a time, for the node itself."""

    def next_clock(self, after: str) -> str:
        """When the next clock after a time runs out, for the node itself; empty when none runs."""

    def dues_unseen(self, *, scope: Scope, now: str, limit: int) -> list[DueHead]:
        """What ran out, or warned and still runs, and nobody saw, the earliest first."""

    def dues_of(self, target: MessageId) -> list[DueHead]:
        """What time did to one thing's clocks."""

    def dues_count(self) -> int:
        """How many clocks ran out that nobody saw, for the node's own notices."""

    def owner(self, target: MessageId) -> OwnedHead | None:
        """Who answers for a thing."""

    def owned_by(self, person: str, *, limit: int) -> list[OwnedHead]:
        """What a person answers for."""

    def offered_to(self, person: str, *, limit: int) -> list[OwnedHead]:
        """What a person was asked to take."""

    def report(self, ref: str, *, scope: Scope) -> list[ReportHead]:
        """The documents of one report, newest first."""

    def reports(self, *, scope: Scope, before: int, limit: int, state: str = "") -> list[ReportHead]:
        """Reports as they are now, newest first."""

    def payments(self, seq: int) -> list[Paid]:
        """What one document of a report says was paid."""

    def reports_paying(self, value: str, reference: str, *, scope: Scope, limit: int) -> list[ReportHead]:
        """Reports of a payment to one account as it was written, or with one transaction reference."""

    def report_at(self, seq: int) -> str:
        """The reference that one place's report or victim has; empty when it has none."""

    def victims(self, ref: str, *, scope: Scope) -> list[tuple[int, MessageId]]:
        """(place, id) of the documents that say who reported something, newest last."""
