# SPDX-License-Identifier: Apache-2.0
"""Rows that speak of one payment are one payment; rows that do not stay apart."""

from random import Random

import pytest

from lintas.errors import BadInput
from lintas.model.money import LedgerRows
from lintas.tracing.joining import Payments, join
from lintas.tracing.table import from_rows
from tests.unit.tracing.ledgers import Pay, pay, rows_of

DAY = 86_400 * 10**6


def joined(*messages: list[Pay]) -> Payments:
    return join(from_rows([(f"m{place}", rows_of(pays)) for place, pays in enumerate(messages)]))


def sources(payments: Payments) -> list[int]:
    return [int(count) for count in payments.sources]


@pytest.mark.parametrize("reference", ["uetr:1", "tx:tron:00ff:0", "e2e:1", "id:TESTSGSG:1"])
def test_what_both_banks_tell_under_one_reference_is_one_payment(reference: str) -> None:
    found = joined(
        [pay("a", "b", 10, 1, reference, legs=1)],
        [pay("a", "b", -1, reference=reference, credit_minor=9, credit_at=5, legs=2)],
    )
    assert sources(found) == [2]
    assert (found.debit_minor[0], found.credit_minor[0], found.debit_at[0], found.credit_at[0]) == (10, 9, 1, 5)
    assert (found.legs[0], bool(found.guessed[0])) == (3, False)


def test_each_bank_knows_its_own_booking_best() -> None:
    found = joined(
        [pay("a", "b", 99, 7, "uetr:1", legs=2, credit_minor=95, credit_at=8)],
        [pay("a", "b", 100, 1, "uetr:1", legs=1, credit_minor=100, credit_at=1)],
    )
    assert (found.debit_minor[0], found.debit_at[0], found.credit_minor[0], found.credit_at[0]) == (100, 1, 95, 8)


def test_a_uetr_joins_a_row_that_does_not_know_the_payer() -> None:
    found = joined([pay("a", "b", 10, 1, "uetr:1", legs=1)], [pay("", "b", 10, 1, "uetr:1", legs=2)])
    assert (found.count, found.table.words[found.payer[0]]) == (1, "a")


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(pay("a", "c", 10, 1, "uetr:1"), id="another payee"),
        pytest.param(pay("a", "b", 11, 1, "uetr:1"), id="another amount by the same bank"),
        pytest.param(
            pay("a", "b", 10, 1, "uetr:1", debit_currency="USD", credit_currency="USD"), id="another currency"
        ),
        pytest.param(pay("a", "b", 10, 1 + 3 * DAY, "uetr:1"), id="days later"),
    ],
)
def test_a_reference_used_for_different_payments_is_objected_to(other: Pay) -> None:
    found = joined([pay("a", "b", 10, 1, "uetr:1")], [other])
    assert sources(found) == [1, 1]
    assert "uetr:1" in found.objections[0]


def test_one_message_does_not_tell_of_one_booking_twice() -> None:
    found = joined([pay("a", "b", 10, 1, "e2e:RENT"), pay("a", "b", 10, 1, "e2e:RENT")])
    assert found.count == 2
    assert found.objections


def test_an_end_to_end_id_of_other_parties_is_another_payment() -> None:
    found = joined([pay("a", "b", 10, 1, "e2e:1")], [pay("a", "c", 10, 1, "e2e:1")], [pay("", "b", 10, 1, "e2e:1")])
    assert found.count == 3
    assert "different parties" in found.objections[0]


def test_bookings_without_a_reference_that_two_files_repeat_are_one_each() -> None:
    twice = [pay("a", "b", 10, 1), pay("a", "b", 10, 1), pay("a", "b", 10, 2)]
    assert sources(joined(twice, twice)) == [2, 2, 2]
    assert sources(joined(twice)) == [1, 1, 1]


def test_the_kth_debit_and_the_kth_credit_without_a_reference_are_one_and_a_guess() -> None:
    debits = [pay("a", "b", 10, at, legs=1) for at in (1, 100, 10 * DAY)]
    credits_ = [pay("a", "b", 10, reference="", credit_at=at, legs=2) for at in (5, 105, 10 * DAY + 5)]
    found = joined(debits, credits_)
    assert [(int(a), int(b)) for a, b in zip(found.debit_at, found.credit_at, strict=True)] == [
        (1, 5),
        (100, 105),
        (10 * DAY, 10 * DAY + 5),
    ]
    assert found.guessed.all()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(pay("a", "b", 10, 1, legs=1), pay("a", "b", 11, 1, legs=2), id="another amount"),
        pytest.param(pay("a", "b", 10, 1, legs=1), pay("a", "c", 10, 1, legs=2), id="another payee"),
        pytest.param(pay("a", "b", 10, 1, legs=1), pay("a", "b", 10, 1 + 3 * DAY, legs=2), id="days later"),
        pytest.param(pay("a", "", 10, 1, legs=1), pay("a", "", 10, 1, legs=2), id="nobody"),
        pytest.param(
            pay("a", "b", 10, 1, "uetr:1", legs=1), pay("a", "b", 10, 1, "uetr:2", legs=2), id="other references"
        ),
        pytest.param(pay("a", "b", 10, legs=1), pay("a", "b", 10, legs=2), id="no time"),
    ],
)
def test_what_is_not_the_same_is_not_guessed(one: Pay, other: Pay) -> None:
    assert joined([one], [other]).count == 2


def test_a_guess_keeps_the_stronger_reference() -> None:
    found = joined([pay("a", "b", 10, 1, "e2e:1", legs=1)], [pay("a", "b", 10, 2, "uetr:1", legs=2)])
    assert (found.name(0), found.guessed[0]) == ("uetr:1", True)
    assert found.find({"e2e:1", "uetr:1", "row:m0:1", "row:m9:1", "uetr:9", ""}) == {
        "e2e:1": [0],
        "uetr:1": [0],
        "row:m0:1": [0],
        "row:m9:1": [],
        "uetr:9": [],
    }


def test_words_about_a_payment_move_nothing() -> None:
    assert joined([pay("a", "b", 10, 1, "uetr:1"), pay("a", "b", 10, 1, kind="recall", of="uetr:1")]).count == 1


def test_the_order_of_messages_changes_nothing() -> None:
    dice = Random(5)
    pays = [
        pay(
            dice.choice("ab"),
            dice.choice("bc"),
            dice.randrange(3),
            dice.randrange(4),
            dice.choice(("", "uetr:1", "e2e:2")),
            legs=dice.randrange(4),
        )
        for _ in range(60)
    ]
    messages = [(f"m{place}", rows_of(pays[place * 10 : place * 10 + 10])) for place in range(6)]
    one = join(from_rows(messages))
    dice.shuffle(messages)
    other = join(from_rows(messages))
    assert [one.name(place) for place in range(one.count)] == [other.name(place) for place in range(other.count)]
    assert (one.debit_at.tolist(), one.sources.tolist()) == (other.debit_at.tolist(), other.sources.tolist())
    assert one.rows == 60


def test_no_rows_are_no_payments() -> None:
    assert joined().count == 0
    assert join(from_rows([("m", LedgerRows())])).count == 0


@pytest.mark.parametrize(
    "bad",
    [
        LedgerRows(count=1),
        LedgerRows(count=1, **dict.fromkeys(("row", "payer"), b"\x00" * 4)),  # type: ignore[arg-type]  # two fields of bytes
    ],
)
def test_columns_that_do_not_fit_are_refused(bad: LedgerRows) -> None:
    with pytest.raises(BadInput):
        from_rows([("m", bad)])


def test_a_place_beyond_the_words_is_refused() -> None:
    rows = rows_of([pay("a", "b", 1, 1)])
    with pytest.raises(BadInput):
        from_rows(
            [("m", LedgerRows(**{n: getattr(rows, n) for n in rows.__struct_fields__} | {"payer": b"\xff\0\0\0"}))]
        )
