# SPDX-License-Identifier: Apache-2.0
"""What the views keep of a message that holds payments: how many, of when, and which bytes they are.

The payments themselves stand in the ledger, which is another view: see docs/design/ledger.md.
"""

from typing import Final, NamedTuple

from lintas.formats.ledger_rows import RowNumbers, column, read_numbers, rows_digest
from lintas.model.money import NEVER
from lintas.model.reading import Derived

_WORDS_A_ROW: Final = 16  # words up to which a table of all is smaller than what sorting takes
_WORDS_MORE: Final = 1_000_000


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
    rows = read_numbers(derived.ledger)
    first, last = NEVER, NEVER
    for name in ("debit_at", "credit_at") if rows.count else ():
        times = column(rows, name)
        known = times[times != NEVER]
        if known.size:
            first = int(known.min()) if first == NEVER else min(first, int(known.min()))
            last = max(last, int(known.max()))
    return LedgerRow(rows_digest(derived.ledger), rows.count, first, last, _accounts(rows))


def _accounts(rows: RowNumbers) -> int:
    """How many distinct accounts pay or are paid."""
    import numpy as np  # noqa: PLC0415  # costs time at import, and most nodes hold no payments

    sides = [column(rows, name) for name in ("payer", "payee")]
    most = max((int(side.max()) for side in sides if side.size), default=0)
    if most > _WORDS_A_ROW * rows.count + _WORDS_MORE:
        return int(np.count_nonzero(np.union1d(*sides)))
    is_used = np.zeros(most + 1, dtype=bool)
    for side in sides:
        is_used[side] = True
    return int(np.count_nonzero(is_used[1:]))
