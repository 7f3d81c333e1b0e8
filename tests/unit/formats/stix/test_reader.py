# SPDX-License-Identifier: Apache-2.0
"""Containers of STIX: what is cut out, what is rejected, what cannot be read at all."""

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.errors import BadInput, Malformed, OverLimit
from lintas.formats.detect import detect
from lintas.formats.reader import READERS
from lintas.limits import ITEM_BYTES_MAX, ITEMS_PER_FILE_MAX, STATEMENTS_PER_ITEM_MAX
from lintas.model.reading import ReadOptions
from tests.unit.formats.builders import bundle, checked, only, packs, payload, posted, read, said, stix, stix_id

TOOL = stix("tool", name="Example")
TEXT = json.dumps(TOOL)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (bundle(TOOL), "STIX 2.1 bundle"),
        (
            f'\n {{ "objects" : [\n{TEXT} ] , "type":"bundle", "id": "{stix_id("bundle")}" }}\n'.encode(),
            "STIX 2.1 bundle",
        ),
        (b"\xef\xbb\xbf" + bundle(TOOL), "STIX 2.1 bundle"),
        (f'{{"more": false, "objects": [{TEXT}]}}'.encode(), "TAXII envelope of STIX 2.1 objects"),
        (f"[{TEXT}]".encode(), "list of STIX 2.1 objects"),
        (f"\n{TEXT}\n".encode(), "STIX 2.1 object"),
        (
            f'{{"root": {{"collections": [{{"objects": []}}, {{"id": "x", "objects": [{TEXT}]}}]}}}}'.encode(),
            "TAXII data set",
        ),
        (f'[{{"collection": {{"objects": [{TEXT}]}}}}]'.encode(), "TAXII data set"),
    ],
)
def test_every_form_of_container_gives_its_objects_byte_for_byte(raw: bytes, words: str) -> None:
    container = read(raw)
    assert container.format == words
    assert payload(raw, only(container)) == TEXT.encode()
    assert only(container).source_id == TOOL["id"]


def test_objects_keep_their_order_and_their_own_spelling() -> None:
    pieces = [f'{{"type":"tool","id":"{stix_id("tool", n)}", "name" : "\\u0061"}}' for n in range(5)]
    raw = ('{"type":"bundle","id":"x","objects":[' + " ,\n".join(pieces) + "]}").encode()
    assert [payload(raw, each).decode() for each in read(raw).slices] == pieces


def test_several_versions_of_one_object_are_several_messages() -> None:
    container = read(bundle(TOOL, {**TOOL, "modified": "2026-02-01T00:00:00.000Z"}, TOOL))
    assert [said(each.derived, "modified") for each in container.slices] == [
        ["2026-01-02T00:00:00.000Z"],
        ["2026-02-01T00:00:00.000Z"],
        ["2026-01-02T00:00:00.000Z"],
    ]


def test_an_empty_bundle_holds_nothing() -> None:
    assert read(b'{"type":"bundle","id":"bundle--1"}').read == 0
    assert read(bundle()).read == 0


REJECTED = [
    ("7", "object 2", "no JSON object"),
    ("null", "object 2", "no JSON object"),
    ('"text"', "object 2", "no JSON object"),
    ("[1]", "object 2", "no JSON object"),
    ("{}", "object 2", "no 'type'"),
    ('{"type":"tool"}', "object 2", "no 'id'"),
    ('{"id":"tool--1"}', "tool--1", "no 'type'"),
    ('{"type":5,"id":"tool--1"}', "tool--1", "no 'type'"),
    ('{"type":"tool","id":["x"]}', "object 2", "no 'id'"),
    ('{"type":"","id":"tool--1"}', "tool--1", "no 'type'"),
    ('{"type":"tool","id":"%s"}' % ("x" * 500), "object 2", "400 characters"),
    ('{"type":"tool","id":"tool--1","name":"a","name":"b"}', "tool--1", "twice"),
    ('{"type":"tool","id":"tool--1","x":{"y":1,"\\u0079":1}}', "tool--1", "twice"),
    ('{"type":"tool","id":"tool--1","x":1e999}', "tool--1", "no valid JSON"),
    ('{"type":"tool","id":"tool--1","x":%s}' % ("[" * 70 + "]" * 70), "tool--1", "64 nested levels"),
    ('{"type":"tool","id":"tool--1","x":%s}' % ('{"a":' * 400 + "1" + "}" * 400), "tool--1", "64 nested levels"),
]


@pytest.mark.parametrize(("bad", "id_", "reason"), REJECTED)
def test_a_bad_object_is_rejected_with_a_reason_and_spoils_no_neighbour(bad: str, id_: str, reason: str) -> None:
    raw = f'{{"type":"bundle","id":"bundle--1","objects":[{TEXT},{bad},{TEXT}]}}'.encode()
    container = checked(raw, "stix/1")
    assert (container.read, len(container.slices)) == (3, 2)
    assert [each.id for each in container.rejected] == [id_]
    assert reason in container.rejected[0].reason


def test_bytes_that_are_no_utf_8_reject_only_their_object() -> None:
    raw = bundle(TOOL, stix("tool", 2, name="XX"), stix("tool", 3, name="y")).replace(b'"XX"', b'"\xff\xfe"')
    container = read(raw)
    assert [(each.id, each.reason) for each in container.rejected] == [(stix_id("tool", 2), "It is no valid UTF-8.")]
    assert len(container.slices) == 2


@pytest.mark.parametrize("half", ["\\ud83d", "\\uDE00", "\\ude00\\ud83d", "x\\ud800y"])
def test_half_a_character_is_replaced_and_noted(half: str) -> None:
    bad = f'{{"type":"tool","id":"tool--1","name":"a{half}","x":"\\\\ud800"}}'
    raw = f'{{"type":"bundle","objects":[{TEXT},{bad}]}}'.encode()
    container = checked(raw, "stix/1")
    assert container.rejected == ()
    assert "\ufffd" in said(container.slices[1].derived, "name")[0]
    assert said(container.slices[1].derived, "x") == ["\\ud800"]
    assert "were replaced" in container.slices[1].derived.notes[-1]


def test_a_whole_character_is_not_replaced() -> None:
    assert said(only(read(json.dumps(stix("tool", name="\U0001f600")).encode())).derived, "name") == ["\U0001f600"]


def test_an_object_that_says_too_much_is_rejected() -> None:
    container = read(bundle(stix("tool", x_all=["v"] * (STATEMENTS_PER_ITEM_MAX + 1)), TOOL))
    assert container.rejected[0].reason == f"It has more than {STATEMENTS_PER_ITEM_MAX:,} values."


def test_an_object_larger_than_a_message_is_rejected() -> None:
    container = read(bundle(stix("tool", name="x" * ITEM_BYTES_MAX), TOOL))
    assert "bytes; one object may have" in container.rejected[0].reason
    assert len(container.slices) == 1


def test_a_hostile_id_is_not_repeated_in_a_reason() -> None:
    container = read(bundle(TOOL, {"id": "\u202e\n<b>"}))
    assert container.rejected[0].id == "object 2"


@pytest.mark.parametrize(
    "raw",
    [
        b'{"type":"bundle","id":"bundle--1","objects":[' + TEXT.encode(),
        b'{"type":"bundle","objects":[{]}',
        b'{"type":"bundle","objects":{"a":1}}',
        b'{"type":"bundle","objects":"x"}',
        b'{"type":"bundle","objects":[NaN]}',
        b'{"type":"bundle","objects":[],"objects":[]}',
        b'{"type":"bundle","objects":[%s],"x":1,"objects":[]}' % TEXT.encode(),
        b'{"type":"bundle","objects":[01]}',
        b'{"type":"bundle","x":"\xff","objects":[]' + b" " * 10,
        b'{"type":"bundle","objects":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"id":"bundle--1", "objects": [',
    ],
)
def test_a_broken_bundle_stays_stix_and_is_malformed(raw: bytes) -> None:
    assert detect(raw, "x.json") == "stix/1"
    with pytest.raises(Malformed):
        READERS["stix/1"].read(raw, ReadOptions(), packs())


def test_too_many_objects_are_over_the_limit() -> None:
    raw = b'{"type":"bundle","objects":[' + b"1," * ITEMS_PER_FILE_MAX + b"1]}"
    with pytest.raises(OverLimit, match="objects"):
        READERS["stix/1"].read(raw, ReadOptions(), packs())


@pytest.mark.parametrize("raw", [b"", b"x", b"[]", b"{}", b'{"a":1}', b"[1]", b'{"objects":[1]}', b"\xff\xfe{"])
def test_what_holds_no_stix_is_malformed_to_the_stix_reader(raw: bytes) -> None:
    with pytest.raises(Malformed):
        READERS["stix/1"].read(raw, ReadOptions(), packs())


@pytest.mark.parametrize("media_type", ["", "text/plain", "application/json", "application/stix+json;version=2.1x"])
def test_a_wrong_media_type_is_malformed(media_type: str) -> None:
    with pytest.raises(Malformed):
        READERS["stix/1"].derive(TEXT.encode(), media_type, ReadOptions(), packs())


def test_a_very_large_number_is_kept() -> None:
    raw = f'{{"type":"tool","id":"{stix_id("tool")}","x":{"9" * 5000},"y":123456789012345678901}}'.encode()
    container = checked(raw, "stix/1")
    if container.slices:
        assert said(only(container).derived, "y") == ["123456789012345678901"]
    else:
        assert "no valid JSON" in container.rejected[0].reason


SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8)
)
NAMES = st.sampled_from(
    [
        "type",
        "id",
        "spec_version",
        "name",
        "description",
        "labels",
        "objects",
        "extensions",
        "hashes",
        "value",
        "pattern",
        "pattern_type",
        "lang",
        "confidence",
        "object_marking_refs",
        "granular_markings",
        "definition",
        "definition_type",
        "x_misp_value",
        "x_misp_type",
        "contents",
        "account_type",
        "account_login",
        "identity_class",
        "source_ref",
        "relationship_type",
        "object_refs",
        "valid_from",
        "start_time",
    ]
)
VALUES = st.recursive(
    SCALARS | st.sampled_from(["2.0", "2.1", "indicator", "observed-data", "marking-definition", "tlp", "stix"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)
TYPES = st.sampled_from(
    [
        "indicator",
        "observed-data",
        "marking-definition",
        "user-account",
        "x-misp-object",
        "x-misp-attribute",
        "file",
        "language-content",
        "relationship",
        "identity",
        "sighting",
        "x-own",
    ]
)


@given(TYPES, st.dictionaries(NAMES, VALUES, max_size=8), st.sampled_from([{}, {"spec_version": "2.0"}]))
def test_any_values_in_any_property_are_read_or_rejected(
    type_: str, props: dict[str, object], outer: dict[str, object]
) -> None:
    container = checked(bundle(props | {"type": type_, "id": stix_id(type_)}, **outer), "stix/1")
    assert container.read == 1


@given(st.binary())
def test_any_bytes_are_read_or_malformed(raw: bytes) -> None:
    for data in (raw, b'{"type":"bundle","objects":[' + raw, b'{"type":"bundle","objects":["' + raw + b'"]}'):
        with suppress(BadInput):
            checked(data, "stix/1")


@given(
    st.lists(st.sampled_from([TEXT, "{}", "1", '{"type":"a","id":"b"}']), max_size=6),
    st.text(alphabet=" \n\t", max_size=3),
)
def test_any_mix_of_objects_and_spaces_is_cut_exactly(parts: list[str], space: str) -> None:
    inner = f"{space},{space}".join(parts)
    raw = f'{{{space}"type"{space}:"bundle",{space}"objects":{space}[{space}{inner}{space}]{space}}}'.encode()
    container = checked(raw, "stix/1")
    good = [part for part in parts if "id" in part]
    assert [payload(raw, each).decode() for each in container.slices] == good


def test_the_same_bytes_give_the_same_values() -> None:
    raw = bundle(TOOL, stix("tool", 2, description="call +65 6123 4567"))
    assert read(raw) == read(raw)


def test_the_region_decides_how_a_national_number_is_read() -> None:
    raw = bundle(stix("x-own", description="phone: 6123 4567"))
    found = posted(only(read(raw, region="SG")).derived)
    assert found == {("phone", "+6561234567")}
    assert posted(only(read(raw)).derived) == set()
