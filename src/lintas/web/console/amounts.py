# SPDX-License-Identifier: Apache-2.0
"""Amounts for readers: the currency's code, digits in groups, never rounded."""

from collections.abc import Mapping
from typing import Any, Final

from babel.numbers import get_decimal_symbol, get_group_symbol

from lintas.formats.currencies import CURRENCIES
from lintas.formats.money.amounts import exponent_of
from lintas.model.desk import Money
from lintas.web.console.language import Language

_WITHOUT_CENTS: Final = frozenset({"IDR", "KHR", "LAK", "MMK"})  # ISO 4217 gives them two digits that nobody uses


def amount(language: Language, minor: int, currency: str) -> str:
    """Say an amount: `SGD 25,000.00`, with a blank that does not break.

    Args:
        minor: In the currency's smallest unit (ISO 4217).
        currency: Three letters, or an asset's code. Of one that is not known here the minor units are shown, and
            said to be that.
    """
    group, point = get_group_symbol(language.locale), get_decimal_symbol(language.locale)
    sign, digits = ("-" if minor < 0 else ""), str(abs(minor))
    exponent = exponent_of(currency)
    if exponent is None:
        return language.say("%(currency)s %(minor)s in minor units", currency=currency, minor=_grouped(digits, group))
    digits = digits.rjust(exponent + 1, "0")
    whole, cents = digits[: len(digits) - exponent], digits[len(digits) - exponent :]
    if currency in _WITHOUT_CENTS and not cents.strip("0"):
        cents = ""
    return f"{currency}\N{NO-BREAK SPACE}{sign}{_grouped(whole, group)}{point if cents else ''}{cents}"


def money(language: Language, said: Money | Mapping[str, Any] | None) -> str:
    """Say an amount as documents of the desk write it; a dash when there is none."""
    if said is None:
        return "–"
    if isinstance(said, Money):
        return amount(language, said.minor, said.currency)
    return amount(language, int(said["minor"]), str(said["currency"]))


def plain_amount(minor: int, currency: str) -> str:
    """Write an amount as it is typed: `25000`, `25000.50`."""
    known = CURRENCIES.get(currency)
    digits = str(minor).rjust((known.exponent if known else 0) + 1, "0")
    if not known or not known.exponent:
        return digits
    whole, cents = digits[: -known.exponent], digits[-known.exponent :]
    return f"{whole}.{cents}" if cents.strip("0") else whole


def _grouped(digits: str, group: str) -> str:
    head = len(digits) % 3
    groups = [digits[:head]] if head else []
    groups += [digits[at : at + 3] for at in range(head, len(digits), 3)]
    return group.join(groups)
