# SPDX-License-Identifier: Apache-2.0
"""Fields of requests as they are typed, and how what is known of one is printed."""

import json
from typing import TYPE_CHECKING, Any, Final

import click

from lintas.cli import output
from lintas.errors import BadInput

if TYPE_CHECKING:
    from lintas.model.desk_answers import RequestShown
    from lintas.model.order_answers import OrderShown

REF: Final = click.argument("name", metavar="REF")
FIELDS: Final = click.option(
    "--field", "given", metavar="CODE=VALUE", multiple=True, help="A field: 'THB 25000.00', text, or JSON; again."
)


def typed(given: tuple[str, ...]) -> dict[str, Any]:
    """Fields as they are typed: JSON where it is some, an amount where it looks like one, else text.

    Raises:
        BadInput: One is none.
    """
    fields: dict[str, Any] = {}
    for one in given:
        code, is_there, value = one.partition("=")
        if not is_there or not code.strip():
            raise BadInput(f"{one[:60]!r} is no field.", hint="CODE=VALUE")
        fields[code.strip()] = _value(value.strip())
    return fields


def _value(text: str) -> Any:
    if (text[:1] in "{[" and text) or text in ("true", "false", "null"):
        try:
            return json.loads(text)
        except ValueError:
            raise BadInput(f"{text[:60]!r} is no JSON.") from None
    currency, _, rest = text.partition(" ")
    if len(currency) == 3 and currency.isalpha() and currency.isupper() and rest[:1].isdigit():
        return money(text)
    return text


def money(text: str) -> dict[str, Any]:
    """An amount as it is typed: THB 25000.00.

    Raises:
        BadInput: It is none.
    """
    from lintas.formats.currencies import minor_units

    currency, _, rest = text.strip().partition(" ")
    minor = minor_units(rest.replace(",", "").strip(), currency.upper())
    if minor is None:
        raise BadInput(f"{text[:40]!r} is no amount.", hint="THB 25000.00")
    return {"minor": minor, "currency": currency.upper()}


def plain(minor: int, currency: str) -> str:
    """An amount, exactly."""
    from lintas.formats.currencies import said_amount

    return said_amount(minor, currency)


def told(shown: "RequestShown", *, as_json: bool) -> int:
    """Print one thread."""
    if as_json:
        output.json_document(shown)
        return 0
    line, amounts = shown.line, shown.amounts
    if not shown.is_new:
        output.aside(f"asked already, as {line.ref}: nothing was sent")
    output.pairs(
        [
            ("request", line.ref),
            ("with", f"{line.other_name} ({'own desk' if line.is_own else line.side})"),
            ("form", line.form),
            ("state", line.state),
            *((code, _said(value)) for code, value in shown.fields.items()),
            *([("held", plain(amounts.held, amounts.currency))] if amounts.blocked else []),
            *([("ends", shown.expires_at)] if shown.expires_at else []),
            ("owner", line.owner or "whoever is on duty"),
            *((f"due {due.clock}", f"{due.at}{'' if due.confirmed else '  (not confirmed)'}") for due in shown.dues),
            ("next", shown.next_step),
            ("may say", ", ".join(one.what for one in shown.says if one.allowed)),
        ]
    )
    for step in shown.steps:
        words = " ".join(filter(None, (step.ground, step.short)))
        reason = "" if step.counts else f"  changes nothing: {step.reason}"
        output.line(f"{step.came}  {step.side:<8}  {step.what:<12}  {step.by}  {words}{reason}")
    return 0


def told_order(waits: "OrderShown", *, as_json: bool) -> int:
    """Print what waits for a passkey: nothing was sent yet."""
    if as_json:
        output.json_document(waits)
        return 1
    output.pairs([("order", waits.id), ("what", waits.line.summary), *waits.tells])
    output.line("nothing was sent: it waits for a named person's passkey, on the page Approvals")
    return 1


def _said(value: Any) -> str:
    match value:
        case {"minor": int(minor), "currency": str(currency)}:
            return plain(minor, currency)
        case dict():
            return " ".join(str(one) for one in value.values() if one)
        case _:
            return str(value)
