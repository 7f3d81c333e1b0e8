# SPDX-License-Identifier: Apache-2.0
"""What may stand in a header. Bad headers as files: docs/spec/vectors/message, run by tests/docs/test_specs.py."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.crypto.canonical import canonical_json, parse_canonical
from lintas.errors import LintasError, MalformedHeader
from lintas.limits import HEADER_BYTES_MAX
from lintas.model.header import CONTROL_KINDS, Header, Kind, Mode, PayloadDigest
from lintas.model.header_rules import BODIES, COMMITMENTS_MAX, LOCAL_TYPE, MESSAGES_MAX, check_body
from lintas.model.ids import NodeId
from lintas.model.marking import Grading, Marking, Pap, Tlp

NODE = NodeId("lintas:" + "a" * 52)
AT = "2026-03-01T03:00:00.000Z"
DIGESTS = st.binary(min_size=32, max_size=32).map(bytes.hex)
CODES = st.from_regex(r"[a-z0-9][a-z0-9_.-]{0,63}", fullmatch=True)
PEOPLE = st.sampled_from(["officer-0001", "officer-0002", "local:cli"])
INCARNATIONS = st.binary(min_size=8, max_size=8).map(bytes.hex)
KEYS = st.lists(
    st.fixed_dictionaries({"algorithm": st.just("ed25519"), "id": DIGESTS, "public": DIGESTS}),
    min_size=1,
    max_size=3,
    unique_by=lambda key: str(key["id"]),
)
MESSAGES = st.lists(DIGESTS, min_size=1, max_size=5, unique=True)
BODY_VALUES: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "key": {
        "country": st.sampled_from(["MY", "SG"]),
        "incarnation": INCARNATIONS,
        "log": KEYS,
        "root": DIGESTS,
        "signing": KEYS,
    },
    "derive": {"messages": MESSAGES, "reading": DIGESTS},
    "erase": {"by": PEOPLE, "ground": CODES, "messages": MESSAGES},
    "incarnation": {
        "approved_by": st.lists(PEOPLE, min_size=2, max_size=3, unique=True).map(sorted),
        "ground": CODES,
        "incarnation": INCARNATIONS,
        "previous": INCARNATIONS,
        "previous_root": DIGESTS,
        "previous_size": st.integers(0, 2**53 - 1),
    },
    "ended": {"by": PEOPLE, "target": DIGESTS, "what": st.sampled_from(["alert", "watch"])},
    "account": {"account": PEOPLE, "action": CODES, "clearance": st.sampled_from(list(Tlp.__members__)), "role": CODES},
}
ONE_KEY = {"algorithm": "ed25519", "id": "0" * 64, "public": "1" * 64}
GOOD_BODIES: dict[str, dict[str, object]] = {
    "key": {"country": "MY", "incarnation": "0" * 16, "log": [ONE_KEY], "root": "2" * 64, "signing": [ONE_KEY]},
    "derive": {"messages": ["0" * 64], "reading": "1" * 64},
    "erase": {"by": "officer-0001", "ground": "retention", "messages": ["0" * 64]},
    "incarnation": {
        "approved_by": ["officer-0001", "officer-0002"],
        "ground": "disk_lost",
        "incarnation": "0" * 16,
        "previous": "1" * 16,
        "previous_root": "2" * 64,
        "previous_size": 7,
    },
    "ended": {"by": "officer-0001", "target": "0" * 64, "what": "alert"},
    "account": {"account": "officer-0001", "action": "created", "clearance": "AMBER", "role": "analyst"},
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=4,
)


@st.composite
def headers(draw: st.DrawFn) -> Header:
    kind = draw(st.sampled_from(Kind))
    common: dict[str, Any] = {
        "originator": NODE,
        "kind": kind,
        "media_type": LOCAL_TYPE,
        "created_at": AT,
        "mode": draw(st.sampled_from(Mode)),
        "marking": Marking(
            tlp=draw(st.sampled_from(Tlp)), pap=draw(st.sampled_from(Pap)), purposes=frozenset({"scam"})
        ),
        "grading": Grading(source=draw(st.sampled_from("ABCDEF")), information=draw(st.sampled_from("123456"))),
    }
    if kind in CONTROL_KINDS:
        return Header(**common, body=draw(st.fixed_dictionaries(BODY_VALUES[kind.value])))
    if kind is Kind.ITEM:
        common |= {"media_type": "text/csv;charset=utf-8;delimiter=comma", "reading": draw(DIGESTS)}
    refs = draw(st.dictionaries(st.sampled_from(["about", "case", "recipients"]), MESSAGES, max_size=2))
    return Header(
        **common,
        areas=tuple(draw(st.lists(CODES, max_size=3))),
        refs=tuple((name, tuple(commitments)) for name, commitments in sorted(refs.items())),
        payload=PayloadDigest(digest=draw(DIGESTS), size_bytes=draw(st.integers(0, 2**53 - 1))),
    )


def an_item(**more: Any) -> Header:
    values: dict[str, Any] = {
        "originator": NODE,
        "kind": Kind.ITEM,
        "media_type": "text/plain;charset=utf-8",
        "created_at": AT,
        "mode": Mode.LIVE,
        "marking": Marking(tlp=Tlp.GREEN),
        "payload": PayloadDigest(digest="0" * 64, size_bytes=1),
        "reading": "1" * 64,
    }
    return Header(**(values | more))


@given(headers())
def test_a_header_comes_back_from_its_canonical_bytes(header: Header) -> None:
    raw = canonical_json(header.as_json())
    again = Header.from_json(parse_canonical(raw))
    assert again == replace(header, areas=tuple(sorted(set(header.areas))))
    assert canonical_json(again.as_json()) == raw


@given(headers(), st.data())
def test_a_header_with_any_field_changed_is_another_header_or_none(header: Header, data: st.DataObject) -> None:
    value = header.as_json()
    name = data.draw(st.sampled_from(sorted(value)))
    changed = value | {name: data.draw(JSON)}
    try:
        again = Header.from_json(changed)
    except MalformedHeader:
        return
    assert again.as_json() == changed


@given(headers(), st.text(), JSON)
def test_a_further_field_is_refused(header: Header, name: str, value: object) -> None:
    if name not in {"body", "payload", "reading", *header.as_json()}:
        with pytest.raises(MalformedHeader):
            Header.from_json(header.as_json() | {name: value})


@given(headers(), st.data())
def test_a_missing_field_is_refused(header: Header, data: st.DataObject) -> None:
    value = header.as_json()
    del value[data.draw(st.sampled_from(sorted(value)))]
    with pytest.raises(MalformedHeader):
        Header.from_json(value)


@given(st.dictionaries(st.text(), JSON))
def test_reading_any_object_raises_only_our_error(value: dict[str, Any]) -> None:
    with pytest.raises(MalformedHeader):
        Header.from_json(value)


@given(st.binary())
def test_reading_any_bytes_raises_only_our_tree(raw: bytes) -> None:
    with pytest.raises(LintasError):
        Header.from_json(parse_canonical(raw))


@pytest.mark.parametrize("kind", sorted(BODIES))
def test_each_control_kind_has_a_schema_that_our_own_bodies_fit(kind: str) -> None:
    assert BODIES[kind].keys() == BODY_VALUES[kind].keys()
    assert {one.value for one in CONTROL_KINDS} == BODIES.keys()


@pytest.mark.parametrize(
    "wrong",
    [
        {"originator": NodeId("lintas:ali")},
        {"originator": NodeId(f"{NODE}\n")},
        {"media_type": "text/plain; title=Ali"},
        {"media_type": "TEXT/PLAIN"},
        {"media_type": ""},
        {"created_at": "2026-03-01T03:00:00Z"},
        {"created_at": "2026-13-01T03:00:00.000Z"},
        {"created_at": "2026-03-01T03:00:00.000+00:00"},
        {"created_at": "２026-03-01T03:00:00.000Z"},
        {"channel": "group"},
        {"areas": ("Ali bin Contoh",)},
        {"areas": ("",)},
        {"refs": (("about", ()),)},
        {"refs": (("about", ("ali",)),)},
        {"refs": (("About Ali", ("0" * 64,)),)},
        {"refs": (("about", tuple(f"{n:064x}" for n in range(COMMITMENTS_MAX + 1))),)},
        {"payload": None},
        {"payload": PayloadDigest(digest="ali", size_bytes=1)},
        {"payload": PayloadDigest(digest="0" * 64, size_bytes=-1)},
        {"body": {}},
        {"reading": ""},
        {"reading": "stix/1"},
        {"kind": Kind.ACCESS},
        {"kind": Kind.ACCESS, "reading": ""},
    ],
    ids=repr,
)
def test_an_item_cannot_be_made_with_what_a_header_may_not_hold(wrong: dict[str, Any]) -> None:
    with pytest.raises(MalformedHeader):
        an_item(**wrong)


def test_an_area_in_free_text_is_told_to_the_person_who_gave_it() -> None:
    with pytest.raises(MalformedHeader, match="is no crime area") as caught:
        an_item(areas=("Ali bin Contoh",))
    assert "code" in caught.value.hint


@pytest.mark.parametrize("kind", sorted(CONTROL_KINDS))
@pytest.mark.parametrize(
    "wrong",
    [
        {"body": None},
        {"body": {}},
        {"payload": PayloadDigest(digest="0" * 64, size_bytes=0)},
        {"refs": (("about", ("0" * 64,)),)},
        {"areas": ("scam",)},
        {"media_type": "text/plain"},
        {"reading": "0" * 64},
    ],
    ids=repr,
)
def test_a_control_message_cannot_be_made_with_more_than_its_body(kind: Kind, wrong: dict[str, Any]) -> None:
    good: dict[str, Any] = {
        "kind": kind,
        "media_type": LOCAL_TYPE,
        "payload": None,
        "reading": "",
        "body": GOOD_BODIES[kind],
    }
    assert an_item(**good).body == good["body"]
    with pytest.raises(MalformedHeader):
        an_item(**(good | wrong))


@given(st.data())
def test_a_body_with_any_field_changed_is_refused_or_holds_what_it_may(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(CONTROL_KINDS)))
    body = data.draw(st.fixed_dictionaries(BODY_VALUES[kind.value]))
    name = data.draw(st.sampled_from(sorted(body)))
    changed = body | {name: data.draw(JSON)}
    try:
        an_item(kind=kind, media_type=LOCAL_TYPE, payload=None, reading="", body=changed)
    except MalformedHeader:
        return
    assert BODIES[kind.value][name](changed[name])


def test_a_content_kind_has_no_schema_of_a_body() -> None:
    with pytest.raises(MalformedHeader):
        an_item(body={"messages": []})
    with pytest.raises(MalformedHeader):
        check_body("item", {})


@pytest.mark.parametrize("payload", [None, [], {}, {"digest": "0" * 64}, {"digest": 1, "size_bytes": 1}])
def test_what_is_no_payload_digest_is_refused(payload: object) -> None:
    with pytest.raises(MalformedHeader):
        PayloadDigest.from_json(payload)


def test_the_largest_lawful_headers_can_be_signed() -> None:
    ids = [f"{n:064x}" for n in range(MESSAGES_MAX)]
    body: dict[str, object] = {"messages": ids, "ground": "x" * 64, "by": "officer-0001"}
    erase = an_item(kind=Kind.ERASE, media_type=LOCAL_TYPE, payload=None, reading="", body=body)
    refs = (("about", tuple(ids[:COMMITMENTS_MAX])), ("watch", (ids[0],)))
    for header in (erase, an_item(refs=refs, areas=tuple(f"area_{n}" for n in range(20)))):
        assert len(canonical_json(header.as_json())) < HEADER_BYTES_MAX
