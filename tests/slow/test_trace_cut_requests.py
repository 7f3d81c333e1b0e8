# SPDX-License-Identifier: Apache-2.0
"""Every write and sync of ordering a hold, cut at each point: nothing is held twice, lost or forgotten."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final

import pytest

from lintas.model.scope import WHOLE
from lintas.testing import FakeClock
from lintas.work.proving import verify
from lintas.work.requests import list_requests, show_request
from lintas.work.requests.settling import settle_requests
from lintas.work.services import Services, no_progress
from lintas.work.sharing import outbox
from tests.faults.cutting import leave, some_points, started, traced, when_ready
from tests.faults.trace import Disk, Step, cuts
from tests.faults.traced_requests import CLAIMED, STATES
from tests.scenario.asking import SIGNER

pytestmark = [pytest.mark.slow, pytest.mark.ring("strace")]
CUTS: Final = 15  # of each of the two deaths in `make test`; all points in soak
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
    return traced("tests.faults.traced_requests", tmp_path_factory.mktemp("traced"))


def check(disk: Disk, folder: Path, random: Random | None, acknowledged: list[str]) -> None:
    """Make the folder as the death left it, and see what a start makes of it."""
    leave(disk, folder, random)
    with started(folder, FakeClock()) as node:
        services = node.services
        first, second = how_far(services)
        least = REACHED[acknowledged[-1]]
        assert (first, second) >= least, "what was acknowledged is there"
        checked = verify(services, progress=no_progress)
        assert checked.ok, checked.problems
    later = FakeClock(datetime(2026, 3, 1, 3, 0, tzinfo=UTC) + timedelta(days=5))
    # and what ended meanwhile is said at the next start
    with started(folder, later) as node:
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
    theirs = {step.message for one in shown if not one.line.is_own for step in one.steps}
    assert theirs <= released, "whoever was told a step here was told it there"
    assert not ({step.message for step in said} - theirs) & released, "what is our own stays here"
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


def test_a_process_that_dies_at_any_point_leaves_each_step_whole_or_none(steps: list[Step], tmp_path: Path) -> None:
    for _, disk, acknowledged in cuts(steps, some_points(when_ready(steps), seed=1, count=CUTS)):
        check(disk, tmp_path / "node", None, acknowledged)


def test_a_machine_that_loses_power_at_any_point_loses_nothing_that_was_acknowledged(
    steps: list[Step], tmp_path: Path
) -> None:
    for number, disk, acknowledged in cuts(steps, some_points(when_ready(steps), seed=2, count=CUTS)):
        check(disk, tmp_path / "node", Random(f"{number}"), acknowledged)


@pytest.mark.soak
def test_a_process_and_a_machine_that_die_at_every_point(steps: list[Step], tmp_path: Path) -> None:
    for number, disk, acknowledged in cuts(steps, when_ready(steps)):
        check(disk, tmp_path / "node", None, acknowledged)
        check(disk, tmp_path / "node", Random(f"{number}"), acknowledged)
