# SPDX-License-Identifier: Apache-2.0
"""request: ask another desk or the own one, and say what is done with it. Signing an order takes the console."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lintas.cli import options, output
from lintas.cli.request_fields import FIELDS, REF, money, plain, told, told_order, typed
from lintas.cli.request_lanes import agree, agreements
from lintas.cli.request_say import ack, correct, order, refuse, say

if TYPE_CHECKING:
    from lintas.model.desk_answers import RequestLine, RequestPreview


@click.group("request")
def request() -> None:
    """Requests between desks: send one, see what is due, answer one under your own law.

    A request gives the other desk no power, and yours none from it. Only what a bank confirmed is held.
    """


@request.command(
    "send",
    epilog="\b\nExample:\n  lintas request send asc hold --to 'Sample desk TH' --account 1234567890 --bank KASITHBK "
    "\\\n      --country TH --amount 'THB 25000.00'",
)
@options.folder
@click.argument("form", metavar="FORM")
@click.option("--to", "to", metavar="NODE", required=True, help="Peer: name or id; own: the own desk.")
@click.option("--account", metavar="NUMBER", default="", help="Account, wallet or proxy that it is about.")
@click.option("--scheme", metavar="CODE", default="bank_account", show_default=True, help="What kind of account.")
@click.option("--bank", metavar="BANK", default="", help="Its bank: BIC or name.")
@click.option("--country", metavar="CC", default="", help="Its country.")
@click.option("--holder", metavar="NAME", default="", help="Its holder, as the payer saw it.")
@click.option("--amount", metavar="TEXT", default="", help="THB 25000.00")
@FIELDS
@click.option("--purpose", metavar="CODE", default="", help="Of the law pack; the usual one unless given.")
@click.option("--basis", metavar="CODE", default="", help="As above.")
@click.option(
    "--urgency", type=click.Choice(["now", "today", "routine"]), default="now", show_default=True, help="How soon."
)
@click.option("--short", metavar="TEXT", default="", help="In a few words, up to 500 characters.")
@click.option("--lang", metavar="CODE", default="en", show_default=True, help="Of these words.")
@click.option("--report", metavar="REF", default="", help="Report that it comes from.")
@click.option("--case", metavar="REF", default="", help="Case that it belongs to.")
@click.option("--agreement", metavar="REF", default="", help="Fast lane; one that covers it is named by itself.")
@click.option("--dry-run", is_flag=True, help="Say who would see it and which doors are there; send nothing.")
@options.actor
@options.as_json
def send(*, folder: Path, actor: str, as_json: bool, dry_run: bool, **said: Any) -> int:
    """Ask another desk for something. The same that is open already is shown, and not sent twice.

    With --to own it is asked of the own desk, for an account that is kept here: nothing of it is sent, and an order
    under the own law takes the same people as for another desk.

    Once anybody has a passkey here, this proposes it and exits 1: a named person confirms it on the page Approvals.
    """
    from lintas.cli.asking import have_done
    from lintas.model.desk_answers import RequestPreview
    from lintas.web.local import request_wire

    parts = {name: said.pop(name) for name in ("account", "scheme", "bank", "country", "holder", "amount", "given")}
    said["fields"] = _fields_of(parts)
    if dry_run:
        seen = have_done(folder, request_wire.RequestPreviewed(actor=actor, **said), RequestPreview)
        if as_json:
            output.json_document(seen)
        else:
            _show_preview(seen)
        return 0 if seen.may_go else 1
    sent = have_done(folder, request_wire.RequestSend(actor=actor, **said), request_wire.RequestSent)
    if sent.order is not None:
        return told_order(sent.order, as_json=as_json)
    assert sent.shown is not None, "one of the two is answered"
    return told(sent.shown, as_json=as_json)


@request.command("list", epilog="\b\nExample:\n  lintas request list asc --as Aminah")
@options.folder
@click.option("--newest", is_flag=True, help="All, newest first, instead of open ones by what is due.")
@click.option("--side", type=click.Choice(["asker", "answerer"]), default=None, help="Sent, or received.")
@click.option("--form", metavar="CODE", default="", help="Of one form.")
@click.option("--state", metavar="CODE", default="", help="In one state.")
@click.option("--case", metavar="REF", default="", help="Of one case.")
@click.option("--report", metavar="REF", default="", help="Of one report.")
@click.option("--after", metavar="PLACE", default="", help="Where the page before ended.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True, help="Most lines.")
@options.actor
@options.as_json
def show_list(*, folder: Path, actor: str, as_json: bool, side: str | None, **asked: Any) -> int:
    """Show open requests, the next due first."""
    from lintas.cli.asking import have_done
    from lintas.model.desk_answers import RequestList
    from lintas.web.local import request_wire

    found = have_done(folder, request_wire.RequestLines(actor=actor, side=side or "", **asked), RequestList)
    if as_json:
        output.json_document(found)
        return 0
    _table(found.lines)
    if found.next:
        output.aside(f"more: --after {found.next!r}")
    return 0


@request.command("find", epilog="\b\nExample:\n  lintas request find asc 1234567890")
@options.folder
@click.argument("text", metavar="TEXT")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True, help="Most lines.")
@options.actor
@options.as_json
def find(*, folder: Path, text: str, limit: int, actor: str, as_json: bool) -> int:
    """Find requests by reference, account or any other identifier, or by words."""
    from lintas.cli.asking import have_done
    from lintas.model.desk_answers import RequestList
    from lintas.web.local import request_wire

    found = have_done(folder, request_wire.RequestFind(actor=actor, text=text, limit=limit), RequestList)
    if as_json:
        output.json_document(found)
    else:
        _table(found.lines)
    return 0


@request.command("show", epilog="\b\nExample:\n  lintas request show asc SG-Q-7K3QF-9D2MX-4")
@options.folder
@REF
@options.actor
@options.as_json
def show(*, folder: Path, name: str, actor: str, as_json: bool) -> int:
    """Show one thread: what was asked, said, held, and what is due."""
    from lintas.cli.asking import have_done
    from lintas.model.desk_answers import RequestShown
    from lintas.web.local import request_wire

    shown = have_done(folder, request_wire.RequestShow(actor=actor, request=name), RequestShown)
    return told(shown, as_json=as_json)


@request.command("claims", epilog="\b\nExample:\n  lintas request claims asc SG-Q-7K3QF-9D2MX-4")
@options.folder
@REF
@options.actor
@options.as_json
def claims(*, folder: Path, name: str, actor: str, as_json: bool) -> int:
    """Show every request here about the same account, and what the bank's block covers."""
    from lintas.cli.asking import have_done
    from lintas.model.desk_answers import Claims
    from lintas.web.local import request_wire

    found = have_done(folder, request_wire.RequestClaims(actor=actor, request=name), Claims)
    if as_json:
        output.json_document(found)
        return 0
    rows = [
        (
            line.ref,
            line.side,
            line.state,
            plain(line.asked, line.currency),
            plain(line.held, line.currency),
        )
        for line in found.lines
    ]
    output.table(("ref", "side", "state", "asked", "held"), rows)
    sums = (plain(one, found.currency) for one in (found.asked, found.blocked, found.held))
    output.aside("asked {}, blocked {}, held {}".format(*sums))
    return 0


def _fields_of(parts: dict[str, Any]) -> dict[str, Any]:
    fields = typed(parts["given"])
    if parts["account"]:
        fields["account"] = {
            "scheme": parts["scheme"],
            "value": parts["account"],
            "bank": parts["bank"],
            "country": parts["country"],
            "name": parts["holder"],
        }
    if parts["amount"]:
        fields["amount"] = money(parts["amount"])
    return fields


def _table(lines: "list[RequestLine]") -> None:
    rows = [
        (
            line.ref,
            "own" if line.is_own else "sent to" if line.side == "asker" else "from",
            line.other_name,
            line.form,
            line.state,
            plain(line.amount.minor, line.amount.currency) if line.amount else "",
            f"{line.next_clock} {line.next_due}" if line.next_due else "",
            line.owner or "on duty",
        )
        for line in lines
    ]
    output.table(("ref", "", "desk", "form", "state", "amount", "next", "owner"), rows)
    if not rows:
        output.aside("none that you may see")


def _show_preview(seen: "RequestPreview") -> None:
    desk = seen.desk
    hours = {True: "open now", False: f"closed, opens {desk.opens_next if desk else ''}", None: "hours not known"}
    output.pairs(
        [
            ("to", f"{seen.to_name} ({seen.to_country})"),
            ("would go", "yes" if seen.may_go else seen.reason or "no"),
            *(("wrong", reason) for _, reason in seen.rejected),
            ("desk", f"{desk.label} {desk.number}, {hours[desk.is_open]}" if desk else "not known"),
            ("seen there by", f"that node; here by {', '.join(seen.seen_by.roles)}"),
            ("purpose, basis", f"{seen.purpose}, {seen.basis}"),
            *(("door", f"{door.code}: law {door.law or 'not known'}, earmark {door.earmark}") for door in seen.doors),
            *(("warning", code) for code in seen.warnings),
            *([("same", seen.same)] if seen.same else []),
            *([("fast lane", seen.agreement)] if seen.fast else []),
        ]
    )


for one in (ack, refuse, say, order, correct, agreements, agree):
    request.add_command(one)
