# SPDX-License-Identifier: Apache-2.0
"""What may stand in one field of a form, by its kind.

Each check returns what is wrong in words that a person understands, or nothing. They look at form and size alone:
whether an account's digits can be right is for the identifier pack, which warns and never refuses.

Source: docs/spec/desk-packs.md.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from lintas.limits import (
    FIELD_ACCOUNT_CHARS_MAX,
    FIELD_MINOR_MAX,
    FIELD_NAME_CHARS_MAX,
    FIELD_NUMBER_MAX,
    FIELD_TEXT_CHARS_MAX,
)
from lintas.model.desk_ref import is_ref


class FieldKind(StrEnum):
    """What a field of a form holds."""

    ACCOUNT = "account"  # {scheme, value, bank, country, name}
    MONEY = "money"  # {minor, currency}
    TIME = "time"  # RFC 3339 with its zone
    TEXT = "text"  # short and free, shown as it was written
    CODE = "code"  # of a table of this pack
    COUNTRY = "country"  # two capital letters
    BANK = "bank"  # BIC or name
    PHONE = "phone"
    REF = "ref"  # of the desk: SG-Q-7K3QF-9D2MX-4
    PERSON = "person"  # {name, born, country, id_scheme, id}
    IDENTIFIER = "identifier"  # {scheme, value}
    NUMBER = "number"  # a whole number from 0


CODE: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}", re.ASCII)
_COUNTRY: Final = re.compile(r"[A-Z]{2}", re.ASCII)
_CURRENCY: Final = re.compile(r"[A-Z]{3}", re.ASCII)
_PHONE: Final = re.compile(r"\+?[0-9][0-9 ()./-]{1,30}", re.ASCII)
_TIME: Final = re.compile(  # RFC 3339, section 5.6, in capitals
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII
)
_DATE: Final = re.compile(r"\d{4}(-\d\d(-\d\d)?)?", re.ASCII)  # of birth: the day is not always known
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

_ACCOUNT_KEYS: Final = frozenset({"scheme", "value", "bank", "country", "name"})
_PERSON_KEYS: Final = frozenset({"name", "born", "country", "id_scheme", "id"})


def is_empty(value: object) -> bool:
    """Whether a field was left empty: unknown fields are, and block nothing that does not need them."""
    parts = value.values() if isinstance(value, Mapping) else (value,)
    return all(part is None or (isinstance(part, str) and not part.strip()) for part in parts)


def wrong_value(kind: FieldKind, value: object, codes: frozenset[str]) -> str:
    """Say what is wrong with a field's value; empty if nothing is.

    Args:
        codes: That a field of kind `code` may hold; empty for any.
    """
    if kind is FieldKind.CODE:
        return _wrong_code(value, codes)
    return _CHECKS[kind](value)


def _wrong_code(value: object, codes: frozenset[str]) -> str:
    if not isinstance(value, str) or not CODE.fullmatch(value):
        return "is no code"
    if codes and value not in codes:
        return f"is {value!r}, which is none of {', '.join(sorted(codes))}"
    return ""


def _wrong_account(value: object) -> str:
    if not isinstance(value, Mapping) or not value.keys() <= _ACCOUNT_KEYS:
        return "is no account: scheme, value, bank, country and name"
    if not _short(value.get("value"), FIELD_ACCOUNT_CHARS_MAX):
        return f"has no account number of 1 to {FIELD_ACCOUNT_CHARS_MAX} characters"
    if value.get("scheme") and not (isinstance(value["scheme"], str) and CODE.fullmatch(value["scheme"])):
        return "is of no known scheme"
    if any(value.get(key) and not _short(value[key], FIELD_NAME_CHARS_MAX) for key in ("bank", "name")):
        return f"has a bank or a name of more than {FIELD_NAME_CHARS_MAX} characters"
    return _wrong_optional_country(value)


def _wrong_money(value: object) -> str:
    if not isinstance(value, Mapping) or value.keys() != {"minor", "currency"}:
        return "is no amount: minor and currency"
    minor, currency = value["minor"], value["currency"]
    if not _whole(minor) or not 0 < minor <= FIELD_MINOR_MAX:
        return f"is no amount of 1 to {FIELD_MINOR_MAX} minor units"
    if not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        return "has a currency that is not the three capital letters of ISO 4217"
    return ""


def _wrong_time(value: object) -> str:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        return "is no time with its zone, such as 2026-03-01T03:10:00+08:00"
    try:
        # Not in UTC as well: the first and the last day of the calendar have no such time in every zone.
        datetime.fromisoformat(value)
    except ValueError:
        return "is a time that no calendar has"
    return ""


def _wrong_text(value: object) -> str:
    return "" if _short(value, FIELD_TEXT_CHARS_MAX) else f"is no text of 1 to {FIELD_TEXT_CHARS_MAX} characters"


def _wrong_country(value: object) -> str:
    return "" if isinstance(value, str) and _COUNTRY.fullmatch(value) else "is not the two capital letters of a country"


def _wrong_bank(value: object) -> str:
    return "" if _short(value, FIELD_NAME_CHARS_MAX) else f"is no BIC or name of 1 to {FIELD_NAME_CHARS_MAX} characters"


def _wrong_phone(value: object) -> str:
    return "" if isinstance(value, str) and _PHONE.fullmatch(value) else "is no phone number"


def _wrong_ref(value: object) -> str:
    return "" if isinstance(value, str) and is_ref(value) else "is no reference such as SG-R-7K3QF-9D2MX-4"


def _wrong_person(value: object) -> str:
    if not isinstance(value, Mapping) or not value.keys() <= _PERSON_KEYS:
        return "is no person: name, born, country, id_scheme and id"
    if not value.get("name") and not value.get("id"):
        return "has neither a name nor a number of a document"
    if any(value.get(key) and not _short(value[key], FIELD_NAME_CHARS_MAX) for key in ("name", "id")):
        return f"has a name or a number of more than {FIELD_NAME_CHARS_MAX} characters"
    scheme, born = value.get("id_scheme"), value.get("born")
    if scheme and not (isinstance(scheme, str) and CODE.fullmatch(scheme)):
        return "has a document of no known scheme"
    if born and not (isinstance(born, str) and _DATE.fullmatch(born)):
        return "has a date of birth that is no year, month or day, such as 1990-05-17"
    return _wrong_optional_country(value)


def _wrong_identifier(value: object) -> str:
    if not isinstance(value, Mapping) or value.keys() != {"scheme", "value"}:
        return "is no identifier: scheme and value"
    if not isinstance(value["scheme"], str) or not CODE.fullmatch(value["scheme"]):
        return "does not say which scheme the identifier is of"
    return "" if _short(value["value"], FIELD_TEXT_CHARS_MAX) else "has no value"


def _wrong_number(value: Any) -> str:
    fits = _whole(value) and 0 <= value <= FIELD_NUMBER_MAX
    return "" if fits else f"is no whole number from 0 to {FIELD_NUMBER_MAX}"


def _wrong_optional_country(value: Mapping[str, Any]) -> str:
    return _wrong_country(value["country"]) if value.get("country") else ""


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _short(value: object, chars_max: int) -> bool:
    return isinstance(value, str) and bool(value.strip()) and len(value) <= chars_max and not _CONTROLS.search(value)


_CHECKS: Final[Mapping[FieldKind, Callable[[Any], str]]] = {
    FieldKind.ACCOUNT: _wrong_account,
    FieldKind.MONEY: _wrong_money,
    FieldKind.TIME: _wrong_time,
    FieldKind.TEXT: _wrong_text,
    FieldKind.COUNTRY: _wrong_country,
    FieldKind.BANK: _wrong_bank,
    FieldKind.PHONE: _wrong_phone,
    FieldKind.REF: _wrong_ref,
    FieldKind.PERSON: _wrong_person,
    FieldKind.IDENTIFIER: _wrong_identifier,
    FieldKind.NUMBER: _wrong_number,
}
