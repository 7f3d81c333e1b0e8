# SPDX-License-Identifier: Apache-2.0
"""The demo's bank: an invented core system in a process of its own, which carries out what MY orders.

It is asked over HTTP on this machine, as a real bank's connection would be; we know it by its wire alone.
"""

import base64
import json
import os
import select
import subprocess
import sys
from pathlib import Path
from typing import Final

from lintas.cli.demo_port import SilentPort
from lintas.cli.demo_server import ServerFailed

START_S: Final = 60.0
STOP_S: Final = 60.0
BIC: Final = "MBBEMYKL"
CURRENCY: Final = "MYR"
MULE: Final = "514012345678"
LEFT_MINOR: Final = 1_240_000  # of what was paid in, when the order comes


class Bank:
    """One bank. Its standard input is a pipe that we hold: when we die, it ends by itself."""

    def __init__(self, folder: Path) -> None:
        """Open nothing yet."""
        self._folder = folder
        self._child: subprocess.Popen[bytes] | None = None
        self._port: SilentPort | None = None
        self.port = 0

    def close_for_now(self) -> None:
        """Have an account, and an address at which nobody answers yet: what is asked there waits."""
        self._folder.mkdir()
        secret = self._folder / "secret"
        secret.touch(mode=0o600)
        secret.write_bytes(base64.b64encode(os.urandom(32)))
        account = {"account": MULE, "currency": CURRENCY, "minor": LEFT_MINOR}
        (self._folder / "accounts.json").write_text(json.dumps({"accounts": [account]}))
        self._port = SilentPort()
        self.port = self._port.number

    def open(self) -> None:
        """Answer at that address from now on, in a process of its own; whoever waited there asks again.

        Raises:
            ServerFailed: It ended, or took longer than START_S.
        """
        assert self._port is not None
        self._port.give_way()
        command = [sys.executable, "-m", "lintas_simulators.bank", "--bank", BIC, "--port", str(self.port)]
        command.append("--while-stdin")
        for option, name in (
            ("--data", "bank.sqlite"),
            ("--secret-file", "secret"),
            ("--accounts", "accounts.json"),
        ):
            command += [option, str(self._folder / name)]
        self._child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603  # our own
        assert self._child.stdout is not None
        if not select.select([self._child.stdout], [], [], START_S)[0] or not self._child.stdout.readline():
            self.stop()
            raise ServerFailed("The bank did not start.")

    def settings(self) -> str:
        """What stands in the node's settings, so that its orders reach this bank."""
        secret = self._folder.resolve() / "secret"
        where = f'url = "http://127.0.0.1:{self.port}"\nsecret_file = "{secret}"'
        return f'\n[bank.demo]\n{where}\nbanks = ["{BIC}"]\ncurrency = "{CURRENCY}"\n'

    @property
    def pid(self) -> int:
        """Its process id, 0 when none runs."""
        return self._child.pid if self._child is not None else 0

    def stop(self) -> None:
        """End it; doing it twice does nothing."""
        if self._port is not None:
            self._port.close()
        child, self._child = self._child, None
        if child is None:
            return
        child.terminate()
        try:
            child.wait(STOP_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()
