# SPDX-License-Identifier: Apache-2.0
"""A TCP proxy that does to connections what networks do: the same things each time for the same seed.

with FaultProxy(("127.0.0.1", port), seed=7, faults=[Fault(kind=Kind.RESET, after_bytes=5_000)]) as proxy:
    connect_to(proxy.address)  # the first connection is reset in mid write, later ones pass
"""

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from random import Random
from types import TracebackType
from typing import Any, Final, Literal, Self, TypeVar

from tests.faults.ports import KeptPort

PIECE_BYTES: Final = 16 * 1024
DRIP_S: Final = 0.02  # between two drops
ENDS_S: Final = 20.0  # that the proxy's own thread may take for anything
_RESET: Final = struct.pack("ii", 1, 0)  # SO_LINGER of no time: closing sends a reset

T = TypeVar("T")
Way = Literal["up", "down", "both"]  # from the client to the server, back, or both


class Kind(StrEnum):
    """What is done to a connection."""

    PASS = "pass"  # no password
    DELAY = "delay"  # each piece comes later, by `delay_s` and up to `jitter_s` more
    DRIP = "drip"  # `bytes_s` a second and no more
    RESET = "reset"  # after `after_bytes`, both sides are reset in the middle of a write
    BLACKHOLE = "blackhole"  # accepted; after `after_bytes` everything is swallowed, and nobody is told
    HALF_CLOSE = "half_close"  # after `after_bytes` of one way, that way is closed in order; the other goes on
    REFUSE = "refuse"  # reset as soon as it is accepted


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What happens to one connection."""

    kind: Kind = Kind.PASS
    way: Way = "both"
    after_bytes: int = 0  # counted each way for itself
    delay_s: float = 0.0
    jitter_s: float = 0.0
    bytes_s: int = 0


@dataclass(slots=True, kw_only=True)
class Counts:
    """What the proxy did."""

    connections: int = 0
    bytes_up: int = 0
    bytes_down: int = 0
    delayed: int = 0  # pieces
    dripped: int = 0  # drops
    resets: int = 0
    swallowed: int = 0  # bytes
    half_closed: int = 0
    refused: int = 0  # connections that were reset at once, or came while nobody listened behind


def plan(seed: int, *, count: int, bytes_max: int = 60_000) -> list[Fault]:
    """Faults for the next connections, all kinds among them, chosen by a seed.

    Args:
        bytes_max: Faults that wait for bytes come before so many have passed.
    """
    chance, faults = Random(seed), []
    for _ in range(count):
        kind = chance.choice(list(Kind))
        way: Way = chance.choice(["up", "down", "both"])
        delay_s, jitter_s = (chance.uniform(0.0, 0.02), chance.uniform(0.0, 0.02)) if kind is Kind.DELAY else (0.0, 0.0)
        faults.append(
            Fault(
                kind=kind,
                way="both" if kind is Kind.BLACKHOLE else way,
                after_bytes=chance.randrange(bytes_max),
                delay_s=delay_s,
                jitter_s=jitter_s,
                bytes_s=chance.randrange(20_000, 200_000),
            )
        )
    return faults


@dataclass(eq=False, slots=True)
class _Pair:
    """One connection through the proxy."""

    fault: Fault
    chance: Random
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    def reset(self) -> None:
        for writer in self.writers:
            _reset(writer)


class FaultProxy:
    """One listening port before one server, on a thread of its own."""

    def __init__(
        self, target: tuple[str, int], *, seed: int = 0, faults: Sequence[Fault] = (), then: Fault | None = None
    ) -> None:
        """Listen nowhere yet.

        Args:
            faults: For the first connections, in order.
            then: For all that come after; nothing is done to them unless given.
        """
        self.counts = Counts()
        self._target, self._seed = target, seed
        self._faults, self._then = list(faults), then or Fault()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="fault-proxy", daemon=True)
        self._server: asyncio.Server | None = None
        self._pairs: set[_Pair] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._kept = KeptPort()

    @property
    def address(self) -> tuple[str, int]:
        """Where to connect to."""
        return "127.0.0.1", self._kept.number

    def __enter__(self) -> Self:
        self._thread.start()
        self._do(self._listen())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(ENDS_S)
        self._loop.close()

    def use(self, faults: Sequence[Fault] = (), *, then: Fault | None = None) -> None:
        """Do these things to the next connections; those that are open go on as they were."""

        async def change() -> None:
            self._faults, self._then = list(faults), then or Fault()

        self._do(change())

    def lead_to(self, target: tuple[str, int]) -> None:
        """Lead the next connections to another server: one that was started again has another port."""

        async def change() -> None:
            self._target = target

        self._do(change())

    def cut(self) -> int:
        """Reset every open connection now; returns how many there were."""

        async def reset() -> int:
            pairs = list(self._pairs)
            for pair in pairs:
                pair.reset()
            self.counts.resets += len(pairs)
            return len(pairs)

        return self._do(reset())

    def stop_listening(self) -> None:
        """Refuse connections, as a machine does on which no server runs; open ones go on."""

        async def stop() -> None:
            assert self._server is not None
            self._server.close()
            self._server = None

        self._do(stop())

    def listen_again(self) -> None:
        """Accept connections again, at the same port."""
        self._do(self._listen())

    def _do(self, step: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(step, self._loop).result(ENDS_S)

    async def _listen(self) -> None:
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(self.address)
        self._server = await asyncio.start_server(self._accepted, sock=listening)

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
        while self._tasks:  # one may be accepted while others end
            for pair in list(self._pairs):
                pair.reset()
            for task in list(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.counts.connections += 1
        fault = self._faults.pop(0) if self._faults else self._then
        pair = _Pair(fault, Random(f"{self._seed}/{self.counts.connections}"), [writer])
        self._pairs.add(pair)
        try:
            await self._join(pair, reader, writer)
        except (OSError, asyncio.CancelledError):  # cancelled by `_close` alone, and at its end anyway
            pair.reset()
        finally:
            self._pairs.discard(pair)
            self._tasks.discard(task)
            for one in pair.writers:
                one.close()

    async def _join(self, pair: _Pair, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if pair.fault.kind is Kind.REFUSE:
            self.counts.refused += 1
            pair.reset()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection(*self._target)
        except OSError:
            self.counts.refused += 1
            pair.reset()
            return
        pair.writers.append(far_writer)
        up = replace(pair.fault, kind=pair.fault.kind if pair.fault.way in ("up", "both") else Kind.PASS)
        down = replace(pair.fault, kind=pair.fault.kind if pair.fault.way in ("down", "both") else Kind.PASS)
        await asyncio.gather(
            self._pump(pair, up, "up", reader, far_writer), self._pump(pair, down, "down", far_reader, writer)
        )

    async def _pump(
        self, pair: _Pair, fault: Fault, way: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        passed = 0
        while piece := await reader.read(PIECE_BYTES):
            limit = None
            if fault.kind in (Kind.RESET, Kind.HALF_CLOSE, Kind.BLACKHOLE):
                limit = max(0, fault.after_bytes - passed)
            allowed = piece if limit is None else piece[:limit]
            await self._send(pair, fault, allowed, writer)
            passed += len(allowed)
            self._count(way, len(allowed))
            if limit is not None and len(piece) >= limit:
                await self._strike(pair, fault, reader, writer, unsent=len(piece) - len(allowed))
                return
        with contextlib.suppress(OSError):
            writer.write_eof()

    async def _send(self, pair: _Pair, fault: Fault, data: bytes, writer: asyncio.StreamWriter) -> None:
        if fault.kind is Kind.DELAY:
            self.counts.delayed += 1
            await asyncio.sleep(fault.delay_s + pair.chance.random() * fault.jitter_s)
        drop = max(1, int(fault.bytes_s * DRIP_S)) if fault.kind is Kind.DRIP else max(1, len(data))
        for start in range(0, len(data), drop):
            if fault.kind is Kind.DRIP:
                self.counts.dripped += 1
                await asyncio.sleep(DRIP_S)
            writer.write(data[start : start + drop])
            await writer.drain()

    async def _strike(
        self,
        pair: _Pair,
        fault: Fault,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        unsent: int,
    ) -> None:
        """The moment has come."""
        if fault.kind is Kind.RESET:
            self.counts.resets += 1
            pair.reset()
            return
        if fault.kind is Kind.HALF_CLOSE:
            self.counts.half_closed += 1
            with contextlib.suppress(OSError):
                writer.write_eof()
        self.counts.swallowed += unsent
        while piece := await reader.read(PIECE_BYTES):
            self.counts.swallowed += len(piece)

    def _count(self, way: str, size: int) -> None:
        if way == "up":
            self.counts.bytes_up += size
        else:
            self.counts.bytes_down += size


def _reset(writer: asyncio.StreamWriter) -> None:
    connected = writer.get_extra_info("socket")
    if connected is not None:
        with contextlib.suppress(OSError):
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()
