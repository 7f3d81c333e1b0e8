# SPDX-License-Identifier: Apache-2.0
"""Random ledgers over several countries: each node gets what its own banks booked, the pool gets all of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from lintas.model.money import NEVER, UNKNOWN_MINOR, LedgerRows, Leg, PaymentKind, country_of
from tests.unit.tracing.ledgers import Pay, rows_of

BANKS: Final = {"MY": "BANKMYKL", "SG": "BANKSGSG", "TH": "BANKTHBK", "CN": "BANKCNBJ"}
CURRENCIES: Final = ("AAA", "BBB")
START: Final = 1_767_225_600_000_000  # 2026-01-01T00:00:00Z


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Payments as they were, and as banks told of them."""

    paid: tuple[Pay, ...]
    pooled: tuple[tuple[str, LedgerRows], ...]
    by_country: dict[str, tuple[tuple[str, LedgerRows], ...]]


def account(country: str, number: int) -> str:
    """An account."""
    return f"{BANKS[country]}:{number:03d}"


def a_world(
    random: Random,
    *,
    countries: Sequence[str] = ("MY", "SG", "TH"),
    payments: int = 30,
    accounts: int = 3,
    moments: int = 15,
    distinct: bool = False,
    skewed: bool = False,
) -> World:
    """Draw payments among a few accounts: loops, equal times, fees, exchange, cash, self-transfers.

    Args:
        moments: Different times; fewer than payments makes many equal.
        distinct: No two bookings at one time.
        skewed: Clocks of banks differ, so that many payments are booked before they were paid.
    """
    everyone = [account(country, number) for country in countries for number in range(accounts)]
    paid = [_payment(random, everyone, number, moments) for number in range(payments)]
    if distinct:
        times = random.sample(range(10 * payments), 2 * payments)
        pairs = [sorted(times[2 * n : 2 * n + 2]) for n in range(payments)]
        paid = [
            replace(one, debit_at=START + first, credit_at=START + later)
            for one, (first, later) in zip(paid, pairs, strict=True)
        ]
    if skewed:
        clocks = {name: random.choice((-30, -7, -1, 0, 0, 1, 5)) for name in everyone}
        paid = [_by_clocks(clocks, one) for one in paid]
    return world_of(paid, countries)


def _by_clocks(clocks: dict[str, int], one: Pay) -> Pay:
    """The same payment as the clocks of the two banks tell it: each is off by as much all the time."""
    debit_at, credit_at = one.debit_at + clocks.get(one.payer, 0), one.credit_at + clocks.get(one.payee, 0)
    return replace(one, debit_at=debit_at, credit_at=credit_at if one.payee else debit_at)


def is_abroad(one: Pay) -> bool:
    """Whether a payment goes over a border."""
    return country_of(one.payer) != country_of(one.payee) and bool(one.payer and one.payee)


def world_of(paid: Sequence[Pay], countries: Sequence[str]) -> World:
    """What banks of each country told of payments."""
    by_country: dict[str, tuple[tuple[str, LedgerRows], ...]] = {}
    for number, country in enumerate(countries):
        told = [row for one in paid if (row := _told(one, country)) is not None]
        by_country[country] = ((f"{number:064x}", rows_of(told)),)
    pooled = tuple(message for messages in by_country.values() for message in messages)
    return World(paid=tuple(paid), pooled=pooled, by_country=by_country)


def _payment(random: Random, everyone: Sequence[str], number: int, moments: int) -> Pay:
    payer, payee = random.choice(everyone), random.choice(everyone)
    kind = PaymentKind.TRANSFER
    drawn = random.random()
    if drawn < 0.08:
        payee, kind = "", PaymentKind.CASH_OUT
    elif drawn < 0.2:
        payer, kind = "", PaymentKind.CASH_IN
    minor = random.choice((1, 2, 3, 7, 10, 50, 99, 100, 1000))
    currency = random.choice(CURRENCIES)
    credit, credit_currency = minor, currency
    if payer and payee and random.random() < 0.3:
        credit = max(0, minor - random.randrange(4))
    elif payer and payee and random.random() < 0.2:
        credit_currency = CURRENCIES[1 - CURRENCIES.index(currency)]
        credit = minor * random.choice((1, 3, 7)) // random.choice((1, 2, 10))
    at = START + random.randrange(moments)
    return Pay(
        payer=payer,
        payee=payee,
        debit_minor=minor,
        debit_at=at,
        debit_currency=currency,
        reference=f"uetr:{number:04d}",
        credit_at=at + random.choice((0, 0, 1, 5)),
        credit_minor=credit,
        credit_currency=credit_currency,
        kind=kind.value,
    )


def _told(one: Pay, country: str) -> Pay | None:
    """What a country's banks know of a payment: its own leg alone, where the other is abroad."""
    payer, payee = country_of(one.payer) == country, country_of(one.payee) == country
    if not payer and not payee:
        return None
    if (payer or not one.payer) and (payee or not one.payee):
        return one
    if payer:
        return replace(one, credit_at=NEVER, credit_minor=UNKNOWN_MINOR, credit_currency="", legs=int(Leg.PAYER))
    return replace(one, debit_at=NEVER, debit_minor=UNKNOWN_MINOR, debit_currency="", legs=int(Leg.PAYEE))
