# SPDX-License-Identifier: Apache-2.0
"""Parts that camt.056 and camt.029 share: agents and parties, accounts, amounts, times."""

import re
from datetime import UTC, datetime
from typing import Final

from lintas.errors import BadInput, Malformed
from lintas.formats.currencies import CURRENCIES, minor_units
from lintas.formats.iso20022.definition import FORMS
from lintas.formats.iso20022.xml import Element, branch, leaf
from lintas.model.desk import Money
from lintas.model.recall import Institution

_NAMESPACE: Final = re.compile(r"urn:iso:std:iso:20022:tech:xsd:(camt\.0[0-9]{2})\.001\.([0-9]{2})", re.ASCII)
_TEXT_CHARS_MAX: Final = 140


def check_namespace(namespace: str, message: str, *, oldest: int) -> None:
    """Refuse a document of another message, or of a version older than is read.

    Raises:
        Malformed: It is another.
    """
    found = _NAMESPACE.fullmatch(namespace)
    if found is None or found[1] != message:
        raise Malformed(f"The file is no {message} message.")
    if int(found[2]) < oldest:
        raise Malformed(f"The file is {message}.001.{found[2]}; {message}.001.{oldest:02d} and later are read.")


def write_party(name: str, who: Institution) -> Element | None:
    """A Party40Choice: an agent where a BIC or a code of a clearing system is known, else a party by its name."""
    if who.bic or who.member:
        return branch(name, branch("Agt", write_agent(who)))
    return branch(name, branch("Pty", leaf("Nm", who.name)))


def write_agent(who: Institution) -> Element | None:
    """A FinInstnId; None when nothing is known of it."""
    member = branch("ClrSysMmbId", leaf("MmbId", who.member))
    return branch("FinInstnId", leaf("BICFI", who.bic), member, leaf("Nm", who.name))


def read_party(element: Element | None) -> Institution:
    """Read a Party40Choice, or an agent; empty where nothing that is read here stands in it."""
    if element is None:
        return Institution()
    agent = element.first("Agt/FinInstnId") or element.first("FinInstnId")
    if agent is None:
        return Institution(name=read_text(element, "Pty/Nm"), bic=_bic(element.said("Pty/Id/OrgId/AnyBIC")))
    return Institution(
        name=read_text(agent, "Nm"), bic=_bic(agent.said("BICFI")), member=read_text(agent, "ClrSysMmbId/MmbId")
    )


def write_account(name: str, number: str) -> Element | None:
    """A CashAccount38: IBAN where it looks like one, else as it is."""
    is_iban = FORMS["IBAN2007Identifier"](number) and not number.isdecimal() and len(number) >= 15
    inner = leaf("IBAN", number) if is_iban else branch("Othr", leaf("Id", number))
    return branch(name, branch("Id", inner))


def read_account(element: Element, path: str) -> str:
    """The number of an account; empty when there is none."""
    return read_text(element, f"{path}/Id/IBAN") or read_text(element, f"{path}/Id/Othr/Id")


def write_amount(name: str, money: Money | None) -> Element | None:
    """An amount with its currency's decimals: 2500000 SGD is 25000.00.

    Raises:
        BadInput: The currency is not known.
    """
    if money is None:
        return None
    currency = CURRENCIES.get(money.currency)
    if currency is None:
        raise BadInput(f"An amount is in {money.currency[:10]!r}, which is no currency that is known here.")
    exponent = currency.exponent
    digits = str(money.minor).rjust(exponent + 1, "0")
    text = f"{digits[:-exponent]}.{digits[-exponent:]}" if exponent else digits
    return leaf(name, text, Ccy=money.currency)


def read_amount(element: Element, path: str) -> Money | None:
    """Read an amount; None when there is none.

    Raises:
        Malformed: It is none, of an unknown currency, or finer than the currency is.
    """
    found = element.first(path)
    if found is None:
        return None
    currency = found.attributes.get("Ccy", "")
    if currency not in CURRENCIES:
        raise Malformed(f"The file has an amount in {currency[:10]!r}, which is no currency that is known here.")
    minor = minor_units(found.text, currency)
    if minor is None:
        raise Malformed(f"The file has an amount that cannot be read: {found.text[:40]!r} {currency}.")
    return Money(minor, currency)


def read_text(element: Element, path: str, chars_max: int = _TEXT_CHARS_MAX) -> str:
    """A text as pages may show it, cut to size; empty when there is none."""
    return "".join(char for char in " ".join(element.said(path).split()) if char.isprintable())[:chars_max]


def read_moment(element: Element, path: str) -> str:
    """A time in our one form; one without a zone is taken as UTC, as most networks prescribe. Empty when it is none."""
    try:
        text = element.said(path)
        moment = datetime.fromisoformat(text if FORMS["ISODateTime"](text) else "")
        moment = moment.astimezone(UTC) if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except (ValueError, OverflowError):
        return ""


def _bic(text: str) -> str:
    return text if FORMS["BICFIDec2014Identifier"](text) else ""
