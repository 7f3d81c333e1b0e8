# SPDX-License-Identifier: Apache-2.0
"""What the views keep of a message that holds payments: how many, of when, and which bytes they are.

The payments themselves stand in the ledger, which is another view: see docs/design/ledger.md.
"""

from typing import NamedTuple

from lintas.formats.ledger_rows import column, read_rows, rows_digest
from lintas.model.money import NEVER
from lintas.model.reading import Derived


class LedgerRow(NamedTuple):
    """The payments of one message, in numbers."""

    digest: str
    rows: int
    first_at: int  # microseconds since 1970 UTC; NEVER: no row has a time
    last_at: int
    accounts: int


def ledger_row(derived: Derived) -> LedgerRow | None:
    """Say what a message's payments come to; None when it holds none.

    Raises:
        Malformed: They are not what they claim to be; what comes from a reader was checked before.
    """
    if not derived.ledger:
        return None
    rows = read_rows(derived.ledger)
    first, last, accounts = NEVER, NEVER, set[int]()
    for name in ("debit_at", "credit_at") if rows.count else ():
        times = column(rows, name)
        known = times[times != NEVER]
        if known.size:
            first = int(known.min()) if first == NEVER else min(first, int(known.min()))
            last = max(last, int(known.max()))
    for name in ("payer", "payee"):
        accounts |= set(column(rows, name).tolist())
    return LedgerRow(rows_digest(derived.ledger), rows.count, first, last, len(accounts - {0}))
