# SPDX-License-Identifier: Apache-2.0
"""What somebody else signs in with, for those who may change people: look at it, and end parts of it."""

from dataclasses import dataclass

from lintas.errors import UnknownTerm
from lintas.model.viewer import Viewer
from lintas.ports.store import Snapshot, Transaction
from lintas.work.access import permit
from lintas.work.accounts.noting import TOPIC, note
from lintas.work.accounts.own import SessionShown, sessions_shown
from lintas.work.accounts.passkeys import PasskeyShown, end_in, shown_passkeys
from lintas.work.accounts.people import find_open
from lintas.work.accounts.vouching import others_who_may
from lintas.work.binding import check_unordered
from lintas.work.services import Services

CHANGING = "people.change"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessOf:
    """What one person signs in with."""

    account: str
    passkeys: tuple[PasskeyShown, ...]  # ended ones too
    has_codes: bool
    recovery_left: int
    sessions: tuple[SessionShown, ...]


def show_access(services: Services, viewer: Viewer, account: str) -> AccessOf:
    """Say what somebody signs in with, and where they are signed in.

    Raises:
        NotAllowed: The policy refuses.
        UnknownTerm: There is no such open account.
    """
    permit(services, viewer, CHANGING)
    return services.store.read(lambda snapshot: _look(snapshot, account))


def end_passkey_of(services: Services, viewer: Viewer, account: str, credential: str) -> AccessOf:
    """End one passkey of somebody.

    Raises:
        NotAllowed: The policy refuses, or it has to be ordered.
        UnknownTerm: There is no such open account or passkey.
    """
    permit(services, viewer, CHANGING)

    def end(tx: Transaction) -> AccessOf:
        row = find_open(tx, account)
        _check_direct(services, tx, viewer, row.id)
        held = tx.credential(credential)
        if held is None or held.account != row.id or held.ended_at:
            raise UnknownTerm("They have no such passkey.", hint="lintas account DIR access NAME shows them.")
        end_in(services, tx, held, by=viewer.id)
        return _look(tx, row.id)

    return services.store.write(end)


def end_codes_of(services: Services, viewer: Viewer, account: str) -> AccessOf:
    """Turn somebody's codes and recovery codes off.

    Raises:
        NotAllowed: The policy refuses, or it has to be ordered.
        UnknownTerm: There is no such open account.
    """
    permit(services, viewer, CHANGING)

    def end(tx: Transaction) -> AccessOf:
        row = find_open(tx, account)
        _check_direct(services, tx, viewer, row.id)
        tx.end_totp(row.id)
        tx.set_recovery(row.id, ())
        note(tx, services, row.id, "totp_off")
        return _look(tx, row.id)

    done = services.store.write(end)
    services.events.publish(TOPIC)
    return done


def end_sessions_of(services: Services, viewer: Viewer, account: str, named: str = "") -> AccessOf:
    """End one session of somebody, or all of them and their unused links. It takes nobody's passkey: there is no time.

    Raises:
        NotAllowed: The policy refuses.
        UnknownTerm: There is no such open account or session.
    """
    permit(services, viewer, CHANGING)

    def end(tx: Transaction) -> AccessOf:
        row = find_open(tx, account)
        if not named:
            tx.end_account_access(row.id)
            return _look(tx, row.id)
        found = [one for one in tx.sessions_of(row.id) if one.first.hex().startswith(named.lower())]
        if len(found) != 1:
            raise UnknownTerm("They have no such session.", hint="lintas account DIR access NAME shows them.")
        tx.end_session_named(row.id, found[0].first)
        return _look(tx, row.id)

    return services.store.write(end)


def _check_direct(services: Services, tx: Transaction, viewer: Viewer, account: str) -> None:
    if others_who_may(services, tx, account):  # else nobody could answer an order
        check_unordered(services, tx, viewer, CHANGING)


def _look(snapshot: Snapshot, account: str) -> AccessOf:
    row = find_open(snapshot, account)
    return AccessOf(
        account=row.id,
        passkeys=shown_passkeys(snapshot, row.id),
        has_codes=snapshot.totp(row.id) is not None,
        recovery_left=snapshot.recovery_left(row.id),
        sessions=sessions_shown(snapshot, row.id),
    )
