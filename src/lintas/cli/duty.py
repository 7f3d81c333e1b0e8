# SPDX-License-Identifier: Apache-2.0
"""duty: who is on duty, and who stands in for whom."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lintas.cli import options, output

if TYPE_CHECKING:
    from lintas.web.local.requesting import Request

_HELP = "Times are of the node's time zone (node.toml) unless they name another: 2026-03-01T22:00+08:00."


@click.group("duty", epilog=_HELP)
def duty() -> None:
    """Shifts and deputies.

    From somebody's first shift on they see content only while one is on. A deputy gets the need-to-know lists of whom
    they stand for, and nothing else.
    """


def verb(name: str, example: str) -> Callable[[Callable[..., Any]], click.Command]:
    """A verb of this group, with its example."""
    return duty.command(name, epilog=f"\b\nExample:\n  {example}")


@verb("shift", "lintas duty shift asc Aminah '2026-03-01 22:00' '2026-03-02 06:00'")
@options.folder
@click.argument("person", metavar="PERSON")
@click.argument("starts", metavar="FROM")
@click.argument("ends", metavar="UNTIL")
@options.actor
@options.as_json
def shift(*, folder: Path, person: str, starts: str, ends: str, actor: str, as_json: bool) -> int:
    """Set a shift, of at most 24 hours."""
    from lintas.web.local import people_wire

    request = people_wire.ShiftSet(actor=actor, person=person, starts=starts, ends=ends)
    return _set(folder, request, as_json=as_json)


@verb("deputy", "lintas duty deputy asc Ravi --for Aminah --until '2026-03-14 08:00'")
@options.folder
@click.argument("person", metavar="PERSON")
@click.option("--for", "stands_for", required=True, metavar="PERSON", help="Whom they stand for.")
@click.option("--from", "starts", default="", metavar="TIME", help="Now if left out.")
@click.option("--until", "ends", required=True, metavar="TIME", help="At most 31 days later.")
@options.actor
@options.as_json
def deputy(*, folder: Path, person: str, stands_for: str, starts: str, ends: str, actor: str, as_json: bool) -> int:
    """Let PERSON stand in for somebody who is away."""
    from lintas.web.local import people_wire

    request = people_wire.DeputySet(actor=actor, person=person, stands_for=stands_for, starts=starts, ends=ends)
    return _set(folder, request, as_json=as_json)


@verb("end", "lintas duty end asc 5f1d2c3b")
@options.folder
@click.argument("one", metavar="DUTY")
@options.actor
@options.as_json
def end(*, folder: Path, one: str, actor: str, as_json: bool) -> int:
    """End a shift or a deputy before its time; DUTY is its id, or the first eight digits of it."""
    from lintas.web.local import people_wire

    return _set(folder, people_wire.DutyEnd(actor=actor, duty=one), as_json=as_json)


@verb("list", "lintas duty list asc")
@options.folder
@options.actor
@options.as_json
def list_all(*, folder: Path, actor: str, as_json: bool) -> int:
    """Show shifts and deputies that are on or to come."""
    from lintas.cli.asking import have_done
    from lintas.model.people_shown import Duties
    from lintas.web.local import people_wire

    found = have_done(folder, people_wire.DutyShow(actor=actor), Duties)
    if as_json:
        output.json_document(found)
        return 0
    output.table(
        ["duty", "now", "what", "person", "stands for", "from", "until"],
        [
            (
                one.id[:8],
                "on" if one.is_on else "",
                one.what,
                one.name,
                one.stands_for_name,
                one.starts_at,
                one.ends_at,
            )
            for one in found.duties
        ],
    )
    return 0


def _set(folder: Path, request: "Request", *, as_json: bool) -> int:
    from lintas.cli.asking import have_done
    from lintas.model.people_shown import DutyShown

    done = have_done(folder, request, DutyShown)
    if as_json:
        output.json_document(done)
        return 0
    stands = f" for {done.stands_for_name}" if done.stands_for else ""
    output.line(f"{done.id[:8]}  {done.what}  {done.name}{stands}  {done.starts_at} to {done.ends_at}")
    return 0
