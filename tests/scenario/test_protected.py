# SPDX-License-Identifier: Apache-2.0
"""Protected classes by role and output: masked, closed, unmasked for a purpose, and never told of."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from lintas.errors import LintasError, NotAllowed, UnknownTerm, WrongUse
from lintas.model.found import MASKED
from lintas.model.marking import Marking, Protected, Tlp
from lintas.model.viewer import Viewer
from lintas.node.node import Node
from lintas.testing import FakeClock, a_node, carry, two_nodes
from lintas.work.accounts import create_account
from lintas.work.finding import find, list_intakes, show_entity, show_message
from lintas.work.intake import TakenFile, TakeOptions, export, export_file, take
from lintas.work.keeping import rebuild, status
from lintas.work.protecting import add_class, release_class
from lintas.work.proving import entry_file
from lintas.work.services import Services, no_progress
from lintas.work.sharing import chosen, outbox, preview, share
from lintas.work.sharing.tipping import carried_by
from lintas.work.watching import add_watch, digest, list_alerts

OFFICER = Viewer(id="officer-0101", clearance=Tlp.RED, role="duty_officer")
OTHER = Viewer(id="officer-0102", clearance=Tlp.RED, role="analyst")
SUPERVISOR = Viewer(id="officer-0103", clearance=Tlp.RED, role="supervisor")
FIU = Viewer(id="officer-0104", clearance=Tlp.RED, role="fiu_officer")
MASKED_CLASSES = (Protected.VICTIM, Protected.CHILD, Protected.WITNESS, Protected.HOLDER)
CLOSED_CLASSES = (Protected.CT, Protected.STR)
WORDS = {one: f"Contoh{one.value.capitalize()}" for one in Protected}
PHONES = {one: f"+6012345{number}001" for number, one in enumerate(Protected)}


class Planted(NamedTuple):
    """What was planted of one class."""

    message: str
    intake: str
    word: str
    phone: str


class Case(NamedTuple):
    """A node with one text of each class."""

    node: Node
    services: Services
    planted: dict[Protected, Planted]


def take_one(services: Services, text: str, *, name: str, classes: frozenset[Protected]) -> tuple[str, str]:
    taken = take(
        services,
        FIU,
        [TakenFile(name=name, data=text.encode())],
        options=TakeOptions(classes=classes, marking=Marking(tlp=Tlp.AMBER)),
        progress=no_progress,
    )
    return taken.messages[0], taken.intakes[0]


def planted_in(services: Services, one: Protected) -> Planted:
    word, phone = WORDS[one], PHONES[one]
    text = f"{word} Binti Rahsia was called from {phone}."
    message, intake = take_one(services, text, name=f"{word}.txt", classes=frozenset({one}))
    return Planted(message, intake, word, phone)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    with a_node(tmp_path_factory.mktemp("protected"), clock=FakeClock()) as node:
        yield Case(node, node.services, {one: planted_in(node.services, one) for one in Protected})


def said_to(case: Case, viewer: Viewer, one: Protected) -> dict[str, Callable[[], object]]:
    """Each output in which something of one item could stand."""
    services, it = case.services, case.planted[one]
    return {
        "message": lambda: show_message(services, viewer, it.message),
        "intake": lambda: show_message(services, viewer, it.intake),
        "intakes": lambda: list_intakes(services, viewer),
        "find exactly": lambda: find(services, viewer, [it.phone]),
        "find by prefix": lambda: find(services, viewer, [it.phone[:9] + "*"]),
        "find by word": lambda: find(services, viewer, [it.word]),
        "choose": lambda: chosen(services, viewer, [it.message]),
        "preview": lambda: preview(services, viewer, [it.message]),
        "export": lambda: export(services, viewer, it.message),
        "export of the file": lambda: export(services, viewer, it.intake),
        "entry": lambda: entry_file(services, viewer, it.message),
    }


def output_of(does: Callable[[], object]) -> str:
    """What an output says; of an error its message and hint. What was asked is no answer."""
    try:
        found = does()
    except LintasError as error:
        return f"{error.message} {error.hint}"
    return found.decode() if isinstance(found, bytes) else msgspec.json.encode(found, enc_hook=repr).decode()


def secrets_of(it: Planted, output: str, name: str) -> list[str]:
    """What of the planted item stands in an output; terms that were asked for come back as rows of their own."""
    words = [it.word, it.phone, it.phone[1:], "Rahsia"]
    if name.startswith("find"):
        rows = json.loads(output)["results"]
        output = json.dumps([{key: row[key] for key in ("entities", "sources")} for row in rows])
    return [word for word in words if word in output]


@pytest.mark.parametrize("one", MASKED_CLASSES)
@pytest.mark.parametrize("viewer", [OFFICER, OTHER, SUPERVISOR, FIU], ids=lambda viewer: viewer.role)
def test_what_is_masked_stands_in_no_output(case: Case, viewer: Viewer, one: Protected) -> None:
    for name, does in said_to(case, viewer, one).items():
        assert secrets_of(case.planted[one], output_of(does), name) == [], name


@pytest.mark.parametrize("one", CLOSED_CLASSES)
@pytest.mark.parametrize("viewer", [OFFICER, OTHER, SUPERVISOR], ids=lambda viewer: viewer.role)
def test_what_is_closed_is_not_there(case: Case, viewer: Viewer, one: Protected) -> None:
    it = case.planted[one]
    for name, does in said_to(case, viewer, one).items():
        output = output_of(does)
        assert secrets_of(it, output, name) == [], name
        assert it.message not in output, name
        assert it.intake not in output, name
        assert f'"{one.value}"' not in output, name
    assert find(case.services, viewer, [it.phone]).results[0].entities == []
    with pytest.raises(UnknownTerm):
        show_message(case.services, viewer, it.message)


@pytest.mark.parametrize("one", CLOSED_CLASSES)
def test_an_error_about_what_is_closed_is_that_about_what_is_not(case: Case, one: Protected) -> None:
    def told(message: str) -> str:
        with pytest.raises(LintasError) as caught:
            show_message(case.services, OFFICER, message)
        return f"{type(caught.value)} {caught.value.message} {caught.value.hint}"

    assert told(case.planted[one].message) == told("0" * 64)


def test_the_unit_sees_what_is_its_own_and_nothing_of_it_leaves(case: Case) -> None:
    it = case.planted[Protected.STR]
    assert it.word in show_message(case.services, FIU, it.message).received
    for held in (it.message, it.intake):
        with pytest.raises(NotAllowed) as caught:
            export(case.services, FIU, held)
        assert caught.value.rule == "never"


def test_an_exact_question_tells_that_something_masked_is_there(case: Case) -> None:
    result = find(case.services, OFFICER, [PHONES[Protected.VICTIM]]).results[0]
    assert [entity.caption for entity in result.entities] == [MASKED]
    assert [source.source for source in result.sources] == [MASKED]
    entity = show_entity(case.services, OFFICER, result.entities[0].id)
    assert entity.masked
    assert {one.value for one in entity.statements if one.kind != "entity"} <= {MASKED}
    assert {one.value for one in entity.identifiers} <= {MASKED}


def test_the_page_of_a_masked_message_says_why_it_says_nothing(case: Case) -> None:
    shown = show_message(case.services, OFFICER, case.planted[Protected.WITNESS].message)
    assert (shown.masked, shown.received, shown.classes) == (True, "", ["witness"])
    assert any("withheld" in note and "witness" in note for note in shown.notes)


def test_unmasking_asks_for_a_purpose_holds_for_one_view_and_leaves_a_trace(case: Case) -> None:
    it = case.planted[Protected.VICTIM]
    with pytest.raises(NotAllowed) as caught:
        show_message(case.services, OFFICER, it.message, purpose="  ", unmask=True)
    assert caught.value.rule == "purpose"
    shown = show_message(case.services, OFFICER, it.message, purpose="call her family", unmask=True)
    assert it.word in shown.received
    assert shown.unmasked
    assert show_message(case.services, OFFICER, it.message).received == ""
    seen = show_message(case.services, SUPERVISOR, it.message).unmasked_by
    assert [(one.by, one.purpose) for one in seen] == [(OFFICER.id, "call her family")]
    assert show_message(case.services, FIU, it.message).unmasked_by == seen  # who took it in
    assert show_message(case.services, OTHER, it.message).unmasked_by == []


@pytest.mark.parametrize("role", ["focal_point", "trainer", "oversight", "operator", "engineer", "nobody"])
def test_who_may_not_unmask_is_told_so_and_sees_nothing(case: Case, role: str) -> None:
    viewer = Viewer(id="officer-0199", clearance=Tlp.RED, role=role)
    it = case.planted[Protected.WITNESS]
    for does in (
        lambda: show_message(case.services, viewer, it.message, purpose="to see", unmask=True),
        lambda: find(case.services, viewer, [it.word], purpose="to see", unmask=True),
        lambda: export_file(case.services, viewer, it.message, purpose="to see", unmask=True),
    ):
        assert secrets_of(it, output_of(does), "") == []


def test_one_person_alone_unmasks_no_child(case: Case) -> None:
    it = case.planted[Protected.CHILD]
    for does in (
        lambda: show_message(case.services, SUPERVISOR, it.message, purpose="to find them", unmask=True),
        lambda: export_file(case.services, SUPERVISOR, it.message, purpose="to find them", unmask=True),
    ):
        with pytest.raises(NotAllowed) as caught:
            does()
        assert caught.value.rule == "needs-order"
    found = find(case.services, SUPERVISOR, [it.phone], purpose="to find them", unmask=True)
    assert [entity.caption for entity in found.results[0].entities] == [MASKED]


def test_unmasked_it_is_found_by_its_words(case: Case) -> None:
    it = case.planted[Protected.HOLDER]
    found = find(case.services, OFFICER, [it.word], purpose="to warn the holder", unmask=True)
    assert found.results[0].entities
    assert find(case.services, OFFICER, [it.word]).results[0].entities == []


def test_a_file_is_given_whole_for_a_purpose_or_not_at_all(case: Case) -> None:
    it = case.planted[Protected.HOLDER]
    with pytest.raises(NotAllowed) as caught:
        export(case.services, OFFICER, it.intake)
    assert caught.value.rule == "masked"
    given = export_file(case.services, OFFICER, it.intake, purpose="for the bank", unmask=True)
    assert it.word.encode() in given.data
    assert given.watermark.startswith(OFFICER.id)
    assert given.watermark.endswith("for the bank")
    assert show_message(case.services, SUPERVISOR, it.intake).unmasked_by[0].purpose == "for the bank"


def test_no_salt_leaves_by_which_a_guess_could_be_tried(case: Case) -> None:
    open_message, _ = take_one(case.services, "nothing to hide", name="open.txt", classes=frozenset())
    assert b'"salt"' in entry_file(case.services, OFFICER, open_message)
    for one in MASKED_CLASSES:
        assert b'"salt"' not in entry_file(case.services, OFFICER, case.planted[one].message)
    oversight = Viewer(id="officer-0198", clearance=Tlp.RED, role="oversight")
    assert b'"salt"' not in entry_file(case.services, oversight, open_message)


def test_a_class_is_added_freely_and_rebuilt_from_the_log(case: Case) -> None:
    message, intake = take_one(case.services, "Contoh Biasa, +60199990001", name="Biasa.txt", classes=frozenset())
    assert "Biasa" in show_message(case.services, OTHER, message).received
    changed = add_class(case.services, OTHER, [intake], "victim")
    assert changed.messages == sorted([intake, message])
    assert show_message(case.services, OTHER, message).received == ""
    assert add_class(case.services, OTHER, [intake], "victim").changed == 0
    rebuild(case.services, progress=no_progress)
    assert show_message(case.services, OTHER, message).masked


@pytest.mark.parametrize("role", ["duty_officer", "analyst", "operator", "oversight", "focal_point"])
def test_who_may_not_release_a_class_releases_none(case: Case, role: str) -> None:
    viewer = Viewer(id="officer-0197", clearance=Tlp.RED, role=role)
    with pytest.raises(NotAllowed):
        release_class(case.services, viewer, [case.planted[Protected.VICTIM].message], "victim")
    assert show_message(case.services, OFFICER, case.planted[Protected.VICTIM].message).masked


def test_only_the_unit_releases_what_is_derived_from_its_reports(tmp_path: Path) -> None:
    with a_node(tmp_path) as node:
        it = planted_in(node.services, Protected.STR)
        with pytest.raises(UnknownTerm):
            release_class(node.services, SUPERVISOR, [it.message], "str")
        assert find(node.services, OFFICER, [it.phone]).results[0].entities == []
        add_watch(node.services, OFFICER, [it.phone])
        assert list_alerts(node.services, OFFICER).alerts == []
        release_class(node.services, FIU, [it.intake], "str")
        assert it.word in show_message(node.services, OFFICER, it.message).received
        assert [alert.message for alert in list_alerts(node.services, OFFICER).alerts] == [it.message]


@pytest.mark.parametrize("code", ["secret", "", "VICTIMS", "str;ct"])
def test_what_is_no_class_is_refused(case: Case, code: str) -> None:
    with pytest.raises(LintasError, match="is no protected class"):
        add_class(case.services, OFFICER, [case.planted[Protected.VICTIM].message], code)


def test_a_control_entry_has_no_class_of_its_own(case: Case) -> None:
    access = find(case.services, OFFICER, ["nothing"]).access
    with pytest.raises(WrongUse):
        add_class(case.services, OFFICER, [access], "victim")


def test_the_entry_that_closes_something_is_closed_too(tmp_path: Path) -> None:
    with a_node(tmp_path) as node:
        message, _ = take_one(node.services, "Contoh, +60199990002", name="a.txt", classes=frozenset())
        add_class(node.services, FIU, [message], "str")
        last = node.services.store.read(lambda snapshot: snapshot.size())
        entry = node.services.store.read(lambda snapshot: next(snapshot.entries(last - 1, last)))
        assert json.loads(entry.header)["kind"] == "classed"
        with pytest.raises(UnknownTerm):
            show_message(node.services, SUPERVISOR, entry.id)
        assert message in show_message(node.services, FIU, entry.id).header


@pytest.mark.parametrize("one", CLOSED_CLASSES)
def test_a_watch_of_who_may_not_see_it_makes_no_alert_at_all(tmp_path: Path, one: Protected) -> None:
    with a_node(tmp_path) as node:
        add_watch(node.services, OFFICER, [PHONES[one]])
        planted_in(node.services, one)
        assert list_alerts(node.services, OFFICER).alerts == []
        assert digest(node.services, OFFICER, "").alerts == 0
        assert node.services.store.read(lambda snapshot: snapshot.waiting(-1)).alerts == 0


def test_a_watch_of_who_may_see_it_alerts_them_alone_and_no_mailbox(tmp_path: Path) -> None:
    with a_node(tmp_path) as node:
        unit = create_account(node.services, name="Unit", password=None, role="fiu_officer", clearance=Tlp.RED)
        own = Viewer(id=unit, clearance=Tlp.RED, role="fiu_officer")
        add_watch(node.services, own, [PHONES[Protected.STR]])
        planted_in(node.services, Protected.STR)
        assert len(list_alerts(node.services, own).alerts) == 1
        assert list_alerts(node.services, SUPERVISOR).alerts == []
        assert digest(node.services, SUPERVISOR, "").alerts == 0
        closed = Protected.STR.bit | Protected.CT.bit
        assert node.services.store.read(lambda snapshot: snapshot.waiting(-1, closed=closed)).alerts == 0


def test_an_alert_on_what_is_masked_says_that_and_no_more(tmp_path: Path) -> None:
    with a_node(tmp_path) as node:
        add_watch(node.services, OFFICER, [PHONES[Protected.VICTIM]])
        it = planted_in(node.services, Protected.VICTIM)
        (alert,) = list_alerts(node.services, OFFICER).alerts
        assert alert.term == MASKED
        assert secrets_of(it, output_of(lambda: list_alerts(node.services, OFFICER)), "") == []
        assert secrets_of(it, output_of(lambda: digest(node.services, OFFICER, "")), "") == []


def test_a_peer_gets_the_class_with_the_message_and_masks_it_too(tmp_path: Path) -> None:
    with two_nodes(tmp_path) as (here, there):
        node = there.services.keys.node
        victim, ct = planted_in(here.services, Protected.VICTIM), planted_in(here.services, Protected.CT)
        opens_ct = Viewer(id="officer-0105", clearance=Tlp.RED, role="supervisor", opens=frozenset({Protected.CT}))
        share(here.services, opens_ct, [victim.message, ct.message], to=[node])
        assert carry(here, there) > 0
        (row,) = find(there.services, OFFICER, [victim.phone]).results
        assert [entity.caption for entity in row.entities] == [MASKED]
        assert find(there.services, OFFICER, [ct.phone]).results[0].entities == []
        assert find(there.services, opens_ct, [ct.phone]).results[0].entities


def test_a_class_that_was_added_later_travels_too(tmp_path: Path) -> None:
    with two_nodes(tmp_path) as (here, there):
        message, _ = take_one(here.services, "Contoh Biasa, +60199990003", name="a.txt", classes=frozenset())
        add_class(here.services, OFFICER, [message], "witness")
        share(here.services, OFFICER, [message], to=[there.services.keys.node])
        carry(here, there)
        (row,) = find(there.services, OFFICER, ["+60199990003"]).results
        assert [entity.caption for entity in row.entities] == [MASKED]


def test_what_is_the_units_is_released_to_nobody_and_leaves_no_decision(tmp_path: Path) -> None:
    with two_nodes(tmp_path) as (here, there):
        it = planted_in(here.services, Protected.STR)
        before = here.services.store.read(lambda snapshot: len(snapshot.places_of("decision")))
        done = share(here.services, FIU, [it.message], to=[there.services.keys.node])
        assert [line.rule for line in done.refused] == ["class-str"]
        assert any("str-item" in note for note in done.notes)
        assert here.services.store.read(lambda snapshot: len(snapshot.places_of("decision"))) == before
        with pytest.raises(UnknownTerm):
            share(here.services, OFFICER, [it.message], to=[there.services.keys.node])


def test_what_was_released_and_then_closed_is_withheld(tmp_path: Path) -> None:
    with two_nodes(tmp_path) as (here, there):
        message, _ = take_one(here.services, "Contoh Biasa, +60199990004", name="a.txt", classes=frozenset())
        share(here.services, OFFICER, [message], to=[there.services.keys.node])
        add_class(here.services, FIU, [message], "str")
        carry(here, there)
        assert find(there.services, OFFICER, ["+60199990004"]).results[0].entities == []


@pytest.mark.parametrize(
    "text",
    [
        "The bank filed a Suspicious  Transaction Report on him.",
        "see STR 2026/17",
        "ada laporan transaksi mencurigakan",
        "พบธุรกรรมที่มีเหตุอันควรสงสัย",
        "关于可疑交易报告",
        "có báo cáo giao dịch đáng ngờ",
        "sus\u200bpicious trans\u00adaction reports",
    ],
)
def test_words_that_tip_off_stay_home_with_one_sentence(tmp_path: Path, text: str) -> None:
    with two_nodes(tmp_path) as (here, there):
        message, _ = take_one(here.services, text, name="a.txt", classes=frozenset())
        done = share(here.services, OFFICER, [message], to=[there.services.keys.node])
        assert [line.rule for line in done.refused] == ["tipping-off"]
        assert done.notes == []
        assert "suspicious" not in done.refused[0].reason
        assert carry(here, there) in {0, 1}  # at most what says who we are
        told = share(here.services, FIU, [message], to=[there.services.keys.node])
        assert any("(words)" in note for note in told.notes)


@pytest.mark.parametrize("text", ["strings and streets", "Hauptstr. 5", "suspicious transactions", "SAR of Hong Kong"])
def test_other_words_leave(tmp_path: Path, text: str) -> None:
    with two_nodes(tmp_path) as (here, there):
        message, _ = take_one(here.services, text, name="a.txt", classes=frozenset())
        assert share(here.services, OFFICER, [message], to=[there.services.keys.node]).refused == []


def test_what_a_peer_is_told_of_its_rows_does_not_depend_on_what_is_closed(tmp_path: Path) -> None:
    """Else a peer could ask by sending bad rows."""
    receipts = []
    for planted in (False, True):
        with two_nodes(tmp_path / str(planted)) as (here, there):
            if planted:
                planted_in(there.services, Protected.STR)
            rows = "".join(f"+6012345000{n};{n}\n" for n in range(5))
            table = f"phone;amount\n{PHONES[Protected.STR]};1\n{rows}one;2;3;4\n".encode()
            taken = take(
                here.services,
                OFFICER,
                [TakenFile(name="a.csv", data=table)],
                options=TakeOptions(marking=Marking(tlp=Tlp.GREEN)),
                progress=no_progress,
            )
            share(here.services, OFFICER, taken.messages, to=[there.services.keys.node])
            carry(here, there)
            carry(there, here)
            lines = outbox(here.services, OFFICER).lines
            receipts.append([(line.kind, line.states, line.rejected, line.reasons) for line in lines])
    assert receipts[0] == receipts[1]
    assert sum(rejected for _, _, rejected, _ in receipts[0]) == 1, receipts


def test_a_marking_column_names_classes_and_cuts_by_them(tmp_path: Path) -> None:
    with a_node(tmp_path) as node:
        table = b"name,phone,marking\nSiti Contoh,+60123450101,AMBER; victim\nAhmad Contoh,+60123450102,AMBER\n"
        take(
            node.services,
            OFFICER,
            [TakenFile(name="a.csv", data=table)],
            options=TakeOptions(),
            progress=no_progress,
        )
        assert find(node.services, OFFICER, ["Siti Contoh"]).results[0].entities == []
        assert find(node.services, OFFICER, ["Ahmad Contoh"]).results[0].entities != []


def test_a_label_of_a_stix_object_names_a_class(tmp_path: Path) -> None:
    thing = {
        "type": "identity",
        "spec_version": "2.1",
        "id": "identity--0b6b5b1e-7a44-4bb6-8f2e-3f1c5d1c0a01",
        "created": "2026-01-01T00:00:00.000Z",
        "modified": "2026-01-01T00:00:00.000Z",
        "name": "Siti Contoh",
        "identity_class": "individual",
        "labels": ['lintas:class="victim"', "tlp:amber"],
    }
    bundle = {"type": "bundle", "id": "bundle--0b6b5b1e-7a44-4bb6-8f2e-3f1c5d1c0a02", "objects": [thing]}
    with a_node(tmp_path) as node:
        file = TakenFile(name="a.json", data=json.dumps(bundle).encode())
        taken = take(node.services, OFFICER, [file], options=TakeOptions(), progress=no_progress)
        shown = show_message(node.services, OFFICER, taken.messages[0])
        assert (shown.classes, shown.masked, shown.marking_label) == (["victim"], True, "TLP:AMBER")


def test_numbers_of_the_node_do_not_tell_of_what_is_closed(tmp_path: Path) -> None:
    def numbers(services: Services) -> tuple[int, ...]:
        now = status(services)
        return now.messages, now.entities, now.statements, now.identifiers, now.alerts, now.unacknowledged

    with a_node(tmp_path) as node:
        before = numbers(node.services)
        for one in CLOSED_CLASSES:
            planted_in(node.services, one)
        assert numbers(node.services) == before
        planted_in(node.services, Protected.VICTIM)
        assert numbers(node.services) > before


def test_a_file_of_which_a_part_is_closed_is_closed(tmp_path: Path) -> None:
    """It would say how many parts it has, and that one of them is not yours to see."""
    table = b"name,phone,marking\nSiti Contoh,+60123450101,AMBER\nAhmad Contoh,+60123450102,GREEN\n"
    with a_node(tmp_path) as node:
        file = TakenFile(name="a.csv", data=table)
        taken = take(node.services, OFFICER, [file], options=TakeOptions(), progress=no_progress)
        (intake,), (one, other) = taken.intakes, taken.messages
        add_class(node.services, FIU, [one], "str")
        for hidden in (one, intake):
            with pytest.raises(UnknownTerm):
                show_message(node.services, OFFICER, hidden)
        shown = show_message(node.services, OFFICER, other)
        assert (shown.intakes, shown.grounds.source) == ([], "")
        release_class(node.services, FIU, [one], "str")
        assert show_message(node.services, OFFICER, intake).items == [one, other]


def test_a_file_keeps_the_class_of_what_else_it_holds(tmp_path: Path) -> None:
    table = b"name,phone,marking\nSiti Contoh,+60123450101,AMBER\nAhmad Contoh,+60123450102,GREEN\n"
    with a_node(tmp_path) as node:
        file = TakenFile(name="a.csv", data=table)
        taken = take(node.services, OFFICER, [file], options=TakeOptions(), progress=no_progress)
        add_class(node.services, FIU, taken.intakes, "str")
        release_class(node.services, FIU, taken.messages[:1], "str")
        assert show_message(node.services, OFFICER, taken.messages[0]).classes == []
        with pytest.raises(UnknownTerm):
            show_message(node.services, OFFICER, taken.intakes[0])


def test_a_value_that_only_the_unit_holds_is_seen_in_a_text(tmp_path: Path) -> None:
    with a_node(tmp_path) as node:
        it = planted_in(node.services, Protected.STR)

        def held_only(text: str) -> int:
            data = text.encode()
            return node.services.store.read(
                lambda snapshot: carried_by(node.services, snapshot, data, classes=0, texts=()).held_only
            )

        assert held_only(f"ask about {it.phone}.") == 1
        assert held_only("ask about +60123459999.") == 0
        take_one(node.services, f"reported by the bank: {it.phone}", name="b.txt", classes=frozenset())
        assert held_only(f"ask about {it.phone}.") == 0
