# SPDX-License-Identifier: Apache-2.0
"""Sign in by name and password, with a code where one is asked for, telling nobody whether an account exists."""

from lintas.errors import NotAllowed
from lintas.ports.accounts import AccountRow
from lintas.ports.store import Transaction
from lintas.work.accounts.codes import step_of
from lintas.work.accounts.noting import note
from lintas.work.accounts.passwords import hash_password, is_outdated, is_password
from lintas.work.accounts.people import name_key
from lintas.work.accounts.recovery import digest_of_code
from lintas.work.accounts.sessions import RECOVERY, Started, start
from lintas.work.accounts.tries import charge, subject_of
from lintas.work.services import Services


def sign_in(services: Services, name: str, password: str, *, code: str = "", device: str = "") -> Started:
    """Start a session for a name and a password, and the code of the person's app where they turned codes on.

    Unknown names, wrong passwords, wrong codes, closed accounts and accounts without a password get the same words
    after the same work, and are throttled alike.

    Raises:
        NotAllowed: Rule `sign-in`: something of it is wrong. Rule `throttled`: too many tries under this name.
    """
    key = name_key(name)
    subject = subject_of("name", key)
    charge(services, subject)
    row = services.store.read(lambda snapshot: snapshot.account_named(key))
    stored = row.password if row is not None and row.state == "open" else ""
    if not is_password(password, stored) or row is None:
        raise _refused()
    fresh = hash_password(password, services.keys) if is_outdated(stored) else ""
    account = row.id

    def begin(tx: Transaction) -> Started | None:
        if not _is_still(tx, account, stored):
            return None
        totp = tx.totp(account)
        if totp is not None:
            step = step_of(totp.secret, code, now=services.clock.now(), after=totp.last_step)
            if step is None:
                return None
            tx.put_totp(totp._replace(last_step=step))  # no code opens twice
        tx.forget_tries(subject)
        if fresh:
            tx.set_account_password(account, fresh)
        return start(tx, services, account, how="password" if totp is None else "password+totp", device=device)

    started = services.store.write(begin)
    if started is None:
        raise _refused()
    return started


def recover(services: Services, name: str, password: str, code: str, *, device: str = "") -> Started:
    """Start a session with a recovery code; it may do nothing but enrol a passkey or codes anew.

    Args:
        password: Of the account, where it has one: a sheet of codes that somebody finds opens nothing by itself.

    Raises:
        NotAllowed: As `sign_in` does, in the same words.
    """
    key = name_key(name)
    subject = subject_of("name", key)
    charge(services, subject)
    row = services.store.read(lambda snapshot: snapshot.account_named(key))
    stored = row.password if row is not None and row.state == "open" else ""
    is_right = is_password(password, stored)
    if row is None or row.state != "open" or (stored and not is_right):
        raise _refused()
    account = row.id

    def begin(tx: Transaction) -> Started | None:
        if not _is_still(tx, account, stored) or not tx.use_recovery(account, digest_of_code(account, code)):
            return None
        tx.forget_tries(subject)
        note(tx, services, account, "recovery_used")
        return start(tx, services, account, how=RECOVERY, device=device)

    started = services.store.write(begin)
    if started is None:
        raise _refused()
    return started


def _is_still(tx: Transaction, account: str, stored: str) -> bool:
    """Whether it was neither closed nor given another password while this one was looked at."""
    now: AccountRow | None = tx.account(account)
    return now is not None and now.state == "open" and now.password == stored


def _refused() -> NotAllowed:
    return NotAllowed(
        "Name or password is wrong.", rule="sign-in", hint="If you turned codes on, it may be the code of your app."
    )
