# SPDX-License-Identifier: Apache-2.0
"""Whether two accounts are one: two banks may give out the same number."""

import re
from collections.abc import Mapping
from typing import Any, Final

_NUMBERED: Final = "bank_account"  # a number that says nothing of its bank
_BIC: Final = re.compile(r"([A-Z]{6}[A-Z0-9]{2})([A-Z0-9]{3})?", re.ASCII)  # a branch is the same bank
_ACCOUNTS: Final = ("account", "own_account")


def plain_bank(text: str) -> str:
    """A bank's BIC or name as two are compared: letters and digits, and of a BIC the bank without its branch."""
    plain = "".join(char for char in text.upper() if char.isalnum())
    found = _BIC.fullmatch(plain)
    return plain if found is None else found[1]


def bank_of(fields: Mapping[str, Any]) -> str:
    """The bank of the account that a form's fields are about, as two are compared; empty when none is named."""
    for name in _ACCOUNTS:
        match fields.get(name):
            case {"bank": str(bank)} if bank:
                return plain_bank(bank)
    match fields.get("bank"):
        case str(bank):
            return plain_bank(bank)
    return ""


def differ(one: str, other: str) -> bool:
    """Whether two banks are known, and are two."""
    return bool(one and other) and one != other


def is_same_account(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two orders are about one account; their numbers are alike already.

    A number alone is an account of no bank: where one of the orders does not name its bank, they are about two.

    Args:
        one: Fields of a step `ordered`.
        other: Fields of another one.
    """
    schemes = {_scheme(one), _scheme(other)}
    banks = (_ordered_at(one), _ordered_at(other))
    if len(schemes) > 1 or differ(*banks):
        return False
    return schemes != {_NUMBERED} or all(banks)


def _scheme(order: Mapping[str, Any]) -> str:
    return str(order["account"].get("scheme") or _NUMBERED)


def _ordered_at(order: Mapping[str, Any]) -> str:
    return plain_bank(str(order["bank"] or order["account"].get("bank") or ""))
