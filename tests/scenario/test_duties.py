# SPDX-License-Identifier: Apache-2.0
"""Shifts and deputies: what being on duty and standing in open, and what they never do."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lintas.config.settings import NodeConfig
from lintas.errors import BadInput, LintasError, NotAllowed, OverLimit, UnknownTerm, WrongUse
from lintas.model.marking import Tlp
from lintas.model.viewer import Viewer
from lintas.node.node import Node
from lintas.testing import FakeClock, a_node
from lintas.web.local.calling import LOCAL_VIEWER
from lintas.work.accounts import close_account, create_account
from lintas.work.accounts.people import find_open
from lintas.work.accounts.viewing import viewer_of
from lintas.work.duties import as_zone_text, end_duty, list_duties, moment_of, on_duty, set_deputy, set_shift
from lintas.work.finding import find
from lintas.work.keeping import rebuild
from lintas.work.lists import join, list_lists, open_list
from lintas.work.services import Services, no_progress

START = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
PEOPLE = (
    ("Aminah", "case_officer", Tlp.AMBER_STRICT),
    ("Siti", "supervisor", Tlp.RED),
    ("Ravi", "analyst", Tlp.AMBER_STRICT),
    ("Lee", "analyst", Tlp.RED),
    ("Noor", "analyst", Tlp.GREEN),
    ("Watch", "oversight", Tlp.RED),
)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(START)


@pytest.fixture
def node(tmp_path: Path, clock: FakeClock) -> Iterator[Node]:
    with a_node(tmp_path, clock=clock) as opened:
        for name, role, clearance in PEOPLE:
            create_account(opened.services, name=name, password=None, role=role, clearance=clearance)
        yield opened


def who(services: Services, name: str) -> Viewer:
    return services.store.read(lambda snapshot: viewer_of(services, snapshot, find_open(snapshot, name)))


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def test_who_has_shifts_sees_content_while_one_is_on(node: Node, clock: FakeClock) -> None:
    services = node.services
    set_shift(services, who(services, "Siti"), "Ravi", at(1), at(9))
    for hours, is_on in ((0, False), (1, True), (8.9, True), (9, False)):
        clock.forward(seconds=(at(hours) - clock.now()).total_seconds())
        assert who(services, "Ravi").is_off_duty != is_on, hours
        assert bool(on_duty(list_duties(services, who(services, "Ravi")))) == is_on
    with pytest.raises(NotAllowed) as refused:
        find(services, who(services, "Ravi"), ["+60123456789"])
    assert refused.value.rule == "off-duty"
    assert not who(services, "Lee").is_off_duty  # who never had a shift is not asked


def test_ending_a_shift_ends_it_now(node: Node) -> None:
    services = node.services
    made = set_shift(services, who(services, "Siti"), "Ravi", at(-1), at(9))
    assert not who(services, "Ravi").is_off_duty
    end_duty(services, who(services, "Siti"), made.id[:8])
    assert who(services, "Ravi").is_off_duty
    assert list_duties(services, LOCAL_VIEWER) == []
    with pytest.raises(UnknownTerm):
        end_duty(services, who(services, "Siti"), made.id)


def test_nobody_sets_their_own_shift_and_only_some_roles_set_any(node: Node) -> None:
    services = node.services
    with pytest.raises(NotAllowed) as refused:
        set_shift(services, who(services, "Siti"), "Siti", at(1), at(9))
    assert refused.value.rule == "own-shift"
    for name in ("Aminah", "Ravi", "Watch"):
        with pytest.raises(NotAllowed) as refused:
            set_shift(services, who(services, name), "Lee", at(1), at(9))
        assert refused.value.rule == "role"


def test_a_deputy_gets_the_lists_and_nothing_else(node: Node, clock: FakeClock) -> None:
    services = node.services
    open_list(services, who(services, "Aminah"), "op-lintang")
    set_deputy(services, who(services, "Aminah"), "Ravi", "Aminah", at(1), at(24))
    assert who(services, "Ravi").lists == frozenset()
    clock.forward(hours=2)
    ravi = who(services, "Ravi")
    assert (ravi.lists, ravi.stands_for) == (frozenset({"op-lintang"}), frozenset({"officer-0001"}))
    assert (ravi.role, ravi.clearance) == ("analyst", Tlp.AMBER_STRICT)
    assert [one.name for one in list_lists(services, ravi)] == ["op-lintang"]
    clock.forward(hours=22)
    assert who(services, "Ravi").lists == frozenset()


def test_a_deputy_of_a_deputy_gets_nothing_of_the_first(node: Node) -> None:
    services = node.services
    open_list(services, who(services, "Aminah"), "op-lintang")
    set_deputy(services, who(services, "Aminah"), "Ravi", "Aminah", at(0), at(24))
    set_deputy(services, who(services, "Ravi"), "Lee", "Ravi", at(0), at(24))
    assert who(services, "Lee").lists == frozenset()
    assert who(services, "Lee").stands_for == frozenset({"officer-0003"})
    with pytest.raises(NotAllowed):  # nor does a deputy choose one for whom they stand for
        set_deputy(services, who(services, "Ravi"), "Lee", "Aminah", at(0), at(24))


def test_who_stood_in_for_somebody_who_left_gets_nothing_more(node: Node) -> None:
    services = node.services
    open_list(services, who(services, "Aminah"), "op-lintang")
    set_deputy(services, who(services, "Aminah"), "Ravi", "Aminah", at(0), at(24))
    assert who(services, "Ravi").lists == frozenset({"op-lintang"})
    close_account(services, "Aminah")
    assert (who(services, "Ravi").lists, who(services, "Ravi").stands_for) == (frozenset(), frozenset())


@pytest.mark.parametrize(("deputy", "rule"), [("Noor", "deputy-clearance"), ("Watch", "deputy-role")])
def test_who_is_cleared_for_less_stands_in_for_nobody(node: Node, deputy: str, rule: str) -> None:
    services = node.services
    with pytest.raises(NotAllowed) as refused:
        set_deputy(services, who(services, "Aminah"), deputy, "Aminah", at(0), at(24))
    assert refused.value.rule == rule
    with pytest.raises(NotAllowed):
        set_deputy(services, who(services, "Siti"), "Aminah", "Siti", at(0), at(24))  # cleared for less than Siti


def test_nobody_makes_themselves_a_deputy_to_read_a_list(node: Node) -> None:
    services = node.services
    open_list(services, who(services, "Aminah"), "op-lintang")
    with pytest.raises(NotAllowed) as refused:
        set_deputy(services, who(services, "Siti"), "Siti", "Aminah", at(0), at(24))
    assert refused.value.rule == "own-deputy"
    assert who(services, "Siti").lists == frozenset()


def test_a_deputy_does_not_stay_on_a_list_for_good(node: Node) -> None:
    services = node.services
    open_list(services, who(services, "Aminah"), "op-lintang")
    set_deputy(services, who(services, "Aminah"), "Ravi", "Aminah", at(0), at(24))
    with pytest.raises(NotAllowed) as refused:
        join(services, who(services, "Ravi"), "op-lintang", "Ravi")
    assert refused.value.rule == "own-list"
    join(services, who(services, "Aminah"), "op-lintang", "Aminah")  # who is on it already is told so


def test_a_supervisor_chooses_a_deputy_and_others_do_not(node: Node) -> None:
    services = node.services
    made = set_deputy(services, who(services, "Siti"), "Ravi", "Aminah", at(0), at(24))
    with pytest.raises(NotAllowed):
        set_deputy(services, who(services, "Lee"), "Ravi", "Aminah", at(0), at(24))
    with pytest.raises(NotAllowed):
        end_duty(services, who(services, "Lee"), made.id)
    end_duty(services, who(services, "Ravi"), made.id)  # a deputy may lay it down
    assert who(services, "Ravi").stands_for == frozenset()


@pytest.mark.parametrize(
    ("person", "stands_for", "start", "end", "error"),
    [
        ("Aminah", "Aminah", 0, 24, WrongUse),
        ("Ravi", "Aminah", 24, 0, WrongUse),
        ("Ravi", "Aminah", 1, 1, WrongUse),
        ("Ravi", "Aminah", -48, -24, WrongUse),
        ("Ravi", "Aminah", 0, 31 * 24 + 0.1, OverLimit),
        ("Nobody", "Aminah", 0, 24, UnknownTerm),
        ("Ravi", "Nobody", 0, 24, UnknownTerm),
    ],
)
def test_a_deputy_that_cannot_be_is_refused(
    node: Node, person: str, stands_for: str, start: float, end: float, error: type[LintasError]
) -> None:
    with pytest.raises(error):
        set_deputy(node.services, who(node.services, "Siti"), person, stands_for, at(start), at(end))
    assert list_duties(node.services, LOCAL_VIEWER) == []


def test_a_shift_of_more_than_a_day_is_refused(node: Node) -> None:
    with pytest.raises(OverLimit):
        set_shift(node.services, LOCAL_VIEWER, "Ravi", at(0), at(24.1))


@pytest.mark.parametrize("given", ["", "abc", "00000000", "0" * 64, "x" * 64])
def test_ending_what_is_not_there_is_refused(node: Node, given: str) -> None:
    set_shift(node.services, LOCAL_VIEWER, "Ravi", at(0), at(8))
    with pytest.raises(UnknownTerm):
        end_duty(node.services, LOCAL_VIEWER, given)


def test_times_are_of_the_nodes_zone_and_kept_as_utc(node: Node) -> None:
    config = node.services.config
    assert isinstance(config, NodeConfig)
    services = replace(node.services, config=replace(config, time_zone="Asia/Kuala_Lumpur"))
    assert moment_of(services, "2026-03-01 22:00") == datetime(2026, 3, 1, 14, 0, tzinfo=UTC)
    assert moment_of(services, "2026-03-01T22:00+09:00") == datetime(2026, 3, 1, 13, 0, tzinfo=UTC)
    assert as_zone_text(services, "2026-03-01T14:00:00.000Z") == "2026-03-01T22:00"
    for text in ("", "soon", "2026-03-01", "2026-13-01 10:00", "0001-01-01 00:00", "9999-12-31T23:59-10:00"):
        with pytest.raises(BadInput):
            moment_of(services, text)
    west = replace(node.services, config=replace(config, time_zone="Europe/London"))
    with pytest.raises(BadInput, match="leaves out"):
        moment_of(west, "2026-03-29 01:30")


def test_a_rebuild_shows_the_same_duties(node: Node) -> None:
    services = node.services
    set_shift(services, LOCAL_VIEWER, "Ravi", at(0), at(8))
    ended = set_deputy(services, LOCAL_VIEWER, "Ravi", "Aminah", at(0), at(30))
    end_duty(services, LOCAL_VIEWER, ended.id)
    before = list_duties(services, LOCAL_VIEWER)
    assert len(before) == 1
    assert rebuild(services, read_again=False, progress=no_progress).changed == []
    assert list_duties(services, LOCAL_VIEWER) == before
