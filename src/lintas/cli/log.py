# SPDX-License-Identifier: Apache-2.0
"""log and verify: what happened, and the proof of it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from lintas.cli import options, output
from lintas.errors import WrongUse

if TYPE_CHECKING:
    from lintas.model.log_answers import LogPage

LIMIT_MAX = 1_000


@options.verb("log", "lintas log asc --receipt 3f0c…e1 -o 3f0c.tlog-proof")
@options.folder
@click.option("--before", metavar="N", type=click.IntRange(0), default=0, help="Entries before this place.")
@click.option("--limit", type=click.IntRange(1, LIMIT_MAX), default=100, show_default=True, help="Most entries shown.")
@click.option("--receipt", metavar="MESSAGE", default="", help="Write the proof that the log holds this message.")
@click.option("--entry", metavar="MESSAGE", default="", help="Write the message's signed header, for lintas-verify.")
@click.option("--vkey", is_flag=True, help="Print the log's verifier key only.")
@click.option("--checkpoint", is_flag=True, help="Print the newest signed head only.")
@options.output
@options.actor
@options.as_json
def log(
    *,
    folder: Path,
    before: int,
    limit: int,
    receipt: str,
    entry: str,
    vkey: bool,
    checkpoint: bool,
    target: str,
    force: bool,
    actor: str,
    as_json: bool,
) -> int:
    """Show entries, newest first, without their content; or write a proof for somebody else."""
    from lintas.cli.asking import have_done
    from lintas.cli.take import saved
    from lintas.model.log_answers import LogPage
    from lintas.web.local import wire

    if sum(map(bool, (receipt, entry, vkey, checkpoint))) > 1:
        raise WrongUse("--receipt, --entry, --vkey and --checkpoint are asked for one at a time.")
    if receipt or entry:
        request = wire.Receipt(actor=actor, message=receipt) if receipt else wire.EntryFile(actor=actor, message=entry)
        found = have_done(folder, request, wire.FileAnswer)
        return saved(found.name, found.data, target=target, force=force, as_json=as_json)
    page = have_done(folder, wire.ShowLog(actor=actor, before=before, limit=limit), LogPage)
    if as_json:
        output.json_document(page)
    elif vkey:
        output.line(page.vkey)
    elif checkpoint:
        output.lines(page.checkpoint.rstrip("\n"))
    else:
        show(page)
    return 0


def show(page: "LogPage") -> None:
    """Print one page."""
    output.table(
        ["entry", "created", "kind", "marking", "size", "id"],
        [
            (
                line.seq,
                line.created_at,
                line.kind,
                line.marking,
                "erased" if line.erased else output.size_text(line.size_bytes),
                line.id,
            )
            for line in page.entries
        ],
    )
    output.aside(f"{page.size:,} entries; newest signed head: {page.checkpoint_size:,} entries, {page.checkpoint_at}")
    if page.next_before:
        output.aside(f"older: --before {page.next_before}")


@options.verb("verify", "lintas verify asc --head head-of-monday.txt")
@options.folder
@click.option("--head", metavar="FILE", default="", help="A signed head kept elsewhere: the log must contain it.")
@options.as_json
def verify(*, folder: Path, head: str, as_json: bool) -> int:
    """Check every signature, every payload, every signed head and the tree over all. Exit code 3: it does not hold.

    Alone, a log cannot show that it was not rewritten whole by someone who holds its keys; a head kept elsewhere does.
    """
    from lintas.cli.asking import have_done
    from lintas.cli.files import read
    from lintas.model.log_answers import Verified
    from lintas.web.local import wire

    kept = read(head).data.decode("utf-8", "replace") if head else ""
    found = have_done(folder, wire.Verify(head=kept), Verified)
    if as_json:
        output.json_document(found)
        return 0 if found.ok else 3
    if found.ok:
        output.line(f"ok: {found.entries:,} entries, {found.payloads:,} payloads, {found.checkpoints:,} signed heads")
        output.line(f"root {found.root}, {found.seconds:.2f} s")
        return 0
    output.line(f"NOT ok: first bad is {found.first_bad}")
    for problem in found.problems:
        output.line(f"  {problem}")
    return 3
