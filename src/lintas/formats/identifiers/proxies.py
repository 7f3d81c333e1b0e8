# SPDX-License-Identifier: Apache-2.0
"""Payment proxies: what a payer types instead of an account number. Canonical form: `type:value`.

A proxy can be bound to another account tomorrow: whoever uses one keeps the time at which it was seen.
"""

import re
from collections.abc import Callable

from lintas.formats.identifier_pack import IdentifierPack
from lintas.formats.identifiers.documents import passport
from lintas.formats.identifiers.national import mykad, nric, thai_check, thai_pin
from lintas.formats.identifiers.outcome import CHECKED, FORMAT, Outcome
from lintas.formats.identifiers.phone import NOT_IN_PLAN, phone
from lintas.model.identifier import Identifier

_SEPARATORS = re.compile(r"[\s\-.()]+")
_UEN_BUSINESS = re.compile(r"[0-9]{8}[A-Z]", re.ASCII)
_UEN_COMPANY = re.compile(r"(?:18|19|20)[0-9]{7}[A-Z]", re.ASCII)
_UEN_OTHER = re.compile(r"[RST][0-9]{2}[A-Z]{2}[0-9]{4}[A-Z]", re.ASCII)
_UEN_LETTERS = "ABCDEFGHJKLMNPQRSTUVWX0123456789"
_VPA = re.compile(r"(\+[0-9]{8,15}|[0-9A-Z]{9,10})#([A-Z0-9]{2,20})", re.ASCII)
_BRN = re.compile(r"(?:19|20)[0-9]{2}0[1-6][0-9]{6}|[0-9]{4,7}-[A-Z]|[A-Z]{2}[0-9]{7}-[A-Z]", re.ASCII)
_ARMY = re.compile(r"[A-Z]{0,4}[0-9]{4,12}", re.ASCII)

Reader = Callable[[str, IdentifierPack], Outcome]


def uen_checks(text: str) -> bool:
    """Say whether a unique entity number of Singapore holds its check letter.

    Source: ACRA; three forms: business (8 digits), local company (9 digits), other entities (T yy LL nnnn).
    """
    weights: tuple[int, ...]
    if _UEN_BUSINESS.fullmatch(text):
        letters, weights = "XMKECAWLJDB", (10, 4, 9, 3, 8, 2, 7, 1)
    elif _UEN_COMPANY.fullmatch(text):
        letters, weights = "ZKCMDNERGWH", (10, 8, 6, 4, 9, 7, 5, 3, 1)
    elif _UEN_OTHER.fullmatch(text) and not set(text) & set("IOYZ"):
        total = sum(_UEN_LETTERS.index(c) * w for c, w in zip(text, (4, 3, 5, 3, 10, 2, 2, 5, 7), strict=False))
        return _UEN_LETTERS[(total - 5) % 11] == text[9]
    else:
        return False
    return letters[sum(int(d) * w for d, w in zip(text, weights, strict=False)) % 11] == text[-1]


def _proxy(scheme: str, kind: str, country: str, inner: Outcome) -> Outcome:
    if isinstance(inner, str):
        return inner
    return Identifier(scheme, f"{kind}:{inner.value}", inner.strength, country, inner.flags)


def _mobile(scheme: str, country: str, code: str) -> Reader:
    def read(text: str, pack: IdentifierPack) -> Outcome:
        found = phone(text, pack, country)
        if not isinstance(found, str) and not found.value.startswith(code):
            return f"A mobile proxy here is a number of {code}."
        return _proxy(scheme, "mobile", country, found)

    return read


def _thai_tax(text: str, pack: IdentifierPack) -> Outcome:
    del pack
    digits = _SEPARATORS.sub("", text)
    if not re.fullmatch(r"0[0-9]{12}", digits, re.ASCII) or not thai_check(digits):
        return "A tax number of Thailand has 13 digits, 0 first, the last a check."
    return Identifier("promptpay", f"tax:{digits}", CHECKED, "TH")


def _ewallet(text: str, pack: IdentifierPack) -> Outcome:
    del pack
    digits = _SEPARATORS.sub("", text)
    if not re.fullmatch(r"[0-9]{15}", digits, re.ASCII):
        return "An e-wallet of PromptPay has 15 digits."
    return Identifier("promptpay", f"ewallet:{digits}", FORMAT, "TH")


def _form(scheme: str, kind: str, country: str, form: re.Pattern[str], reason: str) -> Reader:
    def read(text: str, pack: IdentifierPack) -> Outcome:
        del pack
        plain = re.sub(r"\s+", "", text).upper()
        return Identifier(scheme, f"{kind}:{plain}", FORMAT, country) if form.fullmatch(plain) else reason

    return read


def _uen(text: str, pack: IdentifierPack) -> Outcome:
    del pack
    plain = _SEPARATORS.sub("", text).upper()
    if not uen_checks(plain):
        return "The check letter of this UEN is wrong."
    return Identifier("paynow", f"uen:{plain}", CHECKED, "SG")


def _vpa(text: str, pack: IdentifierPack) -> Outcome:
    plain = re.sub(r"\s+", "", text).upper()
    match = _VPA.fullmatch(plain)
    if not match:
        return "A virtual payment address of PayNow is a number or UEN, “#” and the wallet's code."
    if match[1][0] == "+":
        found = phone(match[1], pack, "SG")
        if isinstance(found, str):
            return found
        return Identifier("paynow", f"vpa:{found.value}#{match[2]}", found.strength, "SG", found.flags)
    if not uen_checks(match[1]):
        return "The check letter of this UEN is wrong."
    return Identifier("paynow", f"vpa:{plain}", CHECKED, "SG")


_READERS: dict[str, dict[str, Reader]] = {
    "promptpay": {
        "mobile": _mobile("promptpay", "TH", "+66"),
        "id": lambda text, pack: _proxy("promptpay", "id", "TH", thai_pin(text, pack, "TH")),
        "tax": _thai_tax,
        "ewallet": _ewallet,
    },
    "duitnow": {
        "mobile": _mobile("duitnow", "MY", "+60"),
        "nric": lambda text, pack: _proxy("duitnow", "nric", "MY", mykad(text, pack, "MY")),
        "passport": lambda text, pack: _proxy("duitnow", "passport", "MY", passport(text, pack, "")),
        "army": _form(
            "duitnow", "army", "MY", _ARMY, "An army or police number has up to four letters and 4 to 12 digits."
        ),
        "brn": _form(
            "duitnow", "brn", "MY", _BRN, "A business registration number has 12 digits, or digits and a letter."
        ),
    },
    "paynow": {
        "mobile": _mobile("paynow", "SG", "+65"),
        "nric": lambda text, pack: _proxy("paynow", "nric", "SG", nric(text, pack, "SG")),
        "uen": _uen,
        "vpa": _vpa,
    },
}
# Tried in this order when the type is not written: the more telling forms first.
_ORDER = {
    "promptpay": ("id", "tax", "ewallet", "mobile"),
    "duitnow": ("brn", "nric", "mobile", "passport"),
    "paynow": ("vpa", "nric", "uen", "mobile"),
}
# Type -> the schemes that have it.
PROXY_SCHEMES = {
    kind: tuple(scheme for scheme, readers in _READERS.items() if kind in readers)
    for kinds in _READERS.values()
    for kind in kinds
}


def _read(scheme: str, text: str, pack: IdentifierPack) -> Outcome:
    kind, colon, value = text.partition(":")
    reader = _READERS[scheme].get(kind.strip().lower()) if colon else None
    if reader:
        return reader(value.strip(), pack)
    if scheme == "promptpay" and re.fullmatch(r"0066[0-9]{9}", text, re.ASCII):
        text = "+" + text[2:]  # as it stands in the QR code
    outcomes = (_READERS[scheme][kind](text, pack) for kind in _ORDER[scheme])
    kinds = ", ".join(_READERS[scheme])
    usable = (o for o in outcomes if not isinstance(o, str) and NOT_IN_PLAN not in o.flags)
    return next(usable, f"This is none of the types of proxy here: {kinds}.")


def promptpay(text: str, pack: IdentifierPack, region: str) -> Outcome:
    """Read a PromptPay proxy: mobile, id (person), tax (company), ewallet.

    Source: Bank of Thailand, Thai QR Payment standard.
    """
    del region
    return _read("promptpay", text, pack)


def duitnow(text: str, pack: IdentifierPack, region: str) -> Outcome:
    """Read a DuitNow proxy: mobile, nric, passport, army (and police), brn.

    Source: PayNet, DuitNow ID types.
    """
    del region
    return _read("duitnow", text, pack)


def paynow(text: str, pack: IdentifierPack, region: str) -> Outcome:
    """Read a PayNow proxy: mobile, nric, uen, vpa.

    Source: Association of Banks in Singapore, PayNow.
    """
    del region
    return _read("paynow", text, pack)
