# SPDX-License-Identifier: Apache-2.0
"""A person lost a device: end everything that they sign in with, and let them begin again by a one-time link."""

from dataclasses import dataclass

from lintas.model.viewer import Viewer
from lintas.ports.accounts import AccountRow
from lintas.ports.store import Transaction
from lintas.work.access import permit
from lintas.work.accounts.links import new_link
from lintas.work.accounts.noting import TOPIC, note
from lintas.work.accounts.passkeys import end_in
from lintas.work.accounts.people import find_open
from lintas.work.accounts.vouching import others_who_may
from lintas.work.binding import check_unordered
from lintas.work.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """What was ended, and the way back in."""

    account: str
    passkeys: int
    had_codes: bool
    sessions: int
    token: str  # of a one-time link


def lose(services: Services, viewer: Viewer, account: str) -> Lost:
    """End a person's passkeys, codes, recovery codes and sessions at once; their password stays.

    Raises:
        NotAllowed: The policy refuses, or it has to be ordered (`needs-order`).
        UnknownTerm: There is no such open account.
    """
    permit(services, viewer, "people.change")

    def end(tx: Transaction) -> Lost:
        row = find_open(tx, account)
        if others_who_may(services, tx, row.id):  # else nobody could answer an order
            check_unordered(services, tx, viewer, "people.change")
        return lose_in(services, tx, row, by=viewer.id)

    lost = services.store.write(end)
    services.events.publish(TOPIC)
    return lost


def lose_in(services: Services, tx: Transaction, row: AccountRow, *, by: str) -> Lost:
    """The same, as part of the caller's transaction, which has asked the policy."""
    held = [one for one in tx.credentials_of(row.id) if not one.ended_at]
    sessions, had_codes = len(tx.sessions_of(row.id)), tx.totp(row.id) is not None
    for one in held:
        end_in(services, tx, one, by=by)
    tx.end_totp(row.id)
    tx.set_recovery(row.id, ())
    tx.end_account_access(row.id)
    note(tx, services, row.id, "device_lost")
    token = new_link(services, tx, row.id)
    return Lost(account=row.id, passkeys=len(held), had_codes=had_codes, sessions=sessions, token=token)
