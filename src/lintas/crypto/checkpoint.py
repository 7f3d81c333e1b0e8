# SPDX-License-Identifier: Apache-2.0
"""Checkpoints: a log's size and root, signed by the log and cosigned by its peers.

Source: C2SP tlog-checkpoint and tlog-cosignature.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lintas.crypto.encoding import from_base64, from_decimal, to_base64
from lintas.crypto.merkle import EMPTY_ROOT, HASH_BYTES, TREE_SIZE_MAX
from lintas.crypto.note import (
    Note,
    NoteKey,
    SignatureType,
    VerifiedSignature,
    cosign_note,
    parse_note,
    sign_note,
    verify_note,
)
from lintas.crypto.signing import SigningKey
from lintas.errors import BadSignature, MalformedNote


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A tree's size and root, and whose log it is."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()  # lines of other logs that we read past; ours have none

    @property
    def text(self) -> str:
        """The note text that is signed."""
        lines = (self.origin, str(self.size), to_base64(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedCheckpoint:
    """A checkpoint whose log's signature verified, with the cosignatures that did."""

    checkpoint: Checkpoint
    note: Note
    cosigned: tuple[VerifiedSignature, ...]


def log_origin(node_id: str, incarnation: str) -> str:
    """Return the origin line, and key name, of one incarnation of a node's log."""
    return f"{node_id}/log/{incarnation}"


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the text of a checkpoint's note. Whether it is signed is not asked here.

    Raises:
        MalformedNote: Not the exact form of a checkpoint.
    """
    origin, *rest = text.split("\n")
    match rest:
        case [size_text, root_text, *extensions, ""] if origin and all(extensions):
            pass
        case _:
            raise MalformedNote("a checkpoint has an origin, a size and a root, each on a line")
    try:
        size, root = from_decimal(size_text), from_base64(root_text)
    except ValueError as exc:
        raise MalformedNote("the checkpoint's size or root has another form") from exc
    if len(root) != HASH_BYTES or (size == 0 and root != EMPTY_ROOT):
        raise MalformedNote("the checkpoint's root is no root of a tree of its size")
    return Checkpoint(origin=origin, size=size, root=root, extensions=tuple(extensions))


def sign_checkpoint(checkpoint: Checkpoint, key: SigningKey) -> Note:
    """Sign a checkpoint of one's own log, under the origin as the key's name.

    Raises:
        MalformedNote: The checkpoint has extension lines, which nobody audits, or another bad form.
    """
    assert 0 <= checkpoint.size <= TREE_SIZE_MAX
    if checkpoint.extensions or parse_checkpoint(checkpoint.text) != checkpoint:
        raise MalformedNote("our checkpoints have an origin, a size and a root, and nothing else")
    return Note(text=checkpoint.text, signatures=(sign_note(checkpoint.text, checkpoint.origin, key),))


def cosign_checkpoint(note: Note, name: str, key: SigningKey, at_s: int) -> Note:
    """Add one's cosignature to another log's checkpoint.

    The caller has verified the log's signature, and consistency with the last checkpoint it cosigned.

    Args:
        name: The cosigner's name.
        at_s: Seconds since 1970.

    Raises:
        MalformedNote: The note is no checkpoint.
    """
    parse_checkpoint(note.text)
    return replace(note, signatures=(*note.signatures, cosign_note(note.text, name, key, at_s)))


def open_checkpoint(
    raw: bytes, log_key: NoteKey, cosigners: Sequence[NoteKey] = (), quorum: int = 0
) -> SignedCheckpoint:
    """Read a signed checkpoint and check the log's signature and a quorum of cosignatures.

    Args:
        log_key: The log's key; its name must be the checkpoint's origin.
        cosigners: Keys whose cosignatures count, of type COSIGNATURE; each public key counts once.
        quorum: How many of them must have cosigned.

    Raises:
        MalformedNote: Not a signed checkpoint.
        BadSignature: Not this log's, or too few cosignatures, or one of a known key that does not verify.
    """
    assert all(key.type is SignatureType.COSIGNATURE for key in cosigners)
    note = parse_note(raw)
    verified = verify_note(note, (log_key, *cosigners))
    checkpoint = parse_checkpoint(note.text)
    if checkpoint.origin != log_key.name or all(line.key != log_key for line in verified):
        raise BadSignature("the checkpoint is not signed by this log")
    # A v1 cosignature does not cover the cosigner's name, so one key under two names is one cosigner, and the log's
    # own key is none.
    by_public = {line.key.public: line for line in verified if line.key.public != log_key.public}
    if len(by_public) < quorum:
        raise BadSignature(f"{len(by_public)} known peers cosigned the checkpoint, {quorum} are needed")
    return SignedCheckpoint(checkpoint=checkpoint, note=note, cosigned=tuple(by_public.values()))
