# SPDX-License-Identifier: Apache-2.0
"""Amounts as decimal text into whole minor units of their currency or asset. Never through a float.

Source: ISO 4217 for currencies; the assets' own ledgers for theirs.
"""

import re
from typing import Final

from lintas.formats.currencies import CURRENCIES
from lintas.limits import PAYMENT_MINOR_MAX
from lintas.model.money import UNKNOWN_MINOR

# Digits after the point of assets on chains. Of those with more (ether has 18) nine are kept: 64 bits hold no more.
ASSETS: Final = {
    "ADA": 6, "BCH": 8, "BNB": 9, "BTC": 8, "BUSD": 6, "DAI": 6, "DOGE": 8, "ETH": 9, "LTC": 8, "MATIC": 9, "SOL": 9,
    "TON": 9, "TRX": 6, "USDC": 6, "USDT": 6, "XMR": 9, "XRP": 6,
}  # fmt: skip
_FINER: Final = frozenset({"BNB", "BUSD", "DAI", "ETH", "MATIC", "XMR"})  # assets that are finer than what is kept
ALIASES: Final = {"XBT": "BTC", "RMB": "CNY", "RM": "MYR", "CNH": "CNY", "ETHER": "ETH", "TETHER": "USDT"}

_POINT: Final = re.compile(r"([+-]?)([0-9]{1,18}|[0-9]{1,3}(?:,[0-9]{3}){1,5})(?:\.([0-9]{0,18}))?", re.ASCII)
_COMMA: Final = re.compile(r"([+-]?)([0-9]{1,18}|[0-9]{1,3}(?:\.[0-9]{3}){1,5})(?:,([0-9]{0,18}))?", re.ASCII)
_XML: Final = re.compile(r"()([0-9]{1,18})(?:\.([0-9]{0,17}))?", re.ASCII)
_CACHED_MAX: Final = 200_000  # texts remembered at once
_SURE_DIGITS: Final = 15  # of an amount that is certainly no larger than a payment may be
BAD: Final = -(2**62)  # no amount; UNKNOWN_MINOR is an empty one


def exponent_of(code: str) -> int | None:
    """Digits after the point of a currency or asset; None when it is not known."""
    currency = CURRENCIES.get(code)
    return currency.exponent if currency else ASSETS.get(code)


def currency_code(text: str) -> str:
    """Bring the name of a currency or asset to its code: `rm` is MYR."""
    plain = text.strip().upper()
    return ALIASES.get(plain, plain)


class Amounts(dict[str, int]):
    """Texts of one currency -> minor units, signed where signs are read. A cache: losing it costs time only.

    BAD for what is no amount, and `why` says why.
    """

    def __init__(self, currency: str, *, form: str = "xml", signed: bool = False) -> None:
        """Start.

        Args:
            form: xml (digits and a point), point (commas may part thousands), comma (points may).
        """
        super().__init__()
        self.currency = currency
        self.exponent = exponent_of(currency)
        self._form, self._signed, self._is_point = form, signed, form != "comma"
        self._pattern = {"xml": _XML, "point": _POINT, "comma": _COMMA}[form]
        self._empty = BAD if form == "xml" else 0 if signed else UNKNOWN_MINOR
        self.cut = 0  # amounts finer than what is kept, of which the rest was left away

    def __missing__(self, text: str) -> int:
        """Read a text that was not met before."""
        if len(self) >= _CACHED_MAX:
            self.clear()
        whole, _, fraction = text.partition(".")
        digits = whole + fraction
        if self._is_point and len(fraction) == self.exponent and len(digits) <= _SURE_DIGITS and digits.isdecimal():
            found = int(digits) if digits.isascii() and whole else self._read(text)  # as nearly all amounts are
        else:
            found = self._read(text)
        self[text] = found
        return found

    def _read(self, text: str) -> int:
        text = text.strip()
        if not text:
            return self._empty
        match = self._pattern.fullmatch(text)
        if match is None or self.exponent is None:
            return BAD
        fraction = match[3] or ""
        if self._form != "xml" and len(fraction) == 3 and self.exponent < 3 and "," not in match[2]:
            return BAD  # 12.500 may be twelve thousand five hundred
        fraction = fraction.rstrip("0")
        if len(fraction) > self.exponent:
            if self.currency not in _FINER:
                return BAD
            fraction = fraction[: self.exponent]
            self.cut += 1
        minor = int(match[2].replace(",", "").replace(".", "") + fraction.ljust(self.exponent, "0"))
        if minor > PAYMENT_MINOR_MAX:
            return BAD
        if match[1] == "-":
            return BAD if not self._signed else -minor if minor != 0 else 0
        return minor

    @property
    def plain_digits(self) -> int:
        """Digits after the point of plain amounts; -1 where a comma parts them, or the currency is not known."""
        return self.exponent if self._is_point and self.exponent is not None else -1

    def why(self, text: str) -> str:
        """Say why a text is no amount."""
        shown = f"{text.strip()[:40]!r}"
        if not text.strip():
            return "It has no amount."
        if self.exponent is None:
            return f"Its currency {self.currency[:10]!r} is not known." if self.currency else "It has no currency."
        match = self._pattern.fullmatch(text.strip())
        if match is None:
            return f"Its amount {shown} is no amount."
        if match[1] == "-" and not self._signed:
            return f"Its amount {shown} is negative."
        fraction = match[3] or ""
        if self._form != "xml" and len(fraction) == 3 and self.exponent < 3:
            return f"Its amount {shown} is ambiguous: say in a mapping which mark parts the decimals."
        if len(fraction.rstrip("0")) > self.exponent and self.currency not in _FINER:
            return f"Its amount {shown} is finer than {self.currency} is."
        return f"Its amount {shown} is larger than any payment."


class Purse:
    """One `Amounts` for each currency that a file has."""

    def __init__(self, *, form: str = "xml", signed: bool = False) -> None:
        self._form, self._signed = form, signed
        self._amounts: dict[str, Amounts] = {}

    def of(self, currency: str) -> Amounts:
        """The amounts of one currency; of one that is not known, every text is BAD."""
        found = self._amounts.get(currency)
        if found is None:
            found = Amounts(currency, form=self._form, signed=self._signed)
            if len(self._amounts) < 1_000 or found.exponent is not None:
                self._amounts[currency] = found
        return found

    def read(self, text: str, currency: str) -> int:
        """Minor units; UNKNOWN_MINOR for an empty text, BAD for none."""
        return self.of(currency)[text] if text else UNKNOWN_MINOR

    def why(self, text: str, currency: str) -> str:
        """Say why a text is no amount."""
        return self.of(currency).why(text)

    @property
    def cut(self) -> int:
        """Distinct amounts of which something too fine was left away."""
        return sum(each.cut for each in self._amounts.values())


def total_of(text: str, exponent: int) -> int | None:
    """Read a total, which may be larger than a payment, at a number of digits after the point; None when it is none."""
    match = _XML.fullmatch(text.strip())
    if match is None:
        return None
    fraction = (match[3] or "").rstrip("0")
    return int(match[2] + fraction.ljust(exponent, "0")) if len(fraction) <= exponent else None
