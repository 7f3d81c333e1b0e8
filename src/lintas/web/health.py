# SPDX-License-Identifier: Apache-2.0
"""Small answers: where home is, whether the process and its store answer, and the live stream of the Desk."""

from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from lintas.errors import LintasError
from lintas.web.calls import Call
from lintas.web.console.page import offers, see_other
from lintas.work.accounts import session_of
from lintas.work.watching import list_alerts

LOT_MAX = 200  # alerts told in one event


def home(call: Call) -> Response:
    """Go to the page where this person's work begins."""
    return see_other("/desk" if offers(call, "watch") else "/node")


def healthy(call: Call) -> Response:
    """Say that the process answers."""
    return PlainTextResponse("ok\n")


def ready(call: Call) -> Response:
    """Say whether the store answers."""
    try:
        call.services.store.read(lambda snapshot: snapshot.size())
    except LintasError:
        return PlainTextResponse("the store does not answer\n", status_code=503)
    return PlainTextResponse("ready\n")


async def live(call: Call) -> Response:
    """Tell the Desk of new alerts as they happen."""
    services, viewer, token = call.services, call.viewer, call.token
    after = call.request.headers.get("last-event-id", "") or call.query("after")
    await run_in_threadpool(
        list_alerts, services, viewer, after=after, limit=1
    )  # a wrong `after` is told before the stream
    call.console.streams.admit(call.owner)
    lines = call.console.streams.follow(
        call.owner,
        services.events,
        after=after,
        news=lambda last: list_alerts(services, viewer, after=last, limit=LOT_MAX),
        is_signed_in=lambda: session_of(services, token, touch=False) is not None,
    )
    return StreamingResponse(lines, media_type="text/event-stream", headers={"x-accel-buffering": "no"})
