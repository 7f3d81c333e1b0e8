# SPDX-License-Identifier: Apache-2.0
"""Signed documents: one line of JSON around bytes that are signed as they stand.

The signature is over DSSE's pre-authentication encoding of the exact bytes of `signed`, so nobody has to write them
again to verify. One document has one spelling all the same: the frame is compared whole, and `decode` refuses signed
bytes that are not canonical. Two readers that take a doubled field differently would see two documents.

Source: docs/spec/peer.md, "Documents"; DSSE v1.0.2 (protocol.md) for the encoding.
"""

from collections.abc import Mapping
from typing import Annotated, Final, TypeVar

import msgspec

from lintas.crypto.canonical import canonical_json
from lintas.crypto.encoding import from_base64, to_base64
from lintas.crypto.envelope import pae
from lintas.crypto.signing import SIGNATURE_BYTES, SigningKey, verify
from lintas.errors import BadSignature, Malformed, NotCanonical, OverLimit
from lintas.formats.peer.fields import KeyText
from lintas.formats.peer.structs import Ack, Batch, Descriptor, Hello, Welcome
from lintas.limits import BATCH_BYTES_MAX, REASON_CHARS_MAX
from lintas.model.ids import KeyId

DOCUMENTS: Final = {"ack": Ack, "batch": Batch, "descriptor": Descriptor, "hello": Hello, "welcome": Welcome}
_SIGNED: Final = frozenset(DOCUMENTS.values())
_PREFIX: Final = "ed25519:"
_ENCODER: Final = msgspec.json.Encoder(order="sorted")
_DECODERS: Final[dict[type[msgspec.Struct], msgspec.json.Decoder[msgspec.Struct]]] = {}

S = TypeVar("S", bound=msgspec.Struct)


class _Frame(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    keyid: KeyText
    sig: Annotated[str, msgspec.Meta(min_length=88, max_length=88)]
    signed: msgspec.Raw


_FRAME: Final = msgspec.json.Decoder(_Frame)


def sign_document(what: str, value: msgspec.Struct | Mapping[str, object], key: SigningKey) -> bytes:
    """Write and sign a document.

    Args:
        what: One of `DOCUMENTS`; it is part of what is signed, so one kind never passes for another.
        value: What it says; written in canonical form.

    Raises:
        NotCanonical: The value has no canonical form.
    """
    assert what in DOCUMENTS
    signed = encode(value) if isinstance(value, msgspec.Struct) else canonical_json(dict(value))
    signature = to_base64(key.sign(pae(_media_type(what), signed)))
    return _framed(f"{_PREFIX}{key.key_id}", signature, signed)


def open_document(what: str, raw: bytes, *, keys: Mapping[str, bytes], bytes_max: int) -> bytes:
    """Check a document's size, frame and signature, and return the exact bytes that were signed.

    What they say is not looked at: `decode` does that.

    Args:
        what: The kind that is expected; another kind's signature does not verify.
        keys: Key id → raw public key: those that may sign here.
        bytes_max: Of the whole document. Checked before anything is parsed.

    Raises:
        OverLimit: It is larger.
        Malformed: It is no such document.
        BadSignature: Its key is not among `keys`, or the signature does not verify.
    """
    assert what in DOCUMENTS
    frame = _frame(raw, bytes_max)
    try:
        signature = from_base64(frame.sig)
    except ValueError as exc:
        raise Malformed("The document's signature is not strict base64.") from exc
    public = keys.get(frame.keyid.removeprefix(_PREFIX))
    if public is None:
        raise BadSignature("The document is signed with a key that is not known here.")
    if len(signature) != SIGNATURE_BYTES:
        raise BadSignature
    signed = bytes(frame.signed)
    verify(public, pae(_media_type(what), signed), signature)
    return signed


def peek_document(raw: bytes, *, bytes_max: int = BATCH_BYTES_MAX) -> tuple[KeyId, bytes]:
    """Return the key id that a document names and its signed bytes, both unverified.

    Raises:
        OverLimit: It is larger than `bytes_max`.
        Malformed: It is no document.
    """
    frame = _frame(raw, bytes_max)
    return KeyId(frame.keyid.removeprefix(_PREFIX)), bytes(frame.signed)


def encode(value: msgspec.Struct) -> bytes:
    """Write a struct of the protocol in canonical form.

    Raises:
        NotCanonical: A text has no UTF-8.
    """
    try:
        return _ENCODER.encode(value)  # sorted, and without floats or keys beyond ASCII: the form of RFC 8785
    except (msgspec.MsgspecError, ValueError) as exc:
        raise NotCanonical("The value has no canonical form.") from exc


def decode(type: type[S], raw: bytes, *, bytes_max: int | None = None) -> S:  # noqa: A002  # said so by callers
    """Read bytes as one struct of the protocol; unknown, missing and misformed fields are refused.

    Args:
        type: `Batch`, `Hello`, ...
        raw: Bounded by the caller, or by `bytes_max`.

    Raises:
        OverLimit: More than `bytes_max`.
        Malformed: Not of this type.
        NotCanonical: Of a signed type, and not in its one spelling.
    """
    if bytes_max is not None and len(raw) > bytes_max:
        raise OverLimit(f"{len(raw):,} bytes, the limit is {bytes_max:,}.")
    decoder = _DECODERS.get(type)
    if decoder is None:
        decoder = _DECODERS[type] = msgspec.json.Decoder(type)
    try:
        value = decoder.decode(raw)
    except (msgspec.MsgspecError, ValueError, RecursionError) as exc:
        raise Malformed(f"This is no {type.__name__.lower()}: {str(exc)[:REASON_CHARS_MAX]}") from exc
    assert isinstance(value, type)
    if type in _SIGNED and encode(value) != raw:
        raise NotCanonical(f"The {type.__name__.lower()} is not in its one canonical form (RFC 8785).")
    return value


def _media_type(what: str) -> str:
    return f"application/vnd.lintas.{what}+json"


def _framed(keyid: str, signature: str, signed: bytes) -> bytes:
    return b'{"keyid":"%b","sig":"%b","signed":%b}' % (keyid.encode(), signature.encode(), signed)


def _frame(raw: bytes, bytes_max: int) -> _Frame:
    if len(raw) > bytes_max:
        raise OverLimit(f"The document has {len(raw):,} bytes, the limit is {bytes_max:,}.")
    try:
        frame = _FRAME.decode(raw)
        is_one_line = _framed(frame.keyid, frame.sig, bytes(frame.signed)) == raw
    except (msgspec.MsgspecError, ValueError, RecursionError) as exc:
        raise Malformed("This is no signed document.") from exc
    if not is_one_line:
        raise Malformed("The document is not one line of keyid, sig and signed.")
    return frame
