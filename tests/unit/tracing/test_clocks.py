# SPDX-License-Identifier: Apache-2.0
"""Over a border the clocks of banks differ: a payment is credited no earlier than its sender says it was debited."""

from dataclasses import replace

import pytest

from lintas.model.money import NEVER, UNKNOWN_MINOR, Injected, Method, Segment, TraceQuery, TraceResult
from lintas.tracing.joining import TWO_DAYS_US
from lintas.tracing.reference import trace
from tests.unit.tracing.ledgers import Pay, pay, table_of

HERE, NEXT, THERE = "KASITHBK:3", "KASITHBK:4", "TESTMYKL:2"
COMES = replace(pay(THERE, HERE, UNKNOWN_MINOR, reference="uetr:c"), credit_at=3, credit_minor=38, legs=2)
REST = (pay("", HERE, 10, 4, "uetr:d"), pay(HERE, NEXT, 12, 6, "uetr:e"))


def ask(debit_at: int, comes: Pay = COMES, *, until: int = NEVER) -> TraceResult:
    said = Injected(
        payment="uetr:c",
        payer=THERE,
        payee=HERE,
        debit_at=debit_at,
        minor=38,
        currency="SGD",
        segments=(Segment(38, "*", 1),),
    )
    query = TraceQuery(seeds=(), method=Method.FIFO, own=("TH",), injected=(said,), until=until)
    return trace(table_of([comes, *REST]), query)


def went_on(result: TraceResult) -> int:
    return sum(line.tainted for line in result.flows if line.payment == "uetr:e")


@pytest.mark.parametrize(("debit_at", "followed"), [(NEVER, 12), (1, 12), (3, 12), (5, 2), (7, 0)])
def test_the_later_time_counts(debit_at: int, followed: int) -> None:
    assert went_on(ask(debit_at)) == followed


def test_it_is_said_that_clocks_differ() -> None:
    assert any("clocks differ" in one for one in ask(5).objections)
    assert not ask(3).objections


def test_what_our_own_rows_know_of_the_payers_booking_counts() -> None:
    assert went_on(ask(5, replace(COMES, debit_at=2, debit_minor=38, legs=3))) == 12


def test_what_another_bank_merely_repeats_does_not() -> None:
    assert went_on(ask(5, replace(COMES, debit_at=2))) == 2


@pytest.mark.parametrize("debit_at", [3 + TWO_DAYS_US + 1, 2**62])
def test_a_time_that_cannot_be_that_of_the_payment_is_not_used_and_said(debit_at: int) -> None:
    found = ask(debit_at)
    assert went_on(found) == 12
    assert any("cannot be" in one for one in found.objections)


def test_what_was_debited_after_the_end_has_not_come() -> None:
    found = ask(5, until=4)
    assert not found.flows and not found.held
