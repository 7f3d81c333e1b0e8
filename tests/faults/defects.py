# SPDX-License-Identifier: Apache-2.0
"""A node that does one thing otherwise than the protocol says: our own peer address with one change before it.

Each defect is what a careless or dishonest implementation might do. It signs as the node does, for such a node would.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from lintas.node.node import Node
from lintas.transport.serving import server_context
from lintas.transport.workers import Workers
from lintas.web.local.server import bind, url_of
from lintas.web.peer.app import build_peer_app
from lintas.web.peer.feeds import Pace
from lintas.web.peer.protocol import PeerProtocol

App = Callable[[Any, Any, Any], Awaitable[None]]
Wrap = Callable[[App, Node], App]


@contextmanager
def serving(node: Node, wrap: Wrap | None = None, *, pace: Pace | None = None, tls: Any = None) -> Iterator[str]:
    """Serve a node's peer address in a thread, under real TLS, with one change; yields its address."""
    workers = Workers()
    app: App = build_peer_app(node.services, workers=workers, hear=lambda _node, _note: None, pace=pace)
    close = app.state.close  # type: ignore[attr-defined]  # Starlette's
    context = tls or server_context(node.services.keys.tls, node.services.keys.node)
    config = uvicorn.Config(
        wrap(app, node) if wrap is not None else app,
        http=PeerProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        log_level="error",
        access_log=False,
        timeout_graceful_shutdown=1,
        ssl_context_factory=lambda _config, _default: context,
    )
    server = uvicorn.Server(config)
    listening = bind("127.0.0.1", 0)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listening])), daemon=True)
    thread.start()
    try:
        yield url_of(listening, scheme="https")
    finally:
        close()
        server.should_exit = True
        thread.join(20)
        assert not thread.is_alive()
