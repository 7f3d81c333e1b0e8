# SPDX-License-Identifier: Apache-2.0
"""The demo's golden hour: an exercise made for now, and its banks, each in a process of its own.

The generator knows where the money truly went; no desk of the demo is told it until the score.
"""

import base64
import json
import os
import select
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from lintas.cli.demo_port import SilentPort
from lintas.cli.demo_server import ServerFailed
from lintas.cli.exercise_folder import make_folder, order_of

START_S: Final = 60.0
STOP_S: Final = 60.0
SEED: Final = 17  # of its second report: SG's victim; the money goes over CN and TH to MY, a part of it to an exchange
REPORT: Final = "R2"
NODES: Final = "MY,SG,TH,CN"
REPORTED_AFTER: Final = timedelta(minutes=34, seconds=1)  # the first victim of this seed's hour paid
AHEAD: Final = timedelta(seconds=20)  # from making the world until the victim calls
BANKS: Final = {  # that the money passes, by the country whose desk can ask them
    "SG": ("SPCMSGS0", "WLLTSGS0"),
    "CN": ("YANGCNB0", "SHLICNB0", "QBAOCNB0"),
    "TH": ("SATITHB0", "TUAYTHB0", "XCHGTHB0"),
    "MY": ("BUMPMYK0", "BMISMYK0"),
}
CURRENCIES: Final = {"SG": "SGD", "CN": "CNY", "TH": "THB", "MY": "MYR"}
ERRS: Final[dict[str, dict[str, Any]]] = {  # how two of them behave
    "SHLICNB0": {"do": "late", "kind": "trace", "seconds": 2, "times": 1},
    "BMISMYK0": {"do": "part", "kind": "hold", "minor": 600_000},
}


@dataclass(slots=True)
class Banks:
    """All banks of the exercise. Their standard input is a pipe that we hold: when we die, they end by themselves."""

    folder: Path
    _ports: dict[str, SilentPort] = field(default_factory=dict)
    _children: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def world(self) -> Path:
        """The exercise's folder."""
        return self.folder / "golden"

    def make(self) -> None:
        """Make the exercise so that its victim calls soon, and an address for each bank, where nobody answers yet."""
        first = datetime.now(UTC) + AHEAD - REPORTED_AFTER
        order = order_of(seed=SEED, scale=1, nodes=NODES, injects="", first_hour=first.isoformat(timespec="seconds"))
        make_folder(order, self.world)
        secret = self.folder / "banks-secret"
        secret.touch(mode=0o600)
        secret.write_bytes(base64.b64encode(os.urandom(32)))
        for bic in (one for banks in BANKS.values() for one in banks):
            self._ports[bic] = SilentPort()
        for country, banks in BANKS.items():
            for bic in banks:
                rules = [ERRS[bic]] if bic in ERRS else []
                behaviour = self.world / "nodes" / country / "banks" / bic / "behaviour.json"
                behaviour.write_text(json.dumps({"blocks": "amount", "rules": rules}))

    def settings(self, country: str) -> str:
        """What stands in the settings of a country's node, so that it reaches its banks."""
        secret = (self.folder / "banks-secret").resolve()
        said = ""
        for bic in BANKS[country]:
            said += f'\n[bank.{bic.lower()}]\nurl = "http://127.0.0.1:{self._ports[bic].number}"\n'
            said += f'secret_file = "{secret}"\n'
            said += f'banks = ["{bic}"]\ncurrency = "{CURRENCIES[country]}"\n'
        return said

    def open(self) -> int:
        """Start all of them at once; returns how many answer.

        Raises:
            ServerFailed: One of them ended, or took longer than START_S.
        """
        for country, banks in BANKS.items():
            for bic in banks:
                self._ports[bic].give_way()
                where = self.world / "nodes" / country / "banks" / bic
                command = [sys.executable, "-m", "lintas_simulators.bank", "--bank", bic, "--while-stdin"]
                command += ["--port", str(self._ports[bic].number), "--mode", "exercise"]
                command += ["--data", str(where / "bank.sqlite"), "--accounts", str(where / "accounts.json")]
                command += ["--secret-file", str(self.folder / "banks-secret")]
                command += ["--behaviour", str(where / "behaviour.json")]
                self._children.append(
                    subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603  # our own
                )
        for child in self._children:
            assert child.stdout is not None
            if not select.select([child.stdout], [], [], START_S)[0] or not child.stdout.readline():
                self.stop()
                raise ServerFailed("A bank of the exercise did not start.")
        return len(self._children)

    @property
    def pids(self) -> list[int]:
        """Their process ids."""
        return [child.pid for child in self._children]

    def stop(self) -> None:
        """End all of them; doing it twice does nothing."""
        for port in self._ports.values():
            port.close()
        children, self._children = self._children, []
        for child in children:
            child.terminate()
        for child in children:
            try:
                child.wait(STOP_S)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    pipe.close()
