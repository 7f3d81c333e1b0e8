# SPDX-License-Identifier: Apache-2.0
"""Account keys: what a file says of an account, brought to the canonical value by which all files mean the same one.

`BIC8:NUMBER` where the bank is known, an IBAN, a wallet's address, a proxy's canonical value; a member of a clearing
system is named by its code and number (`USABA021040078:5647772655`); else the number as the source gives it.
"""

import re
from typing import Final, NamedTuple

import msgspec

from lintas.formats.identifier_pack import IdentifierPack
from lintas.formats.identifiers import wallets
from lintas.formats.identifiers.accounts import ANY_BANK, bank_account, iban
from lintas.formats.identifiers.outcome import Outcome
from lintas.formats.identifiers.proxies import duitnow, paynow, promptpay
from lintas.limits import LEDGER_ACCOUNT_CHARS_MAX
from lintas.model.identifier import Identifier
from lintas.model.money import AccountKey

NOBODY: Final = AccountKey("")

_BLANK: Final = re.compile(r"[\s\u00a0]+")
_BIC: Final = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?", re.ASCII)
_MEMBER: Final = re.compile(r"[A-Z0-9]{1,40}", re.ASCII)
_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", re.ASCII)
_BITCOIN: Final = re.compile(r"(?:bc1|tb1|BC1|TB1|[13](?=.*[A-Za-z]))", re.ASCII)
_NUMBER: Final = re.compile(r"[0-9A-Z]{1,34}", re.ASCII)
_DIGITS_MAX: Final = 34  # of an account's number
_PROXIES: Final = {"MY": duitnow, "SG": paynow, "TH": promptpay}
_KINDS: Final = frozenset(
    {"army", "brn", "ewallet", "id", "mobile", "nric", "passport", "tax", "uen", "vpa"}
)  # that a proxy may begin with


class Known(NamedTuple):
    """One account of a file."""

    identifier: Identifier | None  # None: nothing that can be searched is known of it
    original: str  # as the file writes it


class AccountBook:
    """All accounts of one file: what it says -> their keys."""

    def __init__(self, pack: IdentifierPack, region: str) -> None:
        self._pack, self._region = pack, region
        self._keys: dict[tuple[str, str], str] = {}
        self._plain_at: dict[tuple[str, int], Identifier] = {}  # of a bank and so many digits: one account, as a form
        self.known: dict[str, Known] = {}  # by key, in the order in which they came
        self.addresses: dict[str, set[str]] = {}  # key of a customer's account -> keys of addresses that stand for it

    def key(self, number: str, bank: str = "") -> str:
        """The key of an account.

        Args:
            number: As the source writes it; empty: outside every account.
            bank: Its bank's BIC, name, or `CODE` and number in a clearing system; empty when not known.

        Raises:
            ValueError: It can be no account; the message is the reason.
        """
        found = self._keys.get((number, bank))
        if found is None:
            found = self._read(number, bank)
            self._keys[number, bank] = found
        return found

    def proxy(self, kind: str, value: str, bank: str = "") -> str:
        """The key of a proxy: a mobile number or a person's number in place of an account.

        Args:
            kind: As the scheme names it; may be empty.
            bank: BIC of the bank where it is held, which says the country.

        Raises:
            ValueError: It can be no account.
        """
        country = bank[4:6] if _BIC.fullmatch(bank) else self._region
        reader = _PROXIES.get(country)
        if reader is not None:
            found = reader(value.strip(), self._pack, country)
            if isinstance(found, Identifier):
                return self._keep(found.value, found, value)
        return self._plain(f"{kind}:{value}" if kind else value, value)

    def link(self, account: str, address: str) -> None:
        """Keep that an address stands for an account that a custodian keeps."""
        self.addresses.setdefault(account, set()).add(address)

    def _read(self, number: str, bank: str) -> str:
        text = number.strip()
        if not text:
            return NOBODY
        if len(text) > LEDGER_ACCOUNT_CHARS_MAX or not text.isprintable():
            raise ValueError(f"An account has at most {LEDGER_ACCOUNT_CHARS_MAX} characters that can be shown.")
        if bank and text.isdecimal() and text.isascii() and len(text) <= _DIGITS_MAX:
            alike = self._of_digits(text, bank.strip())
            if alike is not None:
                return self._keep(alike.value, alike, number)
        found = self._itself(text)
        if isinstance(found, Identifier):
            return self._keep(found.value, found, number)
        plain = _BLANK.sub("", text).upper()
        return self._at_bank(text, plain, bank.strip(), number)

    def _of_digits(self, text: str, bank: str) -> Identifier | None:
        """An account of a bank that is nothing but digits: what is said of it depends on how many they are alone."""
        held = self._plain_at.get((bank, len(text)))
        if held is None:
            found = bank_account(f"{bank}:{text}", self._pack, "")
            if not isinstance(found, Identifier):
                return None
            start = found.value.removesuffix(text)
            held = self._plain_at[bank, len(text)] = msgspec.structs.replace(found, value=start)
        return Identifier(held.scheme, held.value + text, held.strength, held.country, held.flags)

    def _itself(self, text: str) -> Outcome:
        """What an account says of itself: IBAN, wallet, proxy, or a number with its BIC before a colon."""
        plain = _BLANK.sub("", text)
        if _IBAN.fullmatch(plain.upper()):
            return iban(plain, self._pack, "")
        if plain[:2] in ("0x", "0X") and len(plain) == 42:
            return wallets.eth(plain.lower(), self._pack, "")
        if len(plain) == 34 and plain[0] == "T" and not plain.isdigit():
            return wallets.tron(plain, self._pack, "")
        if 25 <= len(plain) <= 90 and _BITCOIN.match(plain):
            return wallets.btc(plain, self._pack, "")
        before, colon, after = text.partition(":")
        if colon and before.lower() in _KINDS:
            for reader in _PROXIES.values():
                found = reader(text, self._pack, "")
                if isinstance(found, Identifier):
                    return found
        if colon and (_BIC.fullmatch(before.upper()) or before == ANY_BANK):
            return bank_account(f"{before}:{after}", self._pack, "")
        return "It does not say."

    def _at_bank(self, text: str, plain: str, bank: str, original: str) -> str:
        if bank:
            found = bank_account(f"{bank}:{plain}", self._pack, "")
            if isinstance(found, Identifier):
                return self._keep(found.value, found, original)
            code = bank.upper()
            number = plain.replace("-", "").replace(".", "")
            if _BIC.fullmatch(code) and _NUMBER.fullmatch(number):  # too short to be searched for
                return self._keep(f"{code[:8]}:{number}", None, original)
            if _MEMBER.fullmatch(code) and _NUMBER.fullmatch(number):
                bare = bank_account(number, self._pack, "")
                return self._keep(f"{code}:{number}", bare if isinstance(bare, Identifier) else None, original)
        return self._plain(text, original)

    def _plain(self, text: str, original: str) -> str:
        """An account without a bank: as it is written, without the spaces and dashes that people put into numbers."""
        found = bank_account(text, self._pack, "")
        if isinstance(found, Identifier):
            before, _, number = found.value.partition(":")
            return self._keep(number if before == ANY_BANK else found.value, found, original)
        key = " ".join(text.split())
        if len(key) > LEDGER_ACCOUNT_CHARS_MAX or not key.isprintable():
            raise ValueError(f"An account has at most {LEDGER_ACCOUNT_CHARS_MAX} characters that can be shown.")
        return self._keep(key, None, original)

    def _keep(self, key: str, identifier: Identifier | None, original: str) -> str:
        if len(key) > LEDGER_ACCOUNT_CHARS_MAX:
            raise ValueError(f"An account has at most {LEDGER_ACCOUNT_CHARS_MAX} characters that can be shown.")
        if key not in self.known:
            self.known[key] = Known(identifier, original.strip())
        return key
