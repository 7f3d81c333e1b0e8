# SPDX-License-Identifier: Apache-2.0
"""Sessions: a browser that signed in, until it leaves, rests too long, or its shift ends."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lintas.limits import SESSION_IDLE_S_MAX, SESSION_S_MAX, SIGN_IN_LINK_S_MAX, SIGN_IN_WINDOW_S
from lintas.model.viewer import Viewer
from lintas.ports.accounts import SessionRow
from lintas.ports.store import Snapshot, Transaction
from lintas.work.accounts.secret_tokens import digest_of, new_token, text_before
from lintas.work.accounts.viewing import viewer_of
from lintas.work.services import Services, as_text

TOUCH_EVERY_S: Final = 60  # a session's last use is written at most this often


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Who is signed in, as the pages need it."""

    key: bytes  # digest of the token: names the session without opening it
    viewer: Viewer
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A fresh session; the token is given out once and never stored."""

    token: str
    account: str


def session_of(services: Services, token: str, *, touch: bool = True) -> Session | None:
    """Return the session that a token opens, or None when it is unknown, ended, idle too long, or too old.

    Args:
        touch: Whether this counts as use; a page that waits for news by itself does not keep a session alive.
    """
    if not token:
        return None
    now, key = services.clock.now(), digest_of(token)
    found = services.store.read(lambda snapshot: _live(services, snapshot, key, now))
    if found is None:
        return None
    row, viewer, name = found
    if touch and row.seen_at < text_before(now, seconds=TOUCH_EVERY_S):
        services.store.write(lambda tx: tx.touch_session(key, seen_at=as_text(now)))
    return Session(key=key, viewer=viewer, name=name)


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
    tx: Transaction, services: Services, account: str, *, how: str = "", issuer: str = "", sid: str = ""
) -> Started:
    """Start a session inside a transaction, and forget what can have no effect any more.

    Args:
        how: How somebody came in, as `SessionRow.how` says.
        issuer: Of OpenID Connect: who vouched for them, and which of its sessions `sid` it was.
    """
    now = services.clock.now()
    token = new_token(services.keys)
    tx.forget_old_access(
        sessions_before=text_before(now, seconds=SESSION_S_MAX),
        links_before=text_before(now, seconds=SIGN_IN_LINK_S_MAX),
        tries_before=text_before(now, seconds=SIGN_IN_WINDOW_S),
    )
    at = as_text(now)
    tx.add_session(
        SessionRow(digest=digest_of(token), account=account, started_at=at, seen_at=at, how=how, issuer=issuer, sid=sid)
    )
    return Started(token=token, account=account)


def _live(services: Services, snapshot: Snapshot, key: bytes, now: datetime) -> tuple[SessionRow, Viewer, str] | None:
    row = snapshot.session(key)
    if row is None or row.started_at <= text_before(now, seconds=SESSION_S_MAX):
        return None
    if row.seen_at <= text_before(now, seconds=SESSION_IDLE_S_MAX):
        return None
    account = snapshot.account(row.account)
    if account is None or account.state != "open":
        return None
    return row, viewer_of(services, snapshot, account, session=key.hex()[:16]), account.name
