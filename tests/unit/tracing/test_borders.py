# SPDX-License-Identifier: Apache-2.0
"""A backward trace that meets a border says whose account the money came from, and how to ask there."""

from lintas.model.money import Method, TraceQuery, TraceResult
from lintas.tracing.reference import trace
from lintas.work.tracing_jobs.borders import came_from_abroad
from tests.unit.tracing.ledgers import Pay, pay, seed, table_of

HOME, ABROAD = "TESTSGSG:1", "KASITHBK:2"


def back(*pays: Pay, own: tuple[str, ...] = ()) -> TraceResult:
    query = TraceQuery(seeds=(seed(HOME, 500, 9),), method=Method.FIFO, backward=True, own=own)
    return trace(table_of(pays), query)


def test_the_account_abroad_is_named_with_the_next_step() -> None:
    for own in ((), ("SG",)):
        (said,) = came_from_abroad(back(pay(ABROAD, HOME, 500, 3), pay(HOME, "", 500, 5), own=own), "SG")
        assert said.startswith(f"SGD 5.00 came from the account {ABROAD} in TH.")
        assert "--to DESK-TH --account 2 --bank KASITHBK --country TH --amount 'SGD 5.00'" in said


def test_money_from_at_home_or_from_nobody_known_meets_no_border() -> None:
    assert not came_from_abroad(back(pay("TESTSGSG:9", HOME, 500, 3), pay(HOME, "", 500, 5)), "SG")
    assert not came_from_abroad(back(pay("", HOME, 500, 3), pay(HOME, "", 500, 5)), "SG")


def test_of_many_accounts_the_largest_are_told_and_the_rest_counted() -> None:
    many = [pay(f"KASITHBK:{n}", HOME, 10 + n, n) for n in range(1, 8)]
    said = came_from_abroad(back(*many, pay(HOME, "", 98, 8)), "SG")
    assert len(said) == 6
    assert said[0].startswith("SGD 0.17 came from the account KASITHBK:7")
    assert said[-1] == "It came from 2 further accounts abroad."
