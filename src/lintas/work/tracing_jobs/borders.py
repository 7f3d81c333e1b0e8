# SPDX-License-Identifier: Apache-2.0
"""Where a backward trace meets a border: from which state's accounts the money came, and whom to ask next."""

import shlex
from typing import Final

from lintas.formats.money.amounts import exponent_of
from lintas.model.money import Knowledge, TraceResult, country_of

_ACCOUNTS_MAX: Final = 5  # of one country that are told, the largest first


def came_from_abroad(result: TraceResult, home: str) -> list[str]:
    """Say of each account of another state from which money came that its desk knows more, and how to ask it.

    Args:
        result: Of a backward trace.
        home: This node's country.
    """
    came: dict[tuple[str, str], int] = {}
    parts = [(one.account, one.currency, one.minor) for one in result.held if one.knowledge is not Knowledge.CONFIRMED]
    parts += [(one.to, one.currency, one.minor) for one in result.left if one.why == "border"]
    for account, currency, minor in parts:
        if country_of(account) not in ("", home):
            came[account, currency] = came.get((account, currency), 0) + minor
    found: list[str] = []
    told: dict[str, int] = {}
    for (account, currency), minor in sorted(came.items(), key=lambda one: (-one[1], one[0])):
        country = country_of(account)
        told[country] = told.get(country, 0) + 1
        if told[country] <= _ACCOUNTS_MAX:
            found.append(_sentence(account, country, currency, minor))
    rest = sum(count - _ACCOUNTS_MAX for count in told.values() if count > _ACCOUNTS_MAX)
    return [*found, f"It came from {rest} further accounts abroad."] if rest else found


def _sentence(account: str, country: str, currency: str, minor: int) -> str:
    bank, _, number = account.rpartition(":")
    exponent = exponent_of(currency)
    words = ["lintas", "request", "send", "DIR", "trace", "--to", f"DESK-{country}", "--account", number or account]
    words += ["--bank", bank] if bank else ["--scheme", "iban"]
    words += ["--country", country]
    said = f"{minor} minor units of {currency}"
    if exponent is not None:
        whole, part = divmod(minor, 10**exponent)
        said = f"{currency} {whole}" + (f".{part:0{exponent}d}" if exponent else "")
        words += ["--amount", said]
    return (
        f"{said} came from the account {account} in {country}. What was before is for its banks to tell: ask its desk"
        f" with {shlex.join([*words, '--short', 'Where did it come from?'])}"
    )
