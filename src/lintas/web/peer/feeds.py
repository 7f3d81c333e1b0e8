# SPDX-License-Identifier: Apache-2.0
"""Live feeds: one task for each reader, each at its own cursor, nothing queued for anybody.

A reader that stalls holds one batch and its own task; the others feel nothing. When something is released, one look at
the ends of all streams says whom it concerns.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, NamedTuple

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from lintas.crypto.envelope import decode_envelope
from lintas.errors import LintasError
from lintas.limits import FEED_SILENCE_S_MAX, HEARTBEAT_S, PEER_FEEDS_MAX
from lintas.model.peering import Cursor, Lane
from lintas.ports.store import Snapshot
from lintas.transport.workers import Workers
from lintas.work.exchange import incarnation_event, next_batch
from lintas.work.services import Services
from lintas.work.streams import incarnation_of, may_exchange

GATHER_S: Final = 0.003  # what is released together is told together; about what one look at the streams takes
APART_S: Final = 0.025  # after a small batch until the next: one of two messages costs hardly more than one of one
SMALL_BYTES: Final = 64 * 1024  # of a batch that more could have travelled with
PIECE_BYTES: Final = 256 * 1024  # of a batch handed to the connection at once
SELF: Final = "feeds"  # in whose name the workers look at all streams


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long feeds wait. Seconds."""

    heartbeat_s: float = HEARTBEAT_S
    stalled_s: float = FEED_SILENCE_S_MAX  # in which a reader must take a piece
    gather_s: float = GATHER_S
    apart_s: float = APART_S


class _Ends(NamedTuple):
    """What one look found of a peer's streams; of nobody's when nothing may go to it."""

    cursor: Cursor
    head: int  # size of the newest checkpoint


class Feed:
    """One reader."""

    def __init__(self, node: str, cursor: Cursor, abort: Callable[[], None]) -> None:
        self.node, self.cursor = node, cursor
        self.head = 0  # size of the newest checkpoint that it was told
        self.is_over = False
        self.is_sending = False
        self.woken = asyncio.Event()
        self.abort = abort

    def end(self) -> None:
        """End it now: by its own task, or by hanging up when that waits for the reader."""
        self.is_over = True
        self.woken.set()
        if self.is_sending:
            self.abort()


class Feeds:
    """All feeds of one node. Made and used on one event loop; `wake` and `close` may be called from any thread."""

    def __init__(self, services: Services, workers: Workers, pace: Pace) -> None:
        self._services, self._workers, self.pace = services, workers, pace
        self._open: list[Feed] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._due = asyncio.Event()
        self._is_closed = False

    async def run(self) -> None:
        """Wake readers whose streams grew, until cancelled."""
        self._loop = asyncio.get_running_loop()
        ends = [self._services.events.subscribe(topic, self.wake) for topic in ("streams", "peers")]
        try:
            while not self._is_closed:
                await self._due.wait()
                await asyncio.sleep(self.pace.gather_s)
                self._due.clear()
                if self._open:
                    await self._look()
        finally:
            for end in ends:
                end()
            self._end_all()

    def wake(self) -> None:
        """Something was released, or a peer's standing, keys or heads changed."""
        loop = self._loop
        if loop is not None:
            with suppress(RuntimeError):  # the loop has ended with the server; who publishes must not hear of it
                loop.call_soon_threadsafe(self._due.set)

    def close(self) -> None:
        """End every feed, now and later."""
        self._is_closed = True
        loop = self._loop
        if loop is not None:
            with suppress(RuntimeError):  # as above
                loop.call_soon_threadsafe(self._end_all)

    def count(self, node: str) -> int:
        """How many feeds a peer has open."""
        return sum(feed.node == node for feed in self._open)

    def admit(self, node: str, cursor: Cursor, abort: Callable[[], None]) -> Feed:
        """Open a feed; the oldest of the same peer ends when it has too many."""
        mine = [feed for feed in self._open if feed.node == node]
        for oldest in mine[: len(mine) + 1 - PEER_FEEDS_MAX]:
            oldest.end()
            self._open.remove(oldest)
        feed = Feed(node, cursor, abort)
        if self._is_closed:
            feed.is_over = True
        self._open.append(feed)
        self._services.links.note(node, reads_us=True)
        return feed

    async def follow(self, feed: Feed, chunk: bytes) -> AsyncIterator[bytes]:
        """Yield what a reader is due, one chunk a batch, and a comment now and then while there is nothing.

        Args:
            chunk: From `due`: what the reader gets first.
        """
        try:
            yield chunk or b": nothing new\n\n"
            while not feed.is_over:
                if 0 < len(chunk) < SMALL_BYTES:
                    await asyncio.sleep(self.pace.apart_s)  # under load, what is released meanwhile goes with the next
                feed.woken.clear()
                chunk = await self.due(feed)
                if chunk:
                    yield chunk
                    continue  # there may be more
                try:
                    async with asyncio.timeout(self.pace.heartbeat_s):
                        await feed.woken.wait()
                except TimeoutError:
                    yield b": still here\n\n"
        except LintasError:
            return  # the reader comes back, and is then told by an answer what is wrong

    def dismiss(self, feed: Feed) -> None:
        """Count a feed out."""
        if feed in self._open:
            self._open.remove(feed)
        if not self.count(feed.node):
            self._services.links.note(feed.node, reads_us=False)

    async def due(self, feed: Feed) -> bytes:
        """Return the next event of a feed, and move the feed on; empty when there is none.

        Raises:
            NotAllowed: Nothing may go to this reader.
            BadInput: Its cursor is beyond what was ever sent to it.
        """
        return await self._workers.run(feed.node, lambda: self._due_to(feed))

    def _due_to(self, feed: Feed) -> bytes:
        services, node = self._services, feed.node
        batch = next_batch(services, node, feed.cursor)
        if batch is not None:
            feed.cursor = batch.cursor
            return event("batch", batch.document, batch.cursor)
        ending = incarnation_event(services, node, feed.cursor)
        if ending is not None:
            feed.cursor = Cursor(incarnation=_incarnation_in(ending))
            return event("incarnation", ending, feed.cursor)
        head = services.store.read(lambda snapshot: snapshot.checkpoint())
        if head is not None and head.size > feed.head:
            feed.head = head.size
            return event("head", head.note.encode())
        return b""

    async def _look(self) -> None:
        """Wake those whose streams end elsewhere than where they are; end those to whom nothing may go."""
        nodes = {feed.node for feed in self._open}
        try:
            ends = await self._workers.run(
                SELF, lambda: self._services.store.read(lambda snapshot: _ends(self._services, snapshot, nodes))
            )
        except LintasError:
            ends = None  # each feed asks for itself, and ends with the same error
        for feed in tuple(self._open):
            if ends is None:
                feed.woken.set()
            elif (found := ends.get(feed.node)) is None:
                feed.end()
            elif found.cursor != feed.cursor or found.head > feed.head:
                feed.woken.set()

    def _end_all(self) -> None:
        for feed in tuple(self._open):
            feed.end()
        self._due.set()


class FeedResponse(StreamingResponse):
    """An answer that hangs up on a reader who takes nothing for too long."""

    def __init__(self, feeds: Feeds, feed: Feed, first: bytes) -> None:
        """Follow an admitted feed, from its first event on."""
        super().__init__(
            feeds.follow(feed, first),
            media_type="text/event-stream",
            headers={"cache-control": "no-store", "x-accel-buffering": "no"},
        )
        self._feeds, self._feed, self._stalled_s = feeds, feed, feeds.pace.stalled_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it until it ends, or its reader leaves."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._feeds.dismiss(self._feed)

    async def stream_response(self, send: Send) -> None:
        """Send the feed; a batch is handed over piece by piece, so that it is never buffered a second time."""
        feed, loop = self._feed, asyncio.get_running_loop()
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async for chunk in self.body_iterator:
            assert isinstance(chunk, bytes)
            view = memoryview(chunk)
            for start in range(0, len(view), PIECE_BYTES):
                feed.is_sending = True
                stalled = loop.call_later(self._stalled_s, feed.abort)
                try:
                    await send(
                        {"type": "http.response.body", "body": view[start : start + PIECE_BYTES], "more_body": True}
                    )
                finally:
                    stalled.cancel()
                    feed.is_sending = False
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def event(name: str, data: bytes, cursor: Cursor | None = None) -> bytes:
    """One server-sent event; data of several lines stands in several fields."""
    id_ = f"id: {cursor}\n".encode() if cursor is not None else b""
    return b"event: %s\n%sdata: %s\n\n" % (name.encode(), id_, data.replace(b"\n", b"\ndata: "))


def _incarnation_in(envelope: bytes) -> str:
    """The name of the life that an `incarnation` entry of our own opens."""
    return str(json.loads(decode_envelope(envelope).header_bytes)["body"]["incarnation"])


def _ends(services: Services, snapshot: Snapshot, nodes: set[str]) -> Mapping[str, _Ends]:
    """Where the streams to some peers end, in one read."""
    incarnation, checkpoint = incarnation_of(snapshot), snapshot.checkpoint()
    size = 0 if checkpoint is None else checkpoint.size
    found = {}
    for node in nodes:
        peer = snapshot.peer(node)
        if peer is None or not may_exchange(services, peer):
            continue
        tips = {lane: snapshot.tip("out", peer.channel, incarnation=incarnation, lane=lane.value) for lane in Lane}
        at = {lane: 0 if tip is None else tip.counter for lane, tip in tips.items()}
        found[node] = _Ends(Cursor(incarnation=incarnation, alert=at[Lane.ALERT], bulk=at[Lane.BULK]), size)
    return found
