# SPDX-License-Identifier: Apache-2.0
"""exercise play: let desks work on an exercise, in time that runs faster or jumps."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from lintas.cli import options, output

if TYPE_CHECKING:
    from lintas.exercises.record import Record
    from lintas.exercises.world import World

PACES: Final = ("usual", "at-once")


@click.command(
    "play",
    epilog="\b\nExamples:\n  lintas exercise play golden --pace usual\n"
    "  lintas exercise play golden --node MY=my --node SG=sg --node TH=th --node CN=cn --speed 30 --desks human",
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--pace", type=click.Choice(PACES), default="usual", show_default=True, help="How fast desks and banks are."
)
@click.option("--node", "nodes", metavar="CC=FOLDER", multiple=True, help="A country's node, of mode exercise; again.")
@click.option("--desks", type=click.Choice(["auto", "human"]), default="auto", show_default=True, help="Who decides.")
@click.option("--speed", type=click.FloatRange(0.1, 10_000), default=60.0, show_default=True, help="Faster than life.")
@click.option(
    "--minutes", type=click.IntRange(1, 600), default=120, show_default=True, help="Of human desks: the length."
)
@click.option(
    "--record",
    "record_file",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="What was done is written there; DIR/played.json unless given.",
)
@click.option("--force", is_flag=True, help="Replace a record that is there.")
@options.as_json
def play(*, folder: Path, record_file: Path | None, force: bool, as_json: bool, **given: Any) -> int:
    """Play an exercise, and write down what was done.

    Without nodes, desks and banks of this process work by themselves, and the clock jumps from one event to the next.
    With a node for each country, all that is done is done there: by desks that decide by themselves, or by people, who
    get what comes to a desk and work at their own pages while time runs --speed times faster.
    """
    from lintas.cli.exercise_folder import RECORD, read_world
    from lintas.errors import BadInput
    from lintas.exercises.record import write_record

    target = record_file or folder / RECORD
    if target.exists() and not force:
        raise BadInput(f"{target} is there already.", hint="Name another one, or say --force.")
    world = read_world(folder)
    record, troubles = _played(world, given)
    target.write_bytes(write_record(record))
    holds = sum(one.what == "held" for one in record.events)
    said = {"record": str(target), "events": len(record.events), "holds": holds, "ended_at": record.ended_at}
    if as_json:
        output.json_document(said | {"troubles": troubles})
    else:
        output.line(f"{holds} holds; {len(record.events)} things were done: {target}")
        output.aside(f"what it came to: lintas exercise score {folder}")
    for trouble in troubles:
        output.aside(f"not taken by its node: {trouble}")
    return 1 if troubles else 0


def _played(world: "World", given: dict[str, Any]) -> "tuple[Record, list[str]]":
    from lintas.cli.exercise_game import AT_ONCE, Game, Pace
    from lintas.cli.exercise_nodes import Director, RunningNodes
    from lintas.cli.exercise_people import PeoplesGame
    from lintas.errors import WrongUse

    pace = AT_ONCE if given["pace"] == "at-once" else Pace()
    folders = _folders(given["nodes"])
    if not folders:
        if given["desks"] == "human":
            raise WrongUse("People play at nodes.", hint="Name one for each country: --node MY=FOLDER")
        return Game(world, pace).play(), []
    if set(folders) != set(world.nodes):
        raise WrongUse(f"The exercise is of {', '.join(world.nodes)}: name a node for each.")
    stage = RunningNodes(folders, start=min(report.at for report in world.reports), speed=given["speed"])
    director = Director(world=world, stage=stage)
    director.check()
    if given["desks"] == "human":
        record = PeoplesGame(world, stage, director, pace).play(minutes=given["minutes"])
    else:
        record = Game(world, pace, tell=director.tell, reach=stage.reach).play()
    return record, director.troubles


def _folders(nodes: tuple[str, ...]) -> dict[str, Path]:
    from lintas.errors import WrongUse

    found = {}
    for one in nodes:
        country, equals, place = one.partition("=")
        if not equals or not place:
            raise WrongUse(f"{one[:60]!r} names no node.", hint="Write --node MY=FOLDER.")
        found[country.upper()] = Path(place)
    return found
