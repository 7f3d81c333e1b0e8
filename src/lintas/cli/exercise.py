# SPDX-License-Identifier: Apache-2.0
"""exercise: make a joint exercise, play it on running nodes, score what was done, and report on it."""

from pathlib import Path
from typing import Any

import click

from lintas.cli import options, output
from lintas.cli.exercise_play import play
from lintas.cli.exercise_score import report, score


@click.group("exercise")
def exercise() -> None:
    """Joint exercises: invented money moves, desks hunt it, and the truth is known.

    Nothing of an exercise reaches a node of mode live.
    """


@exercise.command("make", epilog="\b\nExample:\n  lintas exercise make --seed 7 --nodes MY,SG,TH,CN --out golden")
@click.option(
    "--scenario", type=click.Choice(["golden-hours"]), default="golden-hours", show_default=True, help="What happens."
)
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=1, show_default=True, help="Same seed, same bytes.")
@click.option("--scale", type=int, default=1, show_default=True, help="How many times the smallest world: 1 to 1000.")
@click.option("--nodes", default="", metavar="CC,CC", help="Countries that play; MY,SG,TH,CN unless given.")
@click.option("--injects", default="", metavar="CODE,CODE", help="What makes it hard, or all; none unless given.")
@click.option("--first-hour", default="", metavar="TIME", help="When the first victim pays, RFC 3339; by the seed.")
@click.option(
    "--out", "out", required=True, metavar="DIR", type=click.Path(path_type=Path, file_okay=False), help="Empty folder."
)
@options.as_json
def make(
    *,
    scenario: str,
    seed: int,
    scale: int,
    nodes: str,
    injects: str,
    first_hour: str,
    out: Path,
    as_json: bool,
) -> int:
    """Make the files of an exercise: what each desk and bank has, and the truth.

    Injects: wrong_digit, innocent_salary, two_cases, duplicate_report, clock_skew, thai_answer, node_offline,
    trafficked_mule, still_believes.
    """
    from lintas.cli.exercise_folder import make_folder, order_of

    del scenario  # there is one
    order = order_of(seed=seed, scale=scale, nodes=nodes, injects=injects, first_hour=first_hour)
    head = make_folder(order, out)
    said: dict[str, Any] = {name: head[name] for name in ("scenario", "seed", "scale", "nodes", "injects", "counts")}
    said |= {"out": str(out), "files": len(head["files"]), "bytes": sum(one["bytes"] for one in head["files"])}
    said |= {name: head[name] for name in ("first_hour_at", "ends_at", "digest")}
    if as_json:
        output.json_document(said)
        return 0
    counts = head["counts"]
    output.pairs(
        [
            ("exercise", f"{head['scenario']}, seed {seed}, scale {scale}, {', '.join(head['nodes'])}"),
            ("injects", ", ".join(head["injects"]) or "none"),
            (
                "made",
                f"{counts['payments']:,} payments of {counts['accounts']:,} accounts, {counts['victims']} victims",
            ),
            ("first victim pays", head["first_hour_at"]),
            ("in", f"{out}: {said['files']} files, {said['bytes']:,} bytes"),
        ]
    )
    return 0


exercise.add_command(play)
exercise.add_command(score)
exercise.add_command(report)
