# SPDX-License-Identifier: Apache-2.0
"""docs/spec/desk.md: its vectors are made by their script, and hold; its table says what the code does."""

import json
import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import pytest

from lintas.crypto.canonical import canonical_json
from lintas.errors import LintasError
from lintas.formats.desk import encode_doc, parse_doc
from lintas.limits import DESK_AFTER_MAX, DESK_DOC_BYTES_MAX, DESK_REFUSED_TRIES_MAX, DESK_STEPS_MAX
from lintas.model.desk import DESK_TYPE, Doc, Side, State, Step, Thread
from lintas.model.desk_ref import ALPHABET, is_ref, read_ref
from lintas.policy.requests import RULES, may_say

ROOT: Final = Path(__file__).resolve().parents[2]
SPEC: Final = (ROOT / "docs" / "spec" / "desk.md").read_text(encoding="utf-8")
VECTORS: Final = ROOT / "docs" / "spec" / "vectors" / "desk"


def vectors(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


def test_the_vectors_are_those_of_the_script(tmp_path: Path) -> None:
    script = ROOT / "tools" / "make_desk_vectors.py"
    subprocess.run([sys.executable, str(script), str(tmp_path)], check=True, timeout=250, cwd=ROOT)
    for made in tmp_path.iterdir():
        assert made.read_bytes() == (VECTORS / made.name).read_bytes(), made.name


def test_references_are_read_as_the_vectors_say() -> None:
    found = vectors("references")
    assert all(is_ref(one) for one in found["references"])
    assert all(read_ref(one["typed"]) == one["reads"] for one in found["typed"])
    for wrong in found["refused"]:
        with pytest.raises(LintasError):
            read_ref(wrong)
    assert f"`{ALPHABET}`" in SPEC


def test_documents_are_read_as_the_vectors_say() -> None:
    found = vectors("documents")
    for code, raw in found["documents"].items():
        doc = parse_doc(raw.encode())
        assert doc.doc.value == code
        assert encode_doc(doc).decode() == raw
    for raw in found["refused"].values():
        with pytest.raises(LintasError):
            parse_doc(raw.encode())
    assert sha256(canonical_json(found["terms"])).hexdigest() == found["terms_digest"]


def test_every_step_rule_and_document_is_told() -> None:
    for code in (*Step, *(rule for rule in RULES if rule), *Doc, DESK_TYPE):
        assert f"`{code}`" in SPEC, code
    for number in (f"{DESK_DOC_BYTES_MAX:,}", f"{DESK_STEPS_MAX:,}", str(DESK_AFTER_MAX)):
        assert number in SPEC
    assert DESK_REFUSED_TRIES_MAX == 3, "refused three times, says the page"


def test_the_table_says_where_each_step_can_be_said() -> None:
    """Row by row, in words: which side, and in which states."""
    rows = re.findall(
        r"^\| (`[a-z_`, ]+`) \| ([^|]+) \| ([^|]+) \|", SPEC.split("## What a thread comes to")[1], re.MULTILINE
    )
    told = {code: (who, where) for codes, who, where in rows for code in re.findall(r"`([a-z_]+)`", codes)}
    assert set(told) == {step.value for step in Step}
    for step in Step:
        who, where = told[step.value]
        power = "" if step is Step.ANSWERED else "hold"
        thread = Thread(state=State.REQUESTED, power=power, reviewing=step is Step.REVIEWED)
        says = {side: {state for state in State if may_say(_in(thread, state), side, step).allowed} for side in Side}
        assert bool(says[Side.ANSWERER]) == ("answering" in who or "either" in who), step
        if "stays at home" not in who and "either" not in who:
            assert bool(says[Side.ASKER]) == ("asking" in who), step
        side = Side.ASKER if says[Side.ASKER] and not says[Side.ANSWERER] else Side.ANSWERER
        named = {state for state in State if re.search(rf"\b{state.value}\b", where)}
        if where.strip() not in ("any", "under review") and " to " not in where and "ended" not in where:
            assert says[side] == named, step


def _in(thread: Thread, state: State) -> Thread:
    return Thread(state=state, power=thread.power, reviewing=thread.reviewing)
