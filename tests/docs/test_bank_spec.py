# SPDX-License-Identifier: Apache-2.0
"""docs/spec/bank.md says what the code does: its vectors are made by their script, and read by node and simulator."""

import base64
import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lintas.errors import BadInput
from lintas.formats.bank import is_answer_signed, read_answer, sign_asking
from lintas.formats.bank_bookings import read_bookings
from lintas.model.bank import InstructionKind, instruction_id
from lintas.model.bookings import question_id
from lintas.policy import banks, bookings
from lintas.work.banking import Note
from lintas_simulators import bank as simulator
from lintas_simulators import bank_signing
from lintas_simulators.bank_behaviour import ACTS
from tools.make_bank_vectors import HOLD, QUESTION

ROOT = Path(__file__).resolve().parents[2]
SPEC = (ROOT / "docs" / "spec" / "bank.md").read_text(encoding="utf-8")
HOWTO = (ROOT / "docs" / "howto" / "banks.md").read_text(encoding="utf-8")
VECTORS = ROOT / "docs" / "spec" / "vectors" / "bank"
NOW = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)


def vectors(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))


def test_the_script_makes_what_is_committed(tmp_path: Path) -> None:
    made_by = [sys.executable, "-m", "tools.make_bank_vectors", str(tmp_path)]
    subprocess.run(made_by, check=True, cwd=ROOT, timeout=250)
    made = {file.name: file.read_bytes() for file in tmp_path.glob("*.json")}
    assert made == {file.name: file.read_bytes() for file in VECTORS.glob("*.json")}


@pytest.mark.parametrize("one", vectors("instructions"), ids=lambda one: one["name"])
def test_an_instruction_is_read_by_the_simulator_and_has_the_id_that_the_page_says(one: dict[str, Any]) -> None:
    said = simulator._read(one["body"].encode())
    kind = InstructionKind(one["kind"])
    assert said["id"] == instruction_id(ref=one["ref"], order=one["order"], kind=kind, number=one["number"])
    assert set(said) == set(
        re.findall(r"`([a-z_]+)`", SPEC.partition("## Instruction")[2].partition("`id` is the")[0])
    ) & set(simulator._FIELDS)
    assert list(json.loads(one["body"])) == sorted(said)


@pytest.mark.parametrize("one", vectors("outcomes"), ids=lambda one: one["name"])
def test_an_outcome_is_judged_as_its_vector_says(one: dict[str, Any]) -> None:
    said = banks.judge(HOLD, read_answer(one["body"].encode()), sent_at=NOW, now=NOW, before=None)
    held = None if said.held is None else said.held._asdict()
    assert (list(said.objections), held) == (one["objections"], one["held"])


def test_a_question_is_read_by_the_simulator_and_has_the_id_that_the_page_says() -> None:
    for one in vectors("questions"):
        said = simulator._read_question(one["body"].encode())
        assert said["id"] == question_id(ref=one["ref"], document=one["document"])
        assert list(json.loads(one["body"])) == sorted(said)
        table = SPEC.partition("## Questions")[2].partition("The same id")[0]
        assert set(said) <= set(re.findall(r"`([a-z_]+)`", table))


@pytest.mark.parametrize("one", vectors("bookings"), ids=lambda one: one["name"])
def test_bookings_are_judged_as_their_vector_says(one: dict[str, Any]) -> None:
    try:
        told = read_bookings(one["body"].encode())
    except BadInput:
        assert one["objections"] == ["unreadable"]
        return
    said = bookings.judge_bookings(QUESTION, told, banks={"CONTSGSG"}, asked_at=NOW, now=NOW, before=None)
    assert (list(said.objections), len(said.bookings) if said.is_useful else 0) == (one["objections"], one["bookings"])


def test_every_objection_to_bookings_stands_on_the_page_and_in_a_vector() -> None:
    codes = {code for code, _ in bookings._OBJECTIONS} | {"unreadable", "changed_answer"}
    rows = SPEC.partition("## What cannot be in bookings")[2].splitlines()
    first = "".join(row.split("|")[1] for row in rows if row.startswith("| `"))
    assert codes == set(re.findall(r"`([a-z_]+)`", first))
    shown = {code for one in vectors("bookings") for code in one["objections"]}
    assert codes - shown == {"changed_answer"}  # takes two answers


def test_every_objection_and_note_and_act_stands_on_a_page() -> None:
    codes = {code for code, _ in banks._OBJECTIONS} | {"other_time", "changed_answer", "unreadable"}
    rows = SPEC.partition("## What cannot be")[2].partition("## What the thread")[0].splitlines()
    first = "".join(row.split("|")[1] for row in rows if row.startswith("| `"))
    assert codes == set(re.findall(r"`([a-z_]+)`", first))
    for note in Note:
        assert f"`{note.value}`" in SPEC and f"`{note.value}`" in HOWTO
    for act in ACTS:
        assert f"`{act}`" in HOWTO


def test_node_and_simulator_sign_alike() -> None:
    one = vectors("signatures")
    secret, body = base64.b64decode(one["secret"]), one["body"].encode()
    asked = {"method": one["method"], "path": one["path"], "at_s": one["time"], "nonce": one["nonce"], "body": body}
    assert sign_asking(secret, **asked) == bank_signing.sign_asking(secret, **asked) == one["signature"]
    answer = one["answer"]
    signed = bank_signing.sign_answer(secret, status=200, nonce=one["nonce"], body=answer["body"].encode())
    assert signed == answer["signature"]
    for status, nonce, changed in (
        (200, one["nonce"], ""),
        (201, one["nonce"], ""),
        (200, "0" * 32, ""),
        (200, one["nonce"], " "),
    ):
        is_good = (status, nonce, changed) == (200, one["nonce"], "")
        raw = (answer["body"] + changed).encode()
        assert is_answer_signed(secret, signed, status=status, nonce=nonce, body=raw) is is_good
