# SPDX-License-Identifier: Apache-2.0
"""Named people in the views: duties, need-to-know lists, passkeys, orders, and who read what."""

from typing import Any

from lintas.model.ids import MessageId
from lintas.model.people import AccessHead, AssentHead, CredentialHead, DutyHead, NeedListHead, OrderHead
from lintas.store.rows import Rows


class PeopleTables(Rows):
    """Reads; what they show is codes, ids and times, and the purposes that people gave."""

    def duties_of(self, person: str) -> list[DutyHead]:
        """Shifts and deputies of one person, newest first, ended ones too."""
        return [_duty(row) for row in self._all("people_duties_of", {"person": person})]

    def duties(self, *, since: str) -> list[DutyHead]:
        """Shifts and deputies that end after a time (RFC 3339) and were not ended, in order of their start."""
        return [_duty(row) for row in self._all("people_duties", {"since": since})]

    def duty(self, duty: str) -> DutyHead | None:
        """One shift or deputy, by its id of 64 hex digits."""
        row = self._one("people_duty", {"id": bytes.fromhex(duty)})
        return None if row is None else _duty(row)

    def lists_of(self, person: str) -> list[str]:
        """Need-to-know lists that one person is on."""
        return [name for (name,) in self._all("people_lists_of", {"person": person})]

    def need_lists(self) -> list[NeedListHead]:
        """Every need-to-know list."""
        return [
            NeedListHead(name, by, at, closed_at, tuple(self.members_of(name)), messages)
            for name, by, at, closed_at, messages in self._all("people_need_lists")
        ]

    def members_of(self, name: str) -> list[str]:
        """Who is on one list."""
        return [person for (person,) in self._all("people_members", {"list": name})]

    def lists_on(self, seq: int) -> list[str]:
        """Lists that one message is restricted to."""
        return [name for (name,) in self._all("people_lists_on", {"seq": seq})]

    def credential(self, credential: str) -> CredentialHead | None:
        """One passkey by its id in base64url, ended ones too."""
        row = self._one("people_credential", {"id": credential})
        return None if row is None else CredentialHead(*row)

    def credentials_of(self, account: str) -> list[CredentialHead]:
        """Passkeys of one person, ended ones too, oldest first."""
        return [CredentialHead(*row) for row in self._all("people_credentials_of", {"account": account})]

    def credentials(self) -> list[CredentialHead]:
        """Every passkey that counts, oldest first."""
        return [CredentialHead(*row) for row in self._all("people_credentials")]

    def order(self, order: MessageId) -> OrderHead | None:
        """One order; None when there is none, or its content was erased."""
        row = self._one("people_order", {"id": bytes.fromhex(order)})
        return None if row is None else _order(row)

    def orders(self, *, before: int, limit: int) -> list[OrderHead]:
        """Orders with seq < before, newest first."""
        return [_order(row) for row in self._all("people_orders", {"before": before, "limit": limit})]

    def open_orders(self) -> list[OrderHead]:
        """Orders that wait for somebody: for a decision, or done alone and not reviewed; oldest first."""
        return [_order(row) for row in self._all("people_orders_open")]

    def assents(self, order: MessageId) -> list[AssentHead]:
        """What people said to one order, in order."""
        rows = self._all("people_assents", {"order": bytes.fromhex(order)})
        return [AssentHead(seq, MessageId(of.hex()), *rest) for seq, of, *rest in rows]

    def seen(self, message: MessageId, *, before: int, limit: int) -> list[AccessHead]:
        """Access entries that showed one message, with seq < before, newest first."""
        values = {"message": bytes.fromhex(message), "before": before, "limit": limit}
        return [_access(row) for row in self._all("people_seen", values)]

    def accesses(self, *, before: int, limit: int, viewer: str = "") -> list[AccessHead]:
        """Access entries with seq < before, newest first; of one person, or of all."""
        values = {"before": before, "limit": limit}
        if viewer:
            return [_access(row) for row in self._all("people_accesses_of", values | {"viewer": viewer})]
        return [_access(row) for row in self._all("people_accesses", values)]

    def accesses_found(
        self, *, before: int, limit: int, viewer: str = "", verb: str = "", policy: str = "", since: str, until: str
    ) -> list[int]:
        """Places of access entries that a search may mean, with seq < before, newest first."""
        values = {"before": before, "limit": limit, "viewer": viewer, "verb": verb, "policy": policy}
        return [seq for (seq,) in self._all("people_accesses_found", values | {"since": since, "until": until})]

    def accesses_showing(self, message: MessageId, *, before: int, limit: int) -> list[int]:
        """Places of access entries that showed one message, with seq < before, newest first."""
        values = {"message": bytes.fromhex(message), "before": before, "limit": limit}
        return [seq for (seq,) in self._all("people_accesses_showing", values)]

    def openings(self, *, limit: int, every: bool = False) -> list[AccessHead]:
        """Access entries by which oversight opened content, newest first: those nobody acknowledged, or every one."""
        return [_access(row) for row in self._all("people_openings", {"limit": limit, "every": int(every)})]

    def trail(self) -> tuple[int, int, int, int]:
        """How many access entries stand, the view has, messages they showed by its count, and rows that say so."""
        row = self._one("people_trail")
        assert row is not None, "counts have one row"
        entries, held, shown, seen = row
        return entries, held, shown, seen


def _duty(row: tuple[Any, ...]) -> DutyHead:
    return DutyHead(row[0].hex(), *row[1:])


def _order(row: tuple[Any, ...]) -> OrderHead:
    return OrderHead(MessageId(row[0].hex()), *row[1:])


def _access(row: tuple[Any, ...]) -> AccessHead:
    return AccessHead(row[0], MessageId(row[1].hex()), *row[2:])
