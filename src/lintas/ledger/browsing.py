# SPDX-License-Identifier: Apache-2.0
"""Accounts and payments of an opened table, as lists show them. Runs in the tracing worker only."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lintas.limits import BALANCE_MINOR_MAX
from lintas.model.ledger import LedgerAccount, LedgerPayment
from lintas.model.money import NEVER, UNKNOWN_MINOR, PaymentKind
from lintas.tracing.table import LedgerTable

_HALF_BITS: Final = 31  # of an amount below 2^50


def accounts_of(table: LedgerTable, names: Sequence[str], limit: int) -> tuple[LedgerAccount, ...]:
    """Accounts with what they paid and received by currency, those that moved most payments first."""
    moves = table.kind != _place(table, PaymentKind.RECALL.value)
    asked = set(names)
    wanted = {place for place, word in enumerate(table.words) if word in asked} if asked else set()
    sums = [
        _sums(table, moves, side, currency, minor, wanted if names else None)
        for side, currency, minor in (
            (table.payer, table.debit_currency, table.debit_minor),
            (table.payee, table.credit_currency, table.credit_minor),
        )
    ]
    nothing = (0, 0, NEVER, NEVER)
    found = []
    for pot in sums[0].keys() | sums[1].keys():
        paid, received = (side.get(pot, nothing) for side in sums)
        times = [at for at in (*paid[2:], *received[2:]) if at != NEVER]
        found.append(
            LedgerAccount(
                account=table.words[pot[0]],
                currency=table.words[pot[1]],
                paid=paid[0],
                paid_minor=paid[1],
                received=received[0],
                received_minor=received[1],
                first_at=min(times, default=NEVER),
                last_at=max(times, default=NEVER),
            )
        )
    found.sort(key=lambda one: (-(one.paid + one.received), one.account, one.currency))
    return tuple(found[:limit])


def payments_of(table: LedgerTable, account: str, after: int, limit: int) -> tuple[LedgerPayment, ...]:
    """Payments of one account, in order of time, as each message tells them."""
    place = _place(table, account)
    if place <= 0:
        return ()
    rows = np.flatnonzero((table.payer == place) | (table.payee == place))
    at = np.where(table.debit_at[rows] != NEVER, table.debit_at[rows], table.credit_at[rows])
    rows = rows[np.lexsort((rows, at))][after : after + limit]
    return tuple(_payments(table, rows))


def _payments(table: LedgerTable, rows: NDArray[Any]) -> Iterator[LedgerPayment]:
    words = table.words
    for n in rows.tolist():
        yield LedgerPayment(
            message=table.messages[table.message[n]],
            row=int(table.row[n]),
            reference=words[table.reference[n]],
            of=words[table.of[n]],
            payer=words[table.payer[n]],
            payee=words[table.payee[n]],
            debit_at=int(table.debit_at[n]),
            credit_at=int(table.credit_at[n]),
            debit_minor=int(table.debit_minor[n]),
            credit_minor=int(table.credit_minor[n]),
            debit_currency=words[table.debit_currency[n]],
            credit_currency=words[table.credit_currency[n]],
            kind=words[table.kind[n]],
            channel=words[table.channel[n]],
            legs=int(table.legs[n]),
        )


def _sums(
    table: LedgerTable,
    moves: NDArray[Any],
    side: NDArray[Any],
    currency: NDArray[Any],
    minor: NDArray[Any],
    wanted: set[int] | None,
) -> dict[tuple[int, int], tuple[int, int, int, int]]:
    """(account, currency) -> payments, minor units, first and last time of one side."""
    chosen = moves & (side != 0)
    if wanted is not None:
        chosen &= np.isin(side, np.array(sorted(wanted), dtype=np.int32))
    rows = np.flatnonzero(chosen)
    if not rows.size:
        return {}
    pots = side[rows].astype(np.int64) << 32 | currency[rows]
    order = np.argsort(pots, kind="stable")
    rows, pots = rows[order], pots[order]
    starts = np.concatenate(([0], np.flatnonzero(np.diff(pots)) + 1))
    counts = np.diff(np.concatenate((starts, [len(pots)])))
    amounts = np.where(minor[rows] == UNKNOWN_MINOR, 0, minor[rows])
    at = np.where(table.debit_at[rows] != NEVER, table.debit_at[rows], table.credit_at[rows])
    late = np.maximum.reduceat(at, starts)
    early = np.minimum.reduceat(np.where(at == NEVER, np.iinfo(np.int64).max, at), starts)
    early = np.where(late == NEVER, NEVER, early)
    # Ten thousand of the largest payments come to more than 64 bits: halves are added, which 2^31 of them cannot fill.
    high, low = (np.add.reduceat(part, starts) for part in (amounts >> _HALF_BITS, amounts & (2**_HALF_BITS - 1)))
    columns = (pots[starts], counts, high, low, early, late)
    return {
        (pot >> 32, pot & 0xFFFFFFFF): (count, min((more << _HALF_BITS) + less, BALANCE_MINOR_MAX), first, last)
        for pot, count, more, less, first, last in zip(*(one.tolist() for one in columns), strict=True)
    }


def _place(table: LedgerTable, word: str) -> int:
    try:
        return table.words.index(word)
    except ValueError:
        return -1
