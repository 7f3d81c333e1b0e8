# SPDX-License-Identifier: Apache-2.0
"""conformance: does a node keep to the peer protocol?"""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lintas.cli import options, output
from lintas.conformance.catalogue import AREAS

if TYPE_CHECKING:
    from lintas.conformance.checking import Report


@options.verb("conformance", "lintas conformance https://127.0.0.1:8418 --identity tester")
@click.argument("url", metavar="URL")
@click.option(
    "--identity",
    "folder",
    metavar="DIR",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the tool's own keys, made at the first run. Who lied once needs a new one.",
)
@click.option("--only", multiple=True, type=click.Choice(AREAS), help="Only this area; may be given more than once.")
@click.option("--quick", is_flag=True, help="Leave out what takes half a minute or more.")
@options.as_json
def conformance(*, url: str, folder: Path, only: tuple[str, ...], quick: bool, as_json: bool) -> int:
    """Play the peer protocol against a node of mode exercise, good and bad, and say what holds.

    The tool is a peer of its own, or rather many: one is honest, each of the others tells one lie, for which a node
    suspends it. The first run says how to add them. Exit code 0: all holds; 1: something does not; 2: nothing was
    played.
    """
    from lintas.conformance import identity
    from lintas.conformance.play import Patience
    from lintas.conformance.playing import NAMES, NotKnown, play

    identities = identity.open_identities(folder)
    try:
        report = play(url, identities, patience=Patience(is_quick=quick), only=only)
    except NotKnown as exc:
        if not exc.hint:
            identity.write_descriptors(folder, identities, NAMES)
            files = f"{shlex.quote(str(folder / identity.PEERS))}/*.json"
            exc.hint = (
                f"Its operator adds the tool's {len(NAMES)} peers, once: "
                f'for one in {files}; do lintas peer add NODE "$one" || break; done'
            )
        raise
    if as_json:
        output.json_document(report)
    else:
        show(report)
    return 0 if report.ok else 1


def show(report: "Report") -> None:
    """Print what came out, failures last so that they are seen."""
    for result in ("ok", "skipped", "failed"):
        for one in report.outcomes:
            if one.result == result:
                output.line(f"{result.upper() if result == 'failed' else result:<8} {one.code:<40} {one.sentence}")
            if one.result == result and one.detail:
                where = f' [docs/spec/peer.md, "{one.section}"]' if result == "failed" else ""
                output.line(f"{'':<8} {one.detail}{where}")
    output.line(f"{report.node} at {report.url}")
    output.line(f"{report.count('ok')} ok, {report.count('failed')} failed, {report.count('skipped')} skipped")
