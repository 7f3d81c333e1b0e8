# SPDX-License-Identifier: Apache-2.0
"""Receipts: offline proof that an entry is in a log, in C2SP's `.tlog-proof` form.

Source: C2SP tlog-proof.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lintas.crypto.canonical import canonical_json
from lintas.crypto.checkpoint import SignedCheckpoint, open_checkpoint, parse_checkpoint
from lintas.crypto.encoding import from_base64, from_decimal, to_base64
from lintas.crypto.envelope import to_dsse
from lintas.crypto.merkle import HASH_BYTES, PROOF_HASHES_MAX, verify_inclusion
from lintas.crypto.note import NoteKey, parse_note
from lintas.errors import MalformedNote
from lintas.limits import NOTE_BYTES_MAX
from lintas.model.header import Signed

RECEIPT_SUFFIX: Final = ".tlog-proof"
_FIRST_LINE: Final = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """An entry's place in a log and the proof of it."""

    index: int
    path: tuple[bytes, ...]  # hashes from the leaf's sibling up to the root's child
    checkpoint: bytes  # the signed checkpoint, byte for byte
    extra: bytes | None = None  # covered by no signature: never trusted


def format_receipt(receipt: Receipt) -> bytes:
    """Write a receipt.

    Raises:
        MalformedNote: Its checkpoint is no signed checkpoint, or a value has a form that no receipt can carry.
    """
    extra = () if receipt.extra is None else (f"extra {to_base64(receipt.extra)}",)
    lines = (_FIRST_LINE, *extra, f"index {receipt.index}", *map(to_base64, receipt.path))
    raw = "".join(f"{line}\n" for line in lines).encode() + b"\n" + receipt.checkpoint
    parse_receipt(raw)  # what could not be read back is refused here, not at the one who needs the proof
    return raw


def parse_receipt(raw: bytes) -> Receipt:
    """Read a receipt. Nothing is verified here.

    Raises:
        MalformedNote: Not the exact form of a receipt, or beyond a limit.
    """
    if len(raw) > NOTE_BYTES_MAX:
        raise MalformedNote(f"the receipt has {len(raw)} bytes, the limit is {NOTE_BYTES_MAX}")
    head, _, checkpoint = raw.partition(b"\n\n")
    extra: bytes | None = None
    try:
        match [line.partition(" ") for line in head.decode("ascii").split("\n")]:
            case [(first, "", ""), ("extra", " ", extra_text), ("index", " ", index_text), *rest]:
                extra = from_base64(extra_text)
            case [(first, "", ""), ("index", " ", index_text), *rest]:
                pass
            case _:
                raise MalformedNote("the receipt does not begin as a tlog-proof")
        index = from_decimal(index_text)
        path = tuple(from_base64("".join(line)) for line in rest)
    except ValueError as exc:
        raise MalformedNote("a line of the receipt has another form") from exc
    if first != _FIRST_LINE:
        raise MalformedNote("the receipt is of another version")
    if len(path) > PROOF_HASHES_MAX or any(len(sibling) != HASH_BYTES for sibling in path):
        raise MalformedNote("the receipt's proof is no list of hashes")
    parse_checkpoint(parse_note(checkpoint).text)
    return Receipt(index=index, path=path, checkpoint=checkpoint, extra=extra)


def verify_receipt(
    receipt: Receipt, leaf: bytes, log_key: NoteKey, cosigners: Sequence[NoteKey] = (), quorum: int = 0
) -> SignedCheckpoint:
    """Check that the log with this key holds the leaf with this hash, as a quorum of peers saw.

    Raises:
        BadProof: The proof does not lead from the leaf to the checkpoint's root.
        BadSignature: As `open_checkpoint`.
        MalformedNote: As `open_checkpoint`.
    """
    signed = open_checkpoint(receipt.checkpoint, log_key, cosigners, quorum)
    verify_inclusion(leaf, receipt.index, signed.checkpoint.size, receipt.path, signed.checkpoint.root)
    return signed


def format_entry(signed: Signed, public: bytes, salt: bytes | None = None) -> bytes:
    """Write the file that goes with a receipt: the signed header, its public key and, to show the payload, its salt.

    The key needs no trust of its own: the log's leaf holds its id, which is its digest.

    Source: docs/spec/log.md, "Entry file"; read by `lintas-verify`.
    """
    entry: dict[str, object] = {"envelope": to_dsse(signed), "public_key": to_base64(public)}
    if salt is not None:
        entry["payload"] = {"salt": salt.hex()}
    return canonical_json(entry)
