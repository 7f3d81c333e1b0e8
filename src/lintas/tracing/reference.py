# SPDX-License-Identifier: Apache-2.0
"""A trace as the rules say it, event by event with Python's own integers: slow, and what the fast one must equal.

Source: docs/spec/tracing.md, rules T1 to T15.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final, NamedTuple

from lintas.model.money import NEVER, Covered, Leg, TraceQuery, TraceResult
from lintas.tracing.answering import Outcome, Standing, answer
from lintas.tracing.following import Came, Following
from lintas.tracing.injecting import clocked, injections
from lintas.tracing.joining import join
from lintas.tracing.seeding import BEFORE, Claim, Credit, Seeding, resolve
from lintas.tracing.settling import (
    Doubts,
    Move,
    Pot,
    in_time,
    is_foreign,
    settle,
    until_of,
    without_absurd,
)
from lintas.tracing.stretches import Booking, Stretch, is_usable, mirrored, stretches
from lintas.tracing.table import LedgerTable

SHORT: Final = "accounts spend more than their statement says they had; the shortfall counts as clean and oldest"


class Event(NamedTuple):
    """One leg of one payment; fields stand in the order of T2."""

    at: int
    order: int
    is_credit: bool
    name: str
    number: int
    move: Move

    @property
    def pot(self) -> Pot:
        """Where it happens."""
        pot = self.move.target if self.is_credit else self.move.source
        assert pot is not None
        return pot


def trace(table: LedgerTable, query: TraceQuery) -> TraceResult:
    """Follow money from the seeds.

    Args:
        table: Rows of the messages that the viewer may see.
        query: Seeds, method and limits.

    Shape: O(events x lots); for tests, and for a court that wants to see each step.
    """
    payments = clocked(join(table), query)
    doubts = Doubts(found={})
    settled = without_absurd(settle(payments, query, doubts), doubts)
    pots_of: dict[str, set[Pot]] = defaultdict(set)
    for pot in (pot for move in settled for pot in (move.source, move.target) if pot is not None):
        pots_of[pot[0]].add(pot)
    covered = covered_of(table, query)
    for pot in covered:
        pots_of[pot[0]].add(pot)
    moves = in_time(settled, query)
    by_number = {move.number: move for move in moves}
    references = payments.find(named(query))
    injected = injections(query, lambda reference: references.get(reference, []), by_number.get)
    events = ordered(moves)
    credited, bookings = _by_pot(events)

    def credited_by(reference: str) -> tuple[int, Pot, int] | None:
        for number in references.get(reference, []):
            move = by_number.get(number)
            if move is not None and move.target is not None and move.is_in_time:
                return number, move.target, move.credit
        return None

    seeding = resolve(query, pots_of, lambda pot: credited[pot], credited_by)
    until = last_moment(query, events[-1].at if events else BEFORE, seeding)
    channels = {number: table.words[payments.channel[number]] for number in by_number}
    legs = [(event.at, event.is_credit, event.move) for event in events]
    main = Following(query, seeding, injected.by_payment, channels)
    openings = _openings(bookings, seeding, covered, until, doubts)
    main.run(legs, openings, until)
    came = {pot: covered[pot] for pot in sorted(main.came) if pot in covered}
    known = _known(came, bookings, seeding, (until_of(query), until), doubts)
    sure = Following(query, seeding, {}, channels, sure=known)
    sure.run(legs if known else [], {}, until)
    outcome = _outcome(main, sure, by_number, covered, bookings)
    outcome = replace(
        outcome,
        accounts=len(pots_of),
        objections=(
            *payments.objections,
            *doubts.sentences(),
            *seeding.objections,
            *injected.objections,
            *unfilled(main.claims.values()),
        ),
        is_virtual=any(claim.virtual for claim in seeding.claims),
    )
    return answer(payments, by_number, query, outcome)


def _by_pot(events: Iterable[Event]) -> tuple[dict[Pot, list[Credit]], dict[Pot, list[Booking]]]:
    """Give the credits and all bookings of each pot, in order."""
    credited: dict[Pot, list[Credit]] = defaultdict(list)
    bookings: dict[Pot, list[Booking]] = defaultdict(list)
    for event in events:
        move, pot = event.move, event.pot
        if event.is_credit:
            credited[pot].append(Credit(event.at, move.credit, move.number))
        minor, leg = (move.credit, Leg.PAYEE) if event.is_credit else (-move.debit, Leg.PAYER)
        bookings[pot].append(Booking(event.at, minor, bool(move.legs & leg)))
    return credited, bookings


def _outcome(
    main: Following,
    sure: Following,
    moves: Mapping[int, Move],
    covered: Mapping[Pot, list[Covered]],
    bookings: Mapping[Pot, list[Booking]],
) -> Outcome:
    """Put both runs side by side."""
    held = {pot: _standing(main, pot, covered, bookings) for pot, state in main.pots.items() if state.tainted}
    return Outcome(
        spent=main.spent,
        left=main.left,
        held=held,
        legs=main.legs,
        sure_spent={number: spent.tainted for number, spent in sure.spent.items()},
        sure_left=sure.left,
        sure_held={pot: state.tainted for pot, state in sure.pots.items()},
        held_sums=_sums((pot[1], one.minor) for pot, one in held.items()),
        left_sums=_sums((moves[number].debit_currency, minor) for (number, _), minor in main.left.items()),
        flows_total=len(main.spent),
        held_total=len(held),
        left_total=len(main.left),
    )


def _sums(parts: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for currency, minor in parts:
        found[currency] += minor
    return found


def named(query: TraceQuery) -> set[str]:
    """Give the references that a query speaks of."""
    return {*(one.payment for one in query.seeds), *(one.payment for one in query.injected)}


def ordered(moves: Iterable[Move]) -> list[Event]:
    """Put all legs in the order of T2."""
    events = []
    for move in moves:
        if move.source is not None:
            events.append(Event(move.debit_at, move.order, False, move.name, move.number, move))
        if move.is_in_time and move.target is not None:
            events.append(Event(move.credit_at, move.order, True, move.name, move.number, move))
    return sorted(events, key=lambda event: event[:5])


def last_moment(query: TraceQuery, last: int, seeding: Seeding) -> int:
    """Give the moment of which the trace speaks: what is asked, else the last thing that happened."""
    if query.until != NEVER:
        return until_of(query)
    return max([last, *(claim.start for claim in seeding.claims)])


def covered_of(table: LedgerTable, query: TraceQuery) -> dict[Pot, list[Covered]]:
    """Give the statements of each pot, on the trace's own axis of time."""
    found: dict[Pot, list[Covered]] = defaultdict(list)
    for one in table.covered:
        if is_usable(one) and not is_foreign(one.account, query.own):
            found[one.account, one.currency].append(mirrored(one) if query.backward else one)
    return found


def _openings(
    bookings: Mapping[Pot, list[Booking]],
    seeding: Seeding,
    covered: Mapping[Pot, list[Covered]],
    until: int,
    doubts: Doubts,
) -> dict[Pot, int]:
    """T4: what stood in each pot before its first event."""
    claims = seeding.of_pot()
    found = {}
    for pot in sorted({*bookings, *covered}):
        rows = bookings.get(pot, [])
        # A virtual credit comes before all events of its moment: its key is smaller.
        changes = [(one.at, 1, place, one.minor) for place, one in enumerate(rows)]
        changes += [(one.start, 0, one.place, one.virtual) for one in claims.get(pot, ())]
        balance = lowest = 0
        for *_, minor in sorted(changes):
            balance += minor
            lowest = min(lowest, balance)
        told = known_opening(covered.get(pot, ()), rows[0].at if rows else until)
        if told is not None and told < -lowest:
            doubts.add(SHORT, f"{pot[0]} {pot[1]}")
        found[pot] = max(told or 0, -lowest)
    return found


def known_opening(covered: Iterable[Covered], first_at: int) -> int | None:
    """Give the opening of the last statement that starts at or before the first event."""
    told = [(one.start, one.end, one.opening) for one in covered if one.start <= first_at and one.opening >= 0]
    return max(told)[2] if told else None


def _known(
    covered: Mapping[Pot, list[Covered]],
    bookings: Mapping[Pot, list[Booking]],
    seeding: Seeding,
    ends: tuple[int, int],
    doubts: Doubts,
) -> dict[Pot, list[Stretch]]:
    """T15: the stretches of pots to which followed money came, in which it can be certain."""
    claims = seeding.of_pot()
    found = {}
    for pot, statements in covered.items():
        good, wrong = stretches(statements, bookings.get(pot, []), ends[0])
        for what in wrong:
            doubts.add(what, f"{pot[0]} {pot[1]}")
        if kept := undisturbed(good, claims.get(pot, ()), ends[1]):
            found[pot] = kept
    return found


def undisturbed(good: Iterable[Stretch], claims: Iterable[Claim], until: int) -> list[Stretch]:
    """Keep what a virtual credit cannot shift: all is known from before it to the end, or it comes afterwards.

    A row that is still missing could be what the seed speaks of; then the virtual credit would be smaller.
    """
    starts = [claim.start for claim in claims if claim.virtual]
    if not starts:
        return list(good)
    first = min(starts)
    kept = []
    for one in good:
        if one.start <= first and one.end > until:
            kept.append(one)
        elif one.start < first:
            kept.append(one._replace(end=min(one.end, first)))
    return kept


def unfilled(claims: Iterable[Iterable[Claim]]) -> list[str]:
    """Say which seeds found less clean money than they speak of."""
    found = []
    for claim in sorted((one for several in claims for one in several), key=lambda one: one.place):
        if claim.left:
            pot = f"{claim.pot[0]} {claim.pot[1]}"
            found.append(f"a seed at {pot} finds {claim.left} minor units less than it says: followed money came")
    return found


def _standing(
    main: Following, pot: Pot, covered: Mapping[Pot, list[Covered]], bookings: Mapping[Pot, list[Booking]]
) -> Standing:
    state = main.pots[pot]
    return Standing(
        minor=state.tainted,
        balance=state.balance,
        depth=state.depth,
        labels=state.labels() if main.query.labels else {},
        came=main.came.get(pot, Came(first_at=NEVER, last_at=NEVER)),
        told=last_told(covered.get(pot, ()), bookings.get(pot, ())),
    )


def last_told(covered: Iterable[Covered], bookings: Iterable[Booking]) -> int | None:
    """Give the last moment of which an account's own bank tells."""
    moments = [one.end - 1 for one in covered] + [one.at for one in bookings if one.is_own]
    return max(moments, default=None)
