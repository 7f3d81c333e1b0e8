# SPDX-License-Identifier: Apache-2.0
"""docs/spec/tracing-handoff.md: its vectors are made by their script, and hold; its tables say what the code does."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from lintas.errors import LintasError
from lintas.formats.desk import encode_doc, parse_doc
from lintas.formats.desk.trace_fields import TRACE_FIELDS
from lintas.limits import HANDOFF_PAYMENTS_MAX, HANDOFF_SEGMENTS_MAX, TRACE_DOCS_MAX
from lintas.model.kept_trace import HOME, Status, Told, Totals
from lintas.policy.handoff import HAND_RULES, TAKE_RULES

ROOT: Final = Path(__file__).resolve().parents[2]
SPEC: Final = (ROOT / "docs" / "spec" / "tracing-handoff.md").read_text(encoding="utf-8")
VECTORS: Final = ROOT / "docs" / "spec" / "vectors" / "tracing-handoff"


def vectors(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


def test_the_vectors_are_those_of_the_script(tmp_path: Path) -> None:
    script = ROOT / "tools" / "make_handoff_vectors.py"
    subprocess.run([sys.executable, str(script), str(tmp_path)], check=True, timeout=250, cwd=ROOT)
    assert {one.name for one in tmp_path.iterdir()} == {one.name for one in VECTORS.iterdir()}
    for made in tmp_path.iterdir():
        assert made.read_bytes() == (VECTORS / made.name).read_bytes(), made.name


def test_documents_are_read_as_the_vectors_say() -> None:
    found = vectors("documents")
    assert set(found["documents"]) == {one.value for one in Told}
    for what, raw in found["documents"].items():
        doc = parse_doc(raw.encode())
        assert doc.said["what"] == what
        assert encode_doc(doc).decode() == raw
    for raw in found["refused"].values():
        with pytest.raises(LintasError):
            parse_doc(raw.encode())


def test_every_document_field_status_and_rule_is_told() -> None:
    for what in Told:
        assert f"| `{what.value}` | {'at home' if what in HOME else ''}" in SPEC
        for name in TRACE_FIELDS[what].__struct_fields__:
            assert f"`{name}`" in SPEC
    for name in Totals._fields:
        assert f"`{name}`" in SPEC
    for status in Status:
        assert f"`{status.value}`" in SPEC or status is Status.WAITING, "which no node says, but shows"
    for rule in (*HAND_RULES, *TAKE_RULES):
        assert f"`{rule}`" in SPEC


def test_the_limits_are_those_of_the_code() -> None:
    assert f"at most {HANDOFF_SEGMENTS_MAX:,}" in SPEC
    assert f"{TRACE_DOCS_MAX:,} documents and {HANDOFF_PAYMENTS_MAX:,} payments" in SPEC


def test_rules_that_refuse_in_the_vectors_are_rules() -> None:
    found = vectors("rules")
    assert {one["rule"] for one in found["hand"].values()} <= {*HAND_RULES, "allowed"}
    assert {one["rule"] for one in found["take"].values()} <= {*TAKE_RULES, "allowed"}
