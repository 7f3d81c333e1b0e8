# SPDX-License-Identifier: Apache-2.0
"""Accounts at banks, and references of payments."""

import re

from lintas.formats.identifier_pack import Bank, IdentifierPack
from lintas.formats.identifiers.checksums import mod97_is_one
from lintas.formats.identifiers.outcome import CHECKED, FORMAT, Outcome
from lintas.model.identifier import Identifier

ANY_BANK = "any"  # stands for the BIC when the bank is not known, and is what a bare number is searched under
ODD_LENGTH = "odd-length"
UNLISTED = "bank-not-listed"

_SEPARATORS = re.compile(r"[\s\-.]+")
_NUMBER = re.compile(r"[0-9A-Z]{4,34}", re.ASCII)
_BIC = re.compile(r"([A-Z]{4}([A-Z]{2})[A-Z0-9]{2})(?:[A-Z0-9]{3})?", re.ASCII)
_BANK_THEN_NUMBER = re.compile(
    r"(?P<bank>[^0-9:]{2,60}?|[A-Za-z]{6}[A-Za-z0-9]{2,5})[\s:#./-]*(?P<number>[0-9][0-9A-Za-z\s.-]{2,60})"
)
_TAIL = re.compile(
    r"[\s:#./-]+(?:account|acct|acc|a/c|akaun|rekening|rek|no|number|nombor|nomor|บัญชี)\.?$", re.IGNORECASE
)
_UUID4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.ASCII)
_IBAN = re.compile(r"([A-Z]{2})([0-9]{2})[A-Z0-9]{11,30}", re.ASCII)


def bank_of(name: str, pack: IdentifierPack) -> Bank | None:
    """Find a bank by BIC, by name or by one of its short names."""
    plain = name.strip(" \t\n:#./-")
    listed = pack.banks.get(plain.upper()[:8]) if _BIC.fullmatch(plain.upper()) else None
    if listed:
        return listed
    low = plain.casefold()
    for _ in range(4):  # DBS account no.: words of that kind are taken off the end one by one
        bic = pack.bank_aliases.get(low) or pack.bank_aliases.get(low.removeprefix("ธนาคาร"))
        if bic:
            return pack.banks[bic]
        shorter = _TAIL.sub("", low)
        if shorter == low:
            return None
        low = shorter
    return None


def bank_account(text: str, pack: IdentifierPack, region: str) -> Outcome:
    """Read an account number with its bank: `BIC:number`, a bank's name in front, or `any:number`.

    Lengths differ and change, so an odd one is a flag, never a refusal. Leading zeros stay.
    Source: BIC by ISO 9362; lengths in the identifier pack.
    """
    del region
    name, colon, number = text.rpartition(":")
    if not colon:
        match = _BANK_THEN_NUMBER.fullmatch(text)
        name, number = (match["bank"], match["number"]) if match else ("", text)
    number = _SEPARATORS.sub("", number).upper()
    if not _NUMBER.fullmatch(number) or sum(c.isdigit() for c in number) < 4:
        return "An account number has 4 to 34 characters, four digits at least."
    name = name.strip()
    if not name or name == ANY_BANK:
        return Identifier("bank_account", f"{ANY_BANK}:{number}", FORMAT)
    bank = bank_of(name, pack)
    if bank:
        odd = bool(bank.lengths) and len(number) not in bank.lengths
        return Identifier("bank_account", f"{bank.bic}:{number}", FORMAT, bank.country, (ODD_LENGTH,) if odd else ())
    bic = _BIC.fullmatch(name.upper())
    if bic and bic[2] in pack.alpha3:
        return Identifier("bank_account", f"{bic[1]}:{number}", FORMAT, bic[2], (UNLISTED,))
    return "The bank is not known by that name: give its BIC."


def iban(text: str, pack: IdentifierPack, region: str) -> Outcome:
    """Read an IBAN, without spaces and in capitals.

    Source: ISO 13616, SWIFT IBAN registry for the length of each country.
    """
    del region
    plain = _SEPARATORS.sub("", text).upper().removeprefix("IBAN").removeprefix(":")
    match = _IBAN.fullmatch(plain)
    if not match:
        return "An IBAN is two letters, two digits and 11 to 30 more characters."
    length = pack.iban_lengths.get(match[1])
    if length != len(plain):
        return f"{match[1]} has IBANs of {length} characters." if length else f"{match[1]} has no IBANs."
    if not "02" <= match[2] <= "98" or not mod97_is_one(plain[4:] + plain[:4]):
        return "The check digits of this IBAN are wrong."
    return Identifier("iban", plain, CHECKED, match[1])


def uetr(text: str, pack: IdentifierPack, region: str) -> Outcome:
    """Read a unique end-to-end transaction reference: a UUID of version 4, in lower case.

    Source: SWIFT gpi; RFC 9562.
    """
    del pack, region
    plain = text.lower()
    return Identifier("uetr", plain, FORMAT) if _UUID4.fullmatch(plain) else "A UETR is a UUID of version 4."
