# SPDX-License-Identifier: Apache-2.0
"""Parts that messages of ISO 20022 about payments share: accounts and their banks, amounts, times, totals.

Source: ISO 20022 message definitions, Payments Clearing and Settlement and Cash Management.
"""

import re
from typing import Final

from lintas.formats.money.amounts import BAD, Purse, exponent_of, total_of
from lintas.formats.money.draft import LedgerDraft
from lintas.formats.money.times import Times, is_whole_day
from lintas.formats.money.xml import Fields
from lintas.model.money import NEVER, Channel

NAMESPACE: Final = re.compile(
    r"urn:(?:iso:std:iso:20022:tech:xsd|iso:std:ma:20022:tech:xsd|swift:xsd):((?:pacs|camt)\.[0-9]{3})\.([0-9]{3})\.([0-9]{2})",
    re.ASCII,
)

_INSTANT: Final = frozenset({"INST", "FAST", "IPS", "RTP", "PROMPTPAY", "DUITNOW", "PAYNOW", "SCTINST", "URGP-INST"})
_BANK: Final = (
    "FinInstnId/BICFI",
    "FinInstnId/BIC",
    "FinInstnId/ClrSysMmbId/MmbId",
    "FinInstnId/ClrSysMmbId/ClrSysId/Cd",
)
_ACCOUNT: Final = ("Id/IBAN", "Id/Othr/Id", "Prxy/Tp/Cd", "Prxy/Tp/Prtry", "Prxy/Id")


def account_leaves(account: str, agent: str) -> tuple[str, ...]:
    """Paths of an account and of the bank that keeps it."""
    return (*(f"{account}/{leaf}" for leaf in _ACCOUNT), *(f"{agent}/{leaf}" for leaf in _BANK))


def bank_of(fields: Fields, agent: str) -> str:
    """A bank's BIC, else its clearing system's code with its number there; empty when neither is said."""
    bic = fields.get(f"{agent}/FinInstnId/BICFI") or fields.get(f"{agent}/FinInstnId/BIC")
    if bic:
        return bic.upper()
    member = fields.get(f"{agent}/FinInstnId/ClrSysMmbId/MmbId", "")
    return f"{fields.get(f'{agent}/FinInstnId/ClrSysMmbId/ClrSysId/Cd', '')}{member}".upper() if member else ""


def account_of(draft: LedgerDraft, fields: Fields, account: str, agent: str, *, bank: str = "") -> str:
    """The key of an account: IBAN, number, or the proxy that stands in their place.

    Raises:
        ValueError: It can be none; the message is the reason.
    """
    bank = bank or bank_of(fields, agent)
    number = fields.get(f"{account}/Id/IBAN") or fields.get(f"{account}/Id/Othr/Id")
    if number:
        return draft.accounts.key(number, bank)
    proxy = fields.get(f"{account}/Prxy/Id")
    if proxy:
        kind = fields.get(f"{account}/Prxy/Tp/Prtry") or fields.get(f"{account}/Prxy/Tp/Cd") or ""
        return draft.accounts.proxy(kind.lower(), proxy, bank)
    return ""


class IsoValues:
    """Reads amounts and times of one message."""

    def __init__(self, *, zone: int = 0) -> None:
        """Start.

        Args:
            zone: Minutes east of UTC of times that name no zone, and of days.
        """
        self.purse = Purse()
        self._times = Times(zone=zone)

    def amount(self, fields: Fields, path: str, *, may_be_absent: bool = False) -> tuple[int, str]:
        """An amount above zero with its currency; (UNKNOWN_MINOR, "") when it may be absent and is.

        Raises:
            ValueError: It is none; the message is the reason.
        """
        text = fields.get(path, "")
        if not text and may_be_absent:
            return -1, ""
        currency = fields.get(f"{path}@Ccy", "")
        amounts = self.purse.of(currency)
        minor = amounts[text]
        if minor == BAD:
            raise ValueError(amounts.why(text))
        if minor == 0:
            raise ValueError("Its amount is zero.")
        return minor, currency

    def moment(self, fields: Fields, *paths: str, row: int = 0) -> int:
        """The first time that is said at some paths; NEVER when none is. Days keep the order of the file.

        Raises:
            ValueError: It is no time.
        """
        for path in paths:
            text = fields.get(path, "")
            if text:
                found = self._times[text]
                if found == NEVER:
                    raise ValueError(self._times.why(text))
                return found + row if is_whole_day(text) else found
        return NEVER


def channel_of(*codes: str) -> str:
    """How a payment travels, by its service level or local instrument."""
    return Channel.INSTANT if any(code.upper() in _INSTANT for code in codes if code) else Channel.WIRE


class Totals:
    """What a group says of itself, held against what it holds."""

    def __init__(self) -> None:
        self.count = 0
        self._sums: dict[str, int] = {}  # minor units by currency
        self._is_whole = True  # every amount could be read

    def add(self, minor: int, currency: str) -> None:
        """Count one payment."""
        self.count += 1
        self._sums[currency] = self._sums.get(currency, 0) + minor

    def miss(self) -> None:
        """Count one whose amount cannot be read."""
        self.count += 1
        self._is_whole = False

    def wrong(self, *, number: str = "", control: str = "", total: str = "", currency: str = "") -> str:
        """Say where the group is not what it says; empty when it is, or when an amount could not be read.

        Args:
            number: NbOfTxs.
            control: CtrlSum: of all amounts, whatever their currency.
            total: TtlIntrBkSttlmAmt in `currency`.
        """
        if number and (not number.isdecimal() or int(number[:15]) != self.count):
            return f"It says that it has {number[:15]} payments, it has {self.count:,}: it may be cut or altered."
        if not self._is_whole:
            return ""
        if control:
            exponent = max([exponent_of(code) or 0 for code in self._sums], default=0)
            held = sum(minor * 10 ** (exponent - (exponent_of(code) or 0)) for code, minor in self._sums.items())
            if total_of(control, exponent) != held:
                return f"Its control sum {control[:30]} is not the sum of its amounts: it may be cut or altered."
        if total:
            exponent = exponent_of(currency) or 0
            if set(self._sums) - {currency} or total_of(total, exponent) != self._sums.get(currency, 0):
                said = f"{currency[:10]} {total[:30]}"
                return f"Its total {said} is not the sum of its amounts: it may be cut or altered."
        return ""
