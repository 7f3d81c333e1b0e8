# SPDX-License-Identifier: Apache-2.0
"""account: who may sign in to the console."""

from pathlib import Path

import click

from lintas.cli import options, output
from lintas.errors import WrongUse


@options.verb("account", "lintas account asc add 'Duty desk' --role duty_officer --clearance AMBER")
@options.folder
@click.argument("action", type=click.Choice(["add", "list", "link", "password", "close"]))
@click.argument("name", metavar="[NAME]", required=False, default="")
@click.option(
    "--role",
    type=click.Choice(options.ROLES),
    default="duty_officer",
    show_default=True,
    help="An operator keeps the node running and sees no content.",
)
@click.option(
    "--clearance", metavar="TLP", default="AMBER+STRICT", show_default=True, help="The strictest label they may see."
)
@click.option(
    "--password-file", metavar="FILE", default="", help="Password: the first line of this file; - for standard input."
)
@options.as_json
def account(
    *,
    folder: Path,
    action: str,
    name: str,
    role: str,
    clearance: str,
    password_file: str,
    as_json: bool,
) -> int:
    """Accounts of this node: add NAME, list, link NAME (sign in once), password NAME, close NAME.

    The log knows a person by a pseudonym such as officer-0001; the name stays in this node.
    """
    from lintas.cli.keeping import secret_from
    from lintas.model.marking import Tlp
    from lintas.web.local import wire

    if bool(name) == (action == "list"):
        raise WrongUse("list takes no name." if name else f"{action} takes the name of an account.")
    password = secret_from(password_file) if password_file else None
    if action == "list":
        return show_all(folder, as_json=as_json)
    if action == "link":
        return link(folder, name, as_json=as_json)
    request: wire.Request
    if action == "add":
        label = Tlp.from_text(clearance).label
        request = wire.AccountAdd(name=name, role=role, clearance=label, password=password)
    elif action == "close":
        request = wire.AccountClose(name=name)
    elif password is None:
        raise WrongUse("password needs --password-file.", hint="A command line can be read by others: use a file or -.")
    else:
        request = wire.AccountPassword(name=name, password=password)
    return change(folder, request, as_json=as_json)


def change(folder: Path, request: object, *, as_json: bool) -> int:
    """Make or change an account and say so."""
    from lintas.cli.asking import have_done
    from lintas.web.local import wire

    assert isinstance(request, wire.Request)
    done = have_done(folder, request, wire.AccountAnswer)
    if as_json:
        output.json_document(done)
    else:
        output.line(f"{done.account}  {done.state}  {done.name}")
    return 0


def show_all(folder: Path, *, as_json: bool) -> int:
    """List accounts."""
    from lintas.cli.asking import have_done
    from lintas.web.local import wire

    found = have_done(folder, wire.AccountList(), wire.Accounts)
    if as_json:
        output.json_document(found)
        return 0
    output.table(
        ["account", "name", "role", "clearance", "state", "made"],
        [(one.id, one.name, one.role, one.clearance, one.state, one.created_at) for one in found.accounts],
    )
    return 0


def link(folder: Path, name: str, *, as_json: bool) -> int:
    """Make a one-time sign-in link; a whole address while the node serves."""
    from lintas.cli.asking import have_done
    from lintas.web.local import serving, wire

    made = have_done(folder, wire.AccountLink(name=name), wire.LinkAnswer)
    running = serving.read(folder)
    address = (running.url if running is not None else "") + made.path
    if as_json:
        output.json_document({"link": address, "good_for_s": made.good_for_s})
        return 0
    output.line(address)
    output.aside(f"Good once, for {made.good_for_s // 60} minutes.")
    if running is None:
        output.aside("The node does not serve now: put the console's address before it.")
    return 0
