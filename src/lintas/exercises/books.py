# SPDX-License-Identifier: Apache-2.0
"""The generator's own books: every account's lots, oldest first, as payments and holds happen to them.

Written from the rules for FIFO (T2, T6 to T8 of docs/spec/tracing.md) and from nothing else: what a tracer finds is
held against this. A hold leaves lots where they are: it keeps the account from paying what it no longer has free.
"""

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from lintas.exercises.world import Move, World

Pot = tuple[str, str]  # account, currency


class Lot(NamedTuple):
    """Money of one origin. An empty unit is nobody's loss."""

    minor: int
    unit: str
    hop: int  # payments since the victim's


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """The part of a payment that was one victim's."""

    move: Move
    unit: str
    minor: int  # as it left
    arrived: int  # as it came
    hop: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a hold took."""

    at: int
    account: str
    currency: str
    minor: int
    unit: str
    rightly: int  # of it, the unit's, and not held for it before


class _Event(NamedTuple):
    at: int
    tie: bytes
    is_credit: bool
    reference: str
    number: int  # place of the payment in the world


class Books:
    """All accounts at one time; `forward` lets time pass."""

    def __init__(self, world: World) -> None:
        self._lots: dict[Pot, deque[Lot]] = defaultdict(deque)
        self._balance: dict[Pot, int] = defaultdict(int)
        self._blocked: dict[Pot, int] = defaultdict(int)
        self._kept: dict[tuple[Pot, str], int] = defaultdict(int)  # held of a unit
        self._carried: dict[str, tuple[Lot, ...]] = {}  # by payment, between its debit and its credit
        self._moves = world.moves
        self._events = sorted(_events(world.moves))
        self._next = 0
        self.at = world.starts_at
        self.lines: dict[str, list[tuple[int, Move, bool]]] = defaultdict(list)  # bookings by account: at, of, is debit
        self.moved: list[Moved] = []
        self.refused: list[Move] = []
        self.touched: set[Pot] = set()  # where victims' money came or went; whoever reads it empties it
        for account in world.accounts.values():
            if account.opening:
                self._lots[account.key, account.currency].append(Lot(account.opening, "", 0))
                self._balance[account.key, account.currency] = account.opening

    def forward(self, until: int) -> None:
        """Let happen what is due up to a time, the time itself among it."""
        while self._next < len(self._events) and self._events[self._next].at <= until:
            event = self._events[self._next]
            self._next += 1
            self.at = event.at
            move = self._moves[event.number]
            if event.is_credit:
                self._credit(move)
            else:
                self._debit(move)
        self.at = max(self.at, until)

    def next_at(self) -> int | None:
        """When the next thing happens; None at the end."""
        return self._events[self._next].at if self._next < len(self._events) else None

    def balance(self, account: str, currency: str) -> int:
        """Minor units in an account, held ones too."""
        return self._balance[account, currency]

    def free(self, account: str, currency: str) -> int:
        """What an account can pay."""
        return self.balance(account, currency) - self._blocked[account, currency]

    def of_units(self, account: str, currency: str) -> dict[str, int]:
        """How much of each victim's money is in an account."""
        found: dict[str, int] = defaultdict(int)
        for lot in self._lots[account, currency]:
            if lot.unit:
                found[lot.unit] += lot.minor
        return dict(found)

    def kept(self, account: str, currency: str, unit: str) -> int:
        """How much of a unit is held in an account by now."""
        return self._kept[(account, currency), unit]

    def hop_of(self, account: str, currency: str, unit: str) -> int:
        """The fewest payments by which a unit came to an account."""
        return min((lot.hop for lot in self._lots[account, currency] if lot.unit == unit), default=0)

    def pots(self) -> Iterator[tuple[Pot, dict[str, int]]]:
        """Accounts that hold victims' money, and whose."""
        for (account, currency), lots in sorted(self._lots.items()):
            if any(lot.unit for lot in lots):
                yield (account, currency), self.of_units(account, currency)

    def in_flight(self) -> dict[str, int]:
        """How much of each victim's money is between two accounts."""
        found: dict[str, int] = defaultdict(int)
        for lots in self._carried.values():
            for lot in lots:
                if lot.unit:
                    found[lot.unit] += lot.minor
        return dict(found)

    def hold(self, account: str, currency: str, minor: int, unit: str) -> Held:
        """Block at most so much of an account for a victim, as its bank would: what is free.

        Args:
            minor: As it is asked for.
            unit: Whose money it is said to be.
        """
        pot = account, currency
        taken = max(0, min(minor, self.free(account, currency)))
        there = self.of_units(account, currency).get(unit, 0)
        rightly = min(taken, max(0, there - self._kept[pot, unit]))
        self._blocked[pot] += taken
        self._kept[pot, unit] += rightly
        return Held(at=self.at, account=account, currency=currency, minor=taken, unit=unit, rightly=rightly)

    def release(self, account: str, currency: str, minor: int, unit: str, rightly: int) -> None:
        """Free what a hold blocked."""
        self._blocked[account, currency] -= minor
        self._kept[(account, currency), unit] -= rightly

    def _debit(self, move: Move) -> None:
        if not move.payer:
            self._carried[move.id] = (Lot(move.minor, "", 0),)  # cash is nobody's loss
            return
        pot = move.payer, move.currency
        if self.free(*pot) < move.minor:
            self.refused.append(move)
            return
        self._carried[move.id] = _take(self._lots[pot], move.minor)
        self._balance[pot] -= move.minor
        self.lines[move.payer].append((move.debit_at, move, True))
        if any(lot.unit for lot in self._carried[move.id]):
            self.touched.add(pot)

    def _credit(self, move: Move) -> None:
        carried = self._carried.pop(move.id, None)
        if carried is None:  # it was refused
            return
        came = _arrived(carried, move)
        if move.unit:
            came = (Lot(move.credit_minor, move.unit, 0),)
            self.moved.append(Moved(move=move, unit=move.unit, minor=move.minor, arrived=move.credit_minor, hop=0))
        else:
            came = tuple(Lot(lot.minor, lot.unit, lot.hop + 1 if lot.unit else 0) for lot in came)
            self._note(move, carried, came)
        if move.payee:
            pot = move.payee, move.credit_currency
            self._lots[pot].extend(lot for lot in came if lot.minor)
            self._balance[pot] += move.credit_minor
            self.lines[move.payee].append((max(move.credit_at, move.debit_at), move, False))
            if any(lot.unit for lot in came):
                self.touched.add(pot)

    def _note(self, move: Move, carried: tuple[Lot, ...], came: tuple[Lot, ...]) -> None:
        for unit in dict.fromkeys(lot.unit for lot in carried if lot.unit):
            self.moved.append(
                Moved(
                    move=move,
                    unit=unit,
                    minor=sum(lot.minor for lot in carried if lot.unit == unit),
                    arrived=sum(lot.minor for lot in came if lot.unit == unit),
                    hop=min(lot.hop for lot in carried if lot.unit == unit) + 1,
                )
            )


def _events(moves: tuple[Move, ...]) -> Iterator[_Event]:
    for number, move in enumerate(moves):
        tie = sha256(move.reference.encode()).digest()[:8]
        yield _Event(move.debit_at, tie, False, move.reference, number)
        yield _Event(max(move.credit_at, move.debit_at), tie, True, move.reference, number)


def _take(lots: deque[Lot], minor: int) -> tuple[Lot, ...]:
    """The oldest lots, up to an amount."""
    taken: list[Lot] = []
    while minor:
        lot = lots.popleft()
        if lot.minor > minor:
            lots.appendleft(lot._replace(minor=lot.minor - minor))
            lot = lot._replace(minor=minor)
        taken.append(lot)
        minor -= lot.minor
    return tuple(taken)


def _arrived(carried: tuple[Lot, ...], move: Move) -> tuple[Lot, ...]:
    """What of each lot reaches the payee: the first of it after a fee; boundaries changed one by one."""
    if move.currency == move.credit_currency:
        return _take(deque(carried), min(move.minor, move.credit_minor))
    came, before, so_far = [], 0, 0
    for lot in carried:
        so_far += lot.minor
        boundary = so_far * move.credit_minor // move.minor
        came.append(lot._replace(minor=boundary - before))
        before = boundary
    return tuple(came)
