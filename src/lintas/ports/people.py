# SPDX-License-Identifier: Apache-2.0
"""Named people in the views of the log. None of it tells what a message says."""

from typing import Protocol

from lintas.model.ids import MessageId
from lintas.model.people import AccessHead, AssentHead, CredentialHead, DutyHead, NeedListHead, OrderHead


class PeopleReads(Protocol):
    """Duties, need-to-know lists, passkeys, orders, and who read what."""

    def duties_of(self, person: str) -> list[DutyHead]:
        """Shifts and deputies of one person, newest first, ended ones too."""

    def duties(self, *, since: str) -> list[DutyHead]:
        """Shifts and deputies that end after a time (RFC 3339) and were not ended, in order of their start."""

    def duty(self, duty: str) -> DutyHead | None:
        """One shift or deputy, by its id of 64 hex digits."""

    def lists_of(self, person: str) -> list[str]:
        """Need-to-know lists that one person is on."""

    def need_lists(self) -> list[NeedListHead]:
        """Every need-to-know list."""

    def members_of(self, name: str) -> list[str]:
        """Who is on one list."""

    def lists_on(self, seq: int) -> list[str]:
        """Lists that one message is restricted to."""

    def credential(self, credential: str) -> CredentialHead | None:
        """One passkey by its id in base64url, ended ones too."""

    def credentials_of(self, account: str) -> list[CredentialHead]:
        """Passkeys of one person, ended ones too, oldest first."""

    def credentials(self) -> list[CredentialHead]:
        """Every passkey that counts, oldest first."""

    def order(self, order: MessageId) -> OrderHead | None:
        """One order; None when there is none, or its content was erased."""

    def orders(self, *, before: int, limit: int) -> list[OrderHead]:
        """Orders with seq < before, newest first."""

    def open_orders(self) -> list[OrderHead]:
        """Orders that wait for somebody: for a decision, or done alone and not reviewed; oldest first."""

    def assents(self, order: MessageId) -> list[AssentHead]:
        """What people said to one order, in order."""

    def seen(self, message: MessageId, *, before: int, limit: int) -> list[AccessHead]:
        """Access entries that showed one message, with seq < before, newest first."""

    def accesses(self, *, before: int, limit: int, viewer: str = "") -> list[AccessHead]:
        """Access entries with seq < before, newest first; of one person, or of all."""

    def accesses_found(
        self, *, before: int, limit: int, viewer: str = "", verb: str = "", policy: str = "", since: str, until: str
    ) -> list[int]:
        """Places of access entries that a search may mean, with seq < before, newest first.

        Args:
            since: From this time on, `until` before that; RFC 3339 UTC with milliseconds.
        """

    def accesses_showing(self, message: MessageId, *, before: int, limit: int) -> list[int]:
        """Places of access entries that showed one message, with seq < before, newest first."""

    def openings(self, *, limit: int, every: bool = False) -> list[AccessHead]:
        """Access entries by which oversight opened content, newest first: those nobody acknowledged, or every one."""

    def trail(self) -> tuple[int, int, int, int]:
        """How many access entries stand, the view has, messages they showed by its count, and rows that say so."""
