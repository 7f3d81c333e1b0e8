# SPDX-License-Identifier: Apache-2.0
"""A table's running balances: where each row of an account follows from the one before, none is missing."""

from typing import Final

import numpy as np

from lintas.formats.money.draft import LedgerDraft, Whole
from lintas.model.money import UNKNOWN_MINOR, Covered

_EMPTY: Final = np.zeros(0, dtype=np.int64)


class RunningBalance:
    """Bookings of accounts with the balance behind each, of every account oldest or newest first."""

    def __init__(self) -> None:
        self._parts: list[tuple[Whole, ...]] = []
        self._missed: set[int] = set()  # accounts of which a row cannot be used

    def miss(self, accounts: Whole) -> None:
        """Rows of these accounts were refused; 0 stands for any of them."""
        self._missed.update(accounts.tolist())

    def add(self, account: Whole, currency: Whole, at: Whole, signed: Whole, balance: Whole) -> None:
        """Add bookings in the file's order; accounts and currencies are words."""
        self._parts.append((account, currency, at, signed, balance))

    def finish(self, draft: LedgerDraft) -> None:
        """Say what is covered; an objection where the balances do not follow."""
        if not self._parts:
            return
        account, currency, at, signed, balance = (np.concatenate(column) for column in zip(*self._parts, strict=True))
        if 0 in self._missed:
            draft.note("A row that cannot be used names no account: nothing is taken as complete.")
            return
        order = np.argsort(account, kind="stable")
        cuts = np.nonzero(np.diff(account[order]))[0] + 1
        for rows in np.split(order, cuts):
            if not len(rows):
                continue
            key = draft.words[int(account[rows[0]])]
            if int(account[rows[0]]) in self._missed:
                draft.note("Accounts with rows that cannot be used are not taken as complete.")
            elif len(set(currency[rows].tolist())) > 1:
                draft.note("Accounts with rows in several currencies are not taken as complete.")
            else:
                code = draft.words[int(currency[rows[0]])]
                _judge(draft, key, code, at[rows], signed[rows], balance[rows])


def _judge(draft: LedgerDraft, account: str, currency: str, at: Whole, signed: Whole, balance: Whole) -> None:
    if not _follows(signed, balance):
        at, signed, balance = at[::-1], signed[::-1], balance[::-1]
    if not _follows(signed, balance):
        draft.reject(
            f"balance of {account}", "Its balances do not follow from its amounts: rows are missing or altered."
        )
        return
    opening, closing = int(balance[0] - signed[0]), int(balance[-1])
    if opening < 0 or closing < 0:
        draft.note("An account is overdrawn: its balance below zero is not kept.")
    draft.covered.append(
        Covered(
            account,
            currency,
            int(at.min()),
            int(at.max()) + 1,
            opening if opening >= 0 else UNKNOWN_MINOR,
            closing if closing >= 0 else UNKNOWN_MINOR,
        )
    )


def _follows(signed: Whole, balance: Whole) -> bool:
    return bool(np.all(balance[1:] - balance[:-1] == signed[1:]))
