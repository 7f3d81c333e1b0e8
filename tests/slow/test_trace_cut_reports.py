# SPDX-License-Identifier: Apache-2.0
"""Every write and sync of taking, changing and closing a report, cut at each point: it is there whole, or not."""

from pathlib import Path
from random import Random
from typing import Final

import pytest

from lintas.model.scope import WHOLE
from lintas.testing import OFFICER
from lintas.work.proving import verify
from lintas.work.reports import file_report, list_reports, show_report
from lintas.work.services import Services, no_progress
from lintas.work.watching import list_alerts
from tests.faults.cutting import leave, some_points, started, traced, when_ready
from tests.faults.trace import Disk, Step, cuts
from tests.faults.traced_reports import REF, REPORT, VICTIM

pytestmark = [pytest.mark.slow, pytest.mark.ring("strace")]
CUTS: Final = 15  # of each of the two deaths in `make test`; all points in soak
ORDER: Final = ["ready", "filed", "amended", "closed"]


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> list[Step]:
    """What the child did."""
    return traced("tests.faults.traced_reports", tmp_path_factory.mktemp("traced"))


def check(disk: Disk, folder: Path, random: Random | None, acknowledged: list[str]) -> int:
    """Make the folder as the death left it, and see what a start makes of it; returns how far the report had come."""
    leave(disk, folder, random)
    with started(folder) as node:
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


def test_a_process_that_dies_at_any_point_leaves_a_report_whole_or_none(steps: list[Step], tmp_path: Path) -> None:
    found = [
        check(disk, tmp_path / "node", None, acknowledged)
        for _, disk, acknowledged in cuts(steps, some_points(when_ready(steps), seed=1, count=CUTS))
    ]
    assert (found[0], found[-1]) == (0, 3)
    assert found == sorted(found)


def test_a_machine_that_loses_power_at_any_point_loses_no_report_that_was_acknowledged(
    steps: list[Step], tmp_path: Path
) -> None:
    for number, disk, acknowledged in cuts(steps, some_points(when_ready(steps), seed=2, count=CUTS)):
        check(disk, tmp_path / "node", Random(f"{number}"), acknowledged)


@pytest.mark.soak
def test_a_process_and_a_machine_that_die_at_every_point(steps: list[Step], tmp_path: Path) -> None:
    for number, disk, acknowledged in cuts(steps, when_ready(steps)):
        check(disk, tmp_path / "node", None, acknowledged)
        check(disk, tmp_path / "node", Random(f"{number}"), acknowledged)
