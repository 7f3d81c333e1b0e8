# SPDX-License-Identifier: Apache-2.0
"""Keep the ledger at what the log holds, while the node runs: one thread, woken by the log."""

import threading
from collections.abc import Callable, Mapping
from typing import Final

from lintas.errors import LintasError
from lintas.limits import LEDGER_LOOK_S_MAX
from lintas.work.services import Services
from lintas.work.tracing_jobs.catching_up import catch_up

GATHER_S: Final = 0.1  # seconds; entries that come together are one look
STOP_S_MAX: Final = 10.0  # seconds that a file of payments is given to be read to its end

TellOfTrouble = Callable[[str, Mapping[str, str | int]], None]


class LedgerKeeper:
    """The thread: rows from a peer, of a restored backup, or that a crash kept from the ledger are added."""

    def __init__(self, services: Services, *, on_trouble: TellOfTrouble) -> None:
        self._services, self._on_trouble = services, on_trouble
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, with what was missing when the node stopped."""
        assert self._thread is None
        self._thread = threading.Thread(target=self._keep, name="lintas-ledger", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End; what is not added yet is at the next start."""
        self._stopping.set()
        self._services.events.publish("log")  # wakes it
        if self._thread is not None:
            self._thread.join(STOP_S_MAX)
            self._thread = None

    def _keep(self) -> None:
        while not self._stopping.is_set():
            seen = self._services.events.count("log")
            self._look()
            if not self._stopping.is_set():
                self._services.events.wait("log", seen=seen, timeout_s=LEDGER_LOOK_S_MAX)
                self._stopping.wait(GATHER_S)

    def _look(self) -> None:
        try:
            for message, _ in catch_up(self._services).failed:
                self._on_trouble("ledger.failed", {"message": message, "reason": "unread"})
        except LintasError as exc:
            # the disk refuses, or the node is closing: nothing is lost, the next look tries again
            if not self._stopping.is_set():
                self._on_trouble("ledger.failed", {"reason": type(exc).__name__})
