# SPDX-License-Identifier: Apache-2.0
"""What a traced program did to a folder, and at which of its steps to let it die."""

import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Final

from lintas.node.node import Node
from lintas.ports.clock import Clock
from lintas.testing import shared_readers
from tests.faults.trace import CALLS, Disk, Step, read_trace

ROOT: Final = Path(__file__).resolve().parents[2]


def traced(program: str, base: Path) -> list[Step]:
    """Run `python -m PROGRAM FOLDER`, and say what it did to the folder."""
    place = base.resolve()
    command = ["strace", "-f", "-y", "-e", f"trace={CALLS}", "-xx", "-s", "10000000", "-o", str(place / "trace")]
    child = [sys.executable, "-m", program, str(place / "node")]
    subprocess.run([*command, *child], cwd=ROOT, check=True, capture_output=True, timeout=250)
    return read_trace((place / "trace").read_bytes(), place / "node")


def when_ready(steps: Sequence[Step]) -> range:
    """The points from the moment on at which the node stood ready."""
    (ready,) = [number for number, step in enumerate(steps) if (step.what, step.path) == ("ack", "ready")]
    return range(ready + 1, len(steps) + 1)


def some_points(among: range, seed: int, count: int) -> list[int]:
    """Where to cut: at both ends, and at some points chosen by a seed."""
    return sorted({among[0], among[-1], *Random(seed).sample(among, min(count, len(among)))})


def leave(disk: Disk, folder: Path, random: Random | None) -> None:
    """Make the folder as the death left it."""
    shutil.rmtree(folder, ignore_errors=True)
    disk.write(folder, random)


@contextmanager
def started(folder: Path, clock: Clock | None = None) -> Iterator[Node]:
    """The node as the next start finds it; its readers are started once for all deaths."""
    with Node.open(folder, clock=clock, readers=shared_readers()) as node:
        yield node
