# SPDX-License-Identifier: Apache-2.0
"""Tries to sign in, counted before anything is looked at, whether or not there is such an account."""

import hashlib

from lintas.errors import NotAllowed
from lintas.limits import SIGN_IN_TRIES_MAX, SIGN_IN_WINDOW_S
from lintas.ports.store import Transaction
from lintas.work.accounts.secret_tokens import text_before
from lintas.work.services import Services, as_text


def subject_of(what: str, name: str) -> bytes:
    """What tries are counted under: a kind of sign-in, and the name or key that was given."""
    return hashlib.sha256(f"lintas-try\x00{what}\x00{name}".encode("utf-8", "replace")).digest()


def charge(services: Services, subject: bytes) -> None:
    """Count a try, so that many at once cannot slip past the limit.

    Raises:
        NotAllowed: Rule `throttled`: there were too many.
    """
    if not services.store.write(lambda tx: _charged(tx, services, subject)):
        raise NotAllowed(
            "There were too many tries to sign in under this name.",
            rule="throttled",
            hint=f"Wait {SIGN_IN_WINDOW_S // 60} minutes, or ask the node's operator for a one-time link.",
        )


def _charged(tx: Transaction, services: Services, subject: bytes) -> bool:
    now = services.clock.now()
    if tx.tries(subject, since=text_before(now, seconds=SIGN_IN_WINDOW_S)) >= SIGN_IN_TRIES_MAX:
        return False
    tx.add_try(subject, at=as_text(now))
    return True
