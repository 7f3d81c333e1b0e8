# SPDX-License-Identifier: Apache-2.0
"""A thread that does one thing whenever the log has grown, while the node runs."""

import threading
from collections.abc import Callable, Mapping
from typing import Final

from lintas.errors import LintasError
from lintas.limits import LEDGER_LOOK_S_MAX
from lintas.work.services import Services

GATHER_S: Final = 0.1  # seconds; entries that come together are one look
STOP_S_MAX: Final = 10.0  # seconds that what was begun is given to be done to its end

TellOfTrouble = Callable[[str, Mapping[str, str | int]], None]


class LogFollower:
    """The thread. What it has not done when it ends is done at the next start."""

    def __init__(self, services: Services, look: Callable[[], None], *, name: str, on_trouble: TellOfTrouble) -> None:
        """Start nothing yet.

        Args:
            look: Does what there is to do.
            name: `lintas-NAME` is the thread, `NAME.failed` the trouble.
        """
        self._services, self._look_once, self._name, self._on_trouble = services, look, name, on_trouble
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin with a look: nobody knows what came while the node stood still."""
        assert self._thread is None
        self._thread = threading.Thread(target=self._follow, name=f"lintas-{self._name}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End."""
        self._stopping.set()
        self._services.events.publish("log")  # wakes it
        if self._thread is not None:
            self._thread.join(STOP_S_MAX)
            self._thread = None

    def _follow(self) -> None:
        while not self._stopping.is_set():
            seen = self._services.events.count("log")
            self._look()
            if not self._stopping.is_set():
                self._services.events.wait("log", seen=seen, timeout_s=LEDGER_LOOK_S_MAX)
                self._stopping.wait(GATHER_S)

    def _look(self) -> None:
        try:
            self._look_once()
        except LintasError as exc:
            # the disk refuses, or the node is closing: nothing is lost, the next look tries again
            if not self._stopping.is_set():
                self._on_trouble(f"{self._name}.failed", {"reason": type(exc).__name__})
