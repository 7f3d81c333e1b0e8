# SPDX-License-Identifier: Apache-2.0
"""Go on with kept traces, while the node runs: one thread, woken by the log."""

import threading
from collections.abc import Callable, Mapping
from typing import Final

from lintas.errors import LintasError
from lintas.limits import LEDGER_LOOK_S_MAX
from lintas.work.services import Services
from lintas.work.tracing_jobs.resuming import Resumed, resume_traces

GATHER_S: Final = 0.1  # seconds; entries that come together are one look
STOP_S_MAX: Final = 10.0  # seconds that a trace is given to be run to its end

TellOfTrouble = Callable[[str, Mapping[str, str | int]], None]


class TraceKeeper:
    """The thread: traces are looked at again when rows come, or something is said of them."""

    def __init__(self, services: Services, *, on_trouble: TellOfTrouble) -> None:
        self._services, self._on_trouble = services, on_trouble
        self._resumed = Resumed()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, with all that is live: nobody knows what came while the node stood still."""
        assert self._thread is None
        self._thread = threading.Thread(target=self._keep, name="lintas-traces", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End; what is not done yet is at the next start."""
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
            resume_traces(self._services, self._resumed)
            for name in sorted(set(self._resumed.troubles)):
                self._on_trouble("traces.failed", {"reason": name})
        except LintasError as exc:
            # the disk refuses, or the node is closing: nothing is lost, the next look tries again
            if not self._stopping.is_set():
                self._on_trouble("traces.failed", {"reason": type(exc).__name__})
