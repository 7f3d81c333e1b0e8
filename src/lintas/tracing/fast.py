# SPDX-License-Identifier: Apache-2.0
"""A trace by compiled loops over an opened ledger: what `reference` says, for millions of payments.

Source: docs/spec/tracing.md; tests hold it equal to `reference.py`.
"""

from dataclasses import dataclass, field

from lintas.model.money import Method, TraceQuery, TraceResult
from lintas.tracing.book import Book, open_book
from lintas.tracing.gathering import trace_book
from lintas.tracing.injecting import clocked
from lintas.tracing.joining import Payments, join
from lintas.tracing.labelling import trace_labelled
from lintas.tracing.running import Asked
from lintas.tracing.table import LedgerTable


@dataclass(slots=True, kw_only=True, eq=False)
class Ledger:
    """A table opened for tracing. Directions and borders are opened when they are first asked for, and kept."""

    table: LedgerTable
    payments: Payments
    books: dict[tuple[bool, tuple[str, ...]], Book] = field(default_factory=dict)

    def book(self, query: TraceQuery) -> Book:
        """Give the book that a query reads.

        One whose clocks differ from a neighbour's is of that query alone: events stand in another order.
        """
        payments = clocked(self.payments, query)
        if payments is not self.payments:
            return open_book(payments, backward=query.backward, own=query.own)
        key = query.backward, query.own
        if key not in self.books:
            self.books[key] = open_book(self.payments, backward=query.backward, own=query.own)
        return self.books[key]

    def trace(self, query: TraceQuery) -> TraceResult:
        """Follow money from the seeds. Pro-rata and poison are labelled by the slow form, where followed money came."""
        if query.labels and query.method in {Method.PRORATA, Method.POISON}:
            return trace_labelled(self.book(query), query)
        return trace_book(Asked(self.book(query), query))


def open_ledger(table: LedgerTable) -> Ledger:
    """Join what is told more than once; what depends on a query is opened with the first one."""
    return Ledger(table=table, payments=join(table))


def trace(table: LedgerTable, query: TraceQuery) -> TraceResult:
    """Follow money from the seeds. Who asks more than once keeps what `open_ledger` gives."""
    return open_ledger(table).trace(query)
