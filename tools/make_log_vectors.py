# SPDX-License-Identifier: Apache-2.0
"""Write the test vectors of docs/spec/log.md. Every byte follows from this script; a test runs it again and compares.

Usage: .venv/bin/python tools/make_log_vectors.py [FOLDER]
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from lintas.crypto.canonical import canonical_json
from lintas.crypto.checkpoint import Checkpoint, cosign_checkpoint, log_origin, sign_checkpoint
from lintas.crypto.digests import commitment, salted_digest
from lintas.crypto.encoding import to_base64
from lintas.crypto.envelope import encode_envelope, leaf_data, sign_header
from lintas.crypto.merkle import (
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_of,
    tile_path,
    tiles_after,
)
from lintas.crypto.note import Note, NoteKey, SignatureType, format_note
from lintas.crypto.proof import Receipt, format_entry, format_receipt
from lintas.crypto.signing import SigningKey, node_id
from lintas.model.header import Header, Kind, Mode, PayloadDigest, Signed
from lintas.model.marking import Marking, Tlp

FOLDER = Path(__file__).parents[1] / "docs" / "spec" / "vectors" / "log"
SIZES = range(1, 18)
TILE_SIZES = (1, 255, 256, 257, 512, 70_000)
SALT = bytes(range(16))
PAYLOAD = "Kiriman uang ke rekening yang tidak dikenal / 转入陌生账户\n".encode()
AT_S = 1_767_225_600  # 2026-01-01T00:00:00Z

ROOT_KEY = SigningKey.from_seed(bytes([1]) * 32)
SIGNING_KEY = SigningKey.from_seed(bytes([2]) * 32)
LOG_KEY = SigningKey.from_seed(bytes([3]) * 32)
PEER_KEYS = {
    "first.example": SigningKey.from_seed(bytes([4]) * 32),
    "second.example": SigningKey.from_seed(bytes([5]) * 32),
}
NODE = node_id(ROOT_KEY.public)
ORIGIN = log_origin(NODE, "0011223344556677")


def header(number: int) -> bytes:
    """An invented header, one for each entry of the example log."""
    return canonical_json(
        Header(
            originator=NODE,
            kind=Kind.ITEM,
            media_type="text/plain;charset=utf-8",
            created_at="2026-01-01T00:00:00.000Z",
            mode=Mode.EXERCISE,
            marking=Marking(tlp=Tlp.AMBER),
            refs=(("about", (commitment(SALT, "about", f"entry-{number}"),)),),
            payload=PayloadDigest(digest=salted_digest(SALT, PAYLOAD), size_bytes=len(PAYLOAD)),
            reading=sha256(b"recipe").hexdigest(),
        ).as_json()
    )


def entries(count: int) -> list[Signed]:
    """The first entries of the example log."""
    return [sign_header(header(number), SIGNING_KEY) for number in range(count)]


def leaf_vectors(log: list[Signed]) -> object:
    """From header bytes to the leaf hash, with every step."""
    return [
        {
            "header": signed.header_bytes.decode(),
            "message_id": signed.id,
            "public_key": SIGNING_KEY.public.hex(),
            "key_id": signed.key_id,
            "signature": signed.signature.hex(),
            "leaf_data": leaf_data(bytes.fromhex(signed.id), signed.key_id, signed.signature).hex(),
            "leaf_hash": signed.leaf.hex(),
            "envelope": json.loads(encode_envelope(signed)),
        }
        for signed in log[:3]
    ]


def tree_vectors(leaves: list[bytes]) -> object:
    """Roots and all proofs of the trees of the first 1 to 17 leaves."""
    tiles = {(level, index): row for level, index, row in tiles_after(0, leaves, lambda _level, _index: b"")}

    def read(level: int, index: int) -> bytes:
        return tiles[level, index]

    def texts(proof: tuple[bytes, ...]) -> list[str]:
        return [h.hex() for h in proof]

    return {
        "leaf_hashes": [leaf.hex() for leaf in leaves],
        "empty_root": root_of(()).hex(),
        "trees": [
            {
                "size": size,
                "root": root_of(leaves[:size]).hex(),
                "frontier": [h.hex() for h in Frontier().extend(leaves[:size]).hashes],
                "inclusion": [texts(inclusion_proof(index, size, read)) for index in range(size)],
                "consistency_from_1_on": [texts(consistency_proof(before, size, read)) for before in range(1, size)],
            }
            for size in SIZES
        ],
    }


def tile_vectors() -> object:
    """For leaves that are the hashes of "0", "1" and so on: each tile's path and the digest of its row."""
    vectors = []
    for size in TILE_SIZES:
        rows = tiles_after(0, [leaf_hash(str(n).encode()) for n in range(size)], lambda _level, _index: b"")
        last_of_each_level = {level: (index, row) for level, index, row in rows}
        vectors.append(
            {
                "size": size,
                "root": root_of(leaf_hash(str(n).encode()) for n in range(size)).hex(),
                "last_tiles": [
                    {"path": tile_path(level, index, len(row) // 32), "leaf_hash_of_row": leaf_hash(row).hex()}
                    for level, (index, row) in last_of_each_level.items()
                ],
            }
        )
    return vectors


def checkpoint_note(root: bytes, size: int) -> Note:
    """The example log's checkpoint, cosigned by two peers."""
    note = sign_checkpoint(Checkpoint(origin=ORIGIN, size=size, root=root), LOG_KEY)
    for name, key in PEER_KEYS.items():
        note = cosign_checkpoint(note, name, key, AT_S)
    return note


def flipped(data: bytes) -> bytes:
    """The same bytes but for the last bit."""
    return data[:-1] + bytes([data[-1] ^ 1])


def bad_receipts(good: Receipt, note: Note, other: list[bytes]) -> dict[str, bytes]:
    """Receipts that must be refused, named for their defect."""
    log_line, first, second = note.signatures
    forged = replace(log_line, signature=flipped(log_line.signature))
    late = replace(first, signature=flipped(first.signature[:8]) + first.signature[8:])
    other_tree = checkpoint_note(root_of(other), len(other))

    def with_note(changed: Note) -> bytes:
        return format_receipt(replace(good, checkpoint=format_note(changed)))

    raw = format_receipt(good)
    return {
        "hash_flipped_in_proof": format_receipt(replace(good, path=(flipped(good.path[0]), *good.path[1:]))),
        "proof_too_short": format_receipt(replace(good, path=good.path[:-1])),
        "proof_too_long": format_receipt(replace(good, path=(*good.path, good.path[0]))),
        "index_of_another_entry": format_receipt(replace(good, index=good.index - 1)),
        "index_beyond_the_tree": format_receipt(replace(good, index=len(other))),
        "checkpoint_of_another_tree": with_note(other_tree),
        "log_signature_flipped": with_note(replace(note, signatures=(forged, first, second))),
        "log_signature_missing": with_note(replace(note, signatures=(first, second))),
        "cosignature_time_changed": with_note(replace(note, signatures=(log_line, late, second))),
        "index_with_leading_zero": raw.replace(b"index ", b"index 0"),
        "no_empty_line": raw.replace(b"\n\n", b"\n", 1),
        "hyphen_instead_of_em_dash": raw.replace("\N{EM DASH} ".encode(), b"- "),
        "carriage_returns": raw.replace(b"\n", b"\r\n"),
        "other_version": raw.replace(b"@v1", b"@v2", 1),
    }


def make(folder: Path) -> None:
    """Write all vectors into a folder."""
    log = entries(SIZES[-1])
    leaves = [signed.leaf for signed in log]
    rows = {(level, index): row for level, index, row in tiles_after(0, leaves, lambda _level, _index: b"")}
    note = checkpoint_note(root_of(leaves), len(leaves))
    index = 10
    path = inclusion_proof(index, len(leaves), lambda level, number: rows[level, number])
    receipt = Receipt(index=index, path=path, checkpoint=format_note(note))
    keys = {
        "node": NODE,
        "root_public": ROOT_KEY.public.hex(),
        "signing_public": SIGNING_KEY.public.hex(),
        "log": NoteKey(name=ORIGIN, type=SignatureType.ED25519, public=LOG_KEY.public).vkey,
        "cosigners": [
            NoteKey(name=name, type=SignatureType.COSIGNATURE, public=key.public).vkey
            for name, key in PEER_KEYS.items()
        ],
        "cosigned_at_s": AT_S,
        "receipt_index": index,
        "salt": SALT.hex(),
        "payload": to_base64(PAYLOAD),
    }
    (folder / "bad").mkdir(parents=True, exist_ok=True)
    for name, value in {
        "keys": keys,
        "leaves": leaf_vectors(log),
        "trees": tree_vectors(leaves),
        "tiles": tile_vectors(),
    }.items():
        (folder / f"{name}.json").write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n")
    (folder / "checkpoint.note").write_bytes(format_note(note))
    (folder / "receipt.tlog-proof").write_bytes(format_receipt(receipt))
    (folder / "entry.json").write_bytes(format_entry(log[index], SIGNING_KEY.public, SALT))
    (folder / "payload.txt").write_bytes(PAYLOAD)
    for name, raw in bad_receipts(receipt, note, [*leaves, flipped(leaves[0])]).items():
        (folder / "bad" / f"{name}.tlog-proof").write_bytes(raw)


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
