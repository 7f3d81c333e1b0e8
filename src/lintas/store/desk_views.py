# SPDX-License-Identifier: Apache-2.0
"""Apply what documents of the desk change in the views.

A thread's row is what its documents come to, put together anew whenever one of them comes or goes: so it is the same
in whatever order they came, and after a rebuild.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from lintas.model.desk import ENDED, Side, State
from lintas.store.agreements import AGREEMENT_VIEWS, AgreementViews
from lintas.store.desk import DeskTables
from lintas.views.agreements import AgreementRow
from lintas.views.desk_rows import CameRow, DueRow, OwnedRow, ReportRow, RequestRow, StepRow, VictimRow
from lintas.views.desk_thread import fold_thread

DESK_VIEWS: Final = ("request", "step", "clock", "due", "owned", "report", "report_payment", "victim", *AGREEMENT_VIEWS)
DESK_ERASED: Final = ("view_report_remove", "view_report_payments_remove", "view_victim_remove")
_NEVER: Final = "9"  # sorts behind every time
_DONE: Final = {Side.ANSWERER: ENDED | {State.GONE, State.ANSWERED}, Side.ASKER: ENDED}


class DeskViews(DeskTables, AgreementViews):
    """Part of one transaction."""

    def show_request(self, row: RequestRow) -> None:
        """Show a request, if this node is one of its two desks; of its own it is the desk that acts."""
        own = self._own()
        if own not in (row.asker, row.answerer):
            return
        side = Side.ANSWERER if own == row.answerer else Side.ASKER
        self._run("view_request_put", row._asdict() | {"message": bytes.fromhex(row.message), "side": side.value})
        self._put_together(row.asker, row.ref)

    def show_step(self, row: StepRow) -> None:
        """Show what somebody said in a thread."""
        self._run("view_step_put", row._asdict() | {"message": bytes.fromhex(row.message)})
        self._put_together(row.asker, row.ref)

    def show_came(self, row: CameRow) -> None:
        """Let clocks run from when messages came here, not from when their sender's clock says that it wrote them."""
        where = {"first": row.first, "length": row.length}
        touched = {*self._all("view_request_in", where), *self._all("view_step_in", where)}
        if not touched:
            return
        self._run("view_request_came", row._asdict())
        self._run("view_step_came", row._asdict() | {"own": self._own()})
        for asker, ref in sorted(touched):
            self._put_together(asker, ref)

    def show_report(self, row: ReportRow) -> None:
        """Show a report, or a later state of one."""
        values = row._asdict()
        payments = values.pop("payments")
        self._run("view_report_put", values | {"message": bytes.fromhex(row.message)})
        names = ("scheme", "value", "minor", "currency", "at", "reference")
        self._run_many(
            "view_report_payment_put",
            [
                {"seq": row.seq, "number": number} | dict(zip(names, paid, strict=True))
                for number, paid in enumerate(payments)
            ],
        )

    def show_victim(self, row: VictimRow) -> None:
        """Show where it stands who reported something."""
        self._run("view_victim_put", row._asdict() | {"message": bytes.fromhex(row.message)})

    def show_owned(self, row: OwnedRow) -> None:
        """Show who answers for a thing."""
        self._run(_OWNED[row.action], row._asdict() | {"target": bytes.fromhex(row.target)})

    def show_due(self, row: DueRow) -> None:
        """Show what time did to a clock, or that somebody saw it."""
        name = "view_due_seen" if row.state == "seen" else "view_due_put"
        self._run(name, row._asdict() | {"target": bytes.fromhex(row.target)})

    def forget_desk(self, seq: int) -> None:
        """Forget what one erased message said in the desk."""
        self.forget_agreement(seq)
        of = self._one("view_step_of", {"seq": seq}) or self._one("view_request_of", {"seq": seq})
        for name in ("view_step_remove", "view_request_remove", "view_clocks_remove", *DESK_ERASED):
            self._run(name, {"seq": seq})
        if of is not None:
            self._put_together(*of)

    def _put_together(self, asker: str, ref: str) -> None:
        head = self.request_of(asker, ref)
        if head is None:
            return  # its request has not come, or was erased: what was said waits
        asked, steps = self.thread_facts(head)
        thread = fold_thread(asked, steps)
        first = thread.dues[0] if thread.dues else None
        self._run(
            "view_request_state",
            {
                "seq": head.seq,
                "state": thread.state.value,
                "open": int(thread.state not in _DONE[Side(head.side)]),
                "next_due": _NEVER if first is None else first.at,
                "next_clock": "" if first is None else first.clock.value,
                "next_side": "" if first is None else first.side.value,
                "held_minor": thread.held_minor,
                "blocked_minor": thread.blocked_minor,
                "ordered_by": thread.ordered_by,
                "acknowledged_by": thread.acknowledged_by,
                "changed": max([head.seq, *(step.seq for step in steps)]),
            },
        )
        self._run("view_clocks_remove", {"seq": head.seq})
        self._run_many(
            "view_clock_put",
            [
                {
                    "target": bytes.fromhex(head.message),
                    "clock": due.clock.value,
                    "item": due.item,
                    "at": due.at,
                    "side": due.side.value,
                    "seq": head.seq,
                }
                for due in thread.dues
            ],
        )

    def _own(self) -> str:
        row = self._one("meta_get", {"name": "node"})
        return "" if row is None else str(row[0])


_OWNED: Final = {
    "taken": "view_owned_taken",
    "accepted": "view_owned_taken",
    "offered": "view_owned_offered",
    "declined": "view_owned_declined",
}
DESK_APPLY: Final[Mapping[type, Callable[[Any, Any], None]]] = {
    RequestRow: DeskViews.show_request,
    StepRow: DeskViews.show_step,
    ReportRow: DeskViews.show_report,
    VictimRow: DeskViews.show_victim,
    OwnedRow: DeskViews.show_owned,
    DueRow: DeskViews.show_due,
    AgreementRow: DeskViews.show_agreement,
}
