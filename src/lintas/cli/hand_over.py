# SPDX-License-Identifier: Apache-2.0
"""hand-over: what is open, who answers for it, and giving it to the next officer."""

from pathlib import Path

import click

from lintas.cli import options, output
from lintas.errors import WrongUse


@options.verb(
    "hand-over",
    "lintas hand-over asc list --as Aminah\n"
    "  lintas hand-over asc offer --to Ravi --as Aminah\n"
    "  lintas hand-over asc accept 3f0c…d1 --as Ravi",
)
@options.folder
@click.argument("action", type=click.Choice(["list", "offer", "accept", "decline", "take"]))
@click.argument("targets", metavar="[MESSAGE]...", nargs=-1)
@click.option("--to", metavar="PERSON", default="", help="To whom it is offered.")
@click.option("--of", "person", metavar="PERSON", default="", help="Whose things are listed; for supervisors.")
@options.actor
@options.as_json
def hand_over(
    *, folder: Path, action: str, targets: tuple[str, ...], to: str, person: str, actor: str, as_json: bool
) -> int:
    """Hand-over: list what is open, offer it, accept or decline each by name, take what is nobody's.

    offer --to PERSON without a message offers everything that one answers for. Until it is accepted it stays where it
    is, and the supervisor sees it.
    """
    if action == "list":
        return show(folder, person, actor, as_json=as_json)
    if action == "offer" and not to:
        raise WrongUse("offer says to whom.", hint="--to NAME")
    if action != "offer" and not targets:
        raise WrongUse(f"{action} names each thing.", hint="lintas hand-over DIR list shows their ids.")
    return change(folder, action, to, targets, actor, as_json=as_json)


def change(folder: Path, action: str, to: str, targets: tuple[str, ...], actor: str, *, as_json: bool) -> int:
    """Change who answers for some things, and say what became of each."""
    from lintas.cli.asking import have_done
    from lintas.model.handing_answers import HandOverDone
    from lintas.web.local import case_wire

    request = case_wire.HandDo(actor=actor, do=action, to=to, targets=list(targets))  # type: ignore[arg-type]  # one of them
    done = have_done(folder, request, HandOverDone)
    if as_json:
        output.json_document(done)
    else:
        for target in done.done:
            output.line(f"{target}  {done.action}")
        for target, why in done.refused:
            output.line(f"{target}  not {done.action}: {why}")
    return 1 if done.refused else 0


def show(folder: Path, person: str, actor: str, *, as_json: bool) -> int:
    """List what is open."""
    from lintas.cli.asking import have_done
    from lintas.model.handing_answers import HandOver
    from lintas.web.local import case_wire

    found = have_done(folder, case_wire.HandShow(actor=actor, person=person), HandOver)
    if as_json:
        output.json_document(found)
        return 0
    groups = (("mine", found.mine), ("offered to me", found.to_me), ("nobody's", found.nobody), ("left", found.left))
    output.table(
        ["list", "what", "thing", "title", "state", "due", "owner", "offered to", "message"],
        [
            (group, one.what, one.ref, one.title, one.state, one.due, one.owner_name, one.offered_name, one.target)
            for group, rows in groups
            for one in rows
        ],
    )
    return 0
