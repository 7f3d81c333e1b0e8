# SPDX-License-Identifier: Apache-2.0
"""Live news by server-sent events: ids of new alerts, or that something changed; never content.

A stream ends with its session, with the server, and when its browser leaves.
"""

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Final

import msgspec
from starlette.concurrency import run_in_threadpool

from lintas.errors import LintasError, OverLimit
from lintas.model.watch_answers import Alerts
from lintas.ports.events import Events

HEARTBEAT_S: Final = 15
GATHER_S: Final = 0.2  # alerts that come together are told together
RETRY_MS: Final = 3_000
STREAMS_PER_SESSION_MAX: Final = 8  # browsers open at most 6 to one HTTP/1.1 server
STREAMS_MAX: Final = 500


class Streams:
    """All open streams of one console."""

    def __init__(self) -> None:
        self._wakers: set[Callable[[], None]] = set()
        self._open: Counter[bytes] = Counter()
        self._lock = threading.Lock()
        self._is_closed = False

    def close(self) -> None:
        """End every stream, now and later; any thread may. Servers do so before they wait for their connections."""
        with self._lock:
            self._is_closed = True
            wakers = tuple(self._wakers)
        for wake in wakers:
            wake()

    def admit(self, owner: bytes) -> None:
        """Count a stream in.

        Raises:
            OverLimit: This session, or the server, has as many as it may.
        """
        with self._lock:
            if self._open[owner] >= STREAMS_PER_SESSION_MAX or self._open.total() >= STREAMS_MAX:
                raise OverLimit("Too many pages are live at once.", hint="Close some, or reload by hand.")
            self._open[owner] += 1

    def dismiss(self, owner: bytes) -> None:
        """Count a stream out."""
        with self._lock:
            self._open[owner] -= 1
            if self._open[owner] <= 0:
                del self._open[owner]

    def follow(
        self,
        owner: bytes,
        events: Events,
        *,
        after: str,
        news: Callable[[str], Alerts],
        is_signed_in: Callable[[], bool],
    ) -> AsyncIterator[bytes]:
        """Yield one event for each lot of new alerts, and a comment now and then so that proxies keep the line.

        Args:
            owner: The session, admitted before.
            after: Id of the newest alert that the page already shows; empty for none.
            news: Reads alerts after an id, in a worker thread.
            is_signed_in: Whether the session still stands, without keeping it alive.
        """

        def look(last: str) -> tuple[str, bytes] | None:
            ids = [alert.id for alert in news(last).alerts]
            return (ids[-1], _event("alerts", ids[-1], {"ids": ids})) if ids else None

        return self._tell(owner, events, "alerts", after=after, look=look, is_signed_in=is_signed_in)

    def rows(
        self,
        owner: bytes,
        events: Events,
        topic: str,
        *,
        after: str,
        news: Callable[[str], list[tuple[int, str]]],
        is_signed_in: Callable[[], bool],
    ) -> AsyncIterator[bytes]:
        """Yield one event for each lot of new rows: their ids, which a page counts.

        Args:
            owner: The session, admitted before.
            after: Place of the newest row that the page already shows.
            news: Reads (place, id) of rows beyond a place, the newest last, in a worker thread.
            is_signed_in: Whether the session still stands, without keeping it alive.
        """

        def look(last: str) -> tuple[str, bytes] | None:
            found = news(last)
            newest = str(found[-1][0]) if found else last
            return (newest, _event("alerts", newest, {"ids": [row for _, row in found]})) if found else None

        return self._tell(owner, events, topic, after=after, look=look, is_signed_in=is_signed_in)

    def marks(
        self,
        owner: bytes,
        events: Events,
        topic: str,
        *,
        after: str,
        mark: Callable[[], str],
        is_signed_in: Callable[[], bool],
    ) -> AsyncIterator[bytes]:
        """Yield one event each time that a mark is another than the page carries, without content.

        Args:
            owner: The session, admitted before.
            mark: Reads it, in a worker thread.
        """

        def look(last: str) -> tuple[str, bytes] | None:
            now = mark()
            return None if now == last else (now, _event("changed", now, {}))

        return self._tell(owner, events, topic, after=after, look=look, is_signed_in=is_signed_in)

    def changes(
        self, owner: bytes, events: Events, topic: str, *, after: str, is_signed_in: Callable[[], bool]
    ) -> AsyncIterator[bytes]:
        """Yield one event each time a topic was published, without content.

        Args:
            owner: The session, admitted before.
            after: The topic's count as the page carries it; after a restart of the node any other count counts as news.
            is_signed_in: Whether the session still stands, without keeping it alive.
        """

        def look(last: str) -> tuple[str, bytes] | None:
            count = str(events.count(topic))
            return None if count == last else (count, _event("changed", count, {}))

        return self._tell(owner, events, topic, after=after, look=look, is_signed_in=is_signed_in)

    async def _tell(
        self,
        owner: bytes,
        events: Events,
        topic: str,
        *,
        after: str,
        look: Callable[[str], tuple[str, bytes] | None],
        is_signed_in: Callable[[], bool],
    ) -> AsyncIterator[bytes]:
        loop, woken = asyncio.get_running_loop(), asyncio.Event()

        def wake() -> None:
            with suppress(RuntimeError):  # the loop has ended with the server; who publishes must not hear of it
                loop.call_soon_threadsafe(woken.set)

        end = events.subscribe(topic, wake)
        with self._lock:
            self._wakers.add(wake)
        try:
            yield f"retry: {RETRY_MS}\n\n".encode()
            while not self._is_closed:
                woken.clear()
                if not await run_in_threadpool(is_signed_in):
                    yield b"event: signed-out\ndata: {}\n\n"
                    return
                found = await run_in_threadpool(look, after)
                if found is not None:
                    after, event = found
                    yield event
                    continue  # there may be more than one lot
                if not await _is_set_within(woken, HEARTBEAT_S):
                    yield b": still here\n\n"
                elif not self._is_closed:
                    await asyncio.sleep(GATHER_S)
        except LintasError:
            return  # the browser comes back by itself and is then told by a page what is wrong
        finally:
            end()
            with self._lock:
                self._wakers.discard(wake)
            self.dismiss(owner)


def _event(name: str, after: str, data: dict[str, list[str]]) -> bytes:
    return b"event: %s\nid: %s\ndata: %s\n\n" % (
        name.encode("ascii"),
        after.encode("ascii", "replace"),
        msgspec.json.encode(data),
    )


async def _is_set_within(event: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(event.wait(), timeout=seconds)
    except TimeoutError:
        return False
    return True
