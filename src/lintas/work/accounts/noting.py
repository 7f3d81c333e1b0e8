# SPDX-License-Identifier: Apache-2.0
"""What happened to somebody's access, as an entry of the log."""

from typing import Final

from lintas.model.header import Kind
from lintas.ports.store import Transaction
from lintas.work.accounts.people import account_body
from lintas.work.appending import append, prepare_control
from lintas.work.services import Services

TOPIC: Final = "sign-in"  # of events: somebody's access changed or was attacked

WORDS: Final = {  # actions of account entries that this package writes, for pages
    "created": "your account was made",
    "password_set": "your password was set",
    "role": "your role was changed",
    "clearance": "your clearance was changed",
    "opens": "the closed classes that you see were changed",
    "totp_on": "codes of an app were turned on",
    "totp_off": "codes of an app were turned off",
    "recovery_made": "recovery codes were made; older ones ended",
    "recovery_used": "a recovery code was used",
    "passkey_copied": "a passkey was refused: its counter went back, so there may be a copy of it",
    "session_copied": "a session was ended: somebody came with an old token of it",
    "device_lost": "everything that you sign in with was ended, because a device was lost",
}


def note(tx: Transaction, services: Services, account: str, action: str) -> None:
    """Write down what happened to an account; part of the caller's transaction."""
    row = tx.account(account)
    assert row is not None, "access is somebody's"
    append(tx, prepare_control(services, Kind.ACCOUNT, account_body(row, action)))
