# SPDX-License-Identifier: Apache-2.0
"""docs/spec/orders.md: its vectors are made by their script, and a stranger's tool proves them and nothing else."""

import base64
import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

import lintas_verify_decision
from lintas.crypto.canonical import canonical_json
from lintas.crypto.envelope import sign_header
from lintas.crypto.proof import format_entry
from lintas.crypto.signing import SigningKey
from lintas.model.header_rules import VERDICTS
from lintas.work.orders import ACTIONS, challenge

ROOT = Path(__file__).resolve().parents[2]
SPEC = (ROOT / "docs" / "spec" / "orders.md").read_text(encoding="utf-8")
VECTORS = ROOT / "docs" / "spec" / "vectors" / "orders"
VALUES = json.loads((VECTORS / "values.json").read_text())


def run(capsys: pytest.CaptureFixture[str], *args: object) -> tuple[int, str]:
    try:
        lintas_verify_decision.main([str(arg) for arg in args])
        code = 0
    except SystemExit as exc:
        code = int(str(exc.code))
    said = capsys.readouterr()
    return code, said.out + said.err


def files(verdict: str) -> list[Path]:
    return [VECTORS / "order.entry.json", VECTORS / f"{verdict}.assent.json", VECTORS / f"{verdict}.credential.json"]


def test_the_vectors_are_those_of_the_script(tmp_path: Path) -> None:
    script = ROOT / "tools" / "make_order_vectors.py"
    subprocess.run([sys.executable, str(script), str(tmp_path)], check=True, timeout=250)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert made == {path.name: path.read_bytes() for path in VECTORS.iterdir()}


def test_every_action_and_verdict_has_its_row() -> None:
    for code in (*ACTIONS, *VERDICTS):
        assert f"`{code}`" in SPEC, code


@pytest.mark.parametrize("verdict", ["confirmed", "approved"])
def test_a_decision_is_proven_without_lintas(capsys: pytest.CaptureFixture[str], verdict: str) -> None:
    code, said = run(capsys, *files(verdict), "--payload", VECTORS / "order.payload.json")
    assert code == 0, said
    assert f"{verdict} order {VALUES['order']}" in said
    assert "Put new keys in the place of tls" in said
    assert challenge(VALUES["order"], verdict).hex() == VALUES["challenges"][verdict]


def test_another_payload_passkey_or_file_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    other = tmp_path / "payload.json"
    other.write_bytes((VECTORS / "order.payload.json").read_bytes().replace(b"tls", b"log"))
    assert run(capsys, *files("confirmed"), "--payload", other)[0] == 1
    order, assent, credential = files("confirmed")
    assert run(capsys, order, assent, files("approved")[2])[0] == 1
    assert run(capsys, order, credential, credential)[0] == 1
    assert run(capsys, assent, assent, credential)[0] == 1
    assert run(capsys, order, assent, tmp_path / "none.json")[0] == 2


@pytest.mark.parametrize("field", ["verdict", "signature", "client", "authenticator", "order", "by", "credential"])
def test_an_altered_answer_is_refused_even_under_the_nodes_own_key(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, field: str
) -> None:
    order, assent, credential = files("confirmed")
    entry: dict[str, Any] = json.loads(assent.read_bytes())
    header = json.loads(base64.b64decode(entry["envelope"]["payload"]))
    key = SigningKey.from_seed(sha256(b"node key of the example").digest())
    was = header["body"][field]
    header["body"][field] = {"verdict": "approved", "by": "officer-0002", "order": "ab" * 32}.get(
        field, was[:40] + ("A" if was[40] != "A" else "B") + was[41:] if len(was) > 41 else was[::-1]
    )
    forged = tmp_path / "assent.json"
    forged.write_bytes(format_entry(sign_header(canonical_json(header), key), key.public))
    assert run(capsys, order, forged, credential)[0] in {1, 2}
