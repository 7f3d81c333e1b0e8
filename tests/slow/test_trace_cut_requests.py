# SPDX-License-Identifier: Apache-2.0
"""Every write and sync of ordering a hold, cut at each point: nothing is held twice, lost or forgotten."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

import pytest

from lintas.model.scope import WHOLE
from lintas.node.node import Node
from lintas.sandbox.pool import ReaderPool
from lintas.testing import FakeClock
from lintas.work.proving import verify
from lintas.work.requests import list_requests, show_request
from lintas.work.requests.settling import settle_requests
from lintas.work.services import Services, no_progress
from lintas.work.sharing import outbox
from tests.faults.trace import CALLS, Disk, Step, cuts, read_trace
from tests.faults.traced_requests import CLAIMED, STATES
from tests.scenario.asking import SIGNER

pytestmark = [pytest.mark.slow, pytest.mark.ring("strace")]
ROOT: Final = Path(__file__).resolve().parents[2]
CUTS: Final = 20  # of each of the two deaths in `make test`; all points in soak
REACHED: Final = {  # state of the first and second request, at least, when this was acknowledged
    "ready": (0, 0),
    "acknowledged": (1, 0),
    "ordered": (2, 0),
    "held": (3, 0),
    "claimed": (3, 1),
    "expired": (4, 2),
}


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> list[Step]:
    """What the child did."""
    base = tmp_path_factory.mktemp("traced").resolve()
    command = ["strace", "-f", "-y", "-e", f"trace={CALLS}", "-xx", "-s", "10000000", "-o", str(base / "trace")]
    child = [sys.executable, "-m", "tests.faults.traced_requests", str(base / "node")]
    subprocess.run([*command, *child], cwd=ROOT, check=True, capture_output=True, timeout=300)
    return read_trace((base / "trace").read_bytes(), base / "node")


@pytest.fixture(scope="module")
def readers() -> Iterator[ReaderPool]:
    """Readers that all nodes of this module share."""
    with ReaderPool(workers=1) as pool:
        yield pool


def of_the_request(steps: list[Step]) -> range:
    """The points from the moment on at which the request had come."""
    (ready,) = [number for number, step in enumerate(steps) if (step.what, step.path) == ("ack", "ready")]
    return range(ready + 1, len(steps) + 1)


def points(steps: list[Step], seed: int) -> list[int]:
    """Where to cut: at both ends, and at some points chosen by a seed."""
    among = of_the_request(steps)
    return sorted({among[0], among[-1], *Random(seed).sample(among, min(CUTS, len(among)))})


def check(disk: Disk, folder: Path, random: Random | None, acknowledged: list[str], readers: ReaderPool) -> None:
    """Make the folder as the death left it, and see what a start makes of it."""
    shutil.rmtree(folder, ignore_errors=True)
    disk.write(folder, random)
    with Node.open(folder, clock=FakeClock()) as node:
        node.services = replace(node.services, readers=readers)
        services = node.services
        first, second = how_far(services)
        least = REACHED[acknowledged[-1]]
        assert (first, second) >= least, "what was acknowledged is there"
        checked = verify(services, progress=no_progress)
        assert checked.ok, checked.problems
    later = FakeClock(datetime(2026, 3, 1, 3, 0, tzinfo=UTC) + timedelta(days=5))
    with Node.open(folder, clock=later) as node:  # and what ended meanwhile is said at the next start
        node.services = replace(node.services, readers=readers)
        settle_requests(node.services)
        assert settle_requests(node.services) == 0
        for line in list_requests(node.services, SIGNER, newest=True).lines:
            assert line.state not in ("ordered", "delivered", "held", "partly")
            assert line.held == 0


def how_far(services: Services) -> tuple[int, int]:
    """How far both requests have come; each step of them whole: with its order and its place in the stream."""
    lines = sorted(list_requests(services, SIGNER, newest=True).lines, key=lambda line: line.came + line.message)
    shown = [show_request(services, SIGNER, line.message) for line in lines]
    by_amount = sorted(shown, key=lambda one: one.amounts.asked)
    said = [step for one in shown for step in one.steps]
    released = {line.message for line in outbox(services, SIGNER, only_items=True).lines}
    assert {step.message for step in said} <= released, "whoever was told a step here was told it there"
    for one in shown:
        whats = [step.what for step in one.steps]
        assert whats.count("ordered") <= 1
        assert ("confirmed" in whats) >= bool(one.amounts.held)
        assert not {"delivered"} & set(whats) or {"ordered", "confirmed"} <= set(whats), "a claim is whole"
    states = [one.state for one in by_amount]
    orders = services.store.read(lambda s: s.orders(before=10**9, limit=9))
    done = services.store.read(
        lambda s: sum(any(one.verdict == "done" for one in s.assents(head.id)) for head in orders)
    )
    assert done == sum(step.what == "ordered" for step in said), "an order is done with its step, or neither"
    assert (
        services.store.read(lambda s: [s.requests_called(one.ref, scope=WHOLE)[0].state for one in by_amount]) == states
    )
    return STATES.index(states[0]), CLAIMED.index(states[1])


def test_a_process_that_dies_at_any_point_leaves_each_step_whole_or_none(
    steps: list[Step], readers: ReaderPool, tmp_path: Path
) -> None:
    for _, disk, acknowledged in cuts(steps, points(steps, seed=1)):
        check(disk, tmp_path / "node", None, acknowledged, readers)


def test_a_machine_that_loses_power_at_any_point_loses_nothing_that_was_acknowledged(
    steps: list[Step], readers: ReaderPool, tmp_path: Path
) -> None:
    for number, disk, acknowledged in cuts(steps, points(steps, seed=2)):
        check(disk, tmp_path / "node", Random(f"{number}"), acknowledged, readers)


@pytest.mark.soak
def test_a_process_and_a_machine_that_die_at_every_point(
    steps: list[Step], readers: ReaderPool, tmp_path: Path
) -> None:
    for number, disk, acknowledged in cuts(steps, of_the_request(steps)):
        check(disk, tmp_path / "node", None, acknowledged, readers)
        check(disk, tmp_path / "node", Random(f"{number}"), acknowledged, readers)
