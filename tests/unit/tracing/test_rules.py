# SPDX-License-Identifier: Apache-2.0
"""Each rule by an example that a person can follow with a pencil."""

import os
from random import Random

import pytest

from lintas.errors import OverLimit
from lintas.model.money import NEVER, Covered, Injected, Knowledge, Method, Seed, Segment, TraceResult
from lintas.tracing.pots import dealt
from lintas.tracing.reference import trace
from lintas.work.tracing_jobs.showing import shown_trace
from tests.unit.tracing.ledgers import ask, pay, seed, table_of
from tests.unit.tracing.worlds import make_query, make_world, torn

CONSERVING = [Method.FIFO, Method.LIFO, Method.PRORATA]
ROUNDS = 2_000 if os.environ.get("LINTAS_SOAK") == "1" else 30


def held(result: TraceResult) -> dict[str, int]:
    return {line.account: line.minor for line in result.held}


def left(result: TraceResult) -> dict[str, int]:
    return {line.why: line.minor for line in result.left}


def flow(result: TraceResult) -> dict[str, int]:
    return {line.payment: line.tainted for line in result.flows}


@pytest.mark.parametrize(
    ("method", "first", "second", "stays"),
    [
        (Method.FIFO, 0, 60, 40),  # 50 clean came first
        (Method.LIFO, 50, 50, 0),
        (Method.PRORATA, 33, 40, 27),  # 100 * 50 / 150, then 67 * 60 / 100
        (Method.POISON, 50, 60, 40),
    ],
)
def test_mixed_money_leaves_by_the_method(method: Method, first: int, second: int, stays: int) -> None:
    table = table_of(
        [
            pay("", "mule", 50, 1, "uetr:a"),
            pay("victim", "mule", 100, 2, "uetr:b"),
            pay("mule", "shop", 50, 3, "uetr:c"),
            pay("mule", "boss", 60, 4, "uetr:d"),
        ]
    )
    result = trace(table, ask(seed("mule", 100, 2), method=method))
    assert flow(result).get("uetr:c", 0) == first
    assert flow(result)["uetr:d"] == second
    assert held(result).get("mule", 0) == stays
    assert result.conserved is (None if method is Method.POISON else True)


@pytest.mark.parametrize("method", CONSERVING)
def test_an_emptied_pot_passes_all(method: Method) -> None:
    table = table_of([pay("", "a", 7, 1), pay("v", "a", 5, 2), pay("a", "b", 12, 3, "uetr:x")])
    result = trace(table, ask(seed("a", 5, 2), method=method))
    assert (held(result), flow(result)) == ({"b": 5}, {"uetr:x": 5})


def test_a_share_is_rounded_down_and_the_rest_stays() -> None:
    table = table_of([pay("", "a", 2, 1), pay("v", "a", 1, 2), pay("a", "b", 2, 3)])
    assert held(trace(table, ask(seed("a", 1, 2), method=Method.PRORATA))) == {"a": 1}


def test_labels_are_dealt_by_the_largest_remainder_and_ties_by_name() -> None:
    assert dealt(2, {"a": 1, "b": 1, "c": 1}) == {"a": 1, "b": 1, "c": 0}
    assert dealt(5, {"a": 1, "b": 8}) == {"a": 1, "b": 4}
    assert dealt(0, {"a": 1}) == {"a": 0}


def test_labels_sum_to_what_is_followed() -> None:
    table = table_of(
        [pay("v", "a", 10, 1, "uetr:v"), pay("w", "a", 5, 2, "uetr:w"), pay("a", "b", 7, 3), pay("a", "c", 4, 4)]
    )
    seeds = seed("a", 10, payment="uetr:v", label="v"), seed("a", 5, payment="uetr:w", label="w")
    for method in Method:
        result = trace(table, ask(*seeds, method=method, labels=True))
        for line in result.flows:
            assert sum(minor for _, minor in line.labels) == line.tainted
        for one in result.held:
            assert sum(minor for _, minor in one.labels) == one.minor


@pytest.mark.parametrize("method", CONSERVING)
def test_a_fee_leaves_by_the_way(method: Method) -> None:
    table = table_of([pay("v", "a", 100, 1), pay("a", "b", 100, 2, credit_minor=97)])
    result = trace(table, ask(seed("a", 100), method=method))
    assert (held(result), left(result)) == ({"b": 97}, {"fee": 3})


def test_what_arrives_beyond_what_was_paid_is_clean_and_said() -> None:
    result = trace(
        table_of([pay("v", "a", 100, 1), pay("a", "b", 100, 2, "uetr:x", credit_minor=105)]), ask(seed("a", 100))
    )
    assert held(result) == {"b": 100}
    assert "more than was paid" in result.objections[0]


@pytest.mark.parametrize("method", CONSERVING)
def test_a_change_of_currency_adds_up_on_both_sides(method: Method) -> None:
    table = table_of([pay("v", "a", 25, 1), pay("a", "b", 25, 2, credit_currency="USD", credit_minor=2)])
    result = trace(table, ask(seed("a", 25), method=method))
    assert held(result) == {"b": 2}
    sgd, usd = result.legs
    assert (sgd.converted_out, usd.converted_in, sgd.residue) == (25, 2, 0)


def test_what_no_unit_stands_for_is_residue() -> None:
    table = table_of(
        [pay("", "a", 16, 1), pay("v", "a", 9, 2), pay("a", "b", 25, 3, credit_currency="USD", credit_minor=2)]
    )
    result = trace(table, ask(seed("a", 9, 2), method=Method.PRORATA))
    assert held(result) == {}  # 9 * 2 / 25 is less than one
    assert (result.legs[0].converted_out, result.legs[0].residue, result.conserved) == (9, 9, True)


@pytest.mark.parametrize(
    ("kind", "why"), [("cash_out", "cash"), ("transfer", "outside"), ("fee", "fee"), ("crypto", "outside")]
)
def test_money_to_nobody_leaves_by_its_kind(kind: str, why: str) -> None:
    result = trace(table_of([pay("v", "a", 5, 1), pay("a", "", 5, 2, kind=kind)]), ask(seed("a", 5)))
    assert left(result) == {why: 5}


def test_beyond_the_depth_money_arrives_clean() -> None:
    table = table_of([pay("v", "a", 5, 1), pay("a", "b", 5, 2), pay("b", "c", 5, 3), pay("c", "d", 5, 4)])
    result = trace(table, ask(seed("a", 5), depth=2))
    assert (held(result), left(result)) == ({}, {"depth": 5})
    assert [line.depth for line in result.flows] == [1, 2]


def test_a_payment_abroad_stops_at_the_border_with_its_segments_in_order() -> None:
    table = table_of(
        [
            pay("", "TESTSG00:1", 3, 1),
            pay("v", "TESTSG00:1", 5, 2),
            pay("TESTSG00:1", "TESTMY00:2", 6, 3, "uetr:x"),
            pay("TESTMY00:2", "TESTSG00:9", 6, 4),
        ]
    )
    result = trace(table, ask(seed("TESTSG00:1", 5, 2, label="v"), own=("SG",), labels=True))
    (line,) = result.flows
    assert line.segments == (Segment(3, "", 0), Segment(3, "v", 1))
    assert [(one.why, one.to, one.minor) for one in result.left] == [("border", "TESTMY00:2", 3)]
    assert held(result) == {"TESTSG00:1": 2}  # what comes back arrives clean, until the other side says more


def from_abroad(minor: int, *segments: Segment, payment: str = "uetr:x", revision: int = 1) -> Injected:
    return Injected(
        payment=payment,
        payer="TESTSG00:1",
        payee="TESTMY00:2",
        debit_at=1,
        minor=minor,
        currency="SGD",
        segments=segments,
        revision=revision,
    )


@pytest.mark.parametrize("method", list(Method))
def test_what_another_node_says_is_capped_at_our_own_row(method: Method) -> None:
    table = table_of([pay("TESTSG00:1", "TESTMY00:2", 6, 1, "uetr:x", legs=2), pay("TESTMY00:2", "b", 6, 2)])
    said = from_abroad(1_000_000, Segment(1_000_000, "v", 1))
    result = trace(table, ask(own=("MY",), injected=(said,), method=method))
    assert held(result) == {"b": 6}
    assert result.legs[0].injected == 6


def test_segments_beyond_what_left_are_cut_and_said() -> None:
    table = table_of([pay("TESTSG00:1", "TESTMY00:2", 6, 1, "uetr:x", legs=2)])
    result = trace(table, ask(own=("MY",), injected=(from_abroad(6, Segment(4, "", 0), Segment(9, "v", 1)),)))
    assert held(result) == {"TESTMY00:2": 2}
    assert "capped" in result.objections[0]


def test_the_newest_revision_counts() -> None:
    table = table_of([pay("TESTSG00:1", "TESTMY00:2", 6, 1, "uetr:x", legs=2)])
    old, new = from_abroad(6, Segment(6, "v", 1)), from_abroad(6, Segment(2, "v", 1), Segment(4, "", 0), revision=2)
    for injected in ((old, new), (new, old)):
        assert held(trace(table, ask(own=("MY",), injected=injected))) == {"TESTMY00:2": 2}


def test_a_payment_that_no_row_tells_of_brings_nothing() -> None:
    table = table_of([pay("TESTSG00:1", "TESTMY00:2", 6, 1, "uetr:y", legs=2)])
    result = trace(table, ask(own=("MY",), injected=(from_abroad(6, Segment(6, "v", 1)),)))
    assert held(result) == {}
    assert "uetr:x" in result.objections[0]


def test_nobody_abroad_says_what_left_an_account_of_ours() -> None:
    table = table_of([pay("TESTMY00:1", "TESTMY00:2", 6, 1, "uetr:x")])
    result = trace(table, ask(own=("MY",), injected=(from_abroad(6, Segment(6, "v", 1)),)))
    assert held(result) == {}
    assert "void" in result.objections[0]


def test_equal_times_go_by_the_hash_of_the_reference_and_debit_comes_before_credit() -> None:
    names = sorted((f"uetr:{n}" for n in range(8)), key=lambda name: table_of([]).hash_of(name))
    into, out = names[0], names[1]
    table = table_of([pay("a", "b", 5, 1, out), pay("v", "a", 5, 1, into), pay("b", "b", 5, 1, names[2])])
    assert held(trace(table, ask(seed("a", 5, 1)))) == {"b": 5}
    swapped = table_of([pay("a", "b", 5, 1, into), pay("v", "a", 5, 1, out)])
    assert held(trace(swapped, ask(seed("a", 5, 1)))) == {"a": 5}  # paid from what it must have had before


@pytest.mark.parametrize("method", CONSERVING)
def test_a_circle_neither_makes_nor_loses_money(method: Method) -> None:
    pays = [pay("v", "a", 10, 1)]
    for turn in range(5):
        pays += [pay("a", "b", 9, 10 * turn + 2), pay("b", "c", 8, 10 * turn + 3), pay("c", "a", 8, 10 * turn + 4)]
    result = trace(table_of(pays), ask(seed("a", 10, 1), method=method))
    assert sum(held(result).values()) == 10
    assert result.conserved


def test_a_payment_to_oneself_turns_the_order_of_lots() -> None:
    pays = [pay("", "a", 5, 1), pay("v", "a", 5, 2), pay("a", "a", 5, 3), pay("a", "b", 5, 4)]
    assert held(trace(table_of(pays), ask(seed("a", 5, 2)))) == {"b": 5}
    assert held(trace(table_of(pays[:2] + pays[3:]), ask(seed("a", 5, 2)))) == {"a": 5}


def test_money_that_was_debited_and_not_credited_is_on_its_way() -> None:
    table = table_of([pay("v", "a", 5, 1), pay("a", "b", 5, 2, credit_at=9)])
    assert left(trace(table, ask(seed("a", 5), until=8))) == {"flight": 5}
    assert held(trace(table, ask(seed("a", 5), until=9))) == {"b": 5}


def test_money_is_never_credited_before_it_was_debited() -> None:
    table = table_of([pay("v", "a", 5, 1), pay("a", "b", 5, 6, "uetr:x", credit_at=4), pay("b", "c", 5, 5)])
    result = trace(table, ask(seed("a", 5)))
    assert held(result) == {"b": 5}
    assert "clocks differ" in result.objections[0]


def test_a_report_that_no_row_shows_is_followed_from_its_moment() -> None:
    result = trace(table_of([pay("a", "b", 30, 5)]), ask(seed("a", 100, 1)))
    assert held(result) == {"a": 70, "b": 30}
    assert any("in no row" in sentence for sentence in result.limits)
    assert all(line.confirmed == 0 for line in result.held)


@pytest.mark.parametrize("method", list(Method))
@pytest.mark.parametrize("backward", [False, True])
def test_of_a_report_without_a_moment_beyond_all_rows_nobody_knows_the_moment(method: Method, backward: bool) -> None:
    table = table_of([pay("", "a", 30, 3), pay("a", "b", 20, 5)])
    for name in ("a", "b"):
        query = ask(seed(name, 100), method=method, backward=backward)
        result = trace(table, query)
        assert all(line.first_at in {NEVER, 3, 5} and line.last_at in {NEVER, 3, 5} for line in result.held), (
            result.held
        )
        shown = shown_trace(result, query.seeds, messages=1, seconds=0)
        assert "" in {one.first_at for one in shown.held} | {one.last_at for one in shown.held}


def test_a_seed_without_an_amount_follows_all_that_is_and_comes() -> None:
    table = table_of([pay("", "a", 3, 1), pay("", "a", 4, 5), pay("a", "b", 7, 6)])
    assert held(trace(table, ask(seed("a", start=2)))) == {"b": 7}
    assert held(trace(table, ask(seed("a", start=6)))) == {"b": 7}
    assert held(trace(table, ask(seed("a", start=7)))) == {}


def test_a_seed_of_one_payment_follows_just_that() -> None:
    table = table_of([pay("", "a", 3, 1), pay("v", "a", 4, 5, "uetr:v"), pay("", "a", 9, 6)])
    assert held(trace(table, ask(seed("a", payment="uetr:v")))) == {"a": 4}
    assert held(trace(table, ask(seed("a", 3, payment="uetr:v")))) == {"a": 3}
    missing = trace(table, ask(seed("a", payment="uetr:w")))
    assert (held(missing), "uetr:w" in missing.objections[0]) == ({}, True)


def test_an_amount_in_an_account_of_several_currencies_must_name_one() -> None:
    table = table_of([pay("v", "a", 3, 1), pay("v", "a", 3, 1, debit_currency="USD", credit_currency="USD")])
    unclear = trace(table, ask(seed("a", 3)))
    assert (held(unclear), "several currencies" in unclear.objections[0]) == ({}, True)
    assert held(trace(table, ask(seed("a", 3, currency="USD")))) == {"a": 3}


def test_the_opening_balance_is_the_least_that_payments_allow_and_is_clean() -> None:
    table = table_of([pay("a", "b", 8, 1), pay("v", "a", 5, 2), pay("a", "c", 5, 3)])
    result = trace(table, ask(seed("a", 5, 2)))
    assert held(result) == {"c": 5}
    assert result.held[0].balance == 5


def test_a_statement_says_the_opening_balance() -> None:
    pays = [pay("v", "a", 5, 2), pay("a", "c", 5, 3)]
    assert held(trace(table_of(pays, [Covered("a", "SGD", 0, 9, 5)]), ask(seed("a", 5, 2)))) == {"a": 5}


def test_a_statement_that_opens_too_low_is_objected_to() -> None:
    result = trace(table_of([pay("a", "c", 5, 3)], [Covered("a", "SGD", 0, 9, 1)]), ask(seed("a", 5, 4)))
    assert any("spend more than their statement" in sentence for sentence in result.objections)


def test_backward_asks_where_it_came_from() -> None:
    table = table_of([pay("v", "a", 5, 1, "uetr:v"), pay("w", "a", 7, 2, "uetr:w"), pay("a", "b", 6, 3, "uetr:b")])
    result = trace(table, ask(seed("b"), method=Method.LIFO, backward=True))
    assert result.backward
    assert [(line.payment, line.payer, line.payee, line.tainted) for line in result.flows] == [
        ("uetr:w", "w", "a", 6),  # the mirror: what a paid last came from what it got last
        ("uetr:b", "a", "b", 6),
    ]
    assert held(result) == {"w": 6}
    assert [(line.first_at, line.last_at) for line in result.held] == [(2, 2)]  # when it went on


def test_knowledge_is_confirmed_inferred_or_unknown() -> None:
    pays = [pay("v", "a", 9, 2), pay("a", "b", 3, 3), pay("a", "c", 3, 4, legs=1), pay("c", "d", 1, 5)]
    covered = [Covered("a", "SGD", 0, 100, 0), Covered("b", "SGD", 0, 100, 0)]
    result = trace(table_of(pays, covered), ask(seed("a", 9, 2)))
    known = {line.account: line.knowledge for line in result.held}
    assert known == {
        "a": Knowledge.CONFIRMED,
        "b": Knowledge.CONFIRMED,
        "c": Knowledge.INFERRED,
        "d": Knowledge.UNKNOWN,
    }


@pytest.mark.parametrize(
    "closing", [pytest.param(4, id="sums differ"), pytest.param(-1, id="another bank tells of a payment")]
)
def test_a_statement_that_cannot_be_relied_on_confirms_nothing(closing: int) -> None:
    pays = [pay("v", "a", 9, 2), pay("a", "b", 3, 3, legs=3 if closing == 4 else 2)]
    result = trace(table_of(pays, [Covered("a", "SGD", 0, 100, 0, closing)]), ask(seed("a", 9, 2)))
    assert [line.confirmed for line in result.held] == [0, 0]
    assert result.objections


@pytest.mark.parametrize("method", CONSERVING)
def test_nothing_is_made_and_nothing_lost(method: Method) -> None:
    for number in range(ROUNDS):
        dice = Random(f"{method}{number}")
        world = make_world(dice, accounts=dice.randrange(1, 6))
        table = torn(dice, world, dice.choice((0.0, 0.3)))
        result = trace(table, make_query(dice, world, method, backward=dice.random() < 0.3))
        assert result.conserved, number
        for line in result.flows:
            assert not line.labels or result.backward or sum(minor for _, minor in line.labels) == line.tainted
        for one in result.held:
            assert not one.labels or sum(minor for _, minor in one.labels) == one.minor


@pytest.mark.parametrize("bad", [{"debit_at": 2**62}, {"debit_minor": 10**15 + 1}, {"debit_minor": -7}])
def test_absurd_payments_are_left_out_and_said(bad: dict[str, int]) -> None:
    row = {"debit_minor": 5, "debit_at": 1} | bad
    result = trace(
        table_of([pay("v", "a", row["debit_minor"], row["debit_at"], "uetr:x")]), ask(seed("a", currency="SGD"))
    )
    assert (held(result), len(result.objections)) == ({}, 1)


def test_an_account_that_comes_to_more_than_can_be_is_left_out() -> None:
    pays = [pay("v", "a", 10**15, number) for number in range(10)]
    result = trace(table_of([*pays, pay("w", "b", 5, 1)]), ask(seed("a"), seed("b")))
    assert held(result) == {"b": 5}
    assert "more than can be" in result.objections[0]


@pytest.mark.parametrize(
    ("seeds", "more"),
    [
        pytest.param((seed("a", 10**15), seed("b", 1)), {}, id="more money than there is"),
        pytest.param((seed("a", -2),), {}, id="below zero"),
        pytest.param((seed("a", 1),) * 10_001, {}, id="too many"),
        pytest.param((seed("a", 1),), {"depth": 1_001}, id="too deep"),
        pytest.param((seed("a", 1),), {"depth": -1}, id="less than no depth"),
    ],
)
def test_a_query_keeps_to_its_limits(seeds: tuple[Seed, ...], more: dict[str, int]) -> None:
    with pytest.raises(OverLimit):
        trace(table_of([pay("v", "a", 1, 1)]), ask(*seeds, depth=more.get("depth", 0)))


def test_absurd_statements_and_hand_offs_are_not_believed() -> None:
    pays = [pay("TESTSG00:1", "TESTMY00:2", 6, 1, "uetr:x", legs=2)]
    table = table_of(pays, [Covered("TESTMY00:2", "SGD", 0, 9, 2**62)])
    said = from_abroad(2**70, Segment(2**70, "v", 2**40))
    result = trace(table, ask(own=("MY",), injected=(said,)))
    assert (held(result), result.held[0].balance) == ({"TESTMY00:2": 6}, 6)
