# SPDX-License-Identifier: Apache-2.0
"""Hand-over: nothing of the desk is ever without an owner but in the supervisor's sight."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lintas.errors import LintasError, NotAllowed, UnknownTerm, WrongUse
from lintas.model.handing_answers import HandOver, OpenThing
from lintas.model.marking import Marking, Protected, Tlp
from lintas.model.viewer import Viewer
from lintas.node.node import Node
from lintas.ports.store import Snapshot
from lintas.testing import OFFICER, FakeClock, a_node, carry, two_nodes
from lintas.work import cases, duties, handing, reports, requests, watching
from lintas.work.accounts import close_account, create_account
from lintas.work.accounts.viewing import viewer_of
from lintas.work.clocks import promise_call
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.orders import propose
from lintas.work.services import no_progress
from tests.scenario.casing import sample_fields, unchanged
from tests.scenario.deciding import people, sharing, taken

NAMES = ("Aminah", "Ravi", "Mei")


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    with a_node(tmp_path) as opened:
        yield opened


def person(node: Node, name: str, role: str = "duty_officer", clearance: Tlp = Tlp.RED) -> str:
    return create_account(node.services, name=name, password=None, role=role, clearance=clearance)


def seen_as(node: Node, account: str) -> Viewer:
    def look(snapshot: Snapshot) -> Viewer:
        row = snapshot.account(account)
        assert row is not None
        return viewer_of(node.services, snapshot, row)

    return node.services.store.read(look)


def task(node: Node, who: str, title: str = "Ask the bank") -> str:
    viewer = seen_as(node, who)
    ref = cases.open_case(node.services, viewer, title).ref
    return cases.add_task(node.services, viewer, ref, title).message


def open_for(node: Node, who: str) -> HandOver:
    return handing.list_open(node.services, seen_as(node, who))


def targets(rows: list[OpenThing]) -> set[str]:
    return {one.target for one in rows}


def test_a_thing_stays_with_its_owner_until_it_is_accepted_by_name(node: Node) -> None:
    aminah, ravi, boss = person(node, "Aminah"), person(node, "Ravi"), person(node, "Boss", "supervisor")
    thing = task(node, aminah)
    handing.offer_all(node.services, seen_as(node, aminah), ravi)
    assert targets(open_for(node, aminah).mine) == {thing}
    assert targets(open_for(node, ravi).to_me) == {thing}
    assert [(one.target, one.why) for one in open_for(node, boss).left] == [(thing, "offered")]
    handing.accept(node.services, seen_as(node, ravi), [thing])
    assert open_for(node, aminah).mine == []
    assert targets(open_for(node, ravi).mine) == {thing}
    assert open_for(node, boss).left == []


def test_what_is_declined_stays_with_who_offered_it(node: Node) -> None:
    aminah, ravi = person(node, "Aminah"), person(node, "Ravi")
    thing = task(node, aminah)
    handing.offer_all(node.services, seen_as(node, aminah), ravi)
    handing.decline(node.services, seen_as(node, ravi), [thing])
    assert open_for(node, ravi).to_me == []
    assert targets(open_for(node, aminah).mine) == {thing}


def test_nobody_accepts_what_was_offered_to_another(node: Node) -> None:
    aminah, ravi, mei = (person(node, name) for name in NAMES)
    thing = task(node, aminah)
    handing.offer_all(node.services, seen_as(node, aminah), ravi)
    for does in (handing.accept, handing.decline):
        done = does(node.services, seen_as(node, mei), [thing])
        assert done.done == []
        assert [why for _, why in done.refused] == ["It is not offered to you."]


def test_nobody_takes_or_offers_what_another_answers_for(node: Node) -> None:
    aminah, ravi, mei = (person(node, name) for name in NAMES)
    thing = task(node, aminah)
    assert handing.take(node.services, seen_as(node, ravi), [thing]).done == []
    assert handing.offer(node.services, seen_as(node, ravi), mei, [thing]).done == []
    assert targets(open_for(node, aminah).mine) == {thing}


def test_a_supervisor_gives_what_was_left(node: Node) -> None:
    aminah, ravi, boss = person(node, "Aminah"), person(node, "Ravi"), person(node, "Boss", "supervisor")
    thing = task(node, aminah)
    close_account(node.services, aminah)
    assert [(one.target, one.why) for one in open_for(node, boss).left] == [(thing, "closed")]
    assert handing.offer(node.services, seen_as(node, boss), ravi, [thing]).done == [thing]
    assert handing.accept(node.services, seen_as(node, ravi), [thing]).done == [thing]
    assert open_for(node, boss).left == []


def test_whose_shift_ended_is_shown_to_the_supervisor_with_what_they_left(tmp_path: Path) -> None:
    clock = FakeClock()
    with a_node(tmp_path, clock=clock) as node:
        aminah, boss = person(node, "Aminah"), person(node, "Boss", "supervisor")
        now = clock.now()
        duties.set_shift(node.services, seen_as(node, boss), aminah, now, now + timedelta(hours=8))
        thing = task(node, aminah)
        assert open_for(node, boss).left == []
        clock.forward(hours=9)
        assert [(one.target, one.why) for one in open_for(node, boss).left] == [(thing, "off_duty")]
        with pytest.raises(NotAllowed):
            open_for(node, aminah)


def test_nothing_is_offered_to_somebody_who_may_not_see_it_or_is_off_duty(tmp_path: Path) -> None:
    clock = FakeClock()
    with a_node(tmp_path, clock=clock) as node:
        aminah, low, boss = (
            person(node, "Aminah"),
            person(node, "Low", clearance=Tlp.GREEN),
            person(node, "Boss", "supervisor"),
        )
        thing = task(node, aminah)
        done = handing.offer(node.services, seen_as(node, aminah), low, [thing])
        assert done.done == [] and "may not see it" in done.refused[0][1]
        now = clock.now()
        duties.set_shift(node.services, seen_as(node, boss), low, now + timedelta(hours=1), now + timedelta(hours=2))
        with pytest.raises(NotAllowed, match="off duty"):
            handing.offer_all(node.services, seen_as(node, aminah), low)
        with pytest.raises(NotAllowed):
            handing.offer_all(node.services, seen_as(node, aminah), person(node, "Op", "operator"))
        with pytest.raises(WrongUse):
            handing.offer_all(node.services, seen_as(node, aminah), aminah)
        with pytest.raises(UnknownTerm):
            handing.offer_all(node.services, seen_as(node, aminah), "nobody")


def test_only_supervisors_look_at_what_another_has(node: Node) -> None:
    aminah, ravi, boss = person(node, "Aminah"), person(node, "Ravi"), person(node, "Boss", "supervisor")
    thing = task(node, aminah)
    with pytest.raises(UnknownTerm):
        handing.list_open(node.services, seen_as(node, ravi), aminah)
    assert targets(handing.list_open(node.services, seen_as(node, boss), aminah).mine) == {thing}
    assert open_for(node, ravi).left == []


def test_nothing_named_changes_nothing(node: Node) -> None:
    aminah = person(node, "Aminah")
    for does in (handing.accept, handing.decline, handing.take):
        with pytest.raises(WrongUse):
            does(node.services, seen_as(node, aminah), [])
        assert does(node.services, seen_as(node, aminah), ["0" * 64]).done == []


def test_requests_and_promised_calls_and_alerts_are_handed_over_too(tmp_path: Path) -> None:
    with two_nodes(tmp_path) as (here, there):
        aminah, ravi = person(here, "Aminah"), person(here, "Ravi")
        me = seen_as(here, aminah)
        form = next(code for code, one in here.services.packs.forms.forms.items() if one.answers and not one.outside)
        sent = requests.send(
            here.services, me, to=there.services.keys.node, form=form, fields=sample_fields(here, form)
        )
        promise_call(here.services, me, sent.line.message, here.services.clock.now() + timedelta(hours=1), "the bank")
        watching.add_watch(here.services, me, ["+60123456789"], days=1, note="")
        take(
            here.services,
            me,
            [TakenFile(name="a.txt", data=b"call +60123456789")],
            options=TakeOptions(marking=Marking(tlp=Tlp.AMBER)),
            progress=no_progress,
        )
        mine = open_for(here, aminah).mine
        assert {one.what for one in mine} == {"request", "promise", "alert"}
        done = handing.offer_all(here.services, me, ravi)
        assert set(done.done) == targets(mine)
        handing.accept(here.services, seen_as(here, ravi), [one.target for one in open_for(here, ravi).to_me])
        assert open_for(here, aminah).mine == []
        assert {one.what for one in open_for(here, ravi).mine} == {"request", "promise", "alert"}
        (alert,) = watching.list_alerts(here.services, seen_as(here, ravi), mine=True).alerts
        assert alert.has == ravi
        unchanged(here)


def test_a_report_stays_with_who_took_it_until_it_is_accepted(node: Node) -> None:
    aminah, ravi = person(node, "Aminah"), person(node, "Ravi")
    filed = reports.file_report(node.services, seen_as(node, aminah), {"how": "phone", "short": "A parcel"})
    (row,) = open_for(node, aminah).mine
    assert (row.what, row.ref) == ("report", filed.ref)
    handing.offer_all(node.services, seen_as(node, aminah), ravi)
    handing.accept(node.services, seen_as(node, ravi), [row.target])
    assert targets(open_for(node, ravi).mine) == {row.target}
    reports.close_report(node.services, seen_as(node, ravi), filed.ref)
    assert open_for(node, ravi).mine == []


def test_a_pending_approval_is_handed_over_and_stays_its_proposers_to_confirm(tmp_path: Path) -> None:
    with two_nodes(tmp_path) as (here, there):
        message = taken(here, classes=[Protected.CHILD])
        proposer, other = people(here, "Aminah", "Budi supervisor")
        order = propose(here.services, proposer.viewer(), "share", sharing(message, there))
        (row,) = handing.list_open(here.services, proposer.viewer()).mine
        assert (row.what, row.target) == ("approval", order.id)
        handing.offer_all(here.services, proposer.viewer(), other.viewer().id)
        handing.accept(here.services, other.viewer(), [row.target])
        assert [one.target for one in handing.list_open(here.services, other.viewer()).mine] == [order.id]
        with pytest.raises(LintasError):
            other.says(order, "confirmed")  # whose order it is stays as it was


def test_a_request_that_came_is_nobodys_until_somebody_takes_it(tmp_path: Path) -> None:
    with two_nodes(tmp_path) as (here, there):
        ravi, boss = person(there, "Ravi"), person(there, "Boss", "supervisor")
        form = next(code for code, one in here.services.packs.forms.forms.items() if one.answers and not one.outside)
        requests.send(here.services, OFFICER, to=there.services.keys.node, form=form, fields=sample_fields(here, form))
        carry(here, there)
        (row,) = open_for(there, ravi).nobody
        assert row.what == "request"
        assert [one.why for one in open_for(there, boss).left] == ["unowned"]
        handing.take(there.services, seen_as(there, ravi), [row.target])
        assert targets(open_for(there, ravi).mine) == {row.target}
        assert open_for(there, boss).left == []


STEPS = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 2), st.integers(0, 2), st.integers(0, 3)), max_size=20)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=STEPS)
def test_whatever_happens_nothing_is_without_an_owner_but_in_the_supervisors_sight(
    tmp_path_factory: pytest.TempPathFactory, plan: list[tuple[int, int, int, int]]
) -> None:
    clock = FakeClock()
    with a_node(tmp_path_factory.mktemp("hand"), clock=clock) as node:
        people = [person(node, name) for name in NAMES]
        boss = person(node, "Boss", "supervisor")
        things = [task(node, people[number % 3], f"Task {number}") for number in range(4)]
        for what, who, whom, which in plan:
            with suppress(LintasError):  # what is refused changes nothing
                act(node, clock, boss, (people[who], people[whom]), what, things[which])
            assert_owned(node, boss, people, things)


def act(node: Node, clock: FakeClock, boss: str, pair: tuple[str, str], what: int, thing: str) -> None:
    who, whom = pair
    supervisor = seen_as(node, boss)
    match what:
        case 0:
            handing.offer_all(node.services, seen_as(node, who), whom)
        case 1:
            handing.offer(node.services, seen_as(node, who), whom, [thing])
        case 2:
            handing.accept(node.services, seen_as(node, who), [thing])
        case 3:
            handing.decline(node.services, seen_as(node, who), [thing])
        case 4:
            handing.take(node.services, seen_as(node, who), [thing])
        case 5:
            now = clock.now()
            duties.set_shift(node.services, supervisor, who, now, now + timedelta(hours=1))
        case 6:
            clock.forward(minutes=40)
        case _:
            close_account(node.services, who)


def assert_owned(node: Node, boss: str, people: list[str], things: list[str]) -> None:
    """Every open thing has an owner who works here and is on duty, or the supervisor sees it."""
    left = targets(open_for(node, boss).left)
    seen = [open_for(node, boss).mine]
    open_ = {row.id for row in node.services.store.read(lambda snapshot: snapshot.accounts()) if row.state == "open"}
    here = [one for one in people if one in open_ and not seen_as(node, one).is_off_duty]
    seen += [open_for(node, one).mine for one in here]
    owned = {target for rows in seen for target in targets(rows)}
    assert set(things) <= owned | left
    for target in set(things) - left:
        assert sum(target in targets(rows) for rows in seen) == 1
