# SPDX-License-Identifier: Apache-2.0
"""The Bank port against a real bank in its own process: what it did, what it says, and what is made of lies."""

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lintas.crypto.signing import SigningKey
from lintas.formats.bank import NONCE_HEADER, SIGNATURE_HEADER, TIME_HEADER, sign_asking
from lintas.formats.iso20022 import read_resolution, write_recall
from lintas.formats.iso20022.definition import violations
from lintas.formats.iso20022.xml import read_xml
from lintas.model.bank import BankState, Instruction, InstructionKind, Outcome, instruction_id
from lintas.model.desk import Money
from lintas.model.header import Mode
from lintas.model.recall import Institution, Recall, RecalledPayment
from lintas.policy.banks import judge
from lintas.testing import FakeClock
from lintas.transport.bank_http import HttpBank
from tests.scenario.banking import ACCOUNT, OTHER, SECRET, BankProcess, hold

pytestmark = [pytest.mark.slow]

FULL = Money(2_500_000, "SGD")


class Nonces:
    """The Keys port's randomness, and nothing else of it."""

    def __init__(self) -> None:
        self._count = 0
        self._lock = threading.Lock()

    def random(self, size: int) -> bytes:
        with self._lock:
            self._count += 1
            return self._count.to_bytes(size, "big")

    def __getattr__(self, name: str) -> SigningKey:
        raise AssertionError(name)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def bank(tmp_path: Path, clock: FakeClock) -> Iterator[BankProcess]:
    process = BankProcess(tmp_path / "bank")
    process.set_clock(clock.now())
    process.start()
    yield process
    process.stop()


@pytest.fixture
def ask(bank: BankProcess, clock: FakeClock) -> Callable[[Instruction], Outcome]:
    def instruct(instruction: Instruction) -> Outcome:
        return judged(client(bank, clock).instruct(instruction), instruction, clock)

    return instruct


def client(bank: BankProcess, clock: FakeClock, **changes: Any) -> HttpBank:
    return HttpBank(replace(bank.settings, **changes), clock=clock, keys=Nonces())  # type: ignore[arg-type]  # only its randomness is asked


def judged(said: Outcome, instruction: Instruction, clock: FakeClock, before: Outcome | None = None) -> Outcome:
    return judge(instruction, said, sent_at=clock.now(), now=clock.now(), before=before)


def book(bank: BankProcess, clock: FakeClock) -> Any:
    asked = client(bank, clock)._asked("GET", "/book", b"", media_type="application/json", bytes_max=100_000)
    assert not isinstance(asked, str)
    return json.loads(asked[1])


def follow(kind: InstructionKind, of: Instruction, **changes: Any) -> Instruction:
    id_ = instruction_id(ref=of.reference, order="1" * 32, kind=kind, number=changes.pop("number", 0))
    return replace(of, id=id_, kind=kind, of=of.id, **changes)


def test_a_bank_that_earmarks_holds_what_it_was_told(ask: Callable[[Instruction], Outcome]) -> None:
    said = ask(hold(1_000_000))
    assert (said.state, said.blocked, said.tainted, said.whole) == (
        BankState.DONE,
        Money(1_000_000, "SGD"),
        Money(1_000_000, "SGD"),
        False,
    )
    assert said.held == Money(1_000_000, "SGD") and said.bank_ref


def test_a_bank_that_blocks_whole_accounts_says_what_of_it_is_tainted(
    bank: BankProcess, ask: Callable[[Instruction], Outcome]
) -> None:
    bank.behave(blocks="account")
    said = ask(hold(1_000_000))
    assert (said.state, said.blocked, said.tainted, said.whole) == (BankState.DONE, FULL, Money(1_000_000, "SGD"), True)
    assert said.held == Money(1_000_000, "SGD")


def test_less_money_than_was_asked_for_is_held_in_part(ask: Callable[[Instruction], Outcome]) -> None:
    said = ask(hold(3_000_000))
    assert (said.state, said.held) == (BankState.PARTLY, FULL)


def test_two_holds_never_hold_the_same_money(
    bank: BankProcess, clock: FakeClock, ask: Callable[[Instruction], Outcome]
) -> None:
    assert ask(hold(2_000_000)).held == Money(2_000_000, "SGD")
    assert ask(hold(2_000_000, number=1)).held == Money(500_000, "SGD")
    assert ask(hold(1, number=2)).reason == "no_money"
    assert book(bank, clock)["accounts"][0]["held"] == 2_500_000


def test_the_same_instruction_many_times_at_once_holds_once(
    bank: BankProcess, clock: FakeClock, ask: Callable[[Instruction], Outcome]
) -> None:
    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(lambda _: ask(hold(1_000_000)), range(24)))
    assert {one.held for one in said} == {Money(1_000_000, "SGD")} and len({one.bank_ref for one in said}) == 1
    assert book(bank, clock)["accounts"][0]["held"] == 1_000_000


def test_another_instruction_under_the_same_id_is_refused(ask: Callable[[Instruction], Outcome]) -> None:
    assert ask(hold(1_000_000)).is_final
    said = ask(hold(2_000_000))
    assert (said.state, said.reason, said.held) == (BankState.UNKNOWN, "other_content", None)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"account": "999"}, "no_account"),
        ({"mode": Mode.LIVE}, "other_mode"),
        ({"amount": Money(5, "THB")}, "other_currency"),
        ({"expires_at": "2026-03-01T02:59:59.000Z"}, "too_late"),
    ],
)
def test_what_cannot_be_held_fails_with_a_code(
    ask: Callable[[Instruction], Outcome], changes: dict[str, Any], reason: str
) -> None:
    said = ask(hold(**changes))
    assert (said.state, said.reason, said.held) == (BankState.FAILED, reason, None)


def test_a_release_frees_all_or_a_part_and_once(
    bank: BankProcess, clock: FakeClock, ask: Callable[[Instruction], Outcome]
) -> None:
    held = hold(1_000_000)
    ask(held)
    part = follow(InstructionKind.RELEASE, held, amount=Money(300_000, "SGD"))
    assert ask(part).blocked == Money(300_000, "SGD")
    assert ask(part).blocked == Money(300_000, "SGD")  # the same again frees nothing more
    assert book(bank, clock)["accounts"][0]["held"] == 700_000
    rest = follow(InstructionKind.RELEASE, held, amount=None, number=1)
    assert ask(rest).blocked == Money(700_000, "SGD")
    again = follow(InstructionKind.RELEASE, held, amount=None, number=2)
    assert (ask(again).state, ask(again).reason) == (BankState.FAILED, "already_released")


def test_a_hold_that_was_released_since_is_not_held_by_who_forgot(
    bank: BankProcess, clock: FakeClock, ask: Callable[[Instruction], Outcome]
) -> None:
    held = hold(1_000_000)
    ask(held)
    ask(follow(InstructionKind.RELEASE, held, amount=None))
    said = ask(held)
    assert (said.state, said.held, said.objections) == (BankState.UNKNOWN, None, ("hold_ended",))


def test_a_whole_block_is_not_released_in_part(bank: BankProcess, ask: Callable[[Instruction], Outcome]) -> None:
    bank.behave(blocks="account")
    held = hold(1_000_000)
    ask(held)
    assert ask(follow(InstructionKind.RELEASE, held, amount=Money(1, "SGD"))).reason == "whole_only"


def test_a_hold_expires_by_the_banks_clock_unless_it_is_extended(
    bank: BankProcess, clock: FakeClock, ask: Callable[[Instruction], Outcome]
) -> None:
    first, second = hold(1_000_000), hold(1_000_000, number=1)
    ask(first), ask(second)
    extended = ask(follow(InstructionKind.EXTEND, second, amount=None, expires_at="2026-03-05T03:00:00.000Z"))
    assert (extended.state, extended.blocked) == (BankState.DONE, Money(1_000_000, "SGD"))
    clock.forward(hours=48)
    bank.set_clock(clock.now())
    assert book(bank, clock)["accounts"][0]["held"] == 1_000_000
    assert {one["id"]: one["hold"] for one in book(bank, clock)["holds"]} == {first.id: "expired", second.id: "active"}
    assert ask(follow(InstructionKind.EXTEND, first, amount=None, number=1)).reason in ("too_late", "already_expired")


def test_money_that_is_held_does_not_go_on(tmp_path: Path, clock: FakeClock) -> None:
    bookings = [
        {"id": "before", "at": "2026-03-01T02:00:00Z", "from": ACCOUNT, "to": OTHER, "minor": 500_000},
        {"id": "after", "at": "2026-03-01T04:00:00Z", "from": ACCOUNT, "to": OTHER, "minor": 1_500_001},
    ]
    accounts = [
        {"account": ACCOUNT, "currency": "SGD", "minor": 2_500_000},
        {"account": OTHER, "currency": "SGD", "minor": 0},
    ]
    bank = BankProcess(tmp_path / "b", accounts={"accounts": accounts, "bookings": bookings})
    bank.set_clock(clock.now())
    try:
        bank.start()
        said = judged(client(bank, clock).instruct(hold(500_000)), hold(500_000), clock)
        assert said.held == Money(500_000, "SGD")
        clock.forward(hours=2)
        bank.set_clock(clock.now())
        state = book(bank, clock)
        assert {one["id"]: one["state"] for one in state["bookings"]} == {"before": "booked", "after": "refused"}
        assert [one["minor"] for one in state["accounts"]] == [2_000_000, 500_000]
    finally:
        bank.stop()


def test_a_late_bank_says_accepted_until_it_did_it(
    bank: BankProcess, clock: FakeClock, ask: Callable[[Instruction], Outcome]
) -> None:
    bank.behave({"do": "late", "seconds": 60})
    instruction = hold(1_000_000)
    said = ask(instruction)
    assert (said.state, said.held, said.is_final) == (BankState.ACCEPTED, None, False)
    clock.forward(seconds=61)
    bank.set_clock(clock.now())
    later = judged(client(bank, clock).state(instruction), instruction, clock)
    assert (later.state, later.held) == (BankState.DONE, Money(1_000_000, "SGD"))


@pytest.mark.parametrize(
    ("act", "objection"),
    [
        ("other_account", "other_account"),
        ("other_amount", "more_than_asked"),
        ("other_currency", "other_currency"),
        ("other_time", "other_time"),
        ("other_instruction", "other_instruction"),
        ("garbage", "unreadable"),
    ],
)
def test_an_answer_that_cannot_be_is_never_held(
    bank: BankProcess, ask: Callable[[Instruction], Outcome], act: str, objection: str
) -> None:
    bank.behave({"do": act})
    said = ask(hold(1_000_000))
    assert (said.state, said.held) == (BankState.UNKNOWN, None)
    assert objection in said.objections


@pytest.mark.parametrize(("act", "reason"), [("unsigned", "not_signed"), ("endless", "too_much_or_too_slow")])
def test_an_answer_that_nobody_signed_or_that_never_ends_is_none(
    bank: BankProcess, ask: Callable[[Instruction], Outcome], act: str, reason: str
) -> None:
    bank.behave({"do": act})
    said = ask(hold(1_000_000))
    assert (said.state, said.reason, said.held) == (BankState.UNKNOWN, reason, None)


def test_the_same_answer_at_another_time_is_the_same(bank: BankProcess, clock: FakeClock) -> None:
    bank.behave({"do": "twice"})
    instruction = hold(1_000_000)
    first = judged(client(bank, clock).instruct(instruction), instruction, clock)
    clock.forward(seconds=30)
    bank.set_clock(clock.now())
    second = judged(client(bank, clock).state(instruction), instruction, clock, before=first)
    assert first.at != second.at and second.held == first.held == Money(1_000_000, "SGD")


def test_a_second_different_answer_is_told_and_not_counted(bank: BankProcess, clock: FakeClock) -> None:
    bank.behave({"do": "changes", "minor": 900_000})
    instruction = hold(1_000_000)
    first = judged(client(bank, clock).instruct(instruction), instruction, clock)
    second = judged(client(bank, clock).state(instruction), instruction, clock, before=first)
    assert second.objections and second.held is None


def test_a_refusal_keeps_its_code(bank: BankProcess, ask: Callable[[Instruction], Outcome]) -> None:
    bank.behave({"do": "refuse", "reason": "court_order_needed"})
    assert (ask(hold()).state, ask(hold()).reason) == (BankState.FAILED, "court_order_needed")


@pytest.mark.parametrize("act", ["die_before", "die_after"])
def test_a_bank_that_dies_holds_once_when_it_is_asked_again(
    bank: BankProcess, clock: FakeClock, ask: Callable[[Instruction], Outcome], act: str
) -> None:
    bank.behave({"do": act, "times": 1})
    said = ask(hold(1_000_000))
    assert (said.state, said.reason) == (BankState.UNKNOWN, "no_answer")
    assert bank.ended_by_itself() == -9
    bank.start()
    known = client(bank, clock).state(hold(1_000_000))
    assert (known.state, known.reason) == (
        (BankState.UNKNOWN, "not_known") if act == "die_before" else (BankState.DONE, "")
    )
    assert ask(hold(1_000_000)).held == Money(1_000_000, "SGD")
    assert book(bank, clock)["accounts"][0]["held"] == 1_000_000


def test_what_was_answered_is_there_after_a_power_cut(
    bank: BankProcess, clock: FakeClock, ask: Callable[[Instruction], Outcome]
) -> None:
    said = ask(hold(1_000_000))
    bank.start()  # killed first
    assert judged(client(bank, clock).state(hold(1_000_000)), hold(1_000_000), clock) == said


def test_nobody_is_there(bank: BankProcess, clock: FakeClock, ask: Callable[[Instruction], Outcome]) -> None:
    bank.stop()
    assert (ask(hold()).state, ask(hold()).reason) == (BankState.UNKNOWN, "no_answer")


def test_who_does_not_have_the_secret_is_told_nothing(bank: BankProcess, clock: FakeClock) -> None:
    stranger = client(bank, clock, secret=b"x" * 32)
    assert stranger.instruct(hold()).reason == "not_signed"  # and its own signature we could not read either
    assert book(bank, clock)["holds"] == []


def test_an_asking_from_another_hour_is_refused(bank: BankProcess, clock: FakeClock) -> None:
    clock.forward(hours=1)
    assert client(bank, clock).instruct(hold()).state is BankState.UNKNOWN


def test_a_bank_that_was_cut_off_is_asked_nothing(bank: BankProcess, clock: FakeClock) -> None:
    here = client(bank, clock)
    here.cut()
    assert here.instruct(hold()).reason == "no_answer"
    assert book(bank, clock)["holds"] == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b"\xff",
        b"[" * 5000,
        json.dumps({"v": 1, "id": "x"}).encode(),
        json.dumps({"v": True, "id": "0" * 32}).encode(),
    ],
)
def test_what_is_no_instruction_is_refused(bank: BankProcess, clock: FakeClock, body: bytes) -> None:
    asked = client(bank, clock)._asked("POST", "/instructions", body, media_type="application/json", bytes_max=1000)
    assert not isinstance(asked, str) and asked[0] == 400


def recall() -> Recall:
    payment = RecalledPayment(
        id="R-1", end_to_end="E2E", amount=Money(2_500_000, "SGD"), from_account=ACCOUNT, to_account=OTHER
    )
    return Recall(
        id="LNT-0123",
        case="SG-Q-7K3QF-9D2MX-4",
        asker=Institution(name="Contoh & Police <泰>"),
        bank=Institution(bic="CONTSGSG"),
        made_at="2026-03-01T03:00:00.000Z",
        payments=(payment,),
    )


@pytest.mark.parametrize(
    ("recalls", "status", "each"),
    [("accepted", "CNCL", "ACCR"), ("rejected", "RJCR", "RJCR"), ("pending", "PDCR", "PDCR")],
)
def test_a_recall_is_answered_by_a_file_of_its_own_making(
    bank: BankProcess, clock: FakeClock, recalls: str, status: str, each: str
) -> None:
    bank.behave(recalls=recalls, recall_reason="" if recalls == "accepted" else "CUST")
    here, asked = client(bank, clock), write_recall(recall())
    raw = here.recall(asked)
    assert raw is not None
    assert list(violations(read_xml(raw)[1], "Camt029")) == []  # written apart from us, and to the same definition
    said = read_resolution(raw)
    assert (said.status, said.payments[0].status, said.payments[0].amount) == (status, each, Money(2_500_000, "SGD"))
    assert (said.bank.bic, said.asker.name, said.made_at) == ("CONTSGSG", recall().asker.name, recall().made_at)
    assert said.payments[0].id == recall().id


def test_what_came_of_a_recall_can_be_asked_again_after_the_bank_died(bank: BankProcess, clock: FakeClock) -> None:
    here, asked = client(bank, clock), write_recall(recall())
    first = here.recall(asked)
    bank.behave(recalls="accepted")
    bank.start()
    later = here.recall_state("LNT-0123")
    assert first is not None and later is not None
    assert (read_resolution(first).status, read_resolution(later).status) == ("PDCR", "CNCL")
    assert here.recall_state("LNT-9") is None
    assert here.recall_state("../bank") is None


@pytest.mark.parametrize("body", [b"", b"<x/>", b"<!DOCTYPE d><Document/>", b"\xff\xfe"])
def test_what_is_no_recall_is_refused(bank: BankProcess, clock: FakeClock, body: bytes) -> None:
    assert client(bank, clock).recall(body) is None


def test_a_signature_is_bound_to_method_path_time_nonce_and_body() -> None:
    cases = [
        ("POST", "/instructions", 1, "0" * 32, b"{}"),
        ("GET", "/instructions", 1, "0" * 32, b"{}"),
        ("POST", "/recalls", 1, "0" * 32, b"{}"),
        ("POST", "/instructions", 2, "0" * 32, b"{}"),
        ("POST", "/instructions", 1, "1" * 32, b"{}"),
        ("POST", "/instructions", 1, "0" * 32, b"{ }"),
    ]
    signatures = {
        sign_asking(SECRET, method=method, path=path, at_s=at_s, nonce=nonce, body=body)
        for method, path, at_s, nonce, body in cases
    }
    assert len(signatures) == len(cases)
    assert (TIME_HEADER, NONCE_HEADER, SIGNATURE_HEADER) == ("bank-time", "bank-nonce", "bank-signature")


def test_its_clock_can_stand_at_a_time_of_an_exercise(tmp_path: Path, clock: FakeClock) -> None:
    bank = BankProcess(tmp_path / "b", options=("--at", "2026-03-01T11:00:00+08:00", "--pace", "0"))
    try:
        bank.start()
        assert book(bank, clock)["at"] == "2026-03-01T03:00:00.000Z"
    finally:
        bank.stop()
