# SPDX-License-Identifier: Apache-2.0
"""Kept traces in the views: what was said of them, and what they come to here.

A trace's row is what its documents come to, put together anew whenever one comes or goes: the same in whatever order
they came, and after a rebuild.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from lintas.model.ids import MessageId
from lintas.model.kept_trace import KeptTrace, Told, TraceFact
from lintas.model.scope import Scope
from lintas.model.trace_found import TraceHead
from lintas.store.rows import Rows
from lintas.views.desk_rows import CameRow
from lintas.views.trace_fold import fold_trace
from lintas.views.traces import TraceDocRow

TRACE_VIEWS: Final = ("trace_doc", "trace_file")


class TraceTables(Rows):
    """Reads."""

    def traces_named(self, ref: str, *, scope: Scope) -> list[TraceHead]:
        """Traces of one reference; two nodes may have made the same one."""
        return [_head(row) for row in self._all("trace_named", {**scope.sql} | {"ref": ref})]

    def trace_of(self, opener: str, ref: str) -> TraceHead | None:
        """The trace of one opener and reference, for the node itself."""
        row = self._one("trace_one", {"opener": opener, "ref": ref})
        return None if row is None else _head(row)

    def trace_by_message(self, message: MessageId, *, scope: Scope) -> TraceHead | None:
        """One trace, by the message from which it is shown."""
        row = self._one("trace_by_message", {**scope.sql} | {"message": bytes.fromhex(message)})
        return None if row is None else _head(row)

    def trace_at(self, seq: int, *, scope: Scope) -> TraceHead | None:
        """The trace of which one place of the log says something."""
        row = self._one("trace_at", {**scope.sql} | {"seq": seq})
        return None if row is None else _head(row)

    def traces(self, *, scope: Scope, before: int, limit: int, stands: str = "", case_ref: str = "") -> list[TraceHead]:
        """Traces, the one that changed last first, beyond a place."""
        where = {"before": before, "limit": limit, "stands": stands, "case_ref": case_ref}
        return [_head(row) for row in self._all("trace_newest", {**scope.sql} | where)]

    def traces_live(self, *, after: int, limit: int) -> list[TraceHead]:
        """Traces that nobody stopped, beyond a place, for the node itself."""
        return [_head(row) for row in self._all("trace_live", {"after": after, "limit": limit})]

    def trace_facts(self, opener: str, ref: str) -> list[TraceFact]:
        """What `views.trace_fold.fold_trace` puts a trace together from."""
        return [_fact(row) for row in self._all("trace_docs", {"opener": opener, "ref": ref})]

    def trace_spent(self, node: str, to: str, *, since: str, until: int) -> int:
        """How many payments one node handed another since a time, up to a place of the log, for the node itself."""
        return self._number("trace_spent", {"node": node, "to": to, "since": since, "until": until})


class TraceViews(TraceTables):
    """Part of one transaction."""

    def show_trace_doc(self, row: TraceDocRow) -> None:
        """Show what somebody said of a trace."""
        self._run("view_trace_doc_put", row._asdict() | {"message": bytes.fromhex(row.message)})
        self._put_trace_together(row.opener, row.ref)

    def show_trace_came(self, row: CameRow) -> None:
        """Count what came by this node's clock, and not by its author's: budgets are of this node's days."""
        touched = self._all("view_trace_doc_in", {"first": row.first, "length": row.length})
        if not touched:
            return
        own = self._one("meta_get", {"name": "node"})
        self._run("view_trace_doc_came", row._asdict() | {"own": "" if own is None else str(own[0])})
        for opener, ref in touched:
            self._put_trace_together(opener, ref)

    def forget_trace(self, seq: int) -> None:
        """Forget what one erased message said of a trace."""
        of = self._one("view_trace_doc_of", {"seq": seq})
        if of is not None:
            self._run("view_trace_doc_remove", {"seq": seq})
            self._put_trace_together(*of)

    def _put_trace_together(self, opener: str, ref: str) -> None:
        self._run("view_trace_remove", {"opener": opener, "ref": ref})
        own = self._one("meta_get", {"name": "node"})
        facts = self.trace_facts(opener, ref)
        trace = fold_trace("" if own is None else str(own[0]), opener, ref, facts)
        shown = _shown_from(trace, facts)
        if shown is None or trace.rules is None:
            return  # nobody opened it here, and nothing was handed to this node
        opened, ran = trace.opened, trace.ran
        self._run(
            "view_trace_put",
            {
                "seq": shown.seq,
                "message": bytes.fromhex(shown.message),
                "opener": opener,
                "ref": ref,
                "title": "" if opened is None else opened.title,
                "case_ref": "" if opened is None else opened.case,
                "method": trace.rules.method.value,
                "stands": trace.stands.value,
                "by": ran.viewer if ran is not None else shown.by if opened is not None else "",
                "at": shown.at,
                "ran_at": "" if ran is None else ran.at,
                "to_hand": 0 if ran is None else ran.to_hand,
                "to_answer": 0 if ran is None else ran.to_answer,
                "outstanding": len(trace.outstanding),
                "changed": max(fact.seq for fact in facts),
            },
        )


def _shown_from(trace: KeptTrace, facts: Sequence[TraceFact]) -> TraceFact | None:
    """The document by which a trace is seen: that opened it, or the first by which it came."""
    idle = {one for one, _ in trace.idle}
    wanted = Told.OPENED if trace.opened is not None else Told.HANDED
    came = {one.node for one in trace.incoming}
    for fact in facts:
        if fact.what is wanted and fact.seq not in idle and (trace.opened is not None or fact.node in came):
            return fact
    return None


def _head(row: tuple[Any, ...]) -> TraceHead:
    return TraceHead(row[0], MessageId(row[1].hex()), *row[2:])


def _fact(row: tuple[Any, ...]) -> TraceFact:
    seq, message, node, to, doc, what, by, came, said, short = row
    return TraceFact(
        seq=seq,
        message=MessageId(message.hex()),
        node=node,
        to=to,
        id=doc,
        what=Told(what),
        by=by,
        at=came,
        said=json.loads(said),
        short=short,
    )


TRACE_APPLY: Final[Mapping[type, Callable[[Any, Any], None]]] = {TraceDocRow: TraceViews.show_trace_doc}
