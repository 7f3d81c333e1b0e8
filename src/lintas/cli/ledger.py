# SPDX-License-Identifier: Apache-2.0
"""ledger: which payments are here?"""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from lintas.cli import options, output
from lintas.limits import LEDGER_SHOWN_MAX

if TYPE_CHECKING:
    from lintas.model.money_answers import AccountsShown, LedgerShown, PaymentShown, PaymentsShown

_TOLD: Final = {
    "payer": "told by the payer's bank",
    "payee": "told by the payee's bank",
    "both": "told by both banks",
    "": "told by neither bank",
}
_LIMIT = click.option(
    "--limit", type=click.IntRange(1, LEDGER_SHOWN_MAX), default=100, show_default=True, help="Most lines shown."
)
_PURPOSE = click.option("--purpose", metavar="CODE", default="", help="Why you ask; it stands in the access entry.")


@click.group(name="ledger")
def ledger() -> None:
    """Look at the payments that taken files tell of."""


@ledger.command(name="status", epilog="\b\nExample:\n  lintas ledger status asc")
@options.folder
@options.actor
@options.as_json
def show_status(*, folder: Path, actor: str, as_json: bool) -> int:
    """Say how many payments you may see, of when, and whether traces can run here."""
    from lintas.cli.asking import have_done
    from lintas.model.money_answers import LedgerShown
    from lintas.web.local import money_wire

    found = have_done(folder, money_wire.LedgerStatus(actor=actor), LedgerShown)
    if as_json:
        output.json_document(found)
        return 0
    _show_status(found)
    return 0


@ledger.command(name="accounts", epilog="\b\nExample:\n  lintas ledger accounts asc --limit 20")
@options.folder
@_LIMIT
@_PURPOSE
@options.actor
@options.as_json
def list_accounts(*, folder: Path, as_json: bool, **given: Any) -> int:
    """List accounts with what they paid and received, those with most payments first."""
    from lintas.cli.asking import have_done
    from lintas.model.money_answers import AccountsShown
    from lintas.web.local import money_wire

    found = have_done(folder, money_wire.LedgerAccounts(**given), AccountsShown)
    if as_json:
        output.json_document(found)
    else:
        _show_accounts(found)
    return 0


@ledger.command(name="payments", epilog="\b\nExample:\n  lintas ledger payments asc KASITHBK:0123456789")
@options.folder
@click.argument("account", metavar="ACCOUNT")
@click.option("--after", type=click.IntRange(0), default=0, help="Leave out the first so many.")
@_LIMIT
@_PURPOSE
@options.actor
@options.as_json
def list_payments(*, folder: Path, as_json: bool, **given: Any) -> int:
    """List the payments of one account in order of time, as each message tells them."""
    from lintas.cli.asking import have_done
    from lintas.model.money_answers import PaymentsShown
    from lintas.web.local import money_wire

    found = have_done(folder, money_wire.LedgerPayments(**given), PaymentsShown)
    if as_json:
        output.json_document(found)
    else:
        _show_payments(found)
    return 0


def _show_status(found: "LedgerShown") -> None:
    output.pairs(
        [
            ("payments", f"{found.payments:,}"),
            ("messages", f"{found.messages:,}"),
            ("from", found.first_at),
            ("to", found.last_at),
            ("not in the ledger yet", f"{found.missing:,} messages" if found.missing else ""),
            ("on disk", output.size_text(found.size_bytes)),
            ("traces", "can run here" if found.installed else f"cannot run here. {found.hint}"),
        ]
    )


def _show_accounts(found: "AccountsShown") -> None:
    from lintas.cli.trace import amount

    output.table(
        ("account", "paid", "", "received", "", "first", "last"),
        (
            (
                one.account,
                one.paid,
                amount(one.paid_minor, one.currency),
                one.received,
                amount(one.received_minor, one.currency),
                one.first_at[:19],
                one.last_at[:19],
            )
            for one in found.accounts
        ),
    )
    output.aside(f"{len(found.accounts):,} accounts by currency, of {found.messages:,} messages")


def _show_payments(found: "PaymentsShown") -> None:
    for one in found.payments:
        output.line(_line(one))
    output.aside(f"{len(found.payments):,} payments of {found.account}")
    if found.more:
        output.aside(f"There are more: --after {found.after + len(found.payments)}")


def _line(one: "PaymentShown") -> str:
    from lintas.cli.trace import amount

    paid = "an amount that is not told" if one.debit_minor is None else amount(one.debit_minor, one.debit_currency)
    became = ""
    if one.credit_minor is not None and (one.credit_minor, one.credit_currency) != (
        one.debit_minor,
        one.debit_currency,
    ):
        became = f" as {amount(one.credit_minor, one.credit_currency)}"
    at = (one.debit_at or one.credit_at)[:19].replace("T", " ") or "at an unknown time"
    payer, payee = one.payer or "cash or outside", one.payee or "cash or outside"
    named = f" ({one.reference})" if one.reference else ""
    return f"{at}  {paid}  {payer} -> {payee}{became}, {one.kind}, {_TOLD[one.told_by]}{named}"
