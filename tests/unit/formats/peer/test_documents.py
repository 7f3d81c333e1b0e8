# SPDX-License-Identifier: Apache-2.0
"""Signed documents: what is signed comes back byte for byte, and nothing else does."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.crypto.canonical import canonical_json
from lintas.crypto.encoding import to_base64
from lintas.crypto.envelope import pae
from lintas.crypto.signing import SigningKey
from lintas.errors import BadSignature, LintasError, Malformed, NotCanonical, OverLimit
from lintas.formats.peer import (
    Ack,
    AgainAnswer,
    Batch,
    Descriptor,
    Hello,
    Problem,
    TipWire,
    Welcome,
    decode,
    encode,
    open_document,
    peek_document,
    sign_document,
)
from lintas.formats.peer.documents import DOCUMENTS
from tests.unit.formats.peer.nodes import INCARNATION, MY, SG, a_batch

MAX = 1 << 20
KEY = MY.signing
TIPS = (TipWire(lane="alert", counter=0, chain="0" * 64), TipWire(lane="bulk", counter=7, chain="1" * 64))
HELLO = Hello(
    v=1,
    sender=MY.id,
    to=SG.id,
    mode="exercise",
    challenge="ab" * 16,
    incarnation=INCARNATION,
    got="",
    tips=TIPS,
    head="lintas.example\n7\nAAAA\n\n\N{EM DASH} lintas.example AAAA\n",
    endpoints=True,
)
WELCOME = Welcome(
    v=1,
    sender=SG.id,
    to=MY.id,
    mode="exercise",
    challenge="ab" * 16,
    incarnation=INCARNATION,
    got=f"{INCARNATION}.0.7",
    tips=TIPS,
    head="",
    endpoints=False,
    session="cd" * 16,
    standing="live",
)
ACK = Ack(v=1, sender=SG.id, to=MY.id, cursor=f"{INCARNATION}.0.7")
GOOD: list[msgspec.Struct] = [HELLO, WELCOME, ACK, a_batch()]
DOCUMENT = sign_document("hello", HELLO, KEY)


def what(value: msgspec.Struct) -> str:
    return type(value).__name__.lower()


def opened(name: str, document: bytes, **more: Any) -> bytes:
    values: dict[str, Any] = {"keys": MY.keys, "bytes_max": MAX}
    return open_document(name, document, **(values | more))


@pytest.mark.parametrize("value", GOOD, ids=what)
def test_a_document_comes_back_as_it_was_signed(value: msgspec.Struct) -> None:
    document = sign_document(what(value), value, KEY)
    raw = opened(what(value), document)
    assert decode(type(value), raw) == value
    assert raw == canonical_json(json.loads(raw)) == encode(value)
    assert peek_document(document) == (KEY.key_id, raw)
    assert b"\n" not in document
    assert json.loads(document).keys() == {"keyid", "sig", "signed"}


def test_a_value_may_be_given_as_a_mapping() -> None:
    assert sign_document("hello", json.loads(encode(HELLO)), KEY) == DOCUMENT


@pytest.mark.parametrize("other", sorted(DOCUMENTS.keys() - {"hello"}))
def test_one_kind_never_passes_for_another(other: str) -> None:
    with pytest.raises(BadSignature):
        opened(other, DOCUMENT)


def test_an_unknown_or_another_s_key_is_refused() -> None:
    with pytest.raises(BadSignature, match="not known"):
        opened("hello", DOCUMENT, keys=SG.keys)
    with pytest.raises(BadSignature):
        opened("hello", DOCUMENT, keys={KEY.key_id: SG.signing.public})


def test_the_size_is_checked_before_anything_is_parsed() -> None:
    assert opened("hello", DOCUMENT, bytes_max=len(DOCUMENT))
    with pytest.raises(OverLimit):
        opened("hello", DOCUMENT, bytes_max=len(DOCUMENT) - 1)
    with pytest.raises(OverLimit):
        peek_document(b"\xff" * 11, bytes_max=10)
    with pytest.raises(OverLimit):
        decode(Problem, b"\xff" * 11, bytes_max=10)


@given(st.integers(0, len(DOCUMENT) - 1), st.integers(1, 255))
def test_one_flipped_byte_is_refused(place: int, change: int) -> None:
    flipped = DOCUMENT[:place] + bytes([DOCUMENT[place] ^ change]) + DOCUMENT[place + 1 :]
    with pytest.raises((BadSignature, Malformed)):
        opened("hello", flipped)


@given(st.binary())
def test_any_bytes_raise_only_our_tree(raw: bytes) -> None:
    with pytest.raises(LintasError):
        opened("hello", raw)
    with pytest.raises(LintasError):
        peek_document(raw)
    kinds: tuple[type[msgspec.Struct], ...] = (Ack, Batch, Descriptor, Hello, Welcome, Problem, AgainAnswer)
    for kind in kinds:
        with pytest.raises(LintasError):
            decode(kind, raw)


@given(st.integers(0, len(DOCUMENT)))
def test_a_document_cut_short_is_refused(size: int) -> None:
    if size < len(DOCUMENT):
        with pytest.raises(LintasError):
            opened("hello", DOCUMENT[:size])


@pytest.mark.parametrize(
    "changed",
    [
        DOCUMENT + b"\n",
        b" " + DOCUMENT,
        DOCUMENT.replace(b'"keyid":', b'"keyid": '),
        DOCUMENT.replace(b',"signed"', b',"more":1,"signed"'),
        DOCUMENT.replace(b'"signed":{', b'"signed":{},"signed":{'),
        DOCUMENT.replace(b"ed25519:", b"rsa:"),
        DOCUMENT.replace(b"ed25519:", b"ed25519:\\u0030").replace(KEY.key_id.encode(), KEY.key_id[1:].encode()),
        DOCUMENT.replace(KEY.key_id.encode(), KEY.key_id.upper().encode()),
        DOCUMENT.replace(b'=="', b'="'),
        b'{"keyid":"ed25519:' + b"0" * 64 + b'","sig":"' + b"A" * 88 + b'","signed":' + b"[" * 100_000 + b"}",
        b"null",
        b"[]",
        b"{}",
    ],
)
def test_another_frame_is_refused(changed: bytes) -> None:
    with pytest.raises((Malformed, BadSignature)):
        opened("hello", changed)


def test_a_signature_in_other_base64_of_the_same_bytes_is_refused() -> None:
    at = DOCUMENT.index(b'==","signed"')
    last = DOCUMENT[at - 1 : at].decode()
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    other = alphabet[alphabet.index(last) + 1].encode()  # set bits after the end
    with pytest.raises(Malformed):
        opened("hello", DOCUMENT[: at - 1] + other + DOCUMENT[at:])


def signed_raw(raw: bytes, key: SigningKey = KEY) -> bytes:
    signature = to_base64(key.sign(pae("application/vnd.lintas.hello+json", raw)))
    return b'{"keyid":"ed25519:%b","sig":"%b","signed":%b}' % (key.key_id.encode(), signature.encode(), raw)


RAW = encode(HELLO)


@pytest.mark.parametrize(
    "raw",
    [
        RAW.replace(b'"v":1', b'"v": 1'),
        RAW.replace(b'"v":1', b'"v":1,"v":1'),
        RAW.replace(b'"endpoints":true', b'"endpoints":false,"endpoints":true'),
        json.dumps(dict(reversed(json.loads(RAW).items())), separators=(",", ":")).encode(),
        RAW.replace(b'"exercise"', b'"exercis\\u0065"'),
    ],
)
def test_one_document_has_one_spelling_even_where_the_signature_holds(raw: bytes) -> None:
    assert raw != RAW
    assert opened("hello", signed_raw(raw)) == raw
    with pytest.raises(NotCanonical):
        decode(Hello, raw)


HELLO_CHANGES: list[dict[str, Any]] = [
    {"v": 2},
    {"v": True},
    {"v": 1.0},
    {"from": "lintas:ali"},
    {"to": f"{SG.id}\n"},
    {"mode": "test"},
    {"challenge": "ab" * 15},
    {"challenge": "AB" * 16},
    {"incarnation": ""},
    {"got": f"{INCARNATION}.01.2"},
    {"got": None},
    {"tips": [{"lane": "bulk", "counter": -1, "chain": "0" * 64}]},
    {"tips": [{"lane": "bulk", "counter": 2**53, "chain": "0" * 64}]},
    {"tips": [{"lane": "express", "counter": 1, "chain": "0" * 64}]},
    {"tips": [{"lane": "bulk", "counter": 1}]},
    {"tips": json.loads(encode(HELLO))["tips"] * 2},
    {"head": 7},
    {"endpoints": 1},
    {"more": 1},
]


@pytest.mark.parametrize("changed", HELLO_CHANGES, ids=repr)
def test_a_hello_with_what_it_may_not_hold_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        decode(Hello, json.dumps(json.loads(RAW) | changed, sort_keys=True, separators=(",", ":")).encode())


@pytest.mark.parametrize("value", GOOD, ids=what)
def test_no_field_may_be_missing(value: msgspec.Struct) -> None:
    said = json.loads(encode(value))
    for name in said:
        less = {field: inner for field, inner in said.items() if field != name}
        with pytest.raises(Malformed):
            decode(type(value), canonical_json(less))


def test_a_refusal_quotes_no_more_than_a_line() -> None:
    with pytest.raises(Malformed) as caught:
        decode(Hello, canonical_json(json.loads(RAW) | {"mode": "x" * 5000, "y" * 5000: 1}))
    assert len(caught.value.message) < 400


def test_unsigned_bodies_may_be_spelled_otherwise() -> None:
    assert decode(Problem, b'{"sentence": "Later.", "error": "busy"}') == Problem(error="busy", sentence="Later.")


def test_documents_within_an_answer_stay_as_they_are() -> None:
    answer = AgainAnswer(batches=(msgspec.Raw(DOCUMENT),), more=False)
    (back,) = decode(AgainAnswer, encode(answer)).batches
    assert bytes(back) == DOCUMENT


def test_a_lone_surrogate_cannot_be_signed() -> None:
    with pytest.raises(NotCanonical):
        encode(Problem(error="x", sentence="\ud800"))
    with pytest.raises(NotCanonical):
        sign_document("hello", {"head": "\ud800"}, KEY)


def test_every_kind_of_document_is_known_by_its_struct() -> None:
    assert {"ack": Ack, "batch": Batch, "descriptor": Descriptor, "hello": Hello, "welcome": Welcome} == DOCUMENTS
