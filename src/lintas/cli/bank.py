# SPDX-License-Identifier: Apache-2.0
"""bank: what banks are asked about bookings, and what came of it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from lintas.cli import options, output
from lintas.errors import WrongUse

if TYPE_CHECKING:
    from lintas.model.question import NextHopList, QuestionShown

_ACTIONS: Final = ("list", "ask", "next", "drop")
_STANDS: Final = {
    "ask": "can be asked",
    "asked": "asked, no answer yet",
    "answered": "its bank told all it was asked",
    "failed": "its bank refused",
    "no_connection": "no connection: ask that bank yourself, and take in what it gives",
    "abroad": "kept in another country: its own node asks there",
}


@options.verb(
    "bank",
    "lintas bank asc next SG-T-7K3QF-9D2MX-4 --law 'Criminal Procedure Code, section 20'\n"
    "  lintas bank asc ask SG-Q-7K3QF-9D2MX-4 --account CONTSGSG:1234567890 --currency SGD"
    " --from 2026-03-01T08:00:00+08:00 --law 'Criminal Procedure Code, section 20'\n"
    "  lintas bank asc list",
)
@options.folder
@click.argument("action", type=click.Choice(_ACTIONS))
@click.argument("ref", required=False, default="")
@click.option("--account", metavar="NUMBER", default="", help="Of ask: number or key of the account.")
@click.option("--bank", metavar="BIC", default="", help="Of ask: its BIC, code or name; that of the key unless given.")
@click.option("--currency", metavar="CODE", default="", help="Of ask: of the account.")
@click.option("--from", "start", metavar="TIME", default="", help="Of ask: bookings since, RFC 3339 with a zone.")
@click.option("--until", metavar="TIME", default="", help="Of ask: up to; now unless given.")
@click.option("--law", metavar="TEXT", default="", help="Of ask and next: under which the bank is asked.")
@options.actor
@options.as_json
def bank(*, folder: Path, action: str, ref: str, actor: str, as_json: bool, **given: Any) -> int:
    """Banks that are asked where money went on to: next TRACE, ask REQUEST|TRACE, list [REQUEST|TRACE], drop QUESTION.

    next lists the accounts of a kept trace of which nobody knows enough; with --law it has their banks asked. The node
    asks until the bank answers; what the bank tells is taken in as payments, and open traces go on by themselves.
    """
    if action != "list" and not ref:
        raise WrongUse(f"{action} takes a reference.")
    if action == "list":
        return _list(folder, actor, ref, as_json=as_json)
    if action == "next":
        return _next(folder, actor, ref, given["law"], as_json=as_json)
    if action == "drop":
        return _drop(folder, actor, ref, as_json=as_json)
    return _ask(folder, actor, ref, given, as_json=as_json)


def _ask(folder: Path, actor: str, about: str, given: dict[str, Any], *, as_json: bool) -> int:
    from lintas.cli.asking import have_done
    from lintas.model.question import QuestionShown
    from lintas.web.local import bank_wire

    asked = bank_wire.BankAsk(actor=actor, about=about, **given)
    return _one(have_done(folder, asked, QuestionShown), as_json=as_json)


def _drop(folder: Path, actor: str, ref: str, *, as_json: bool) -> int:
    from lintas.cli.asking import have_done
    from lintas.model.question import QuestionShown
    from lintas.web.local import bank_wire

    return _one(have_done(folder, bank_wire.BankDrop(actor=actor, ref=ref), QuestionShown), as_json=as_json)


def _list(folder: Path, actor: str, about: str, *, as_json: bool) -> int:
    from lintas.cli.asking import have_done
    from lintas.model.question import QuestionList
    from lintas.web.local import bank_wire

    found = have_done(folder, bank_wire.BankList(actor=actor, about=about), QuestionList)
    if as_json:
        output.json_document(found)
        return 0
    for one in found.questions:
        output.line(_line(one))
    return 0


def _next(folder: Path, actor: str, trace: str, law: str, *, as_json: bool) -> int:
    from lintas.cli.asking import have_done
    from lintas.model.question import NextHopList
    from lintas.web.local import bank_wire

    found = have_done(folder, bank_wire.BankNext(actor=actor, trace=trace, law=law), NextHopList)
    if as_json:
        output.json_document(found)
        return 0
    _hops(found)
    return 0


def _hops(found: "NextHopList") -> None:
    from lintas.cli.trace import amount

    if not found.hops:
        output.line("All that is followed is known for certain: nobody needs to be asked.")
    for one in found.hops:
        asked = f"  {', '.join(one.questions)}" if one.questions else ""
        output.line(f"{one.account}  {amount(one.unsure_minor, one.currency)}  {_STANDS[one.stands]}{asked}")
    for question in found.asked:
        output.line(_line(question))


def _one(shown: "QuestionShown", *, as_json: bool) -> int:
    if as_json:
        output.json_document(shown)
    else:
        output.line(_line(shown) + ("" if shown.is_new else "  asked already"))
    return 0


def _line(one: "QuestionShown") -> str:
    came = f"{one.bookings} bookings up to {one.end}" if one.item else one.reason
    notes = f"  ({', '.join(one.notes)})" if one.notes else ""
    return f"{one.ref}  {one.bank}:{one.account}  since {one.start}  {one.state}  {came}{notes}  for {one.about}"
