# SPDX-License-Identifier: Apache-2.0
"""Look at the desk's clocks while the node runs: at its start, when the next one is due, and whenever the log grew.

The same look gives those who joined a case what was said in it before.
"""

import threading
from collections.abc import Callable, Mapping
from typing import Final

from lintas.errors import LintasError
from lintas.work.cases import settle_cases
from lintas.work.clocks import next_look, settle_clocks
from lintas.work.requests.settling import settle_requests
from lintas.work.services import Services

LOOK_S_MAX: Final = 10.0  # seconds between two looks: the wall clock may have jumped
CASES_ANEW_S: Final = 60.0  # between two looks at all joint cases: a peer may be back, an item may have gone out
GATHER_S: Final = 0.2  # seconds; entries that come together are one look
STOP_S_MAX: Final = 3.0
TURNS_MAX: Final = 4  # transactions of one look, so that closing waits for few
START_TURNS_MAX: Final = 10  # before anything is taken in: 5,000 clocks, and what is left right after

TellOfTrouble = Callable[[str, Mapping[str, str | int]], None]


class ClockKeeper:
    """The thread that says what time does to clocks."""

    def __init__(self, services: Services, *, on_trouble: TellOfTrouble) -> None:
        self._services = services
        self._on_trouble = on_trouble
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._cases_from = 0  # place of the log from which cases are looked at
        self._cases_anew_at = 0.0  # by the monotonic clock
        self._pressing = -1  # place of the newest thing that presses

    def start(self) -> None:
        """Catch up with what ran out while the node stood still, before it takes anything in; then go on."""
        assert self._thread is None
        self._look(turns=START_TURNS_MAX)
        self._thread = threading.Thread(target=self._keep, name="lintas-clocks", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End. What runs out from here on is said at the next start."""
        self._stopping.set()
        self._services.events.publish("log")  # wakes the thread
        if self._thread is not None:
            self._thread.join(STOP_S_MAX)
            self._thread = None

    def _keep(self) -> None:
        while not self._stopping.is_set():
            seen = self._services.events.count("log")
            left_s = self._look()
            if not self._stopping.is_set():
                self._services.events.wait("log", seen=seen, timeout_s=min(left_s, LOOK_S_MAX))
                self._stopping.wait(GATHER_S)

    def _look(self, *, turns: int = TURNS_MAX) -> float:
        try:
            settle_clocks(self._services, turns=turns)
            settle_requests(self._services)  # after it, so that who was on duty sees that it ended
            self._settle_cases()
            self._wake_notices()
            return next_look(self._services)
        except LintasError as exc:
            # quarantined, or the disk refuses: nothing is lost, the next look says it
            self._on_trouble("clocks.failed", {"reason": type(exc).__name__})
            return LOOK_S_MAX

    def _settle_cases(self) -> None:
        now_s = self._services.clock.monotonic_s()
        if now_s >= self._cases_anew_at:
            self._cases_from, self._cases_anew_at = 0, now_s + CASES_ANEW_S
        self._cases_from = settle_cases(self._services, self._cases_from)

    def _wake_notices(self) -> None:
        """Let those be told at once who wait for what presses: a request may have come that nobody watches for."""
        pressing = self._services.store.read(lambda snapshot: snapshot.pressing())
        newest = pressing[-1].seq if pressing else -1
        if newest > self._pressing:
            self._services.events.publish("alerts")
        self._pressing = newest
