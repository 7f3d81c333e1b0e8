# SPDX-License-Identifier: Apache-2.0
"""What takes two people with protected classes, once people have passkeys: unmask a child, release a class, save."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lintas.errors import NotAllowed, UnknownTerm
from lintas.limits import GRANT_S_MAX
from lintas.model.marking import Marking, Protected, Tlp
from lintas.node.node import Node
from lintas.testing import FakeClock, a_node
from lintas.web.local.calling import LOCAL_VIEWER
from lintas.work.finding import show_message
from lintas.work.intake import TakenFile, TakeOptions, export_file, take
from lintas.work.orders import propose
from lintas.work.protecting import add_class, release_class
from lintas.work.proving import verify
from lintas.work.services import no_progress
from lintas.work.watching import add_watch, list_alerts
from tests.scenario.deciding import Person, people

PHONE = "+60123459001"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def node(tmp_path: Path, clock: FakeClock) -> Iterator[Node]:
    with a_node(tmp_path, clock=clock) as opened:
        yield opened


def given(node: Node, one: Protected) -> tuple[str, str]:
    return plain(node, frozenset({one}))


def plain(node: Node, classes: frozenset[Protected] = frozenset()) -> tuple[str, str]:
    """A message, and the taken file that holds it."""
    taken = take(
        node.services,
        LOCAL_VIEWER,
        [TakenFile(name="report.txt", data=f"Rahsia binti Contoh, {PHONE}".encode())],
        options=TakeOptions(classes=classes, marking=Marking(tlp=Tlp.AMBER)),
        progress=no_progress,
    )
    return taken.messages[0], taken.intakes[0]


def test_a_child_is_unmasked_when_a_second_person_agreed_for_a_while_and_for_who_asked(
    node: Node, clock: FakeClock
) -> None:
    one, other = people(node, "Aminah supervisor", "Budi supervisor")
    message, _ = given(node, Protected.CHILD)

    def opens(person: Person) -> bool:
        viewer = person.viewer()
        try:
            return "Rahsia" in show_message(node.services, viewer, message, purpose="find them", unmask=True).received
        except NotAllowed as refusal:
            return refusal.rule != "needs-order"

    assert not opens(one)
    order = propose(node.services, one.viewer(), "unmask", {"messages": [message], "purpose": "find them"})
    one.says(order, "confirmed")
    assert not opens(one)
    other.says(order, "approved")
    assert opens(one)
    assert not opens(other)
    assert show_message(node.services, one.viewer(), message).received == ""
    clock.forward(seconds=GRANT_S_MAX)
    assert not opens(one)


def test_a_class_is_released_whole_by_two_and_the_log_bears_it(node: Node) -> None:
    one, other = people(node, "Aminah supervisor", "Budi supervisor")
    add_watch(node.services, one.viewer(), [PHONE])
    message, intake = given(node, Protected.VICTIM)
    assert [alert.term for alert in list_alerts(node.services, one.viewer()).alerts] == ["▒▒▒"]
    with pytest.raises(NotAllowed) as caught:
        release_class(node.services, one.viewer(), [message], "victim")
    assert caught.value.rule == "needs-order"
    order = propose(node.services, one.viewer(), "class.release", {"messages": [message], "class": "victim"})
    one.says(order, "confirmed")
    assert show_message(node.services, one.viewer(), message).masked
    other.says(order, "approved")
    assert "Rahsia" in show_message(node.services, one.viewer(), message).received
    assert not show_message(node.services, one.viewer(), intake).masked
    assert [alert.term for alert in list_alerts(node.services, one.viewer()).alerts] == [PHONE]
    found = verify(node.services, progress=no_progress)
    assert found.ok, found.problems


def test_nobody_but_the_unit_proposes_to_release_its_reports(node: Node) -> None:
    one, unit = people(node, "Aminah supervisor", "Budi fiu_officer")
    message, _ = given(node, Protected.STR)
    asked = {"messages": [message], "class": "str"}
    with pytest.raises(UnknownTerm):
        propose(node.services, one.viewer(), "class.release", asked)
    assert propose(node.services, unit.viewer(), "class.release", asked).state == "proposed"


def test_a_victims_file_is_saved_when_two_agreed(node: Node) -> None:
    one, other = people(node, "Aminah supervisor", "Budi supervisor")
    _, intake = given(node, Protected.VICTIM)
    with pytest.raises(NotAllowed) as caught:
        export_file(node.services, one.viewer(), intake, purpose="for the court", unmask=True)
    assert caught.value.rule == "needs-order"
    order = propose(node.services, one.viewer(), "export", {"messages": [intake]})
    one.says(order, "confirmed")
    other.says(order, "approved")
    given_back = export_file(node.services, one.viewer(), intake, purpose="for the court", unmask=True)
    assert b"Rahsia" in given_back.data
    with pytest.raises(NotAllowed):
        export_file(node.services, other.viewer(), intake, purpose="for the court", unmask=True)


def test_a_file_that_holds_a_victims_part_is_not_saved_by_one_person(node: Node) -> None:
    one, other = people(node, "Aminah supervisor", "Budi supervisor")
    message, file = plain(node)
    add_class(node.services, other.viewer(), [message], "victim")  # the part alone; the file itself is of no class

    order = propose(node.services, one.viewer(), "export", {"messages": [file]})
    assert order.line.needs_second
    assert set(order.messages) == {message, file}
    assert one.says(order, "confirmed").state == "confirmed"
    with pytest.raises(NotAllowed) as refused:
        export_file(node.services, one.viewer(), file, unmask=True, purpose="case 12")
    assert refused.value.rule == "needs-order"
    other.says(order, "approved")
    assert b"Rahsia" in export_file(node.services, one.viewer(), file, unmask=True, purpose="case 12").data


@pytest.mark.parametrize("whole", [False, True], ids=["a message", "the file that holds it"])
def test_what_became_protected_since_is_not_saved_under_an_order_from_before(node: Node, whole: bool) -> None:
    one, other = people(node, "Aminah supervisor", "Budi supervisor")
    message, file = plain(node)
    named = file if whole else message
    assert one.says(propose(node.services, one.viewer(), "export", {"messages": [named]}), "confirmed").state == "done"
    add_class(node.services, other.viewer(), [message], "witness")
    with pytest.raises(NotAllowed) as refused:
        export_file(node.services, one.viewer(), named, unmask=True, purpose="case 12")
    assert refused.value.rule == "needs-order"


def test_nobody_orders_to_save_what_is_never_saved(node: Node) -> None:
    one, _ = people(node, "Aminah supervisor", "Budi supervisor")
    taken = take(
        node.services,
        one.viewer(),
        [TakenFile(name="red.txt", data=f"Rahsia {PHONE}".encode())],
        options=TakeOptions(marking=Marking(tlp=Tlp.RED), classes=frozenset({Protected.VICTIM})),
        progress=no_progress,
    )
    for named in (taken.messages[0], taken.intakes[0]):
        with pytest.raises(NotAllowed) as refused:
            propose(node.services, one.viewer(), "export", {"messages": [named]})
        assert refused.value.rule == "no-export"
        with pytest.raises(NotAllowed) as refused:
            export_file(node.services, one.viewer(), named, unmask=True, purpose="case 12")
        assert refused.value.rule == "no-export"
