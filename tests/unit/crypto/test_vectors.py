# SPDX-License-Identifier: Apache-2.0
"""The vectors of docs/spec/log.md: made by their script, and each bad one refused for its own defect."""

import base64
import json
import subprocess
import sys
from pathlib import Path

import pytest

from lintas.crypto.envelope import from_dsse, verify_header
from lintas.crypto.merkle import leaf_hash
from lintas.crypto.note import parse_vkey
from lintas.crypto.proof import parse_receipt, verify_receipt
from lintas.errors import BadProof, BadSignature, LintasError, MalformedNote

ROOT = Path(__file__).parents[3]
VECTORS = ROOT / "docs" / "spec" / "vectors" / "log"
DEFECTS: dict[str, type[LintasError]] = {
    "hash_flipped_in_proof": BadProof,
    "proof_too_short": BadProof,
    "proof_too_long": BadProof,
    "index_of_another_entry": BadProof,
    "index_beyond_the_tree": BadProof,
    "checkpoint_of_another_tree": BadProof,
    "log_signature_flipped": BadSignature,
    "log_signature_missing": BadSignature,
    "cosignature_time_changed": BadSignature,
    "index_with_leading_zero": MalformedNote,
    "no_empty_line": MalformedNote,
    "hyphen_instead_of_em_dash": MalformedNote,
    "carriage_returns": MalformedNote,
    "other_version": MalformedNote,
}


def files_below(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def verify(receipt: Path) -> None:
    keys = json.loads((VECTORS / "keys.json").read_text())
    signed = from_dsse(json.loads((VECTORS / "entry.json").read_text())["envelope"])
    verify_header(signed, bytes.fromhex(keys["signing_public"]))
    cosigners = [parse_vkey(text) for text in keys["cosigners"]]
    verify_receipt(parse_receipt(receipt.read_bytes()), signed.leaf, parse_vkey(keys["log"]), cosigners, quorum=2)


def test_the_script_makes_what_is_committed(tmp_path: Path) -> None:
    subprocess.run([sys.executable, ROOT / "tools" / "make_log_vectors.py", tmp_path], check=True, timeout=250)
    assert files_below(tmp_path) == files_below(VECTORS)


def test_the_good_receipt_is_proven() -> None:
    verify(VECTORS / "receipt.tlog-proof")


@pytest.mark.parametrize("name", DEFECTS)
def test_a_bad_receipt_is_refused_for_its_defect(name: str) -> None:
    with pytest.raises(DEFECTS[name]):
        verify(VECTORS / "bad" / f"{name}.tlog-proof")


def test_every_bad_receipt_is_tried() -> None:
    assert {file.stem for file in (VECTORS / "bad").iterdir()} == set(DEFECTS)


def test_the_leaves_follow_from_their_parts() -> None:
    for vector in json.loads((VECTORS / "leaves.json").read_text()):
        signed = from_dsse(vector["envelope"])
        verify_header(signed, bytes.fromhex(vector["public_key"]))
        assert signed.header_bytes == vector["header"].encode()
        assert (signed.id, signed.key_id) == (vector["message_id"], vector["key_id"])
        assert signed.leaf.hex() == vector["leaf_hash"] == leaf_hash(bytes.fromhex(vector["leaf_data"])).hex()


def test_the_payload_is_the_one_that_the_entry_commits_to() -> None:
    keys = json.loads((VECTORS / "keys.json").read_text())
    assert (VECTORS / "payload.txt").read_bytes() == base64.b64decode(keys["payload"])
