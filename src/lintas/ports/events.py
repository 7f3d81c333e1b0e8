# SPDX-License-Identifier: Apache-2.0
"""What happened, for those who wait: one counter a topic."""

from collections.abc import Callable
from typing import Protocol


class Events(Protocol):
    """Topics are `log`, `alerts`. Losing an event is harmless: who wakes up asks the store."""

    def publish(self, topic: str) -> None:
        """Wake all who wait on a topic."""

    def count(self, topic: str) -> int:
        """How often a topic was published."""

    def wait(self, topic: str, *, seen: int, timeout_s: float) -> int:
        """Wait until the count of a topic differs from `seen`, or time is up; returns the count."""

    def subscribe(self, topic: str, call: Callable[[], None]) -> Callable[[], None]:
        """Call back on each publication, from any thread; returns what ends the subscription."""
