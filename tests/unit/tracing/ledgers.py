# SPDX-License-Identifier: Apache-2.0
"""Write small ledgers as a person would, and turn them into rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from lintas.model.money import NEVER, UNKNOWN_MINOR, Covered, LedgerRows, Method, Seed, TraceQuery
from lintas.tracing.table import LedgerTable, from_rows

HALF_HOUR = 1_800 * 10**6
WORDS = ("payer", "payee", "reference", "of", "debit_currency", "credit_currency", "kind", "channel")
WIDE = ("debit_at", "credit_at", "debit_minor", "credit_minor")


@dataclass(frozen=True, kw_only=True)
class Pay:
    """One row. What is left out follows from the rest."""

    payer: str
    payee: str
    debit_minor: int
    debit_at: int = NEVER
    credit_at: int = NEVER
    credit_minor: int = UNKNOWN_MINOR
    reference: str = ""
    of: str = ""
    debit_currency: str = "SGD"
    credit_currency: str = "SGD"
    kind: str = "transfer"
    channel: str = ""
    legs: int = 3


def pay(payer: str, payee: str, minor: int, at: int = NEVER, reference: str = "", **more: object) -> Pay:
    """One row whose reference is its own, unless another is given."""
    return Pay(payer=payer, payee=payee, debit_minor=minor, debit_at=at, reference=reference, **more)  # type: ignore[arg-type]  # a test's own fields


def rows_of(pays: Sequence[Pay], covered: Iterable[Covered] = ()) -> LedgerRows:
    """Rows of one message."""
    words: dict[str, int] = {"": 0}
    columns = {
        name: np.array([words.setdefault(getattr(one, name), len(words)) for one in pays], dtype="<i4").tobytes()
        for name in WORDS
    }
    columns |= {name: np.array([getattr(one, name) for one in pays], dtype="<i8").tobytes() for name in WIDE}
    return LedgerRows(
        count=len(pays),
        words=tuple(words),
        row=np.arange(1, len(pays) + 1, dtype="<i4").tobytes(),
        legs=np.array([one.legs for one in pays], dtype="u1").tobytes(),
        covered=tuple(covered),
        **columns,
    )


def table_of(pays: Sequence[Pay], covered: Iterable[Covered] = (), message: str = "m1") -> LedgerTable:
    """A ledger of one message."""
    return from_rows([(message, rows_of(pays, covered))])


def seed(account: str, minor: int = UNKNOWN_MINOR, start: int = NEVER, label: str = "1", **more: object) -> Seed:
    """One seed."""
    return Seed(label=label, account=account, minor=minor, start=start, **more)  # type: ignore[arg-type]  # a test's own fields


def ask(*seeds: Seed, method: Method = Method.FIFO, **more: object) -> TraceQuery:
    """One query."""
    return TraceQuery(seeds=seeds, method=method, **more)  # type: ignore[arg-type]  # a test's own fields
