# SPDX-License-Identifier: Apache-2.0
"""key create, list, end: keys with which systems ask this node."""

from pathlib import Path

import click

from lintas.cli import options, output
from lintas.errors import WrongUse


@options.verb("create", "lintas key create asc --as 'Case system' --role analyst --activities find,read --days 7")
@options.folder
@click.option("--as", "account", metavar="NAME", required=True, help="The account that it acts for, and ends with.")
@click.option("--role", metavar="ROLE", default="", help="The account's own, or one that may less; else its own.")
@click.option(
    "--activities",
    metavar="NAMES",
    default="",
    help="Of find, read, take, watch, ledger.read, trace.run, peers.read; else all of its role.",
)
@click.option("--days", type=click.IntRange(1, 30), default=None, help="Until it ends; else 24 hours.")
@click.option("--label", metavar="TEXT", default="", help="What it is for.")
@options.as_json
def key_create(
    *, folder: Path, account: str, role: str, activities: str, days: int | None, label: str, as_json: bool
) -> int:
    """Make a key with which a system asks /api/v1, and print it once.

    It can do no more than its account, nothing that binds, and sees nothing that is masked.
    """
    from lintas.cli.asking import have_done
    from lintas.model.system_key_answers import SystemKeyMade
    from lintas.web.local import system_wire as wire

    if not account:
        raise WrongUse("A key belongs to an account: add --as NAME.")
    names = [name.strip() for name in activities.split(",") if name.strip()]
    request = wire.SystemKeyMake(account=account, role=role, activities=names, days=days or 0, label=label)
    made = have_done(folder, request, SystemKeyMade)
    if as_json:
        output.json_document(made)
        return 0
    output.line(made.key)
    output.aside(f"Key {made.id} of {made.account}, {made.role}: {', '.join(made.activities)}, to {made.expires_at}.")
    output.aside("It is shown this once. Whoever has it can do all that.")
    return 0


@options.verb("list", "lintas key list asc")
@options.folder
@options.as_json
def key_list(*, folder: Path, as_json: bool) -> int:
    """List keys of systems, without the keys themselves."""
    from lintas.cli.asking import have_done
    from lintas.model.system_key_answers import SystemKeys
    from lintas.web.local import system_wire as wire

    found = have_done(folder, wire.SystemKeyList(), SystemKeys)
    if as_json:
        output.json_document(found)
        return 0
    output.table(
        ["key", "account", "role", "for", "until", "state", "label"],
        [(o.id, o.account, o.role, ",".join(o.activities), o.expires_at, o.state, o.label) for o in found.keys],
    )
    return 0


@options.verb("end", "lintas key end asc 0123456789abcdef")
@options.folder
@click.argument("id_", metavar="KEY")
@options.as_json
def key_end(*, folder: Path, id_: str, as_json: bool) -> int:
    """End a key of a system, by its id as the list shows it."""
    from lintas.cli.asking import have_done
    from lintas.model.system_key_answers import SystemKeyLine
    from lintas.web.local import system_wire as wire

    ended = have_done(folder, wire.SystemKeyEnd(id=id_), SystemKeyLine)
    if as_json:
        output.json_document(ended)
    else:
        output.line(f"{ended.id}  {ended.state}  {ended.account}")
    return 0
