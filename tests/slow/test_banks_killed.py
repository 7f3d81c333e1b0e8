# SPDX-License-Identifier: Apache-2.0
"""A node that serves is killed by `kill -9` at any moment while its bank works: one hold, and none lost."""

import fcntl
import subprocess
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lintas.model.desk import State, Step
from lintas.testing import FakeClock
from tests.faults.killing import SOAK, moments, served
from tests.scenario.test_banks import BIC, Desk

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

MINOR = 10_000


class LiveDesk(Desk):
    """The same two desks by the time of this machine, because a server of its own knows no other."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, clock=FakeClock(datetime.now(UTC)))
        (self.bank.folder / "clock").unlink()

    def restart(self) -> None:
        with (self.folder / "my" / "writer.lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # until readers of the killed node are gone
        self.clock = FakeClock(datetime.now(UTC))
        super().restart()


def test_a_server_that_is_killed_at_any_moment_holds_once_and_loses_nothing(tmp_path: Path) -> None:
    desk = LiveDesk(tmp_path)
    try:
        desk.begin()
        desk.bank.behave({"do": "slow", "seconds": 0.2})
        settings = tmp_path / "my" / "node.toml"
        with settings.open("a", encoding="utf-8") as file:
            file.write(
                f'\n[bank.contoh]\nurl = "http://127.0.0.1:{desk.bank.port}"\n'
                f'secret_file = "{desk.bank.folder / "secret"}"\nbanks = ["{BIC}"]\ncurrency = "MYR"\n'
            )
        for number, after_s in enumerate(moments(7, 40 if SOAK else 4, low=0.0, high=1.2), start=1):
            if number > 1:
                desk.ask_again()
            until = (datetime.now(UTC) + timedelta(days=2)).isoformat(timespec="seconds")
            desk.order(amount={"minor": MINOR, "currency": "MYR"}, expires_at=until)
            desk.shut()
            with served(tmp_path / "my") as child, suppress(subprocess.TimeoutExpired):
                child.wait(timeout=after_s)
            desk.restart()
            desk.bank.behave()
            assert desk.settle() > 0
            desk.bank.behave({"do": "slow", "seconds": 0.2})
            assert (desk.thread().state, desk.thread().held_minor) == (State.PARTLY, MINOR)
            counts = [desk.whats().count(one) for one in (Step.INSTRUCTED, Step.DELIVERED, Step.CONFIRMED)]
            assert counts == [1, 1, 1]
            assert len(desk.book()["holds"]) == number and desk.held() == number * MINOR
    finally:
        desk.close()
