# SPDX-License-Identifier: Apache-2.0
"""What a person writes for a seed: `ACCOUNT[@FROM][:AMOUNT]`.

FROM is a date (from the start of that day, UTC) or an RFC 3339 time; AMOUNT without a point counts minor units, with
one major units: `123@2026-01-31:50000` and `123@2026-01-31:500.00` are the same five hundred. An account may hold a
colon: without an `@` the whole text is the account if the ledger knows it, else what stands before the last colon.

Source: docs/spec/tracing.md.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from lintas.errors import BadInput, OverLimit, UnknownTerm
from lintas.formats.money.amounts import exponent_of
from lintas.limits import LEDGER_ACCOUNT_CHARS_MAX, LEDGER_US_MAX, LEDGER_US_MIN, PAYMENT_MINOR_MAX, TRACE_SEEDS_MAX
from lintas.model.money import NEVER, UNKNOWN_MINOR, Seed

HOW: Final = "Write ACCOUNT[@FROM][:AMOUNT], for example KASITHBK:0123456789@2026-01-31:500.00"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_AMOUNT: Final = r"[0-9]{1,16}(?:\.[0-9]{1,9})?"
_TIME: Final = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:[Zz]|[+-][0-9]{2}:[0-9]{2}))?"
)
_FROM: Final = re.compile(rf"({_TIME})?(?::({_AMOUNT}))?", re.ASCII)
_TAIL: Final = re.compile(rf"(.+):({_AMOUNT})", re.ASCII | re.DOTALL)

Currencies = Callable[[Sequence[str]], Mapping[str, Sequence[str]]]  # accounts -> those that are known, with currencies


class _Said(NamedTuple):
    """One way to read a seed."""

    account: str
    start: int
    amount: str


def read_seeds(texts: Sequence[str], known: Currencies, *, currency: str = "") -> tuple[Seed, ...]:
    """Read seeds as people write them.

    Args:
        known: Tells which of some accounts the ledger has, and in which currencies.
        currency: Of all amounts; empty for the only one that an account has.

    Raises:
        BadInput: One of them is none, or an amount cannot be.
        UnknownTerm: The ledger has no such account, as far as the asker may see.
        OverLimit: There are too many.
    """
    if len(texts) > TRACE_SEEDS_MAX:
        raise OverLimit(f"{len(texts):,} seeds; at most {TRACE_SEEDS_MAX:,} are followed at once.")
    if not texts:
        raise BadInput("No seed was given: where the money is that is followed.", hint=HOW)
    ways = [_ways(text) for text in texts]
    names = dict.fromkeys(name for way in ways for one in way for name in (one.account, _plain(one.account)))
    held = known(list(names))
    seeds = []
    for number, (text, way) in enumerate(zip(texts, ways, strict=True), 1):
        found = [(name, one) for one in way for name in (one.account, _plain(one.account)) if name in held]
        if not found:
            raise UnknownTerm(f"No payment that you may see is of account {way[0].account!r:.80}.", hint=HOW)
        name, one = found[0]
        code, minor = _amount(text, one.amount, currency, held[name])
        label = str(number) if len(texts) > 1 else "1"
        seeds.append(Seed(label=label, account=name, start=one.start, minor=minor, currency=code))
    return tuple(seeds)


def read_moment(text: str, *, is_end: bool = False) -> int:
    """A date or RFC 3339 time as microseconds; a date is its start, or its very end; empty is NEVER.

    Raises:
        BadInput: It is none.
    """
    if not text:
        return NEVER
    if not re.fullmatch(_TIME, text, re.ASCII):
        raise BadInput(
            f"{text!r:.60} is no date or RFC 3339 time.", hint="For example 2026-01-31 or 2026-01-31T09:30:00Z"
        )
    try:
        moment = datetime.fromisoformat(text.upper().replace(" ", "T"))
    except ValueError as exc:
        raise BadInput(f"{text!r:.60} is no date or time that there is.") from exc
    is_date = moment.tzinfo is None
    found = (moment.replace(tzinfo=UTC) if is_date else moment) - _EPOCH
    if is_date and is_end:
        found += timedelta(days=1) - timedelta(microseconds=1)
    us = found // timedelta(microseconds=1)
    if not LEDGER_US_MIN <= us <= LEDGER_US_MAX:
        raise BadInput(f"{text!r:.60} is no time of payments.")
    return us


def _ways(text: str) -> list[_Said]:
    """Each way to read a seed, the likeliest first."""
    if len(text) > LEDGER_ACCOUNT_CHARS_MAX + 64 or not text.strip():
        raise BadInput(f"{text!r:.60} is no seed.", hint=HOW)
    account, sign, rest = text.strip().partition("@")
    if sign:
        match = _FROM.fullmatch(rest)
        if match is None or not account:
            raise BadInput(f"{text!r:.60} is no seed.", hint=HOW)
        return [_Said(account, read_moment(match[1] or ""), match[2] or "")]
    tail = _TAIL.fullmatch(account)
    return [_Said(account, NEVER, ""), *([_Said(tail[1], NEVER, tail[2])] if tail else [])]


def _plain(account: str) -> str:
    """As identifiers are written: no spaces, capital letters."""
    return "".join(account.split()).upper()


def _amount(text: str, amount: str, currency: str, held: Sequence[str]) -> tuple[str, int]:
    code = currency.upper()
    if code and code not in held:
        raise BadInput(f"The account of {text!r:.60} has no payments in {code}; it has {', '.join(held)}.")
    if not amount:
        return code, UNKNOWN_MINOR
    if not code and len(held) > 1:
        raise BadInput(
            f"The account of {text!r:.60} has payments in {', '.join(held)}.", hint="Say which with --currency."
        )
    code = code or held[0]
    whole, point, part = amount.partition(".")
    minor = int(whole)
    if point:
        exponent = exponent_of(code)
        if exponent is None or len(part.rstrip("0")) > exponent:
            raise BadInput(f"{amount} is no amount in {code}.", hint="Without a point an amount counts minor units.")
        minor = int(whole + part.rstrip("0").ljust(exponent, "0"))
    if not 0 < minor <= PAYMENT_MINOR_MAX:
        raise BadInput(f"{amount} is no amount that can be followed.")
    return code, minor
