# SPDX-License-Identifier: Apache-2.0
"""Bring what a person typed into the form of a report: accounts to canonical values, amounts, times with their zone.

What cannot be read stays as it was typed and is said to be so: an unknown or odd field blocks nothing.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from lintas.errors import BadInput
from lintas.formats.chat_amounts import amounts
from lintas.formats.currencies import CURRENCY_OF_COUNTRY
from lintas.formats.emvco import QrPayment, read_payment
from lintas.formats.identifiers import canonical
from lintas.model.identifier import Identifier
from lintas.model.reading import Rejected
from lintas.work.services import Services

_BANK: Final = "bank_account"
_ANY: Final = "any"
_PAYMENT: Final = frozenset({"amount", "at", "from_bank", "to", "reference", "rail"})
_SURE: Final = ("iban", "tron", "eth", "btc")  # forms that nothing else has


def payment_said(services: Services, typed: Any, notes: list[str]) -> dict[str, Any]:
    """Read one payment.

    Args:
        typed: amount (money, or as written: `RM 25,000`), at, from_bank, to, reference, rail. All may be missing.
        notes: Gets a sentence for each field that was kept as it was typed.

    Raises:
        BadInput: A field is of a form that no report has.
    """
    if not isinstance(typed, Mapping) or typed.keys() - _PAYMENT:
        raise BadInput("A payment has other parts than these.", hint=f"Parts are {', '.join(sorted(_PAYMENT))}.")
    said: dict[str, Any] = {name: _text(typed, name) for name in ("from_bank", "reference", "rail")}
    said["from_bank"] = bank_code(services, said["from_bank"])
    said["to"] = account_said(services, typed.get("to") or {}, notes)
    said["amount"] = _amount(services, typed.get("amount"))
    said["at"] = moment(services, _text(typed, "at"))
    return said


def account_said(services: Services, typed: Any, notes: list[str]) -> dict[str, Any]:
    """Read an account, wallet or proxy with its bank; the text of a payment QR code is read for whom it pays.

    Raises:
        BadInput: It has no parts, or one that no account has.
    """
    if not isinstance(typed, Mapping):
        raise BadInput("An account has parts: scheme, value, bank, country, name.")
    to = {name: _text(typed, name) for name in ("scheme", "value", "bank", "country", "name")}
    unknown = typed.keys() - to.keys()
    if unknown:
        raise BadInput(f"An account has no field {min(unknown)[:40]!r}.", hint="scheme, value, bank, country, name")
    to["bank"] = bank_code(services, to["bank"])
    if to["value"].startswith("000201"):
        payment = read_payment(to["value"], services.packs.identifiers)
        if isinstance(payment, QrPayment) and payment.payees:
            to["scheme"], to["value"] = payment.payees[0].scheme, payment.payees[0].value
            to["name"], to["country"] = to["name"] or payment.name, to["country"] or payment.country
    if to["value"]:
        found = _identifier(services, to)
        if found is None:
            notes.append(Rejected("to", f"The account {to['value'][:40]} is kept as it was typed.").reason)
        else:
            _fill(to, found)
    if not to["country"] and len(to["bank"]) == 8 and to["bank"] in services.packs.identifiers.banks:
        to["country"] = services.packs.identifiers.banks[to["bank"]].country
    return to


def _identifier(services: Services, to: Mapping[str, str]) -> Identifier | None:
    region = services.config.region
    named = f"{to['bank']}:{to['value']}" if to["bank"] and ":" not in to["value"] else to["value"]
    schemes = (to["scheme"],) if to["scheme"] else (*_SURE, _BANK)
    for scheme in schemes:
        for text in dict.fromkeys((named if scheme == _BANK else to["value"], to["value"])):
            found = canonical(scheme, text, packs=services.packs, region=region)
            if isinstance(found, Identifier):
                return found
    return None


def _fill(to: dict[str, str], found: Identifier) -> None:
    """Write the canonical value; of an account at a bank the number alone, with the bank beside it."""
    to["scheme"] = found.scheme
    bank, colon, number = found.value.partition(":")
    if found.scheme == _BANK and colon:
        to["value"] = number
        to["bank"] = to["bank"] if bank == _ANY else bank
    else:
        to["value"] = found.value
    to["country"] = to["country"].upper() or found.country


def bank_code(services: Services, typed: str) -> str:
    """A bank's BIC of eight characters where the pack knows the name; else as it was typed."""
    pack = services.packs.identifiers
    plain = typed.strip()
    return pack.bank_aliases.get(plain.casefold()) or (plain.upper()[:8] if plain.upper()[:8] in pack.banks else plain)


def moment(services: Services, typed: str) -> str:
    """A time with its zone: that which was said, else that of this node.

    Raises:
        BadInput: It is no time.
    """
    if not typed:
        return ""
    if len(typed) <= 10:  # a day alone: no hour is made up for it
        raise BadInput(f"{typed[:40]!r} says no hour.", hint="Write 2026-03-01T22:15; leave it empty if nobody knows.")
    try:
        read = datetime.fromisoformat(typed)
    except ValueError as exc:
        raise BadInput(
            f"{typed[:40]!r} is no time.", hint="Write 2026-03-01T22:15 or 2026-03-01T22:15:00+08:00."
        ) from exc
    if read.tzinfo is None:
        read = read.replace(tzinfo=ZoneInfo(services.config.time_zone))
    return read.isoformat(timespec="seconds")


def _amount(services: Services, typed: Any) -> dict[str, Any] | None:
    """An amount as minor units and currency, or as people write it.

    Raises:
        BadInput: It is none, or its currency is not said and cannot be assumed.
    """
    if typed is None or typed == "":
        return None
    if isinstance(typed, Mapping):
        return dict(typed)  # its form is checked with the document's
    region = services.config.region
    if isinstance(typed, str):
        lower = " ".join(typed.lower().split())
        for text in (lower, f"{CURRENCY_OF_COUNTRY.get(region, '').lower()} {lower}"):
            found = [one for one in amounts(text, region) if (one.start, one.end) == (0, len(text))]
            if found:
                return {"minor": found[0].money.minor, "currency": found[0].money.currency}
    raise BadInput(f"{str(typed)[:40]!r} is no amount.", hint="Write it with its currency: SGD 25,000.00.")


def _text(typed: Mapping[str, Any], name: str) -> str:
    value = typed.get(name) or ""
    if not isinstance(value, str):
        raise BadInput(f"The field {name} is no text.")
    return value.strip()
