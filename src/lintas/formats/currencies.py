# SPDX-License-Identifier: Apache-2.0
"""Currencies: code, number, how many digits follow the decimal point; and amounts read into minor units.

Source: ISO 4217, list one. An agency may be paid in any of them; the ones here are those of the region, of its trade
and of the places where money goes on to. A code that is not here is a reason, never a guess.
"""

import re
from typing import Final, NamedTuple

MINOR_MAX: Final = 10**15  # minor units of one payment: more than any that an instant rail takes

_TABLE: Final = """
AED 784 2, AUD 036 2, BDT 050 2, BHD 048 3, BND 096 2, BRL 986 2, CAD 124 2, CHF 756 2, CNY 156 2, EUR 978 2, GBP 826 2,
HKD 344 2, IDR 360 2, INR 356 2, JPY 392 0, KHR 116 2, KRW 410 0, KWD 414 3, LAK 418 2, LKR 144 2, MMK 104 2, MOP 446 2,
MYR 458 2, NPR 524 2, NZD 554 2, OMR 512 3, PHP 608 2, PKR 586 2, QAR 634 2, RUB 643 2, SAR 682 2, SGD 702 2, THB 764 2,
TRY 949 2, TWD 901 2, USD 840 2, VND 704 0, ZAR 710 2
"""
_PLAIN: Final = re.compile(r"([0-9]{1,15})(?:\.([0-9]{0,3}))?", re.ASCII)


class Currency(NamedTuple):
    """One currency."""

    code: str  # three letters
    number: str  # three digits
    exponent: int  # digits after the decimal point


def _read(table: str) -> dict[str, Currency]:
    rows = (item.split() for item in table.replace("\n", " ").split(","))
    return {code: Currency(code, number, int(exponent)) for code, number, exponent in rows}


CURRENCIES: Final = _read(_TABLE)
BY_NUMBER: Final = {currency.number: currency for currency in CURRENCIES.values()}

# Whose money it is when a message names the place and not the currency.
CURRENCY_OF_COUNTRY: Final = {
    "BN": "BND", "CN": "CNY", "HK": "HKD", "ID": "IDR", "KH": "KHR", "LA": "LAK", "MM": "MMK", "MO": "MOP", "MY": "MYR",
    "PH": "PHP", "SG": "SGD", "TH": "THB", "TL": "USD", "TW": "TWD", "VN": "VND",
}  # fmt: skip


def minor_units(plain: str, code: str) -> int | None:
    """Read an amount of digits and at most one point into minor units; None when it is none, or too precise.

    Args:
        plain: As `25000` or `25000.50`: no separators of thousands, no sign.
        code: Of ISO 4217.
    """
    match, currency = _PLAIN.fullmatch(plain), CURRENCIES.get(code)
    if match is None or currency is None:
        return None
    fraction = (match[2] or "").rstrip("0")
    if len(fraction) > currency.exponent:
        return None
    minor = int(match[1] + fraction.ljust(currency.exponent, "0"))
    return minor if minor <= MINOR_MAX else None


def said_amount(minor: int, code: str) -> str:
    """Write an amount in English, exactly, as an order names it: `SGD 25,000.00`, `VND 2,500,000`.

    Args:
        minor: In the currency's smallest unit.
        code: Of ISO 4217; of one that is not here the minor units are written, and said to be that.
    """
    currency = CURRENCIES.get(code)
    if currency is None:
        return f"{code} {minor:,} in minor units"
    whole, part = divmod(abs(minor), 10**currency.exponent)
    sign = "-" if minor < 0 else ""
    return f"{code} {sign}{whole:,}" + (f".{part:0{currency.exponent}d}" if currency.exponent else "")
