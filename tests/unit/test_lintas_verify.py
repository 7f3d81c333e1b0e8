# SPDX-License-Identifier: Apache-2.0
"""The stand-alone verifier, on the vectors of docs/spec/log.md and on what we make ourselves."""

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from hypothesis import given
from hypothesis import strategies as st

import lintas_verify
from lintas.crypto.canonical import canonical_json
from lintas.crypto.checkpoint import Checkpoint, sign_checkpoint
from lintas.crypto.encoding import to_base64
from lintas.crypto.envelope import sign_header
from lintas.crypto.merkle import inclusion_proofs, leaf_hash, root_of, tiles_after
from lintas.crypto.note import NoteKey, SignatureType, format_note
from lintas.crypto.proof import Receipt, format_entry, format_receipt
from lintas.crypto.signing import SigningKey

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "lintas_verify.py"
VECTORS = ROOT / "docs" / "spec" / "vectors" / "log"
RECEIPT = VECTORS / "receipt.tlog-proof"
ENTRY = VECTORS / "entry.json"
PAYLOAD = VECTORS / "payload.txt"
KEYS = json.loads((VECTORS / "keys.json").read_text())
WITNESSES = [part for vkey in KEYS["cosigners"] for part in ("--witness", vkey)]
PROVEN, REFUSED, UNREADABLE = 0, 1, 2


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run the verifier in this process; give its exit code and all that it printed."""

    def call(*args: object) -> tuple[int, str]:
        try:
            lintas_verify.main([str(arg) for arg in args])
            code = PROVEN
        except SystemExit as exc:
            code = int(str(exc.code))
        said = capsys.readouterr()
        return code, said.out + said.err

    return call


def changed(tmp_path: Path, **change: object) -> Path:
    """The example's entry with some fields changed."""
    file = tmp_path / "entry.json"
    file.write_text(json.dumps(json.loads(ENTRY.read_text()) | change))
    return file


def with_envelope(tmp_path: Path, **change: object) -> Path:
    return changed(tmp_path, envelope=json.loads(ENTRY.read_text())["envelope"] | change)


def test_a_court_can_run_it_alone() -> None:
    """As a file, in a process that has nothing of ours imported."""
    asked = [sys.executable, "-I", SOURCE, RECEIPT, "--entry", ENTRY, "--key", KEYS["log"], *WITNESSES]
    done = subprocess.run([*asked, "--payload", PAYLOAD], capture_output=True, text=True, check=False, timeout=30)
    assert (done.returncode, done.stderr) == (PROVEN, "")
    assert done.stdout.count("\n") == 1
    assert "index 10 of 17" in done.stdout
    assert done.stdout.endswith("cosigned by first.example, cosigned by second.example, with this payload\n")


def test_it_needs_nothing_of_ours_and_is_short_enough_to_read() -> None:
    text = SOURCE.read_text()
    imported = [node for node in ast.walk(ast.parse(text)) if isinstance(node, (ast.Import, ast.ImportFrom))]
    names = {
        alias.name if isinstance(node, ast.Import) else str(node.module) for node in imported for alias in node.names
    }
    assert {name.partition(".")[0] for name in names} <= set(sys.stdlib_module_names) | {"cryptography"}
    assert len(text.splitlines()) <= 100


@pytest.mark.parametrize("bad", sorted((VECTORS / "bad").iterdir()), ids=lambda file: file.stem)
def test_bad_receipts_are_not_proven(bad: Path, run: Any) -> None:
    code, said = run(bad, "--entry", ENTRY, "--key", KEYS["log"], *WITNESSES)
    assert code in (REFUSED, UNREADABLE)
    assert said.startswith(("refused: ", "unreadable: "))
    assert said.count("\n") == 1


def test_another_payload_or_salt_is_refused(tmp_path: Path, run: Any) -> None:
    proof = (RECEIPT, "--entry", ENTRY, "--key", KEYS["log"], "--payload")
    other = tmp_path / "other.txt"
    other.write_bytes(PAYLOAD.read_bytes() + b" ")
    assert run(*proof, other)[0] == REFUSED
    assert run(*proof, PAYLOAD, "--salt", "00" * 16)[0] == REFUSED
    assert run(*proof, PAYLOAD, "--salt", KEYS["salt"] + "00")[0] == REFUSED
    assert run(*proof, PAYLOAD, "--salt", "no hex")[0] == UNREADABLE
    assert run(*proof, tmp_path / "missing")[0] == UNREADABLE
    assert run(*proof, PAYLOAD, "--salt", KEYS["salt"])[0] == PROVEN


def test_the_salt_may_come_apart_from_the_entry(tmp_path: Path, run: Any) -> None:
    entry = tmp_path / "entry.json"
    without = json.loads(ENTRY.read_text())
    del without["payload"]
    entry.write_text(json.dumps(without))
    proof = (RECEIPT, "--entry", entry, "--key", KEYS["log"])
    assert run(*proof)[0] == PROVEN
    assert run(*proof, "--payload", PAYLOAD)[0] == UNREADABLE
    assert run(*proof, "--payload", PAYLOAD, "--salt", KEYS["salt"])[0] == PROVEN


def test_another_key_is_refused(run: Any) -> None:
    other = SigningKey.from_seed(bytes(32))
    name = KEYS["log"].split("+")[0]
    stranger = NoteKey(name=name, type=SignatureType.ED25519, public=other.public).vkey
    code, said = run(RECEIPT, "--entry", ENTRY, "--key", stranger)
    assert (code, "did not sign" in said) == (REFUSED, True)
    absent = NoteKey(name="absent.example", type=SignatureType.COSIGNATURE, public=other.public).vkey
    assert run(RECEIPT, "--entry", ENTRY, "--key", KEYS["log"], "--witness", absent)[0] == REFUSED
    assert run(RECEIPT, "--entry", ENTRY, "--key", KEYS["cosigners"][0])[0] == UNREADABLE
    assert run(RECEIPT, "--entry", ENTRY, "--key", KEYS["log"], "--witness", KEYS["log"])[0] == UNREADABLE
    assert run(RECEIPT, "--entry", ENTRY, "--key", KEYS["log"].replace("+", "+0", 1))[0] == UNREADABLE
    assert run(RECEIPT, "--entry", ENTRY, "--key", "nonsense")[0] == UNREADABLE


def test_a_checkpoint_of_another_log_is_refused(tmp_path: Path, run: Any) -> None:
    """Signed by the key that we trust, but under another name than the origin that it states."""
    key, signer = SigningKey.from_seed(bytes([3]) * 32), SigningKey.from_seed(bytes([2]) * 32)
    signed = sign_header(canonical_json({"v": 1}), signer)
    note = sign_checkpoint(Checkpoint(origin="lintas:other/log/1", size=1, root=signed.leaf), key)
    (tmp_path / "r").write_bytes(format_receipt(Receipt(index=0, path=(), checkpoint=format_note(note))))
    (tmp_path / "e").write_bytes(format_entry(signed, signer.public))
    right = NoteKey(name="lintas:other/log/1", type=SignatureType.ED25519, public=key.public)
    assert run(tmp_path / "r", "--entry", tmp_path / "e", "--key", right.vkey)[0] == PROVEN
    assert run(tmp_path / "r", "--entry", tmp_path / "e", "--key", KEYS["log"])[0] == REFUSED


def test_a_changed_entry_is_refused(tmp_path: Path, run: Any) -> None:
    def verdict(entry: Path) -> int:
        code: int = run(RECEIPT, "--entry", entry, "--key", KEYS["log"])[0]
        return code

    envelope = json.loads(ENTRY.read_text())["envelope"]
    (signature,) = envelope["signatures"]
    header = canonical_json({"v": 1})
    assert verdict(changed(tmp_path)) == PROVEN
    assert verdict(changed(tmp_path, public_key=to_base64(bytes(32)))) == REFUSED
    assert verdict(changed(tmp_path, public_key="AAAA")) == REFUSED
    assert verdict(changed(tmp_path, public_key="?")) == UNREADABLE
    assert verdict(with_envelope(tmp_path, payload=to_base64(header))) == REFUSED
    assert verdict(with_envelope(tmp_path, payload=to_base64(b'{"v": 1}'))) == REFUSED
    assert verdict(with_envelope(tmp_path, payload=to_base64(b"{}x"))) == UNREADABLE
    assert verdict(with_envelope(tmp_path, payloadType="application/json")) == REFUSED
    assert verdict(with_envelope(tmp_path, signatures=[])) == UNREADABLE
    assert verdict(with_envelope(tmp_path, signatures=[signature, signature])) == UNREADABLE
    assert verdict(with_envelope(tmp_path, signatures=[signature | {"keyid": "ed25519:" + "0" * 64}])) == REFUSED
    assert verdict(with_envelope(tmp_path, signatures=[signature | {"sig": to_base64(bytes(64))}])) == REFUSED


@given(entry=st.binary(), receipt=st.binary())
def test_any_bytes_give_an_answer_and_no_trace(
    entry: bytes, receipt: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.getbasetemp()
    (folder / "entry.json").write_bytes(entry)
    (folder / "bytes.tlog-proof").write_bytes(receipt)
    for args in (
        (folder / "bytes.tlog-proof", "--entry", ENTRY, "--key", KEYS["log"]),
        (RECEIPT, "--entry", folder / "entry.json", "--key", KEYS["log"]),
        (RECEIPT, "--entry", ENTRY, "--key", receipt.decode("latin-1").replace("-", "_")),
    ):
        with pytest.raises(SystemExit) as stopped:
            lintas_verify.main([str(arg) for arg in args])
        assert stopped.value.code in (REFUSED, UNREADABLE)


@pytest.mark.parametrize("size", range(1, 20))
def test_it_agrees_with_the_node_on_every_entry_of_small_logs(size: int) -> None:
    leaves = [leaf_hash(bytes([number])) for number in range(size)]
    rows = {(level, index): row for level, index, row in tiles_after(0, leaves, lambda _level, _index: b"")}
    root = root_of(leaves)
    for index, path in enumerate(inclusion_proofs(range(size), size, lambda level, number: rows[level, number])):
        for claimed in range(size):
            try:
                found = lintas_verify.root_from(leaves[index], claimed, size, list(path))
            except InvalidSignature:
                found = b""
            assert (found == root) == (claimed == index)
