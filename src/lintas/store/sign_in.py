# SPDX-License-Identifier: Apache-2.0
"""Codes, how passkeys were used, and the tokens of sessions: local state, no view of the log."""

from collections.abc import Iterable

from lintas.ports.accounts import SessionRow
from lintas.ports.sign_in import PasskeyUse, TotpRow
from lintas.store.accounts import session_row
from lintas.store.rows import Rows


class SignInTables(Rows):
    """Reads and writes of codes, passkeys' uses and sessions' tokens."""

    def totp(self, account: str) -> TotpRow | None:
        """A person's app that shows codes; None when it is off."""
        row = self._one("sign_in_totp", {"account": account})
        return None if row is None else TotpRow(row[0], bytes(row[1]), row[2])

    def recovery_left(self, account: str) -> int:
        """How many recovery codes a person has left."""
        return self._number("sign_in_recovery_left", {"account": account})

    def passkey_use(self, credential: str) -> PasskeyUse | None:
        """How one passkey was last used."""
        row = self._one("sign_in_passkey", {"credential": credential})
        return None if row is None else PasskeyUse(*row)

    def sessions_of(self, account: str) -> list[SessionRow]:
        """A person's sessions by their newest tokens, newest first."""
        return [session_row(row) for row in self._all("sign_in_sessions_of", {"account": account})]

    def newest_token(self, first: bytes) -> SessionRow | None:
        """A session by its newest token; None when it has ended."""
        row = self._one("sign_in_newest_token", {"first": first})
        return None if row is None else session_row(row)

    def put_totp(self, row: TotpRow) -> None:
        """Turn codes on, or say which was used last."""
        self._run("sign_in_totp_put", row._asdict())

    def end_totp(self, account: str) -> None:
        """Turn codes off."""
        self._run("sign_in_totp_end", {"account": account})

    def set_recovery(self, account: str, digests: Iterable[bytes]) -> None:
        """Replace a person's recovery codes."""
        self._run("sign_in_recovery_end", {"account": account})
        for digest in digests:
            self._run("sign_in_recovery_add", {"digest": digest, "account": account})

    def use_recovery(self, account: str, digest: bytes) -> bool:
        """Remove a recovery code; whether the person had it."""
        had = self._one("sign_in_recovery", {"digest": digest, "account": account}) is not None
        self._run("sign_in_recovery_use", {"digest": digest, "account": account})
        return had

    def put_passkey_use(self, row: PasskeyUse) -> None:
        """Say how a passkey is called and was used."""
        self._run("sign_in_passkey_put", row._asdict())

    def retire_token(self, digest: bytes, *, rotated_at: str) -> None:
        """Say that a token was exchanged for a fresh one."""
        self._run("sign_in_token_retire", {"digest": digest, "rotated_at": rotated_at})

    def end_session_named(self, account: str, first: bytes) -> None:
        """End one session of a person."""
        self._run("sign_in_session_end", {"account": account, "first": first})

    def end_other_sessions(self, account: str, first: bytes) -> None:
        """End every session of a person but one."""
        self._run("sign_in_others_end", {"account": account, "first": first})
