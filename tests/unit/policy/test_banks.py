# SPDX-License-Identifier: Apache-2.0
"""What a bank says counts as held only when nothing is against it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.limits import BANK_CLOCK_S_MAX
from lintas.model.bank import BankState, Instruction, InstructionKind, Outcome, instruction_id
from lintas.model.desk import Money
from lintas.policy.banks import judge

NOW = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
ASKED = Instruction(
    id="a" * 32,
    kind=InstructionKind.HOLD,
    bank="CONTSGSG",
    account="123",
    amount=Money(1_000, "SGD"),
    whole=False,
    expires_at="",
    reference="SG-Q-7K3QF-9D2MX-4",
    authority="Contoh Police",
    law="section 35",
)
GOOD = Outcome(
    state=BankState.DONE,
    blocked=Money(1_000, "SGD"),
    tainted=Money(1_000, "SGD"),
    at="2026-03-01T03:00:00.000Z",
    bank_ref="B1",
    account="123",
    instruction="a" * 32,
)


def judged(said: Outcome, asked: Instruction = ASKED, before: Outcome | None = None) -> Outcome:
    return judge(asked, said, sent_at=NOW, now=NOW, before=before)


def test_a_good_answer_is_held() -> None:
    assert judged(GOOD).held == Money(1_000, "SGD")
    partly = replace(GOOD, state=BankState.PARTLY, blocked=Money(10, "SGD"), tainted=None)
    assert judged(partly).held == Money(10, "SGD")
    whole = replace(GOOD, whole=True, blocked=Money(9_999_999, "SGD"))
    assert judged(whole).held == Money(1_000, "SGD")


@pytest.mark.parametrize(
    ("changes", "objection"),
    [
        ({"instruction": "b" * 32}, "other_instruction"),
        ({"instruction": ""}, "other_instruction"),
        ({"account": "124"}, "other_account"),
        ({"account": ""}, "other_account"),
        ({"blocked": Money(1_000, "THB")}, "other_currency"),
        ({"tainted": Money(1_000, "THB")}, "other_currency"),
        ({"blocked": Money(1_001, "SGD"), "tainted": Money(1_001, "SGD")}, "more_than_asked"),
        ({"blocked": Money(1_001, "SGD")}, "more_than_asked"),
        ({"whole": True, "blocked": Money(5_000, "SGD"), "tainted": Money(1_001, "SGD")}, "more_than_asked"),
        ({"whole": True, "tainted": None}, "no_amount"),
        ({"blocked": None, "tainted": None}, "no_amount"),
        ({"blocked": Money(0, "SGD"), "tainted": None}, "no_amount"),
        ({"blocked": Money(10, "SGD")}, "more_tainted_than_blocked"),
        ({"blocked": Money(10, "SGD"), "tainted": Money(10, "SGD")}, "not_what_it_says"),
        ({"state": BankState.PARTLY}, "not_what_it_says"),
        ({"hold": "released"}, "hold_ended"),
        ({"hold": "expired"}, "hold_ended"),
        ({"at": ""}, "other_time"),
        ({"at": "2001-01-01T00:00:00.000Z"}, "other_time"),
        ({"at": "2026-03-01T03:05:01.000Z"}, "other_time"),
        ({"at": "2026-03-01T02:54:59.000Z"}, "other_time"),
    ],
)
def test_each_thing_that_cannot_be_is_named_and_nothing_is_held(changes: dict[str, Any], objection: str) -> None:
    found = judged(replace(GOOD, **changes))
    assert objection in found.objections
    assert (found.state, found.held, found.is_final) == (BankState.UNKNOWN, None, False)


def test_an_answer_changed_later_is_no_answer_and_a_repetition_is_one() -> None:
    again = replace(GOOD, at="2026-03-01T03:04:00.000Z")
    assert judged(again, before=judged(GOOD)).held == GOOD.held
    for changed in (
        replace(GOOD, state=BankState.PARTLY, blocked=Money(10, "SGD"), tainted=Money(10, "SGD")),
        replace(GOOD, state=BankState.FAILED, blocked=None, tainted=None),
        replace(GOOD, bank_ref="B2"),
        replace(GOOD, state=BankState.ACCEPTED, blocked=None, tainted=None),
    ):
        assert judged(changed, before=judged(GOOD)).objections == ("changed_answer",)


def test_a_failure_for_another_account_is_no_failure() -> None:
    assert judged(replace(GOOD, state=BankState.FAILED, account="9")).objections == ("other_account",)


_money = st.none() | st.builds(Money, st.integers(0, 5_000), st.sampled_from(["SGD", "THB"]))
_outcome = st.builds(
    Outcome,
    state=st.sampled_from(BankState),
    blocked=_money,
    tainted=_money,
    whole=st.booleans(),
    at=st.sampled_from(["", "2026-03-01T03:00:00.000Z", "1999-01-01T00:00:00.000Z"]),
    bank_ref=st.sampled_from(["", "B1"]),
    account=st.sampled_from(["123", "1234"]),
    instruction=st.sampled_from(["a" * 32, "b" * 32]),
)


@given(_outcome, st.none() | _outcome, st.none() | st.integers(1, 5_000), st.sampled_from(InstructionKind))
def test_nothing_is_ever_held_beyond_what_was_asked_of_this_account(
    said: Outcome, before: Outcome | None, minor: int | None, kind: InstructionKind
) -> None:
    amount = None if minor is None else Money(minor, "SGD")
    asked = replace(ASKED, amount=amount, whole=amount is None, kind=kind)
    found = judged(said, asked, before)
    if found.held is None:
        return
    assert (said.account, said.instruction) == ("123", "a" * 32)
    assert found.held.minor > 0 and (
        amount is None or (found.held.minor <= amount.minor and found.held.currency == "SGD")
    )
    assert abs(datetime.fromisoformat(said.at) - NOW) <= timedelta(seconds=BANK_CLOCK_S_MAX)


@given(st.text(), st.text(), st.sampled_from(InstructionKind), st.integers(0, 9))
def test_an_instruction_has_one_id_and_shares_it_with_no_other(
    ref: str, order: str, kind: InstructionKind, number: int
) -> None:
    def made(**changes: Any) -> str:
        said: dict[str, Any] = {"ref": ref, "order": order, "kind": kind, "number": number}
        return instruction_id(**(said | changes))

    assert made() == made() and len(made()) == 32
    assert len({made(), made(ref=ref + "x"), made(order=order + "x"), made(number=number + 1)}) == 4
