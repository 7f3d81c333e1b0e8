# SPDX-License-Identifier: Apache-2.0
"""Turns for what costs much: so many at once, so many in line, and the rest are told to come back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from lintas.errors import NodeBusy


class Turns:
    """A line in front of costly work. It waits on the event loop, so that it holds no worker thread from others."""

    def __init__(self, *, at_once: int, waiting_max: int) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._waiting = 0
        self._waiting_max = waiting_max

    @asynccontextmanager
    async def one(self) -> AsyncIterator[None]:
        """Wait for a turn and have it until the end of the block.

        Raises:
            NodeBusy: The line is full.
        """
        if self._free.locked() and self._waiting >= self._waiting_max:
            raise NodeBusy("Too many people are signing in at this moment.", hint="Try again in a few seconds.")
        self._waiting += 1
        try:
            await self._free.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._free.release()
