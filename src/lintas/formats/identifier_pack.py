# SPDX-License-Identifier: Apache-2.0
"""The identifier pack: labels, masks, banks and prefixes, parsed from TOML into one frozen value."""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import msgspec

from lintas.errors import BadPack
from lintas.model.identifier import Strength


class Mask(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a value is shown to those who may know of it but not read it."""

    kind: Literal["none", "middle", "local"]
    first: int = 0  # characters kept at the start
    last: int = 0  # characters kept at the end


class Scheme(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What people and policy need to know about one scheme."""

    label: str
    strength: Strength  # the best a value can reach
    mask: Mask
    askable: bool  # may be asked blind without a clause of the charter
    releasable: bool  # may be tagged for others' blind questions without such a clause
    sample: str  # an invented value, in canonical form
    countries: tuple[str, ...] = ()  # ISO 3166-1 alpha-2; empty: any
    closed_types: tuple[str, ...] = ()  # types of a `type:value` scheme that are neither askable nor releasable
    context: tuple[str, ...] = ()  # words that announce a value of this scheme in running text


class Bank(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A bank, by the first eight letters of its BIC."""

    bic: str
    country: str
    name: str
    aliases: tuple[str, ...] = ()
    lengths: tuple[int, ...] = ()  # digits of its account numbers; empty: not known
    qr: str = ""  # the bank's number in the national QR scheme


class _Facts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    countries: str
    iban_lengths: str
    tlds: str
    reserved_tlds: str
    file_tlds: str
    mykad_places: str
    nik_provinces: str
    cn_provinces: str
    imei_bodies: str
    bare_calling_codes: str
    no_trunk_regions: str
    telegram_reserved: str
    passport_forms: dict[str, str]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    scheme: dict[str, Scheme]
    bank: tuple[Bank, ...]
    facts: _Facts


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class IdentifierPack:
    """Facts about identifiers. Compared by identity, so that it can key a cache."""

    schemes: dict[str, Scheme]
    banks: dict[str, Bank]  # by BIC8
    bank_aliases: dict[str, str]  # lower-case name -> BIC8
    bank_qr: dict[tuple[str, str], str]  # (country, number in the QR scheme) -> BIC8
    alpha3: dict[str, str]  # alpha-2 -> alpha-3
    alpha2: dict[str, str]  # alpha-3 -> alpha-2
    iban_lengths: dict[str, int]
    tlds: frozenset[str]
    reserved_tlds: frozenset[str]
    file_tlds: frozenset[str]
    mykad_places: frozenset[str]
    nik_provinces: frozenset[str]
    cn_provinces: frozenset[str]
    imei_bodies: frozenset[str]
    bare_calling_codes: tuple[str, ...]  # prefixes with which digits alone may be a phone number in full
    no_trunk_regions: frozenset[str]
    telegram_reserved: frozenset[str]
    passport_forms: dict[str, re.Pattern[str]]  # by alpha-3
    context: dict[str, re.Pattern[str]]  # by scheme: a word that announces it
    context_words: dict[str, tuple[str, ...]]  # the same words, case folded
    foreign_bank_aliases: tuple[str, ...]  # the aliases outside ASCII: scripts that set no spaces between words


# A pack is the operator's own file, but a pattern in it meets foreign text: only what cannot run long is taken.
_PLAIN_PATTERN = re.compile(r"(?:\[[A-Z0-9-]{1,20}\]|[A-Z0-9]|\{[0-9]{1,2}(?:,[0-9]{1,2})?\}|\|){1,120}")


def _split(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _pairs(text: str, sep: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for item in text.split():
        left, found, right = item.partition(sep)
        if not found or left in pairs:
            raise BadPack(f"“{item}” stands twice or lacks “{sep}”.")
        pairs[left] = right
    return pairs


def _context_pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """Match any of the words; a word of ASCII letters must not stand inside a longer one."""
    parts = [
        rf"(?<![a-z0-9]){re.escape(word)}(?![a-z])" if word.isascii() else re.escape(word)
        for word in sorted((w.casefold() for w in words), key=len, reverse=True)
    ]
    return re.compile("|".join(parts), re.ASCII)


def _check(file: _File) -> None:
    if file.version != 1:
        raise BadPack(f"Version {file.version} of the identifier pack is not known here; version 1 is.")
    for code, scheme in file.scheme.items():
        if not re.fullmatch(r"[a-z][a-z0-9_]{1,19}", code):
            raise BadPack(f"“{code}” is no scheme code.")
        if min(scheme.mask.first, scheme.mask.last) < 0:
            raise BadPack(f"The mask of {code} counts below zero.")
        if any(not word.strip() for word in scheme.context):
            raise BadPack(f"A context word of {code} is empty.")
    for bank in file.bank:
        if not re.fullmatch(r"[A-Z]{6}[A-Z0-9]{2}", bank.bic) or bank.bic[4:6] != bank.country:
            raise BadPack(f"{bank.bic} is no BIC of eight characters in {bank.country}.")
        if any(not 4 <= length <= 34 for length in bank.lengths):
            raise BadPack(f"{bank.bic} has an account length outside 4 to 34.")
    if len({bank.bic for bank in file.bank}) != len(file.bank):
        raise BadPack("A BIC stands twice.")


def parse_identifier_pack(raw: bytes) -> IdentifierPack:
    """Read the identifier pack.

    Args:
        raw: TOML text in UTF-8; keys are listed in docs/spec/identifiers.md.

    Raises:
        BadPack: It is no TOML, has an unknown or missing key, or a value outside its range.
    """
    try:
        file = msgspec.convert(tomllib.loads(raw.decode("utf-8")), _File)
    except (ValueError, RecursionError) as exc:  # bad UTF-8, bad TOML, wrong shape
        raise BadPack(f"The identifier pack cannot be read: {exc}") from exc
    _check(file)
    facts = file.facts
    alpha3 = _pairs(facts.countries, "=")
    aliases: dict[str, str] = {}
    for bank in file.bank:
        for alias in (bank.name, *bank.aliases):
            if aliases.setdefault(alias.casefold(), bank.bic) != bank.bic:
                raise BadPack(f"Two banks are called “{alias}”.")
    lengths: dict[str, int] = {}
    for item in facts.iban_lengths.split():
        if not re.fullmatch(r"[A-Z]{2}[0-9]{2}", item):
            raise BadPack(f"“{item}” is no IBAN country and length.")
        lengths[item[:2]] = int(item[2:])
    forms: dict[str, re.Pattern[str]] = {}
    for code, pattern in facts.passport_forms.items():
        if not _PLAIN_PATTERN.fullmatch(pattern):
            raise BadPack(f"The passport form of {code} may hold only letters, digits, classes, counts and “|”.")
        try:
            forms[code] = re.compile(pattern, re.ASCII)
        except re.error as exc:
            raise BadPack(f"The passport form of {code} is no pattern: {exc}.") from exc
    return IdentifierPack(
        schemes=file.scheme,
        banks={bank.bic: bank for bank in file.bank},
        bank_aliases=aliases,
        bank_qr={(bank.country, bank.qr): bank.bic for bank in file.bank if bank.qr},
        alpha3=alpha3,
        alpha2={three: two for two, three in alpha3.items()},
        iban_lengths=lengths,
        tlds=_split(facts.tlds),
        reserved_tlds=_split(facts.reserved_tlds),
        file_tlds=_split(facts.file_tlds),
        mykad_places=_split(facts.mykad_places),
        nik_provinces=_split(facts.nik_provinces),
        cn_provinces=_split(facts.cn_provinces),
        imei_bodies=_split(facts.imei_bodies),
        no_trunk_regions=_split(facts.no_trunk_regions),
        bare_calling_codes=tuple(sorted(_split(facts.bare_calling_codes))),
        telegram_reserved=_split(facts.telegram_reserved),
        passport_forms=forms,
        context_words={
            code: tuple(word.casefold() for word in s.context) for code, s in file.scheme.items() if s.context
        },
        foreign_bank_aliases=tuple(sorted((alias for alias in aliases if not alias.isascii()), key=len, reverse=True)),
        context={code: _context_pattern(scheme.context) for code, scheme in file.scheme.items() if scheme.context},
    )


@lru_cache(maxsize=8)  # packs are few and large; the same bytes give the same value
def cached_identifier_pack(raw: bytes) -> IdentifierPack:
    """Read the identifier pack once per distinct bytes."""
    return parse_identifier_pack(raw)
