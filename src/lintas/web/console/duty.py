# SPDX-License-Identifier: Apache-2.0
"""The phone of the desk: what waits, and the few things that one does with a thumb. Nothing of it stays there."""

from collections.abc import Callable
from typing import Final, NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from lintas.crypto.passkeys import read_assertion
from lintas.errors import LintasError, UnknownTerm
from lintas.model.desk_answers import RequestShown
from lintas.model.order_answers import OrderShown
from lintas.web.calls import Call
from lintas.web.console.approvals import answer_of, assent_asks
from lintas.web.console.language import later
from lintas.web.console.page import offers, page, see_other
from lintas.web.problems import status_of
from lintas.web.rendering import strictest
from lintas.work import orders
from lintas.work.access import one_entry, permit
from lintas.work.accounts import session_of
from lintas.work.clocks import (
    Duty,
    call_back,
    hear_words,
    keep_promise,
    see_due,
    show_calls,
    show_duty,
    show_duty_request,
    take_over,
)
from lintas.work.requests import say

ORDERS_SHOWN: Final = 10
TOPIC: Final = "alerts"
_DONE: Final = {
    "acknowledged": later("You have it. The other desk is told."),
    "refused": later("Refused. The other desk is told."),
    "acknowledged-own": later("You have it."),
    "refused-own": later("Refused."),
    "taken": later("It is yours now."),
    "answered": later("Your answer is written."),
    "seen": later("Seen."),
}
_NOTHING: Final = Duty(waiting=(), open=(), dues=())


class Pending(NamedTuple):
    """One approval that waits for this person's passkey."""

    order: OrderShown
    asks: dict[str, str]  # verdict -> what the authenticator is asked
    has_passkey: bool


def show(call: Call) -> Response:
    """Show what waits."""
    return _show(call)


def acknowledge(call: Call) -> Response:
    """Say that one has a request."""
    return _done(call, "acknowledged", lambda: say(call.services, call.viewer, call.path("request"), "acknowledged"))


def refuse(call: Call) -> Response:
    """Refuse a request, with a ground."""
    ground = call.form.text("ground")
    return _done(
        call, "refused", lambda: say(call.services, call.viewer, call.path("request"), "refused", ground=ground)
    )


def take(call: Call) -> Response:
    """Answer for a thread from here on."""
    return _done(call, "taken", lambda: take_over(call.services, call.viewer, call.path("request")))


def see(call: Call) -> Response:
    """Say that one saw a clock warn or run out."""
    said = [call.form.text(name) for name in ("target", "clock", "item", "due_at")]
    return _done(call, "seen", lambda: see_due(call.services, call.viewer, *said))


def decide(call: Call) -> Response:
    """Approve or refuse by passkey what somebody else proposed."""
    order, verdict = call.path("order"), call.form.text("verdict")

    def answer() -> object:
        given = answer_of(call.form.whole("answer"))
        return orders.answer(call.services, call.viewer, order, verdict, read_assertion(given) if given else None)

    return _done(call, "answered", answer)


def show_call(call: Call) -> Response:
    """Show numbers, and words that hold now."""
    return _call(call)


def draw_words(call: Call) -> Response:
    """Draw two words for a call."""
    request = call.path("request")
    try:
        call_back(call.services, call.viewer, request)
    except UnknownTerm:
        raise
    except LintasError as exc:
        return _call(call, exc)
    return see_other(f"/duty/{request}/call")


def hear(call: Call) -> Response:
    """Say whether the other officer read out the right word."""
    request = call.path("request")
    try:
        hear_words(call.services, call.viewer, request, call.form.text("call"), same=call.form.text("same") == "yes")
    except UnknownTerm:
        raise
    except LintasError as exc:
        return _call(call, exc)
    return see_other(f"/duty/{request}/call")


def keep(call: Call) -> Response:
    """Say that a promised call was made."""
    request = call.path("request")
    try:
        keep_promise(call.services, call.viewer, request, call.form.text("promise"))
    except UnknownTerm:
        raise
    except LintasError as exc:
        return _call(call, exc)
    return see_other(f"/duty/{request}/call")


async def live(call: Call) -> Response:
    """Tell an open page that something changed, never what."""
    services, viewer, token = call.services, call.viewer, call.token
    await run_in_threadpool(permit, services, viewer, "request.read")
    after = call.request.headers.get("last-event-id", "") or call.query("after")
    call.console.streams.admit(call.owner)
    lines = call.console.streams.changes(
        call.owner,
        services.events,
        TOPIC,
        after=after,
        is_signed_in=lambda: session_of(services, token, touch=False) is not None,
    )
    return StreamingResponse(lines, media_type="text/event-stream", headers={"x-accel-buffering": "no"})


def _done(call: Call, what: str, does: Callable[[], object]) -> Response:
    try:
        made = does()
    except UnknownTerm:
        raise
    except LintasError as exc:
        return _show(call, exc)
    is_own = isinstance(made, RequestShown) and made.line.is_own
    return see_other(f"/duty?done={what}{'-own' * is_own}")


def _show(call: Call, problem: LintasError | None = None) -> Response:
    seen = call.services.events.count(TOPIC)  # before anything is read: what comes meanwhile counts as new
    sees = offers(call, "request.read")
    with one_entry(call.services, call.viewer, "duty"):
        duty = show_duty(call.services, call.viewer) if sees else _NOTHING
        pending = _pending(call) if offers(call, "orders.read") else []
    labels = [one.marking for one in (*duty.waiting, *duty.open) if one.marking]
    labels += [one.order.line.marking for one in pending if one.order.line.marking]
    return page(
        call,
        "duty.html",
        title=later("What waits"),
        section="duty",
        tlp=strictest(labels),
        status=200 if problem is None else status_of(problem),
        problem=problem,
        done=_DONE.get(call.query("done"), ""),
        duty=duty,
        sees=sees,
        pending=pending,
        party=call.party,
        grounds=sorted(call.services.packs.forms.grounds),
        seen=seen,
    )


def _call(call: Call, problem: LintasError | None = None) -> Response:
    with one_entry(call.services, call.viewer, "call"):
        request = show_duty_request(call.services, call.viewer, call.path("request"))
        shown = show_calls(call.services, call.viewer, request.message)
    return page(
        call,
        "duty_call.html",
        title=later("Call the other desk"),
        section="duty",
        tlp=strictest([request.marking] if request.marking else []),
        status=200 if problem is None else status_of(problem),
        problem=problem,
        line=request,
        calls=shown,
        may_call="call" in request.may,
    )


def _pending(call: Call) -> list[Pending]:
    waiting = orders.list_orders(call.services, call.viewer, limit=1).waiting[:ORDERS_SHOWN]
    found = []
    for line in waiting:
        shown = orders.show_order(call.services, call.viewer, line.id)
        has_passkey, asks = assent_asks(call, shown)
        found.append(Pending(shown, asks, has_passkey))
    return found
