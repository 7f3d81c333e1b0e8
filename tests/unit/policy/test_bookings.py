# SPDX-License-Identifier: Apache-2.0
"""What a bank tells of bookings counts only where it can be so, and never beyond what was asked."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.model.bank import BankState
from lintas.model.bookings import Booking, BookingSide, BookingsTold, Question
from lintas.model.header import Mode
from lintas.model.money import NEVER, UNKNOWN_MINOR, PaymentKind
from lintas.policy.bookings import CHANGED, judge_bookings

NOW = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
US = 1_772_334_000 * 10**6  # NOW
HOUR = 3600 * 10**6
QUESTION = Question(
    id="a" * 32,
    bank="CONTSGSG",
    account="1234567890",
    currency="SGD",
    start="2026-03-01T01:00:00.000Z",
    until="",
    reference="SG-H-7K3QF-9D2MX-4",
    authority="Contoh Police",
    law="section 20",
    mode=Mode.EXERCISE,
)


def booking(number: int, at: int, minor: int, side: BookingSide = BookingSide.CREDIT, **more: Any) -> Booking:
    return Booking(id=f"b{number}", at=at, side=side, minor=minor, other="DBSSSGSG:9", **more)


WENT = booking(2, US - HOUR // 2, 20, BookingSide.DEBIT)


def told(**changes: Any) -> BookingsTold:
    said: dict[str, Any] = {
        "state": BankState.DONE,
        "question": QUESTION.id,
        "account": QUESTION.account,
        "key": "CONTSGSG:1234567890",
        "currency": "SGD",
        "at": "2026-03-01T03:00:00.000Z",
        "start": US - 2 * HOUR,
        "end": US,
        "opening": 100,
        "closing": 130,
        "bookings": (booking(1, US - HOUR, 50), WENT),
    }
    return BookingsTold(**(said | changes))


def judged(said: BookingsTold, question: Question = QUESTION, before: BookingsTold | None = None) -> BookingsTold:
    return judge_bookings(question, said, banks={"CONTSGSG"}, asked_at=NOW, now=NOW, before=before)


def test_what_can_be_counts_as_it_was_said() -> None:
    assert judged(told()) == told() and judged(told()).is_useful


@pytest.mark.parametrize(
    "key", ["CONTSGSG:1234567890", "CONTSGSGXXX:1234567890", "CONTSGSG123:1234567890", "1234567890"]
)
def test_a_key_names_the_account_with_its_bank_or_alone(key: str) -> None:
    assert judged(told(key=key)).is_useful


@pytest.mark.parametrize(
    ("changes", "objection"),
    [
        ({"question": "b" * 32}, "other_question"),
        ({"account": "1234567891"}, "other_account"),
        ({"key": ""}, "other_account"),
        ({"key": "CONTSGSG:1234567891"}, "other_account"),
        ({"key": "KASITHBK:1234567890"}, "other_account"),
        ({"currency": "MYR"}, "other_currency"),
        ({"at": ""}, "other_time"),
        ({"at": "2026-03-01T02:54:59.000Z"}, "other_time"),
        ({"at": "2026-03-01T03:05:01.000Z"}, "other_time"),
        ({"start": US - 3 * HOUR}, "more_than_asked"),
        ({"end": US + HOUR}, "more_than_asked"),
        ({"bookings": (booking(1, US - 3 * HOUR, 30),)}, "more_than_asked"),
        ({"bookings": (booking(1, US + HOUR, 30),)}, "more_than_asked"),
        ({"start": NEVER, "end": NEVER}, "no_coverage"),
        ({"start": US, "end": US}, "no_coverage"),
        ({"start": US - HOUR // 4}, "outside_coverage"),
        ({"end": US - HOUR // 2, "closing": 150}, "outside_coverage"),
        ({"start": US - 2 * HOUR + 1}, "not_what_it_says"),
        ({"end": US - 301 * 10**6}, "not_what_it_says"),
        ({"state": BankState.FAILED}, "not_what_it_says"),
        ({"state": BankState.ACCEPTED, "bookings": ()}, "not_what_it_says"),
        ({"bookings": (booking(1, US - HOUR, 15), booking(1, US - HOUR, 15))}, "twice"),
        ({"closing": 131}, "not_added_up"),
        ({"opening": 10**16, "closing": UNKNOWN_MINOR}, "not_added_up"),
        ({"opening": 19, "closing": UNKNOWN_MINOR, "bookings": (WENT,)}, "not_added_up"),
        ({"bookings": (booking(1, US - HOUR, 30, kind=PaymentKind.CASH_OUT),)}, "absurd"),
        ({"bookings": (booking(1, US - HOUR, 30, kind=PaymentKind.CASH_IN),)}, "absurd"),
        ({"bookings": (booking(1, US - HOUR, 30, reference="e2e:1", of="e2e:1"),)}, "absurd"),
        ({"bookings": (booking(1, US - HOUR, 30, other_minor=29, other_currency="SGD"),)}, "absurd"),
    ],
)  # fmt: skip
def test_what_cannot_be_counts_as_nothing(changes: dict[str, Any], objection: str) -> None:
    said = judged(told(**changes))
    assert objection in said.objections
    assert said.state is BankState.UNKNOWN and said.bookings == () and not said.is_useful and not said.is_final


def test_a_question_with_an_end_is_answered_up_to_there() -> None:
    question = replace(QUESTION, until="2026-03-01T02:00:00.000Z")
    assert judged(told(end=US - HOUR, bookings=(), closing=100), question).is_useful
    assert "more_than_asked" in judged(told(), question).objections
    assert "not_what_it_says" in judged(told(end=US - 3 * HOUR // 2, bookings=(), closing=100), question).objections


def test_a_bank_that_takes_back_what_it_said_is_believed_in_neither() -> None:
    assert judged(told(at="2026-03-01T03:01:00.000Z"), before=told()).is_useful
    other = told(bookings=(booking(1, US - HOUR, 30),))
    assert judged(other, before=told()).objections == (CHANGED,)
    assert judged(told(state=BankState.PARTLY), before=told()).objections == (CHANGED,)


def test_a_part_is_a_part_and_no_answer_is_none() -> None:
    part = told(state=BankState.PARTLY, end=US - HOUR, bookings=(), closing=100)
    assert judged(part) == part
    silent = BookingsTold(state=BankState.UNKNOWN, reason="no_answer")
    assert judged(silent) == silent


@given(
    opening=st.integers(0, 10**12),
    moves=st.lists(st.tuples(st.integers(-(10**9), 10**9).filter(bool), st.integers(0, 2 * HOUR - 1)), max_size=8),
    wrong=st.integers(-5, 5),
)
def test_balances_that_add_up_count_and_others_do_not(opening: int, moves: list[tuple[int, int]], wrong: int) -> None:
    ordered = sorted(moves, key=lambda one: (one[1], one[0] < 0))
    made = tuple(
        booking(number, US - 2 * HOUR + at, abs(minor), BookingSide.CREDIT if minor > 0 else BookingSide.DEBIT)
        for number, (minor, at) in enumerate(moves)
    )
    balance, lowest = opening, opening
    for minor, _ in ordered:
        balance += minor
        lowest = min(lowest, balance)
    said = judged(told(opening=opening, closing=max(0, balance + wrong), bookings=made))
    assert said.is_useful == (lowest >= 0 and max(0, balance + wrong) == balance)


@given(
    st.builds(
        told,
        state=st.sampled_from(list(BankState)),
        question=st.sampled_from([QUESTION.id, "", "b" * 32]),
        key=st.sampled_from(["CONTSGSG:1234567890", "", ":", "X:1234567890"]),
        at=st.sampled_from(["", "2026-03-01T03:00:00.000Z", "1990-01-01T00:00:00.000Z"]),
        start=st.sampled_from([NEVER, US - 2 * HOUR, US, -(2**62), 2**62]),
        end=st.sampled_from([NEVER, US, 2**62]),
        opening=st.sampled_from([UNKNOWN_MINOR, 0, 100, 2**53]),
        closing=st.sampled_from([UNKNOWN_MINOR, 0, 130]),
        bookings=st.lists(
            st.builds(booking, st.integers(0, 2), st.integers(-(2**62), 2**62), st.integers(1, 10**15)), max_size=4
        ).map(tuple),
    )
)
def test_whatever_is_said_is_judged_and_only_what_was_asked_comes_in(said: BookingsTold) -> None:
    found = judged(said)
    if not found.is_useful:
        return
    low, high = US - 2 * HOUR, US + int(timedelta(seconds=300).total_seconds()) * 10**6
    assert low <= found.start < found.end <= high
    assert all(found.start <= one.at < found.end for one in found.bookings)
    assert (found.question, found.account, found.currency) == (QUESTION.id, QUESTION.account, "SGD")
