# SPDX-License-Identifier: Apache-2.0
"""The verbs about accounts, and the function that does each."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from lintas.limits import SIGN_IN_LINK_S_MAX
from lintas.web.local import account_wire
from lintas.web.local.calling import Call
from lintas.web.local.requesting import Request
from lintas.work import accounts
from lintas.work.accounts.people import find_open
from lintas.work.services import Services


def account_add(call: Call, request: account_wire.AccountAdd) -> account_wire.AccountAnswer:
    """Make an account."""
    said: dict[str, object] = {
        "do": "add",
        "name": request.name,
        "role": request.role,
        "clearance": request.clearance,
        "opens": request.opens,
    }
    made = accounts.change_people(call.services, call.viewer, said, password=request.password)
    return account_wire.AccountAnswer(made.id, made.name, made.state)


def account_list(call: Call, _request: account_wire.AccountList) -> account_wire.Accounts:
    """Show the accounts."""
    return account_wire.Accounts(_lines(call.services))


def account_close(call: Call, request: account_wire.AccountClose) -> account_wire.AccountAnswer:
    """Close an account."""
    closed = accounts.change_people(call.services, call.viewer, {"do": "close", "account": request.name})
    return account_wire.AccountAnswer(closed.id, closed.name, closed.state)


def account_password(call: Call, request: account_wire.AccountPassword) -> account_wire.AccountAnswer:
    """Set the password of an account."""
    found = call.services.store.read(lambda snapshot: find_open(snapshot, request.name))
    accounts.set_password(call.services, found.id, request.password)
    return account_wire.AccountAnswer(found.id, found.name, found.state)


def account_link(call: Call, request: account_wire.AccountLink) -> account_wire.LinkAnswer:
    """Make a one-time sign-in link."""
    return account_wire.LinkAnswer(f"/enter/{accounts.create_link(call.services, request.name)}", SIGN_IN_LINK_S_MAX)


def _lines(services: Services) -> list[account_wire.AccountLine]:
    return msgspec.convert(accounts.list_accounts(services), list[account_wire.AccountLine], from_attributes=True)


ACCOUNT_COMMANDS: Final[dict[type[Request], Callable[[Call, Any], msgspec.Struct]]] = {
    account_wire.AccountAdd: account_add,
    account_wire.AccountList: account_list,
    account_wire.AccountClose: account_close,
    account_wire.AccountPassword: account_password,
    account_wire.AccountLink: account_link,
}
