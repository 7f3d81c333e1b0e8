# SPDX-License-Identifier: Apache-2.0
"""What each bank has on its books: its own accounts' bookings, at the times that its own clock tells."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from lintas.exercises.lands import HOUSES, USDT, exponent_of
from lintas.exercises.world import Account, Move, World

EXERCISE = "EXERCISE"


class Booking(NamedTuple):
    """One line of an account."""

    at: int  # by the bank's clock
    move: Move
    is_debit: bool

    @property
    def minor(self) -> int:
        """Of the account's own currency."""
        return self.move.minor if self.is_debit else self.move.credit_minor

    @property
    def currency(self) -> str:
        """The account's own."""
        return self.move.currency if self.is_debit else self.move.credit_currency

    @property
    def other(self) -> str:
        """The account on the other side; empty: cash."""
        return self.move.payee if self.is_debit else self.move.payer


class BankBooks:
    """All bookings that banks made, of a run in which nobody held anything."""

    def __init__(self, world: World, moves: Iterable[Move]) -> None:
        self.world = world
        self._lines: dict[str, list[Booking]] = defaultdict(list)
        for move in moves:
            for account, at, is_debit in ((move.payer, move.debit_at, True), (move.payee, move.credit_at, False)):
                if account in world.accounts:
                    skew = world.skew_s.get(account.partition(":")[0], 0)
                    self._lines[account].append(Booking(at + skew, move, is_debit))
        for lines in self._lines.values():
            lines.sort(key=lambda line: (line.at, not line.is_debit, line.move.id))

    def of(self, account: Account, until: int) -> list[Booking]:
        """An account's bookings before a time."""
        return [line for line in self._lines[account.key] if line.at < until]

    def accounts_at(self, bic: str) -> list[Account]:
        """A bank's accounts in the money of states."""
        accounts = self.world.accounts.values()
        return [account for account in accounts if account.bic == bic and account.currency != USDT]

    def banks_of(self, node: str) -> list[str]:
        """BICs of a country's banks at which somebody has an account."""
        found = {account.bic for account in self.world.accounts.values() if account.country == node}
        return [bic for bic in HOUSES if bic in found]

    def coins(self, bic: str) -> list[Booking]:
        """What an exchange's clients moved on the chain."""
        return [
            line
            for account in self.world.accounts.values()
            if account.bic == bic and account.currency == USDT
            for line in self._lines[account.key]
            if line.is_debit
        ]


def plain(minor: int, currency: str) -> str:
    """An amount as files write it: 25000.00."""
    places = exponent_of(currency)
    whole, part = divmod(minor, 10**places)
    return f"{whole}.{part:0{places}d}" if places else str(whole)
