# SPDX-License-Identifier: Apache-2.0
"""What tests with banks share: a real bank in a process of its own, and instructions to it."""

import json
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from lintas.model.bank import Instruction, InstructionKind, instruction_id
from lintas.model.desk import Money
from lintas.model.header import Mode
from lintas.ports.bank import BankSettings
from tests.faults.ports import KeptPort

SECRET: Final = b"bank-secret-of-32-random-bytes--"
BIC: Final = "CONTSGSG"
ACCOUNT: Final = "1234567890"
OTHER: Final = "2234567890"
ACCOUNTS: Final[Mapping[str, Any]] = {
    "accounts": [
        {"account": ACCOUNT, "currency": "SGD", "minor": 2_500_000},
        {"account": OTHER, "currency": "SGD", "minor": 400},
    ]
}
UNTIL: Final = "2026-03-03T03:00:00.000Z"


class BankProcess:
    """One bank; started anew after it died, with what it has on disk."""

    def __init__(
        self,
        folder: Path,
        *,
        bic: str = BIC,
        accounts: Mapping[str, Any] = ACCOUNTS,
        options: Sequence[str] = (),
    ) -> None:
        self.folder, self.bic, self._options = folder, bic, options
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "secret").write_text(b64encode(SECRET).decode())
        (folder / "accounts.json").write_text(json.dumps(accounts))
        self.behave()
        self._kept = KeptPort()
        self.port = self._kept.number  # the same after each start
        self._child: subprocess.Popen[bytes] | None = None

    def behave(self, *rules: Mapping[str, Any], blocks: str = "amount", **more: str) -> None:
        """Say how it errs from now on."""
        unfinished = self.folder / "behaviour.new"
        unfinished.write_text(json.dumps({"blocks": blocks, "rules": list(rules), **more}))
        unfinished.rename(self.folder / "behaviour.json")

    def set_clock(self, now: datetime) -> None:
        """Move its time; it keeps the time of a file from its next start on."""
        unfinished = self.folder / "clock.new"
        unfinished.write_text(now.isoformat())
        unfinished.rename(self.folder / "clock")

    def start(self) -> None:
        """Start, at the same port as before."""
        self.stop()
        command = [sys.executable, "-m", "lintas_simulators.bank", "--port", str(self.port), "--bank", self.bic]
        names = {"--data": "bank.sqlite", "--secret-file": "secret", "--accounts": "accounts.json"}
        names["--behaviour"] = "behaviour.json"
        if (self.folder / "clock").exists():
            names["--clock"] = "clock"
        for option, name in names.items():
            command += [option, str(self.folder / name)]
        self._child = subprocess.Popen([*command, *self._options], stdout=subprocess.PIPE)
        assert self._child.stdout is not None
        assert json.loads(self._child.stdout.readline())["port"] == self.port

    def stop(self) -> None:
        """End it at once, as a power cut does."""
        if self._child is not None:
            self._child.kill()
            self._child.communicate(timeout=60)
            self._child = None

    def ended_by_itself(self) -> int:
        """Wait until it died; returns how."""
        assert self._child is not None
        return self._child.wait(timeout=60)

    @property
    def settings(self) -> BankSettings:
        """As `[bank.NAME]` would have them."""
        return BankSettings(
            name="contoh", url=f"http://127.0.0.1:{self.port}", secret=SECRET, banks=(self.bic,), currency="SGD"
        )


@contextmanager
def a_bank(folder: Path, **said: Any) -> Iterator[BankProcess]:
    """A bank that runs; ended at the end."""
    bank = BankProcess(folder, **said)
    try:
        bank.start()
        yield bank
    finally:
        bank.stop()


def hold(minor: int = 2_500_000, *, number: int = 0, **changes: Any) -> Instruction:
    """An instruction to hold an amount."""
    said = Instruction(
        id=instruction_id(ref="SG-Q-7K3QF-9D2MX-4", order="0" * 32, kind=InstructionKind.HOLD, number=number),
        kind=InstructionKind.HOLD,
        bank=BIC,
        account=ACCOUNT,
        amount=Money(minor, "SGD"),
        whole=False,
        expires_at=UNTIL,
        reference="SG-Q-7K3QF-9D2MX-4",
        authority="Contoh Police",
        law="Criminal Procedure Code, section 35",
        mode=Mode.EXERCISE,
    )
    return replace(said, **changes)
