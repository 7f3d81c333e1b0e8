# SPDX-License-Identifier: Apache-2.0
"""Rows that call one payment by names of different kinds: a bank's own number, an end-to-end id, a UETR.

A transfer's column `of` is its other name. Two rows are joined by a name only where everything else agrees and nothing
speaks against it; what is alike without a common name is only said, and counts as inferred.
Source: docs/spec/tracing.md, rule T16.
"""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lintas.model.money import NEVER, UNKNOWN_MINOR, PaymentKind
from lintas.tracing.conflicts import part_conflicting
from lintas.tracing.table import Int64, LedgerTable

_DAYS_US: Final = 2 * 86_400 * 10**6
_OWN: Final = "id:"
_END_TO_END: Final = "e2e:"

Index = NDArray[np.intp]
Runs = list[Index]
"""Places among the rows that have payer, payee, currency and amount in common, in order of time; of two messages."""


def alike(table: LedgerTable, rows: Index) -> Runs:
    """Find rows that are alike but for their names; none where no transfer has a second name."""
    if len(table.messages) < 2 or not (table.of[rows] > 0).any():
        return []
    transfer = next((place for place, word in enumerate(table.words) if word == PaymentKind.TRANSFER.value), 0)
    named = (table.kind[rows] == transfer) & (table.payer[rows] > 0) & (table.payee[rows] > 0)
    named &= table.reference[rows] > 0
    if not transfer or not (named & (table.of[rows] > 0)).any():
        return []
    pool = np.flatnonzero(named)
    at = rows[pool]
    currency = np.where(table.credit_currency[at] == 0, table.debit_currency[at], table.credit_currency[at])
    minor = np.where(table.credit_minor[at] == UNKNOWN_MINOR, table.debit_minor[at], table.credit_minor[at])
    keys: tuple[NDArray[Any], ...] = (table.payer[at], table.payee[at], currency, minor)
    order = np.lexsort((_moments(table, at), *keys[::-1]))
    changes = np.zeros(max(len(order) - 1, 0), dtype=bool)
    for key in keys:
        changes |= key[order][1:] != key[order][:-1]
    starts = np.flatnonzero(np.r_[True, changes]) if len(order) else np.zeros(0, dtype=np.intp)
    ends = np.r_[starts[1:], len(order)]
    many = np.flatnonzero(ends - starts > 1).tolist()
    found = [order[starts[run] : ends[run]] for run in many]
    return [pool[run] for run in found if len(np.unique(table.message[at[run]])) > 1]


def by_other_name(table: LedgerTable, rows: Index, group: Int64, runs: Runs) -> Int64:
    """Join rows of different messages that have a name in common, and in which nothing else speaks against it."""
    leaders = np.arange(len(rows), dtype=np.int64)
    joined = False
    for run in runs:
        called: dict[str, list[int]] = {}
        for place in run.tolist():
            for name in _names(table, int(rows[place])):
                called.setdefault(name, []).append(place)
        for places in called.values():
            numbers = {_leader(leaders, int(group[place])) for place in places}
            if len(numbers) > 1 and _are_one(table, rows[places]):
                leaders[list(numbers)] = min(numbers)
                joined = True
    while joined and (leaders[leaders] != leaders).any():
        leaders = leaders[leaders]
    return leaders[group] if joined else group


def _leader(leaders: Int64, number: int) -> int:
    while leaders[number] != number:
        number = int(leaders[number])
    return number


def perhaps(table: LedgerTable, rows: Index, group: Int64, guessed: NDArray[np.bool_], runs: Runs) -> tuple[str, ...]:
    """Mark payments that are perhaps one, told by a bank's own number and by another name; returns what is said."""
    if not runs:
        return ()
    told: dict[int, set[int]] = {}
    for place in np.flatnonzero(np.isin(group, np.unique(np.concatenate([group[run] for run in runs])))).tolist():
        told.setdefault(int(group[place]), set()).add(int(table.message[rows[place]]))
    found: dict[int, tuple[int, int]] = {}
    for run in runs:
        for one, other in _pairs(table, rows, run):
            first, second = int(group[one]), int(group[other])
            if first != second and not told[first] & told[second]:
                guessed[[first, second]] = True
                found.setdefault(first, (one, other))
    if not found:
        return ()
    first_pair = found[min(found)]
    names = " and ".join(table.words[table.reference[rows[place]]] for place in first_pair)
    return (f"{len(found)} payments are perhaps told twice, under two names, and count as inferred; first: {names}",)


def _pairs(table: LedgerTable, rows: Index, run: Index) -> Iterator[tuple[int, int]]:
    """Each row with a bank's own number, and those near it in time that have a name of another kind."""
    times = _moments(table, rows[run])
    kinds = [_kind(table, int(rows[place])) for place in run.tolist()]
    for at, kind in enumerate(kinds):
        if kind.startswith(_OWN) and times[at] != NEVER:
            low, high = np.searchsorted(times, [times[at] - _DAYS_US, times[at] + _DAYS_US + 1]).tolist()
            for near in range(low, high):
                if kinds[near] != kind:
                    yield int(run[at]), int(run[near])


def _names(table: LedgerTable, row: int) -> set[str]:
    """What a row calls its payment, without who calls it so; a UETR is no such name: rule 1 joins by it."""
    names = set()
    for word in (table.words[table.reference[row]], table.words[table.of[row]]):
        if word.startswith(_END_TO_END):
            names.add(word.removeprefix(_END_TO_END))
        elif word.startswith(_OWN):
            names.add(word.removeprefix(_OWN).partition(":")[2])
    return names - {""}


def _kind(table: LedgerTable, row: int) -> str:
    """Who gave a row's reference: of two different ones of one kind everybody knows that they are two payments."""
    scheme, _, rest = table.words[table.reference[row]].partition(":")
    return f"{_OWN}{rest.partition(':')[0]}" if f"{scheme}:" == _OWN else scheme


def _are_one(table: LedgerTable, rows: Index) -> bool:
    """Whether nothing speaks against rows being one payment: message, reference, time, amounts of one leg."""
    messages = table.message[rows]
    if len(np.unique(messages)) < len(rows):
        return False  # one message tells of it twice: so it is two payments, and nobody knows which is which
    given: dict[str, int] = {}
    for row in rows.tolist():
        reference = int(table.reference[row])
        if given.setdefault(_kind(table, row), reference) != reference:
            return False
    return len(set(part_conflicting(table, rows))) == 1


def _moments(table: LedgerTable, rows: Index) -> Int64:
    found: Int64 = np.where(table.debit_at[rows] == NEVER, table.credit_at[rows], table.debit_at[rows])
    return found
