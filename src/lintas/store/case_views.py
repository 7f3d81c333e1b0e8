# SPDX-License-Identifier: Apache-2.0
"""Apply what documents of cases change in the views.

A case's row is what its documents come to, put together anew whenever one comes or goes: the same in whatever order
they came, and after a rebuild.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from lintas.model.case import Case, CaseFact, CaseTask, Said, Standing
from lintas.model.desk import Clock
from lintas.store.cases import CaseTables
from lintas.views.case_fold import fold_case
from lintas.views.case_rows import CaseDocRow

CASE_VIEWS: Final = ("case_doc", "case_file", "case_item", "case_task")
_NEVER: Final = "9"  # sorts behind every time


class CaseViews(CaseTables):
    """Part of one transaction."""

    def show_case_doc(self, row: CaseDocRow) -> None:
        """Show what somebody said in a case."""
        self._run("view_case_doc_put", row._asdict() | {"message": bytes.fromhex(row.message)})
        if row.what == Said.ITEM:
            item = bytes.fromhex(json.loads(row.said)["message"])
            self._run("view_case_item_put", {"seq": row.seq, "item": item})
        self._put_case_together(row.opener, row.ref)

    def forget_case(self, seq: int) -> None:
        """Forget what one erased message said in a case."""
        of = self._one("view_case_doc_of", {"seq": seq})
        if of is not None:
            self._run("view_case_doc_remove", {"seq": seq})
            self._run("view_case_item_remove", {"seq": seq})
            self._put_case_together(*of)

    def _put_case_together(self, opener: str, ref: str) -> None:
        held = self._one("view_case_place", {"opener": opener, "ref": ref})
        if held is not None:
            for name in ("view_case_tasks_remove", "view_clocks_remove"):
                self._run(name, {"seq": held[0]})
            self._run("view_case_remove", {"opener": opener, "ref": ref})
        own = self._one("meta_get", {"name": "node"})
        node = "" if own is None else str(own[0])
        facts = self.case_facts(opener, ref)
        case = fold_case(opener, facts)
        shown = _shown_from(case, facts, node)
        if shown is None:
            return  # nobody opened it here, and nobody invited this node
        # what another node wants done here is its request, which has clocks of its own: its task commands nobody
        own_tasks = [one for one in case.tasks if one.is_open and one.to == node == one.node]
        tasks = own_tasks if case.is_open else []
        self._put_row(case, shown, node, tasks, changed=max(fact.seq for fact in facts))
        self._put_tasks(ref, opener, shown, tasks)

    def _put_row(self, case: Case, shown: CaseFact, node: str, tasks: Sequence[CaseTask], *, changed: int) -> None:
        call = next((one for one in case.calls if one.node == node), None)
        standing = case.standing(node) or (Standing.INVITED if call is not None else None)
        ref, opener = self._one("view_case_doc_of", {"seq": shown.seq}), case.opener
        assert ref is not None, "it was just put"
        coordinators = case.coordinators or (opener,)
        self._run(
            "view_case_put",
            {
                "seq": shown.seq,
                "message": bytes.fromhex(shown.message),
                "opener": opener,
                "ref": ref[1],
                "title": case.value("title") or ("" if call is None else call.title),
                "area": case.value("area"),
                "kind": case.value("kind"),
                "open": int(case.is_open),
                "standing": "" if standing is None else standing.value,
                "joint": int(case.is_joint or node != opener),
                "coordinator": coordinators[0],
                "members": " ".join(case.joined or (() if call is None else call.members)),
                "conflicts": len(case.conflicts),
                "waiting": len(case.waiting),
                "tasks": len(tasks),
                "next_due": min([_instant(one.due) for one in tasks if one.due], default=_NEVER),
                "by": shown.by,
                "at": shown.at,
                "changed": changed,
            },
        )

    def _put_tasks(self, ref: str, opener: str, shown: CaseFact, tasks: Sequence[CaseTask]) -> None:
        """Show open tasks of this node, and let their clocks run with the node's other clocks."""
        self._run_many(
            "view_case_task_put",
            [
                {
                    "message": bytes.fromhex(one.message),
                    "seq": shown.seq,
                    "ref": ref,
                    "opener": opener,
                    "doc": one.id,
                    "title": one.title,
                    "officer": one.officer,
                    "due": _instant(one.due),
                }
                for one in tasks
            ],
        )
        self._run_many(
            "view_clock_put",
            [
                {
                    "target": bytes.fromhex(shown.message),
                    "clock": Clock.TASK.value,
                    "item": one.id,
                    "at": _instant(one.due),
                    "side": "",
                    "seq": shown.seq,
                }
                for one in tasks
                if one.due
            ],
        )


def _shown_from(case: Case, facts: Sequence[CaseFact], node: str) -> CaseFact | None:
    """The document by which a case is seen: that opened it, or that invites this node while the other has not come."""
    if case.root:
        return next(one for one in facts if one.id == case.root and one.node == case.opener)
    calls = {one.message for one in case.calls if one.node == node}
    return next((one for one in facts if one.what is Said.INVITED and one.message in calls), None)


def _instant(text: str) -> str:
    """A moment with any zone as the views write times, so that text order is time."""
    if not text:
        return ""
    moment = datetime.fromisoformat(text).astimezone(UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


CASE_APPLY: Final[Mapping[type, Callable[[Any, Any], None]]] = {CaseDocRow: CaseViews.show_case_doc}
