# SPDX-License-Identifier: Apache-2.0
"""HTTP by hand over real TLS, so that a liar can break it anywhere."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

from lintas.transport.network import client_context


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One request that somebody made to the liar's server."""

    method: str
    path: str
    query: str
    body: bytes


class Told(NamedTuple):
    """An answer to one of the liar's requests."""

    status: int
    body: bytes

    @property
    def code(self) -> str:
        """What a refusal is called."""
        said = json.loads(self.body)
        assert said["sentence"][0].isupper()
        return str(said["error"])


Answer = Callable[[Heard, asyncio.StreamWriter], Awaitable[None]]


def request(method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """A request as it is sent."""
    lines = [f"{method} {path}{'?' + query if query else ''} HTTP/1.1", "host: peer.example", "connection: close"]
    lines += [f"{name}: {value}" for name, value in {"content-length": str(len(body)), **headers}.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def exchange(url: str, raw: bytes) -> Told:
    """Send something on a connection of its own, and read the answer to its end."""
    host, port = url.removeprefix("https://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port), ssl=client_context())
    try:
        with suppress(ConnectionError):  # an answer may come before all is sent
            writer.write(raw)
            await writer.drain()
        head = await reader.readuntil(b"\r\n\r\n")
        body = b""
        with suppress(ConnectionError):
            body = await reader.read()
    finally:
        writer.transport.abort()
    return Told(int(head.split(b" ", 2)[1]), body)


async def say(
    writer: asyncio.StreamWriter, body: bytes, *, status: str = "200 OK", media_type: str = "application/json"
) -> None:
    """Answer a request."""
    head = f"HTTP/1.1 {status}\r\ncontent-type: {media_type}\r\ncontent-length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    await writer.drain()


async def begin_feed(writer: asyncio.StreamWriter) -> None:
    """Begin a feed."""
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
    await chunk(writer, b": here\n\n")


async def chunk(writer: asyncio.StreamWriter, data: bytes) -> None:
    """A piece of an answer whose length nobody said."""
    await pour(writer, b"%x\r\n%b\r\n" % (len(data), data))


async def pour(writer: asyncio.StreamWriter, data: bytes) -> None:
    """Send something; ends a liar without an end when nobody listens any more, which asyncio alone may not tell."""
    await asyncio.sleep(0)  # a write to who has gone neither waits nor fails, and the loop must run to learn of it
    if writer.transport.is_closing():
        raise ConnectionResetError
    writer.write(data)
    await writer.drain()


async def knows_nothing(_heard: Heard, writer: asyncio.StreamWriter) -> None:
    """Answer that there is nothing."""
    await say(writer, b'{"error":"unknown","hint":"","sentence":"Nothing of that name is here."}', status="404 No")


async def hear(reader: asyncio.StreamReader) -> Heard:
    """Read one request."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.split("\r\n")
    method, target, _ = first.split(" ")
    path, _, query = target.partition("?")
    size = next((int(line.split(":")[1]) for line in lines if line.lower().startswith("content-length:")), 0)
    return Heard(method=method, path=path, query=query, body=await reader.readexactly(size))
