# SPDX-License-Identifier: Apache-2.0
"""exercise play: let desks work on an exercise, in time that runs faster or jumps."""

from pathlib import Path
from typing import Final

import click

from lintas.cli import options, output

PACES: Final = ("usual", "at-once")


@click.command("play", epilog="\b\nExample:\n  lintas exercise play golden --pace usual")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--pace", type=click.Choice(PACES), default="usual", show_default=True, help="How fast desks and banks are."
)
@click.option("--record", "record_file", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Replace a record that is there.")
@options.as_json
def play(*, folder: Path, pace: str, record_file: Path | None, force: bool, as_json: bool) -> int:
    """Play an exercise, and write down what was done.

    Desks and banks of this process work by themselves: desks know what banks told them, and the clock jumps from one
    event to the next.
    """
    from lintas.cli.exercise_folder import RECORD, read_world
    from lintas.cli.exercise_game import AT_ONCE, Game, Pace
    from lintas.errors import BadInput
    from lintas.exercises.record import write_record

    target = record_file or folder / RECORD
    if target.exists() and not force:
        raise BadInput(f"{target} is there already.", hint="Name another one, or say --force.")
    world = read_world(folder)
    record = Game(world, AT_ONCE if pace == "at-once" else Pace()).play()
    target.write_bytes(write_record(record))
    holds = sum(one.what == "held" for one in record.events)
    said = {"record": str(target), "events": len(record.events), "holds": holds, "ended_at": record.ended_at}
    if as_json:
        output.json_document(said)
    else:
        output.line(f"{holds} holds; {len(record.events)} things were done: {target}")
        output.aside(f"what it came to: lintas exercise score {folder}")
    return 0
