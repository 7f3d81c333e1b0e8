# SPDX-License-Identifier: Apache-2.0
"""class and show: whom a message is to protect, and one message as its page shows it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from lintas.cli import options, output
from lintas.errors import WrongUse

if TYPE_CHECKING:
    from lintas.model.find_answers import MessageShown


@options.verb("class", "lintas class asc add victim 3f0c…e1")
@options.folder
@click.argument("do", metavar="add|release", type=click.Choice(["add", "release"]))
@click.argument("code", metavar="CLASS")
@click.argument("messages", metavar="MESSAGE...", nargs=-1)
@options.actor
@options.as_json
def change_class(*, folder: Path, do: str, code: str, messages: tuple[str, ...], actor: str, as_json: bool) -> int:
    """Put messages into a protected class, or take them out of it: victim, child, witness, holder, ct or str.

    The id of a taken file means all that it holds. Who sees content may add a class. To release one is a decision of
    two named people, from the first passkey on: then it is proposed in the console.
    """
    from lintas.cli.asking import have_done
    from lintas.model.find_answers import ClassChanged
    from lintas.web.local import wire

    if not messages:
        raise WrongUse("No message is named.")
    asked = wire.ClassChange(actor=actor, do="add" if do == "add" else "release", messages=list(messages), code=code)
    changed = have_done(folder, asked, ClassChanged)
    if as_json:
        output.json_document(changed)
    else:
        output.line(f"{changed.code}: {len(changed.messages):,} messages named, {changed.changed:,} entries changed")
    return 0


@options.verb("show", "lintas show asc 3f0c…e1 --as 'Amina B' --unmask --purpose 'call her family'")
@options.folder
@click.argument("id_", metavar="MESSAGE")
@click.option("--unmask", is_flag=True, help="Show what is masked too; needs --as and --purpose, and leaves a trace.")
@click.option("--purpose", metavar="TEXT", default="", help="Why you look; it stands in the access entry.")
@options.actor
@options.as_json
def show(*, folder: Path, id_: str, unmask: bool, purpose: str, actor: str, as_json: bool) -> int:
    """Show one message: its marking, its classes, and what it says, as far as you may see."""
    from lintas.cli.asking import have_done
    from lintas.model.find_answers import MessageShown
    from lintas.web.local import wire

    asked = wire.Show(actor=actor, id=id_, purpose=purpose, unmask=unmask)
    shown = have_done(folder, asked, MessageShown)
    if as_json:
        output.json_document(shown)
    else:
        say(shown)
    return 0


def say(shown: "MessageShown") -> None:
    """Print one message."""
    output.line(f"{shown.kind} {shown.id}")
    classes = f", {', '.join(shown.classes)}" if shown.classes else ""
    output.line(f"{shown.marking_label}{classes}, {shown.grounds.grading}, {shown.grounds.taken_at}")
    for note in shown.notes:
        output.line(note)
    for held in shown.identifiers:
        output.line(f"  {held.label}: {held.value}")
    for said in shown.statements:
        output.line(f"  {said.prop}: {said.target or said.value}")
    for one in shown.unmasked_by:
        output.line(f"unmasked by {one.by} at {one.at}: {one.purpose}")
    if shown.received:
        output.lines(shown.received)
