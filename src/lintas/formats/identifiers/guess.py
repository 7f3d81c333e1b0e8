# SPDX-License-Identifier: Apache-2.0
"""What a single search term can be. Shape first, libraries last: a file of 100,000 terms is one request."""

import re

from lintas.formats.identifiers import documents, internet, wallets
from lintas.formats.identifiers.accounts import ANY_BANK
from lintas.formats.identifiers.canonical import VALIDATORS
from lintas.formats.identifiers.find_numbers import DATE
from lintas.formats.identifiers.outcome import Outcome, with_flags
from lintas.formats.identifiers.phone import compact_number, phone
from lintas.formats.identifiers.proxies import PROXY_SCHEMES
from lintas.formats.identifiers.qr import qr_payment
from lintas.formats.identifiers.refang import clean
from lintas.formats.packs import Packs
from lintas.limits import TERM_CHARS_MAX
from lintas.model.identifier import Identifier

# Whole terms of digits, most telling scheme first; a number of 12 digits may be several.
_BY_LENGTH: dict[int, tuple[str, ...]] = {
    12: ("mykad",),
    13: ("thai_pin", "promptpay"),
    14: ("imei",),
    15: ("imei", "cn_ric", "promptpay"),
    16: ("nik", "imei"),
    18: ("cn_ric",),
}
_DIGITS = re.compile(r"[0-9]+", re.ASCII)
_SPACED_DIGITS = re.compile(r"[+(]?[0-9][0-9 ().\-/~]{4,40}(?:[xX]|(?:;?ext|x|#)[. :=]{0,2}[0-9]{1,7})?", re.ASCII)
_WORD = re.compile(r"[A-Za-z0-9]+", re.ASCII)
_HEX = re.compile(r"[0-9a-fA-F]+", re.ASCII)
_IBAN = re.compile(r"(?:IBAN[: ]*)?[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]){11,30}", re.ASCII | re.IGNORECASE)
_HANDLE = re.compile(r"[A-Za-z](?=[A-Za-z_-]*[0-9_])[A-Za-z0-9_-]{3,36}", re.ASCII)
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)
_IPV6 = re.compile(r"\[?[0-9a-fA-F]*:[0-9a-fA-F:.]*(?:\]:[0-9]{1,5}|\]|%[A-Za-z0-9._-]{1,32})?", re.ASCII)
_NAMED = re.compile(r"([A-Za-z_0-9]{2,20}) ?[:=] ?(.+)", re.DOTALL)
_PASSPORT = re.compile(r"[A-Z]{3}:[A-Z0-9<]{4,20}", re.ASCII)
_BANK = re.compile(r"(.{2,60}?)[\s:#./-]+[0-9][0-9 .-]{3,40}")


def guess(text: str, *, packs: Packs, region: str = "") -> tuple[Identifier, ...]:
    """Say what a search term can be, most likely first; nothing when it looks like no identifier.

    Args:
        text: One term; `scheme:value` names its scheme. Longer than TERM_CHARS_MAX characters is nothing.
        region: ISO 3166-1 alpha-2 code in which national numbers are read.

    Shape: about 5 µs for most terms, 25 µs for a new phone number, 230 µs for a new Ethereum address in mixed case.
    """
    if len(text) > TERM_CHARS_MAX:
        return ()
    term, flags = clean(text)
    if len(term) < 3:
        return ()
    if term.startswith("000201"):
        outcomes: list[Outcome] = [qr_payment(text.strip(), packs.identifiers, "")]
    else:
        outcomes = _outcomes(term, packs, region.upper())
    found: dict[tuple[str, str], Identifier] = {}
    for outcome in outcomes:
        if not isinstance(outcome, str):
            found.setdefault((outcome.scheme, outcome.value), with_flags(outcome, flags) if flags else outcome)
    return tuple(found.values())


def _outcomes(term: str, packs: Packs, region: str) -> list[Outcome]:
    if _DIGITS.fullmatch(term):
        return _number(term, term, packs, region)
    if _WORD.fullmatch(term):
        return _word(term, packs, region)
    name, colon, _ = term.partition(":")
    if colon and name.strip().lower() in packs.identifiers.schemes:
        return _named(term, packs, region)  # said by name: `email:…` and `url:…` hold the signs of other forms
    if "://" in term:
        return [_read("url", term, packs, region), _read("telegram", term, packs, region)]
    if "@" in term:
        return _with_at(term, packs, region)
    if _SPACED_DIGITS.fullmatch(term):
        return _spaced(term, packs, region)
    if "#" in term:
        return [_read("paynow", term, packs, region)]
    if term.count(":") > 1 and _IPV6.fullmatch(term):
        return [_read("ipv6", term, packs, region)]
    if ":" in term or "=" in term:
        named = _named(term, packs, region)
        if named:
            return named
    if "<" in term or "\n" in term:
        return [_read("passport", term, packs, region)]
    return _other(term, packs, region)


def _read(scheme: str, text: str, packs: Packs, region: str) -> Outcome:
    return VALIDATORS[scheme](text, packs.identifiers, region)


def _number(digits: str, written: str, packs: Packs, region: str) -> list[Outcome]:
    """Read a number: what its length and digits allow, then a phone, then an account at any bank."""
    size = len(digits)
    outcomes: list[Outcome] = []
    phones: list[Outcome] = []
    if 7 <= size <= 15:
        if region:
            phones.append(phone(written, packs.identifiers, region, in_plan=True))
        plus = digits.removeprefix("00")
        if size >= 9 and plus.startswith(packs.identifiers.bare_calling_codes):
            phones.append(phone("+" + plus, packs.identifiers, "", in_plan=True))
    if size <= 11:
        outcomes += phones
    outcomes += [_read(scheme, digits, packs, region) for scheme in _BY_LENGTH.get(size, ())]
    if size > 11:
        outcomes += phones
    if 6 <= size <= 20:
        outcomes.append(_read("bank_account", f"{ANY_BANK}:{digits}", packs, region))
    return outcomes


def _spaced(term: str, packs: Packs, region: str) -> list[Outcome]:
    """Read digits with spaces, hyphens, dots or brackets: an address, a number, or a phone that starts with a plus."""
    if term.count(".") == 3:
        address = _read("ipv4", term, packs, region)
        if not isinstance(address, str):
            return [address]
    if DATE.fullmatch(term):
        return []
    if term[0] == "+":
        return [phone(term, packs.identifiers, region)]  # written in full: found though no plan at hand has it
    digits = "".join(c for c in term if c.isdigit())
    compact = compact_number(term)
    outcomes = _number(digits, compact or digits, packs, region)
    if term[-1] in "xX":
        outcomes.append(_read("cn_ric", term, packs, region))
    return outcomes


def _word(term: str, packs: Packs, region: str) -> list[Outcome]:
    """Read one run of letters and digits."""
    size = len(term)
    outcomes: list[Outcome] = []
    if size in (32, 40, 64) and _HEX.fullmatch(term):
        return [_read(internet.digest_scheme(size), term, packs, region)]
    if size == 42 and term[:2] in ("0x", "0X"):
        return [wallets.eth(term, packs.identifiers, region)]
    if size == 34 and term[0] == "T":
        outcomes.append(wallets.tron(term, packs.identifiers, region))
    elif (size >= 14 and term[:3].lower() in ("bc1", "tb1")) or (25 <= size <= 36 and term[0] in "13mn2"):
        outcomes.append(wallets.btc(term, packs.identifiers, region))
    if term.isalpha():
        return outcomes
    upper = term.upper()
    if size == 9 and upper[0] in "STFGM":
        outcomes.append(_read("nric", upper, packs, region))
    if size == 18 and upper[-1] == "X":
        outcomes.append(_read("cn_ric", upper, packs, region))
    if 15 <= size <= 34 and term[2:4].isdigit() and term[:2].isalpha():
        outcomes.append(_read("iban", upper, packs, region))
    if 9 <= size <= 10 and upper[-1].isalpha():
        outcomes.append(_read("paynow", f"uen:{upper}", packs, region))
    outcomes += [
        _read("passport", f"{code}:{upper}", packs, region)
        for code in _issuers(upper, packs, region)
        if 7 <= size <= 10
    ]
    if _HANDLE.fullmatch(term) and not any(not isinstance(o, str) for o in outcomes):
        outcomes += (_read("telegram", term, packs, region), _read("wechat", term, packs, region))
    return outcomes


def _issuers(number: str, packs: Packs, region: str) -> list[str]:
    """Name the states whose passports look so, the agency's own first."""
    own = packs.identifiers.alpha3.get(region, "")
    return sorted(documents.countries_of(number, packs.identifiers), key=lambda code: code != own)


def _with_at(term: str, packs: Packs, region: str) -> list[Outcome]:
    if term[0] == "@":
        return [_read("telegram", term, packs, region)]
    return [_read("email", term, packs, region)]


def _named(term: str, packs: Packs, region: str) -> list[Outcome]:
    """Read `scheme:value`, `type:value` of a proxy, `CCC:number`, `BIC:number`."""
    match = _NAMED.fullmatch(term)
    if not match:
        return []
    name, value = match[1].lower(), match[2].strip()
    outcomes: list[Outcome] = []
    if name in VALIDATORS and name in packs.identifiers.schemes:
        outcomes.append(_read(name, value, packs, region))
    if name == "tel":
        outcomes.append(phone(value, packs.identifiers, region, in_plan=True))
    if name in ("bitcoin", "ethereum"):
        outcomes.append(_read("btc" if name == "bitcoin" else "eth", term, packs, region))
    outcomes += [_read(scheme, f"{name}:{value}", packs, region) for scheme in PROXY_SCHEMES.get(name, ())]
    if name == "id":
        outcomes.append(_read("telegram", f"id:{value}", packs, region))
    if outcomes:
        return outcomes
    if _PASSPORT.fullmatch(term.upper()):
        outcomes.append(_read("passport", term, packs, region))
    if any(c.isdigit() for c in value):
        outcomes.append(_read("bank_account", term, packs, region))
    return outcomes


def _other(term: str, packs: Packs, region: str) -> list[Outcome]:
    """Read what has dots, hyphens, spaces or letters outside ASCII."""
    if _UUID.fullmatch(term):
        return [_read("uetr", term, packs, region)]
    if _IBAN.fullmatch(term):
        read = _read("iban", term, packs, region)
        if not isinstance(read, str):
            return [read]
    if term.lower().startswith(("t.me/", "telegram.me/", "telegram.dog/")):
        return [_read("telegram", term, packs, region)]
    if "." in term and " " not in term:
        if "/" in term:
            return [_read("url", "http://" + term, packs, region)]
        found = _read("domain", term, packs, region)
        # A.Person: a capital in a last label that the root does not have is rather a name than a host.
        is_name = not isinstance(found, str) and internet.UNKNOWN_TLD in found.flags and not term.islower()
        return [] if is_name else [found]
    outcomes: list[Outcome] = []
    if len(term) <= 24 and term.isascii():
        outcomes += [_read("nric", term, packs, region), _read("cn_ric", term, packs, region)]
    if _HANDLE.fullmatch(term):
        outcomes += [_read("telegram", term, packs, region), _read("wechat", term, packs, region)]
    if _BANK.fullmatch(term):
        outcomes.append(_read("bank_account", term, packs, region))
    return outcomes
