# SPDX-License-Identifier: Apache-2.0
"""What we write, checked by code that is not ours: the note and tlog packages of the Go project."""

import base64
import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from lintas.crypto.canonical import canonical_json
from lintas.crypto.checkpoint import Checkpoint, cosign_checkpoint, log_origin, sign_checkpoint
from lintas.crypto.envelope import leaf_data, sign_header
from lintas.crypto.merkle import (
    HASH_BYTES,
    consistency_proofs,
    inclusion_proofs,
    leaf_hash,
    root_at,
    tile_path,
    tiles_after,
)
from lintas.crypto.note import Note, NoteKey, NoteSignature, SignatureType, format_note
from lintas.crypto.signing import SigningKey

pytestmark = [pytest.mark.ring("go"), pytest.mark.slow]

PROGRAM = Path(__file__).parent / "go" / "verify_log.go"
GO_PATH = "/usr/share/gocode"  # where Debian puts golang-golang-x-mod-dev
SIZE_MAX = 300
TILED_SIZE = 70_000  # three levels of tiles
TILED_PLACES = [0, 1, 255, 256, 34_567, 65_535, 65_536, 69_887, 69_888, 69_999]
ORIGIN = log_origin("lintas:example", "1")
SIGNER, LOG, PEER, STRANGER = (SigningKey.from_seed(bytes([number]) * 32) for number in range(1, 5))


@pytest.fixture(scope="module")
def verifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Go program, built without modules and without a network."""
    folder = tmp_path_factory.mktemp("go")
    environment = os.environ | {
        "GO111MODULE": "off",
        "GOPATH": GO_PATH,
        "GOCACHE": str(folder / "cache"),
        "GOFLAGS": "",
        "CGO_ENABLED": "0",
    }
    program = folder / "verify_log"
    subprocess.run(["go", "build", "-o", program, PROGRAM], check=True, env=environment, timeout=250)
    return program


def text_of(data: bytes) -> str:
    return base64.b64encode(data).decode()


def texts_of(proofs: list[tuple[bytes, ...]]) -> list[list[str]]:
    return [[text_of(h) for h in proof] for proof in proofs]


def rows_of(leaves: list[bytes]) -> dict[tuple[int, int], bytes]:
    return {(level, index): row for level, index, row in tiles_after(0, leaves, lambda _level, _index: b"")}


def trees(leaves: list[bytes]) -> list[dict[str, object]]:
    rows = rows_of(leaves)

    def read(level: int, index: int) -> bytes:
        return rows[level, index]

    return [
        {
            "Size": size,
            "Root": text_of(root_at(size, read)),
            "Inclusion": texts_of(inclusion_proofs(range(size), size, read)),
            "Consistency": texts_of(consistency_proofs(range(1, size + 1), size, read)),
        }
        for size in range(1, len(leaves) + 1)
    ]


def tiled() -> dict[str, object]:
    data = [str(number).encode() for number in range(TILED_SIZE)]
    rows = rows_of([leaf_hash(leaf) for leaf in data])

    def read(level: int, index: int) -> bytes:
        return rows[level, index]

    proofs = texts_of(inclusion_proofs(TILED_PLACES, TILED_SIZE, read))
    return {
        "Size": TILED_SIZE,
        "Root": text_of(root_at(TILED_SIZE, read)),
        "Tiles": {tile_path(*place, len(row) // HASH_BYTES): text_of(row) for place, row in rows.items()},
        "Proofs": {str(place): proof for place, proof in zip(TILED_PLACES, proofs, strict=True)},
        "Leaves": {str(place): text_of(data[place]) for place in TILED_PLACES},
    }


def checkpoint(size: int, root: bytes) -> Note:
    note = sign_checkpoint(Checkpoint(origin=ORIGIN, size=size, root=root), LOG)
    note = cosign_checkpoint(note, "stranger.example", STRANGER, 1_700_000_000)
    return cosign_checkpoint(note, "peer.example", PEER, 1_700_000_000)


def bad_notes(note: Note) -> dict[str, str]:
    log_line, _stranger, peer_line = note.signatures

    def shifted(line: NoteSignature) -> NoteSignature:
        return replace(line, signature=bytes([line.signature[0] ^ 1]) + line.signature[1:])

    bad = {
        "a forged log signature": replace(note, signatures=(shifted(log_line), peer_line)),
        "a cosignature of another time": replace(note, signatures=(log_line, shifted(peer_line))),
        "another text": replace(note, text=note.text.replace(f"{SIZE_MAX}", f"{SIZE_MAX + 1}", 1)),
        "strangers only": replace(note, signatures=note.signatures[1:2]),
    }
    good = format_note(note).decode()
    return {name: format_note(value).decode() for name, value in bad.items()} | {
        "a hyphen for a dash": good.replace("\N{EM DASH}", "-"),
        "no line end": good[:-1],
    }


def test_every_tree_proof_and_signature_holds_in_code_that_is_not_ours(verifier: Path, tmp_path: Path) -> None:
    """All sizes from 1 to 300, every leaf, every earlier size; and everything tampered with is refused."""
    signed = [sign_header(canonical_json({"number": number, "v": 1}), SIGNER) for number in range(SIZE_MAX)]
    leaves = [leaf_data(bytes.fromhex(entry.id), entry.key_id, entry.signature) for entry in signed]
    made = trees([entry.leaf for entry in signed])
    note = checkpoint(SIZE_MAX, base64.b64decode(str(made[-1]["Root"])))
    told = tmp_path / "log.json"
    told.write_text(
        json.dumps(
            {
                "LogKey": NoteKey(name=ORIGIN, type=SignatureType.ED25519, public=LOG.public).vkey,
                "Cosigners": [NoteKey(name="peer.example", type=SignatureType.COSIGNATURE, public=PEER.public).vkey],
                "Note": format_note(note).decode(),
                "BadNotes": bad_notes(note),
                "Leaves": [text_of(leaf) for leaf in leaves],
                "Trees": made,
                "Tiled": tiled(),
            }
        )
    )
    done = subprocess.run([verifier, told], capture_output=True, text=True, check=False, timeout=250)
    assert (done.returncode, done.stderr) == (0, "")
    pairs = SIZE_MAX * (SIZE_MAX + 1) // 2
    assert json.loads(done.stdout) == {
        "signatures": 2,
        "passed over": 1,
        "notes refused": 6,
        "inclusion": pairs,
        "inclusion refused": pairs,
        "consistency": pairs,
        "consistency refused": pairs,
        "proofs from tiles": len(TILED_PLACES),
    }
