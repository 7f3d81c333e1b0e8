# SPDX-License-Identifier: Apache-2.0
"""exercise: score what was played, and report on it."""

from pathlib import Path
from typing import Any

import click

from lintas.cli import options, output

_FOLDER = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
_RECORD = click.option(
    "--record",
    "record_file",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="What was done; DIR/played.json unless given.",
)


@click.command("score", epilog="\b\nExample:\n  lintas exercise score golden --json")
@_FOLDER
@_RECORD
@options.as_json
def score(*, folder: Path, record_file: Path | None, as_json: bool) -> int:
    """Score what was done, against where the money truly was."""
    said = _scored(folder, record_file)
    if as_json:
        output.json_document(said)
        return 0
    output.pairs(_lines(said))
    for one in said["wrong_holds"]:
        output.line(f"wrong: {one['hold']} {one['account']} {one['currency']} {one['minor']:,} minor of {one['of']:,}")
    for hold in said["missed_expiries"]:
        output.line(f"ran out undecided: {hold}")
    for one in said["basis_errors"]:
        output.line(f"wrong basis: {one['at']} {one['node']} > {one['to']}: {one['basis'] or 'none'}")
    return 0


@click.command("report", epilog="\b\nExample:\n  lintas exercise report golden --html after.html --pdf after.pdf")
@_FOLDER
@_RECORD
@click.option("--html", "html", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="Page to write.")
@click.option("--pdf", "pdf", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False), help="Paper to write.")
@options.as_json
def report(*, folder: Path, record_file: Path | None, html: Path | None, pdf: Path | None, as_json: bool) -> int:
    """Write the after-action report: what was done when, what it came to, and what to talk about."""
    from lintas.cli.exercise_folder import read_record_of, read_world
    from lintas.exercises.after_action import after_action_html, after_action_pages
    from lintas.exercises.pdf import pdf_of
    from lintas.exercises.score import score_of

    world, record = read_world(folder), read_record_of(folder, record_file)
    said = score_of(world, record)
    files = {"html": html or folder / "after-action.html", "pdf": pdf or folder / "after-action.pdf"}
    files["html"].write_bytes(after_action_html(world, record, said))
    files["pdf"].write_bytes(pdf_of(f"After-action report, seed {world.seed}", after_action_pages(world, record, said)))
    if as_json:
        output.json_document({name: str(path) for name, path in files.items()})
        return 0
    for path in files.values():
        output.line(f"{path}  {path.stat().st_size:,} bytes")
    return 0


def _scored(folder: Path, record_file: Path | None) -> dict[str, Any]:
    from lintas.cli.exercise_folder import read_record_of, read_world
    from lintas.exercises.score import score_of

    return score_of(read_world(folder), read_record_of(folder, record_file))


def _lines(said: dict[str, Any]) -> list[tuple[str, str]]:
    from lintas.formats.currencies import said_amount

    held = [
        f"{said_amount(part['rightly'], code)} of {said_amount(said['reachable'].get(code, 0), code)} reachable"
        for code, part in said["held"].items()
    ]
    hops = [f"hop {one['hop']}: {one['minutes']} min" for one in said["minutes_per_hop"]]
    percent = {name: "-" if said[name] is None else f"{said[name]:.1%}" for name in _SHARES}
    return [
        ("held", "; ".join(held) or "nothing"),
        ("of what was reachable", percent["share_of_reachable"]),
        ("of what was lost", percent["share_of_lost"]),
        ("from report to hold", ", ".join(hops) or "-"),
        ("wrong holds", str(len(said["wrong_holds"]))),
        ("ran out undecided", str(len(said["missed_expiries"]))),
        ("wrong basis", str(len(said["basis_errors"]))),
        ("people protected", f"{said['protected']['done']} of {said['protected']['wanted']}"),
    ]


_SHARES = ("share_of_reachable", "share_of_lost")
