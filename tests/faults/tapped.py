# SPDX-License-Identifier: Apache-2.0
"""Hear everything that nodes say to each other, before TLS, and look for what must not be in it, however it is written.

Both directions pass a tap before the application of whoever is asked: requests as they arrive, answers as they leave.
"""

import asyncio
import re
from base64 import b64decode, urlsafe_b64decode
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from contextlib import asynccontextmanager, suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lintas.node.node import Node
from lintas.node.peering import PeerLoops
from lintas.transport.workers import Workers
from lintas.web.local.server import PeerDoor, bind, url_of
from tests.scenario.meeting import SWIFT, Served

ANYBODY = "anybody"  # who asked without a signature
SHINGLE = 8  # bytes: a secret of fewer is not looked for
_KEY = re.compile(rb'keyid="([0-9a-f]{64})"')
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}")
_HEX = re.compile(rb"(?:[0-9A-Fa-f]{2}){16,}")
_ESCAPE = re.compile(rb"\\(u[0-9a-fA-F]{4}|.)")
_PLAIN = {b"n": b"\n", b"t": b"\t", b"r": b"\r"}

Said = defaultdict[tuple[str, str], list[bytes]]  # (who, to whom) -> pieces in order


class Tap:
    """Between a server and its application: writes down both ways, changes nothing."""

    def __init__(self, app: ASGIApp, *, owner: str, nodes: Mapping[str, str], said: Said) -> None:
        """Listen.

        Args:
            nodes: Signing key id -> node.
        """
        self._app, self._owner, self._nodes, self._said = app, owner, nodes, said

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        key = _KEY.search(headers.get(b"signature-input", b""))
        asker = self._nodes.get(key[1].decode(), ANYBODY) if key else ANYBODY
        asked, answered = self._said[asker, self._owner], self._said[self._owner, asker]
        asked.append(scope["raw_path"] + b"?" + scope["query_string"] + b"\n" + _lines(scope["headers"]))

        async def heard() -> Message:
            message = await receive()
            asked.append(message.get("body", b""))
            return message

        async def told(message: Message) -> None:
            answered.append(_lines(message.get("headers", ())) + bytes(message.get("body", b"")))
            await send(message)

        await self._app(scope, heard, told)


class Leak:
    """An application that lets something slip with every answer: what a tap must hear of, and the search must find."""

    def __init__(self, app: ASGIApp, slip: Callable[[], bytes]) -> None:
        self._app, self._slip = app, slip

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, with one header more."""

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-slip", self._slip())]
            await send(message)

        await self._app(scope, receive, told)


@asynccontextmanager
async def tapped(
    node: Node, *, nodes: Mapping[str, str], said: Said, slip: Callable[[], bytes] | None = None
) -> AsyncIterator[Served]:
    """Serve a node's peer address with a tap on it, and run its loops."""
    workers = Workers()
    loops = PeerLoops(node.services, workers, push="always", pace=SWIFT, random_source=lambda: 0.5)
    listening = bind("127.0.0.1", 0)
    door = PeerDoor(node.services, workers, loops)
    config = door.server.config
    inner = config.app if slip is None else Leak(config.app, slip)  # type: ignore[arg-type]  # given as one, not as a name
    config.app = Tap(inner, owner=str(node.services.keys.node), nodes=nodes, said=said)  # type: ignore[arg-type]  # as above
    tasks = [asyncio.create_task(loops.run()), asyncio.create_task(door.server.serve(sockets=[listening]))]
    try:
        yield Served(node=node, url=url_of(listening, scheme="https"), loops=loops, door=door)
    finally:
        tasks[0].cancel()
        door.feeds.close()
        door.server.should_exit = True
        await asyncio.gather(*tasks, return_exceptions=True)


def _lines(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    return b"".join(b"%b: %b\n" % pair for pair in headers)


def readings(raw: bytes, *, depth: int = 3) -> list[bytes]:
    """Bytes as they are, and everything that can be read out of them: JSON's escapes, base64, hex, one in another."""
    found = [raw]
    if depth:
        plain = _ESCAPE.sub(_unescaped, raw)
        inner = [_decoded(one) for one in _BASE64.findall(plain)]
        inner += [bytes.fromhex(one.decode()) for one in _HEX.findall(plain)]
        whole = b"\0".join(one for one in inner if len(one) >= SHINGLE)
        if plain != raw:
            found.append(plain)
        if whole:
            found += readings(whole, depth=depth - 1)
    return found


def secrets_in(raw: bytes, secrets: Collection[bytes]) -> set[bytes]:
    """Those of some secrets that can be read in bytes; text in any case of its letters."""
    starts = defaultdict[bytes, list[bytes]](list)
    for one in secrets:
        assert len(one) >= SHINGLE, one
        starts[one[:SHINGLE]].append(one)
        if one.isascii() and one.decode().isprintable() and one != one.lower():
            starts[one.lower()[:SHINGLE]].append(one)
    found: set[bytes] = set()
    for reading in readings(raw):
        for text in {reading, reading.lower()}:
            for at in range(len(text) - SHINGLE + 1):
                for one in starts.get(text[at : at + SHINGLE], ()):
                    if text.startswith(one, at) or text.startswith(one.lower(), at):
                        found.add(one)
    return found


def _unescaped(match: re.Match[bytes]) -> bytes:
    said = match[1]
    if said[:1] == b"u" and len(said) == 5:
        return chr(int(said[1:], 16)).encode("utf-8", "surrogatepass")
    return _PLAIN.get(said, said)


def _decoded(text: bytes) -> bytes:
    """The bytes of base64 that may begin or end anywhere in a run of letters."""
    core = text.rstrip(b"=")
    parts = []
    for start in range(4):
        part = core[start:]
        part = part[: len(part) - (len(part) % 4 == 1)]
        with suppress(ValueError):
            decode = urlsafe_b64decode if set(part) & set(b"-_") else b64decode
            parts.append(decode(part + b"=" * (-len(part) % 4)))
    return b"\0".join(parts)
