# SPDX-License-Identifier: Apache-2.0
"""Every write and sync of init, take and erase, cut at each point: what was acknowledged is there, the rest is not."""

from hashlib import sha256
from pathlib import Path
from random import Random

import pytest

from lintas.errors import LintasError
from lintas.model.header import Mode
from lintas.node.node import Node
from lintas.testing import shared_readers
from tests.faults.cutting import leave, started, traced
from tests.faults.trace import Disk, Step, cuts
from tests.faults.traced_child import files
from tests.faults.whole import check_whole, take_again

pytestmark = [pytest.mark.slow, pytest.mark.ring("strace")]
CUTS = 30  # of each of the two deaths in `make test`; all points in soak
LOSSES_A_POINT = 5  # in soak: different parts of what was not synced


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> list[Step]:
    """What the child did."""
    return traced("tests.faults.traced_child", tmp_path_factory.mktemp("traced"))


def points(steps: list[Step], seed: int) -> list[int]:
    """Where to cut: at each acknowledgement, and at some points chosen by a seed."""
    acknowledged = [number + 1 for number, step in enumerate(steps) if step.what == "ack"]
    return [0, *acknowledged, *Random(seed).sample(range(len(steps)), CUTS - len(acknowledged))]


def check(disk: Disk, folder: Path, random: Random | None, acknowledged: list[str]) -> None:
    """Make the folder as the death left it, and see what a start makes of it."""
    leave(disk, folder, random)
    if "init" not in acknowledged:
        with_init(folder)
    with started(folder) as node:
        holding = check_whole(node)
        for file in files():
            erased = "erase" in acknowledged and file.name == "large.txt"
            if file.name in acknowledged and not erased and "erase" not in doubtful(acknowledged):
                assert holding.has(file.data), f"{file.name} was acknowledged and is gone"
            if erased:
                assert sha256(file.data).hexdigest() not in holding.files
                assert not node.services.store.read(lambda s: list(s.blob_names()))
        take_again(node, files(), holding)


def doubtful(acknowledged: list[str]) -> set[str]:
    """What had begun and was not acknowledged: it may have been done, or not."""
    order = ["init", *(file.name for file in files()), "erase", "close"]
    begun = order[len(acknowledged)] if len(acknowledged) < len(order) else ""
    return {begun}


def with_init(folder: Path) -> None:
    """A node whose making was not acknowledged opens, or is made again in the same folder."""
    try:
        Node.open(folder, readers=shared_readers()).close()
    except LintasError:
        Node.create(folder, name="Desk", country="MY", mode=Mode.EXERCISE)


def test_the_trace_holds_what_it_should(steps: list[Step]) -> None:
    assert [step.path for step in steps if step.what == "ack"] == [
        "init",
        "slip.txt",
        "bundle.json",
        "large.txt",
        "erase",
        "close",
    ]
    whole = {step.path.split("/")[0] for step in steps}
    assert {"node.sqlite", "node.sqlite-wal", "keys", "blobs", "node.toml"} <= whole
    assert any(step.what == "rename" and step.path.startswith("blobs/") for step in steps)


def test_a_process_that_dies_at_any_point_loses_nothing_that_it_acknowledged(steps: list[Step], tmp_path: Path) -> None:
    for _, disk, acknowledged in cuts(steps, points(steps, seed=1)):
        check(disk, tmp_path / "node", None, acknowledged)


def test_a_machine_that_loses_power_at_any_point_loses_nothing_that_was_acknowledged(
    steps: list[Step], tmp_path: Path
) -> None:
    for number, disk, acknowledged in cuts(steps, points(steps, seed=2)):
        check(disk, tmp_path / "node", Random(f"{number}"), acknowledged)


@pytest.mark.soak
def test_a_process_that_dies_at_every_point(steps: list[Step], tmp_path: Path) -> None:
    for _, disk, acknowledged in cuts(steps, range(len(steps) + 1)):
        check(disk, tmp_path / "node", None, acknowledged)


@pytest.mark.soak
def test_a_machine_that_loses_power_at_every_point(steps: list[Step], tmp_path: Path) -> None:
    for number, disk, acknowledged in cuts(steps, range(len(steps) + 1)):
        for loss in range(LOSSES_A_POINT):
            check(disk, tmp_path / "node", Random(f"{number} {loss}"), acknowledged)
