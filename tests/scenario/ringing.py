# SPDX-License-Identifier: Apache-2.0
"""A real gateway to phones as a child process, and what tests ask it."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from lintas.config.notify import NotifyConfig, read_notify
from lintas.config.notify_gateway import PhoneConfig
from lintas.node.clock import SystemClock
from lintas.node.notices import targets_of
from lintas.ports.notices import Sender
from lintas.work.notifying import Timing, announce
from lintas.work.services import Services
from tests.faults.ports import KeptPort
from tests.scenario.outside import secret

NUMBER: Final = "+6591234567"
OTHER: Final = "+6598765432"


@dataclass(slots=True)
class Rung:
    """One gateway, and the child that serves it."""

    record: Path
    kept: KeptPort
    child: "subprocess.Popen[str]"

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.kept.number

    @property
    def url(self) -> str:
        """Where notices go."""
        return f"http://127.0.0.1:{self.port}/"

    def behave(self, **said: object) -> None:
        """Answer otherwise from now on."""
        asked = urllib.request.Request(f"{self.url}behaviour", data=json.dumps(said).encode(), method="PUT")
        with urllib.request.urlopen(asked, timeout=30):
            pass

    def taken(self) -> list[dict[str, Any]]:
        """All that is on its disk, whether it lives or not."""
        return [json.loads(line) for line in self.record.read_bytes().splitlines()] if self.record.exists() else []

    def rang(self) -> list[str]:
        """How phones rang, in order."""
        return [one["said"]["kind"] for one in self.taken() if one["rang"]]

    def end(self) -> None:
        """Kill it."""
        self.child.kill()
        self.child.wait(30)


def begin(record: Path, *, kept: KeptPort | None = None, behaviour: Mapping[str, object] | None = None) -> Rung:
    """Start one; the same record and port is the same gateway after a restart."""
    kept = kept or KeptPort()
    command = [sys.executable, "-m", "lintas_simulators.gateway", "--port", str(kept.number), "--record", str(record)]
    command += ["--secret", secret(), "--behaviour", json.dumps(behaviour or {})]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline().rpartition(":")[2].strip() == str(kept.number)
    child.stdout.close()
    return Rung(record, kept, child)


@contextmanager
def a_gateway(folder: Path, **behaviour: object) -> Iterator[Rung]:
    """A gateway until the block ends."""
    rung = begin(folder / "rung.jsonl", behaviour=behaviour)
    try:
        yield rung
    finally:
        rung.end()


def through(rung: Rung, **more: object) -> NotifyConfig:
    """Settings of one gateway and one phone, unless told otherwise."""
    said = {"url": rung.url, "secret": secret(), "phones": [{"number": NUMBER}]} | more
    return read_notify(Path(), {"gateway": said})


def ways(config: NotifyConfig) -> tuple[tuple[Sender, Timing], ...]:
    """Each way to each phone. Signatures are of now, whatever time the node of a test thinks it is."""
    return targets_of(config, SystemClock())


def look(services: Services, config: NotifyConfig) -> float:
    """Let each way look once; returns seconds until the first looks again."""
    return min(announce(services, sender, rhythm) for sender, rhythm in ways(config))


__all__ = ["NUMBER", "OTHER", "PhoneConfig", "Rung", "a_gateway", "begin", "look", "through", "ways"]
