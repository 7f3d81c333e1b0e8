# SPDX-License-Identifier: Apache-2.0
"""One value of a named scheme, brought to its canonical form; and what else it implies."""

import re

from lintas.formats.identifiers import (
    accounts,
    devices,
    documents,
    handles,
    internet,
    national,
    proxies,
    qr,
    url,
    wallets,
)
from lintas.formats.identifiers import phone as phones
from lintas.formats.identifiers.outcome import Outcome, Validator, with_flags
from lintas.formats.identifiers.refang import clean
from lintas.formats.packs import Packs
from lintas.limits import TERM_CHARS_MAX
from lintas.model.identifier import Identifier
from lintas.model.reading import Rejected

VALIDATORS: dict[str, Validator] = {
    "phone": phones.phone,
    "email": internet.email,
    "domain": internet.domain,
    "url": url.url,
    "ipv4": internet.ipv4,
    "ipv6": internet.ipv6,
    "md5": internet.md5,
    "sha1": internet.sha1,
    "sha256": internet.sha256,
    "bank_account": accounts.bank_account,
    "iban": accounts.iban,
    "promptpay": proxies.promptpay,
    "duitnow": proxies.duitnow,
    "paynow": proxies.paynow,
    "qr_payment": qr.qr_payment,
    "btc": wallets.btc,
    "eth": wallets.eth,
    "tron": wallets.tron,
    "uetr": accounts.uetr,
    "imei": devices.imei,
    "passport": documents.passport,
    "mykad": national.mykad,
    "nric": national.nric,
    "thai_pin": national.thai_pin,
    "nik": national.nik,
    "cn_ric": national.cn_ric,
    "telegram": handles.telegram,
    "wechat": handles.wechat,
}
_AS_WRITTEN = frozenset({"qr_payment"})  # its check sum is over the text as it is
# Inner type of a proxy -> the scheme under which the same thing is known by itself.
_PROXY_MEANS = {
    ("promptpay", "mobile"): "phone",
    ("promptpay", "id"): "thai_pin",
    ("duitnow", "mobile"): "phone",
    ("duitnow", "nric"): "mykad",
    ("duitnow", "passport"): "passport",
    ("paynow", "mobile"): "phone",
    ("paynow", "nric"): "nric",
}


def validate(scheme: str, text: str, packs: Packs, region: str) -> Outcome:
    """Bring a cleaned value to canonical form. Only schemes that both the code and the pack know."""
    validator = VALIDATORS.get(scheme)
    if validator is None or scheme not in packs.identifiers.schemes:
        return f"“{scheme}” is no scheme of identifiers here."
    return validator(text, packs.identifiers, region)


def canonical(scheme: str, text: str, *, packs: Packs, region: str = "") -> Identifier | Rejected:
    """Bring one value of a named scheme to its canonical form.

    Args:
        scheme: A code of the identifier pack, as phone or btc.
        text: The value as written: defanged, spaced, in full width or native digits. At most TERM_CHARS_MAX characters.
        region: ISO 3166-1 alpha-2 code in which national numbers are read; empty: only what stands for itself.

    Returns:
        The identifier, or the reason for which there is none, with the scheme as its id.
    """
    if len(text) > TERM_CHARS_MAX:
        return Rejected(scheme, f"A value has at most {TERM_CHARS_MAX} characters.")
    plain, flags = (text.strip(), ()) if scheme in _AS_WRITTEN else clean(text)
    outcome = validate(scheme, plain, packs, region.upper()) if plain else "The value is empty."
    return Rejected(scheme, outcome) if isinstance(outcome, str) else with_flags(outcome, flags)


def implied(identifier: Identifier, *, packs: Packs) -> tuple[Identifier, ...]:
    """Give what else is said by a canonical identifier, each flagged `of-SCHEME` with the scheme it came out of.

    The host of a web address; the proxy or account inside a payment QR code; the phone or person number inside a
    proxy; the bare number of an account, under which it is found when the bank is not known.
    """
    scheme, value = identifier.scheme, identifier.value
    found: list[Outcome] = []
    if scheme == "url":
        host = url.host_of(value)
        kind = "ipv6" if ":" in host else "ipv4" if host.rpartition(".")[2].isdigit() else "domain"
        found = [validate(kind, host, packs, ""), *_account_behind(value, host, packs)]
    elif scheme == "bank_account" and not value.startswith(accounts.ANY_BANK + ":"):
        found = [validate(scheme, f"{accounts.ANY_BANK}:{value.partition(':')[2]}", packs, "")]
    elif scheme == "qr_payment":
        direct = qr.payees(value, packs.identifiers)
        found = [*direct, *(inner for payee in direct for inner in implied(payee, packs=packs))]
    else:
        kind, _, inner_value = value.partition(":")
        means = _PROXY_MEANS.get((scheme, kind))
        if means:
            found = [validate(means, inner_value, packs, "")]
    return tuple(with_flags(one, (f"of-{scheme}",)) for one in found if not isinstance(one, str))


def _account_behind(value: str, host: str, packs: Packs) -> list[Outcome]:
    """Give the account that a link of a messaging service opens."""
    if host in ("t.me", "telegram.me", "telegram.dog"):
        return [validate("telegram", value.partition("?")[0].rstrip("/"), packs, "")]
    if host in ("wa.me", "api.whatsapp.com"):
        digits = re.search(r"(?:wa\.me/|phone=)\+?([0-9]{7,15})(?![0-9])", value, re.ASCII)
        return [validate("phone", f"+{digits[1]}", packs, "")] if digits else []
    return []
