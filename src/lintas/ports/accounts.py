# SPDX-License-Identifier: Apache-2.0
"""Accounts of this node: who may sign in. Local state, no view of the log; names of persons stand here only.

A secret is never stored: passwords as Argon2id strings, session and link tokens as SHA-256.
"""

from typing import NamedTuple, Protocol


class AccountRow(NamedTuple):
    """One person who may sign in."""

    number: int
    id: str  # "officer-0001": the pseudonym that the log knows
    name: str  # as the person writes it
    name_key: str  # folded: what sign-in compares
    role: str
    clearance: int  # number of `Tlp`
    password: str  # Argon2id string, empty when only one-time links open the account
    state: str  # open | closed
    created_at: str  # RFC 3339 UTC with milliseconds, as all times here
    closed_at: str
    opens: str = ""  # closed classes beside the role's, codes with blanks between
    issuer: str = ""  # of OpenID Connect; empty for a local account
    subject: str = ""
    agency: str = ""
    language: str = ""  # of pages: en, ms, th or zh; empty until the person chose one


class SessionRow(NamedTuple):
    """One signed-in browser."""

    digest: bytes  # SHA-256 of its token
    account: str
    started_at: str
    seen_at: str
    device: str = ""  # what the browser says it is, shortened
    how: str = ""  # password, password+totp, passkey, link, oidc, recovery
    issuer: str = ""  # of OpenID Connect
    sid: str = ""  # the provider's session
    first: bytes = b""  # digest of the session's first token: names it for as long as it lasts
    made_at: str = ""  # when this token was made
    rotated_at: str = ""  # when it was exchanged for a fresh one; empty for the newest
    is_used: bool = True  # whether the browser ever came with it


class AccountReads(Protocol):
    """What sign-in asks."""

    def account(self, account: str) -> AccountRow | None:
        """One account by its id, closed ones too."""

    def account_named(self, name_key: str) -> AccountRow | None:
        """The account with this folded name that is not closed."""

    def accounts(self) -> list[AccountRow]:
        """All accounts in order of their numbers, closed ones too."""

    def session(self, digest: bytes) -> SessionRow | None:
        """One session."""

    def link_account(self, digest: bytes, *, since: str) -> str | None:
        """The account that an unused one-time link made after `since` opens."""

    def tries(self, subject: bytes, *, since: str) -> int:
        """How many failed or running tries to sign in as one subject began after `since`."""


class AccountWrites(AccountReads, Protocol):
    """What sign-in changes."""

    def add_account(self, row: AccountRow) -> None:
        """Add an account."""

    def set_account_state(self, account: str, *, state: str, closed_at: str) -> None:
        """Open or close an account."""

    def set_account_rights(self, account: str, *, role: str, clearance: int, opens: str) -> None:
        """Give an account another role, clearance, or closed classes."""

    def set_account_password(self, account: str, password: str) -> None:
        """Replace the Argon2id string of an account."""

    def set_account_language(self, account: str, language: str) -> None:
        """Keep which language a person reads pages in."""

    def add_session(self, row: SessionRow) -> None:
        """Start a session."""

    def touch_session(self, digest: bytes, *, seen_at: str) -> None:
        """Say that a session is in use."""

    def end_session(self, digest: bytes) -> None:
        """End one session; that it is gone already is no error."""

    def end_account_access(self, account: str) -> None:
        """End every session and every unused link of one account."""

    def add_link(self, digest: bytes, *, account: str, made_at: str) -> None:
        """Keep a one-time link."""

    def use_link(self, digest: bytes) -> None:
        """Remove a one-time link."""

    def add_try(self, subject: bytes, *, at: str) -> None:
        """Count a try to sign in."""

    def forget_tries(self, subject: bytes) -> None:
        """Forget the tries of one subject, after one that succeeded."""

    def forget_old_access(self, *, sessions_before: str, links_before: str, tries_before: str) -> None:
        """Remove sessions, links and tries that can have no effect any more."""
