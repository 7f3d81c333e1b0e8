# SPDX-License-Identifier: Apache-2.0
"""An event loop in a thread, for nodes that are served while a test goes through its scenes."""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

WAIT_S: Final = 120.0  # that a busy machine may take; nothing waits for it to pass

T = TypeVar("T")


class Wire:
    """The event loop on which all nodes serve their peers, in a thread of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="night wire", daemon=True)
        self._thread.start()

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Wait for something on the loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(WAIT_S)

    def close(self) -> None:
        """End the loop; everything on it has ended."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(WAIT_S)
        self._loop.close()
