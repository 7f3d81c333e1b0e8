# SPDX-License-Identifier: Apache-2.0
"""Sign in by name and password, telling nobody whether an account exists."""

import hashlib

from lintas.errors import NotAllowed
from lintas.limits import SIGN_IN_TRIES_MAX, SIGN_IN_WINDOW_S
from lintas.ports.store import Transaction
from lintas.work.accounts.passwords import hash_password, is_outdated, is_password
from lintas.work.accounts.people import name_key
from lintas.work.accounts.secret_tokens import text_before
from lintas.work.accounts.sessions import Started, start
from lintas.work.services import Services, as_text


def sign_in(services: Services, name: str, password: str) -> Started:
    """Start a session for a name and a password.

    Unknown names, wrong passwords, closed accounts and accounts without a password get the same words after the same
    work, and are throttled alike.

    Raises:
        NotAllowed: Rule `sign-in`: name or password is wrong. Rule `throttled`: too many tries under this name.
    """
    key = name_key(name)
    subject = hashlib.sha256(b"lintas-try\x00" + key.encode("utf-8", "replace")).digest()
    # The try is counted before the password is looked at, so that many at once cannot slip past the limit.
    if not services.store.write(lambda tx: _charge(tx, services, subject)):
        raise NotAllowed(
            "There were too many tries to sign in under this name.",
            rule="throttled",
            hint=f"Wait {SIGN_IN_WINDOW_S // 60} minutes, or ask the node's operator for a one-time link.",
        )
    row = services.store.read(lambda snapshot: snapshot.account_named(key))
    stored = row.password if row is not None and row.state == "open" else ""
    if not is_password(password, stored) or row is None:
        raise NotAllowed("Name or password is wrong.", rule="sign-in")
    fresh = hash_password(password, services.keys) if is_outdated(stored) else ""
    account = row.id

    def begin(tx: Transaction) -> Started | None:
        now = tx.account(account)
        if now is None or now.state != "open" or now.password != stored:
            return None  # closed, or given another password, while this one was looked at
        tx.forget_tries(subject)
        if fresh:
            tx.set_account_password(account, fresh)
        return start(tx, services, account)

    started = services.store.write(begin)
    if started is None:
        raise NotAllowed("Name or password is wrong.", rule="sign-in")
    return started


def _charge(tx: Transaction, services: Services, subject: bytes) -> bool:
    now = services.clock.now()
    if tx.tries(subject, since=text_before(now, seconds=SIGN_IN_WINDOW_S)) >= SIGN_IN_TRIES_MAX:
        return False
    tx.add_try(subject, at=as_text(now))
    return True
