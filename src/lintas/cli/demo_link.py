# SPDX-License-Identifier: Apache-2.0
"""The demo's own cable: a TCP relay between the two nodes that can be cut in the middle of a transfer and mended again.

It passes bytes on and sees TLS only. It is a thread of the demo's process and ends with it.
"""

import asyncio
import socket
import struct
import threading
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

PIECE_BYTES: Final = 16 * 1024
PIECE_S: Final = 0.004  # between two pieces on the way to a cut: a line of 4 MB/s, whose far end keeps up with it
STOP_S: Final = 60.0
_RESET: Final = struct.pack("ii", 1, 0)  # SO_LINGER of no time: closing sends a reset, as a cut does

T = TypeVar("T")


class Link:
    """One listening port before each of some servers; a cut is one for all of them."""

    def __init__(self) -> None:
        """Listen nowhere yet."""
        self._targets: dict[int, tuple[str, int]] = {}  # our port -> the server behind it
        self._servers: list[asyncio.Server] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="demo link", daemon=True)
        self._tasks: set[asyncio.Task[None]] = set()
        self._open: set[asyncio.StreamWriter] = set()
        self._counted = 0  # the port whose bytes lead to the cut
        self._left: int | None = None  # bytes until then; None while nobody cuts
        self._is_down = False
        self._was_cut = threading.Event()

    def listen(self) -> int:
        """Listen on one more free port of this machine and return it; nobody is behind it yet."""
        if not self._thread.is_alive():
            self._thread.start()
        return self._do(self._listen())

    def lead(self, port: int, host: str, target: int) -> None:
        """Say which server is behind one of our ports."""
        self._targets[port] = host, target

    def cut_after(self, port: int, size_bytes: int) -> None:
        """Cut everything once so many more bytes have come from the server behind one of our ports.

        Args:
            port: Ours.
            size_bytes: Bytes on the wire, TLS included.
        """
        assert size_bytes > 0

        async def arm() -> None:
            self._was_cut.clear()
            self._counted, self._left = port, size_bytes

        self._do(arm())

    def wait_cut(self, seconds: float) -> bool:
        """Wait for the cut; says whether it came."""
        return self._was_cut.wait(seconds)

    def mend(self) -> None:
        """Let connections through again."""

        async def up() -> None:
            self._left, self._is_down = None, False

        self._do(up())

    def stop(self) -> None:
        """Hang up and end; doing it twice does nothing."""
        if self._thread.is_alive():
            self._do(self._close())
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(STOP_S)
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(STOP_S)

    async def _listen(self) -> int:
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self._servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        port = int(writer.get_extra_info("sockname")[1])
        if self._is_down or port not in self._targets:
            _reset(writer)
            return
        task = self._loop.create_task(self._relay(port, reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _relay(self, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        far: asyncio.StreamWriter | None = None
        try:
            far_reader, far = await asyncio.open_connection(*self._targets[port])
            self._open.add(far)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pump(reader, far, of=0))
                group.create_task(self._pump(far_reader, writer, of=port))
        except* OSError:
            pass  # one side hung up or nobody listens behind: both are closed below
        finally:
            for one in (writer, far):
                if one is not None:
                    self._open.discard(one)
                    one.close()

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, of: int) -> None:
        while piece := await source.read(PIECE_BYTES):
            if self._left is not None and of == self._counted:
                piece, self._left = piece[: self._left], self._left - len(piece)
                target.write(piece)
                if self._left <= 0:
                    self._cut()
                    return
                await asyncio.sleep(PIECE_S)
            else:
                target.write(piece)
            await target.drain()
        if target.can_write_eof():
            target.write_eof()

    def _cut(self) -> None:
        """Reset every connection in the middle of what it was doing, and refuse new ones."""
        self._left, self._is_down = None, True
        for writer in tuple(self._open):
            _reset(writer)
        self._was_cut.set()


def _reset(writer: asyncio.StreamWriter) -> None:
    wire = writer.get_extra_info("socket")
    if wire is not None:
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()
