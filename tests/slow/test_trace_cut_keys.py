# SPDX-License-Identifier: Apache-2.0
"""Every write and sync of a change of keys, cut at each point: the node starts with the old keys or with the new."""

import shutil
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from lintas.node.keys import OPERATIONAL
from lintas.node.node import Node
from lintas.node.rotating import rotate
from lintas.work.peering import own_keys
from lintas.work.proving import verify
from lintas.work.services import no_progress
from tests.faults.trace import CALLS, Disk, Step, cuts, read_trace
from tests.faults.traced_rotation import WHO

pytestmark = [pytest.mark.slow, pytest.mark.ring("strace")]
ROOT = Path(__file__).resolve().parents[2]
CUTS = 40  # of each of the two deaths in `make test`; all points in soak
LOSSES_A_POINT = 5  # in soak: different parts of what was not synced


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> list[Step]:
    """What the child did."""
    base = tmp_path_factory.mktemp("traced").resolve()
    command = ["strace", "-f", "-y", "-e", f"trace={CALLS}", "-xx", "-s", "10000000", "-o", str(base / "trace")]
    child = [sys.executable, "-m", "tests.faults.traced_rotation", str(base / "node")]
    subprocess.run([*command, *child], cwd=ROOT, check=True, capture_output=True, timeout=100)
    return read_trace((base / "trace").read_bytes(), base / "node")


def of_the_change(steps: list[Step]) -> range:
    """The points from the moment on at which the node stood ready."""
    (ready,) = [number for number, step in enumerate(steps) if (step.what, step.path) == ("ack", "ready")]
    return range(ready + 1, len(steps) + 1)


def check(disk: Disk, folder: Path, random: Random | None, acknowledged: list[str]) -> int:
    """Make the folder as the death left it, and see what a start makes of it; returns the number of the keys."""
    shutil.rmtree(folder, ignore_errors=True)
    disk.write(folder, random)
    with Node.open(folder) as node:
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
    among = of_the_change(steps)
    points = sorted({among[0], among[-1], *Random(1).sample(among, min(CUTS, len(among)))})
    found = [check(disk, tmp_path / "node", None, acknowledged) for _, disk, acknowledged in cuts(steps, points)]
    assert (found[0], found[-1]) == (0, 1)
    assert found == sorted(found)  # once it is done it stays done


def test_a_machine_that_loses_power_at_any_point_of_a_change_starts_again(steps: list[Step], tmp_path: Path) -> None:
    among = of_the_change(steps)
    points = sorted({among[0], among[-1], *Random(2).sample(among, min(CUTS, len(among)))})
    for number, disk, acknowledged in cuts(steps, points):
        check(disk, tmp_path / "node", Random(f"{number}"), acknowledged)


@pytest.mark.soak
def test_a_machine_that_loses_power_at_every_point_of_a_change_starts_again(steps: list[Step], tmp_path: Path) -> None:
    for number, disk, acknowledged in cuts(steps, of_the_change(steps)):
        for loss in range(LOSSES_A_POINT):
            check(disk, tmp_path / "node", Random(f"{number} {loss}"), acknowledged)
