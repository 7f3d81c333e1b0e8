# SPDX-License-Identifier: Apache-2.0
"""Tell banks what was ordered, while the node runs: one thread a connection, woken by the log, waiting on a clock."""

import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from lintas.errors import LintasError
from lintas.limits import BANK_LOOK_S_MAX, BANK_RETRY_S_MAX, BANK_RETRY_S_MIN
from lintas.ports.bank import Bank, BankSettings
from lintas.work.banking import (
    Carried,
    Looked,
    QuestionsLooked,
    RecallsLooked,
    carry_out,
    carry_question,
    carry_recall,
    look,
    look_questions,
    look_recalls,
)
from lintas.work.services import Services

GATHER_S: Final = 0.1  # seconds; entries that come together are one look
STOP_S_MAX: Final = 3.0  # seconds that threads are given to end; a bank that does not let go is left alone


TellOfTrouble = Callable[[str, Mapping[str, str | int]], None]


def banks_of(services: Services, settings: Mapping[str, BankSettings]) -> dict[str, Bank]:
    """A connection for each bank that the settings name."""
    if not settings:
        return {}
    from lintas.transport.bank_http import HttpBank  # noqa: PLC0415  # costs time at import, and few nodes need it

    return {name: HttpBank(one, clock=services.clock, keys=services.keys) for name, one in settings.items()}


class BankKeeper:
    """The threads. A bank that hangs holds no other up."""

    def __init__(self, services: Services, settings: Mapping[str, BankSettings], *, on_trouble: TellOfTrouble) -> None:
        self._services, self._settings, self._on_trouble = services, settings, on_trouble
        self._banks = banks_of(services, settings)
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin, with what was ordered and not confirmed before the node stopped."""
        assert not self._threads
        for name, bank in self._banks.items():
            line = BankLine(self._services, bank, {name: self._settings[name]}, on_trouble=self._on_trouble)
            thread = threading.Thread(target=self._keep, args=(line,), name="lintas-banks", daemon=True)
            self._threads.append(thread)
            thread.start()

    def close(self) -> None:
        """End. What a bank did and did not come to say is asked again at the next start."""
        self._stopping.set()
        for bank in self._banks.values():
            bank.cut()
        self._services.events.publish("log")  # wakes those who wait
        for thread in self._threads:
            thread.join(STOP_S_MAX)
        self._threads.clear()

    def _keep(self, line: "BankLine") -> None:
        while not self._stopping.is_set():
            seen = self._services.events.count("log")
            try:
                left_s = line.look(is_stopping=self._stopping.is_set)
            except Exception as exc:  # noqa: BLE001 - orders that wait must not end with a mistake of ours in one look
                self._on_trouble("bank.failed", {"reason": type(exc).__name__})
                left_s = BANK_RETRY_S_MAX
            if not self._stopping.is_set():
                self._services.events.wait("log", seen=seen, timeout_s=left_s)
                self._stopping.wait(GATHER_S)


class BankLine:
    """One connection: what is due there, and when each thing is tried again."""

    def __init__(
        self,
        services: Services,
        bank: Bank,
        settings: Mapping[str, BankSettings],
        *,
        on_trouble: TellOfTrouble,
    ) -> None:
        self._services, self._bank, self._settings, self._on_trouble = services, bank, settings, on_trouble
        self._looked, self._recalls, self._questions = Looked(), RecallsLooked(), QuestionsLooked()
        self._tries: dict[str, tuple[int, float]] = {}  # what is due -> (tries, not before: monotonic seconds)

    def look(self, *, is_stopping: Callable[[], bool] = lambda: False) -> float:
        """Tell the bank all that is due now; returns after how many seconds something is due again."""
        try:
            dues = self._dues()
            self._tries = {id_: self._tries.get(id_, (0, 0.0)) for id_ in dues}
            for id_, carry in dues.items():
                if is_stopping():
                    break
                if self._tries[id_][1] <= self._services.clock.monotonic_s():
                    self._settle(id_, self._carried(carry))
        except LintasError as exc:
            # quarantined, or the disk refuses: what was said to the bank is asked of it again
            self._on_trouble("bank.failed", {"reason": type(exc).__name__})
            return BANK_RETRY_S_MAX
        now = self._services.clock.monotonic_s()
        return min([BANK_LOOK_S_MAX, *(max(0.0, at - now) for _, at in self._tries.values())])

    def _carried(self, carry: Callable[[], Carried]) -> Carried:
        """Deal with one thing; what goes wrong with it keeps no other waiting."""
        try:
            return carry()
        except LintasError as exc:
            return Carried(is_over=False, trouble=type(exc).__name__)

    def _dues(self) -> dict[str, Callable[[], Carried]]:
        """What is due, by its id, and what deals with it."""
        found: dict[str, Callable[[], Carried]] = {}
        for due in look(self._services, self._settings, self._looked):
            found[due.instruction.id] = partial(carry_out, self._services, self._bank, due)
        for recall in look_recalls(self._services, self._settings, self._recalls):
            found[recall.made.recall] = partial(carry_recall, self._services, self._bank, recall)
        (settings,) = self._settings.values()
        for asked in look_questions(self._services, self._settings, self._questions):
            found[asked.ref] = partial(carry_question, self._services, self._bank, settings, asked)
        return found

    def _settle(self, id_: str, carried: Carried) -> None:
        if carried.trouble:
            self._on_trouble("bank.trouble", {"bank": next(iter(self._settings)), "reason": carried.trouble})
        if carried.is_over:
            self._tries.pop(id_, None)
            return
        tries = self._tries[id_][0] + 1
        wait_s = min(BANK_RETRY_S_MIN * 2.0 ** (tries - 1), BANK_RETRY_S_MAX)
        if carried.is_late:
            wait_s = min(wait_s, BANK_LOOK_S_MAX)
        self._tries[id_] = (tries, self._services.clock.monotonic_s() + wait_s)
