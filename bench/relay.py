# SPDX-License-Identifier: Apache-2.0
"""A TCP relay that counts what passes: bytes each way, and how often the talk turned around."""

import asyncio
import threading
from contextlib import suppress
from types import TracebackType
from typing import Final, NamedTuple, Self

PIECE_BYTES: Final = 256 * 1024


class Passed(NamedTuple):
    """What passed through a relay since it began."""

    connections: int
    bytes_up: int  # from who connected
    bytes_down: int
    turns: int  # times that something came back after something was sent: round trips, over all connections

    def since(self, before: "Passed") -> "Passed":
        """What passed after an earlier look."""
        return Passed(*(now - then for now, then in zip(self, before, strict=True)))


class Relay:
    """Listens at a port of its own and leads each connection to another one, in a thread of its own."""

    def __init__(self, to: int = 0) -> None:
        self.to = to
        self.port = 0
        self._connections = self._up = self._down = self._turns = 0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._stop: asyncio.Event | None = None
        self._thread = threading.Thread(target=lambda: self._loop.run_until_complete(self._serve()), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._stop is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        self._loop.close()

    def passed(self) -> Passed:
        """What passed so far."""
        return Passed(self._connections, self._up, self._down, self._turns)

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=PIECE_BYTES)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self.to, limit=PIECE_BYTES)
        except OSError:
            writer.transport.abort()
            return
        self._connections += 1
        line = _Line()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pass(reader, back, line, is_up=True))
                group.create_task(self._pass(there, writer, line, is_up=False))
        except* (OSError, _Ended):
            pass  # one end hung up; the other is told so below
        finally:
            writer.transport.abort()
            back.transport.abort()

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: "_Line", *, is_up: bool
    ) -> None:
        while piece := await reader.read(PIECE_BYTES):
            if is_up:
                self._up += len(piece)
            else:
                self._down += len(piece)
                self._turns += line.was_up
            line.was_up = is_up
            writer.write(piece)
            await writer.drain()
        raise _Ended


class _Line:
    """Which way the last piece of one connection went."""

    was_up = False


class _Ended(Exception):
    """One end hung up."""
