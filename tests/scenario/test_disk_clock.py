# SPDX-License-Identifier: Apache-2.0
"""A wall clock that jumps: the order of the log holds, and what depends on the clock is said."""

from pathlib import Path

from lintas.node.node import Node
from lintas.testing import OFFICER, FakeClock, a_node, up_to
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.keeping import doctor
from lintas.work.services import no_progress
from lintas.work.watching import add_watch, end_watch, list_alerts, list_watches
from tests.faults.whole import SOURCE, WATCHED, WATCHED_WRITTEN, check_whole


def slip(node: Node, text: str) -> int:
    """Take a text that mentions what is watched; returns how many alerts that fired."""
    file = TakenFile(name="slip.txt", data=f"{text}: {WATCHED_WRITTEN}".encode())
    return take(node.services, OFFICER, [file], options=TakeOptions(source=SOURCE), progress=no_progress).alerts


def clock_check(node: Node) -> tuple[bool, str, str]:
    """What doctor says of the clock."""
    (found,) = [check for check in doctor(node.services).checks if check.name == "clock"]
    return found.ok, found.detail, found.hint


def test_a_clock_set_back_changes_no_order_and_doctor_warns_until_time_has_caught_up(tmp_path: Path) -> None:
    clock = FakeClock()
    with a_node(tmp_path, clock=clock) as node:
        slip(node, "before")
        clock.set_back(days=3)
        assert not clock_check(node)[0]
        slip(node, "after")
        ok, detail, hint = clock_check(node)
        assert not ok
        assert "behind" in detail
        assert "NTP" in hint
        times = [
            head.created_at
            for _, head in sorted(node.services.store.read(lambda s: s.heads(range(99), scope=up_to(4))).items())
        ]
        assert times != sorted(times)
        check_whole(node)
        clock.forward(days=3, minutes=1)
        assert clock_check(node)[0]
    with a_node(tmp_path, clock=clock) as node:
        check_whole(node)


def test_a_watch_lives_by_the_clock_of_the_moment(tmp_path: Path) -> None:
    clock = FakeClock()
    with a_node(tmp_path, clock=clock) as node:
        watch = add_watch(node.services, OFFICER, [WATCHED], days=2)
        assert slip(node, "one") == 1
        clock.forward(days=2)
        assert [one.state for one in list_watches(node.services, OFFICER)] == ["expired"]
        assert slip(node, "two") == 0
        clock.set_back(days=1)
        assert [one.state for one in list_watches(node.services, OFFICER)] == ["live"]
        assert slip(node, "three") == 1
        assert end_watch(node.services, OFFICER, watch.watch).state == "ended"
        clock.set_back(days=1)
        assert slip(node, "four") == 0
        assert len(list_alerts(node.services, OFFICER).alerts) == 2


def test_a_clock_that_stands_still_makes_distinct_entries(tmp_path: Path) -> None:
    with a_node(tmp_path, clock=FakeClock()) as node:
        watches = [add_watch(node.services, OFFICER, [WATCHED]).watch for _ in range(3)]
        assert len(set(watches)) == 3
        for _ in range(2):
            assert end_watch(node.services, OFFICER, watches[0]).state == "ended"
        assert slip(node, "same text") == 2
        assert slip(node, "same text") == 0  # a duplicate meets nothing again
        check_whole(node)


def test_leaps_of_years_are_survived(tmp_path: Path) -> None:
    clock = FakeClock()
    with a_node(tmp_path, clock=clock) as node:
        for years in (30, 300, 3000):
            clock.forward(days=365 * years)
            assert slip(node, f"in {years} years") == 0
            check_whole(node) if years < 0 else None
        clock.set_back(days=365 * 3330)
        slip(node, "and back")
        checked = node.services.store.read(lambda s: s.size())
        assert checked == 9
