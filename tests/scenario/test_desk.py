# SPDX-License-Identifier: Apache-2.0
"""A desk of several people: who has an alert, handing it over, what came lately in numbers, whose message it is."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from lintas.errors import BadInput, NotAllowed, UnknownTerm
from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.model.marking import Marking, Tlp
from lintas.model.viewer import Viewer
from lintas.node.node import Node
from lintas.testing import OFFICER, FakeClock, a_node, carry, two_nodes, up_to
from lintas.work.accounts import close_account
from lintas.work.intake import TakeOptions
from lintas.work.keeping import erase, rebuild
from lintas.work.peering import add_peer, describe
from lintas.work.proving import verify
from lintas.work.services import Services, no_progress
from lintas.work.sharing import share
from lintas.work.watching import (
    acknowledge,
    add_watch,
    digest,
    end_watch,
    hand_over,
    list_alerts,
    list_watches,
    receivers,
    show_alert,
    wait_alerts,
)
from tests.scenario.browsing import officer
from tests.scenario.giving import take_text

PHONE, OTHER = "+60123456789", "+60199999999"
SECOND = Viewer(id="officer-0002", clearance=Tlp.RED)
THIRD = Viewer(id="officer-0003", clearance=Tlp.RED, role="analyst")
LOW = Viewer(id="officer-0004", clearance=Tlp.GREEN)
OPERATOR = Viewer(id="officer-0005", clearance=Tlp.RED, role="operator")
BOSS = Viewer(id="officer-0006", clearance=Tlp.RED, role="supervisor")
FOLDER = Viewer(id="local:cli", clearance=Tlp.RED)


@pytest.fixture
def desk(node: Node) -> Services:
    """Six people, one watch of the first, one alert."""
    for name, tlp, role in (
        ("Aminah", Tlp.RED, "duty_officer"),
        ("Budi", Tlp.RED, "duty_officer"),
        ("Chan", Tlp.RED, "analyst"),
        ("Dara", Tlp.GREEN, "duty_officer"),
        ("Eko", Tlp.RED, "operator"),
        ("Farah", Tlp.RED, "supervisor"),
    ):
        officer(node, name, clearance=tlp, role=role, password=None)
    add_watch(node.services, OFFICER, [PHONE], note="case 7")
    take_text(node.services, f"call {PHONE}", options=TakeOptions(source="Hotline"))
    return node.services


def the_alert(services: Services) -> str:
    (alert,) = list_alerts(services, OFFICER).alerts
    return alert.id


def mine(services: Services, viewer: Viewer) -> list[str]:
    return [alert.id for alert in list_alerts(services, viewer, mine=True).alerts]


def test_who_set_the_watch_has_the_alert_until_it_is_handed_over(desk: Services) -> None:
    alert = the_alert(desk)
    assert (mine(desk, OFFICER), mine(desk, SECOND)) == ([alert], [])
    given = hand_over(desk, OFFICER, alert, "Budi")
    assert (given.has, given.owner) == ("officer-0002", "officer-0001")
    assert (mine(desk, OFFICER), mine(desk, SECOND)) == ([], [alert])
    assert [one.id for one in list_alerts(desk, OFFICER).alerts] == [alert], "all still see it"
    given = hand_over(desk, SECOND, alert, "officer-0003")
    assert given.has == "officer-0003"
    assert (mine(desk, SECOND), mine(desk, THIRD)) == ([], [alert])
    assert rebuild(desk, progress=no_progress).changed == []
    assert verify(desk, progress=no_progress).ok
    assert mine(desk, THIRD) == [alert]


def test_who_has_it_waits_for_their_own_only(desk: Services) -> None:
    got: list[str] = []
    waiter = threading.Thread(
        target=lambda: got.extend(a.id for a in wait_alerts(desk, SECOND, after="", wait_s=60, mine=True).alerts)
    )
    waiter.start()
    alert = the_alert(desk)
    hand_over(desk, OFFICER, alert, "Budi")
    waiter.join(60)
    assert got == [alert]


@pytest.mark.parametrize("viewer", [SECOND, THIRD])
def test_somebody_else_hands_nothing_over(desk: Services, viewer: Viewer) -> None:
    with pytest.raises(NotAllowed) as caught:
        hand_over(desk, viewer, the_alert(desk), "Chan")
    assert caught.value.rule == "role"
    assert receivers(desk, viewer, the_alert(desk)) == []
    assert mine(desk, OFFICER) != []


@pytest.mark.parametrize("viewer", [BOSS, FOLDER])
def test_a_supervisor_and_whoever_has_the_folder_hand_over(desk: Services, viewer: Viewer) -> None:
    assert hand_over(desk, viewer, the_alert(desk), "Chan").has == "officer-0003"


def test_the_owner_of_the_watch_may_take_it_back(desk: Services) -> None:
    alert = the_alert(desk)
    hand_over(desk, OFFICER, alert, "Budi")
    assert hand_over(desk, OFFICER, alert, "officer-0001").has == "officer-0001"
    with pytest.raises(NotAllowed):
        hand_over(desk, SECOND, alert, "Chan")


def test_only_who_may_see_it_receives_it(desk: Services) -> None:
    alert = the_alert(desk)
    for name in ("Dara", "Eko"):
        with pytest.raises(NotAllowed) as caught:
            hand_over(desk, OFFICER, alert, name)
        assert caught.value.rule == "receiver"
    close_account(desk, "Budi")
    for name in ("Budi", "officer-0002", "Nobody", "", "local:cli"):
        with pytest.raises(UnknownTerm):
            hand_over(desk, OFFICER, alert, name)
    assert [(one.id, one.name) for one in receivers(desk, OFFICER, alert)] == [
        ("officer-0003", "Chan"),
        ("officer-0006", "Farah"),
    ]


@pytest.mark.parametrize("alert", ["", "0" * 64, "zz", "0" * 63])
def test_an_alert_that_is_none_is_not_handed_over(desk: Services, alert: str) -> None:
    with pytest.raises(UnknownTerm):
        hand_over(desk, OFFICER, alert, "Budi")
    with pytest.raises(UnknownTerm):
        receivers(desk, OFFICER, alert)
    with pytest.raises(UnknownTerm):
        show_alert(desk, OFFICER, alert)


def test_an_alert_that_one_may_not_see_is_no_alert(desk: Services) -> None:
    alert = the_alert(desk)
    for act in (
        lambda: hand_over(desk, LOW, alert, "Budi"),
        lambda: receivers(desk, LOW, alert),
        lambda: show_alert(desk, LOW, alert),
    ):
        with pytest.raises(UnknownTerm):
            act()
    with pytest.raises(NotAllowed):
        hand_over(desk, OPERATOR, alert, "Budi")


def test_handing_over_to_who_has_it_writes_nothing(desk: Services) -> None:
    before = desk.store.read(lambda snapshot: snapshot.places_of("handover"))
    hand_over(desk, OFFICER, the_alert(desk), "Aminah")
    assert desk.store.read(lambda snapshot: snapshot.places_of("handover")) == before


def test_the_entry_of_a_handover_holds_pseudonyms_and_a_message_only(desk: Services) -> None:
    alert = the_alert(desk)
    hand_over(desk, OFFICER, alert, "Budi")
    (place,) = desk.store.read(lambda snapshot: snapshot.places_of(Kind.HANDOVER.value))
    (entry,) = desk.store.read(lambda snapshot: list(snapshot.entries(place, place + 1)))
    body = json.loads(entry.header)["body"]
    target = desk.store.read(lambda snapshot: snapshot.entry_by_id(MessageId(body["target"])))
    assert target is not None
    assert json.loads(target.header)["kind"] == "alert"
    assert (body["by"], body["to"], body.keys()) == ("officer-0001", "officer-0002", {"by", "to", "target"})
    assert alert.encode() not in entry.header, "its own id could be found by trying phone numbers"
    assert b"Budi" not in entry.header


def test_of_two_who_hand_over_at_once_one_no_longer_has_it(desk: Services) -> None:
    alert = the_alert(desk)
    hand_over(desk, OFFICER, alert, "Budi")
    done: list[str] = []

    def give(to: str) -> None:
        try:
            done.append(hand_over(desk, SECOND, alert, to).id)
        except NotAllowed as exc:
            done.append(exc.rule)

    threads = [threading.Thread(target=give, args=(to,)) for to in ("Chan", "Farah")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(done) == sorted([alert, "role"])


def test_an_erased_alert_is_handed_over_no_more(desk: Services) -> None:
    alert = the_alert(desk)
    hand_over(desk, OFFICER, alert, "Budi")
    (shown,) = list_alerts(desk, OFFICER).alerts
    erase(desk, BOSS, [shown.message], ground="recall")
    assert mine(desk, SECOND) == []
    with pytest.raises(UnknownTerm):
        hand_over(desk, SECOND, alert, "Chan")
    assert rebuild(desk, progress=no_progress).changed == []


def test_an_erased_watch_leaves_its_alerts_with_nobody(desk: Services) -> None:
    (watch,) = list_watches(desk, OFFICER)
    end_watch(desk, OFFICER, watch.id)
    erase(desk, BOSS, [watch.id], ground="retention")
    for alert in list_alerts(desk, BOSS).alerts:
        assert (alert.has, alert.owner) == ("", "")
        assert hand_over(desk, BOSS, alert.id, "Chan").has == "officer-0003"


def test_what_came_lately_is_counted_by_watch_and_by_who_says_so(desk: Services, clock: FakeClock) -> None:
    clock.forward(hours=1)
    add_watch(desk, SECOND, [OTHER, "+60188888888", "a@mail.test", "b@mail.test"])
    for number in range(3):
        take_text(desk, f"{number}: call {OTHER}", name=f"{number}.txt")
        clock.forward(minutes=1)
    acknowledge(desk, SECOND, list_alerts(desk, SECOND, mine=True).alerts[0].id)
    every = digest(desk, OFFICER, "")
    assert (every.alerts, every.unacknowledged, len(every.watches)) == (4, 3, 2)
    first, second = every.watches
    assert (first.owner, first.alerts, first.unacknowledged) == ("officer-0002", 3, 2)
    assert [term.value for term in first.terms] == [OTHER], "of four terms the one that was met"
    assert (first.first_at, first.newest_at) == ("2026-03-01T04:00:00.000Z", "2026-03-01T04:02:00.000Z")
    assert [(one.node, one.name, one.flags, one.alerts) for one in first.from_] == [
        (desk.keys.node, "Example anti-scam centre, MY", [], 3)
    ]
    assert (second.note, second.alerts) == ("case 7", 1)
    late = digest(desk, OFFICER, "2026-03-01T12:01:00+08:00")
    assert [(line.owner, line.alerts) for line in late.watches] == [("officer-0002", 2)]
    assert digest(desk, OFFICER, "2026-03-02").watches == []


def test_the_count_leaves_out_what_one_may_not_see(desk: Services) -> None:
    add_watch(desk, LOW, [PHONE], note="low")
    take_text(desk, f"green: call {PHONE}", name="g.txt", options=TakeOptions(marking=Marking(tlp=Tlp.GREEN)))
    found = digest(desk, LOW, "")
    assert found.alerts == 2  # of the green message: one of each watch
    assert sorted((line.owner, line.note, len(line.terms)) for line in found.watches) == [
        ("", "", 1),  # another officer's watch, whose words stand above this clearance
        ("officer-0004", "low", 1),
    ]
    with pytest.raises(NotAllowed):
        digest(desk, OPERATOR, "")


@pytest.mark.parametrize("since", ["yesterday", "2026-03-01T00:00:00", "2026-13-01", "9" * 50])
def test_a_time_that_is_none_is_refused(desk: Services, since: str) -> None:
    with pytest.raises(BadInput):
        digest(desk, OFFICER, since)


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Node, Node]]:
    """MY watches, SG says."""
    with two_nodes(tmp_path) as (here, there):
        add_watch(here.services, OFFICER, [PHONE])
        said = take_text(there.services, f"victim called {PHONE}", options=TakeOptions(marking=Marking(tlp=Tlp.AMBER)))
        share(there.services, OFFICER, said.messages, to=[here.services.keys.node])
        carry(there, here)
        yield here, there


def shown_at(sender: Node) -> list[str]:
    """States that the sender knows of its released messages."""
    lines = sender.services.store.read(lambda s: s.outbox(scope=up_to(Tlp.RED), channel="", before=2**62, limit=9))
    return [line.states for line in lines if line.kind == "item"]


def test_an_alert_on_a_peers_message_says_whose_it_is(pair: tuple[Node, Node]) -> None:
    here, there = pair
    (alert,) = list_alerts(here.services, OFFICER).alerts
    assert (alert.from_, alert.from_name, alert.from_flags) == (
        there.services.keys.node,
        "Sample crime desk, SG",
        ["unverified"],
    )
    (line,) = digest(here.services, OFFICER, "").watches
    assert [(one.name, one.flags) for one in line.from_] == [("Sample crime desk, SG", ["unverified"])]


def test_acknowledging_tells_the_sender_once_that_it_was_shown(pair: tuple[Node, Node]) -> None:
    here, there = pair
    carry(here, there)
    assert shown_at(there) == ["stored"]
    (alert,) = list_alerts(here.services, OFFICER).alerts
    assert carry(here, there) == 0, "a list tells nobody anything"
    for _ in range(2):
        acknowledge(here.services, OFFICER, alert.id)
    assert carry(here, there) == 1
    assert shown_at(there) == ["stored shown"]
    acknowledge(here.services, SECOND, alert.id)
    assert carry(here, there) == 0
    for node in pair:
        assert rebuild(node.services, progress=no_progress).changed == []
        assert verify(node.services, progress=no_progress).ok


def test_acknowledging_an_own_message_tells_nobody(node: Node) -> None:
    add_watch(node.services, OFFICER, [PHONE])
    take_text(node.services, f"call {PHONE}")
    before = node.services.store.read(lambda snapshot: snapshot.places_of("receipt"))
    acknowledge(node.services, OFFICER, the_alert(node.services))
    assert node.services.store.read(lambda snapshot: snapshot.places_of("receipt")) == before == []


def test_a_name_that_looks_like_ours_is_flagged(tmp_path: Path) -> None:
    clock = FakeClock()
    with a_node(tmp_path / "a", clock=clock) as here, a_node(tmp_path / "b", clock=clock, country="SG") as there:
        for one, other in ((here, there), (there, here)):
            add_peer(one.services, OFFICER, describe(other.services))
        add_watch(here.services, OFFICER, [PHONE])
        said = take_text(there.services, f"call {PHONE}", options=TakeOptions(marking=Marking(tlp=Tlp.AMBER)))
        share(there.services, OFFICER, said.messages, to=[here.services.keys.node])
        carry(there, here)
        (alert,) = list_alerts(here.services, OFFICER).alerts
        assert alert.from_flags[0] == "unverified"
        assert any(flag.startswith("looks like this node") for flag in alert.from_flags)
