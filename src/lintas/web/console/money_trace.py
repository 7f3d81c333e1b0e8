# SPDX-License-Identifier: Apache-2.0
"""One kept trace: where the money went, where it may still be held, and what was handed on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from starlette.responses import Response

from lintas.errors import LintasError, UnknownTerm, WrongUse
from lintas.model.money import country_of
from lintas.model.money_answers import TraceShown
from lintas.model.trace_answers import HandedLine, StayLine
from lintas.web.calls import Call
from lintas.web.console import request_new
from lintas.web.console.money import moment_typed, typed_moment
from lintas.web.console.money_drawing import draw, knowledge_of
from lintas.web.console.money_words import CHANNELS, HOPS, KINDS, KNOWLEDGE, METHODS, SORTS, STANDS, STATUS, WHY
from lintas.web.console.page import offers, page, see_other
from lintas.web.console.people import status_of
from lintas.web.console.times import Times
from lintas.work.access import one_entry
from lintas.work.tracing_jobs.holding import draft_hold
from lintas.work.tracing_jobs.next_hops import ask_next_hops
from lintas.work.tracing_jobs.opening import release_trace, run_trace, stop_trace
from lintas.work.tracing_jobs.viewing import TraceView, view_trace

FLOWS_SHOWN: Final = 500  # payments of the table; the command line lists all
HOLDS_SHOWN: Final = 200
REASON_CHARS_MAX: Final = 200
LAW_CHARS_MAX: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """A payment over the border, and how it stands with the node there."""

    reference: str
    payee: str
    country: str
    currency: str
    minor: int
    at: str
    handed: HandedLine | None
    staying: StayLine | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A hold of which nobody knows whom to ask."""

    account: str
    currency: str


def show(call: Call) -> Response:
    """Show a trace."""
    return _page(call)


def release(call: Call) -> Response:
    """Hand on what waits at the border, those that are ticked; and give the answers that wait."""
    form = call.form
    try:
        release_trace(
            call.services, call.viewer, call.path("trace"), payments=form.texts("payment"), to=form.text("to")
        )
    except UnknownTerm:
        raise
    except LintasError as exc:
        return _page(call, problem=exc)
    return see_other(f"/money/{call.path('trace')}#crossings")


def run(call: Call) -> Response:
    """Run it with what this person may see; from then on the node looks again in their name."""
    try:
        run_trace(call.services, call.viewer, call.path("trace"))
    except UnknownTerm:
        raise
    except LintasError as exc:
        return _page(call, problem=exc)
    return see_other(f"/money/{call.path('trace')}")


def stop(call: Call) -> Response:
    """Follow it no longer."""
    try:
        stop_trace(call.services, call.viewer, call.path("trace"), why=call.form.text("why")[:REASON_CHARS_MAX])
    except UnknownTerm:
        raise
    except LintasError as exc:
        return _page(call, problem=exc)
    return see_other(f"/money/{call.path('trace')}")


def hold(call: Call) -> Response:
    """Open the hold request of one account, filled in; nothing is sent. The account stands in no address."""
    form = call.form
    account, currency = form.text("account"), form.text("currency")
    try:
        draft = draft_hold(
            call.services, call.viewer, call.path("trace"), account=account, currency=currency, to=form.text("to")
        )
    except UnknownTerm:
        raise
    except LintasError as exc:
        return _page(call, problem=exc)
    if draft.missing:
        problem = WrongUse("No single desk is known for it: choose one below.")
        return _page(call, problem=problem, refused=Refused(account=account, currency=currency))
    return request_new.show_filled(call, draft)


def ask(call: Call) -> Response:
    """Have the banks asked of the accounts that are ticked; the trace goes on by itself when they answer."""
    form = call.form
    try:
        ask_next_hops(
            call.services,
            call.viewer,
            call.path("trace"),
            law=form.text("law"),
            accounts=frozenset(form.texts("account")),
        )
    except UnknownTerm:
        raise
    except LintasError as exc:
        return _page(call, problem=exc)
    return see_other(f"/money/{call.path('trace')}#banks")


def _page(call: Call, *, problem: LintasError | None = None, refused: Refused | None = None) -> Response:
    sort, typed = call.query("sort"), call.query("until")[:40]
    try:
        until = moment_typed(call, typed)
    except LintasError as exc:
        problem, until = problem or exc, ""
    with one_entry(call.services, call.viewer, "trace"):
        view = view_trace(call.services, call.viewer, call.path("trace"), until=until, sort=sort)
    line, result = view.shown.line, view.result
    own = call.services.config.country
    seeds = [one.account for one in view.shown.seeds]
    drawing = None if result is None else draw(result, seeds or _entries(view, result), own)
    peers = call.services.store.read(lambda snapshot: [one for one in snapshot.peers() if not one.is_removed])
    return page(
        call,
        "money_trace.html",
        title=line.title or line.ref,
        section="money",
        tlp=view.tlp,
        status=status_of(problem),
        problem=problem or view.cannot,
        refused=refused,
        shown=view.shown,
        line=line,
        trace=call.path("trace"),
        result=result,
        flows=() if result is None else result.flows[:FLOWS_SHOWN],
        drawing=drawing,
        holds=view.holds,
        holds_shown=HOLDS_SHOWN,
        hops=() if view.hops is None else view.hops.hops[:HOLDS_SHOWN],
        can_ask=view.hops is not None and any(one.stands == "ask" for one in view.hops.hops),
        law=call.form.text("law")[:LAW_CHARS_MAX] or _law(call),
        hop_stands=HOPS,
        crossings=_crossings(view),
        incoming=[one for one in view.shown.handed if one.direction == "in"],
        to_follow=bool(line.to_answer) or any(one.direction == "in" and not one.final for one in view.shown.handed),
        releasable=[one.reference for one in view.staying if one.waits],
        peers=peers,
        own=own,
        until=until,
        until_typed=typed_moment(call, until) or typed_moment(call, _last(result)),
        steps=_steps(call, drawing.moments) if drawing is not None else [],
        sort=view.holds.sort if view.holds is not None else "rule",
        methods=METHODS,
        standings=STANDS,
        statuses=STATUS,
        knowledge=KNOWLEDGE,
        knowledge_of=knowledge_of,
        channels=CHANNELS,
        kinds=KINDS,
        why=WHY,
        sorts=SORTS,
        country_of=country_of,
        sees_messages=offers(call, "read"),
        zone=call.services.config.time_zone,
    )


def _law(call: Call) -> str:
    """The law under which banks are asked, where the node's configuration names one alone."""
    named = {bank.trace_law for bank in call.services.config.banks.values() if bank.trace_law}
    return named.pop() if len(named) == 1 else ""


def _entries(view: TraceView, result: TraceShown) -> list[str]:
    """Where money that was handed here came in."""
    known = {flow.payee for flow in result.flows}
    return sorted({one.payee for one in view.shown.handed if one.direction == "in" and one.payee in known})


def _crossings(view: TraceView) -> list[Crossing]:
    """Payments over the border and what became of each; what was handed on and carries nothing now, too."""
    if view.result is None:
        return []
    handed: Mapping[str, HandedLine] = {one.reference: one for one in view.shown.handed if one.direction == "out"}
    staying = {one.reference: one for one in view.staying}
    found = [
        Crossing(
            reference=one.payment,
            payee=one.to,
            country=country_of(one.to),
            currency=one.currency,
            minor=one.amount_minor,
            at=one.at,
            handed=handed.get(one.payment),
            staying=staying.get(one.payment),
        )
        for one in view.result.left
        if one.why == "border"
    ]
    named = {one.reference for one in found}
    found += [
        Crossing(
            reference=one.reference,
            payee=one.payee,
            country=country_of(one.payee),
            currency=one.asset,
            minor=0,
            at=one.at,
            handed=one,
            staying=staying.get(one.reference),
        )
        for one in handed.values()
        if one.reference not in named
    ]
    return found


def _last(result: TraceShown | None) -> str:
    if result is None:
        return ""
    return max((max(flow.at, flow.credit_at) for flow in result.flows), default="")


def _steps(call: Call, moments: tuple[str, ...]) -> list[dict[str, str]]:
    """What the slider of times shows and writes: each moment in words, and as the field of a time holds it."""
    config = call.services.config
    times = Times(call.language, country=config.country, zone=config.time_zone)
    return [{"words": str(times.moment(at)), "typed": typed_moment(call, at)} for at in moments]
