# SPDX-License-Identifier: Apache-2.0
"""The verbs about kept traces."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from lintas.model.hold_answers import HoldListShown
from lintas.model.money import Method
from lintas.model.trace_answers import KeptTraceDone, KeptTraceList, KeptTraceShown
from lintas.web.local import request_wire, tracing_wire
from lintas.web.local.calling import Call
from lintas.web.local.requesting import Request
from lintas.work.tracing_jobs.holding import list_holds, open_hold
from lintas.work.tracing_jobs.opening import Wanted, open_trace, release_trace, run_trace, stop_trace
from lintas.work.tracing_jobs.standing import list_traces, show_trace


def tracing_list(call: Call, request: tracing_wire.TracingList) -> KeptTraceList:
    """Show kept traces."""
    return list_traces(
        call.services,
        call.viewer,
        stands=request.stands,
        case=request.case,
        before=request.before,
        limit=request.limit,
    )


def tracing_show(call: Call, request: tracing_wire.TracingShow) -> KeptTraceShown:
    """Show one."""
    return show_trace(call.services, call.viewer, request.trace)


def tracing_open(call: Call, request: tracing_wire.TracingOpen) -> KeptTraceDone:
    """Keep a trace."""
    wanted = Wanted(
        seeds=tuple(request.seeds),
        method=Method(request.method),
        until=request.until,
        depth=request.depth,
        labels=request.labels,
        currency=request.currency,
        title=request.title,
        case=request.case,
        request=request.request,
        report=request.report,
    )
    return open_trace(call.services, call.viewer, wanted)


def tracing_run(call: Call, request: tracing_wire.TracingRun) -> KeptTraceDone:
    """Run one again."""
    return run_trace(call.services, call.viewer, request.trace)


def tracing_release(call: Call, request: tracing_wire.TracingRelease) -> KeptTraceDone:
    """Hand on what waits, and give the answers that wait."""
    return release_trace(
        call.services,
        call.viewer,
        request.trace,
        payments=request.payments,
        to=request.to,
        purpose=request.purpose,
        basis=request.basis,
    )


def tracing_stop(call: Call, request: tracing_wire.TracingStop) -> KeptTraceDone:
    """Follow one no longer."""
    return stop_trace(call.services, call.viewer, request.trace, why=request.why)


def tracing_holds(call: Call, request: tracing_wire.TracingHolds) -> HoldListShown:
    """List where a hold may still reach money."""
    return list_holds(call.services, call.viewer, request.trace, sort=request.sort)


def tracing_hold(call: Call, request: tracing_wire.TracingHold) -> request_wire.RequestSent:
    """Ask for a hold on one line of that list, or propose to where passkeys bind."""
    done = open_hold(
        call.services,
        call.viewer,
        request.trace,
        account=request.account,
        currency=request.currency,
        to=request.to,
        minor=request.minor,
        purpose=request.purpose,
        basis=request.basis,
        short=request.short,
    )
    return request_wire.sent(done)


TRACING_COMMANDS: Final[dict[type[Request], Callable[[Call, Any], msgspec.Struct]]] = {
    tracing_wire.TracingList: tracing_list,
    tracing_wire.TracingShow: tracing_show,
    tracing_wire.TracingOpen: tracing_open,
    tracing_wire.TracingRun: tracing_run,
    tracing_wire.TracingRelease: tracing_release,
    tracing_wire.TracingStop: tracing_stop,
    tracing_wire.TracingHolds: tracing_holds,
    tracing_wire.TracingHold: tracing_hold,
}
