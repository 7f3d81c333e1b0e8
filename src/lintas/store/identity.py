# SPDX-License-Identifier: Apache-2.0
"""Who signs in elsewhere, and keys of systems: local state, no view of the log."""

from lintas.ports.accounts import AccountRow
from lintas.ports.identity import KeyRow
from lintas.store.rows import Rows


class IdentityTables(Rows):
    """Reads and writes of subjects, challenges and keys."""

    def account_by_subject(self, issuer: str, subject: str) -> AccountRow | None:
        """The account of somebody who signs in elsewhere: the open one, else one that was closed."""
        row = self._one("identity_account", {"issuer": issuer, "subject": subject})
        return None if row is None else AccountRow(*row)

    def set_account_subject(self, account: str, *, issuer: str, subject: str, agency: str) -> None:
        """Say who somebody is elsewhere."""
        self._run("identity_account_set", {"id": account, "issuer": issuer, "subject": subject, "agency": agency})

    def has_challenge(self, digest: bytes, *, purpose: str) -> bool:
        """Whether a challenge waits, or a token was seen."""
        return self._one("identity_challenge", {"digest": digest, "purpose": purpose}) is not None

    def challenges_of(self, purpose: str) -> int:
        """How many challenges of one purpose wait."""
        return self._number("identity_challenges", {"purpose": purpose})

    def keep_challenge(self, digest: bytes, *, purpose: str, account: str, said: str, made_at: str) -> None:
        """Keep a challenge until it is answered."""
        values = {"digest": digest, "purpose": purpose, "account": account, "said": said, "made_at": made_at}
        self._run("identity_challenge_add", values)

    def use_challenge(self, digest: bytes, *, purpose: str, since: str) -> str | None:
        """Take a challenge out and return what it said; None when there is none, or it was made before `since`."""
        row = self._one("identity_challenge", {"digest": digest, "purpose": purpose})
        if row is None:
            return None
        self._run("identity_challenge_end", {"digest": digest, "purpose": purpose})
        return str(row[0]) if row[1] > since else None

    def forget_challenges(self, purpose: str, *, before: str) -> None:
        """Remove challenges of one purpose that are too old."""
        self._run("identity_challenges_forget", {"purpose": purpose, "before": before})

    def end_sessions_of_sid(self, issuer: str, sid: str) -> None:
        """End the sessions that one session at the provider opened."""
        self._run("identity_sessions_end_sid", {"issuer": issuer, "sid": sid})

    def end_sessions_of_subject(self, issuer: str, subject: str, *, sid: str) -> None:
        """End the sessions that somebody opened by the provider; if `sid` is given, those that name no session."""
        self._run("identity_sessions_end_subject", {"issuer": issuer, "subject": subject, "sid": sid})

    def api_key(self, digest: bytes) -> KeyRow | None:
        """One key by its digest, ended ones too."""
        row = self._one("identity_key", {"digest": digest})
        return None if row is None else KeyRow(bytes(row[0]), *row[1:])

    def api_keys(self) -> list[KeyRow]:
        """All keys, newest first, ended ones too."""
        return [KeyRow(bytes(row[0]), *row[1:]) for row in self._all("identity_keys", {})]

    def add_api_key(self, row: KeyRow) -> None:
        """Keep a key."""
        self._run("identity_key_add", row._asdict())

    def touch_api_key(self, digest: bytes, *, used_at: str) -> None:
        """Say that a key is in use."""
        self._run("identity_key_touch", {"digest": digest, "used_at": used_at})

    def end_api_key(self, id_: str, *, ended_at: str) -> None:
        """End a key."""
        self._run("identity_key_end", {"id": id_, "ended_at": ended_at})
