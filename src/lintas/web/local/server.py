# SPDX-License-Identifier: Apache-2.0
"""Serve one node: console, peers and the verbs of the local socket, in one process and one event loop."""

import asyncio
import contextlib
import os
import signal
import socket
import ssl
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import uvicorn
import uvloop
from starlette.types import ASGIApp

from lintas.errors import WrongUse
from lintas.limits import PEERS_MAX
from lintas.node.peering import PeerLoops
from lintas.transport.serving import server_context
from lintas.transport.workers import Workers
from lintas.web.local import serving
from lintas.web.local.app import build_app
from lintas.web.local.callers import OwnUserProtocol
from lintas.web.peer.app import build_peer_app
from lintas.web.peer.feeds import Feeds, Pace
from lintas.web.peer.protocol import PeerProtocol
from lintas.work.services import Services

STOP_S: Final = 3  # seconds that open connections, live streams too, are given to end
PEER_CONNECTIONS_MAX: Final = 4 * PEERS_MAX


class _Server(uvicorn.Server):
    """One of several servers of a process: signals are not its business."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield


def bind(host: str, port: int) -> socket.socket:
    """Take an address; port 0 takes any free one.

    Raises:
        WrongUse: The address is taken, or is none.
    """
    try:
        info = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listening = socket.socket(
            info[0], socket.SOCK_STREAM, info[2]
        )  # asyncio spares a TCP socket Nagle, by its protocol
    except OSError as exc:
        raise WrongUse(f"{host!r} is no address of this machine.", hint="Use --host 127.0.0.1.") from exc
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(info[4])
        listening.listen(2048)
    except OSError as exc:
        listening.close()
        raise WrongUse(
            f"{host} port {port} cannot be listened at: {exc.strerror}.", hint="--port 0 takes any free port."
        ) from exc
    listening.setblocking(False)
    return listening


def url_of(listening: socket.socket, *, scheme: str = "http") -> str:
    """The address of a listening socket as a person would type it."""
    host, port = listening.getsockname()[:2]
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Console:
    """The pages, and what ends their live streams."""

    app: ASGIApp
    end_streams: Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Peers:
    """How the node and its peers reach each other."""

    listening: socket.socket | None  # from `bind`; None when the node accepts no connections
    push: str  # "auto" or "always"


def serve(
    services: Services,
    console: Console,
    peers: Peers,
    *,
    folder: Path,
    listening: socket.socket,
    announce: Callable[[serving.Serving], None],
    while_stdin: bool = False,
) -> None:
    """Serve until SIGTERM or SIGINT; every connection ends within `STOP_S` then.

    Args:
        folder: The node's folder, whose writer's lock the caller holds.
        listening: From `bind`, for the console.
        announce: Is told the addresses once they really accept.
        while_stdin: Stop too when standard input ends: the process that started us is gone.
    """
    uvloop.run(
        _serve(services, console, peers, folder=folder, listening=listening, announce=announce, while_stdin=while_stdin)
    )


async def _serve(
    services: Services,
    console: Console,
    peers: Peers,
    *,
    folder: Path,
    listening: socket.socket,
    announce: Callable[[serving.Serving], None],
    while_stdin: bool,
) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    if while_stdin:
        loop.add_reader(sys.stdin.fileno(), _stop_at_end, sys.stdin.fileno(), stopping.set)
    workers = Workers()
    loops = PeerLoops(services, workers, push=peers.push)
    with contextlib.closing(serving.bind(folder)) as local:
        where = serving.Serving(
            pid=os.getpid(),
            url=url_of(listening),
            socket=local.getsockname(),
            peer_url="" if peers.listening is None else url_of(peers.listening, scheme="https"),
        )
        pages = _server(console.app, protocol="httptools", lifespan="auto")
        verbs = _server(build_app(services, is_stopping=stopping.is_set), protocol=OwnUserProtocol, lifespan="off")
        door = PeerDoor(services, workers, loops) if peers.listening is not None else None
        servers = [pages, verbs, *([door.server] if door is not None else [])]
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(pages.serve(sockets=[listening]))
                group.create_task(verbs.serve(sockets=[local]))
                if door is not None and peers.listening is not None:
                    group.create_task(door.server.serve(sockets=[peers.listening]))
                links = group.create_task(loops.run())
                await _until(lambda: all(server.started for server in servers) or stopping.is_set())
                if not stopping.is_set():
                    serving.write(folder, where)
                    announce(where)
                await stopping.wait()
                (folder / serving.FILE).unlink(missing_ok=True)  # who comes now finds the lock, not a closing door
                services.events.publish("alerts")  # wakes all who wait, so that they see the end
                services.events.publish("log")
                console.end_streams()
                links.cancel()
                for server in servers:
                    server.should_exit = True
                if door is not None:
                    door.feeds.close()
        finally:
            serving.remove(folder, where)


class PeerDoor:
    """The server of the peer address."""

    def __init__(self, services: Services, workers: Workers, loops: PeerLoops, *, pace: Pace | None = None) -> None:
        app = build_peer_app(services, workers=workers, hear=loops.hear, pace=pace)
        tls = server_context(services.keys.tls, services.keys.node)
        self.feeds: Feeds = app.state.feeds
        self.server = _server(app, protocol=PeerProtocol, lifespan="on", tls=tls, connections_max=PEER_CONNECTIONS_MAX)


def _stop_at_end(descriptor: int, stop: Callable[[], None]) -> None:
    if not os.read(descriptor, 4096):
        asyncio.get_running_loop().remove_reader(descriptor)
        stop()


def _server(
    app: ASGIApp,
    *,
    protocol: Literal["httptools"] | type[asyncio.Protocol],
    lifespan: Literal["auto", "on", "off"],
    tls: ssl.SSLContext | None = None,
    connections_max: int | None = None,
) -> _Server:
    return _Server(
        uvicorn.Config(
            app,
            http=protocol,
            ws="none",
            lifespan=lifespan,
            log_config=None,
            log_level="error",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=STOP_S,
            timeout_keep_alive=75,  # seconds; above the 60 s of usual proxies
            limit_concurrency=connections_max,
            ssl_context_factory=None if tls is None else lambda _config, _default: tls,
        )
    )


async def _until(is_true: Callable[[], bool]) -> None:
    while not is_true():  # noqa: ASYNC110  # uvicorn says in a field, not by an event, that it has started
        await asyncio.sleep(0.01)
