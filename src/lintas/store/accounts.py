# SPDX-License-Identifier: Apache-2.0
"""Who may sign in: the part of the store that is no view of the log."""

from typing import Any

from lintas.ports.accounts import AccountRow, SessionRow
from lintas.store.rows import Rows


def session_row(row: tuple[Any, ...]) -> SessionRow:
    """A session from what `account_session_by_digest` and its like select."""
    found = SessionRow._make(row)
    return found._replace(digest=bytes(found.digest), first=bytes(found.first), is_used=bool(found.is_used))


class AccountTables(Rows):
    """Reads and writes of accounts, sessions, one-time links and tries."""

    def account(self, account: str) -> AccountRow | None:
        """One account by its id, closed ones too."""
        row = self._one("account_by_id", {"id": account})
        return None if row is None else AccountRow(*row)

    def account_named(self, name_key: str) -> AccountRow | None:
        """The account with this folded name that is not closed."""
        row = self._one("account_by_name", {"name_key": name_key})
        return None if row is None else AccountRow(*row)

    def accounts(self) -> list[AccountRow]:
        """All accounts in order of their numbers, closed ones too."""
        return [AccountRow(*row) for row in self._all("account_list")]

    def session(self, digest: bytes) -> SessionRow | None:
        """One session."""
        row = self._one("account_session_by_digest", {"digest": digest})
        return None if row is None else session_row(row)

    def link_account(self, digest: bytes, *, since: str) -> str | None:
        """The account that an unused one-time link made after `since` opens."""
        row = self._one("account_link_by_digest", {"digest": digest, "since": since})
        return None if row is None else str(row[0])

    def tries(self, subject: bytes, *, since: str) -> int:
        """How many failed or running tries to sign in as one subject began after `since`."""
        return self._number("account_tries", {"subject": subject, "since": since})

    def add_account(self, row: AccountRow) -> None:
        """Add an account."""
        self._run("account_add", row._asdict())

    def set_account_state(self, account: str, *, state: str, closed_at: str) -> None:
        """Open or close an account."""
        self._run("account_set_state", {"id": account, "state": state, "closed_at": closed_at})

    def set_account_rights(self, account: str, *, role: str, clearance: int, opens: str) -> None:
        """Give an account another role, clearance, or closed classes."""
        self._run("account_set_rights", {"id": account, "role": role, "clearance": clearance, "opens": opens})

    def set_account_password(self, account: str, password: str) -> None:
        """Replace the Argon2id string of an account."""
        self._run("account_set_password", {"id": account, "password": password})

    def set_account_language(self, account: str, language: str) -> None:
        """Keep which language a person reads pages in."""
        self._run("account_set_language", {"id": account, "language": language})

    def add_session(self, row: SessionRow) -> None:
        """Start a session."""
        values = row._asdict() | {"first": row.first or row.digest, "made_at": row.made_at or row.started_at}
        values["is_used"] = int(row.is_used)
        self._run("account_session_add", values)

    def touch_session(self, digest: bytes, *, seen_at: str) -> None:
        """Say that a session is in use."""
        self._run("account_session_touch", {"digest": digest, "seen_at": seen_at})

    def end_session(self, digest: bytes) -> None:
        """End one session; that it is gone already is no error."""
        self._run("account_session_end", {"digest": digest})

    def end_account_access(self, account: str) -> None:
        """End every session and every unused link of one account."""
        self._run("account_sessions_end", {"account": account})
        self._run("account_links_end", {"account": account})

    def add_link(self, digest: bytes, *, account: str, made_at: str) -> None:
        """Keep a one-time link."""
        self._run("account_link_add", {"digest": digest, "account": account, "made_at": made_at})

    def use_link(self, digest: bytes) -> None:
        """Remove a one-time link."""
        self._run("account_link_use", {"digest": digest})

    def add_try(self, subject: bytes, *, at: str) -> None:
        """Count a try to sign in."""
        self._run("account_try_add", {"subject": subject, "at": at})

    def forget_tries(self, subject: bytes) -> None:
        """Forget the tries of one subject, after one that succeeded."""
        self._run("account_tries_forget", {"subject": subject})

    def forget_old_access(self, *, sessions_before: str, links_before: str, tries_before: str) -> None:
        """Remove sessions, links and tries that can have no effect any more."""
        self._run("account_sessions_forget", {"before": sessions_before})
        self._run("account_links_forget", {"before": links_before})
        self._run("account_tries_forget_old", {"before": tries_before})
