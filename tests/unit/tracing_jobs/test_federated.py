# SPDX-License-Identifier: Apache-2.0
"""What nodes come to together is what one trace over all their rows comes to, for every method and every account."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.model.kept_trace import Handed, Stands, Status
from lintas.model.money import NEVER, Method, Seed, Segment, TraceQuery, TraceResult, country_of
from tests.unit.tracing.ledgers import Pay
from tests.unit.tracing_jobs.federation import OPEN, Federation, Member, slowly
from tests.unit.tracing_jobs.worlds import START, World, a_world, account, is_abroad, world_of

METHODS: Final = tuple(Method)
Held = dict[tuple[str, str], int]


def seeds_of(random: Random, *, country: str = "MY", accounts: int = 3) -> tuple[Seed, ...]:
    """One or two seeds in one country: all of an account, or so much of it from a moment on."""
    made = []
    for number in range(random.choice((1, 1, 2))):
        minor = random.choice((-1, 5, 60, 2000))
        made.append(
            Seed(
                label=str(number + 1),
                account=account(country, random.randrange(accounts)),
                start=random.choice((NEVER, START + 3)),
                minor=minor,
                currency="" if minor < 0 else random.choice(("AAA", "BBB")),
            )
        )
    return tuple(made)


def held(results: Sequence[TraceResult]) -> Held:
    """What is followed in each account."""
    found: Counter[tuple[str, str]] = Counter()
    for result in results:
        for one in result.held:
            found[one.account, one.currency] += one.minor
    return {key: minor for key, minor in found.items() if minor}


def held_labels(results: Sequence[TraceResult]) -> dict[tuple[str, str, str], int]:
    """The same by seed."""
    found: Counter[tuple[str, str, str]] = Counter()
    for result in results:
        for one in result.held:
            for label, minor in one.labels:
                found[one.account, one.currency, label] += minor
    return {key: minor for key, minor in found.items() if minor}


def left(world: World, results: Sequence[TraceResult]) -> dict[tuple[str, str], int]:
    """What left for good, by why and currency. What went over a border did not, and its fee is what came less there."""
    abroad = {one.reference for one in world.paid if is_abroad(one)}
    found: Counter[tuple[str, str]] = Counter()
    for result in results:
        for one in result.left:
            if one.why != "border" and not (one.why == "fee" and one.payment in abroad):
                found[one.why, one.currency] += one.minor
    return {key: minor for key, minor in found.items() if minor}


def arrived(results: Sequence[tuple[str, TraceResult]]) -> dict[str, int]:
    """What of each payment arrived that is followed, as the payee's node says it.

    Args:
        results: (country, its result); the pool is of no country, and speaks for all.
    """
    found = {
        one.payment: one.arrived
        for country, result in results
        for one in result.flows
        if one.payee and country in ("", country_of(one.payee))
    }
    return {payment: minor for payment, minor in found.items() if minor}


def pooled(world: World, seeds: Sequence[Seed], method: Method, *, depth: int = 0, labels: bool = False) -> TraceResult:
    """One trace over all rows."""
    return slowly(
        world.pooled, TraceQuery(seeds=tuple(seeds), method=method, depth=depth, labels=labels, lines_max=10_000)
    )


def federated(
    world: World, seeds: Sequence[Seed], method: Method, random: Random, *, depth: int = 0, labels: bool = False
) -> Federation:
    """The same by nodes."""
    federation = Federation.of(world.by_country, "MY", random)
    federation.open(seeds, method, depth=depth, labels=labels)
    federation.run()
    return federation


def results_of(federation: Federation) -> list[TraceResult]:
    return [one.result for one in federation.members.values() if one.result is not None]


def are_equal(world: World, seeds: Sequence[Seed], method: Method, random: Random, *, depth: int, labels: bool) -> None:
    whole = pooled(world, seeds, method, depth=depth, labels=labels)
    federation = federated(world, seeds, method, random, depth=depth, labels=labels)
    parts = results_of(federation)
    assert held(parts) == held([whole])
    assert left(world, parts) == left(world, [whole])
    assert arrived([(one.country, one.result) for one in federation.members.values() if one.result]) == arrived(
        [("", whole)]
    )
    if labels:
        assert held_labels(parts) == held_labels([whole])
    opener = federation.members[federation.opener]
    assert federation.trace_at(opener).stands is Stands.FINAL
    assert not any(federation.trace_at(one).outstanding for one in federation.members.values())


@pytest.mark.parametrize("method", METHODS)
@given(seed=st.integers(0, 2**32))
def test_federated_is_pooled(method: Method, seed: int) -> None:
    random = Random(seed)
    world = a_world(random, payments=random.choice((5, 15, 40)), moments=random.choice((2, 10, 40)))
    depth, labels = random.choice((0, 0, 1, 3)), random.random() < 0.5
    are_equal(world, seeds_of(random), method, random, depth=depth, labels=labels)


def told_where_followed(world: World, whole: TraceResult) -> World:
    """Let clocks differ in payments alone in which something is followed: nobody is told when others were debited."""
    followed = {one.payment for one in whole.flows}
    paid = [
        one if one.reference in followed else replace(one, credit_at=max(one.credit_at, one.debit_at))
        for one in world.paid
    ]
    return world_of(paid, sorted(world.by_country))


@pytest.mark.parametrize("method", METHODS)
@given(seed=st.integers(0, 2**32))
def test_federated_is_pooled_where_clocks_differ_over_a_border(method: Method, seed: int) -> None:
    random = Random(seed)
    world = a_world(random, payments=random.choice((5, 15, 40)), moments=random.choice((2, 10, 40)), skewed=True)
    depth, labels, seeds = random.choice((0, 0, 1, 3)), random.random() < 0.5, seeds_of(random)
    world = told_where_followed(world, pooled(world, seeds, method, depth=depth, labels=labels))
    are_equal(world, seeds, method, random, depth=depth, labels=labels)


@pytest.mark.parametrize("method", METHODS)
@given(seed=st.integers(0, 2**32))
def test_where_a_node_hands_nothing_on_the_pool_is_cut_there(method: Method, seed: int) -> None:
    random = Random(seed)
    world = a_world(random, payments=random.choice((15, 40)), distinct=True)
    refusing = random.sample(sorted(world.by_country), random.choice((1, 2)))
    cut = world_of([part for one in world.paid for part in cut_at(one, refusing)], sorted(world.by_country))
    seeds = seeds_of(random)
    federation = Federation.of(world.by_country, "MY", random)
    for member in federation.members.values():
        member.law = replace(OPEN, confirmed=member.country not in refusing)
    federation.open(seeds, method)
    federation.run()
    assert held(results_of(federation)) == held([pooled(cut, seeds, method)])
    for member in federation.members.values():
        if member.country in refusing:
            assert not any(json.loads(one)["said"]["what"] == "handed" for one in said_by(federation, member))


def cut_at(one: Pay, refusing: Sequence[str]) -> list[Pay]:
    """A payment from a node that hands nothing on, as the others see it: money that leaves, and money from outside."""
    if country_of(one.payer) not in refusing or not is_abroad(one):
        return [one]
    same = one.debit_currency
    there, currency = one.credit_minor, one.credit_currency
    gone = replace(one, payee="", reference=f"{one.reference}-out", credit_minor=one.debit_minor, credit_currency=same)
    come = replace(one, payer="", reference=f"{one.reference}-in", debit_minor=there, debit_currency=currency)
    return [replace(gone, credit_at=one.debit_at), replace(come, debit_at=one.credit_at)]


def said_by(federation: Federation, member: Member) -> list[bytes]:
    """What a node told others, as bytes."""
    return [raw for node, raw in federation.documents if node == member.id]


@given(seed=st.integers(0, 2**32))
def test_no_account_is_told_but_the_payee_whom_the_next_node_keeps(seed: int) -> None:
    random = Random(seed)
    world = a_world(random, payments=25)
    federation = federated(world, seeds_of(random), random.choice(METHODS), random, labels=random.random() < 0.5)
    everyone = {one for pay in world.paid for one in (pay.payer, pay.payee) if one}
    for _, raw in federation.documents:
        doc = json.loads(raw)
        told = {one for one in everyone if one.encode() in raw}
        if doc["said"]["what"] == "handed":
            there = federation.members[doc["said"]["to"]].country
            assert told == {doc["said"]["fields"]["payment"]["payee"]}
            assert {country_of(one) for one in told} == {there}
        else:
            assert not told


@given(seed=st.integers(0, 2**32))
def test_what_a_node_answers_is_no_more_than_what_came(seed: int) -> None:
    random = Random(seed)
    world = a_world(random, payments=30)
    federation = federated(world, seeds_of(random), random.choice((Method.FIFO, Method.LIFO, Method.PRORATA)), random)
    for member in federation.members.values():
        for one in federation.trace_at(member).outgoing:
            assert one.answer is not None and one.answer.final
            assert one.answer.status in (Status.FOUND, Status.CAPPED)
            for totals in one.answer.totals:
                assert totals.confirmed <= totals.still_here
                if len(one.answer.totals) == 1:
                    rest = totals.still_here + totals.cash + totals.crypto + totals.other
                    assert rest + sum(minor for _, minor in totals.gone_on) <= totals.came


def test_money_comes_back_over_the_border_and_is_revised() -> None:
    """Somewhere among these the same payment is handed on again, because what came back late was in it."""
    revisions, rounds = 0, 0
    for seed in range(12):
        random = Random(seed)
        world = a_world(random, payments=80, countries=("MY", "SG"), moments=80, accounts=2)
        federation = federated(world, seeds_of(random, accounts=2), Method.PRORATA, random)
        for member in federation.members.values():
            for one in federation.trace_at(member).outgoing:
                revisions = max(revisions, one.handed.revision)
                rounds = max(rounds, one.handed.rounds)
    assert revisions > 2
    assert rounds > 0


@given(seed=st.integers(0, 2**32))
def test_a_node_that_lies_gains_no_more_than_the_others_banks_booked(seed: int) -> None:
    random = Random(seed)
    world = a_world(random, payments=12)
    references = [one.reference for one in world.paid]
    method = random.choice(METHODS)

    def lies(handed: Handed) -> Handed:
        minor = handed.minor * random.choice((1, 10, 1000))
        parts = (Segment(minor, "*", random.randrange(3)),)
        reference = random.choice((handed.reference, "uetr:invented", random.choice(references)))
        return replace(handed, minor=minor, segments=parts, reference=reference)

    federation = Federation.of(world.by_country, "MY", random)
    liar = random.choice(list(federation.members.values()))
    liar.lies, liar.law = lies, replace(OPEN, revisions=3)
    for member in federation.members.values():
        member.law = replace(OPEN, revisions=3)
    federation.open(seeds_of(random), method)
    federation.run()
    booked = {one.reference: one for one in world.paid}
    for member in federation.members.values():
        if member is liar or member.result is None:
            continue
        for flow in member.result.flows:
            one = booked[flow.payment]
            if country_of(flow.payee) == member.country:
                assert flow.arrived <= max(one.credit_minor, 0)
        for line in member.result.held:
            assert line.confirmed <= line.minor
        used = [one for one in federation.trace_at(member).incoming if one.used is not None and one.node == liar.id]
        for told in used:
            row = booked.get(told.handed.reference)
            arrives_here = row is not None and country_of(row.payee) == member.country
            if arrives_here and row is not None:
                assert country_of(row.payer) in ("", liar.country, member.country), (
                    "nobody speaks for another's payment"
                )
