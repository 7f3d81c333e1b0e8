# SPDX-License-Identifier: Apache-2.0
"""Cases of one node and of two: who has what of them, and what each may know."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lintas.errors import NotAllowed, UnknownTerm, WrongUse
from lintas.model.case import Said
from lintas.model.desk import Doc
from lintas.model.ids import MessageId
from lintas.model.marking import Marking, Protected, Tlp
from lintas.model.viewer import Viewer
from lintas.node.node import Node
from lintas.ports.store import Transaction
from lintas.testing import CLERK, OFFICER, a_node, carry, two_nodes
from lintas.work import cases, handing, lists
from lintas.work.accounts import create_account
from lintas.work.cases.saying import Saying, say
from lintas.work.desk import Draft, prepare_doc, send_in, write_in
from lintas.work.finding import find
from lintas.work.keeping import erase
from lintas.work.sharing import share
from tests.scenario.casing import folded, id_of, joint, sample_fields, settle, shown, taken, unchanged


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    with a_node(tmp_path) as opened:
        yield opened


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[tuple[Node, Node]]:
    with two_nodes(tmp_path) as pair:
        yield pair


def test_a_local_case_is_nobody_elses(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    done = cases.open_case(here.services, OFFICER, "Ours", kind="")
    cases.add_note(here.services, OFFICER, done.ref, "Words")
    cases.settle_cases(here.services)
    assert carry(here, there) == 0
    assert cases.list_cases(there.services, OFFICER).cases == []
    assert cases.list_cases(here.services, OFFICER).cases[0].title == "Ours"


def test_who_joins_gets_what_was_said_before_and_nothing_that_stays_home(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    ref = cases.open_case(here.services, OFFICER, "Parcel scam").ref
    cases.add_note(here.services, OFFICER, ref, "Said before")
    cases.add_note(here.services, OFFICER, ref, "Ours alone", home=True)
    cases.add_person(here.services, OFFICER, ref, "victim", "Siti Contoh")
    cases.add_person(here.services, OFFICER, ref, "suspect", "Sam Contoh")
    cases.invite(here.services, OFFICER, ref, id_of(there))
    settle(here, there)
    assert [one.text for one in shown(there, ref).notes] == [], "nothing before it joins"
    cases.join(there.services, OFFICER, ref)
    settle(here, there)
    assert [one.text for one in shown(there, ref).notes] == ["Said before"]
    assert [one.name for one in shown(there, ref).people] == ["Sam Contoh"]
    assert {one.text for one in shown(here, ref).notes} == {"Said before", "Ours alone"}
    assert find(there.services, OFFICER, ["Siti Contoh"]).results[0].entities == []


def test_an_invited_node_declines_and_gets_nothing(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    ref = cases.open_case(here.services, OFFICER, "Parcel scam").ref
    cases.invite(here.services, OFFICER, ref, id_of(there))
    settle(here, there)
    assert shown(there, ref).invited_by
    cases.decline(there.services, OFFICER, ref, "no_link")
    settle(here, there)
    cases.add_note(here.services, OFFICER, ref, "Afterwards")
    settle(here, there)
    (other,) = (one for one in shown(here, ref).members if not one.is_self)
    assert (other.standing, other.ground) == ("declined", "no_link")
    assert shown(there, ref).notes == []
    with pytest.raises(WrongUse):
        cases.add_note(there.services, OFFICER, ref, "Still here?")


def test_a_node_that_nobody_invited_cannot_join(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    ref = cases.open_case(here.services, OFFICER, "Ours").ref
    with pytest.raises(UnknownTerm):
        cases.join(there.services, OFFICER, ref)


def test_what_an_outsider_says_in_a_case_changes_nothing_and_is_shown_so(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    ref = cases.open_case(here.services, OFFICER, "Ours").ref
    root = folded(here, id_of(here), ref).root
    said = {"opener": id_of(here), "what": "changed", "fields": {"field": "title", "value": "Theirs"}}
    written = prepare_doc(
        there.services,
        Draft(doc=Doc.CASE, ref=ref, said=said, by="officer-0009", after=(root,), to=frozenset({id_of(here)})),
    )

    def send(tx: Transaction) -> None:
        write_in(there.services, tx, written)
        send_in(there.services, tx, OFFICER, written.entry.id, to=id_of(here), activity="case.change")

    there.services.store.write(send)
    carry(there, here)
    found = shown(here, ref)
    assert found.line.title == "Ours"
    assert [(one.what, one.reason) for one in found.idle] == [("changed", "its node is not in the case")]
    assert found.conflicts == []


def test_conflicting_values_stand_at_both_until_one_chooses(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    ref = joint(here, there)
    cases.change(here.services, OFFICER, ref, "title", "Ours")
    cases.change(there.services, OFFICER, ref, "title", "Theirs")
    settle(here, there)
    for one in nodes:
        (conflict,) = shown(one, ref).conflicts
        assert {value.value for value in conflict.values} == {"Ours", "Theirs"}
        assert cases.list_cases(one.services, OFFICER).cases[0].conflicts == 1
    cases.change(there.services, OFFICER, ref, "title", "Ours")
    settle(here, there)
    for one in nodes:
        assert shown(one, ref).conflicts == []
        assert shown(one, ref).line.title == "Ours"


def test_the_coordinating_desk_changes_by_agreement(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    ref = joint(here, there)
    with pytest.raises(WrongUse, match="only the coordinating desk"):
        cases.close(there.services, OFFICER, ref)
    done = cases.propose_coordinator(here.services, OFFICER, ref, id_of(there))
    settle(here, there)
    assert shown(there, ref).proposals[0].waits_for_us
    cases.accept_coordinator(there.services, OFFICER, ref, done.document)
    settle(here, there)
    cases.close(there.services, OFFICER, ref)
    settle(here, there)
    assert shown(here, ref).line.state == "closed"
    cases.leave(here.services, OFFICER, ref)
    settle(here, there)
    assert shown(there, ref).line.members == ["Sample crime desk"]


def test_an_item_travels_only_by_being_shared_and_is_found_by_its_own_id_there(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    ref = joint(here, there)
    message = taken(here, "account 0123456789 at the bank")
    cases.add_item(here.services, OFFICER, ref, message, title="Chat")
    settle(here, there)
    assert shown(there, ref).items == [], "nobody there may know of it"
    share(here.services, OFFICER, [message], to=[id_of(there)])
    settle(here, there)
    (item,) = shown(there, ref).items
    assert item.is_seen and item.title == "Chat"
    assert item.message != message
    assert there.services.store.read(lambda s: s.entry_by_id(MessageId(item.message))) is not None
    assert shown(here, ref).items[0].given == ["Sample crime desk"]


def test_an_item_that_may_not_travel_is_there_without_its_name_for_those_who_may_know(
    nodes: tuple[Node, Node],
) -> None:
    here, there = nodes
    ref = joint(here, there)
    message = taken(here, "for named people", marking=Marking(tlp=Tlp.RED))
    cases.add_item(here.services, OFFICER, ref, message, title="Its name", note="About it", tell=True)
    settle(here, there)
    (item,) = shown(there, ref).items
    assert (item.is_seen, item.title, item.note, item.message) == (False, "", "", "")
    assert shown(there, ref).hidden_items == 1
    assert shown(here, ref, CLERK_OF_CASES).items[0].is_seen is False


CLERK_OF_CASES = Viewer(id="officer-0003", clearance=Tlp.AMBER, role="duty_officer")


def test_an_item_of_a_closed_class_is_not_there_for_others_at_all(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    ref = joint(here, there)
    unit = Viewer(id="officer-0007", clearance=Tlp.RED, role="fiu_officer")
    message = taken(here, "derived from a report", classes=frozenset({Protected.STR}))
    cases.add_item(here.services, unit, ref, message, tell=True)
    settle(here, there)
    assert shown(there, ref).items == []
    assert shown(here, ref).items == []
    assert len(shown(here, ref, unit).items) == 1


def test_a_case_on_a_list_is_not_there_for_others_and_what_comes_into_it_neither(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    ref = joint(here, there)
    owner = create_account(here.services, name="Aminah", password=None, role="supervisor", clearance=Tlp.RED)
    lists.open_list(here.services, Viewer(id=owner, clearance=Tlp.RED, role="supervisor"), "op-lintang", [])
    on_it = Viewer(id=owner, clearance=Tlp.RED, role="supervisor", lists=frozenset({"op-lintang"}))
    cases.put_on_list(here.services, on_it, ref, "op-lintang")
    cases.add_account(there.services, OFFICER, ref, "0123456789", bank="KASITHBK", country="TH")
    settle(here, there)
    assert shown(here, ref, on_it).accounts[0].value == "0123456789"
    with pytest.raises(UnknownTerm):
        shown(here, ref)
    assert cases.list_cases(here.services, OFFICER).cases == []
    assert find(here.services, OFFICER, ["0123456789"]).results[0].entities == []
    cases.add_note(here.services, on_it, ref, "Ours")
    settle(here, there)
    assert shown(there, ref).notes[0].text == "Ours"


def test_an_account_tells_which_other_cases_hold_it_also_those_of_peers(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    ref = joint(here, there)
    cases.add_account(there.services, OFFICER, ref, "0123456789", bank="KASITHBK", country="TH")
    settle(here, there)
    other = cases.open_case(here.services, OFFICER, "Another").ref
    done = cases.add_account(here.services, OFFICER, other, "0123456789", bank="KASITHBK", country="TH")
    assert [(one.what, one.ref) for one in done.overlaps] == [("case", ref)]
    assert [(one.what, one.ref) for one in shown(here, other).overlaps] == [("case", ref)]
    assert shown(here, other, Viewer(id="o-1", clearance=Tlp.AMBER)).overlaps != []


def test_a_task_of_this_node_runs_a_clock_and_another_states_needs_a_request(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    ref = joint(here, there)
    done = cases.add_task(here.services, OFFICER, ref, "Ask the bank", due="2026-03-01T06:00:00.000Z")
    clocks = here.services.store.read(lambda s: s.clocks_until("9", "missed", limit=10))
    assert [(one.clock, one.item) for one in clocks] == [("task", done.document)]
    settle(here, there)
    assert there.services.store.read(lambda s: s.clocks_until("9", "missed", limit=10)) == []
    with pytest.raises(WrongUse, match="is a request"):
        cases.add_task(here.services, OFFICER, ref, "Do it", to=id_of(there))
    with pytest.raises(WrongUse, match="another node's task"):
        cases.set_task(there.services, OFFICER, ref, done.document, "done")
    cases.set_task(here.services, OFFICER, ref, done.document, "done")
    assert here.services.store.read(lambda s: s.clocks_until("9", "missed", limit=10)) == []
    settle(here, there)
    assert shown(there, ref).tasks[0].state == "done"


def test_what_a_peer_calls_our_task_commands_nobody_here(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    ref = joint(here, there)
    fields = {"title": "Do this", "to": id_of(here), "officer": "", "due": "2026-03-01T06:00:00.000Z", "request": ""}
    say(there.services, OFFICER, ref, Saying(what=Said.TASK, fields=fields))
    settle(here, there)
    assert shown(here, ref).tasks[0].title == "Do this"
    assert here.services.store.read(lambda s: s.clocks_until("9", "missed", limit=10)) == []
    assert handing.list_open(here.services, OFFICER).nobody == []


def test_work_for_another_state_is_a_request_that_it_may_refuse(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    ref = joint(here, there)
    form = next(
        code
        for code, one in here.services.packs.forms.forms.items()
        if not one.power and not one.outside and one.answers
    )
    fields = sample_fields(here, form)
    cases.ask(here.services, OFFICER, ref, "Tell us who holds it", to=id_of(there), form=form, fields=fields)
    (task,) = shown(here, ref).tasks
    assert task.request and not task.is_ours
    assert [one.ref for one in shown(here, ref).requests] == [task.request]
    settle(here, there)
    assert [one.ref for one in shown(there, ref).requests] == [task.request]


def test_a_clerk_sees_no_case_that_is_marked_above_them(node: Node) -> None:
    ref = cases.open_case(node.services, OFFICER, "Ours").ref
    with pytest.raises(UnknownTerm):
        shown(node, ref, CLERK)
    assert cases.list_cases(node.services, CLERK).cases == []


def test_an_operator_neither_reads_nor_opens_a_case(node: Node) -> None:
    operator = Viewer(id="officer-0005", clearance=Tlp.RED, role="operator")
    with pytest.raises(NotAllowed):
        cases.list_cases(node.services, operator)
    with pytest.raises(NotAllowed):
        cases.open_case(node.services, operator, "Ours")


def test_every_look_at_a_case_leaves_an_access_entry(node: Node) -> None:
    ref = cases.open_case(node.services, OFFICER, "Ours").ref
    before = node.services.store.read(lambda s: len(s.accesses(before=2**62, limit=100, viewer=OFFICER.id)))
    shown(node, ref)
    after = node.services.store.read(lambda s: len(s.accesses(before=2**62, limit=100, viewer=OFFICER.id)))
    assert after == before + 1


def test_what_stands_in_nothing_is_refused(node: Node) -> None:
    ref = cases.open_case(node.services, OFFICER, "Ours").ref
    wrongs: tuple[Callable[[], object], ...] = (
        lambda: cases.change(node.services, OFFICER, ref, "owner", "x"),
        lambda: cases.change(node.services, OFFICER, ref, "title", "  "),
        lambda: cases.add_note(node.services, OFFICER, ref, " "),
        lambda: cases.add_account(node.services, OFFICER, ref, " "),
        lambda: cases.add_person(node.services, OFFICER, ref, "suspect", " "),
        lambda: cases.add_item(node.services, OFFICER, ref, "0" * 64),
        lambda: cases.set_task(node.services, OFFICER, ref, "0" * 32, "done"),
        lambda: cases.accept_coordinator(node.services, OFFICER, ref, "0" * 32),
        lambda: cases.leave(node.services, OFFICER, ref),
        lambda: cases.go_on(node.services, OFFICER, ref),
        lambda: cases.invite(node.services, OFFICER, ref, "nobody"),
    )
    for wrong in wrongs:
        with pytest.raises(WrongUse):
            wrong()


def test_an_erased_document_is_passed_over_by_name(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    ref = joint(here, there)
    first = cases.change(here.services, OFFICER, ref, "summary", "With a name in it")
    cases.change(here.services, OFFICER, ref, "title", "After it")
    erase(here.services, OFFICER, [first.message], ground="law")
    assert shown(here, ref).missing == 1
    assert shown(here, ref).line.title == "Parcel scam"
    cases.go_on(here.services, OFFICER, ref)
    assert shown(here, ref).missing == 0
    assert shown(here, ref).line.title == "After it"
    unchanged(here)
