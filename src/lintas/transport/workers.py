# SPDX-License-Identifier: Apache-2.0
"""Threads for what blocks, shared out so that no peer holds them all."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final, TypeVar

import anyio
import anyio.to_thread

T = TypeVar("T")

THREADS_MAX: Final = 8  # at work for all peers together
THREADS_EACH_MAX: Final = 2  # at work for one peer; its other requests wait on the event loop


class Workers:
    """Runs blocking calls for peers. Used on one event loop."""

    def __init__(self, *, threads: int = THREADS_MAX, each: int = THREADS_EACH_MAX) -> None:
        self._limiter = anyio.CapacityLimiter(threads)
        self._each = each
        self._lines: dict[str, _Line] = {}

    async def run(self, whose: str, call: Callable[[], T]) -> T:
        """Run a call in a thread when it is this peer's turn; a call that was begun ends, whoever stops waiting."""
        async with self._turn(whose):
            return await anyio.to_thread.run_sync(call, limiter=self._limiter)

    @asynccontextmanager
    async def _turn(self, whose: str) -> AsyncIterator[None]:
        line = self._lines.get(whose)
        if line is None:
            line = self._lines[whose] = _Line(self._each)
        line.users += 1
        try:
            async with line.turns:
                yield
        finally:
            line.users -= 1
            if not line.users:
                del self._lines[whose]


class _Line:
    """One peer's turns, and how many use or await them."""

    __slots__ = ("turns", "users")

    def __init__(self, each: int) -> None:
        self.turns = anyio.Semaphore(each)
        self.users = 0
