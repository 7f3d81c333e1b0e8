# SPDX-License-Identifier: Apache-2.0
"""All that a page shows of one kept trace, from one run of it: nothing is written but who looked."""

from dataclasses import dataclass, replace

from lintas.errors import LintasError, NotInstalled
from lintas.model.hold_answers import HoldListShown
from lintas.model.kept_trace import KeptTrace
from lintas.model.marking import Tlp
from lintas.model.moments import moment_text
from lintas.model.money import NEVER, TraceResult
from lintas.model.money_answers import TraceShown
from lintas.model.question import NextHopList
from lintas.model.scope import Scope
from lintas.model.trace_answers import KeptTraceShown, StayLine
from lintas.model.trace_found import TraceHead
from lintas.model.viewer import Viewer
from lintas.policy import access as policy
from lintas.policy.hold_list import SORTS
from lintas.ports.store import Snapshot
from lintas.views.trace_plan import plan
from lintas.views.trace_result import query_of
from lintas.work.access import record_access, scope_of
from lintas.work.banking.asking import ASKS
from lintas.work.services import Services
from lintas.work.tracing_jobs.advancing import Speaker, place_of, run_in_name
from lintas.work.tracing_jobs.holding import holds_of
from lintas.work.tracing_jobs.next_hops import hops_of
from lintas.work.tracing_jobs.opening import stay_line
from lintas.work.tracing_jobs.seeds import read_moment
from lintas.work.tracing_jobs.showing import shown_trace
from lintas.work.tracing_jobs.standing import READS, shown_in, trace_in, trace_or_unknown
from lintas.work.tracing_jobs.tracing import trace_once


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceView:
    """One kept trace, run with what one person may see."""

    shown: KeptTraceShown
    tlp: Tlp = Tlp.AMBER  # strictest of the payments that were read; a trace itself is AMBER
    result: TraceShown | None = None  # None: nothing is followed here, or it could not be run
    holds: HoldListShown | None = None  # None besides: it is looked at as it stood at an earlier time
    hops: NextHopList | None = None  # None besides: the viewer may not have banks asked
    staying: tuple[StayLine, ...] = ()  # payments over the border that are not handed on, and why
    cannot: LintasError | None = None  # why it could not be run


def view_trace(services: Services, viewer: Viewer, trace: str, *, until: str = "", sort: str = "rule") -> TraceView:
    """Run a kept trace for a page.

    Args:
        trace: Its reference, or the id of the message by which it is seen.
        until: As it stood then, RFC 3339; empty for as far as its rules look.
        sort: Of the hold list; what is no order is the rule's.

    Raises:
        UnknownTerm: There is no such trace that this viewer may see.
        NotAllowed: The viewer may not see traces.
        BadInput: The time is none.
    """
    at = read_moment(until, is_end=True)
    scope = scope_of(services, viewer, READS)

    def look(snapshot: Snapshot) -> tuple[TraceHead, KeptTrace, KeptTraceShown]:
        head = trace_or_unknown(snapshot, trace, scope)
        return head, trace_in(services, snapshot, head), shown_in(services, snapshot, head)

    head, kept, shown = services.store.read(look)
    record_access(services, viewer, "trace", {"ref": head.ref}, [head.message])
    if not kept.is_here:
        return TraceView(shown=shown)
    try:
        if at == NEVER:
            return _now(services, viewer, head, kept, shown, scope=scope, sort=sort if sort in SORTS else "rule")
        return _then(services, viewer, kept, shown, at)
    except NotInstalled as exc:
        return TraceView(shown=shown, cannot=exc)


def _now(
    services: Services,
    viewer: Viewer,
    head: TraceHead,
    kept: KeptTrace,
    shown: KeptTraceShown,
    *,
    scope: Scope,
    sort: str,
) -> TraceView:
    started = services.clock.monotonic_s()
    result, outcome = run_in_name(services, kept, viewer)
    seconds = services.clock.monotonic_s() - started
    speaker = Speaker(reader=viewer)
    place = services.store.read(lambda snapshot: place_of(services, snapshot, kept, speaker, {}))
    told, tlp = _told(services, viewer, kept, result, seconds)
    return TraceView(
        shown=shown,
        tlp=tlp,
        result=told,
        holds=holds_of(services, head.ref, result, scope=scope, sort=sort),
        hops=hops_of(services, viewer, shown, result, scope=scope_of(services, viewer, ASKS))
        if policy.may(services.packs.access, viewer, ASKS)
        else None,
        staying=tuple(stay_line(one) for one in plan(kept, outcome, place).kept),
    )


def _then(services: Services, viewer: Viewer, kept: KeptTrace, shown: KeptTraceShown, at: int) -> TraceView:
    assert kept.rules is not None, "what is followed here has rules"
    earlier = replace(kept, rules=replace(kept.rules, until=moment_text(at)))
    started = services.clock.monotonic_s()
    result = trace_once(services, viewer, query_of(earlier, services.config.country))
    seconds = services.clock.monotonic_s() - started
    told, tlp = _told(services, viewer, kept, result, seconds)
    return TraceView(shown=shown, tlp=tlp, result=told)


def _told(
    services: Services, viewer: Viewer, kept: KeptTrace, result: TraceResult, seconds: float
) -> tuple[TraceShown, Tlp]:
    """The run as pages say it, and the strictest marking of what it read."""
    seeds = () if kept.opened is None else kept.opened.seeds
    scope = scope_of(services, viewer, "trace.run")

    def look(snapshot: Snapshot) -> tuple[int, Tlp]:
        seen = snapshot.ledger_seen(scope=scope)
        heads = snapshot.heads([one.seq for one in seen], scope=scope)
        return len(seen), Tlp(max((head.tlp for head in heads.values()), default=Tlp.AMBER))

    messages, tlp = services.store.read(look)
    return shown_trace(result, seeds, messages=messages, seconds=seconds), max(tlp, Tlp.AMBER)
