# SPDX-License-Identifier: Apache-2.0
"""What the verbs about accounts say over the local socket."""

import msgspec

from lintas.web.local.requesting import Request


class AccountAdd(Request, frozen=True, kw_only=True):
    """Make an account for a person of this agency."""

    name: str
    role: str
    clearance: str
    opens: list[str] = []  # noqa: RUF012  # a struct copies it
    password: str | None = None


class AccountList(Request, frozen=True, kw_only=True):
    """Show the accounts."""


class AccountClose(Request, frozen=True, kw_only=True):
    """Close an account."""

    name: str


class AccountPassword(Request, frozen=True, kw_only=True):
    """Set the password of an account."""

    name: str
    password: str


class AccountLink(Request, frozen=True, kw_only=True):
    """Make a one-time sign-in link."""

    name: str


AnyAccountRequest = AccountAdd | AccountList | AccountClose | AccountPassword | AccountLink


class AccountLine(msgspec.Struct, frozen=True):
    """One account in a list."""

    id: str  # "officer-0001": what the log knows
    name: str  # stays in this node
    role: str
    clearance: str
    state: str  # open | closed | unfinished
    created_at: str
    closed_at: str
    has_password: bool
    opens: list[str] = []


class AccountAnswer(msgspec.Struct, frozen=True):
    """The account that was made or changed."""

    account: str
    name: str
    state: str


class Accounts(msgspec.Struct, frozen=True):
    """All accounts."""

    accounts: list[AccountLine]


class LinkAnswer(msgspec.Struct, frozen=True):
    """A one-time sign-in link: its path, to be put after the console's address."""

    path: str
    good_for_s: int
