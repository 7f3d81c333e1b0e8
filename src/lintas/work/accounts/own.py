# SPDX-License-Identifier: Apache-2.0
"""One's own access: who one is to this node, what one signs in with, and which sessions are open."""

import json
from dataclasses import dataclass
from typing import Final

from lintas.errors import UnknownTerm
from lintas.limits import RECOVERY_CODES
from lintas.model.header import Kind
from lintas.model.marking import Tlp
from lintas.model.people import DutyHead
from lintas.policy.rights import Rights
from lintas.ports.accounts import AccountRow
from lintas.ports.store import Snapshot
from lintas.work.access import permit
from lintas.work.accounts.changing import rights_of_row
from lintas.work.accounts.noting import WORDS
from lintas.work.accounts.passkeys import PasskeyShown, shown_passkeys
from lintas.work.accounts.sessions import Session
from lintas.work.accounts.vouching import vouched_for
from lintas.work.services import Services, as_text

_HOW: Final = {
    "password": "password",
    "password+totp": "password and a code",
    "passkey": "passkey",
    "link": "one-time link",
    "oidc": "another account",
    "recovery": "recovery code",
}
NOTES_MAX: Final = 20
_ENTRIES_LOOKED_AT: Final = 500  # newest account entries among which one's own are looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionShown:
    """One open session, for its owner."""

    id: str  # 64 hex digits
    device: str
    how: str  # in words
    started_at: str
    seen_at: str
    is_this: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAccess:
    """Everything that a person is told of their own access."""

    account: str
    name: str
    role: str
    clearance: str
    agency: str  # that an identity provider named; empty for one's own
    opens: tuple[str, ...]  # closed classes that one was cleared for beside the role's
    lists: tuple[str, ...]
    duties: tuple[DutyHead, ...]  # shifts and deputies that are not over
    stands_for: tuple[str, ...]
    is_off_duty: bool
    rights: Rights | None
    passkeys: tuple[PasskeyShown, ...]  # that stand
    may_enrol: bool  # a passkey, now
    has_password: bool
    has_codes: bool
    recovery_left: int
    recovery_made: int
    sessions: tuple[SessionShown, ...]
    notes: tuple[tuple[str, str], ...]  # (when, what happened), newest first
    is_limited: bool


def show_own(services: Services, session: Session) -> OwnAccess:
    """Tell a person of their own access."""
    permit(services, session.viewer, "own.access")
    return services.store.read(lambda snapshot: _look(services, snapshot, session))


def end_own_session(services: Services, session: Session, named: str) -> None:
    """End one of one's own sessions.

    Raises:
        UnknownTerm: There is none.
    """
    permit(services, session.viewer, "own.access")
    end_session_of(services, session.viewer.id, named)


def end_other_sessions(services: Services, session: Session) -> None:
    """End all of one's own sessions but this one."""
    permit(services, session.viewer, "own.access")
    services.store.write(lambda tx: tx.end_other_sessions(session.viewer.id, session.key))


def set_own_language(services: Services, session: Session, language: str) -> None:
    """Keep which language a person reads pages in. If we die before it is kept, they choose again."""
    permit(services, session.viewer, "own.access")
    services.store.write(lambda tx: tx.set_account_language(session.viewer.id, language))


def end_session_of(services: Services, account: str, named: str) -> None:
    """End one session of a person; who may is asked by the caller.

    Raises:
        UnknownTerm: There is none.
    """
    held = services.store.read(lambda snapshot: snapshot.sessions_of(account))
    found = next((one for one in held if one.first.hex() == named.lower()), None)
    if found is None:
        raise UnknownTerm("There is no such session: it has ended already.")
    services.store.write(lambda tx: tx.end_session_named(account, found.first))


def sessions_shown(snapshot: Snapshot, account: str, *, this: bytes = b"") -> tuple[SessionShown, ...]:
    """A person's open sessions, newest first."""
    return tuple(
        SessionShown(
            id=one.first.hex(),
            device=one.device or "unknown",
            how=_HOW.get(one.how, "unknown"),
            started_at=one.started_at,
            seen_at=one.seen_at,
            is_this=one.first == this,
        )
        for one in snapshot.sessions_of(account)
    )


def _look(services: Services, snapshot: Snapshot, session: Session) -> OwnAccess:
    viewer = session.viewer
    row = snapshot.account(viewer.id)
    assert row is not None, "who is signed in has an account"
    now = as_text(services.clock.now())
    return OwnAccess(
        account=row.id,
        name=row.name,
        role=row.role,
        clearance=Tlp(row.clearance).label,
        agency=row.agency,
        opens=tuple(sorted(row.opens.split())),
        lists=tuple(sorted(snapshot.lists_of(row.id))),
        duties=tuple(one for one in snapshot.duties_of(row.id) if not one.ended_at and now < one.ends_at),
        stands_for=tuple(sorted(viewer.stands_for)),
        is_off_duty=viewer.is_off_duty,
        rights=rights_of_row(services.packs.access, row),
        passkeys=tuple(one for one in shown_passkeys(snapshot, row.id) if not one.ended_at),
        may_enrol=vouched_for(services, snapshot, row.id) is not None,
        has_password=bool(row.password),
        has_codes=snapshot.totp(row.id) is not None,
        recovery_left=snapshot.recovery_left(row.id),
        recovery_made=RECOVERY_CODES,
        sessions=sessions_shown(snapshot, row.id, this=session.key),
        notes=_notes(snapshot, row),
        is_limited=session.is_limited,
    )


def _notes(snapshot: Snapshot, row: AccountRow) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for seq in list(reversed(snapshot.places_of(Kind.ACCOUNT.value)))[:_ENTRIES_LOOKED_AT]:
        header = next(json.loads(entry.header) for entry in snapshot.entries(seq, seq + 1))
        body = header["body"]
        if body["account"] == row.id and body["action"] in WORDS:
            found.append((header["created_at"], WORDS[body["action"]]))
        if len(found) == NOTES_MAX:
            break
    return tuple(found)
