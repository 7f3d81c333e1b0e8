# SPDX-License-Identifier: Apache-2.0
"""Every write and sync of taking, changing and closing a report, cut at each point: it is there whole, or not."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Final

import pytest

from lintas.model.scope import WHOLE
from lintas.node.node import Node
from lintas.sandbox.pool import ReaderPool
from lintas.testing import OFFICER
from lintas.work.proving import verify
from lintas.work.reports import file_report, list_reports, show_report
from lintas.work.services import Services, no_progress
from lintas.work.watching import list_alerts
from tests.faults.trace import CALLS, Disk, Step, cuts, read_trace
from tests.faults.traced_reports import REF, REPORT, VICTIM

pytestmark = [pytest.mark.slow, pytest.mark.ring("strace")]
ROOT: Final = Path(__file__).resolve().parents[2]
CUTS: Final = 25  # of each of the two deaths in `make test`; all points in soak
ORDER: Final = ["ready", "filed", "amended", "closed"]


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> list[Step]:
    """What the child did."""
    base = tmp_path_factory.mktemp("traced").resolve()
    command = ["strace", "-f", "-y", "-e", f"trace={CALLS}", "-xx", "-s", "10000000", "-o", str(base / "trace")]
    child = [sys.executable, "-m", "tests.faults.traced_reports", str(base / "node")]
    subprocess.run([*command, *child], cwd=ROOT, check=True, capture_output=True, timeout=100)
    return read_trace((base / "trace").read_bytes(), base / "node")


@pytest.fixture(scope="module")
def readers() -> Iterator[ReaderPool]:
    """Readers that all nodes of this module share."""
    with ReaderPool(workers=1) as pool:
        yield pool


def of_the_report(steps: list[Step]) -> range:
    """The points from the moment on at which the node stood ready."""
    (ready,) = [number for number, step in enumerate(steps) if (step.what, step.path) == ("ack", "ready")]
    return range(ready + 1, len(steps) + 1)


def points(steps: list[Step], seed: int) -> list[int]:
    """Where to cut: at both ends, and at some points chosen by a seed."""
    among = of_the_report(steps)
    return sorted({among[0], among[-1], *Random(seed).sample(among, min(CUTS, len(among)))})


def check(disk: Disk, folder: Path, random: Random | None, acknowledged: list[str], readers: ReaderPool) -> int:
    """Make the folder as the death left it, and see what a start makes of it; returns how far the report had come."""
    shutil.rmtree(folder, ignore_errors=True)
    disk.write(folder, random)
    with Node.open(folder) as node:
        node.services = replace(node.services, readers=readers)
        reached = how_far(node.services)
        least = ORDER.index(acknowledged[-1])
        assert least <= reached <= least + 1, "what was acknowledged is there; at most the next step is too"
        again = file_report(node.services, OFFICER, REPORT, VICTIM, ref=REF)
        assert again.is_again == (reached > 0), "who files again gets the report that is there"
        assert [line.ref for line in list_reports(node.services, OFFICER)] == [REF]
        checked = verify(node.services, progress=no_progress)
        assert checked.ok, checked.problems
    return reached


def how_far(services: Services) -> int:
    """Which steps the log holds; each of them whole: with who reported, who answers for it, and the alert."""
    versions, victims = services.store.read(lambda s: (s.report(REF, scope=WHOLE), s.victims(REF, scope=WHOLE)))
    alerts = list_alerts(services, OFFICER).alerts
    if not versions:
        assert (victims, alerts) == ([], [])
        return 0
    shown = show_report(services, OFFICER, REF, purpose="see that it is whole", unmask=True)
    assert shown.owner == OFFICER.id
    assert alerts
    assert shown.victim is not None
    assert shown.victim.said["phone"] == ("+60123456700" if len(versions) == 1 else "+60111111111")
    assert len(victims) == min(len(versions), 2)
    assert shown.said["state"] == ("closed" if len(versions) == 3 else "open")
    return len(versions)


def test_a_process_that_dies_at_any_point_leaves_a_report_whole_or_none(
    steps: list[Step], readers: ReaderPool, tmp_path: Path
) -> None:
    found = [
        check(disk, tmp_path / "node", None, acknowledged, readers)
        for _, disk, acknowledged in cuts(steps, points(steps, seed=1))
    ]
    assert (found[0], found[-1]) == (0, 3)
    assert found == sorted(found)


def test_a_machine_that_loses_power_at_any_point_loses_no_report_that_was_acknowledged(
    steps: list[Step], readers: ReaderPool, tmp_path: Path
) -> None:
    for number, disk, acknowledged in cuts(steps, points(steps, seed=2)):
        check(disk, tmp_path / "node", Random(f"{number}"), acknowledged, readers)


@pytest.mark.soak
def test_a_process_and_a_machine_that_die_at_every_point(
    steps: list[Step], readers: ReaderPool, tmp_path: Path
) -> None:
    for number, disk, acknowledged in cuts(steps, of_the_report(steps)):
        check(disk, tmp_path / "node", None, acknowledged, readers)
        check(disk, tmp_path / "node", Random(f"{number}"), acknowledged, readers)
