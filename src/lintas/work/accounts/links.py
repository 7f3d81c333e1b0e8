# SPDX-License-Identifier: Apache-2.0
"""One-time sign-in links: made at the node's own command line, good for minutes, used once."""

from dataclasses import dataclass

from lintas.errors import NotAllowed
from lintas.limits import SIGN_IN_LINK_S_MAX
from lintas.ports.accounts import AccountRow
from lintas.ports.store import Snapshot, Transaction
from lintas.work.accounts.people import find_open
from lintas.work.accounts.secret_tokens import digest_of, new_token, text_before
from lintas.work.accounts.sessions import Started, start
from lintas.work.services import Services, as_text


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkShown:
    """What the page of a link tells before it is used."""

    account: str
    name: str


def create_link(services: Services, account: str) -> str:
    """Return the token of a one-time link for an account, given by id or name. It is shown once and never stored.

    Raises:
        UnknownTerm: There is no such open account.
    """
    row = services.store.read(lambda snapshot: find_open(snapshot, account))
    return services.store.write(lambda tx: new_link(services, tx, row.id))


def new_link(services: Services, tx: Transaction, account: str) -> str:
    """Make a one-time link as part of the caller's transaction."""
    token = new_token(services.keys)
    tx.add_link(digest_of(token), account=account, made_at=as_text(services.clock.now()))
    return token


def show_link(services: Services, token: str) -> LinkShown:
    """Say whom a link would sign in, without using it: a preview in a chat must not burn it.

    Raises:
        NotAllowed: It was used, is too old, or never was.
    """
    since = text_before(services.clock.now(), seconds=SIGN_IN_LINK_S_MAX)
    row = services.store.read(lambda snapshot: _opened(snapshot, token, since))
    return LinkShown(account=row.id, name=row.name)


def use_link(services: Services, token: str, *, device: str = "") -> Started:
    """Use a link: it ends and a session starts, in one transaction.

    Raises:
        NotAllowed: It was used, is too old, or never was.
    """
    since = text_before(services.clock.now(), seconds=SIGN_IN_LINK_S_MAX)

    def use(tx: Transaction) -> Started:
        row = _opened(tx, token, since)
        tx.use_link(digest_of(token))
        return start(tx, services, row.id, how="link", device=device)

    return services.store.write(use)


def _opened(snapshot: Snapshot, token: str, since: str) -> AccountRow:
    account = snapshot.link_account(digest_of(token), since=since)
    row = None if account is None else snapshot.account(account)
    if row is None or row.state != "open":
        raise NotAllowed(
            "This sign-in link does not work: it was used, or it is older than 15 minutes.",
            rule="link",
            hint="Ask the node's operator for a new one: lintas account DIR link NAME.",
        )
    return row
