# SPDX-License-Identifier: Apache-2.0
"""The demo's real servers, each in a process of its own that cannot outlive the demo."""

import os
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import Self

from lintas.errors import LintasError

START_S = 90.0  # seconds; four start at once
STOP_S = 60.0  # a busy machine ends a server in a tenth of it


class ServerFailed(LintasError):
    """The server did not start or did not end as it should."""

    exit_code = 3


class Server:
    """`lintas serve` on free ports. Its standard input is a pipe that we hold: when we die, it ends by itself."""

    def __init__(self, node: Path, log: Path) -> None:
        self._node, self._log = node, log
        self._child: subprocess.Popen[bytes] | None = None
        self.url = ""
        self.peer_url = ""

    def start(self) -> Self:
        """Start it without waiting; `wait_ready` does."""
        command = [sys.executable, "-m", "lintas.cli.main", "serve", str(self._node)]
        command += ["--port", "0", "--peer-port", "0", "--while-stdin"]
        with self._log.open("wb") as log:
            self._child = subprocess.Popen(  # noqa: S603  # our own program
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
            )
        return self

    def wait_ready(self) -> None:
        """Wait until it says that it accepts, for people and for peers.

        Raises:
            ServerFailed: It ended, or took longer than START_S.
        """
        assert self._child is not None
        console, _, peers = self._first_lines(self._child).partition("\n")
        if not (console.startswith("serving ") and peers.startswith("peers ")):
            self.stop()
            tail = self._log.read_text(encoding="utf-8", errors="replace").strip()[-600:]
            raise ServerFailed("The server did not start.", hint=tail or f"See {self._log}.")
        self.url, self.peer_url = console.removeprefix("serving ").strip(), peers.removeprefix("peers ").strip()

    @staticmethod
    def _first_lines(child: subprocess.Popen[bytes]) -> str:
        assert child.stdout is not None
        deadline, said = time.monotonic() + START_S, b""
        while said.count(b"\n") < 2 and (left := deadline - time.monotonic()) > 0:
            if not select.select([child.stdout], [], [], left)[0]:
                break
            piece = os.read(child.stdout.fileno(), 4096)
            if not piece:
                break
            said += piece
        return said.decode("utf-8", "replace")

    @property
    def pid(self) -> int:
        """Its process id, 0 when none runs."""
        return self._child.pid if self._child is not None else 0

    def wait(self) -> int:
        """Wait until it ends by itself."""
        assert self._child is not None
        return self._child.wait()

    def stop(self) -> int | None:
        """End it and return its exit code; None when none ran.

        Raises:
            ServerFailed: It had to be killed.
        """
        child, self._child = self._child, None
        if child is None:
            return None
        child.terminate()
        try:
            code = child.wait(STOP_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            raise ServerFailed(f"The server did not end within {STOP_S:.0f} s and was killed.") from None
        finally:
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    pipe.close()
        return code
