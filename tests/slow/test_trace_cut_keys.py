# SPDX-License-Identifier: Apache-2.0
"""Every write and sync of a change of keys, cut at each point: the node starts with the old keys or with the new."""

from pathlib import Path
from random import Random

import pytest

from lintas.node.keys import OPERATIONAL
from lintas.node.rotating import rotate
from lintas.work.peering import own_keys
from lintas.work.proving import verify
from lintas.work.services import no_progress
from tests.faults.cutting import leave, some_points, started, traced, when_ready
from tests.faults.trace import Disk, Step, cuts
from tests.faults.traced_rotation import WHO

pytestmark = [pytest.mark.slow, pytest.mark.ring("strace")]
CUTS = 20  # of each of the two deaths in `make test`; all points in soak
LOSSES_A_POINT = 5  # in soak: different parts of what was not synced


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> list[Step]:
    """What the child did."""
    return traced("tests.faults.traced_rotation", tmp_path_factory.mktemp("traced"))


def check(disk: Disk, folder: Path, random: Random | None, acknowledged: list[str]) -> int:
    """Make the folder as the death left it, and see what a start makes of it; returns the number of the keys."""
    leave(disk, folder, random)
    with started(folder) as node:
        keys = node.services.store.read(lambda snapshot: own_keys(node.services, snapshot))
        assert keys.serial in ({1} if "rotated" in acknowledged else {0, 1})
        for name in OPERATIONAL:
            assert node.services.keys.open(name).public in named(keys.body, name)  # type: ignore[attr-defined]  # FileKeys
        checked = verify(node.services, progress=no_progress)
        assert checked.ok, checked.problems
    assert not list((folder / "keys").glob("*.next.pem"))
    assert rotate(folder, by=WHO).serial == keys.serial + 1
    return keys.serial


def named(body: dict[str, object], name: str) -> list[bytes]:
    """The public keys of one name, the one in use first; after a revocation there is no other."""
    listed = body[name]
    assert isinstance(listed, list)
    return [bytes.fromhex(key["public"]) for key in listed[:1]]


def test_a_process_that_dies_at_any_point_of_a_change_starts_again(steps: list[Step], tmp_path: Path) -> None:
    points = some_points(when_ready(steps), seed=1, count=CUTS)
    found = [check(disk, tmp_path / "node", None, acknowledged) for _, disk, acknowledged in cuts(steps, points)]
    assert (found[0], found[-1]) == (0, 1)
    assert found == sorted(found)  # once it is done it stays done


def test_a_machine_that_loses_power_at_any_point_of_a_change_starts_again(steps: list[Step], tmp_path: Path) -> None:
    points = some_points(when_ready(steps), seed=2, count=CUTS)
    for number, disk, acknowledged in cuts(steps, points):
        check(disk, tmp_path / "node", Random(f"{number}"), acknowledged)


@pytest.mark.soak
def test_a_machine_that_loses_power_at_every_point_of_a_change_starts_again(steps: list[Step], tmp_path: Path) -> None:
    for number, disk, acknowledged in cuts(steps, when_ready(steps)):
        for loss in range(LOSSES_A_POINT):
            check(disk, tmp_path / "node", Random(f"{number} {loss}"), acknowledged)
