# SPDX-License-Identifier: Apache-2.0
"""Tables as messages: rows, markings, encodings, and tables that cannot be read."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.errors import BadInput, Malformed, OverLimit
from lintas.formats import export
from lintas.formats.reader import READERS
from lintas.formats.table_mapping import Mapping, guess_mapping
from lintas.formats.text_encoding import encode_text
from lintas.limits import TABLE_ROWS_MAX
from lintas.model.reading import Container, ReadOptions
from tests.unit.formats.builders import checked, only, packs, payload, posted, said

PLAIN = (
    "Name,Phone,Account no,Bank,Remarks\n"
    "A One,+6561234567,1234567890,DBS,see http://x.example.com/a\n"
    "B Two,+6561234568,,,\n"
)


def table(text: str | bytes, **options: str) -> Container:
    raw = text.encode() if isinstance(text, str) else text
    return checked(raw, "table/1", ReadOptions(**options))


def test_each_row_gives_its_things_and_their_values() -> None:
    derived = only(table(PLAIN)).derived
    assert [entity.schema for entity in derived.entities] == ["BankAccount", "Person", "BankAccount", "Person"]
    assert [entity.caption for entity in derived.entities] == ["1234567890", "A One", "row 3", "B Two"]
    assert derived.entities[1].key.endswith("-r2-person")
    assert said(derived, "bankName") == ["DBS"]
    assert said(derived, "ownerOf") == [derived.entities[0].key, derived.entities[2].key]
    assert {("phone", "+6561234567"), ("phone", "+6561234568"), ("url", "http://x.example.com/a")} <= posted(derived)
    assert derived.read == 2


def test_bank_and_number_join_to_one_account() -> None:
    assert ("bank_account", "DBSSSGSG:1234567890") in posted(only(table(PLAIN)).derived)


def test_a_number_whose_bank_is_not_known_is_posted_without_it() -> None:
    derived = only(table("Account no,Bank\n1234567890,No Such Bank\n")).derived
    assert ("bank_account", "any:1234567890") in posted(derived)
    assert "bank is not known" in derived.notes[0]


def test_an_invalid_identifier_is_kept_as_written_and_noted() -> None:
    derived = only(table("Phone,x\n+6561234567,1\nask him,2\nnot given,3\n")).derived
    assert said(derived, "phone") == ["+6561234567", "ask him", "not given"]
    assert len(posted(derived)) == 1
    assert "kept as written (rows 3, 4)" in derived.notes[0]


def test_a_column_that_nobody_knows_is_kept_under_its_name() -> None:
    derived = only(table("Phone,Shoe size\n+6561234567,43\n")).derived
    assert said(derived, "Shoe size") == ["43"]


def test_a_short_row_is_used_and_noted_and_a_long_one_rejected() -> None:
    derived = only(table("a,b,c\n1,2,3\n1\n1,2,3,4\n1,2,3,,\n")).derived
    assert (derived.read, [(each.id, each.reason) for each in derived.rejected]) == (
        4, [("row 4", "It has 4 cells, the table 3 columns; they cannot be aligned.")],
    )  # fmt: skip
    assert derived.notes == ("Rows with fewer cells than columns: row 3; the missing cells count as empty.",)


def test_blank_rows_are_not_counted_but_keep_their_number() -> None:
    derived = only(table("Phone,x\n\n,,\n+6561234567,1\n")).derived
    assert derived.read == 1
    assert derived.entities[0].key.endswith("-r4-person")


def test_a_header_alone_is_a_table_of_no_rows() -> None:
    container = table("Phone,Name\n")
    assert (container.read, only(container).derived.read) == (0, 0)


def test_the_media_type_says_how_the_bytes_are_read() -> None:
    assert only(table("a;b\n1;2\n")).media_type == "text/csv;charset=utf-8;delimiter=semicolon;header=present"
    assert only(table("1;2\n3;4\n")).media_type == "text/csv;charset=utf-8;delimiter=semicolon;header=absent"


@pytest.mark.parametrize(
    "media_type",
    [
        "",
        "text/csv",
        "text/plain;charset=utf-8",
        "text/csv;charset=utf-8;delimiter=dot;header=present",
        "text/csv;charset=utf-7;delimiter=comma;header=present",
    ],
)
def test_a_wrong_media_type_is_malformed(media_type: str) -> None:
    with pytest.raises(Malformed):
        READERS["table/1"].derive(PLAIN.encode(), media_type, ReadOptions(), packs())


# Marking

MARKED = "Phone,TLP\n+6561234561,RED\n+6561234562,green\n+6561234563,\n+6561234564,TLP:RED\n+6561234565,secret\n"


def test_a_marking_column_cuts_the_table_into_one_message_per_marking() -> None:
    container = table(MARKED)
    assert [(each.tlp, each.derived.read) for each in container.slices] == [("RED", 3), ("GREEN", 1), ("", 1)]
    assert payload(MARKED.encode(), container.slices[1]) == b"Phone,TLP\n+6561234562,green\n"
    assert posted(container.slices[1].derived) == {("phone", "+6561234562")}
    assert said(container.slices[0].derived, "marking") == ["RED", "TLP:RED", "secret"]


def test_rows_that_cannot_be_used_stand_in_no_marked_message() -> None:
    container = table("Phone,TLP\n+6561234561,RED,too,many\n+6561234562,GREEN\n")
    assert (container.read, [each.id for each in container.rejected]) == (2, ["row 2"])
    assert [each.tlp for each in container.slices] == ["GREEN"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("start", ["", "sep=,\r\n"])
def test_a_marked_table_can_be_given_back_in_any_encoding(encoding: str, start: str) -> None:
    text = (
        "\ufeff"
        + start
        + "Name,TLP,ชื่อ\r\n"
        + "".join(f"A{n}😀,{tlp},ก\r\n" for n, tlp in enumerate(["RED", "GREEN", "RED", ""] * 3))
    )
    raw = encode_text(text, encoding)
    container = table(raw)
    assert [each.derived.read for each in container.slices] == [6, 3, 3]
    layout = export.decode_layout(json.loads(json.dumps(export.encode_layout(container, raw))))
    assert export.rebuild(layout, lambda index: payload(raw, container.slices[index])) == raw


# Mapping


def test_a_corrected_mapping_is_used() -> None:
    raw = b"c1,c2\n61234567,x\n"
    said_by_person = json.loads(guess_mapping(raw, packs()).to_json())
    said_by_person["groups"]["person"] = "Person"
    said_by_person["columns"][0] = {
        "header": "c1",
        "role": "identifier",
        "schemes": ["phone"],
        "prop": "phone",
        "group": "person",
        "kind": "identifier",
    }
    mapping = Mapping.from_json(json.dumps(said_by_person)).to_json()
    assert ("phone", "+6561234567") in posted(only(table(raw, mapping=mapping, region="SG")).derived)


def test_a_mapping_finds_its_columns_by_name() -> None:
    mapping = guess_mapping(b"Phone,Name\n+6561234567,A\n", packs()).to_json()
    derived = only(table("Name,New,Phone\nA,new,+6561234567\n", mapping=mapping)).derived
    assert said(derived, "phone") == ["+6561234567"]
    assert said(derived, "New") == ["new"]


def test_columns_that_are_missing_are_noted() -> None:
    mapping = guess_mapping(b"Phone,Name\n+6561234567,A\n", packs()).to_json()
    assert table("Phone\n+6561234567\n", mapping=mapping).notes == ("1 columns of the mapping are not in the table.",)


def test_a_mapping_for_another_table_is_refused() -> None:
    mapping = guess_mapping(b"Phone,Name\n+6561234567,A\n", packs()).to_json()
    with pytest.raises(Malformed, match="another table"):
        table("x,y\n1,2\n", mapping=mapping)


@pytest.mark.parametrize("mapping", ["{}", "x", "[]", "null"])
def test_a_broken_mapping_is_refused(mapping: str) -> None:
    with pytest.raises(BadInput):
        table(PLAIN, mapping=mapping)


# Encodings

THAI = "ชื่อ,เบอร์โทร\nสมมุติ ตัวอย่าง,+6621234567\nทดสอบ นามสมมุติ,+6621234568\n"
CHINESE = "姓名,手机号\n张三示例,+8613800138000\n李四示例,+8613800138001\n测试人员的名字,+8613800138002\n"
FRENCH = "Name,Remarks\nRené Example,passé près de la gare\nHélène Sample,rien à dire\n"


@pytest.mark.parametrize(
    ("text", "codec", "encoding"),
    [
        (THAI, "tis-620", "windows-874"),
        (CHINESE, "gb18030", "gb18030"),
        (CHINESE, "gbk", "gb18030"),
        (FRENCH, "cp1252", "windows-1252"),
    ],
)
def test_an_older_encoding_is_read_where_it_is_certain_and_said(text: str, codec: str, encoding: str) -> None:
    container = table(text.encode(codec))
    assert encoding in container.format
    assert encoding in container.notes[0]
    assert [each.value for each in only(container).derived.statements] == [
        each.value for each in only(table(text)).derived.statements
    ]


@pytest.mark.parametrize(
    "raw",
    [
        b"a,b\n\xff\xfe\xfd,1\n",
        b"a,b\n\xe9\xe8\xea\xeb\xec\xed,1\n",
        b"a,b\n\x81\x8d\n",
        b"name,x\n\xa4\xa4\xa4\xe5,1\n",
    ],
)
def test_an_encoding_that_is_not_certain_is_refused_with_a_hint(raw: bytes) -> None:
    with pytest.raises(Malformed) as refused:
        table(raw)
    assert "UTF-8" in refused.value.hint or "binary" in refused.value.hint


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_no_part_of_the_first_header(codec: str) -> None:
    assert said(only(table(PLAIN.encode(codec))).derived, "name") == ["A One", "B Two"]


# Hostile tables


def test_too_many_rows_are_over_the_limit() -> None:
    with pytest.raises(OverLimit, match="rows"):
        table("a,b\n" + "1,2\n" * (TABLE_ROWS_MAX + 1))


def test_too_many_columns_are_over_the_limit() -> None:
    with pytest.raises(OverLimit):
        table(",".join(f"c{n}" for n in range(100_000)) + "\n1\n")


@pytest.mark.parametrize(
    "raw", [b"", b"\n", b"PK\x03\x04rest", b"a,b\n1,\x002\n", b"\xff\xfea", b"\xef\xbb\xbf", b"sep=;\n"]
)
def test_what_is_no_table_is_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        table(raw)


@given(st.binary() | st.text(alphabet='ab1,;"\n\r\t@.+ ').map(str.encode))
def test_any_bytes_are_a_table_or_malformed(raw: bytes) -> None:
    with suppress(BadInput, OverLimit):
        table(raw)


CELL = st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
TLP_CELL = st.sampled_from(["RED", "green", "", "TLP:AMBER+STRICT", "?"])


@given(
    st.lists(st.tuples(CELL, TLP_CELL, CELL), max_size=8),
    st.sampled_from(["utf-8", "utf-16-le", "utf-8-sig", "gb18030"]),
)
def test_any_marked_table_is_cut_and_given_back(rows: list[tuple[str, str, str]], codec: str) -> None:
    text = "Phone,TLP,Remarks\n" + "".join(
        ",".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\n" for row in rows
    )
    encoding = {"utf-8-sig": "utf-8"}.get(codec, codec)
    mapping = json.loads(guess_mapping(b"Phone,TLP,Remarks\n,,\n", packs()).to_json()) | {"encoding": encoding}
    raw = ("\ufeff" + text if codec == "utf-16-le" else text).encode(codec)
    container = table(raw, mapping=json.dumps(mapping))
    layout = export.layout_of(container, raw)
    assert export.rebuild(layout, lambda index: payload(raw, container.slices[index])) == raw
    assert all(each.tlp in ("RED", "GREEN", "", "AMBER_STRICT") for each in container.slices)
