# SPDX-License-Identifier: Apache-2.0
"""A kept trace as it stands here: found, put together, and told to people."""

from collections.abc import Mapping

from lintas.errors import UnknownTerm
from lintas.limits import TRACES_SHOWN_MAX
from lintas.model.desk_ref import read_ref
from lintas.model.header_rules import is_digest
from lintas.model.ids import MessageId
from lintas.model.kept_trace import Answer, Handed, KeptTrace
from lintas.model.moments import moment_text
from lintas.model.money import NEVER
from lintas.model.scope import Scope
from lintas.model.trace_answers import (
    HandedLine,
    KeptSeedShown,
    KeptTraceLine,
    KeptTraceList,
    KeptTraceShown,
    TotalsShown,
)
from lintas.model.trace_found import TraceHead
from lintas.model.viewer import Viewer
from lintas.ports.store import Snapshot
from lintas.views.trace_fold import fold_trace
from lintas.work.access import record_access, scope_of
from lintas.work.services import Services

READS = "trace.read"
_NEWEST = 2**62


def trace_or_unknown(snapshot: Snapshot, text: str, scope: Scope) -> TraceHead:
    """The trace of a reference, or of the id of the message by which it is seen.

    Raises:
        UnknownTerm: There is none that this viewer may see, or two nodes made the same reference.
        BadInput: The text is no reference.
    """
    if is_digest(text):
        head = snapshot.trace_by_message(MessageId(text), scope=scope)
        found = [] if head is None else [head]
    else:
        found = snapshot.traces_named(read_ref(text), scope=scope)
    if len(found) > 1:
        raise UnknownTerm("Two nodes made this reference.", hint="Name the trace by the id of its message.")
    if not found:
        raise UnknownTerm("There is no such trace that you may see.")
    return found[0]


def trace_in(services: Services, snapshot: Snapshot, head: TraceHead) -> KeptTrace:
    """What a trace comes to now."""
    return fold_trace(services.keys.node, head.opener, head.ref, snapshot.trace_facts(head.opener, head.ref))


def show_trace(services: Services, viewer: Viewer, trace: str) -> KeptTraceShown:
    """Show what is followed, what was handed over borders, and what was answered; nothing is run.

    Args:
        trace: Its reference, or the id of the message by which it is seen.

    Raises:
        UnknownTerm: There is none that this viewer may see.
        NotAllowed: The viewer may not see traces.
    """
    scope = scope_of(services, viewer, READS)

    def look(snapshot: Snapshot) -> tuple[KeptTraceShown, list[MessageId]]:
        head = trace_or_unknown(snapshot, trace, scope)
        facts = snapshot.trace_facts(head.opener, head.ref)
        return shown_in(services, snapshot, head), [one.message for one in facts]

    shown, messages = services.store.read(look)
    record_access(services, viewer, "trace", {"ref": shown.line.ref}, messages)
    return shown


def list_traces(
    services: Services, viewer: Viewer, *, stands: str = "", case: str = "", before: int = 0, limit: int = 50
) -> KeptTraceList:
    """Show kept traces, the one that changed last first.

    Args:
        stands: Only those that are open, outstanding, final or stopped.
        case: Only those of one case, by its reference.
        before: Where a page before ended; 0 for the first.

    Raises:
        NotAllowed: The viewer may not see traces.
    """
    scope = scope_of(services, viewer, READS)
    at_most = min(limit, TRACES_SHOWN_MAX)

    def look(snapshot: Snapshot) -> tuple[list[TraceHead], Mapping[str, str]]:
        heads = snapshot.traces(
            scope=scope, before=before or _NEWEST, limit=at_most, stands=stands, case_ref=read_ref(case) if case else ""
        )
        return heads, names_in(services, snapshot)

    heads, names = services.store.read(look)
    record_access(services, viewer, "traces", {"stands": stands, "case": case}, [one.message for one in heads])
    return KeptTraceList(
        traces=[line_of(services, one, names) for one in heads],
        next_before=heads[-1].changed if len(heads) == at_most else 0,
    )


def names_in(services: Services, snapshot: Snapshot) -> dict[str, str]:
    """What people call nodes."""
    return {one.node: one.name for one in snapshot.peers()} | {services.keys.node: services.config.name}


def line_of(services: Services, head: TraceHead, names: Mapping[str, str]) -> KeptTraceLine:
    """One trace as lists show it."""
    return KeptTraceLine(
        ref=head.ref,
        opener=head.opener,
        opener_name=names.get(head.opener) or head.opener[:24],
        is_own=head.opener == services.keys.node,
        message=head.message,
        title=head.title,
        case=head.case_ref,
        method=head.method,
        stands=head.stands,
        at=head.at,
        ran_at=head.ran_at,
        to_hand=head.to_hand,
        to_answer=head.to_answer,
        outstanding=head.outstanding,
    )


def shown_in(services: Services, snapshot: Snapshot, head: TraceHead) -> KeptTraceShown:
    """One trace as pages and verbs show it."""
    trace = trace_in(services, snapshot, head)
    names = names_in(services, snapshot)
    now = snapshot.trace_of(head.opener, head.ref) or head
    rules, opened, ran = trace.rules, trace.opened, trace.ran
    assert rules is not None, "a trace without rules has no row"
    seeds = [] if opened is None else opened.seeds
    handed = [
        _handed("in", one.node, names, one.handed, one.answer, one.at, is_stopped=one.stopped) for one in trace.incoming
    ]
    handed += [
        _handed("out", one.node, names, one.handed, one.answer, one.at, is_stopped=False) for one in trace.outgoing
    ]
    return KeptTraceShown(
        line=line_of(services, now, names),
        depth=rules.depth,
        labels=rules.labels,
        until=rules.until,
        seeds=[
            KeptSeedShown(
                label=one.label,
                account=one.account,
                start="" if one.start == NEVER else moment_text(one.start),
                minor=one.minor,
                currency=one.currency,
                payment=one.payment,
            )
            for one in seeds
        ],
        handed=handed,
        totals=[] if ran is None else [TotalsShown.of(one) for one in ran.totals],
        rows=0 if ran is None else ran.rows,
        payments=0 if ran is None else ran.payments,
        accounts=0 if ran is None else ran.accounts,
        conserved=None if ran is None else ran.conserved,
        ran_for="" if ran is None else ran.viewer,
        request="" if opened is None else opened.request,
        report="" if opened is None else opened.report,
        stopped_by=names.get(trace.stopped_by, trace.stopped_by),
        stopped_why=trace.stopped_why,
        idle=[why for _, why in trace.idle],
    )


def _handed(
    direction: str,
    node: str,
    names: Mapping[str, str],
    handed: Handed,
    answer: Answer | None,
    at: str,
    *,
    is_stopped: bool,
) -> HandedLine:
    is_answered = answer is not None and answer.revision == handed.revision
    status = "stopped" if is_stopped else answer.status.value if answer is not None and is_answered else "waiting"
    return HandedLine(
        direction=direction,
        node=node,
        node_name=names.get(node) or node[:24],
        reference=handed.reference,
        payee=handed.payee,
        minor=handed.minor,
        asset=handed.asset,
        tainted=handed.tainted,
        at=handed.at,
        revision=handed.revision,
        hops=handed.hops,
        status=status,
        final=answer is not None and is_answered and answer.final,
        ground="" if answer is None else answer.ground,
        totals=[] if answer is None else [TotalsShown.of(one) for one in answer.totals],
        said_at=at,
    )
