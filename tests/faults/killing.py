# SPDX-License-Identifier: Apache-2.0
"""Command lines and servers in processes of their own, ended by `kill -9` at a moment that a seed chose."""

import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

from lintas.node.node import Node
from lintas.testing import shared_readers
from tests.faults.verbs import done

LINTAS = [sys.executable, "-m", "lintas.cli.main"]
SOAK = os.environ.get("LINTAS_SOAK") == "1"
READERS_END_S_MAX = 60


def lintas(*arguments: object) -> Any:
    """Run a verb to its end, in this process: nobody kills it; returns what it said."""
    verb, *others = arguments
    return done(str(verb), *others)


def how_long(*arguments: object) -> float:
    """Seconds that a verb takes when nobody kills it."""
    began = time.monotonic()
    subprocess.run([*LINTAS, *map(str, arguments)], capture_output=True, check=True, timeout=250)
    return time.monotonic() - began


def run_or_kill(*arguments: object, after_s: float) -> Any:
    """Run a verb and kill it after some time; returns what it said, None when it did not come to say it."""
    command = [*LINTAS, *map(str, arguments), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        try:
            out, err = child.communicate(timeout=after_s)
        except subprocess.TimeoutExpired:
            child.kill()
            # the pipe is at its end only when every process that the verb started is gone too
            out, _ = child.communicate(timeout=READERS_END_S_MAX)
            return json.loads(out) if out.endswith(b"}\n") else None
    assert child.returncode == 0, err
    return json.loads(out)


@contextmanager
def served(folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A server that accepts; killed at the end if it was not before."""
    command = [*LINTAS, "serve", str(folder), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        try:
            assert child.stdout is not None
            assert child.stderr is not None
            line = child.stdout.readline()
            assert line.startswith(b"serving "), child.stderr.read()
            yield child
        finally:
            child.kill()
            child.communicate(timeout=READERS_END_S_MAX)


@contextmanager
def reopened(folder: Path) -> Iterator[Node]:
    """The node as a start finds it.

    A reader that was being forked when its parent was killed holds a copy of the lock until it is executed: some
    milliseconds, for which command lines wait too.
    """
    with (folder / "writer.lock").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
    with Node.open(folder, readers=shared_readers()) as node:
        yield node


def moments(seed: int, count: int, *, low: float, high: float) -> list[float]:
    """Moments between two others, the same for each run of one seed, one in each of `count` equal spans."""
    random = Random(seed)
    span = (high - low) / count
    chosen = [low + span * (number + random.random()) for number in range(count)]
    random.shuffle(chosen)
    return chosen
