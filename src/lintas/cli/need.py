# SPDX-License-Identifier: Apache-2.0
"""need: lists of those who need to know, and what is restricted to them."""

from pathlib import Path

import click

from lintas.cli import options, output
from lintas.errors import WrongUse

_ON_ONE = ("open", "join", "leave", "restrict", "free", "close")


@options.verb(
    "need",
    "lintas need asc open op-lintang Aminah Ravi\n"
    "  lintas need asc restrict op-lintang 3f0c…d1 --as Aminah\n"
    "  lintas need asc list --as Aminah",
)
@options.folder
@click.argument("action", type=click.Choice([*_ON_ONE, "list"]))
@click.argument("name", metavar="[LIST]", required=False, default="")
@click.argument("these", metavar="[PERSON|MESSAGE]...", nargs=-1)
@options.actor
@options.as_json
def need(*, folder: Path, action: str, name: str, these: tuple[str, ...], actor: str, as_json: bool) -> int:
    """Need-to-know lists: open LIST PERSON..., join LIST PERSON, leave LIST [PERSON], close LIST, list.

    restrict LIST MESSAGE... hides messages, their released copies and alerts from everybody who is not on the list;
    free LIST MESSAGE... takes them off it. Closing keeps what is restricted.
    """
    if action == "list":
        if name:
            raise WrongUse("list takes no name.")
        return show_all(folder, actor, as_json=as_json)
    if not name:
        raise WrongUse(f"{action} takes the name of a list.")
    if action in {"restrict", "free"} and not these:
        raise WrongUse(f"{action} takes messages.", hint="Their ids, from a find or from the log.")
    return change(folder, action, name, these, actor, as_json=as_json)


def change(folder: Path, action: str, name: str, these: tuple[str, ...], actor: str, *, as_json: bool) -> int:
    """Change one list and say what was done."""
    from lintas.cli.asking import have_done
    from lintas.model.people_shown import NeedDone
    from lintas.web.local import people_wire

    assert action in _ON_ONE
    request = people_wire.NeedChange(actor=actor, do=action, name=name, these=list(these))  # type: ignore[arg-type]  # one of them
    done = have_done(folder, request, NeedDone)
    if as_json:
        output.json_document(done)
        return 0
    output.line(f"{done.name}  {done.action}  {' '.join(done.people)}".rstrip())
    for message in done.messages:
        output.line(message)
    return 0


def show_all(folder: Path, actor: str, *, as_json: bool) -> int:
    """List the lists that the actor is on."""
    from lintas.cli.asking import have_done
    from lintas.model.people_shown import NeedLists
    from lintas.web.local import people_wire

    found = have_done(folder, people_wire.NeedShow(actor=actor), NeedLists)
    if as_json:
        output.json_document(found)
        return 0
    output.table(
        ["list", "messages", "owner", "on it", "opened", "closed"],
        [
            (one.name, one.messages, one.opened_by, " ".join(one.members), one.opened_at, one.closed_at)
            for one in found.lists
        ],
    )
    return 0
