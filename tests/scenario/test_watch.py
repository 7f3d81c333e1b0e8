# SPDX-License-Identifier: Apache-2.0
"""A watch alerts once for each message that meets it, to those who may see the message."""

import threading
from pathlib import Path

import pytest

from lintas.errors import BadInput, NotAllowed, OverLimit, UnknownTerm
from lintas.model.marking import Marking, Tlp
from lintas.model.viewer import Viewer
from lintas.testing import CLERK, OFFICER, FakeClock, a_node
from lintas.work.intake import TakeOptions
from lintas.work.keeping import erase, rebuild
from lintas.work.proving import verify
from lintas.work.services import Services, no_progress
from lintas.work.watching import acknowledge, add_watch, end_watch, list_alerts, list_watches, wait_alerts
from tests.scenario.giving import take_text

PHONE = "+60123456789"


def test_a_message_that_meets_a_watch_alerts_in_the_same_transaction(services: Services) -> None:
    watch = add_watch(services, OFFICER, [PHONE], note="Ops Lintas")
    taken = take_text(services, f"call {PHONE}", options=TakeOptions(source="Hotline"))
    [alert] = list_alerts(services, OFFICER).alerts
    assert taken.alerts == 1
    assert (alert.watch, alert.message, alert.term) == (watch.watch, taken.messages[0], PHONE)
    assert (alert.from_, alert.source) == (services.keys.node, "Hotline")
    assert PHONE in alert.reason


def test_what_is_held_already_does_not_alert_but_is_counted(services: Services) -> None:
    take_text(services, f"call {PHONE}")
    assert add_watch(services, OFFICER, [PHONE, "+60199999999"]).already_held == 1
    assert list_alerts(services, OFFICER).alerts == []


def test_the_same_message_alerts_once_whatever_is_repeated(tmp_path: Path) -> None:
    with a_node(tmp_path) as node:
        add_watch(node.services, OFFICER, [PHONE])
        take_text(node.services, f"call {PHONE} or {PHONE}")
        take_text(node.services, f"call {PHONE} or {PHONE}")
        first = list_alerts(node.services, OFFICER).alerts
    with a_node(tmp_path) as node:
        rebuild(node.services, progress=no_progress)
        rebuild(node.services, read_again=True, progress=no_progress)
        again = list_alerts(node.services, OFFICER).alerts
        assert len(first) == 1
        assert again == first
        assert verify(node.services, progress=no_progress).ok


def test_an_alert_about_what_one_may_not_see_does_not_exist(services: Services) -> None:
    add_watch(services, CLERK, [PHONE])
    take_text(services, f"call {PHONE}", options=TakeOptions(marking=Marking(tlp=Tlp.RED)))
    [alert] = list_alerts(services, OFFICER).alerts
    assert list_alerts(services, CLERK).alerts == []
    with pytest.raises(UnknownTerm):
        acknowledge(services, CLERK, alert.id)
    with pytest.raises(UnknownTerm):
        list_alerts(services, CLERK, after=alert.id)


def test_an_expired_or_ended_watch_is_silent(services: Services, clock: FakeClock) -> None:
    add_watch(services, OFFICER, [PHONE], days=10)
    ended = add_watch(services, OFFICER, [PHONE], days=100)
    end_watch(services, OFFICER, ended.watch)
    clock.forward(days=11)
    take_text(services, f"call {PHONE}")
    assert list_alerts(services, OFFICER).alerts == []
    assert {one.state for one in list_watches(services, OFFICER)} == {"expired", "ended"}


def test_alerts_come_in_order_after_the_last_one_seen(services: Services) -> None:
    add_watch(services, OFFICER, [PHONE])
    for number in range(4):
        take_text(services, f"{number}: call {PHONE}", name=f"{number}.txt")
    every = list_alerts(services, OFFICER).alerts
    assert [one.seq for one in every] == sorted(one.seq for one in every)
    assert list_alerts(services, OFFICER, after=every[1].id).alerts == every[2:]
    assert list_alerts(services, OFFICER, newest=True).alerts == every[::-1]


def test_the_first_to_acknowledge_stands(services: Services) -> None:
    add_watch(services, OFFICER, [PHONE])
    take_text(services, f"call {PHONE}")
    [alert] = list_alerts(services, OFFICER).alerts
    other = Viewer(id="officer-0007", clearance=Tlp.RED)
    assert acknowledge(services, OFFICER, alert.id).acknowledged_by == OFFICER.id
    assert acknowledge(services, other, alert.id).acknowledged_by == OFFICER.id


def test_who_waits_is_woken_by_an_alert(services: Services) -> None:
    add_watch(services, OFFICER, [PHONE])
    got: list[str] = []
    waiter = threading.Thread(
        target=lambda: got.extend(a.id for a in wait_alerts(services, OFFICER, after="", wait_s=60).alerts)
    )
    waiter.start()
    take_text(services, f"call {PHONE}")
    waiter.join(timeout=250)
    assert len(got) == 1


def test_waiting_for_nothing_ends(services: Services) -> None:
    assert wait_alerts(services, OFFICER, after="", wait_s=0).alerts == []


@pytest.mark.parametrize("terms", [[], ["just some words"], [PHONE, "Lim Wei"]])
def test_a_watch_on_no_identifier_is_refused_whole(services: Services, terms: list[str]) -> None:
    with pytest.raises((BadInput, OverLimit)):
        add_watch(services, OFFICER, terms)
    assert list_watches(services, OFFICER) == []


def test_a_watch_longer_than_a_year_is_refused(services: Services) -> None:
    with pytest.raises(BadInput):
        add_watch(services, OFFICER, [PHONE], days=366)


def test_only_its_owner_or_a_supervisor_ends_a_watch(services: Services) -> None:
    watch = add_watch(services, OFFICER, [PHONE]).watch
    with pytest.raises(UnknownTerm):
        end_watch(services, CLERK, watch)
    assert list_watches(services, CLERK) == []
    with pytest.raises(NotAllowed):
        end_watch(services, Viewer(id="officer-0007", clearance=Tlp.RED), watch)
    boss = Viewer(id="officer-0008", clearance=Tlp.RED, role="supervisor")
    assert end_watch(services, boss, watch).state == "ended"
    with pytest.raises(UnknownTerm):
        end_watch(services, boss, "0" * 64)


def test_erasing_a_message_erases_the_alert_that_repeats_it(services: Services) -> None:
    add_watch(services, OFFICER, [PHONE])
    taken = take_text(services, f"call {PHONE}")
    gone = erase(services, OFFICER, taken.intakes, ground="recall")
    assert len(gone.also) == 2  # the item and its alert
    assert list_alerts(services, OFFICER).alerts == []
    assert rebuild(services, progress=no_progress).changed == []
    assert verify(services, progress=no_progress).ok
