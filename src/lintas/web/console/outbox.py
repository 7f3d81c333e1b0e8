# SPDX-License-Identifier: Apache-2.0
"""Outbox: what was released to whom, what became of it there, and how far each peer is."""

from dataclasses import dataclass
from typing import Final

from starlette.responses import Response, StreamingResponse

from lintas.errors import UnknownTerm
from lintas.model.peer_answers import LaneShown, PeerLine
from lintas.web.calls import Call
from lintas.web.console.page import page
from lintas.web.rendering import strictest
from lintas.work.access import permit
from lintas.work.accounts import session_of
from lintas.work.peering import list_peers
from lintas.work.sharing import outbox

LINES: Final = 50
TOPIC: Final = "streams"  # something was released, or a peer said something


@dataclass(frozen=True, slots=True, kw_only=True)
class Lag:
    """How far one peer is behind what was released to it."""

    sent: int
    stored: int

    @property
    def behind(self) -> int:
        """Messages that it has not said it stored."""
        return max(0, self.sent - self.stored)


def show(call: Call) -> Response:
    """Show a page of released messages."""
    before = call.query("before")
    at = int(before) if before.isascii() and before.isdigit() and len(before) < 16 else 0
    seen = call.services.events.count(TOPIC)  # before the rows are read, so that nothing between is missed
    permit(call.services, call.viewer, "outbox")  # names of peers stand elsewhere too, but this page is about content
    peers = list_peers(call.services, call.viewer).peers
    node = call.query("peer")
    chosen = next((one for one in peers if one.node == node), None)
    if node and chosen is None:
        raise UnknownTerm("There is no such peer.", hint="The Peers page shows them.")
    shown = outbox(call.services, call.viewer, peer=node, before=at, limit=LINES, only_items=True)
    return page(
        call,
        "outbox.html",
        title="Outbox",
        section="outbox",
        tlp=strictest(line.marking for line in shown.lines),
        lines=shown.lines,
        older=shown.next_before,
        before=at,
        peers=[(one, lags_of(one)) for one in peers if one.standing != "removed" or one.node == node],
        chosen=chosen,
        seen=seen,
    )


def lags_of(peer: PeerLine) -> dict[str, Lag]:
    """How far a peer is behind, by lane."""
    return {lane.lane: _lag(lane) for lane in peer.lanes}


async def live(call: Call) -> Response:
    """Tell an open Outbox that it is out of date, never of what."""
    services, viewer, token = call.services, call.viewer, call.token
    permit(services, viewer, "outbox")  # who sees no content is told before the stream
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


def _lag(lane: LaneShown) -> Lag:
    return Lag(sent=lane.sent, stored=lane.stored)
