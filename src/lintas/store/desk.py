# SPDX-License-Identifier: Apache-2.0
"""The desk in the views: threads, clocks, owners, reports."""

import json
from typing import Any, Final

from lintas.limits import DESK_STEPS_MAX
from lintas.model.desk import LOCAL_STEPS, Asked, Money, Side, Step, StepFact
from lintas.model.desk_found import ClockHead, DueHead, OwnedHead, Paid, ReportHead, RequestHead, Sameness, StepHead
from lintas.model.ids import MessageId
from lintas.model.scope import Scope
from lintas.store.rows import Rows

_KNOWN: Final = frozenset(Step)


class DeskTables(Rows):
    """Reads."""

    def has_ref(self, ref: str) -> bool:
        """Whether this node has used a reference, for the node itself."""
        return self._one("desk_has_ref", {"ref": ref}) is not None

    def request(self, message: MessageId, *, scope: Scope) -> RequestHead | None:
        """One thread, by the message that opened it here."""
        row = self._one("desk_request", {**scope.sql} | {"message": bytes.fromhex(message)})
        return None if row is None else _request(row)

    def requests_called(self, ref: str, *, scope: Scope) -> list[RequestHead]:
        """Threads of one reference; two nodes may have made the same one."""
        return [_request(row) for row in self._all("desk_request_by_ref", {**scope.sql} | {"ref": ref})]

    def request_of(self, asker: str, ref: str) -> RequestHead | None:
        """The thread of one asker and reference, for the node itself."""
        row = self._one("desk_thread", {"asker": asker, "ref": ref})
        return None if row is None else _request(row)

    def request_at(self, seq: int, *, scope: Scope) -> RequestHead | None:
        """The thread that one place of the log opened or says something in."""
        row = self._one("desk_at", {**scope.sql} | {"seq": seq})
        return None if row is None else _request(row)

    def steps(self, head: RequestHead) -> list[StepHead]:
        """What the two sides of a thread said, in the order in which it came."""
        where = {"asker": head.asker, "ref": head.ref, "limit": DESK_STEPS_MAX}
        both = [self._all("desk_steps", where | {"node": node}) for node in {head.asker, head.answerer}]
        return sorted((_step(row) for rows in both for row in rows), key=lambda step: step.seq)

    def outsiders(self, head: RequestHead, *, limit: int) -> list[StepHead]:
        """What nodes that are no side of a thread said under its reference: it changes nothing."""
        return [_step(row) for row in self._all("desk_outsiders", _party(head) | {"limit": limit})]

    def same_requests(self, same: Sameness, *, limit: int) -> list[RequestHead]:
        """Open threads that ask for the same, the oldest first, for the node itself; their banks may differ."""
        where = same._asdict() | {"limit": limit}
        return [_request(row) for row in self._all("desk_same", where)] if same.subject else []

    def refused_requests(self, same: Sameness, *, limit: int) -> list[RequestHead]:
        """Threads that asked for the same and were refused, newest first, for the node itself."""
        where = same._asdict() | {"limit": limit}
        return [_request(row) for row in self._all("desk_refused", where)] if same.subject else []

    def requests_about(self, subject: str, *, scope: Scope, limit: int) -> list[RequestHead]:
        """Threads about one subject."""
        where = {"subject": subject, "limit": limit}
        return [_request(row) for row in self._all("desk_of_subject", {**scope.sql} | where)] if subject else []

    def holding_about(self, subject: str, *, limit: int) -> list[RequestHead]:
        """Threads about one subject that this node answers and in which a bank holds, for the node itself."""
        return [_request(row) for row in self._all("desk_holding", {"subject": subject, "limit": limit})]

    def steps_since(self, after: int, what: str, node: str, *, limit: int) -> list[tuple[int, str, str]]:
        """(place, asker, reference) of what one node said of one kind beyond a place, for the node itself."""
        where = {"after": after, "what": what, "node": node, "limit": limit}
        return [(seq, asker, ref) for seq, asker, ref in self._all("desk_steps_since", where)]

    def thread_facts(self, head: RequestHead) -> tuple[Asked, list[StepFact]]:
        """What `views.desk_thread.fold_thread` puts a thread together from."""
        asked = Asked(
            seq=head.seq,
            message=head.message,
            id=head.doc,
            form=head.form,
            power=head.power,
            at=head.came,
            amount=None if head.amount_minor < 0 else Money(head.amount_minor, head.currency),
            levels=json.loads(head.levels),
            fast=bool(head.agreement),
        )
        own = Side(head.side)
        return asked, [
            StepFact(
                seq=step.seq,
                message=step.message,
                side=head.side_of(step.node, step.what),
                id=step.doc,
                after=step.after,
                what=Step(step.what),
                by=step.by,
                at=step.came,
                said=step.said,
            )
            for step in self.steps(head)
            if step.what in _KNOWN and (head.is_own or _counts_of(step.what, head.side_of(step.node, step.what), own))
        ]

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
        where = {"after_due": after[0], "after_seq": after[1], "limit": limit}
        narrowed = {"side": side, "form": form, "state": state, "node": node}
        name = "desk_due_in_state" if state else "desk_due_with" if node else "desk_due_first"
        return [_request(row) for row in self._all(name, {**scope.sql} | where | narrowed)]

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
        where = {"before": before, "limit": limit, "side": side, "form": form, "state": state, "node": node}
        name = "desk_newest_in_state" if state else "desk_newest_with" if node else "desk_newest_first"
        return [_request(row) for row in self._all(name, {**scope.sql} | where)]

    def requests_of_case(self, ref: str, *, scope: Scope, limit: int) -> list[RequestHead]:
        """Threads of one case."""
        return [_request(row) for row in self._all("desk_of_case", {**scope.sql} | {"case": ref, "limit": limit})]

    def requests_of_report(self, ref: str, *, scope: Scope, limit: int) -> list[RequestHead]:
        """Threads of one report."""
        return [_request(row) for row in self._all("desk_of_report", {**scope.sql} | {"report": ref, "limit": limit})]

    def requests_in(self, state: str, side: str, *, limit: int) -> list[RequestHead]:
        """Threads in one state on one side, for the node itself."""
        where = {"state": state, "side": side, "limit": limit}
        return [_request(row) for row in self._all("desk_in_state", where)]

    def clocks(self, *, scope: Scope, after: str, limit: int) -> list[ClockHead]:
        """Clocks that run out after a time, the next one first."""
        return [_clock(row) for row in self._all("desk_clocks", {**scope.sql} | {"after": after, "limit": limit})]

    def clocks_of(self, seq: int) -> list[ClockHead]:
        """Clocks of the thing that one place opened."""
        return [_clock(row) for row in self._all("desk_clocks_of", {"seq": seq})]

    def clocks_until(self, until: str, state: str, *, limit: int, after: str = "", clock: str = "") -> list[ClockHead]:
        """Clocks that run out by a time and of which no entry says `state` yet, for the node itself."""
        where = {"until": until, "state": state, "limit": limit, "after": after, "clock": clock}
        return [_clock(row) for row in self._all("desk_clocks_until", where)]

    def own_clocks(self, clock: str, *, until: str, limit: int) -> list[ClockHead]:
        """Clocks of one kind of threads that this node answers, that run out by a time, for the node itself."""
        return [_clock(row) for row in self._all("desk_own_clocks", {"clock": clock, "until": until, "limit": limit})]

    def next_clock(self, after: str) -> str:
        """When the next clock after a time runs out, for the node itself; empty when none runs."""
        row = self._one("desk_clocks_next", {"after": after})
        return "" if row is None or row[0] is None else str(row[0])

    def dues_unseen(self, *, scope: Scope, now: str, limit: int) -> list[DueHead]:
        """What ran out, or warned and still runs, and nobody saw, the earliest first."""
        return [_due(row) for row in self._all("desk_dues_unseen", {**scope.sql} | {"now": now, "limit": limit})]

    def dues_of(self, target: MessageId) -> list[DueHead]:
        """What time did to one thing's clocks."""
        return [_due(row) for row in self._all("desk_dues_of", {"target": bytes.fromhex(target)})]

    def dues_count(self) -> int:
        """How many clocks ran out that nobody saw, for the node's own notices."""
        return self._number("desk_dues_count")

    def owner(self, target: MessageId) -> OwnedHead | None:
        """Who answers for a thing."""
        row = self._one("desk_owner", {"target": bytes.fromhex(target)})
        return None if row is None else _owned(row)

    def owned_by(self, person: str, *, limit: int) -> list[OwnedHead]:
        """What a person answers for."""
        return [_owned(row) for row in self._all("desk_owned_by", {"person": person, "limit": limit})]

    def offered_to(self, person: str, *, limit: int) -> list[OwnedHead]:
        """What a person was asked to take."""
        return [_owned(row) for row in self._all("desk_offered_to", {"person": person, "limit": limit})]

    def report(self, ref: str, *, scope: Scope) -> list[ReportHead]:
        """The documents of one report, newest first."""
        return [_report(row) for row in self._all("desk_report", {**scope.sql} | {"ref": ref})]

    def reports(self, *, scope: Scope, before: int, limit: int, state: str = "") -> list[ReportHead]:
        """Reports as they are now, newest first."""
        where = {"before": before, "limit": limit, "state": state}
        return [_report(row) for row in self._all("desk_reports", {**scope.sql} | where)]

    def payments(self, seq: int) -> list[Paid]:
        """What one document of a report says was paid."""
        return [Paid(*row) for row in self._all("desk_report_payments", {"seq": seq})]

    def reports_paying(self, value: str, reference: str, *, scope: Scope, limit: int) -> list[ReportHead]:
        """Reports of a payment to one account as it was written, or with one transaction reference."""
        where = {"value": value, "reference": reference, "limit": limit}
        return [_report(row) for row in self._all("desk_reports_paying", {**scope.sql} | where)]

    def report_at(self, seq: int) -> str:
        """The reference that one place's report or victim has; empty when it has none."""
        row = self._one("desk_report_at", {"seq": seq})
        return "" if row is None else str(row[0])

    def victims(self, ref: str, *, scope: Scope) -> list[tuple[int, MessageId]]:
        """(place, id) of the documents that say who reported something, newest last."""
        return [(seq, MessageId(one.hex())) for seq, one in self._all("desk_victim", {**scope.sql} | {"ref": ref})]


def _counts_of(what: str, side: Side, own: Side) -> bool:
    """Whether a step can count here: one that stays at home counts at its author's home, whoever sent it elsewhere."""
    return side is own or what not in LOCAL_STEPS


def _party(head: RequestHead) -> dict[str, Any]:
    return {"asker": head.asker, "answerer": head.answerer, "ref": head.ref}


def _request(row: tuple[Any, ...]) -> RequestHead:
    head = RequestHead(*row)
    return head._replace(message=MessageId(row[1].hex()), is_open=bool(head.is_open))


def _step(row: tuple[Any, ...]) -> StepHead:
    seq, message, node, doc, after, what, by, at, came, said = row
    return StepHead(
        seq, MessageId(message.hex()), node, doc, tuple(json.loads(after)), what, by, at, came, json.loads(said)
    )


def _clock(row: tuple[Any, ...]) -> ClockHead:
    return ClockHead(MessageId(row[0].hex()), *row[1:])


def _due(row: tuple[Any, ...]) -> DueHead:
    return DueHead(MessageId(row[0].hex()), *row[1:])


def _owned(row: tuple[Any, ...]) -> OwnedHead:
    return OwnedHead(MessageId(row[0].hex()), *row[1:])


def _report(row: tuple[Any, ...]) -> ReportHead:
    return ReportHead(row[0], MessageId(row[1].hex()), *row[2:])
