# SPDX-License-Identifier: Apache-2.0
"""Rows that speak of one payment become one payment with its sources.

Four rules, in this order; the first that speaks decides:

1. `uetr:` and `tx:` references: equal means one payment, if its parties do not contradict each other.
2. Any other reference: equal, with equal payer and payee. Then a name in common, see `other_names`.
3. No reference, the same leg: two banks' files, or two files of one bank, repeat a booking to the microsecond; the
   k-th in one message is the k-th in the other.
4. Booked by both banks: the k-th row with the payer's leg alone and the k-th with the payee's leg alone of equal payer,
   payee, amount and currency within two days. That is a guess, and nothing is confirmed by it.

What is alike, but has a bank's own number beside another name, is said and counts as inferred.

Source: docs/spec/tracing.md, rule T16.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lintas.model.money import NEVER, UNKNOWN_MINOR, Leg, PaymentKind
from lintas.tracing.conflicts import part_conflicting
from lintas.tracing.other_names import alike, by_other_name, perhaps
from lintas.tracing.table import Int32, Int64, LedgerTable, UInt8, row_reference

TWO_DAYS_US: Final = 2 * 86_400 * 10**6
_STRONG: Final = ("uetr:", "tx:")

Index = NDArray[np.intp]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Payments:
    """Payments as columns, one item each; times and amounts as told, so they may be unknown."""

    table: LedgerTable
    first: Index  # row that names it
    payer: Int32
    payee: Int32
    reference: Int32
    debit_currency: Int32
    credit_currency: Int32
    kind: Int32
    channel: Int32
    debit_at: Int64
    credit_at: Int64
    debit_minor: Int64
    credit_minor: Int64
    legs: UInt8
    sources: Int32  # messages that told of it
    guessed: Bools  # joined by rule 4
    members: Index  # rows in the order of their payments
    starts: Index  # of each payment in `members`
    objections: tuple[str, ...]

    @property
    def count(self) -> int:
        """Payments in all."""
        return len(self.first)

    def name(self, payment: int) -> str:
        """Give a payment's reference, or where it stands."""
        table = self.table
        if self.reference[payment]:
            return str(table.words[self.reference[payment]])
        first = self.first[payment]
        return row_reference(table.messages[table.message[first]], int(table.row[first]))

    @property
    def rows(self) -> int:
        """Rows that tell of payments."""
        return len(self.members)

    def find(self, references: Collection[str]) -> dict[str, list[int]]:
        """Give for each reference the payments that any row calls so, or whose row is named so."""
        table, found = self.table, dict[str, list[int]]()
        wanted = set(references) - {""}
        places = {word: place for place, word in enumerate(table.words) if word in wanted} if wanted else {}
        called = table.reference[self.members]
        for reference in sorted(wanted):
            is_it = called == places[reference] if reference in places else np.zeros(len(called), dtype=bool)
            message, _, row = reference.removeprefix("row:").rpartition(":")
            if reference.startswith("row:") and message in table.messages and row.isdecimal():
                at = table.messages.index(message)
                is_it |= (table.message[self.members] == at) & (table.row[self.members] == int(row[:10]))
            payments = np.searchsorted(self.starts, np.flatnonzero(is_it), side="right") - 1
            found[reference] = [int(number) for number in np.unique(payments)]
        return found


def join(table: LedgerTable) -> Payments:
    """Join what is told more than once; recalls move nothing and fall out.

    Shape: O(rows log rows) in numpy; only rows that contradict each other are looked at one by one.
    """
    moves = np.ones(table.count, dtype=bool)
    for place, word in enumerate(table.words):
        if word == PaymentKind.RECALL.value:
            moves = table.kind != place
    rows = np.flatnonzero(moves)
    group, objections = _by_reference(table, rows)
    runs = alike(table, rows)
    group = by_other_name(table, rows, group, runs)
    group = _by_repetition(table, rows, group)
    group, guessed = _by_both_banks(table, rows, group)
    objections += perhaps(table, rows, group, guessed, runs)
    return _merge(table, rows, group, guessed, tuple(objections))


def _ranks(*columns: NDArray[Any]) -> tuple[Index, Int64]:
    """Sort by columns, the first counts most: (order, number of the run of equals that each place in it belongs to)."""
    order = np.lexsort(columns[::-1])
    starts = np.zeros(len(order), dtype=np.int64)
    if len(order):
        changes = np.zeros(len(order) - 1, dtype=bool)
        for column in columns:
            ordered = column[order]
            changes |= ordered[1:] != ordered[:-1]
        starts[1:] = np.cumsum(changes)
    return order, starts


def _by_reference(table: LedgerTable, rows: Index) -> tuple[Int64, list[str]]:
    """Rules 1 and 2: a number for each row, equal where the payment is one."""
    group = np.arange(len(rows), dtype=np.int64)
    reference = table.reference[rows]
    many = np.flatnonzero((np.bincount(reference, minlength=1) > 1)[reference] & (reference > 0))
    if not len(many):
        return group, []
    named = {int(place) for place in np.unique(reference[many])}
    strong_places = np.array([p for p in named if table.words[p].startswith(_STRONG)], dtype=np.int64)
    strong = np.isin(reference[many], strong_places)
    payer = np.where(strong, 0, table.payer[rows[many]])
    payee = np.where(strong, 0, table.payee[rows[many]])
    order, runs = _ranks(reference[many], payer, payee)
    places = many[order]  # ascending within a run, since the sort is stable
    starts = np.flatnonzero(np.r_[True, runs[1:] != runs[:-1]])
    group[places] = places[starts][runs]
    several = np.bincount(reference[places[starts]])
    apart = int(np.count_nonzero(several > 1))
    objections = []
    if apart:
        example = table.words[int(np.argmax(several > 1))]
        objections.append(f"{apart} references stand for payments of different parties, kept apart; first: {example}")
    bad = _conflicts(table, rows[places], starts, strong[order])
    for run in np.flatnonzero(bad):
        end = starts[run + 1] if run + 1 < len(starts) else len(places)
        members = places[starts[run] : end]
        for member, leader in zip(members, part_conflicting(table, rows[members]), strict=True):
            group[member] = members[leader]
    if bad.any():
        example = table.words[int(reference[places[starts[int(np.argmax(bad))]]])]
        objections.append(
            f"{int(bad.sum())} references are used for rows that contradict each other, kept apart; first: {example}"
        )
    return group, objections


def _conflicts(table: LedgerTable, rows: Index, starts: Index, strong: Bools) -> Bools:
    """Say of each run of rows whether they cannot all be one payment."""
    sizes = np.diff(np.r_[starts, len(rows)])
    bad = np.zeros(len(starts), dtype=bool)
    for side, leg in (("payer", Leg.PAYER), ("payee", Leg.PAYEE)):
        account = getattr(table, side)[rows]
        bad |= _differ(account, account > 0, starts)
        own = (table.legs[rows] & leg) > 0
        what = "debit" if leg is Leg.PAYER else "credit"
        currency = getattr(table, f"{what}_currency")[rows]
        bad |= _differ(currency, own & (currency > 0), starts)
        minor = getattr(table, f"{what}_minor")[rows]
        bad |= _differ(minor, own & (minor != UNKNOWN_MINOR), starts)
        # One message does not tell of one booking twice.
        order, runs = _ranks(np.repeat(np.arange(len(starts)), sizes)[own], table.message[rows][own])
        twice = np.bincount(runs, minlength=1)[runs] > 1 if len(runs) else np.zeros(0, dtype=bool)
        bad[np.repeat(np.arange(len(starts)), sizes)[own][order][twice]] = True
    debit_at, credit_at = table.debit_at[rows], table.credit_at[rows]
    at = np.where(debit_at == NEVER, credit_at, debit_at)
    known = at != NEVER
    low = np.minimum.reduceat(np.where(known, at, 2**62), starts)
    high = np.maximum.reduceat(np.where(known, at, -(2**62)), starts)
    bad |= (high > low) & (high.astype(float) - low.astype(float) > TWO_DAYS_US)
    weak = ~strong
    amount = _amount(table, rows)
    alone = (table.legs[rows] & 3 == 3) | (table.legs[rows] & 3 == 0)
    return bad | _differ(amount, weak & alone & (amount != UNKNOWN_MINOR), starts)


def _differ(values: NDArray[Any], counts: Bools, starts: Index) -> Bools:
    wide = values.astype(np.int64)
    low = np.minimum.reduceat(np.where(counts, wide, 2**62), starts)
    high = np.maximum.reduceat(np.where(counts, wide, -(2**62)), starts)
    differ: Bools = (high > low) & (low != 2**62)
    return differ


def _amount(table: LedgerTable, rows: Index) -> Int64:
    credit = table.credit_minor[rows]
    return np.where(credit == UNKNOWN_MINOR, table.debit_minor[rows], credit)


def _currency(table: LedgerTable, rows: Index) -> Int32:
    credit = table.credit_currency[rows]
    return np.where(credit == 0, table.debit_currency[rows], credit)


def _kth(runs: Int64) -> Int64:
    """Count each place within its run, from 0."""
    if not len(runs):
        return runs
    starts = np.flatnonzero(np.r_[True, runs[1:] != runs[:-1]])
    counted: Int64 = np.arange(len(runs), dtype=np.int64) - starts[runs - runs[0]]
    return counted


def _by_repetition(table: LedgerTable, rows: Index, group: Int64) -> Int64:
    """Rule 3: bookings without a reference that two messages tell alike."""
    if len(table.messages) < 2:
        return group
    bare = np.flatnonzero((table.reference[rows] == 0) & ((table.legs[rows] & 3) > 0))
    if not len(bare):
        return group
    at = rows[bare]
    same = (
        *(getattr(table, name)[at] for name in ("payer", "payee", "debit_currency", "credit_currency", "legs")),
        *(getattr(table, name)[at] for name in ("debit_minor", "credit_minor", "debit_at", "credit_at")),
    )
    order, runs = _ranks(*same, table.message[at])
    kth = np.zeros(len(at), dtype=np.int64)
    kth[order] = _kth(runs)
    order, runs = _ranks(*same, kth)
    places = bare[order]
    starts = np.flatnonzero(np.r_[True, runs[1:] != runs[:-1]])
    joined = group.copy()
    joined[places] = group[places[starts][runs]]
    return joined


def _by_both_banks(table: LedgerTable, rows: Index, group: Int64) -> tuple[Int64, Bools]:
    """Rule 4: the payer's bank told of it, and the payee's, and no reference joins them."""
    guessed = np.zeros(len(rows), dtype=bool)
    legs = np.zeros(len(rows), dtype=np.uint8)
    np.bitwise_or.at(legs, group, table.legs[rows] & 3)
    leads = group == np.arange(len(rows))
    side = legs[np.arange(len(rows))]
    payer, payee = table.payer[rows], table.payee[rows]
    timed = (table.debit_at[rows] != NEVER) | (table.credit_at[rows] != NEVER)
    pool = np.flatnonzero(leads & timed & ((side == Leg.PAYER) | (side == Leg.PAYEE)) & (payer > 0) & (payee > 0))
    if not len(pool) or len(np.unique(side[pool])) < 2:
        return group, guessed
    at = rows[pool]
    moment = np.where(side[pool] == Leg.PAYER, table.debit_at[at], table.credit_at[at])
    moment = np.where(moment == NEVER, np.maximum(table.debit_at[at], table.credit_at[at]), moment)
    same = (payer[pool], payee[pool], _amount(table, at), _currency(table, at))
    order, runs = _ranks(*same)
    order = order[np.lexsort((pool[order], moment[order], runs))]
    when = moment[order]
    gap = np.r_[False, when[1:].astype(float) - when[:-1].astype(float) > TWO_DAYS_US]
    bursts = np.cumsum(gap | np.r_[False, runs[1:] != runs[:-1]])
    sides = side[pool][order]
    by_side, side_runs = _ranks(bursts, sides)
    kth = np.zeros(len(order), dtype=np.int64)
    kth[by_side] = _kth(side_runs)
    paired, pair_runs = _ranks(bursts, kth, sides * 0)
    twos = np.flatnonzero(pair_runs[1:] == pair_runs[:-1]) if len(pair_runs) > 1 else np.zeros(0, dtype=np.intp)
    one, other = order[paired[twos]], order[paired[twos + 1]]
    good = (np.abs(moment[one] - moment[other]) <= TWO_DAYS_US) & (side[pool[one]] != side[pool[other]])
    good &= ~_named_apart(table, at[one], at[other])
    low, high = np.minimum(pool[one], pool[other])[good], np.maximum(pool[one], pool[other])[good]
    leaders = np.arange(len(rows), dtype=np.int64)
    leaders[high] = low
    guessed[low] = True
    return leaders[group], guessed


def _named_apart(table: LedgerTable, one: Index, other: Index) -> Bools:
    """Whether both rows have a reference of the same kind: then they are known to be different payments."""
    left, right = table.reference[one], table.reference[other]
    apart = (left > 0) & (right > 0)
    for place in np.flatnonzero(apart):
        kinds = [table.words[word].partition(":")[0] for word in (left[place], right[place])]
        apart[place] = kinds[0] == kinds[1]
    return apart


def _merge(table: LedgerTable, rows: Index, group: Int64, guessed: Bools, objections: tuple[str, ...]) -> Payments:
    """Take each field from the row that knows it best: the bank whose booking it is, else whoever says it."""
    if bool((group == np.arange(len(group))).all()):
        return _apart(table, rows, guessed, objections)
    order = np.argsort(group, kind="stable")
    members, runs = rows[order], group[order]
    starts = np.flatnonzero(np.r_[True, runs[1:] != runs[:-1]]) if len(runs) else np.zeros(0, dtype=np.intp)
    legs = table.legs[members]

    def best(known: Bools, own: Bools | None = None) -> Index:
        """Row of each payment that knows: its own bank's first, then by order."""
        prefer = np.where(known, 1, 2) if own is None else np.where(known & own, 0, np.where(known, 1, 2))
        if not len(members):
            return members
        keyed = np.minimum.reduceat(prefer.astype(np.int64) * len(members) + np.arange(len(members)), starts)
        found: Index = members[keyed % len(members)]
        return found

    payers, payees = (legs & Leg.PAYER) > 0, (legs & Leg.PAYEE) > 0

    def words(name: str, own: Bools | None = None) -> Int32:
        column: Int32 = getattr(table, name)
        found: Int32 = column[best(column[members] > 0, own)]
        return found

    def wide(name: str, unknown: int, own: Bools) -> Int64:
        column: Int64 = getattr(table, name)
        found: Int64 = column[best(column[members] != unknown, own)]
        return found

    transfer = next((p for p, word in enumerate(table.words) if word == PaymentKind.TRANSFER.value), 0)
    special = (table.kind[members] != transfer) & (table.kind[members] > 0)
    return Payments(
        table=table,
        first=members[starts],
        payer=words("payer"),
        payee=words("payee"),
        reference=_references(table, members, starts),
        debit_currency=words("debit_currency", payers),
        credit_currency=words("credit_currency", payees),
        kind=table.kind[best(special)],
        channel=words("channel"),
        debit_at=wide("debit_at", NEVER, payers),
        credit_at=wide("credit_at", NEVER, payees),
        debit_minor=wide("debit_minor", UNKNOWN_MINOR, payers),
        credit_minor=wide("credit_minor", UNKNOWN_MINOR, payees),
        legs=np.bitwise_or.reduceat(legs, starts) if len(members) else legs,
        sources=_sources(table, members, group[order], starts),
        guessed=guessed[group[order][starts]] if len(members) else np.zeros(0, dtype=bool),
        members=members,
        starts=starts,
        objections=objections,
    )


def _apart(table: LedgerTable, rows: Index, guessed: Bools, objections: tuple[str, ...]) -> Payments:
    """Every row is a payment of its own: columns are the table's, without a copy where no row falls out."""
    is_whole = len(rows) == table.count

    def of(column: NDArray[Any]) -> NDArray[Any]:
        return column if is_whole else column[rows]

    place = np.arange(len(rows), dtype=np.intp) if not is_whole else rows
    return Payments(
        table=table,
        first=rows,
        payer=of(table.payer),
        payee=of(table.payee),
        reference=of(table.reference),
        debit_currency=of(table.debit_currency),
        credit_currency=of(table.credit_currency),
        kind=of(table.kind),
        channel=of(table.channel),
        debit_at=of(table.debit_at),
        credit_at=of(table.credit_at),
        debit_minor=of(table.debit_minor),
        credit_minor=of(table.credit_minor),
        legs=of(table.legs),
        sources=np.broadcast_to(np.int32(1), len(rows)),
        guessed=guessed,
        members=rows,
        starts=place,
        objections=objections,
    )


def _references(table: LedgerTable, members: Index, starts: Index) -> Int32:
    """The strongest reference of each payment's rows: a UETR before an end-to-end id."""
    reference = table.reference[members]
    if not len(members):
        return reference
    strong = np.zeros(len(table.words), dtype=np.int64)
    if len(starts) < len(members):  # nothing was joined: nothing to choose
        for place in np.unique(reference).tolist():
            strong[place] = 0 if table.words[place].startswith(_STRONG) else 1
    keyed = np.where(reference > 0, strong[reference], 2) * len(members) + np.arange(len(members))
    chosen: Int32 = reference[np.minimum.reduceat(keyed, starts) % len(members)]
    return chosen


def _sources(table: LedgerTable, members: Index, group: Int64, starts: Index) -> Int32:
    """Count the messages that tell of each payment."""
    if len(starts) == len(members):
        return np.ones(len(starts), dtype=np.int32)
    order, _ = _ranks(group, table.message[members])
    message, runs = table.message[members][order], group[order]
    new = np.r_[True, (message[1:] != message[:-1]) | (runs[1:] != runs[:-1])]
    return np.add.reduceat(new, starts).astype(np.int32)
