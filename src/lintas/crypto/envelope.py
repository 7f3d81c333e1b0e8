# SPDX-License-Identifier: Apache-2.0
"""Signed headers: the DSSE envelope, the message's id and the data of its leaf in the log.

Source: DSSE v1.0.2 (protocol.md, envelope.md); docs/spec/log.md for the leaf.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from lintas.crypto.canonical import canonical_json, parse_canonical
from lintas.crypto.encoding import from_base64, to_base64
from lintas.crypto.merkle import leaf_hash
from lintas.crypto.signing import Algorithm, SigningKey, key_id, verify
from lintas.errors import BadSignature, MalformedEnvelope
from lintas.limits import HEADER_BYTES_MAX
from lintas.model.header import HEADER_TYPE, Signed
from lintas.model.ids import KeyId, MessageId

LEAF_VERSION: Final = 1
_FIELD_BYTES_MAX: Final = 0xFFFF  # a leaf's length prefixes have two bytes, as has C2SP's entry bundle
_HEX: Final = frozenset("0123456789abcdef")


def pae(payload_type: str, payload: bytes) -> bytes:
    """Return DSSE's pre-authentication encoding: the bytes that are signed."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def message_id(header: bytes) -> MessageId:
    """Return the id of the message with this canonical header: its SHA-256 as 64 hex digits."""
    return MessageId(sha256(header).hexdigest())


def leaf_data(message: bytes, key: str, signature: bytes) -> bytes:
    """Encode what the log's leaf hashes: a version byte, then id, key id and signature behind their lengths.

    The signature is in the leaf, so the log shows who signed; the header is not, so the leaf shows nothing else.

    Args:
        message: The message id as 32 bytes.
        key: The id of the signing key, which commits to the algorithm.
    """
    assert len(message) == sha256().digest_size and len(signature) <= _FIELD_BYTES_MAX
    parts = (message, key.encode(), signature)
    return bytes([LEAF_VERSION]) + b"".join(len(part).to_bytes(2, "big") + part for part in parts)


def sign_header(header: bytes, key: SigningKey) -> Signed:
    """Sign a canonical header and give it its id and leaf hash."""
    assert len(header) <= HEADER_BYTES_MAX
    return _signed(header, key.key_id, key.algorithm, key.sign(pae(HEADER_TYPE, header)))


def verify_header(signed: Signed, public: bytes) -> None:
    """Check that a header was signed with one key, and that its id and leaf are those of its bytes.

    Whether that key was allowed to sign is not asked here: the node's descriptor says so.

    Raises:
        BadSignature: It was not, or id or leaf are of something else.
        MalformedKey: The public key must not be used.
    """
    verify_fresh(signed, public)
    if signed != _signed(signed.header_bytes, signed.key_id, _algorithm(signed.algorithm), signed.signature):
        raise BadSignature("the id or the leaf does not belong to this header")


def verify_fresh(signed: Signed, public: bytes) -> None:
    """Check the signature of what `make_signed` has just put together: its id and leaf were made from its bytes.

    Raises:
        BadSignature: The header was not signed with this key.
        MalformedKey: The public key must not be used.
    """
    algorithm = _algorithm(signed.algorithm)
    if key_id(public, algorithm) != signed.key_id:
        raise BadSignature("the header was signed with another key")
    verify(public, pae(HEADER_TYPE, signed.header_bytes), signed.signature, algorithm)


def to_dsse(signed: Signed) -> dict[str, object]:
    """Return the DSSE envelope as a JSON object. Its `keyid` is the algorithm, a colon and the key id."""
    return {
        "payload": to_base64(signed.header_bytes),
        "payloadType": HEADER_TYPE,
        "signatures": [{"keyid": f"{signed.algorithm}:{signed.key_id}", "sig": to_base64(signed.signature)}],
    }


def from_dsse(value: object) -> Signed:
    """Read a DSSE envelope with exactly one signature. Nothing is verified here.

    Raises:
        MalformedEnvelope: Other fields, another payload type, an algorithm that this node lacks, bad base64.
    """
    match value:
        case {
            "payload": str(payload),
            "payloadType": str(kind),
            "signatures": [{"keyid": str(keyid), "sig": str(sig), **more_of_signature}],
            **more,
        } if kind == HEADER_TYPE and not more and not more_of_signature:
            pass
        case _:
            raise MalformedEnvelope("not a DSSE envelope of one header with one signature")
    try:
        header, signature = from_base64(payload), from_base64(sig)
    except ValueError as exc:
        raise MalformedEnvelope("the payload or signature is not strict base64") from exc
    return make_signed(header, keyid, signature)


def make_signed(header: bytes, keyid: str, signature: bytes) -> Signed:
    """Put together what an envelope holds. Nothing is verified here.

    Args:
        keyid: The algorithm, a colon and the key id.

    Raises:
        MalformedEnvelope: Another form of key id, an algorithm that this node lacks, too many bytes.
    """
    algorithm, _, key = keyid.partition(":")
    if len(key) != 64 or not _HEX.issuperset(key):
        raise MalformedEnvelope("the key id is not an algorithm and 64 hex digits")
    if len(header) > HEADER_BYTES_MAX or len(signature) > _FIELD_BYTES_MAX:
        raise MalformedEnvelope(f"the header has {len(header)} bytes, the limit is {HEADER_BYTES_MAX}")
    return _signed(header, KeyId(key), _algorithm(algorithm), signature)


def encode_envelope(signed: Signed) -> bytes:
    """Write the envelope as it travels: DSSE JSON in canonical form."""
    return canonical_json(to_dsse(signed))


def decode_envelope(raw: bytes) -> Signed:
    """Read an envelope as it travels. Nothing is verified here.

    Raises:
        MalformedEnvelope: No DSSE envelope as `from_dsse` wants it.
        NotCanonical: The JSON around it is not in canonical form.
    """
    if len(raw) > 2 * HEADER_BYTES_MAX:  # base64 grows by a third; the rest is below 1 KiB
        raise MalformedEnvelope(f"the envelope has {len(raw)} bytes")
    return from_dsse(parse_canonical(raw))


def _signed(header: bytes, key: KeyId, algorithm: Algorithm, signature: bytes) -> Signed:
    digest = sha256(header).digest()
    return Signed(
        id=MessageId(digest.hex()),
        header_bytes=header,
        key_id=key,
        algorithm=algorithm.value,
        signature=signature,
        leaf=leaf_hash(leaf_data(digest, key, signature)),
    )


def _algorithm(name: str) -> Algorithm:
    try:
        return Algorithm(name)
    except ValueError as exc:
        raise MalformedEnvelope("the signature's algorithm is not one that this node knows") from exc
