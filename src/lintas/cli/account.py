# SPDX-License-Identifier: Apache-2.0
"""account: who may sign in to the console."""

from pathlib import Path
from typing import Any

import click

from lintas.cli import account_access, options, output
from lintas.errors import WrongUse

_CHANGES = ("role", "clearance", "opens")


class _RoleOption(click.Option):
    """--role, whose help names the roles of the pack that is shipped; a node may have others."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Read the pack only when help is asked for."""
        from lintas.config.packs import read_packs

        self.help = f"One of the access pack's: {', '.join(read_packs(None).access.roles)}."
        return super().get_help_record(ctx)


@options.verb(
    "account",
    "lintas account asc add 'Duty desk' --role duty_officer --clearance AMBER\n"
    "  lintas account asc role officer-0001 --role supervisor\n"
    "  lintas account asc opens officer-0001 --opens ct",
)
@options.folder
@click.argument(
    "action",
    type=click.Choice(
        ["add", "list", "show", "link", "password", "role", "clearance", "opens", "close", *account_access.ACTIONS]
    ),
)
@click.argument("name", metavar="[NAME]", required=False, default="")
@click.option(
    "--role",
    cls=_RoleOption,
    metavar="ROLE",
    default="",
    show_default="duty_officer",
    help="One of the access pack's.",  # which they are is added when help is asked for
)
@click.option(
    "--clearance", metavar="TLP", default="", show_default="AMBER+STRICT", help="The strictest label they may see."
)
@click.option(
    "--opens", multiple=True, metavar="CLASS", help="A closed class that they see beside their role's; may be repeated."
)
@click.option(
    "--password-file", metavar="FILE", default="", help="Password: the first line of this file; - for standard input."
)
@click.option("--id", "id_", metavar="ID", default="", help="Of a passkey or a session, as access shows it.")
@options.actor
@options.as_json
def account(
    *,
    folder: Path,
    action: str,
    name: str,
    role: str,
    clearance: str,
    opens: tuple[str, ...],
    password_file: str,
    id_: str,
    actor: str,
    as_json: bool,
) -> int:
    """Accounts of this node: add NAME, list, show NAME, link NAME (sign in once), password NAME, close NAME.

    role, clearance and opens NAME change what a person may do, and end their sessions.

    access NAME shows what they sign in with; end-passkey NAME --id ID, totp-off NAME and revoke NAME [--id ID] end
    parts of it; lost NAME ends all of it, because a device was lost, and prints a link that signs them in once.

    The log knows a person by a pseudonym such as officer-0001; the name stays in this node.
    """
    from lintas.cli.keeping import secret_from
    from lintas.web.local import account_wire, people_wire, wire

    if bool(name) == (action == "list"):
        raise WrongUse("list takes no name." if name else f"{action} takes the name of an account.")
    password = secret_from(password_file) if password_file else None
    if action == "list":
        return show_all(folder, as_json=as_json)
    if action == "link":
        return link(folder, name, as_json=as_json)
    if action in account_access.ACTIONS:
        return account_access.run(folder, action, name, id_=id_, actor=actor, as_json=as_json)
    if action == "show":
        return facts(folder, people_wire.PersonShow(actor=actor, name=name), as_json=as_json)
    if action in _CHANGES:
        said = changed(action, name, {"role": role, "clearance": clearance, "opens": list(opens)})
        return facts(folder, people_wire.PersonChange(actor=actor, said=said), as_json=as_json)
    request: wire.Request
    if action == "add":
        request = account_wire.AccountAdd(
            actor=actor,
            name=name,
            role=role or "duty_officer",
            clearance=clearance or "AMBER+STRICT",
            opens=list(opens),
            password=password,
        )
    elif action == "close":
        request = account_wire.AccountClose(actor=actor, name=name)
    elif password is None:
        raise WrongUse("password needs --password-file.", hint="A command line can be read by others: use a file or -.")
    else:
        request = account_wire.AccountPassword(actor=actor, name=name, password=password)
    return change(folder, request, as_json=as_json)


def changed(action: str, name: str, given: dict[str, Any]) -> dict[str, Any]:
    """What is to be changed, in the words of the use case; no classes at all closes those that were open.

    Raises:
        WrongUse: The option that says to what was left out.
    """
    if not given[action] and action != "opens":
        raise WrongUse(f"{action} needs --{action}.")
    return {"do": action, "account": name, action: given[action]}


def facts(folder: Path, request: object, *, as_json: bool) -> int:
    """Show one account, and what its role may do."""
    from lintas.cli.asking import have_done
    from lintas.model.people_shown import AccountFacts
    from lintas.web.local import wire

    assert isinstance(request, wire.Request)
    found = have_done(folder, request, AccountFacts)
    if as_json:
        output.json_document(found)
        return 0
    output.pairs(
        [
            ("account", found.id),
            ("name", found.name),
            ("role", found.role_label),
            ("clearance", found.clearance),
            ("opens", ", ".join(found.opens)),
            ("lists", found.lists),
            ("passkeys", found.passkeys),
        ]
    )
    for sentence in found.may:
        output.line(sentence)
    return 0


def change(folder: Path, request: object, *, as_json: bool) -> int:
    """Make or change an account and say so."""
    from lintas.cli.asking import have_done
    from lintas.web.local import account_wire, wire

    assert isinstance(request, wire.Request)
    done = have_done(folder, request, account_wire.AccountAnswer)
    if as_json:
        output.json_document(done)
    else:
        output.line(f"{done.account}  {done.state}  {done.name}")
    return 0


def show_all(folder: Path, *, as_json: bool) -> int:
    """List accounts."""
    from lintas.cli.asking import have_done
    from lintas.web.local import account_wire

    found = have_done(folder, account_wire.AccountList(), account_wire.Accounts)
    if as_json:
        output.json_document(found)
        return 0
    output.table(
        ["account", "name", "role", "clearance", "opens", "state", "made"],
        [
            (one.id, one.name, one.role, one.clearance, " ".join(one.opens), one.state, one.created_at)
            for one in found.accounts
        ],
    )
    return 0


def link(folder: Path, name: str, *, as_json: bool) -> int:
    """Make a one-time sign-in link; a whole address while the node serves."""
    from lintas.cli.asking import have_done
    from lintas.web.local import account_wire, serving

    made = have_done(folder, account_wire.AccountLink(name=name), account_wire.LinkAnswer)
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
