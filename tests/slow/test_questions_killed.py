# SPDX-License-Identifier: Apache-2.0
"""A node that serves is killed by `kill -9` at any moment while its bank answers: every answer once, and none lost."""

import fcntl
import subprocess
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lintas.testing import FakeClock
from lintas.work.proving import verify
from tests.faults.killing import SOAK, moments, served
from tests.scenario.test_bank_questions import BIC, Desk

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


class LiveDesk(Desk):
    """The same desk by the time of this machine, because a server of its own knows no other."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        (self.bank.folder / "clock").unlink()
        self.clock = FakeClock(datetime.now(UTC))

    def restart(self) -> None:
        with (self.folder / "my" / "writer.lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # until readers of the killed node are gone
        self.clock = FakeClock(datetime.now(UTC))
        super().restart()

    def settle(self) -> None:
        """Let the connection look until nothing is due at once."""
        for _ in range(6):
            if self.line.look() > 0:
                return
        raise AssertionError("it never comes to rest")


def test_a_server_that_is_killed_at_any_moment_takes_every_answer_in_once(tmp_path: Path) -> None:
    desk = LiveDesk(tmp_path)
    try:
        desk.begin()
        settings = tmp_path / "my" / "node.toml"
        with settings.open("a", encoding="utf-8") as file:
            file.write(
                f'\n[bank.contoh]\nurl = "http://127.0.0.1:{desk.bank.port}"\n'
                f'secret_file = "{desk.bank.folder / "secret"}"\nbanks = ["{BIC}"]\ncurrency = "MYR"\n'
            )
        for number, after_s in enumerate(moments(11, 40 if SOAK else 5, low=0.0, high=1.2), start=1):
            desk.bank.behave({"do": "slow", "seconds": 0.2, "kind": "trace"})
            asked = desk.press(start=f"2026-02-{number % 28 + 1:02d}T01:00:00Z")
            assert asked.is_new
            desk.close()
            with served(tmp_path / "my") as child, suppress(subprocess.TimeoutExpired):
                child.wait(timeout=after_s)
            desk.restart()
            desk.settle()
            states = [one.state for one in desk.shown()]
            assert states == ["done"] * number
            assert sorted(one.item for one in desk.shown()) == sorted(desk.items())
            assert len(set(desk.items())) == number
        assert verify(desk.node.services, progress=lambda *_: None).ok
    finally:
        desk.close()
        desk.bank.stop()
