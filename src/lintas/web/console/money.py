# SPDX-License-Identifier: Apache-2.0
"""Money: the traces that are kept, and a form for a new one."""

from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from starlette.responses import Response

from lintas.errors import BadInput, LintasError
from lintas.limits import TRACE_DEPTH_MAX
from lintas.model.marking import Tlp
from lintas.model.money import Method
from lintas.web.calls import Call
from lintas.web.console.money_new import prefilled
from lintas.web.console.money_words import METHODS, STANDS
from lintas.web.console.page import offers, page, see_other
from lintas.web.console.people import status_of
from lintas.work import duties
from lintas.work.access import one_entry
from lintas.work.tracing_jobs.looking import ledger_status
from lintas.work.tracing_jobs.opening import Wanted, open_trace
from lintas.work.tracing_jobs.standing import list_traces

LINES: Final = 50
LAST: Final = datetime(9999, 12, 31, tzinfo=UTC)  # ours: a day before the last one that there is
FIELDS: Final = ("title", "seeds", "currency", "method", "until", "depth", "labels", "case", "request", "report")


def show_all(call: Call) -> Response:
    """Show kept traces, the one that changed last first."""
    return _page(call)


def open_one(call: Call) -> Response:
    """Keep a trace, and run it."""
    try:
        done = open_trace(call.services, call.viewer, _wanted(call))
    except LintasError as exc:
        return _page(call, exc)
    return see_other(f"/money/{done.shown.line.message}")


def moment_typed(call: Call, text: str) -> str:
    """A time that was typed in the node's zone as RFC 3339, to the end of its second or minute; empty is empty.

    Raises:
        BadInput: It is none.
    """
    if not text:
        return ""
    at = duties.moment_of(call.services, text)
    is_second = text.count(":") >= 2 or "." in text
    rest = timedelta(0) if "." in text else timedelta(seconds=1 if is_second else 60) - timedelta(microseconds=1)
    if at > LAST - rest:
        raise BadInput("There are no payments so late.")
    end = at + rest
    return end.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def typed_moment(call: Call, at: str) -> str:
    """A time as a field of a form holds it: of the node's zone, to the second."""
    return (
        f"{datetime.fromisoformat(at).astimezone(ZoneInfo(call.services.config.time_zone)):%Y-%m-%dT%H:%M:%S}"
        if at
        else ""
    )


def _wanted(call: Call) -> Wanted:
    form = call.form
    depth, method = form.text("depth"), form.text("method") or "fifo"
    if depth and not (depth.isascii() and depth.isdigit() and len(depth) < 8 and int(depth) <= TRACE_DEPTH_MAX):
        raise BadInput(f"Money is followed over at most {TRACE_DEPTH_MAX:,} payments.")
    if method not in METHODS:
        raise BadInput("There is no such rule.", hint="Choose one of those listed.")
    return Wanted(
        seeds=tuple(line.strip() for line in form.text("seeds").splitlines() if line.strip()),
        method=Method(method),
        until=moment_typed(call, form.text("until")),
        depth=int(depth or 0),
        labels=form.has("labels"),
        currency=form.text("currency").upper(),
        title=form.text("title"),
        case=form.text("case"),
        request=form.text("request"),
        report=form.text("report"),
    )


def _page(call: Call, problem: LintasError | None = None) -> Response:
    stands, before = call.query("stands"), call.query("before")
    case = call.query("of")[:80]
    with one_entry(call.services, call.viewer, "traces"):
        found = list_traces(
            call.services,
            call.viewer,
            stands=stands if stands in STANDS else "",
            case=case,
            before=int(before) if before.isascii() and before.isdigit() and len(before) < 16 else 0,
            limit=LINES,
        )
        ledger = ledger_status(call.services, call.viewer) if offers(call, "ledger.read") else None
        sent = {name: call.form.text(name) for name in FIELDS} if problem else prefilled(call)
    return page(
        call,
        "money.html",
        title="Money",
        section="money",
        tlp=Tlp.AMBER if found.traces or sent else None,
        status=status_of(problem),
        problem=problem,
        found=found,
        ledger=ledger,
        stands=stands,
        sent=sent,
        is_asked=problem is not None or bool(sent) or not found.traces,
        methods=METHODS,
        example="KASITHBK:0123456789@2026-01-31:500.00",
        standings=STANDS,
        zone=call.services.config.time_zone,
    )
