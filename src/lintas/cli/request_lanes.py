# SPDX-License-Identifier: Apache-2.0
"""request: fast lanes with other nodes."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lintas.cli import options, output
from lintas.cli.request_fields import money, plain, told_order
from lintas.errors import BadInput

if TYPE_CHECKING:
    from lintas.model.agreement_answers import AgreementLine


@click.command("agreements", epilog="\b\nExample:\n  lintas request agreements asc")
@options.folder
@options.actor
@options.as_json
def agreements(*, folder: Path, actor: str, as_json: bool) -> int:
    """Show fast lanes with other nodes."""
    from lintas.cli.asking import have_done
    from lintas.model.agreement_answers import AgreementList
    from lintas.web.local import request_wire

    found = have_done(folder, request_wire.LaneList(actor=actor), AgreementList)
    if as_json:
        output.json_document(found)
        return 0
    for one in found.agreements:
        _show_lane(one)
    if not found.agreements:
        output.aside("no fast lanes")
    return 0


@click.command(
    "agree",
    epilog="\b\nExample:\n  lintas request agree asc --to 'Sample desk TH' --form hold --power hold \\\n"
    "      --max 'THB 100000.00' --until 2027-01-01T00:00:00Z",
)
@options.folder
@click.option("--to", metavar="NODE", default="", help="Propose to this peer.")
@click.option("--accept", metavar="REF", default="", help="Accept what it proposed, with the same terms.")
@click.option("--end", metavar="REF", default="", help="End one.")
@click.option("--form", "forms", metavar="CODE", multiple=True, help="A form that it covers; again.")
@click.option("--power", "powers", metavar="CODE", multiple=True, help="A power that it covers; again.")
@click.option("--desk", "desks", metavar="CODE", multiple=True, help="A desk that it is for; all unless given.")
@click.option("--max", "most", metavar="TEXT", default="", help="At most so much: 'THB 100000.00'.")
@click.option("--from", "since", metavar="TIME", default="", help="From when on; now unless given.")
@click.option("--until", metavar="TIME", default="", help="Until when.")
@options.actor
@options.as_json
def agree(*, folder: Path, to: str, accept: str, end: str, actor: str, as_json: bool, **terms: Any) -> int:
    """Propose a fast lane, accept or end one: then one named person with the power orders alone, never a machine.

    Once anybody has a passkey here, it exits 1 and waits for named people on the page Approvals.
    """
    from lintas.cli.asking import have_done
    from lintas.web.local import request_wire

    if sum(map(bool, (to, accept, end))) != 1:
        raise BadInput("Propose, accept or end: one of --to, --accept and --end.")
    what = "proposed" if to else "accepted" if accept else "ended"
    said = {
        "forms": list(terms["forms"]),
        "powers": list(terms["powers"]),
        "desks": list(terms["desks"]),
        "max": money(terms["most"]) if terms["most"] else None,
        "from": terms["since"],
        "until": terms["until"],
    }
    asked = request_wire.LaneSay(actor=actor, what=what, ref=accept or end, to=to, terms=said if to else {})
    done = have_done(folder, asked, request_wire.LaneSaid)
    if done.order is not None:
        return told_order(done.order, as_json=as_json)
    assert done.line is not None, "one of the two is answered"
    if as_json:
        output.json_document(done.line)
    else:
        _show_lane(done.line)
    return 0


def _show_lane(one: "AgreementLine") -> None:
    state = "in force" if one.in_force else one.state
    output.line(f"{one.ref}  {state:<9}  {', '.join(one.names)}{'  waits for us' if one.waits_for_us else ''}")
    if one.terms is not None:
        most = one.terms.most
        amount = plain(most.minor, most.currency) if most else "any amount"
        output.line(f"  {', '.join(one.terms.forms)}; {', '.join(one.terms.powers)}; {amount}; until {one.terms.until}")
