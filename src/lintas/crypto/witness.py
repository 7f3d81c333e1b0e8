# SPDX-License-Identifier: Apache-2.0
"""What a log and its witnesses say to each other: a head with the proof that it continues an older one, cosignatures.

Source: C2SP tlog-witness ("add-checkpoint"), C2SP tlog-cosignature.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from lintas.crypto.checkpoint import Checkpoint, parse_checkpoint
from lintas.crypto.encoding import from_base64, from_decimal, to_base64
from lintas.crypto.merkle import HASH_BYTES, PROOF_HASHES_MAX
from lintas.crypto.note import (
    Note,
    NoteKey,
    NoteSignature,
    SignatureType,
    format_note,
    parse_note,
    verify_note,
)
from lintas.errors import BadSignature, MalformedNote, OverLimit
from lintas.limits import NOTE_BYTES_MAX, NOTE_SIGNATURES_MAX

_OLD: Final = "old "
_ANY_TEXT: Final = b"cosignatures\n\n"  # what lines are put below so that the reader of notes reads them


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A signed checkpoint and the proof that its tree begins with an older one. Nothing of it is verified yet."""

    old_size: int  # leaves of the older tree; 0 for none
    proof: tuple[bytes, ...]  # RFC 6962 consistency proof; empty where the sizes are equal or the older is 0
    note: bytes  # the signed checkpoint, byte for byte

    @property
    def checkpoint(self) -> Checkpoint:
        """What the note says.

        Raises:
            MalformedNote: The note is no checkpoint.
        """
        return parse_checkpoint(parse_note(self.note).text)


def format_offer(offer: Offer) -> bytes:
    """Write the body of add-checkpoint.

    Raises:
        MalformedNote: A value has a form that no body can carry.
    """
    lines = (f"{_OLD}{offer.old_size}", *map(to_base64, offer.proof))
    raw = "".join(f"{line}\n" for line in lines).encode() + b"\n" + offer.note
    if parse_offer(raw) != offer:
        raise MalformedNote("the offer would not be read as it was meant")
    return raw


def parse_offer(raw: bytes) -> Offer:
    """Read the body of add-checkpoint.

    Raises:
        MalformedNote: Not the exact form, beyond a limit, or an old size larger than the checkpoint's.
    """
    if len(raw) > NOTE_BYTES_MAX:
        raise MalformedNote(f"the offer has {len(raw)} bytes, the limit is {NOTE_BYTES_MAX}")
    head, gap, note = raw.partition(b"\n\n")
    try:
        first, *rest = head.decode("ascii").split("\n")
        old_size = from_decimal(first.removeprefix(_OLD))
        proof = tuple(map(from_base64, rest))
    except ValueError as exc:
        raise MalformedNote("a line above the checkpoint has another form") from exc
    if not gap or not first.startswith(_OLD):
        raise MalformedNote("the offer does not begin with an old size")
    if len(proof) > PROOF_HASHES_MAX or any(len(one) != HASH_BYTES for one in proof):
        raise MalformedNote("the offer's proof is no list of hashes")
    offer = Offer(old_size=old_size, proof=proof, note=note)
    size = offer.checkpoint.size
    if old_size > size:
        raise MalformedNote(f"a checkpoint of {size} entries does not continue one of {old_size}")
    if proof and old_size in (0, size):
        raise MalformedNote("there is nothing to prove, and a proof was given")
    return offer


def format_cosignatures(lines: Sequence[NoteSignature]) -> bytes:
    """Write signature lines alone, as a witness answers.

    Raises:
        MalformedNote: A name has a form that no line can carry, or there is none.
    """
    return format_note(Note(text="cosignatures\n", signatures=tuple(lines))).removeprefix(_ANY_TEXT)


def parse_cosignatures(raw: bytes) -> tuple[NoteSignature, ...]:
    """Read what a witness answered: one or more signature lines, and nothing else.

    Raises:
        MalformedNote: Not the exact form, or beyond a limit.
    """
    note = parse_note(_ANY_TEXT + raw)
    if note.text != "cosignatures\n":
        raise MalformedNote("the answer has more than lines of signatures")
    return note.signatures


def apply_cosignature(note: Note, lines: bytes | Sequence[NoteSignature], cosigner: NoteKey) -> Note:
    """Add a witness's line to a checkpoint's note, once it verified. Lines of other keys are passed over.

    A cosigner's first line stays: the earliest time says most.

    Args:
        lines: What the witness answered, or lines from another copy of the same note.

    Raises:
        MalformedNote: Not lines of signatures.
        BadSignature: The cosigner did not sign this text.
        OverLimit: The note has as many lines as one may have.
    """
    assert cosigner.type is SignatureType.COSIGNATURE
    found = parse_cosignatures(lines) if isinstance(lines, bytes) else lines
    mine = [line for line in found if (line.name, line.key_hash) == (cosigner.name, cosigner.hash)]
    if not mine:
        raise BadSignature("the cosigner that was asked did not sign")
    verify_note(Note(text=note.text, signatures=tuple(mine)), (cosigner,))
    if any((line.name, line.key_hash) == (cosigner.name, cosigner.hash) for line in note.signatures):
        return note
    if len(note.signatures) >= NOTE_SIGNATURES_MAX:
        raise OverLimit(f"the note has {NOTE_SIGNATURES_MAX} signatures, which is the limit")
    return replace(note, signatures=(*note.signatures, mine[0]))
