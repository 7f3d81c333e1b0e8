# SPDX-License-Identifier: Apache-2.0
"""A statement's running balance: where each row follows from the one before, nothing is missing between them."""

from typing import Final

import numpy as np

from lintas.formats.money.draft import LedgerDraft, Whole
from lintas.model.money import UNKNOWN_MINOR, Covered

_EMPTY: Final = np.zeros(0, dtype=np.int64)


class RunningBalance:
    """Bookings of one account with the balance behind each, oldest or newest first."""

    def __init__(self) -> None:
        self._at: list[Whole] = []
        self._signed: list[Whole] = []
        self._balance: list[Whole] = []
        self._account = self._currency = ""
        self._is_whole = True

    def add(self, account: str, currency: str, at: Whole, signed: Whole, balance: Whole, *, is_whole: bool) -> None:
        """Add bookings in the file's order.

        Args:
            is_whole: No row of this part was refused.
        """
        if self._currency and currency and currency != self._currency:
            self._is_whole = False
        self._account, self._currency = account or self._account, currency or self._currency
        self._is_whole &= is_whole
        self._at.append(at)
        self._signed.append(signed)
        self._balance.append(balance)

    def finish(self, draft: LedgerDraft) -> None:
        """Say what is covered; an objection where the balances do not follow."""
        at = np.concatenate([_EMPTY, *self._at])
        signed, balance = np.concatenate([_EMPTY, *self._signed]), np.concatenate([_EMPTY, *self._balance])
        if not len(at):
            return
        if not self._is_whole:
            draft.note("Some rows of the statement cannot be used: nothing is said to be complete.")
            return
        if len(at) > 1 and not _follows(signed, balance):
            at, signed, balance = at[::-1], signed[::-1], balance[::-1]
        if not _follows(signed, balance):
            draft.reject("balance", "Its balances do not follow from its amounts: rows are missing or altered.")
            return
        opening, closing = int(balance[0] - signed[0]), int(balance[-1])
        if opening < 0 or closing < 0:
            draft.note("The account is overdrawn: its balance is not kept.")
        draft.covered.append(
            Covered(
                self._account,
                self._currency,
                int(at.min()),
                int(at.max()) + 1,
                opening if opening >= 0 else UNKNOWN_MINOR,
                closing if closing >= 0 else UNKNOWN_MINOR,
            )
        )


def _follows(signed: Whole, balance: Whole) -> bool:
    return bool(np.all(balance[1:] - balance[:-1] == signed[1:]))
