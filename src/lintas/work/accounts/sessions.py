# SPDX-License-Identifier: Apache-2.0
"""Sessions: a browser that signed in, until it leaves, rests too long, or its shift ends.

While it is used, a session gets a fresh token from time to time. Whoever comes with an old one later has a copy: the
session ends for both, and the log says so. An answer that carried a fresh token may be lost on its way; so the old one
gets another one as long as nobody came with the fresh one.
"""

import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from lintas.limits import (
    SESSION_IDLE_S_MAX,
    SESSION_S_MAX,
    SIGN_IN_LINK_S_MAX,
    SIGN_IN_WINDOW_S,
    TOKEN_EVERY_S,
    TOKEN_GRACE_S,
)
from lintas.model.marking import Tlp
from lintas.model.viewer import Viewer
from lintas.ports.accounts import SessionRow
from lintas.ports.store import Snapshot, Transaction
from lintas.work.accounts.noting import TOPIC, note
from lintas.work.accounts.secret_tokens import digest_of, new_token, text_before
from lintas.work.accounts.viewing import viewer_of
from lintas.work.services import Services, as_text

TOUCH_EVERY_S: Final = 60  # a session's last use is written at most this often
DEVICE_CHARS_MAX: Final = 120
RECOVERY: Final = "recovery"  # how a session began that may only enrol a passkey or codes anew


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Who is signed in, as the pages need it."""

    key: bytes  # digest of its first token: names the session without opening it
    viewer: Viewer
    name: str
    how: str = ""  # as `SessionRow.how` says
    language: str = ""  # that this person reads pages in; empty until they chose one
    fresh: str = ""  # a token that the browser is to keep instead of its own; empty mostly

    @property
    def is_limited(self) -> bool:
        """Whether it may do nothing but enrol a passkey or codes anew."""
        return self.how == RECOVERY


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A fresh session; the token is given out once and never stored."""

    token: str
    account: str


def session_of(services: Services, token: str, *, touch: bool = True, rotate: bool = False) -> Session | None:
    """Return the session that a token opens, or None when it is unknown, ended, idle too long, or too old.

    Args:
        touch: Whether this counts as use; a page that waits for news by itself does not keep a session alive, and its
            token may have been exchanged since.
        rotate: Whether the answer can carry a fresh token.
    """
    if not token:
        return None
    now, key = services.clock.now(), digest_of(token)
    found = services.store.read(lambda snapshot: _live(services, snapshot, key, now))
    if found is None:
        return None
    row, session = found
    if not touch:
        return session
    if row.rotated_at and row.rotated_at <= text_before(now, seconds=TOKEN_GRACE_S):
        still = services.store.write(lambda tx: _came_late(tx, services, row, session, now))
        if still is None:
            services.events.publish(TOPIC)
        return still
    if rotate and not row.rotated_at and row.made_at <= text_before(now, seconds=TOKEN_EVERY_S):
        return services.store.write(lambda tx: _rotated(tx, services, row, session, now))
    if not row.is_used or row.seen_at < text_before(now, seconds=TOUCH_EVERY_S):
        services.store.write(lambda tx: tx.touch_session(key, seen_at=as_text(now)))
    return session


def sign_out(services: Services, token: str) -> None:
    """End a session; that it has ended already is no error."""
    services.store.write(lambda tx: tx.end_session(digest_of(token)))


def form_secret(token: str) -> str:
    """Return what every form of a session carries, so that another site cannot send it (OWASP: HMAC based token)."""
    return hashlib.sha256(b"lintas-form\x00" + token.encode("utf-8", "replace")).hexdigest()


def is_form_secret(token: str, given: str) -> bool:
    """Say whether a form came from a page of this session."""
    return bool(token) and hmac.compare_digest(form_secret(token).encode(), given.encode("utf-8", "replace"))


def start(
    tx: Transaction,
    services: Services,
    account: str,
    *,
    how: str = "",
    issuer: str = "",
    sid: str = "",
    device: str = "",
) -> Started:
    """Start a session inside a transaction, and forget what can have no effect any more.

    Args:
        how: How somebody came in, as `SessionRow.how` says.
        issuer: Of OpenID Connect: who vouched for them, and which of its sessions `sid` it was.
        device: What the browser says it is.
    """
    now = services.clock.now()
    token = new_token(services.keys)
    tx.forget_old_access(
        sessions_before=text_before(now, seconds=SESSION_S_MAX),
        links_before=text_before(now, seconds=SIGN_IN_LINK_S_MAX),
        tries_before=text_before(now, seconds=SIGN_IN_WINDOW_S),
    )
    at, key = as_text(now), digest_of(token)
    plain = "".join(char for char in device if char.isprintable())[:DEVICE_CHARS_MAX]
    tx.add_session(
        SessionRow(
            digest=key,
            account=account,
            started_at=at,
            seen_at=at,
            device=plain,
            how=how,
            issuer=issuer,
            sid=sid,
            first=key,
            made_at=at,
        )
    )
    return Started(token=token, account=account)


def _live(services: Services, snapshot: Snapshot, key: bytes, now: datetime) -> tuple[SessionRow, Session] | None:
    row = snapshot.session(key)
    if row is None or row.started_at <= text_before(now, seconds=SESSION_S_MAX):
        return None
    newest = row if not row.rotated_at else snapshot.newest_token(row.first)
    if newest is None or newest.seen_at <= text_before(now, seconds=SESSION_IDLE_S_MAX):
        return None
    account = snapshot.account(row.account)
    if account is None or account.state != "open":
        return None
    viewer = viewer_of(services, snapshot, account, session=row.first.hex()[:16])
    if row.how == RECOVERY:
        viewer = replace(viewer, clearance=Tlp.CLEAR, opens=frozenset(), lists=frozenset(), stands_for=frozenset())
    return row, Session(key=row.first, viewer=viewer, name=account.name, how=row.how, language=account.language)


def _rotated(tx: Transaction, services: Services, row: SessionRow, session: Session, now: datetime) -> Session | None:
    """Exchange a token; of requests beside each other one does it."""
    held = tx.session(row.digest)
    if held is None:
        return None
    if held.rotated_at:
        return session
    tx.retire_token(row.digest, rotated_at=as_text(now))
    return _with_fresh(tx, services, row, session, now)


def _came_late(tx: Transaction, services: Services, row: SessionRow, session: Session, now: datetime) -> Session | None:
    newest = tx.newest_token(row.first)
    if newest is None:
        return None
    if newest.is_used:
        tx.end_session(row.digest)
        note(tx, services, row.account, "session_copied")
        return None
    tx.retire_token(newest.digest, rotated_at=row.rotated_at)  # whoever comes with that one now comes late as well
    return _with_fresh(tx, services, row, session, now)


def _with_fresh(tx: Transaction, services: Services, row: SessionRow, session: Session, now: datetime) -> Session:
    token, at = new_token(services.keys), as_text(now)
    fresh = row._replace(digest=digest_of(token), seen_at=at, made_at=at, rotated_at="", is_used=False)
    tx.add_session(fresh)
    return replace(session, fresh=token)
