# SPDX-License-Identifier: Apache-2.0
"""quarantine: files that were given and not read."""

from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from lintas.cli import options, output
from lintas.errors import WrongUse

if TYPE_CHECKING:
    from lintas.web.local.quarantine_wire import AsideShown


@options.verb(
    "quarantine",
    "lintas quarantine asc list\n"
    "  lintas quarantine asc release 3f0c… --as Devi --ground 'report 17: a table, not a program' -o report.csv",
)
@options.folder
@click.argument("action", type=click.Choice(["list", "show", "release", "drop"]))
@click.argument("id_", metavar="[ID]", required=False, default="")
@click.option("--ground", default="", metavar="TEXT", help="Why it is released or destroyed; it stands in the log.")
@options.output
@options.actor
@options.as_json
def quarantine(
    *, folder: Path, action: str, id_: str, ground: str, target: str, force: bool, actor: str, as_json: bool
) -> int:
    """Files that were set aside: programs, archives, pages with scripts, files that are not what they are called.

    release gives one out to a named person (an examiner or supervisor), drop destroys it. Nothing of them was read.
    """
    if bool(id_) == (action == "list"):
        raise WrongUse("list takes no id." if id_ else f"{action} takes the id of a file.")
    if action in {"list", "show"}:
        return _shown(folder, id_, actor, as_json=as_json)
    from lintas.cli.asking import have_done
    from lintas.cli.take import saved
    from lintas.web.local import quarantine_wire

    request = quarantine_wire.QuarantineDecide(
        actor=actor, id=id_, what="drop" if action == "drop" else "release", ground=ground
    )
    done = have_done(folder, request, quarantine_wire.AsideDecided)
    if action == "release":
        return saved(done.name, done.data, target=target, force=force, as_json=as_json)
    if as_json:
        output.json_document(done.file)
    else:
        output.line(f"destroyed {done.file.id}")
    return 0


def _shown(folder: Path, id_: str, actor: str, *, as_json: bool) -> int:
    from lintas.cli.asking import have_done
    from lintas.web.local import quarantine_wire

    if id_:
        one = have_done(folder, quarantine_wire.QuarantineShow(actor=actor, id=id_), quarantine_wire.AsideShown)
        if as_json:
            output.json_document(one)
        else:
            output.pairs([(name.replace("_", " "), value) for name, value in msgspec.structs.asdict(one).items()])
        return 0
    found = have_done(folder, quarantine_wire.QuarantineList(actor=actor), quarantine_wire.AsideList)
    if as_json:
        output.json_document(found)
        return 0
    for aside in found.files:
        output.line(_line(aside))
    if not found.files:
        output.line("nothing was set aside")
    return 0


def _line(aside: "AsideShown") -> str:
    size = output.size_text(aside.size_bytes)
    return f"{aside.id[:16]}  {aside.at}  {aside.marking:<14} {size:>10}  {aside.name}: {aside.reason}"
