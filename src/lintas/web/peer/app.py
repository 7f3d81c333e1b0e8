# SPDX-License-Identifier: Apache-2.0
"""Put the peer address together."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import lru_cache

import anyio
import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lintas.limits import PEER_REQUESTS_BURST, PEER_REQUESTS_S_MAX, PEERS_MAX
from lintas.transport.budget import Budget
from lintas.transport.workers import Workers
from lintas.web.peer.calls import Door
from lintas.web.peer.feeds import Feeds, Pace
from lintas.web.peer.gate import guarded
from lintas.web.peer.problems import Problem, told
from lintas.web.peer.routes import PEER_ROUTES
from lintas.web.peer.sessions import Sessions
from lintas.web.rates import BY_STRANGER, Limits
from lintas.work.services import Services

log = structlog.get_logger("lintas.peer")


def build_peer_app(
    services: Services, *, workers: Workers, hear: Callable[[str, bytes], None], pace: Pace | None = None
) -> Starlette:
    """Build what peers of one node reach.

    `app.state.close()` ends all feeds, from any thread: call it before waiting for connections to end.

    Args:
        workers: Threads that are shared with the loops to other peers.
        hear: Is told of heads that a peer brought and that their logs' owners are to prove.
        pace: How long feeds wait.
    """

    @lru_cache(maxsize=PEERS_MAX)
    def budget_of(node: str) -> Budget:
        return Budget(services.clock, each_s=PEER_REQUESTS_S_MAX, burst=PEER_REQUESTS_BURST)

    feeds = Feeds(services, workers, pace or Pace())
    door = Door(
        services=services,
        workers=workers,
        sessions=Sessions(),
        feeds=feeds,
        budget_of=budget_of,
        limits=Limits(services.clock, by_source=BY_STRANGER),
        strangers=Budget(services.clock, each_s=PEER_REQUESTS_S_MAX, burst=PEER_REQUESTS_BURST),
        hear=hear,
    )

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with anyio.create_task_group() as group:
            group.start_soon(feeds.run)
            yield
            feeds.close()
            group.cancel_scope.cancel()

    app = Starlette(
        routes=[Route(spec.path, guarded(spec, door), methods=[spec.method], name=spec.name) for spec in PEER_ROUTES],
        exception_handlers={HTTPException: _no_route, Exception: _unforeseen},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    app.state.feeds = feeds
    app.state.close = feeds.close
    return app


async def _no_route(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, HTTPException)
    sentence = {404: "There is no such address.", 405: "This address does not take that method."}
    return told(Problem(exc.status_code, "unknown", sentence.get(exc.status_code, "That did not work.")), close=True)


async def _unforeseen(request: Request, exc: Exception) -> Response:
    log.error("peer.unforeseen", kind=type(exc).__name__)
    return told(Problem(500, "failed", "Something went wrong that nobody foresaw."), close=True)
