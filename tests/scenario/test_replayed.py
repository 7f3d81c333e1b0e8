# SPDX-License-Identifier: Apache-2.0
"""Whatever is taken, erased or read again, a replay of the log comes out equal, and what was erased is gone."""

import json
import shutil
import threading
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from lintas.errors import NotAllowed, UnknownTerm
from lintas.model.marking import Tlp
from lintas.model.reading import ReadOptions
from lintas.model.viewer import Viewer
from lintas.ports.store import Snapshot
from lintas.testing import OFFICER, a_node
from lintas.work.finding import find, show_message
from lintas.work.intake import TakenFile, TakeOptions, guess_mapping
from lintas.work.intake.recipe import Recipe, reader_packs, recipe_for
from lintas.work.keeping import erase, rebuild
from lintas.work.proving import verify
from lintas.work.services import Services, no_progress
from lintas.work.watching import add_watch
from tests.scenario.giving import stix_bundle, stix_object, take_bytes

AMBER: Final = Viewer(id="officer-0007", clearance=Tlp.AMBER_STRICT)
TABLE: Final = b"phone,victim name\n0123456789,Tan\n0198765432,Lim\n"


def mapping_of(services: Services, data: bytes, **changed: object) -> str:
    """The mapping that a table suggests, corrected."""
    guessed = json.loads(guess_mapping(services, TakenFile(name="x.csv", data=data)))
    return json.dumps(guessed | changed)


def changed_views(services: Services) -> list[str]:
    """Which views come out otherwise when the log is replayed."""
    return rebuild(services, progress=no_progress).changed


@pytest.mark.parametrize("first", ["text/1", "table/1"])
def test_the_same_bytes_taken_as_a_text_and_as_a_table_are_two_messages(services: Services, first: str) -> None:
    second = "text/1" if first == "table/1" else "table/1"
    mapping = mapping_of(services, TABLE)
    given = {"text/1": TakeOptions(format="text/1"), "table/1": TakeOptions(format="table/1", mapping=mapping)}
    one, two = (take_bytes(services, TABLE, name="x.csv", options=given[reader]) for reader in (first, second))
    assert one.messages != two.messages and two.duplicates == 0
    assert changed_views(services) == []


def test_a_corrected_header_survives_a_replay(services: Services) -> None:
    data = b"Ali bin Abu;x\n0123456789;Tan\n"
    take_bytes(services, data, name="x.csv")
    corrected = TakeOptions(mapping=mapping_of(services, data, header=False))
    again = take_bytes(services, data, name="x.csv", options=corrected)
    assert again.duplicates == 1
    assert changed_views(services) == []


def test_an_item_that_two_files_hold_goes_with_both_of_them(services: Services) -> None:
    person = stix_object("identity", 1, name="Ali bin Abu", identity_class="individual")
    other = stix_object("identity", 2, name="Somebody else", identity_class="individual")
    hotline = TakeOptions(source="hotline")
    files = [
        take_bytes(services, stix_bundle(*held), name="b", options=hotline) for held in ([person], [person, other])
    ]
    gone = erase(services, OFFICER, [file.intakes[0] for file in files], ground="recall")
    assert set(gone.also) == set(files[1].messages)
    assert changed_views(services) == []


def test_names_of_properties_and_columns_are_erased_too(tmp_path: Path) -> None:
    data = b"Ali bin Abu;Kampung Baru\n0123456789;Tan\n"
    person = stix_object("identity", 1, name="x", identity_class="individual", x_siti_binti_abu="1")
    with a_node(tmp_path) as node:
        corrected = TakeOptions(mapping=mapping_of(node.services, data))
        taken = [
            take_bytes(node.services, data, name="x.csv", options=corrected),
            take_bytes(node.services, stix_bundle(person), name="b.json"),
        ]
        assert kept(tmp_path, b"Ali bin Abu") and kept(tmp_path, b"siti_binti_abu")
        erase(node.services, OFFICER, [one.intakes[0] for one in taken], ground="recall")
        assert not kept(tmp_path, b"Ali bin Abu") and not kept(tmp_path, b"siti_binti_abu")
        assert verify(node.services, progress=no_progress).ok
        assert changed_views(node.services) == []


def test_a_mapping_that_another_table_needs_is_kept(services: Services) -> None:
    options = TakeOptions(mapping=mapping_of(services, TABLE))
    one = take_bytes(services, TABLE, name="one.csv", options=options)
    two = take_bytes(services, TABLE + b"0181112222,Ng\n", name="two.csv", options=options)
    erase(services, OFFICER, one.intakes, ground="recall")
    assert verify(services, progress=no_progress).ok and changed_views(services) == []
    erase(services, OFFICER, two.intakes, ground="recall")
    assert verify(services, progress=no_progress).ok and changed_views(services) == []


def test_the_digest_of_a_mapping_cannot_be_guessed_from_the_header(services: Services) -> None:
    mapping = mapping_of(services, TABLE)
    taken = take_bytes(services, TABLE, name="x.csv", options=TakeOptions(mapping=mapping))
    again = take_bytes(services, TABLE, name="x.csv", options=TakeOptions(mapping=mapping))
    shown = json.loads(show_message(services, OFFICER, taken.messages[0]).header)
    options = ReadOptions(region="MY", mapping=mapping)
    assert shown["reading"] != Recipe(reader="table/1", options=options, packs=reader_packs(services.packs)).digest
    assert shown["reading"] == recipe_for(services.keys, "table/1", options, reader_packs(services.packs)).digest
    assert again.messages == taken.messages and again.duplicates == 1


def test_a_large_file_is_erased_in_one_commit(services: Services) -> None:
    held = [stix_object("identity", number, name=f"N{number}", identity_class="group") for number in range(450)]
    taken = take_bytes(services, stix_bundle(*held), name="b")
    before = services.store.read(lambda snapshot: snapshot.size())
    with pytest.raises(UnknownTerm):
        erase(services, OFFICER, [*taken.intakes, "0" * 64], ground="recall")
    assert services.store.read(lambda snapshot: snapshot.size()) == before
    erase(services, OFFICER, taken.intakes, ground="recall")
    assert services.store.read(lambda snapshot: snapshot.size()) == before + 3
    assert changed_views(services) == []


def test_what_was_erased_already_is_said_so_and_logged_once(services: Services) -> None:
    person = stix_object("identity", 1, name="Ali bin Abu", identity_class="individual")
    other = stix_object("identity", 2, name="Somebody else", identity_class="individual")
    one = take_bytes(services, stix_bundle(person), name="one.json")
    two = take_bytes(services, stix_bundle(other), name="two.json")
    first = erase(services, OFFICER, one.intakes, ground="recall")
    assert first.before == [] and first.also == one.messages
    size = services.store.read(lambda snapshot: snapshot.size())
    again = erase(services, OFFICER, [*one.intakes, *one.messages], ground="retention")
    assert (again.erased, again.entry, again.also) == ([], "", [])
    assert [(gone.message, gone.ground, gone.entry) for gone in again.before] == [
        (message, "recall", first.entry) for message in (*one.intakes, *one.messages)
    ]
    assert services.store.read(lambda snapshot: snapshot.size()) == size
    both = erase(services, OFFICER, [*one.intakes, *two.intakes], ground="retention")
    assert (both.erased, both.also) == (two.intakes, two.messages)
    assert [gone.message for gone in both.before] == one.intakes
    said = json.loads(show_message(services, OFFICER, both.entry).header)
    assert set(said["body"]["messages"]) == {*two.intakes, *two.messages}
    assert verify(services, progress=no_progress).ok and changed_views(services) == []


@pytest.mark.parametrize("viewer", [AMBER, replace(AMBER, role="analyst")])
def test_nobody_erases_what_shows_whom_they_asked_about_or_ends_a_watch_so(services: Services, viewer: Viewer) -> None:
    asked = find(services, viewer, ["+60123456789"]).access
    watch = add_watch(services, replace(AMBER, id="officer-0008"), ["+60123456789"]).watch
    for message in (asked, watch):
        with pytest.raises(NotAllowed):
            erase(services, viewer, [message], ground="recall")
    assert erase(services, replace(AMBER, role="supervisor"), [asked, watch], ground="recall").erased == [asked, watch]


def kept(folder: Path, needle: bytes) -> bool:
    """Whether some file below a folder holds some bytes."""
    return any(needle in path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_what_was_erased_while_somebody_read_leaves_the_journal_at_the_next_tick(tmp_path: Path) -> None:
    with a_node(tmp_path) as node:
        taken = take_bytes(node.services, b"call Ali bin Abu", name="x.txt")
        reading, done = threading.Event(), threading.Event()

        def read(snapshot: Snapshot) -> None:
            snapshot.size()
            reading.set()
            done.wait()

        reader = threading.Thread(target=lambda: node.services.store.read(read))
        reader.start()
        reading.wait()
        try:
            erase(node.services, OFFICER, taken.intakes, ground="recall")
            assert kept(tmp_path, b"Ali bin Abu")
        finally:
            done.set()
            reader.join()
        assert node.services.store.settle()
        assert not kept(tmp_path, b"Ali bin Abu")


def test_what_was_erased_by_a_process_that_died_leaves_the_journal_at_the_next_start(tmp_path: Path) -> None:
    with a_node(tmp_path / "made") as node:
        taken = take_bytes(node.services, b"call Ali bin Abu", name="x.txt")
        reading, done = threading.Event(), threading.Event()

        def read(snapshot: Snapshot) -> None:
            snapshot.size()
            reading.set()
            done.wait()

        reader = threading.Thread(target=lambda: node.services.store.read(read))
        reader.start()
        reading.wait()
        try:
            erase(node.services, OFFICER, taken.intakes, ground="recall")
            shutil.copytree(tmp_path / "made", tmp_path / "died")  # what a disk holds when the process dies here
        finally:
            done.set()
            reader.join()
    assert kept(tmp_path / "died", b"Ali bin Abu")
    with a_node(tmp_path / "died"):
        assert not kept(tmp_path / "died", b"Ali bin Abu")
