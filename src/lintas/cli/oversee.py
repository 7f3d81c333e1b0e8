# SPDX-License-Identifier: Apache-2.0
"""seen and oversee: who saw what, and who did what; for those who answer for it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from lintas.cli import options, output
from lintas.errors import WrongUse

if TYPE_CHECKING:
    from lintas.model.audit import AuditLine, AuditQuery, SeenPage

LIMIT_MAX = 200


@options.verb("seen", "lintas seen asc 3f0c…e1 --as Aminah")
@options.folder
@click.argument("message", metavar="MESSAGE")
@click.option("--before", metavar="N", type=click.IntRange(0), default=0, help="Entries before this place.")
@click.option("--limit", type=click.IntRange(1, LIMIT_MAX), default=100, show_default=True, help="Most lines shown.")
@options.actor
@options.as_json
def seen(*, folder: Path, message: str, before: int, limit: int, actor: str, as_json: bool) -> int:
    """Show who saw a message here, and what peers signed about their copies; never what it says.

    Each receipt is an entry of this log that the peer signed: `lintas log DIR --receipt ID` proves it to a stranger.
    """
    from lintas.cli.asking import have_done
    from lintas.model.audit import SeenPage
    from lintas.web.local import oversee_wire

    asked = oversee_wire.WhoSaw(actor=actor, message=message, before=before, limit=limit)
    page = have_done(folder, asked, SeenPage)
    if as_json:
        output.json_document(page)
    else:
        show_seen(page)
    return 0


def show_seen(page: "SeenPage") -> None:
    """Print who saw one message."""
    show_lines(page.lines)
    if not page.lines:
        output.aside("nobody here saw it")
    for one in page.peers:
        covered = f"under the signed head of {one.covered_by} entries" if one.covered_by else "under no signed head yet"
        who = " ".join(part for part in (one.desk and f"desk {one.desk}", one.by) if part)
        output.line(f"{one.at}  {one.name or one.node}  {one.state}  {who}  receipt {one.receipt}, {covered}")
    for name in page.waiting:
        output.line(f"nothing signed yet by {name}")
    if page.next_before:
        output.aside(f"older: --before {page.next_before}")


def show_lines(lines: "list[AuditLine]") -> None:
    """Print acts in columns."""
    if lines:
        output.table(
            ["entry", "at", "person", "action", "outcome", "shown", "purpose", "policy"],
            [
                (
                    line.seq,
                    line.at,
                    f"{line.person} {line.name}".strip(),
                    line.action + (" unmasked" if line.unmasked else ""),
                    line.outcome + (f" ({line.rule})" if line.rule else ""),
                    line.shown or "",
                    line.purpose,
                    line.policy[:12],
                )
                for line in lines
            ],
        )


@options.verb("oversee", "lintas oversee asc --as Budi --person officer-0001 --since 2026-03-01")
@options.folder
@click.option("--person", default="", metavar="NAME", help="Who did it: a name or a pseudonym.")
@click.option("--verb", "verb", default="", metavar="VERB", help="What was done: find, message, opened, refused ...")
@click.option("--kind", default="", metavar="KIND", help="Entries of one kind: access, order, assent, account ...")
@click.option("--words", default="", metavar="WORDS", help="Words in the purpose, the ground, or what was asked.")
@click.option("--message", default="", metavar="MESSAGE", help="What was done with one message.")
@click.option("--since", default="", metavar="TIME", help="From this date or time on.")
@click.option("--until", default="", metavar="TIME", help="Until then.")
@click.option("--policy", default="", metavar="DIGEST", help="Under one access policy, by the beginning of its digest.")
@click.option("--unmasked", is_flag=True, help="Where masked content was shown.")
@click.option("--decisions", is_flag=True, help="Who proposed, approved, refused and reviewed what.")
@click.option("--before", metavar="N", type=click.IntRange(0), default=0, help="Entries before this place.")
@click.option("--limit", type=click.IntRange(1, LIMIT_MAX), default=50, show_default=True, help="Most lines shown.")
@click.option("--export", "target", metavar="FILE", default="", help="Write entries --first to --last as a zip.")
@click.option("--first", metavar="N", type=click.IntRange(0), default=0, help="First entry of an export.")
@click.option("--last", metavar="N", type=click.IntRange(0), default=None, help="Last entry of an export; the newest.")
@click.option("--open", "opened", metavar="MESSAGE", default="", help="Open one message's content; needs --cause.")
@click.option("--cause", default="", metavar="TEXT", help="Why it must be opened; supervisors see it.")
@click.option("--acknowledge", metavar="ENTRY", default="", help="Say that you saw that content was opened.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@options.actor
@options.as_json
def oversee(
    *,
    folder: Path,
    before: int,
    limit: int,
    target: str,
    first: int,
    last: int | None,
    opened: str,
    cause: str,
    acknowledge: str,
    force: bool,
    actor: str,
    as_json: bool,
    **conditions: str | bool,
) -> int:
    """Search the log for who did what, when and why; export it; open one message for a stated cause.

    A search shows no content. Each search, export and opening is an entry of the log itself.
    """
    from lintas.model.audit import AuditQuery

    if sum(map(bool, (target, opened, acknowledge))) > 1:
        raise WrongUse("--export, --open and --acknowledge are asked for one at a time.")
    if opened:
        return _open(folder, opened, cause, actor=actor, as_json=as_json)
    if acknowledge:
        return _acknowledge(folder, acknowledge, actor=actor, as_json=as_json)
    if target:
        return _export(folder, target, first, last, force=force, actor=actor, as_json=as_json)
    query = AuditQuery(**conditions)  # type: ignore[arg-type]  # click gives each option its own type
    return _search(folder, query, before=before, limit=limit, actor=actor, as_json=as_json)


def _search(folder: Path, query: "AuditQuery", *, before: int, limit: int, actor: str, as_json: bool) -> int:
    from lintas.cli.asking import have_done
    from lintas.model.audit import AuditPage
    from lintas.web.local import oversee_wire

    asked = oversee_wire.OverseeSearch(actor=actor, query=query, before=before, limit=limit)
    page: AuditPage = have_done(folder, asked, AuditPage)
    if as_json:
        output.json_document(page)
        return 0
    show_lines(page.lines)
    output.aside(f"{len(page.lines)} of {page.looked_at:,} entries that were looked at, of {page.size:,} in the log")
    if page.next_before:
        output.aside(f"older: --before {page.next_before}")
    return 0


def _open(folder: Path, message: str, cause: str, *, actor: str, as_json: bool) -> int:
    from lintas.cli.asking import have_done
    from lintas.web.local import oversee_wire

    asked = oversee_wire.OverseeOpen(actor=actor, message=message, cause=cause)
    found = have_done(folder, asked, oversee_wire.OpenedAnswer)
    if as_json:
        output.json_document(found)
        return 0
    output.line(found.message.marking_label)
    output.lines(found.message.received)
    output.aside(f"supervisors are told by entry {found.access}")
    return 0


def _acknowledge(folder: Path, access: str, *, actor: str, as_json: bool) -> int:
    from lintas.cli.asking import have_done
    from lintas.web.local import oversee_wire

    asked = oversee_wire.OverseeAcknowledge(actor=actor, access=access)
    found = have_done(folder, asked, oversee_wire.OpeningAcknowledged)
    if as_json:
        output.json_document(found)
    else:
        output.line(f"acknowledged {found.access}")
    return 0


def _export(folder: Path, target: str, first: int, last: int | None, *, force: bool, actor: str, as_json: bool) -> int:
    from lintas.cli.asking import have_done
    from lintas.cli.take import saved
    from lintas.model.audit import AuditExport
    from lintas.web.local import oversee_wire

    asked = oversee_wire.OverseeExport(actor=actor, first=first, last=-1 if last is None else last)
    made = have_done(folder, asked, AuditExport)
    output.aside(f"{made.count} events, entries {made.first} to {made.last}, SHA-256 {made.sha256}")
    return saved(made.file_name, made.data, target=target, force=force, as_json=as_json)
