# SPDX-License-Identifier: Apache-2.0
"""Questions about bookings against a real bank in its own process: what it tells, and what is made of lies."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lintas.model.bank import BankState
from lintas.model.bookings import BookingSide, BookingsTold, Question, question_id
from lintas.model.header import Mode
from lintas.model.money import Channel, PaymentKind
from lintas.policy.bookings import judge_bookings
from lintas.testing import FakeClock
from lintas.transport.bank_http import HttpBank
from lintas.work.services import as_text
from tests.contract.test_bank import Nonces
from tests.scenario.banking import BankProcess, hold

pytestmark = [pytest.mark.slow]

BIC, ACCOUNT, NEXT = "CONTSGSG", "1234567890", "2234567890"
BOOKS: dict[str, Any] = {
    "accounts": [
        {"account": ACCOUNT, "currency": "SGD", "minor": 1_000},
        {"account": NEXT, "currency": "SGD", "minor": 400},
    ],
    "bookings": [
        {"id": "b0", "at": "2026-02-01T00:00:00Z", "from": "", "to": ACCOUNT, "minor": 500, "other": ""},
        {
            "id": "b1",
            "at": "2026-03-01T02:00:00Z",
            "from": "",
            "to": ACCOUNT,
            "minor": 250_000,
            "other": "DBSSSGSG:9",
            "reference": "e2e:A1",
            "channel": "instant",
        },
        {"id": "b2", "at": "2026-03-01T02:04:00Z", "from": ACCOUNT, "to": NEXT, "minor": 200_000},
        {"id": "b3", "at": "2026-03-01T02:05:00Z", "from": ACCOUNT, "to": "", "minor": 50_000, "kind": "cash_out"},
        {
            "id": "b4",
            "at": "2026-03-01T02:06:00Z",
            "from": NEXT,
            "to": "",
            "minor": 100_000,
            "other": "KASITHBK:77",
            "reached": {"minor": 2_600_000, "currency": "THB"},
        },
    ],
}


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()  # 2026-03-01T03:00Z


@pytest.fixture
def bank(tmp_path: Path, clock: FakeClock) -> Iterator[BankProcess]:
    process = BankProcess(tmp_path / "bank", bic=BIC, accounts=BOOKS)
    process.set_clock(clock.now())
    process.start()
    yield process
    process.stop()


def client(bank: BankProcess, clock: FakeClock) -> HttpBank:
    return HttpBank(bank.settings, clock=clock, keys=Nonces())  # type: ignore[arg-type]  # only its randomness is asked


def question(number: int = 0, **changes: Any) -> Question:
    said = Question(
        id=question_id(ref="SG-H-7K3QF-9D2MX-4", document=f"{number:032d}"),
        bank=BIC,
        account=ACCOUNT,
        currency="SGD",
        start="2026-03-01T01:30:00.000Z",
        until="",
        reference="SG-H-7K3QF-9D2MX-4",
        authority="Contoh Police",
        law="Criminal Procedure Code, section 20",
        mode=Mode.EXERCISE,
    )
    return replace(said, **changes)


def judged(asked: Question, said: BookingsTold, clock: FakeClock, before: BookingsTold | None = None) -> BookingsTold:
    return judge_bookings(asked, said, banks={BIC}, asked_at=clock.now(), now=clock.now(), before=before)


def hear(bank: BankProcess, clock: FakeClock, asked: Question) -> BookingsTold:
    """Ask twice, as the node does."""
    to = client(bank, clock)
    first = judged(asked, to.ask(asked)[0], clock)
    return judged(asked, to.told(asked)[0], clock, first) if first.is_final else first


def test_a_bank_tells_all_bookings_since_a_moment_with_balances(bank: BankProcess, clock: FakeClock) -> None:
    said = hear(bank, clock, question())
    assert (said.state, said.key, said.opening, said.closing) == (BankState.DONE, f"{BIC}:{ACCOUNT}", 1_500, 1_500)
    came, went, cash = said.bookings
    assert (came.side, came.minor, came.other, came.reference) == (BookingSide.CREDIT, 250_000, "DBSSSGSG:9", "e2e:A1")
    assert came.channel is Channel.INSTANT
    assert (went.side, went.minor, went.other) == (BookingSide.DEBIT, 200_000, f"{BIC}:{NEXT}")
    assert (cash.kind, cash.other) == (PaymentKind.CASH_OUT, "")


def test_the_next_account_is_asked_in_turn(bank: BankProcess, clock: FakeClock) -> None:
    said = hear(bank, clock, question(account=NEXT, start="2026-03-01T02:04:00.000Z"))
    assert [(one.side, one.minor, one.other) for one in said.bookings] == [
        (BookingSide.CREDIT, 200_000, f"{BIC}:{ACCOUNT}"),
        (BookingSide.DEBIT, 100_000, "KASITHBK:77"),
    ]
    assert (said.bookings[1].other_minor, said.bookings[1].other_currency) == (2_600_000, "THB")


def test_a_question_about_a_stretch_is_answered_for_it_alone(bank: BankProcess, clock: FakeClock) -> None:
    said = hear(bank, clock, question(until="2026-03-01T02:04:30.000Z"))
    assert (said.state, said.closing, len(said.bookings)) == (BankState.DONE, 51_500, 2)


def test_the_same_question_is_answered_alike_whatever_was_booked_since(bank: BankProcess, clock: FakeClock) -> None:
    to = client(bank, clock)
    asked = question(until="2026-03-01T02:30:00.000Z")
    clock.forward(hours=1)
    bank.set_clock(clock.now())
    assert to.ask(asked) == to.ask(asked) == to.told(asked)


def test_many_at_once_are_answered_once(bank: BankProcess, clock: FakeClock) -> None:
    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(lambda _: client(bank, clock).ask(question())[1], range(24)))
    assert len(set(said)) == 1 and said[0]


def test_another_question_under_the_same_id_is_refused(bank: BankProcess, clock: FakeClock) -> None:
    assert hear(bank, clock, question()).is_useful
    said = client(bank, clock).ask(question(account=NEXT))[0]
    assert (said.state, said.reason) == (BankState.UNKNOWN, "other_content")


def test_what_was_never_asked_is_not_known(bank: BankProcess, clock: FakeClock) -> None:
    said, raw = client(bank, clock).told(question())
    assert (said.state, said.reason, raw) == (BankState.UNKNOWN, "not_known", b"")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"account": "999"}, "no_account"),
        ({"mode": Mode.LIVE}, "other_mode"),
        ({"currency": "MYR"}, "other_currency"),
        ({"start": "2026-03-01T03:00:00.000Z"}, "nothing_yet"),
    ],
)
def test_a_bank_says_why_it_tells_nothing(
    bank: BankProcess, clock: FakeClock, changes: dict[str, Any], reason: str
) -> None:
    said = hear(bank, clock, question(**changes))
    assert (said.state, said.reason, said.bookings) == (BankState.FAILED, reason, ())


@pytest.mark.parametrize("changes", [{"start": "yesterday"}, {"until": "2026-02-01T00:00:00Z"}, {"law": ""}])
def test_a_question_that_is_none_is_refused(bank: BankProcess, clock: FakeClock, changes: dict[str, Any]) -> None:
    assert client(bank, clock).ask(question(**changes))[0].reason == "malformed"


@pytest.mark.parametrize(
    ("act", "objection"),
    [
        ("other_account", "other_account"),
        ("other_bank", "other_account"),
        ("other_amount", "not_added_up"),
        ("other_currency", "other_currency"),
        ("other_time", "other_time"),
        ("other_instruction", "other_question"),
        ("changes", "changed_answer"),
        ("more", "more_than_asked"),
        ("double", "twice"),
        ("absurd", "absurd"),
        ("short", "not_what_it_says"),
        ("garbage", "unreadable"),
    ],
)
def test_what_cannot_be_counts_as_nothing(bank: BankProcess, clock: FakeClock, act: str, objection: str) -> None:
    bank.behave({"do": act, "kind": "trace"})
    said = hear(bank, clock, question())
    assert said.state is BankState.UNKNOWN and objection in said.objections
    assert not said.is_useful and not said.bookings


@pytest.mark.parametrize(("act", "reason"), [("unsigned", "not_signed"), ("silent", "no_answer")])
def test_what_is_no_answer_is_none(bank: BankProcess, clock: FakeClock, act: str, reason: str) -> None:
    bank.behave({"do": act, "kind": "trace", "times": 1})
    said = hear(bank, clock, question())
    assert (said.state, said.reason, said.objections) == (BankState.UNKNOWN, reason, ())


def test_an_endless_answer_is_not_read_to_its_end(bank: BankProcess, clock: FakeClock) -> None:
    bank.behave({"do": "endless", "kind": "trace"})
    assert hear(bank, clock, question()).reason == "too_much_or_too_slow"


def test_a_late_bank_answers_as_of_when_it_does(bank: BankProcess, clock: FakeClock) -> None:
    bank.behave({"do": "late", "kind": "trace", "seconds": 90})
    asked = question()
    assert hear(bank, clock, asked).state is BankState.ACCEPTED
    asked_at = clock.now()
    clock.forward(minutes=2)
    bank.set_clock(clock.now())
    said = client(bank, clock).told(asked)[0]
    said = judge_bookings(asked, said, banks={BIC}, asked_at=asked_at, now=clock.now(), before=None)
    assert (said.state, said.at) == (BankState.DONE, as_text(asked_at + timedelta(seconds=90)))


def test_a_bank_that_tells_a_part_says_up_to_when(bank: BankProcess, clock: FakeClock) -> None:
    bank.behave({"do": "part", "kind": "trace", "minor": 1})
    said = hear(bank, clock, question())
    assert (said.state, len(said.bookings), said.closing) == (BankState.PARTLY, 1, 251_500)


def test_the_same_said_again_at_another_time_is_the_same(bank: BankProcess, clock: FakeClock) -> None:
    bank.behave({"do": "twice", "kind": "trace"})
    to, asked = client(bank, clock), question()
    first = judged(asked, to.ask(asked)[0], clock)
    clock.forward(seconds=40)
    bank.set_clock(clock.now())
    assert judged(asked, to.told(asked)[0], clock, first).is_useful


@pytest.mark.parametrize("act", ["die_before", "die_after"])
def test_a_bank_that_dies_answers_once_when_it_is_back(bank: BankProcess, clock: FakeClock, act: str) -> None:
    bank.behave({"do": act, "kind": "trace", "times": 1})
    assert client(bank, clock).ask(question())[0].reason == "no_answer"
    assert bank.ended_by_itself() == -9
    bank.start()
    assert hear(bank, clock, question()).is_useful


def test_rules_for_questions_leave_instructions_alone(bank: BankProcess, clock: FakeClock) -> None:
    bank.behave({"do": "refuse", "kind": "trace", "reason": "court_order_needed"})
    assert client(bank, clock).instruct(hold(100)).held is not None
    assert hear(bank, clock, question()).reason == "court_order_needed"


def test_an_instruction_that_nobody_answers_does_nothing(bank: BankProcess, clock: FakeClock) -> None:
    bank.behave({"do": "silent", "times": 1})
    assert client(bank, clock).instruct(hold(100)).reason == "no_answer"
    assert client(bank, clock).state(hold(100)).reason == "not_known"
