# SPDX-License-Identifier: Apache-2.0
"""What each payment does to which pot, one payment at a time: the slow form, written from the rules.

Source: docs/spec/tracing.md, rules T1, T2, T7, T9, T11, T13.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from lintas.limits import BALANCE_MINOR_MAX, PAYMENT_MINOR_MAX
from lintas.model.money import NEVER, UNKNOWN_MINOR, Leg, PaymentKind, TraceQuery, country_of
from lintas.tracing.joining import Payments

TIME_US_MAX: Final = 2**60  # the year 38,500: what is beyond is no time
Pot = tuple[str, str]  # account, currency

NO_TIME: Final = "payments tell no time that can be, and are left out"
NO_AMOUNT: Final = "payments tell no amount that can be, and are left out"
NO_RATE: Final = "payments change currency and tell one amount alone, so they cannot be followed"
CLOCKS: Final = "payments were credited before they were debited: banks' clocks differ; the later time counts"
EXCESS: Final = "payments brought more than was paid; what is too much counts as clean"
TOO_MUCH: Final = "accounts come to more than can be; their payments are left out"


@dataclass(slots=True, kw_only=True)
class Move:
    """One payment as the rules see it; in a trace backward, its mirror."""

    number: int  # place in `Payments`
    name: str
    order: int
    payer: str
    payee: str
    source: Pot | None  # None: clean money from outside, or from across the border
    target: Pot | None  # None: a sink, or not credited before `until`
    sink: str  # cash | fee | outside | border; empty: an account
    debit_at: int
    credit_at: int
    debit: int
    credit: int
    debit_currency: str
    credit_currency: str
    kind: str
    legs: int  # bits, of the mirror's payer and payee
    guessed: bool
    is_known: bool  # the debit's amount is known
    is_in_time: bool = True  # credited until the end

    @property
    def is_exchange(self) -> bool:
        """Whether it changes currency."""
        return self.debit_currency != self.credit_currency


@dataclass(slots=True, kw_only=True)
class Doubts:
    """Payments that something is wrong with, by what it is."""

    found: dict[str, list[str]]

    def add(self, what: str, name: str) -> None:
        """Note one."""
        self.found.setdefault(what, []).append(name)

    def sentences(self) -> Iterable[str]:
        """Say each kind once, with its count and the first by name."""
        for what in sorted(self.found):
            yield doubt(what, len(self.found[what]), self.found[what][0])


def doubt(what: str, count: int, first: str) -> str:
    """Say how many, what of, and which comes first."""
    return f"{count} {what}; first: {first}"


def settle(payments: Payments, query: TraceQuery, doubts: Doubts) -> list[Move]:
    """Give what each payment does within the query's border and direction, in their order."""
    return [move for number in range(payments.count) if (move := settle_one(payments, number, query, doubts))]


def settle_one(payments: Payments, number: int, query: TraceQuery, doubts: Doubts) -> Move | None:
    """Give what one payment does, before the trace's end is looked at; None when it cannot be followed."""
    words, name = payments.table.words, payments.name(number)
    debit_at, credit_at = int(payments.debit_at[number]), int(payments.credit_at[number])
    debit_at, told = (credit_at if debit_at == NEVER else debit_at), credit_at
    credit_at = debit_at if credit_at == NEVER else max(credit_at, debit_at)
    if abs(debit_at) > TIME_US_MAX or abs(credit_at) > TIME_US_MAX:
        doubts.add(NO_TIME, name)
        return None
    source_in, target_in = words[payments.debit_currency[number]], words[payments.credit_currency[number]]
    debit_currency, credit_currency = source_in or target_in, target_in or source_in
    debit, credit = int(payments.debit_minor[number]), int(payments.credit_minor[number])
    if debit_currency == credit_currency:
        debit, credit = (credit if debit == UNKNOWN_MINOR else debit), (debit if credit == UNKNOWN_MINOR else credit)
    unknown = UNKNOWN_MINOR in {debit, credit}
    if max(debit, credit) < 0 or min(debit, credit) < UNKNOWN_MINOR or max(debit, credit) > PAYMENT_MINOR_MAX:
        doubts.add(NO_AMOUNT, name)
        return None
    if told not in {NEVER, credit_at}:
        doubts.add(CLOCKS, name)
    payer, payee = words[payments.payer[number]], words[payments.payee[number]]
    legs = int(payments.legs[number])
    if query.backward:
        payer, payee, debit, credit = payee, payer, credit, debit
        debit_currency, credit_currency = credit_currency, debit_currency
        debit_at, credit_at = -credit_at, -debit_at
        legs = (Leg.PAYER if legs & Leg.PAYEE else 0) | (Leg.PAYEE if legs & Leg.PAYER else 0)
    move = Move(
        number=number,
        name=name,
        order=payments.table.hash_of(name),
        payer=payer,
        payee=payee,
        source=(payer, debit_currency) if payer and debit != UNKNOWN_MINOR else None,
        target=(payee, credit_currency) if payee and credit != UNKNOWN_MINOR else None,
        sink="",
        debit_at=debit_at,
        credit_at=credit_at,
        debit=debit,
        credit=credit,
        debit_currency=debit_currency,
        credit_currency=credit_currency,
        kind=words[payments.kind[number]],
        legs=legs,
        guessed=bool(payments.guessed[number]),
        is_known=debit != UNKNOWN_MINOR,
    )
    if unknown:
        doubts.add(NO_RATE, name)
    elif credit > debit and not move.is_exchange and not query.backward and payer:
        doubts.add(EXCESS, name)
    return _bounded(move, query)


def _bounded(move: Move, query: TraceQuery) -> Move | None:
    """Apply sinks and the border."""
    cash = PaymentKind.CASH_IN.value if query.backward else PaymentKind.CASH_OUT.value
    if move.target is None:
        if move.payee:
            move.sink = "outside"
        else:
            move.sink = {cash: "cash", PaymentKind.FEE.value: "fee"}.get(move.kind, "outside")
    if is_foreign(move.payer, query.own):
        move.source = None
    if is_foreign(move.payee, query.own):
        move.target, move.sink = None, "border"
    return None if move.source is None and move.target is None else move


def in_time(moves: Iterable[Move], query: TraceQuery) -> list[Move]:
    """Leave out what happens after the trace ends; what is debited before stays as money on its way."""
    until = until_of(query)
    found = []
    for move in moves:
        move.is_in_time = move.credit_at <= until
        if move.debit_at <= until and (move.source is not None or move.is_in_time):
            found.append(move)
    return found


def until_of(query: TraceQuery) -> int:
    """Give the last moment that counts, on the trace's own axis of time."""
    if query.until == NEVER:
        return TIME_US_MAX
    until = max(-TIME_US_MAX, min(query.until, TIME_US_MAX))
    return -until if query.backward else until


def is_foreign(account: str, own: tuple[str, ...]) -> bool:
    """Whether an account is known to be kept in another country than ours."""
    country = country_of(account) if own else ""
    return bool(country) and country not in own


def without_absurd(moves: list[Move], doubts: Doubts) -> list[Move]:
    """Leave out what touches a pot whose rows come to more than a balance can be."""
    turned: dict[Pot, int] = {}
    for move in moves:
        if move.target is not None:
            turned[move.target] = turned.get(move.target, 0) + move.credit
        if move.source is not None:
            turned[move.source] = turned.get(move.source, 0) + move.debit
    absurd = {pot for pot, minor in turned.items() if minor > BALANCE_MINOR_MAX}
    for account, currency in sorted(absurd):
        doubts.add(TOO_MUCH, f"{account} {currency}")
    return [move for move in moves if move.source not in absurd and move.target not in absurd]
