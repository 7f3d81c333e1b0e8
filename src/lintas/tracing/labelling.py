# SPDX-License-Identifier: Apache-2.0
"""Labels for pro-rata and poison: the compiled loops find which pots matter, the slow form labels what touches them.

With labels the totals are the same (rule T6), so all but the labels comes from the compiled run.

Source: docs/spec/tracing.md.
"""

from dataclasses import fields, replace

import numpy as np
from msgspec.structs import replace as changed
from numpy.typing import NDArray

from lintas.limits import TRACE_LINES_MAX
from lintas.model.money import FlowLine, Segment, TraceQuery, TraceResult
from lintas.tracing.book import Book
from lintas.tracing.gathering import trace_book
from lintas.tracing.reference import named
from lintas.tracing.reference import trace as slow_trace
from lintas.tracing.running import Asked
from lintas.tracing.table import LedgerTable

_COLUMNS = {one.name for one in fields(LedgerTable)} - {"words", "messages", "covered", "hash_of"}


def trace_labelled(book: Book, query: TraceQuery) -> TraceResult:
    """Follow money, and say of each line whose it is."""
    asked = Asked(book, changed(query, labels=False))
    found = trace_book(asked)
    if not found.flows_total and not found.held:
        return found
    until = -asked.until if query.backward else asked.until
    narrow = changed(query, until=until, lines_max=TRACE_LINES_MAX)
    touched = asked.touched[: len(book.pots)].copy()
    for pot in (pot for seed in query.seeds for pot in book.of_account.get(seed.account, ())):
        touched[book.place_of[pot]] = True  # so that seeds find the same pots
    called = [number for numbers in book.payments.find(named(query)).values() for number in numbers]
    slow = slow_trace(_touching(book, touched, called), narrow)
    flows = {_key(line): line for line in slow.flows}
    held = {(line.account, line.currency): line.labels for line in slow.held}
    return changed(
        found,
        flows=tuple(_labelled(line, flows.get(_key(line))) for line in found.flows),
        held=tuple(changed(line, labels=held.get((line.account, line.currency), ())) for line in found.held),
    )


def _key(line: FlowLine) -> tuple[str, int]:
    return line.message, line.row


def _labelled(line: FlowLine, same: FlowLine | None) -> FlowLine:
    if same is None:
        return line
    segments: tuple[Segment, ...] = same.segments
    return changed(line, labels=same.labels, segments=segments)


def _touching(book: Book, touched: NDArray[np.bool_], called: list[int]) -> LedgerTable:
    """Give the rows of all payments from and to some pots: their balances come out as they do in the whole."""
    payments, inside = book.payments, np.r_[touched, False]  # False: at -1
    chosen = inside[book.source] | inside[book.target]
    chosen[called] = True
    sizes = np.diff(np.r_[payments.starts, len(payments.members)])
    rows = np.sort(payments.members[np.repeat(chosen, sizes)])
    table = payments.table
    accounts = {book.pots[place] for place in np.flatnonzero(inside[:-1])}
    return replace(
        table,
        covered=tuple(one for one in table.covered if (one.account, one.currency) in accounts),
        **{name: getattr(table, name)[rows] for name in _COLUMNS},
    )
