# SPDX-License-Identifier: Apache-2.0
"""Need-to-know lists: who is on one sees what it restricts, and nobody else knows that it is there."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lintas.errors import NotAllowed, UnknownTerm, WrongUse
from lintas.model.ids import MessageId
from lintas.model.marking import Marking, Tlp
from lintas.model.viewer import Viewer
from lintas.node.node import Node
from lintas.ports.store import Snapshot
from lintas.testing import a_node, two_nodes
from lintas.web.local.calling import LOCAL_VIEWER
from lintas.work.accounts import change_people, create_account
from lintas.work.accounts.people import find_open
from lintas.work.accounts.viewing import viewer_of
from lintas.work.finding import find, show_message
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.keeping import rebuild
from lintas.work.lists import close_list, free, join, leave, list_lists, lists_of_message, open_list, restrict
from lintas.work.services import Services, no_progress
from lintas.work.sharing import outbox, share
from lintas.work.watching import add_watch, list_alerts

TEXT = b"Caller from +60 12-345 6789 asked for OTP."
TERM = "+60123456789"
Names = tuple[str, ...]


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    with a_node(tmp_path) as opened:
        for name, role in (("Aminah", "case_officer"), ("Siti", "supervisor"), ("Lee", "analyst"), ("Ravi", "analyst")):
            create_account(opened.services, name=name, password=None, role=role, clearance=Tlp.RED)
        yield opened


def who(services: Services, name: str) -> Viewer:
    """A person as the policy sees them now."""
    return services.store.read(lambda snapshot: viewer_of(services, snapshot, find_open(snapshot, name)))


def taken(services: Services, viewer: Viewer, data: bytes = TEXT) -> tuple[str, str]:
    """(file, message) of something that was taken in."""
    done = take(
        services,
        viewer,
        [TakenFile(name="call.txt", data=data)],
        options=TakeOptions(marking=Marking(tlp=Tlp.AMBER)),
        progress=no_progress,
    )
    intake = done.intakes[0]
    return intake, show_message(services, viewer, intake).items[0]


def sees(services: Services, viewer: Viewer, message: str) -> bool:
    try:
        show_message(services, viewer, message)
    except UnknownTerm:
        return False
    return True


def test_what_is_restricted_is_there_for_those_on_the_list_alone(node: Node) -> None:
    services = node.services
    _, message = taken(services, who(services, "Aminah"))
    open_list(services, who(services, "Aminah"), "op-lintang", ["Lee"])
    done = restrict(services, who(services, "Aminah"), "op-lintang", [message])
    assert done.messages == [message]
    for name, is_on in (("Aminah", True), ("Lee", True), ("Siti", False), ("Ravi", False)):
        viewer = who(services, name)
        assert sees(services, viewer, message) == is_on, name
        assert bool(find(services, viewer, [TERM]).results[0].entities) == is_on, name
        assert [one.name for one in list_lists(services, viewer)] == (["op-lintang"] if is_on else [])
    assert lists_of_message(services, who(services, "Lee"), MessageId(message)) == ["op-lintang"]


def test_joining_shows_and_leaving_hides_and_those_on_it_see_who_did(node: Node) -> None:
    services = node.services
    _, message = taken(services, who(services, "Aminah"))
    open_list(services, who(services, "Aminah"), "op-lintang")
    restrict(services, who(services, "Aminah"), "op-lintang", [message])
    join(services, who(services, "Aminah"), "op-lintang", "Ravi")
    assert sees(services, who(services, "Ravi"), message)
    leave(services, who(services, "Ravi"), "op-lintang")
    assert not sees(services, who(services, "Ravi"), message)
    free(services, who(services, "Aminah"), "op-lintang", [message])
    assert sees(services, who(services, "Ravi"), message)
    (shown,) = list_lists(services, who(services, "Aminah"))
    said = [(one.action, one.person, one.messages) for one in shown.steps]
    assert said == [
        ("freed", "", 1),
        ("left", "officer-0004", 0),
        ("joined", "officer-0004", 0),
        ("restricted", "", 1),
        ("joined", "officer-0001", 0),
        ("opened", "", 0),
    ]
    assert {one.by for one in shown.steps} == {"officer-0001", "officer-0004"}
    assert shown.messages == 0


def test_a_file_is_restricted_with_its_messages_and_alerts_follow(node: Node) -> None:
    services = node.services
    add_watch(services, who(services, "Ravi"), [TERM])
    intake, message = taken(services, who(services, "Aminah"))
    (alert,) = list_alerts(services, who(services, "Ravi")).alerts
    seq = show_message(services, who(services, "Ravi"), message).seq
    entry = [one for _, one in services.store.read(lambda snapshot: snapshot.alerts_about([seq]))]
    assert sees(services, who(services, "Ravi"), entry[0])
    open_list(services, who(services, "Aminah"), "op-lintang")
    done = restrict(services, who(services, "Aminah"), "op-lintang", [intake])
    assert set(done.messages) == {intake, message, entry[0]}
    assert list_alerts(services, who(services, "Ravi")).alerts == []
    assert not sees(services, who(services, "Ravi"), entry[0])
    assert not sees(services, who(services, "Ravi"), intake)
    free(services, who(services, "Aminah"), "op-lintang", [intake])
    assert [one.id for one in list_alerts(services, who(services, "Ravi")).alerts] == [alert.id]


@pytest.mark.parametrize("is_restricted_first", [True, False])
def test_released_copies_are_restricted_as_their_message_is(tmp_path: Path, *, is_restricted_first: bool) -> None:
    with two_nodes(tmp_path) as (here, there):
        services = here.services
        for name, role in (("Aminah", "case_officer"), ("Ravi", "analyst")):
            create_account(services, name=name, password=None, role=role, clearance=Tlp.RED)
        _, message = taken(services, who(services, "Aminah"))
        open_list(services, who(services, "Aminah"), "op-lintang")

        def send() -> None:
            share(services, who(services, "Aminah"), [message], to=[there.services.keys.node])

        def hide() -> None:
            restrict(services, who(services, "Aminah"), "op-lintang", [message])

        for step in (hide, send) if is_restricted_first else (send, hide):
            step()
        assert [one.message for one in outbox(services, who(services, "Aminah")).lines] != []
        assert outbox(services, who(services, "Ravi")).lines == []
        before = services.store.read(_restrictions)
        assert len(before) == 2
        rebuild(services, read_again=False, progress=no_progress)
        assert services.store.read(_restrictions) == before


def _restrictions(snapshot: Snapshot) -> list[int]:
    return [seq for seq in range(snapshot.size()) if snapshot.lists_on(seq)]


def test_the_last_who_could_change_a_list_stays_on_it(node: Node) -> None:
    services = node.services
    open_list(services, who(services, "Aminah"), "op-lintang", ["Lee"])
    with pytest.raises(NotAllowed) as refused:
        leave(services, who(services, "Aminah"), "op-lintang")  # an analyst alone could never free anything
    assert refused.value.rule == "last-keeper"
    join(services, who(services, "Aminah"), "op-lintang", "Siti")
    leave(services, who(services, "Aminah"), "op-lintang")
    with pytest.raises(NotAllowed):
        leave(services, who(services, "Siti"), "op-lintang")


def test_a_list_that_only_a_closed_account_could_change_restricts_nothing_more(node: Node) -> None:
    services = node.services
    _, message = taken(services, who(services, "Lee"))
    open_list(services, LOCAL_VIEWER, "op-lintang", ["Aminah", "Lee"])
    change_people(services, LOCAL_VIEWER, {"do": "close", "account": "Aminah"})
    with pytest.raises(NotAllowed) as refused:
        restrict(services, LOCAL_VIEWER, "op-lintang", [message])
    assert refused.value.rule == "last-keeper"
    join(services, LOCAL_VIEWER, "op-lintang", "Siti")
    leave(services, LOCAL_VIEWER, "op-lintang", "officer-0001")  # who left the agency is taken off
    restrict(services, LOCAL_VIEWER, "op-lintang", [message])
    assert sees(services, who(services, "Siti"), message)


def test_closing_keeps_the_restriction(node: Node) -> None:
    services = node.services
    _, message = taken(services, who(services, "Aminah"))
    open_list(services, who(services, "Aminah"), "op-lintang")
    restrict(services, who(services, "Aminah"), "op-lintang", [message])
    close_list(services, who(services, "Aminah"), "op-lintang")
    assert not sees(services, who(services, "Ravi"), message)
    assert sees(services, who(services, "Aminah"), message)
    aminah = who(services, "Aminah")
    acts: list[Callable[[], object]] = [
        lambda: join(services, aminah, "op-lintang", "Ravi"),
        lambda: restrict(services, aminah, "op-lintang", [message]),
        lambda: close_list(services, aminah, "op-lintang"),
        lambda: open_list(services, aminah, "op-lintang"),
    ]
    for act in acts:
        with pytest.raises(WrongUse):
            act()
    free(services, who(services, "Aminah"), "op-lintang", [message])
    assert sees(services, who(services, "Ravi"), message)


def test_who_is_not_on_a_list_does_not_learn_that_there_is_one(node: Node) -> None:
    services = node.services
    _, message = taken(services, who(services, "Aminah"))
    open_list(services, who(services, "Aminah"), "op-lintang")
    siti = who(services, "Siti")  # a supervisor, who may change lists in general
    acts: list[Callable[[str], object]] = [
        lambda name: join(services, siti, name, "Siti"),
        lambda name: leave(services, siti, name),
        lambda name: close_list(services, siti, name),
        lambda name: restrict(services, siti, name, [message]),
        lambda name: free(services, siti, name, [message]),
    ]
    for name in ("op-lintang", "no-such-list"):
        for act in acts:
            with pytest.raises(UnknownTerm) as refused:
                act(name)
            assert refused.value.message == f"You are on no list called '{name}'."


def test_only_what_one_may_see_can_be_restricted(node: Node) -> None:
    services = node.services
    _, message = taken(services, who(services, "Aminah"))
    open_list(services, who(services, "Aminah"), "op-lintang")
    restrict(services, who(services, "Aminah"), "op-lintang", [message])
    open_list(services, who(services, "Siti"), "op-angin")
    for named in (message, "0" * 64, "not an id"):
        with pytest.raises(UnknownTerm):
            restrict(services, who(services, "Siti"), "op-angin", [named])
    with pytest.raises(WrongUse):
        restrict(services, who(services, "Siti"), "op-angin", [])


def test_two_lists_ask_for_both(node: Node) -> None:
    services = node.services
    _, message = taken(services, who(services, "Aminah"))
    open_list(services, who(services, "Aminah"), "op-lintang", ["Lee", "Ravi"])
    open_list(services, who(services, "Aminah"), "op-angin", ["Ravi"])
    for name in ("op-lintang", "op-angin"):
        restrict(services, who(services, "Aminah"), name, [message])
    assert not sees(services, who(services, "Lee"), message)
    assert sees(services, who(services, "Ravi"), message)
    free(services, who(services, "Aminah"), "op-angin", [message])
    assert sees(services, who(services, "Lee"), message)


@pytest.mark.parametrize("name", ["Lee", "Ravi"])
def test_a_role_that_may_not_change_lists_changes_none_that_it_is_on(node: Node, name: str) -> None:
    services = node.services
    open_list(services, who(services, "Aminah"), "op-lintang", ["Lee", "Ravi"])
    with pytest.raises(NotAllowed) as refused:
        join(services, who(services, name), "op-lintang", "Siti")
    assert refused.value.rule == "role"
    with pytest.raises(NotAllowed):
        leave(services, who(services, name), "op-lintang", "Aminah")
    with pytest.raises(NotAllowed):
        open_list(services, who(services, name), "op-new")


@pytest.mark.parametrize("name", ["", "a,b", "Op Lintang", "x" * 41, "%", "-a", "op_lintang"])
def test_a_name_that_a_query_could_misread_is_refused(node: Node, name: str) -> None:
    with pytest.raises(WrongUse):
        open_list(node.services, who(node.services, "Aminah"), name)
