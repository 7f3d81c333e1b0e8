# SPDX-License-Identifier: Apache-2.0
"""Signed notes: a text and lines of signatures below it.

Source: C2SP signed-note; C2SP tlog-cosignature for the timestamped type.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256
from typing import Final

from lintas.crypto.encoding import INTEGER_MAX, from_base64, to_base64
from lintas.crypto.signing import PUBLIC_BYTES, SigningKey, check_public, verify
from lintas.errors import BadSignature, MalformedKey, MalformedNote
from lintas.limits import NOTE_BYTES_MAX, NOTE_SIGNATURES_MAX

KEY_HASH_BYTES: Final = 4
_TIMESTAMP_BYTES: Final = 8
_MARK: Final = "\N{EM DASH} "


class SignatureType(IntEnum):
    """Assigned signature types of notes that Lintas makes and checks."""

    ED25519 = 0x01  # over the text
    COSIGNATURE = 0x04  # over a header line, a time and the text: cosignature/v1


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteKey:
    """A public key that may sign notes under a name.

    Raises:
        MalformedKey: Name or key must not be used.
    """

    name: str
    type: SignatureType
    public: bytes

    def __post_init__(self) -> None:
        if not _is_name(self.name):
            raise MalformedKey("the name of a note's key is empty or has a space or a plus sign")
        check_public(self.public)

    @property
    def hash(self) -> bytes:
        """The key id that stands in signature lines: 4 bytes, an index and no proof."""
        parts = self.name.encode() + b"\n" + bytes([self.type]) + self.public
        return sha256(parts).digest()[:KEY_HASH_BYTES]

    @property
    def vkey(self) -> str:
        """The key as text, to be handed to those who verify."""
        return f"{self.name}+{self.hash.hex()}+{to_base64(bytes([self.type]) + self.public)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSignature:
    """One signature line, verified or not."""

    name: str
    key_hash: bytes
    signature: bytes  # for a cosignature: 8 bytes of time, then the signature


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A text that ends in a newline, and its signatures."""

    text: str
    signatures: tuple[NoteSignature, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedSignature:
    """A signature that verified, and for a cosignature when it was made."""

    key: NoteKey
    at_s: int | None  # seconds since 1970, by the cosigner's clock


def parse_vkey(text: str) -> NoteKey:
    """Read a key as `NoteKey.vkey` writes it.

    Raises:
        MalformedKey: Other form, another type, or a key id that does not fit.
    """
    name, _, rest = text.partition("+")
    hash_hex, _, encoded = rest.partition("+")
    try:
        raw = from_base64(encoded)
        if len(raw) != 1 + PUBLIC_BYTES:
            raise MalformedKey("the verifier key has another length")
        key = NoteKey(name=name, type=SignatureType(raw[0]), public=raw[1:])
    except ValueError as exc:
        raise MalformedKey("not a verifier key (NAME+HASH+KEY) of a type known here") from exc
    if key.hash.hex() != hash_hex:
        raise MalformedKey("the verifier key's own hash does not fit")
    return key


def sign_note(text: str, name: str, key: SigningKey) -> NoteSignature:
    """Sign a note's text (type 0x01). The text must be one that `format_note` takes."""
    note_key = NoteKey(name=name, type=SignatureType.ED25519, public=key.public)
    return NoteSignature(name=name, key_hash=note_key.hash, signature=key.sign(text.encode()))


def cosign_note(text: str, name: str, key: SigningKey, at_s: int) -> NoteSignature:
    """Cosign a checkpoint's text with a time (type 0x04).

    It states that this text is the largest consistent tree that the cosigner has seen of that log; so a key of its
    own is needed for each cosigner, and the caller has checked consistency.

    Args:
        at_s: Seconds since 1970, 0 to 2^63 - 1.
    """
    assert 0 <= at_s <= INTEGER_MAX
    note_key = NoteKey(name=name, type=SignatureType.COSIGNATURE, public=key.public)
    signature = at_s.to_bytes(_TIMESTAMP_BYTES, "big") + key.sign(_cosigned(text, at_s))
    return NoteSignature(name=name, key_hash=note_key.hash, signature=signature)


def format_note(note: Note) -> bytes:
    """Write a note.

    Raises:
        MalformedNote: The text or a name has a form that no note can carry, or there is no signature.
    """
    lines = [f"{_MARK}{s.name} {to_base64(s.key_hash + s.signature)}\n" for s in note.signatures]
    raw = f"{note.text}\n{''.join(lines)}".encode(errors="surrogatepass")
    if parse_note(raw) != note:
        raise MalformedNote("the note would not be read as it was meant")
    return raw


def parse_note(raw: bytes) -> Note:
    """Read a note. Nothing is verified here, so nothing of its text counts yet.

    Raises:
        MalformedNote: Not the exact form of a note, or beyond a limit.
    """
    if len(raw) > NOTE_BYTES_MAX:
        raise MalformedNote(f"the note has {len(raw)} bytes, the limit is {NOTE_BYTES_MAX}")
    try:
        whole = raw.decode()
    except UnicodeDecodeError as exc:
        raise MalformedNote("the note is not UTF-8") from exc
    if any(char < " " and char != "\n" for char in whole):
        raise MalformedNote("the note has a control character")
    text, gap, tail = whole.rpartition("\n\n")
    lines = tail.split("\n")
    if not gap or lines.pop() != "" or not lines:
        raise MalformedNote("the note does not end in lines of signatures")
    if len(lines) > NOTE_SIGNATURES_MAX:
        raise MalformedNote(f"the note has {len(lines)} signatures, the limit is {NOTE_SIGNATURES_MAX}")
    return Note(text=text + "\n", signatures=tuple(_parse_line(line) for line in lines))


def verify_note(note: Note, keys: Sequence[NoteKey]) -> tuple[VerifiedSignature, ...]:
    """Check the signatures of known keys; those of unknown keys are passed over.

    Returns:
        One for each known key that signed, in the order of the lines; at least one.

    Raises:
        BadSignature: A known key's signature does not verify, or no known key signed.
    """
    known = {(key.name, key.hash): key for key in keys}
    verified: dict[NoteKey, VerifiedSignature] = {}
    for line in note.signatures:
        key = known.get((line.name, line.key_hash))
        if key is not None:
            verified.setdefault(key, _verify_line(note.text, line.signature, key))
    if not verified:
        raise BadSignature("the note is not signed by a key that is known here")
    return tuple(verified.values())


def _verify_line(text: str, signature: bytes, key: NoteKey) -> VerifiedSignature:
    if key.type is SignatureType.ED25519:
        verify(key.public, text.encode(), signature)
        return VerifiedSignature(key=key, at_s=None)
    at_s = int.from_bytes(signature[:_TIMESTAMP_BYTES], "big")
    if at_s > INTEGER_MAX:
        raise BadSignature("the cosignature's time is beyond 2^63 - 1")
    verify(key.public, _cosigned(text, at_s), signature[_TIMESTAMP_BYTES:])
    return VerifiedSignature(key=key, at_s=at_s)


def _cosigned(text: str, at_s: int) -> bytes:
    return f"cosignature/v1\ntime {at_s}\n{text}".encode()


def _parse_line(line: str) -> NoteSignature:
    name, _, encoded = line.removeprefix(_MARK).partition(" ")
    try:
        raw = from_base64(encoded)
    except ValueError as exc:
        raise MalformedNote("a signature line is not strict base64") from exc
    if not line.startswith(_MARK) or not _is_name(name) or len(raw) <= KEY_HASH_BYTES:
        raise MalformedNote("a signature line has another form")
    return NoteSignature(name=name, key_hash=raw[:KEY_HASH_BYTES], signature=raw[KEY_HASH_BYTES:])


def _is_name(name: str) -> bool:
    return name != "" and "+" not in name and not any(char.isspace() or char < " " for char in name)
