# SPDX-License-Identifier: Apache-2.0
"""Files come in whole, are noticed when they come again, and go out byte for byte."""

import json

import msgspec
import pytest

from lintas.errors import Malformed, NotAllowed, OverLimit, UnknownTerm, WrongUse
from lintas.formats.table_columns import Mapping
from lintas.limits import FILE_BYTES_MAX
from lintas.model.find_answers import Filters
from lintas.model.marking import Grading, Marking, Tlp
from lintas.model.viewer import Viewer
from lintas.testing import CLERK, OFFICER
from lintas.work.finding import find, list_intakes, show_message
from lintas.work.intake import TakenFile, TakeOptions, export, guess_mapping, take
from lintas.work.keeping import erase, rebuild
from lintas.work.proving import verify
from lintas.work.services import Services, no_progress
from tests.scenario.giving import stix_bundle, stix_object, take_bytes, take_text

TABLE = b"name,phone,tlp\nTan Wei,+6591234567,GREEN\nLim Mei,+60123456789,RED\ntoo,many,cells,here\n"
TWO = stix_bundle(
    stix_object("identity", 1, name="Mule ring", identity_class="group"),
    stix_object("malware", 2, name="Loader", is_family=False),
)


def test_a_bundle_becomes_one_message_an_object_and_comes_out_byte_for_byte(services: Services) -> None:
    taken = take_bytes(services, TWO, name="two.json")
    assert (taken.read, taken.used, taken.rejected, taken.duplicates) == (2, 2, [], 0)
    assert len(taken.messages) == 2
    assert export(services, OFFICER, taken.intakes[0]) == ("two.json", TWO)
    one = json.loads(TWO)["objects"][1]
    assert json.loads(export(services, OFFICER, taken.messages[1])[1]) == one


def test_what_a_reader_cannot_use_is_rejected_with_a_reason_and_still_given_back(services: Services) -> None:
    raw = stix_bundle(stix_object("identity", 1, name="A", identity_class="group"), {"type": "malware"}, {"x": 1})
    taken = take_bytes(services, raw, name="bad.json")
    assert taken.read == taken.used + len(taken.rejected) == 3
    assert all(len(one.reason) > 20 for one in taken.rejected)
    assert export(services, OFFICER, taken.intakes[0])[1] == raw
    shown = show_message(services, OFFICER, taken.intakes[0])
    assert [one.reason for one in shown.rejected] == [one.reason for one in taken.rejected]


def test_the_same_file_twice_adds_nothing(services: Services) -> None:
    first = take_bytes(services, TWO, name="two.json")
    size = services.store.read(lambda s: s.size())
    again = take_bytes(services, TWO, name="two.json")
    assert again.messages == first.messages
    assert (again.duplicates, again.used, again.statements) == (2, 2, 0)
    assert services.store.read(lambda s: s.size()) == size


def test_the_same_bytes_under_another_marking_are_another_message(services: Services) -> None:
    first = take_text(services, "call +60123456789", options=TakeOptions(marking=Marking(tlp=Tlp.GREEN)))
    again = take_text(services, "call +60123456789", options=TakeOptions(marking=Marking(tlp=Tlp.RED)))
    assert first.messages != again.messages
    assert again.duplicates == 0


def test_what_was_erased_can_be_taken_again(services: Services) -> None:
    first = take_text(services, "call +60123456789")
    erase(services, OFFICER, first.intakes, ground="retention")
    again = take_text(services, "call +60123456789")
    assert again.duplicates == 0
    assert again.messages != first.messages


def test_the_stricter_of_the_files_marking_and_the_persons_wins(services: Services) -> None:
    green = stix_object(
        "identity",
        1,
        name="A",
        identity_class="group",
        object_marking_refs=["marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"],
    )
    strict = take_bytes(services, stix_bundle(green), name="a", options=TakeOptions(marking=Marking(tlp=Tlp.RED)))
    own = take_bytes(services, stix_bundle(green), name="b", options=TakeOptions(marking=Marking(tlp=Tlp.CLEAR)))
    assert show_message(services, OFFICER, strict.messages[0]).marking_label == "TLP:RED"
    assert show_message(services, OFFICER, own.messages[0]).marking_label == "TLP:GREEN"


def test_an_unmarked_thing_gets_the_nodes_default(services: Services) -> None:
    taken = take_text(services, "call +60123456789")
    assert show_message(services, OFFICER, taken.messages[0]).marking_label == "TLP:AMBER+STRICT"


def test_grading_and_source_stand_on_what_is_found(services: Services) -> None:
    options = TakeOptions(grading=Grading.from_text("B2"), source="Hotline 997")
    take_text(services, "call +60123456789", options=options)
    result = find(services, OFFICER, ["+60123456789"]).results[0]
    assert [(one.grading, one.source) for one in result.sources] == [("B2", "Hotline 997")]


def test_a_marking_column_splits_a_table_so_that_each_part_is_seen_by_its_own(services: Services) -> None:
    table = TABLE.replace(b"RED", b"AMBER+STRICT")
    taken = take_bytes(services, table, name="reports.csv")
    assert (taken.read, taken.used, len(taken.rejected)) == (3, 2, 1)
    assert export(services, OFFICER, taken.intakes[0])[1] == table
    assert find(services, CLERK, ["+6591234567"]).results[0].entities
    assert not find(services, CLERK, ["+60123456789"]).results[0].entities


def test_a_file_with_a_part_above_the_viewer_is_not_given_whole(services: Services) -> None:
    taken = take_bytes(services, TABLE, name="reports.csv")
    with pytest.raises(UnknownTerm):
        export(services, CLERK, taken.intakes[0])
    assert list_intakes(services, CLERK) == []


def test_a_file_with_a_part_that_is_never_saved_is_not_given_whole(services: Services) -> None:
    taken = take_bytes(services, TABLE, name="reports.csv")
    green, red = taken.messages
    for never in (taken.intakes[0], red):
        with pytest.raises(NotAllowed, match="TLP:RED") as refused:
            export(services, OFFICER, never)
        assert refused.value.rule == "no-export"
    assert b"Tan Wei" in export(services, OFFICER, green)[1]
    assert show_message(services, OFFICER, red).no_export
    assert not show_message(services, OFFICER, green).no_export


def test_a_file_with_an_erased_part_says_so(services: Services) -> None:
    taken = take_bytes(services, TWO, name="two.json")
    erase(services, OFFICER, taken.messages[:1], ground="retention")
    with pytest.raises(WrongUse, match="erased"):
        export(services, OFFICER, taken.intakes[0])
    with pytest.raises(UnknownTerm, match="erased"):
        export(services, OFFICER, taken.messages[0])


def test_one_unreadable_file_does_not_spoil_its_neighbours(services: Services) -> None:
    files = [TakenFile(name="x.json", data=b'{"type": "bundle", "objects": ['), TakenFile(name="two.json", data=TWO)]
    taken = take(services, OFFICER, files, options=TakeOptions(), progress=no_progress)
    assert (taken.read, taken.used) == (3, 2)
    assert [one.file for one in taken.rejected] == ["x.json"]


def test_an_unreadable_file_alone_is_an_error_and_leaves_nothing(services: Services) -> None:
    size = services.store.read(lambda s: s.size())
    with pytest.raises(Malformed):
        take_bytes(services, b'{"type": "bundle", "objects": [', name="x.json")
    assert services.store.read(lambda s: s.size()) == size


def test_a_file_over_the_limit_is_refused_with_the_limit(services: Services) -> None:
    with pytest.raises(OverLimit, match=f"{FILE_BYTES_MAX:,}"):
        take_bytes(services, bytes(FILE_BYTES_MAX + 1), name="big.bin")


def test_a_large_payload_is_a_blob_and_comes_back(services: Services) -> None:
    text = "account 112233445566 at Maybank\n" * 4000
    taken = take_text(services, text)
    assert len(list(services.blobs.names())) >= 1
    assert export(services, OFFICER, taken.intakes[0])[1] == text.encode()
    erase(services, OFFICER, taken.intakes, ground="retention")
    assert list(services.blobs.names()) == []
    assert verify(services, progress=no_progress).ok


def test_an_operator_sees_no_content(services: Services) -> None:
    taken = take_text(services, "call +60123456789")
    operator = Viewer(id="officer-0009", clearance=Tlp.RED, role="operator")
    with pytest.raises(NotAllowed):
        find(services, operator, ["+60123456789"])
    with pytest.raises(NotAllowed):
        show_message(services, operator, taken.messages[0])
    with pytest.raises(NotAllowed):
        take(services, operator, [TakenFile(name="a", data=b"x")], options=TakeOptions(), progress=no_progress)


def test_a_crime_area_that_no_pack_knows_is_refused_because_headers_are_permanent(services: Services) -> None:
    with pytest.raises(UnknownTerm, match="no crime area"):
        take_text(services, "x", options=TakeOptions(areas=("Lim's case",)))


def test_a_table_given_again_with_its_columns_corrected_is_read_so(services: Services) -> None:
    raw = b"who,ref\nLim Mei,lim_mei_88\nTan Wei,case 77\nOng Li,none\nLee An,n/a\n"
    file = TakenFile(name="r.csv", data=raw)
    first = take_bytes(services, raw, name="r.csv")
    assert not find(services, OFFICER, ["@lim_mei_88"], filters=Filters(scheme="telegram")).results[0].entities
    mapping = Mapping.from_json(guess_mapping(services, file))
    columns = tuple(
        msgspec.structs.replace(column, role="identifier", schemes=("telegram",), prop="username")
        if column.header == "ref"
        else column
        for column in mapping.columns
    )
    corrected = msgspec.structs.replace(mapping, columns=columns).to_json()
    again = take_bytes(services, raw, name="r.csv", options=TakeOptions(mapping=corrected))
    assert (again.messages, again.duplicates) == (first.messages, 1)
    assert find(services, OFFICER, ["@lim_mei_88"], filters=Filters(scheme="telegram")).results[0].entities
    assert rebuild(services, progress=no_progress).changed == []
    size = services.store.read(lambda s: s.size())
    take_bytes(services, raw, name="r.csv", options=TakeOptions(mapping=corrected))
    assert services.store.read(lambda s: s.size()) == size


def test_parts_of_a_split_table_are_read_with_one_mapping(services: Services) -> None:
    rows = "".join(f"Lim Mei,+6012345678{n},GREEN\n" for n in range(9))
    raw = f"name,contact,tlp\n{rows}Tan Wei,none,RED\n".encode()
    taken = take_bytes(services, raw, name="r.csv")
    props = [{said.prop for said in show_message(services, OFFICER, one).statements} for one in taken.messages]
    assert props[0] == props[1]
    assert rebuild(services, progress=no_progress).changed == []
