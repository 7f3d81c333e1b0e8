# SPDX-License-Identifier: Apache-2.0
"""Put what a run found into a trace's answer: lines, sums, and in words what it cannot say.

Source: docs/spec/tracing.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lintas.limits import TRACE_LINES_MAX
from lintas.model.money import (
    NEVER,
    CurrencyLeg,
    FlowLine,
    HeldLine,
    Knowledge,
    LeftLine,
    Method,
    TraceQuery,
    TraceResult,
)
from lintas.tracing.following import Came, Spent, Sums, is_conserving
from lintas.tracing.joining import Payments
from lintas.tracing.seeding import BEFORE
from lintas.tracing.settling import Move, Pot

_LIMITS: Final = {
    Method.FIFO: "FIFO: what came first leaves first; where money is mixed that is a rule, not an observation.",
    Method.LIFO: "LIFO: what came last leaves first; where money is mixed that is a rule, not an observation.",
    Method.PRORATA: "Pro-rata: each payment carries its share of what is followed; no single coin is told apart.",
    Method.POISON: "Poison: all that leaves after followed money came is followed; amounts grow and are no claim.",
}
_OPENINGS: Final = "An opening balance that no statement gives is supposed: the least that the payments allow, clean."


@dataclass(slots=True, kw_only=True)
class Standing:
    """What is followed and stands in a pot at the end."""

    minor: int
    balance: int
    depth: int
    labels: dict[str, int]
    came: Came
    told: int | None  # the last moment of which the account's own bank tells; None: none


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What two runs found: all that the rows say, and of it what is certain."""

    spent: Mapping[int, Spent]  # by payment
    left: Mapping[tuple[int, str], int]  # by payment and why
    held: Mapping[Pot, Standing]
    legs: Mapping[str, Sums]
    sure_spent: Mapping[int, int]
    sure_left: Mapping[tuple[int, str], int]
    sure_held: Mapping[Pot, int]
    held_sums: Mapping[str, int]  # by currency, of all pots
    left_sums: Mapping[str, int]
    flows_total: int
    held_total: int
    left_total: int
    accounts: int = 0
    objections: tuple[str, ...] = ()
    is_virtual: bool = False  # some of what seeds say no row shows


def answer(payments: Payments, moves: Mapping[int, Move], query: TraceQuery, outcome: Outcome) -> TraceResult:
    """Write the answer; `moves` holds each payment that a line speaks of."""
    most = min(query.lines_max, TRACE_LINES_MAX)
    legs = _legs(outcome)
    flows = sorted(outcome.spent.items(), key=lambda one: (-_size(one[1]), one[0]))[:most]
    lines = [_flow(payments, moves[number], query, spent, outcome) for number, spent in flows]
    left = sorted(outcome.left.items(), key=lambda one: (-one[1], one[0]))[:most]
    return TraceResult(
        method=query.method,
        backward=query.backward,
        flows=tuple(sorted(lines, key=lambda line: (line.at, line.credit_at, line.payment))),
        flows_total=outcome.flows_total,
        held=tuple(_held(outcome, pot, query) for pot in _largest(outcome.held)[:most]),
        left=tuple(
            sorted(
                (_left(moves[number], why, minor, query, outcome) for (number, why), minor in left),
                key=lambda line: (line.at, line.payment, line.why),
            )
        ),
        legs=legs,
        conserved=all(leg.is_conserved for leg in legs) if is_conserving(query.method) else None,
        payments=payments.count,
        rows=payments.rows,
        accounts=outcome.accounts,
        limits=_limits(query, outcome, most),
        objections=outcome.objections,
    )


def _size(spent: Spent) -> int:
    return max(spent.tainted, spent.arrived)


def _largest(held: Mapping[Pot, Standing]) -> list[Pot]:
    return sorted(held, key=lambda pot: (-held[pot].minor, pot))


def _legs(outcome: Outcome) -> tuple[CurrencyLeg, ...]:
    currencies = sorted({*outcome.legs, *outcome.held_sums, *outcome.left_sums})
    found = []
    for currency in currencies:
        sums = outcome.legs.get(currency, Sums())
        found.append(
            CurrencyLeg(
                currency=currency,
                seeded=sums.seeded,
                injected=sums.injected,
                converted_in=sums.converted_in,
                held=outcome.held_sums.get(currency, 0),
                left=outcome.left_sums.get(currency, 0),
                converted_out=sums.converted_out,
                residue=sums.residue,
            )
        )
    return tuple(one for one in found if any((one.seeded, one.injected, one.converted_in, one.held, one.left)))


def _flow(payments: Payments, move: Move, query: TraceQuery, spent: Spent, outcome: Outcome) -> FlowLine:
    table, number = payments.table, move.number
    first = payments.first[number]
    # What another node says of a payment may be more than our row says left: a line says no more than its payment.
    tainted = min(spent.tainted, move.debit)
    labels = _within(spent.labels, tainted) if query.labels else ()
    back = query.backward
    sure = min(outcome.sure_spent.get(number, 0), tainted)
    return FlowLine(
        payment=move.name,
        message=table.messages[table.message[first]],
        row=int(table.row[first]),
        payer=move.payee if back else move.payer,
        payee=move.payer if back else move.payee,
        at=-move.credit_at if back else move.debit_at,
        credit_at=-move.debit_at if back else move.credit_at,
        currency=move.credit_currency if back else move.debit_currency,
        minor=move.credit if back else move.debit,
        credit_currency=move.debit_currency if back else move.credit_currency,
        credit_minor=move.debit if back else move.credit,
        tainted=spent.arrived if back else tainted,
        confirmed=min(sure, spent.arrived) if back else sure,
        arrived=tainted if back else spent.arrived,
        depth=spent.depth,
        kind=move.kind,
        channel=table.words[payments.channel[number]],
        labels=labels,
        segments=spent.segments,
        sources=int(payments.sources[number]),
    )


def _within(labels: Mapping[str, int], most: int) -> tuple[tuple[str, int], ...]:
    """Labels in order, as far as an amount reaches."""
    found = []
    for label, minor in sorted(labels.items()):
        part = min(minor, most)
        most -= part
        if part:
            found.append((label, part))
    return tuple(found)


def _held(outcome: Outcome, pot: Pot, query: TraceQuery) -> HeldLine:
    one = outcome.held[pot]
    first, last = _known(one.came.first_at, query), _known(one.came.last_at, query)
    if query.backward:  # its time ran backward
        first, last = last, first
    sure = min(outcome.sure_held.get(pot, 0), one.minor)
    knowledge = Knowledge.INFERRED
    if sure == one.minor:
        knowledge = Knowledge.CONFIRMED
    elif one.told is None or one.told <= one.came.last_at:
        knowledge = Knowledge.UNKNOWN
    channels = one.came.channels
    return HeldLine(
        account=pot[0],
        currency=pot[1],
        minor=one.minor,
        confirmed=sure,
        knowledge=knowledge,
        balance=one.balance,
        first_at=first,
        last_at=last,
        depth=one.depth,
        channel=min(channels, key=lambda name: (-channels[name], name), default=""),
        labels=tuple(sorted(one.labels.items())),
    )


def _known(at: int, query: TraceQuery) -> int:
    """When it was; of what a seed without a moment says beyond all rows nobody knows it."""
    if at in {NEVER, BEFORE}:
        return NEVER
    return -at if query.backward else at


def _left(move: Move, why: str, minor: int, query: TraceQuery, outcome: Outcome) -> LeftLine:
    at = move.credit_at if why == "fee" and not move.sink else move.debit_at
    return LeftLine(
        why=why,
        account=move.payer,
        to=move.payee if why == "border" else "",
        currency=move.debit_currency,
        minor=minor,
        confirmed=min(outcome.sure_left.get((move.number, why), 0), minor),
        payment=move.name,
        at=-at if query.backward else at,
    )


def _limits(query: TraceQuery, outcome: Outcome, most: int) -> tuple[str, ...]:
    found = [_LIMITS[query.method], _OPENINGS]
    if query.backward:
        found.append("Backward: where the money may have come from; the same rules, with time reversed.")
    if outcome.is_virtual:
        found.append("Some of what was reported is in no row; it is followed from the reported moment on.")
    if query.depth:
        found.append(f"Followed over at most {query.depth} payments from a seed.")
    if max(outcome.flows_total, outcome.held_total, outcome.left_total) > most:
        found.append(f"Only the {most} largest lines of each kind are listed; the sums count all.")
    return tuple(found)
