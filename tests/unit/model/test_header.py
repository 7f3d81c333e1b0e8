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
from lintas.model.header import CONTROL_KINDS, TRAVELLING, TRAVELLING_ONLY, Header, Kind, Mode, PayloadDigest
from lintas.model.header_rules import (
    BODIES,
    BODIES_MORE,
    COMMITMENTS_MAX,
    LOCAL_CHANNEL,
    LOCAL_TYPE,
    MESSAGES_MAX,
    check_body,
)
from lintas.model.ids import NodeId
from lintas.model.marking import Grading, Marking, Pap, Tlp
from tests.unit.model.bodies import (
    AT,
    BODY_VALUES,
    CHANNEL,
    CHANNELS,
    CODES,
    DIGESTS,
    GOOD_BODIES,
    MESSAGES,
    MORE_VALUES,
    NODE,
    ONE_KEY,
    bodies,
)

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
    if kind in TRAVELLING_ONLY or (kind in TRAVELLING and draw(st.booleans())):
        common["channel"] = draw(CHANNELS)
    if kind in CONTROL_KINDS:
        return Header(**common, body=draw(bodies(kind.value)))
    if kind is Kind.ITEM:
        common["media_type"] = "text/csv;charset=utf-8;delimiter=comma"
        if "channel" not in common:
            common["reading"] = draw(DIGESTS)
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


def a_header_of(kind: Kind, channel: str) -> Header:
    values: dict[str, Any] = {"kind": kind, "channel": channel, "reading": "", "media_type": LOCAL_TYPE}
    if kind is Kind.ITEM:
        values |= {"media_type": "text/plain", "reading": "1" * 64 if channel == LOCAL_CHANNEL else ""}
    if kind in CONTROL_KINDS:
        values |= {"payload": None, "body": GOOD_BODIES[kind]}
    return an_item(**values)


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
    assert BODIES_MORE.get(kind, {}).keys() == MORE_VALUES.get(kind, {}).keys()
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
        {"channel": CHANNEL},
        {"channel": CHANNEL.upper(), "reading": ""},
        {"channel": CHANNEL + "0", "reading": ""},
        {"channel": "", "reading": ""},
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
        "channel": CHANNEL if kind in TRAVELLING_ONLY else LOCAL_CHANNEL,
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
    body = data.draw(bodies(kind.value))
    name = data.draw(st.sampled_from(sorted(body)))
    changed = body | {name: data.draw(JSON)}
    channel = CHANNEL if kind in TRAVELLING_ONLY else LOCAL_CHANNEL
    try:
        an_item(kind=kind, media_type=LOCAL_TYPE, channel=channel, payload=None, reading="", body=changed)
    except MalformedHeader:
        return
    assert {**BODIES[kind.value], **BODIES_MORE.get(kind.value, {})}[name](changed[name])


@pytest.mark.parametrize("kind", sorted(TRAVELLING))
def test_what_travels_names_a_channel_and_what_is_local_does_not(kind: Kind) -> None:
    local = a_header_of(kind, LOCAL_CHANNEL) if kind not in TRAVELLING_ONLY else None
    assert local is None or local.is_local
    assert not a_header_of(kind, CHANNEL).is_local


@pytest.mark.parametrize("kind", sorted(set(Kind) - TRAVELLING))
def test_what_never_leaves_its_node_cannot_name_a_channel(kind: Kind) -> None:
    assert a_header_of(kind, LOCAL_CHANNEL).is_local
    with pytest.raises(MalformedHeader, match="channel"):
        a_header_of(kind, CHANNEL)


@pytest.mark.parametrize("kind", sorted(TRAVELLING_ONLY))
def test_what_is_made_for_a_peer_cannot_be_local(kind: Kind) -> None:
    with pytest.raises(MalformedHeader, match="channel"):
        a_header_of(kind, LOCAL_CHANNEL)


def test_a_released_item_has_no_reading_and_a_local_one_has() -> None:
    assert an_item(channel=CHANNEL, reading="").reading == ""
    with pytest.raises(MalformedHeader, match="recipe"):
        an_item(channel=CHANNEL, reading="1" * 64)
    with pytest.raises(MalformedHeader, match="recipe"):
        an_item(reading="")


@given(bodies("key"), st.sampled_from(sorted(BODIES_MORE["key"])), st.data())
def test_each_further_field_of_a_key_message_may_be_left_out(
    body: dict[str, Any], name: str, data: st.DataObject
) -> None:
    check_body("key", {field: value for field, value in body.items() if field != name})
    check_body("key", body | {name: data.draw(MORE_VALUES["key"][name])})
    with pytest.raises(MalformedHeader):
        check_body("key", body | {name: None})


WRONG_BODIES: list[tuple[str, dict[str, object]]] = [
    ("key", {"revoked": []}),
    ("key", {"revoked": ["1" * 64, "0" * 64]}),
    ("key", {"serial": True}),
    ("key", {"serial": -1}),
    ("key", {"tls": []}),
    ("key", {"cosign": [ONE_KEY | {"algorithm": "rsa"}]}),
    ("key", {"tls_names": []}),
    ("peer", {"by": []}),
    ("peer", {"by": ["officer-0002", "officer-0001"]}),
    ("peer", {"by": "officer-0001"}),
    ("peer", {"node": "officer-0001"}),
    ("peer", {"action": "Introduced by Ali"}),
    ("peer", {"channel": "local"}),
    ("decision", {"outcome": "maybe"}),
    ("decision", {"conditions": ""}),
    ("decision", {"rule": "Its owner did not name you."}),
    ("release", {"first": 0}),
    ("release", {"count": 0}),
    ("release", {"count": 1.0}),
    ("release", {"lane": "express"}),
    ("release", {"chain": "0" * 63}),
    ("release", {"node": NODE}),
    ("received", {"by": "officer-0001"}),
    ("received", {"withheld": []}),
    ("received", {"withheld": ["0" * 64, "0" * 64]}),
    ("release", {"withheld": ["0" * 64]}),
    ("received", {"incarnation": "0" * 17}),
    ("receipt", {"messages": []}),
    ("receipt", {"messages": ["0" * 64, "0" * 64]}),
    ("receipt", {"ground": "We do not read this."}),
    ("handover", {"to": ""}),
    ("handover", {"target": CHANNEL}),
]


@pytest.mark.parametrize(("kind", "wrong"), WRONG_BODIES, ids=repr)
def test_a_body_with_what_it_may_not_hold_is_refused(kind: str, wrong: dict[str, object]) -> None:
    check_body(kind, GOOD_BODIES[kind])
    with pytest.raises(MalformedHeader):
        check_body(kind, GOOD_BODIES[kind] | wrong)


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind in sorted(BODIES) for name in sorted(BODIES[kind])])
def test_a_body_without_one_of_its_fields_is_refused(kind: str, name: str) -> None:
    with pytest.raises(MalformedHeader, match=name):
        check_body(kind, {field: value for field, value in GOOD_BODIES[kind].items() if field != name})


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
    gone = GOOD_BODIES["received"] | {"withheld": ids, "count": MESSAGES_MAX}
    received = an_item(kind=Kind.RECEIVED, media_type=LOCAL_TYPE, payload=None, reading="", body=gone)
    refs = (("about", tuple(ids[:COMMITMENTS_MAX])), ("watch", (ids[0],)))
    for header in (erase, received, an_item(refs=refs, areas=tuple(f"area_{n}" for n in range(20)))):
        assert len(canonical_json(header.as_json())) < HEADER_BYTES_MAX
