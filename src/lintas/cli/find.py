# SPDX-License-Identifier: Apache-2.0
"""find: does anyone here hold it?"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lintas.cli import options, output
from lintas.limits import RESULTS_PER_TERM_MAX

if TYPE_CHECKING:
    from lintas.model.find_answers import FindResult, Found

SOURCES_SHOWN_MAX = 5


@options.verb("find", "lintas find asc '+60 12-345 6789' MBBEMYKL:114011223344 'beras'")
@options.folder
@click.argument("terms", metavar="TERM...", nargs=-1)
@click.option("--file", "file", metavar="F", default="", help="Terms from a file, one a line; - for standard input.")
@click.option("--scheme", default="", help="Read the terms as this kind of identifier: phone, domain, bank_account …")
@click.option("--area", default="", help="Only what carries this crime area.")
@click.option("--source", default="", help="Only sources whose name holds this.")
@click.option("--since", metavar="TIME", default="", help="Taken at or after this RFC 3339 date or time.")
@click.option("--until", metavar="TIME", default="", help="Taken before this time, or up to the end of this day (UTC).")
@click.option("--tlp", metavar="LABEL", default="", help="Only this TLP label.")
@click.option("--purpose", metavar="CODE", default="", help="Why you ask; it stands in the access entry.")
@click.option(
    "--limit",
    type=click.IntRange(1, RESULTS_PER_TERM_MAX),
    default=20,
    show_default=True,
    help="Most entities shown for one term.",
)
@click.option("--unmask", is_flag=True, help="Show what is masked too; needs --as and --purpose, and leaves a trace.")
@options.actor
@options.as_json
def find(*, folder: Path, terms: tuple[str, ...], as_json: bool, **given: Any) -> int:
    """Look up one term or many: identifiers exactly, abc* by prefix, anything else as words in any script.

    There is one row for each term, in order, misses too. Asking is itself an entry of the log.
    """
    from lintas.cli import files as reading
    from lintas.cli.asking import have_done
    from lintas.model.find_answers import Filters, Found
    from lintas.model.marking import Tlp
    from lintas.web.local import wire

    tlp = Tlp.from_text(given["tlp"]).label if given["tlp"] else ""
    names = ("scheme", "area", "source", "since", "until")
    request = wire.Find(
        actor=given["actor"],
        terms=reading.terms(terms, given["file"]),
        filters=Filters(**{name: given[name] for name in names}, tlp=tlp),
        purpose=given["purpose"],
        limit=given["limit"],
        unmask=given["unmask"],
    )
    found = have_done(folder, request, Found)
    if as_json:
        output.json_document(found)
    else:
        show(found)
    return 0


def show(found: "Found") -> None:
    """Print hits under their term, and misses as such."""
    for result in found.results:
        show_one(result)
    hits = sum(1 for result in found.results if result.entities)
    output.aside(f"{hits:,} of {len(found.results):,} terms hit, {found.seconds * 1000:.0f} ms")


def show_one(result: "FindResult") -> None:
    """Print one row."""
    known = f" = {result.scheme} {result.value}" if result.scheme else ""
    if not result.entities:
        output.line(f"{result.term}{known}: {result.note or 'none that you may see'}")
        return
    output.line(f"{result.term}{known}:")
    for entity in result.entities:
        flags = f" [{', '.join(entity.flags)}]" if entity.flags else ""
        output.line(f"  {entity.schema} {entity.caption}  ({entity.prop}){flags}")
        if entity.snippet and entity.snippet != entity.caption:
            output.line(f"    {' '.join(entity.snippet.split())}")
    for source in result.sources[:SOURCES_SHOWN_MAX]:
        named = f", {source.source}" if source.source else ""
        output.line(f"  says {source.message}")
        output.line(f"       {source.marking}, {source.grading}, {source.taken_at}{named}")
    if len(result.sources) > SOURCES_SHOWN_MAX:
        output.line(f"  … and {len(result.sources) - SOURCES_SHOWN_MAX:,} more sources")
    for reason in result.benign:
        output.line(f"  weighs little: {reason}")
    if result.more:
        output.line("  … there is more; raise --limit")
    if result.note:
        output.line(f"  note: {result.note}")
