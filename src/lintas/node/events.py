# SPDX-License-Identifier: Apache-2.0
"""Wake those who wait, within one process."""

import threading
from collections import Counter, defaultdict
from collections.abc import Callable


class LocalEvents:
    """The Events port over one condition."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._counts: Counter[str] = Counter()
        self._calls: dict[str, list[Callable[[], None]]] = defaultdict(list)

    def publish(self, topic: str) -> None:
        """Wake all who wait on a topic."""
        with self._changed:
            self._counts[topic] += 1
            calls = tuple(self._calls[topic])
            self._changed.notify_all()
        for call in calls:
            call()

    def count(self, topic: str) -> int:
        """How often a topic was published."""
        with self._changed:
            return self._counts[topic]

    def wait(self, topic: str, *, seen: int, timeout_s: float) -> int:
        """Wait until the count of a topic differs from `seen`, or time is up; returns the count."""
        with self._changed:
            self._changed.wait_for(lambda: self._counts[topic] != seen, timeout=timeout_s)
            return self._counts[topic]

    def subscribe(self, topic: str, call: Callable[[], None]) -> Callable[[], None]:
        """Call back on each publication, from any thread; returns what ends the subscription."""
        with self._changed:
            self._calls[topic].append(call)

        def end() -> None:
            with self._changed:
                if call in self._calls[topic]:
                    self._calls[topic].remove(call)

        return end
