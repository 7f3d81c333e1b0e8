# SPDX-License-Identifier: Apache-2.0
"""Recovery codes: ten on a sheet of paper, each of which opens, once, a session that can only enrol anew."""

import base64
import hashlib
from typing import Final

from lintas.errors import NotAllowed
from lintas.limits import RECOVERY_CODES
from lintas.ports.store import Transaction
from lintas.work.accounts.noting import note
from lintas.work.services import Services

_BYTES: Final = 10  # 80 bits: nobody guesses one, so a plain digest keeps them (NIST SP 800-63B-4 section 3.1.2)


def make_recovery_codes(services: Services, account: str) -> tuple[str, ...]:
    """Make a new sheet of codes; older ones end. They are shown once and never stored.

    Raises:
        NotAllowed: The person has neither a passkey nor codes of an app: there is nothing to recover.
    """
    codes = tuple(_written(services.keys.random(_BYTES)) for _ in range(RECOVERY_CODES))

    def keep(tx: Transaction) -> bool:
        has_passkey = any(not one.ended_at for one in tx.credentials_of(account))
        if not has_passkey and tx.totp(account) is None:
            return False
        tx.set_recovery(account, [digest_of_code(account, code) for code in codes])
        note(tx, services, account, "recovery_made")
        return True

    if not services.store.write(keep):
        raise NotAllowed(
            "There is nothing yet that a recovery code could bring back.",
            rule="recovery",
            hint="Enrol a passkey, or turn on codes of an app, first.",
        )
    return codes


def digest_of_code(account: str, code: str) -> bytes:
    """Digest of a code as a person types it: with or without its hyphens, in small or capital letters."""
    plain = "".join(code.split()).replace("-", "").lower()
    return hashlib.sha256(f"lintas-recovery\x00{account}\x00{plain}".encode("utf-8", "replace")).digest()


def _written(secret: bytes) -> str:
    text = base64.b32encode(secret).decode("ascii").lower()
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))
