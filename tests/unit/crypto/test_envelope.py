# SPDX-License-Identifier: Apache-2.0
"""Signed headers, their leaf, and the envelope that they travel in."""

import base64
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.crypto.canonical import canonical_json
from lintas.crypto.envelope import (
    decode_envelope,
    encode_envelope,
    from_dsse,
    leaf_data,
    message_id,
    pae,
    sign_header,
    to_dsse,
    verify_header,
)
from lintas.crypto.merkle import leaf_hash
from lintas.crypto.signing import SigningKey
from lintas.errors import BadSignature, LintasError, MalformedEnvelope, NotCanonical
from lintas.limits import HEADER_BYTES_MAX
from lintas.model.header import HEADER_TYPE
from lintas.model.ids import KeyId, MessageId

KEY = SigningKey.from_seed(bytes([7]) * 32)
OTHER = SigningKey.from_seed(bytes([8]) * 32)
HEADER = canonical_json({"kind": "item", "v": 1})
SIGNED = sign_header(HEADER, KEY)


def test_the_pre_authentication_encoding_is_that_of_dsse() -> None:
    """Source: DSSE protocol.md, test vectors."""
    text = b"hello world"
    assert pae("http://example.com/HelloWorld", text) == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    assert pae("é", b"") == b"DSSEv1 2 \xc3\xa9 0 "


@given(st.binary(max_size=500))
def test_what_is_signed_is_verified_and_read_back(header: bytes) -> None:
    signed = sign_header(header, KEY)
    verify_header(signed, KEY.public)
    assert decode_envelope(encode_envelope(signed)) == signed
    assert signed.id == message_id(header)


@given(st.data())
def test_a_flipped_bit_fails(data: st.DataObject) -> None:
    def flip(raw: bytes) -> bytes:
        bit = data.draw(st.integers(0, 8 * len(raw) - 1))
        return (int.from_bytes(raw, "big") ^ 1 << bit).to_bytes(len(raw), "big")

    for bad in (
        replace(SIGNED, header_bytes=flip(SIGNED.header_bytes)),
        replace(SIGNED, signature=flip(SIGNED.signature)),
        replace(SIGNED, leaf=flip(SIGNED.leaf)),
        replace(SIGNED, id=MessageId(flip(bytes.fromhex(SIGNED.id)).hex())),
        replace(SIGNED, key_id=KeyId(flip(bytes.fromhex(SIGNED.key_id)).hex())),
    ):
        with pytest.raises(BadSignature):
            verify_header(bad, KEY.public)


def test_another_key_or_algorithm_fails() -> None:
    with pytest.raises(BadSignature):
        verify_header(SIGNED, OTHER.public)
    with pytest.raises(BadSignature):
        verify_header(replace(SIGNED, key_id=OTHER.key_id), OTHER.public)
    with pytest.raises(MalformedEnvelope):
        verify_header(replace(SIGNED, algorithm="none"), KEY.public)


def test_a_signature_over_another_payload_type_fails() -> None:
    elsewhere = KEY.sign(pae("application/json", HEADER))
    with pytest.raises(BadSignature):
        verify_header(replace(SIGNED, signature=elsewhere), KEY.public)
    with pytest.raises(BadSignature):
        verify_header(replace(SIGNED, signature=KEY.sign(HEADER)), KEY.public)


def test_the_leaf_is_built_as_the_specification_says() -> None:
    digest = bytes.fromhex(SIGNED.id)
    expected = (
        b"\x01"  # version
        b"\x00\x20" + digest + b"\x00\x40" + SIGNED.key_id.encode() + b"\x00\x40" + SIGNED.signature
    )
    assert leaf_data(digest, SIGNED.key_id, SIGNED.signature) == expected
    assert SIGNED.leaf == leaf_hash(expected)


@given(st.text(max_size=9), st.binary(max_size=9), st.text(max_size=9), st.binary(max_size=9))
def test_leaves_are_equal_only_for_equal_parts(key: str, sig: bytes, other_key: str, other_sig: bytes) -> None:
    same = leaf_data(bytes(32), key, sig) == leaf_data(bytes(32), other_key, other_sig)
    assert same == ((key, sig) == (other_key, other_sig))


def test_the_envelope_is_plain_dsse_that_names_key_and_algorithm() -> None:
    value = json.loads(encode_envelope(SIGNED))
    assert base64.b64decode(value["payload"]) == HEADER
    assert value["payloadType"] == HEADER_TYPE
    assert value["signatures"][0]["keyid"] == f"ed25519:{KEY.key_id}"
    assert from_dsse(value) == SIGNED


SIGNATURE = {"keyid": f"ed25519:{KEY.key_id}", "sig": "AAAA"}


@pytest.mark.parametrize(
    "change",
    [
        {"payload": None},
        {"payload": "e30"},
        {"payload": "e30=\n"},
        {"payload": "_-=="},
        {"payloadType": "application/json"},
        {"signatures": []},
        {"signatures": [SIGNATURE, SIGNATURE]},
        {"signatures": SIGNATURE},
        {"signatures": [{**SIGNATURE, "alg": "none"}]},
        {"signatures": [{**SIGNATURE, "sig": "é"}]},
        {"signatures": [{**SIGNATURE, "keyid": KEY.key_id}]},
        {"signatures": [{**SIGNATURE, "keyid": f"rsa:{KEY.key_id}"}]},
        {"signatures": [{**SIGNATURE, "keyid": f"ed25519:{KEY.key_id.upper()}"}]},
        {"signatures": [{**SIGNATURE, "keyid": f"ed25519:{KEY.key_id[1:]}"}]},
        {"signatures": [{"keyid": f"ed25519:{KEY.key_id}"}]},
        {"comment": "more"},
        {"payload": base64.b64encode(bytes(HEADER_BYTES_MAX + 1)).decode()},
    ],
)
def test_other_shapes_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(MalformedEnvelope):
        from_dsse({**to_dsse(SIGNED), **change})


def test_other_json_around_it_is_refused() -> None:
    raw = encode_envelope(SIGNED)
    for bad in (raw + b"\n", raw.replace(b":", b": "), b"[]", raw[:-1]):
        with pytest.raises(NotCanonical):
            decode_envelope(bad)
    with pytest.raises(MalformedEnvelope):
        decode_envelope(raw + b" " * 2 * HEADER_BYTES_MAX)


@given(st.binary() | st.binary().map(lambda raw: encode_envelope(SIGNED)[: len(raw)] + raw))
def test_any_bytes_are_refused_in_our_own_words(raw: bytes) -> None:
    with pytest.raises(LintasError):
        decode_envelope(raw)
