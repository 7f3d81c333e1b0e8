# SPDX-License-Identifier: Apache-2.0
"""The part of the one table of routes that peers reach; `lintas.web.routes` joins the parts."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Literal

from starlette.responses import Response

from lintas.limits import BATCH_BYTES_MAX, DESCRIPTOR_BYTES_MAX, HELLO_BYTES_MAX, NOTE_BYTES_MAX
from lintas.web.peer import answers
from lintas.web.peer.calls import AnswerFunction, PeerCall

PeerStreamFunction = Callable[[PeerCall], Awaitable[Response]]
ASKING_BYTES_MAX: Final = 64 * 1024  # bytes of a request that names places
PEER: Final = "/peer/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerRouteSpec:
    """One route of the peer address. Every request but a public one is signed by a peer: there is no switch for it."""

    path: str
    method: Literal["GET", "POST"] = "GET"
    name: str
    does: AnswerFunction | None = None  # runs in a worker thread
    streams: PeerStreamFunction | None = None  # runs on the event loop
    may: Literal["public", "greeting", "session"] = "session"
    bytes_max: int = 0  # of the request's body

    @property
    def answer(self) -> AnswerFunction:
        """The function of a route that is no stream."""
        assert self.does is not None, "a route has a function"
        return self.does


PEER_ROUTES: Final = (
    PeerRouteSpec(path=f"{PEER}/descriptor", name="descriptor", does=answers.descriptor, may="public"),
    PeerRouteSpec(
        path=f"{PEER}/descriptor",
        method="POST",
        name="learn",
        does=answers.learn,
        may="public",
        bytes_max=DESCRIPTOR_BYTES_MAX,
    ),
    PeerRouteSpec(
        path=f"{PEER}/hello",
        method="POST",
        name="hello",
        does=answers.hello,
        may="greeting",
        bytes_max=HELLO_BYTES_MAX,
    ),
    PeerRouteSpec(path=f"{PEER}/feed", name="feed", streams=answers.feed),
    PeerRouteSpec(path=f"{PEER}/inbox", method="POST", name="inbox", does=answers.inbox, bytes_max=BATCH_BYTES_MAX),
    PeerRouteSpec(path=f"{PEER}/checkpoint", name="checkpoint-give", does=answers.give_checkpoint),
    PeerRouteSpec(
        path=f"{PEER}/checkpoint", method="POST", name="witness", does=answers.witness, bytes_max=NOTE_BYTES_MAX
    ),
    PeerRouteSpec(
        path=f"{PEER}/cosignature",
        method="POST",
        name="cosignature",
        does=answers.cosignature,
        bytes_max=NOTE_BYTES_MAX,
    ),
    PeerRouteSpec(path=f"{PEER}/proof", name="proof", does=answers.proof),
    PeerRouteSpec(path=f"{PEER}/gossip", method="POST", name="gossip", does=answers.gossip, bytes_max=NOTE_BYTES_MAX),
    PeerRouteSpec(path=f"{PEER}/again", method="POST", name="again", does=answers.again, bytes_max=ASKING_BYTES_MAX),
)
