# SPDX-License-Identifier: Apache-2.0
"""What goes to a bank is the same each time, and no bytes of it raise anything but our errors."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.errors import BadInput
from lintas.formats.bank import is_answer_signed, read_answer, write_instruction
from lintas.model.bank import BankState, Instruction, InstructionKind
from lintas.model.desk import Money

ANSWER: dict[str, Any] = {
    "v": 1, "id": "a" * 32, "kind": "hold", "account": "123", "state": "done", "at": "2026-03-01T11:00:00+08:00",
    "blocked": {"minor": 5, "currency": "SGD"}, "tainted": None, "whole": False, "bank_ref": "B1", "reason": "",
    "hold": "active",
}  # fmt: skip


def read(**changes: Any) -> Any:
    return read_answer(json.dumps(ANSWER | changes).encode())


def test_an_answer_is_read() -> None:
    said = read()
    assert (said.state, said.blocked, said.tainted, said.at) == (
        BankState.DONE,
        Money(5, "SGD"),
        None,
        "2026-03-01T03:00:00.000Z",
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"v": 2},
        {"state": "held"},
        {"kind": "seize"},
        {"blocked": 5},
        {"blocked": {"minor": -1, "currency": "SGD"}},
        {"blocked": {"minor": 2**53, "currency": "SGD"}},
        {"blocked": {"minor": 1.5, "currency": "SGD"}},
        {"blocked": {"minor": "5", "currency": "SGD"}},
        {"blocked": {"minor": 5, "currency": "sgd"}},
        {"blocked": {"minor": 5, "currency": "SGD\n"}},
        {"account": "x" * 201},
        {"account": None},
        {"whole": "yes"},
        {"id": None},
    ],
)
def test_what_is_no_answer_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        read(**changes)


@pytest.mark.parametrize(
    "at", ["", "yesterday", "2026-03-01T03:00:00", "0001-01-01T00:00:00+14:00", "2026-13-01T00:00:00Z"]
)
def test_a_time_that_is_none_or_names_no_zone_is_empty(at: str) -> None:
    assert read(at=at).at == ""


def test_a_reason_that_is_no_code_is_other_and_controls_are_dropped() -> None:
    said = read(reason="<b>Siti</b>", bank_ref="B\x1b[1\u202e", account="1\n23")
    assert (said.reason, said.bank_ref, said.account) == ("other", "B[1", "123")


@given(st.binary(max_size=200) | st.recursive(st.none() | st.text(), st.lists).map(
    lambda value: json.dumps(value).encode()))  # fmt: skip
def test_no_bytes_raise_anything_but_our_errors(raw: bytes) -> None:
    with pytest.raises(BadInput):
        read_answer(raw)


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(BadInput):
        read_answer(b"[" * 100_000)


_text = st.text(st.characters(exclude_categories=["C"]), max_size=50)
_instruction = st.builds(
    Instruction, id=st.just("a" * 32), kind=st.sampled_from(InstructionKind), bank=_text, account=_text,
    amount=st.none() | st.builds(Money, st.integers(0, 2**53 - 1), st.just("SGD")), whole=st.booleans(),
    expires_at=_text, reference=_text, authority=_text, law=_text, of=st.sampled_from(["", "b" * 32]),
)  # fmt: skip


@given(_instruction)
def test_the_same_instruction_is_the_same_bytes_and_says_all_of_it(instruction: Instruction) -> None:
    raw = write_instruction(instruction)
    assert raw == write_instruction(instruction)
    said = json.loads(raw)
    assert (said["account"], said["whole"], said["of"]) == (instruction.account, instruction.whole, instruction.of)
    amount = None if instruction.amount is None else instruction.amount._asdict()
    assert said["amount"] == amount


@given(st.text())
def test_no_signature_is_accepted_that_was_not_made(said: str) -> None:
    assert not is_answer_signed(b"k" * 32, said, status=200, nonce="0" * 32, body=b"{}")
