# SPDX-License-Identifier: Apache-2.0
"""Answers of banks about bookings: bytes, what is made of them, and rows."""

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.errors import BadInput, Malformed
from lintas.formats.bank_bookings import micros, read_bookings, write_question
from lintas.formats.money.bookings import read_told
from lintas.formats.money.draft import LedgerDraft
from lintas.limits import BANK_BOOKINGS_BYTES_MAX, BANK_BOOKINGS_MAX
from lintas.model.bank import BankState
from lintas.model.bookings import BookingSide, Question
from lintas.model.header import Mode
from lintas.model.money import NEVER, UNKNOWN_MINOR, Covered, Leg
from lintas.model.reading import ReadOptions
from tests.unit.formats.builders import packs

ANSWER: dict[str, Any] = {
    "v": 1,
    "id": "a" * 32,
    "account": "1234567890",
    "key": "CONTSGSG:1234567890",
    "currency": "SGD",
    "state": "done",
    "at": "2026-03-01T03:00:00Z",
    "coverage": {
        "start": "2026-03-01T02:00:00Z",
        "end": "2026-03-01T03:00:00Z",
        "opening": 100,
        "closing": 60,
    },
    "bookings": [
        {
            "id": "b1",
            "at": "2026-03-01T02:10:00.000001Z",
            "side": "credit",
            "minor": 50,
            "other": "DBSSSGSG:987654321",
            "reference": "e2e:A",
            "channel": "instant",
        },
        {
            "id": "b2",
            "at": "2026-03-01T10:20:00+08:00",
            "side": "debit",
            "minor": 90,
            "other": "KASITHBK:0123456789",
            "other_amount": {"minor": 2300, "currency": "THB"},
        },
    ],
    "bank_ref": "T1",
    "reason": "",
}


def told(**changes: Any) -> bytes:
    return json.dumps(ANSWER | changes).encode()


def booking(**changes: Any) -> bytes:
    return told(bookings=[ANSWER["bookings"][0] | changes])


def rows_of(raw: bytes) -> LedgerDraft:
    draft = LedgerDraft(options=ReadOptions(region="SG"), packs=packs())
    read_told(raw, draft)
    return draft


def test_an_answer_is_read_to_the_microsecond_and_the_minor_unit() -> None:
    said = read_bookings(told())
    assert (said.state, said.opening, said.closing) == (BankState.DONE, 100, 60)
    first, second = said.bookings
    assert first.at == micros("2026-03-01T02:10:00Z") + 1 and first.side is BookingSide.CREDIT
    assert (second.at, second.other_minor, second.other_currency) == (micros("2026-03-01T02:20:00Z"), 2300, "THB")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"\xff",
        told(v=2),
        told(state="perhaps"),
        told(id=7),
        told(key="A B"),
        told(currency="sgd"),
        told(coverage={"start": "2026-03-01T02:00:00", "end": "2026-03-01T03:00:00Z"}),
        told(coverage={"start": "2026-03-01T02:00:00Z", "end": "2026-03-01T03:00:00Z", "opening": -1}),
        told(coverage={"start": "2026-03-01T02:00:00Z", "end": "2026-03-01T03:00:00Z", "more": 1}),
        booking(minor=0),
        booking(minor=-5),
        booking(minor=1.5),
        booking(minor=10**16),
        booking(minor="50"),
        booking(at="yesterday"),
        booking(at="2026-03-01T02:10:00"),
        booking(at="99999-01-01T00:00:00Z"),
        booking(side="both"),
        booking(kind="gift"),
        booking(channel="owl"),
        booking(id=""),
        booking(other="a\u0000b"),
        booking(other="x" * 129),
        booking(reference="r" * 141),
        booking(holder="a name"),
        booking(other_amount={"minor": 0, "currency": "THB"}),
        told(bookings=[ANSWER["bookings"][0]] * (BANK_BOOKINGS_MAX + 1)),
        told(bank_ref=" " * BANK_BOOKINGS_BYTES_MAX),
    ],
)
def test_what_is_no_answer_is_refused_whole(raw: bytes) -> None:
    with pytest.raises(BadInput):
        read_bookings(raw)


JSON = st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps).map(str.encode)


@given(raw=st.binary(max_size=300) | JSON)
def test_any_bytes_are_an_answer_or_refused(raw: bytes) -> None:
    try:
        read_bookings(raw)
    except BadInput:
        return


@given(
    minor=st.integers(1, 10**15),
    at=st.datetimes(datetime(1990, 1, 1), datetime(2190, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  # given a zone beside
    other=st.sampled_from(["", "DBSSSGSG:987654321", "0x" + "a" * 40, "987654321"]),
)
def test_what_is_written_is_read_again(minor: int, at: datetime, other: str) -> None:
    (one,) = read_bookings(booking(minor=minor, at=at.isoformat(), other=other)).bookings
    assert (one.minor, one.other) == (minor, other)
    assert one.at == int(at.timestamp()) * 10**6 + at.microsecond


def test_a_question_has_the_same_bytes_each_time() -> None:
    said = Question(
        id="b" * 32,
        bank="CONTSGSG",
        account="1234567890",
        currency="SGD",
        start="2026-03-01T02:00:00.000Z",
        until="",
        reference="SG-H-7K3QF-9D2MX-4",
        authority="Contoh Police",
        law="section 20",
        mode=Mode.EXERCISE,
    )
    raw = write_question(said)
    assert raw == write_question(said)
    assert list(json.loads(raw)) == sorted(json.loads(raw))
    assert json.loads(raw)["from"] == said.start and len(json.loads(raw)) == 11


def test_bookings_are_the_accounts_own_legs() -> None:
    draft = rows_of(told())
    rows = draft.rows()
    assert rows.count == 2
    assert list(draft.column("legs")) == [Leg.PAYEE, Leg.PAYER]
    assert [rows.words[place] for place in draft.column("payer")] == ["DBSSSGSG:987654321", "CONTSGSG:1234567890"]
    assert list(draft.column("debit_at")) == [NEVER, micros("2026-03-01T02:20:00Z")]
    assert list(draft.column("debit_minor")) == [UNKNOWN_MINOR, 90]
    assert list(draft.column("credit_minor")) == [50, 2300]
    assert [rows.words[place] for place in draft.column("reference")] == ["e2e:A", ""]
    start, end = micros("2026-03-01T02:00:00Z"), micros("2026-03-01T03:00:00Z")
    assert rows.covered == (Covered("CONTSGSG:1234567890", "SGD", start, end, opening=100, closing=60),)


def test_an_answer_without_coverage_covers_nothing() -> None:
    assert rows_of(told(coverage=None)).covered == []


@pytest.mark.parametrize("raw", [b"{}", told(key=""), told(currency=""), told(v=3)])
def test_what_tells_of_no_account_makes_no_rows(raw: bytes) -> None:
    with pytest.raises(Malformed):
        rows_of(raw)


def test_a_name_of_a_holder_does_not_come_in() -> None:
    with pytest.raises(BadInput):
        read_bookings(booking(name="Contoh bin Contoh"))
    assert b"Contoh" not in msgspec.msgpack.encode(rows_of(told()).rows())
