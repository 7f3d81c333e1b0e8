# SPDX-License-Identifier: Apache-2.0
"""recall: ask the bank that sent the money to get it back, and take in what it answers."""

from pathlib import Path
from typing import Any

import click

from lintas.cli import options, output
from lintas.cli.take import saved


@click.group("recall")
def recall() -> None:
    """Recalls: a file for the bank that sent the money (camt.056), and its answer (camt.029).

    Beside the request to the other desk. A bank with a connection (`[bank.NAME]`) is given the file by the node itself.
    """


@recall.command("new", epilog="\b\nExample:\n  lintas recall new desk SG-Q-7K3QF-9D2MX-4 --bank CONTSGSG")
@options.folder
@click.argument("request", metavar="REF")
@click.option("--bank", metavar="BANK", default="", help="BIC or name; the one that the request names unless given.")
@click.option("--reason", metavar="CODE", default="frad", show_default=True, help="Of the table recall_reason.")
@options.output
@options.actor
@options.as_json
def new(*, folder: Path, request: str, bank: str, reason: str, actor: str, as_json: bool, **given: Any) -> int:
    """Write the file that asks a bank for the money back; the request's thread says so from now on."""
    from lintas.cli.asking import have_done
    from lintas.web.local import recall_wire, wire

    asked = recall_wire.RecallNew(actor=actor, request=request, bank=bank, reason=reason)
    found = have_done(folder, asked, wire.FileAnswer)
    return saved(found.name, found.data, target=given["target"], force=given["force"], as_json=as_json)


@recall.command("file", epilog="\b\nExample:\n  lintas recall file desk SG-Q-7K3QF-9D2MX-4 SG-Q-7K3QF-9D2MX-4-0a1b2c3d")
@options.folder
@click.argument("request", metavar="REF")
@click.argument("recall_id", metavar="RECALL")
@options.output
@options.actor
@options.as_json
def file(*, folder: Path, request: str, recall_id: str, actor: str, as_json: bool, **given: Any) -> int:
    """Write the file of a recall once more: the same bytes."""
    from lintas.cli.asking import have_done
    from lintas.web.local import recall_wire, wire

    asked = recall_wire.RecallFile(actor=actor, request=request, recall=recall_id)
    found = have_done(folder, asked, wire.FileAnswer)
    return saved(found.name, found.data, target=given["target"], force=given["force"], as_json=as_json)


@recall.command("answer", epilog="\b\nExample:\n  lintas recall answer desk camt.029.xml")
@options.folder
@click.argument("name", metavar="FILE")
@options.actor
@options.as_json
def answer(*, folder: Path, name: str, actor: str, as_json: bool) -> int:
    """Take in what a bank answered: read in the sandbox, and held against what was asked. FILE may be -."""
    from lintas.cli import files as reading
    from lintas.cli.asking import have_done
    from lintas.formats.currencies import said_amount
    from lintas.web.local import recall_wire

    taken = have_done(
        folder, recall_wire.RecallAnswer(actor=actor), recall_wire.RecallTaken, files=[reading.read(name)]
    )
    if as_json:
        output.json_document(taken)
        return 0
    amount = f"  {said_amount(taken.minor, taken.currency)} come back" if taken.minor >= 0 else ""
    again = "" if taken.is_new else "  (it was taken before)"
    output.line(f"{taken.ref}  {taken.recall}  {taken.status}  {taken.reason}{amount}{again}".rstrip())
    return 0
