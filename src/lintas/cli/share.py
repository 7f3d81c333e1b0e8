# SPDX-License-Identifier: Apache-2.0
"""share and outbox: release messages to peers, and see what became of them."""

from pathlib import Path

import click

from lintas.cli import options, output
from lintas.errors import WrongUse


@options.verb("share", "lintas share asc 3f0c…d1 --to 'Singapore desk' --dry-run")
@options.folder
@click.argument("messages", metavar="MESSAGE...", nargs=-1, required=True)
@click.option("--to", "to", metavar="NODE", multiple=True, help="A peer's id or name; may be given more than once.")
@click.option("--channel", "channels", metavar="C", multiple=True, help="The peer that one of our channels leads to.")
@click.option("--purpose", default="", help="Code of the law profile; its usual one if left out.")
@click.option("--basis", default="", help="Code of the legal basis; the profile's usual one if left out.")
@click.option("--urgent", is_flag=True, help="Into the alert lane, before everything else.")
@click.option("--dry-run", is_flag=True, help="Say who would see it and why not the others; release nothing.")
@options.actor
@options.as_json
def share(
    *,
    folder: Path,
    messages: tuple[str, ...],
    to: tuple[str, ...],
    channels: tuple[str, ...],
    purpose: str,
    basis: str,
    urgent: bool,
    dry_run: bool,
    actor: str,
    as_json: bool,
) -> int:
    """Release messages, or all of a taken file, to named peers. Nobody named is nobody.

    With --dry-run and no --to, every peer is asked about. Once anybody has a passkey here, this proposes it and exits
    with 1: a named person confirms it in the console.
    """
    from lintas.cli.asking import have_done
    from lintas.model.share_answers import Shared
    from lintas.web.local import wire

    if not to and not channels and not dry_run:
        raise WrongUse("Nobody is named, so nobody gets it.", hint="Name a peer with --to; --dry-run shows them all.")
    request = wire.Share(
        actor=actor,
        messages=list(messages),
        to=[*to, *channels],
        purpose=purpose,
        basis=basis,
        urgent=urgent,
        dry_run=dry_run,
    )
    done = have_done(folder, request, Shared)
    if as_json:
        output.json_document(done)
    elif done.order:
        output.line(f"nothing was released: order {done.order} waits for a named person's passkey")
        output.line(f"confirm it at {done.confirm_at}")
    else:
        would = "would go" if done.dry_run else "released"
        for line in done.released:
            before = " (before)" if line.already else ""
            output.line(f"{would}  {line.message[:16]}  to {line.name} {line.to[:16]}…{before}")
        for refusal in done.refused:
            output.line(f"stays     {refusal.message[:16]}  {refusal.name}: {refusal.reason} [{refusal.rule}]")
        output.line(f"purpose {done.purpose}, legal basis {done.basis}")
    return 1 if done.refused or done.order else 0


@options.verb("outbox", "lintas outbox asc --limit 20")
@options.folder
@click.option("--peer", default="", help="Node id of one peer.")
@click.option("--before", type=click.IntRange(0), default=0, help="Older than this place of the log.")
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True, help="Lines.")
@click.option("--all", "is_whole", is_flag=True, help="What the node sends by itself too: receipts and descriptors.")
@options.actor
@options.as_json
def outbox(*, folder: Path, peer: str, before: int, limit: int, is_whole: bool, actor: str, as_json: bool) -> int:
    """Show what was released to whom, newest first, and what became of it there."""
    from lintas.cli.asking import have_done
    from lintas.model.share_answers import OutboxPage
    from lintas.web.local import wire

    request = wire.ShowOutbox(actor=actor, peer=peer, before=before, limit=limit, is_whole=is_whole)
    page = have_done(folder, request, OutboxPage)
    if as_json:
        output.json_document(page)
        return 0
    for line in page.lines:
        state = ", ".join(line.states) or ("on its way" if line.message else "")  # nobody acknowledges a receipt
        output.line(
            f"{line.at}  {line.kind:<10} {line.message[:16]:<16}  {line.name}  {line.lane} {line.counter}  {state}"
        )
        for reason in line.reasons:
            output.line(f"    not used there: {reason}")
    if page.next_before:
        output.line(f"older: --before {page.next_before}")
    return 0
