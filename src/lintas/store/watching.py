# SPDX-License-Identifier: Apache-2.0
"""Standing questions and what met them."""

from collections.abc import Iterable, Sequence
from typing import Any

from lintas.model.found import AlertHead, AlertTally, WatchHead
from lintas.model.ids import AlertId, MessageId
from lintas.model.scope import Scope
from lintas.store.rows import Rows


class WatchTables(Rows):
    """Reads of watches and alerts."""

    def watches(self, *, owner: str = "") -> list[WatchHead]:
        """Watches, newest first; of one owner, or all."""
        rows = self._all("watch_list_of", {"owner": owner}) if owner else self._all("watch_list")
        return [_watch(row) for row in rows]

    def watch(self, message: MessageId) -> WatchHead | None:
        """One watch."""
        row = self._one("watch_one", {"id": bytes.fromhex(message)})
        return None if row is None else _watch(row)

    def watch_terms(self, message: MessageId) -> list[tuple[str, str]]:
        """The (scheme, value) terms of one watch."""
        return [(row[0], row[1]) for row in self._all("watch_terms", {"id": bytes.fromhex(message)})]

    def watching(self, terms: Iterable[tuple[str, str]], *, at: str) -> list[tuple[str, str, WatchHead]]:
        """Live watches on any of some (scheme, value) pairs, at a time (RFC 3339)."""
        found = []
        for scheme, value in terms:
            rows = self._all("watching", {"scheme": scheme, "value": value, "at": at})
            found += [(scheme, value, _watch(row)) for row in rows]
        return found

    def has_watches(self) -> bool:
        """Whether any watch stands."""
        return self._one("watch_any") is not None

    def alerts(
        self, *, scope: Scope, after: int, limit: int, newest: bool = False, person: str = ""
    ) -> list[AlertHead]:
        """Alerts with seq > after in order, or the newest first; all, or those that one person has."""
        values = {**scope.sql, "after": after, "limit": limit}
        if person:
            rows = self._all("alerts_had_newest" if newest else "alerts_had_after", values | {"person": person})
        else:
            rows = self._all("alerts_newest" if newest else "alerts_after", values)
        return [_alert(row) for row in rows]

    def alert(self, alert: str, *, scope: Scope) -> AlertHead | None:
        """One alert."""
        row = self._one("alert_one", {**scope.sql, "id": bytes.fromhex(alert)})
        return None if row is None else _alert(row)

    def alert_tallies(self, since: str, *, scope: Scope) -> list[AlertTally]:
        """Alerts that happened since a time (RFC 3339), counted by watch and originator."""
        rows = self._all("alert_tallies", {**scope.sql, "since": since})
        return [AlertTally(MessageId(watch.hex()), *rest) for watch, *rest in rows]

    def alert_values(self, watch: MessageId, since: str, *, scope: Scope, limit: int) -> list[tuple[str, str]]:
        """The (scheme, value) pairs that met one watch since a time (RFC 3339), the latest first."""
        values = {**scope.sql, "watch": bytes.fromhex(watch), "since": since, "limit": limit}
        return [(row[0], row[1]) for row in self._all("alert_values", values)]

    def alerts_about(self, seqs: Sequence[int]) -> list[tuple[str, MessageId]]:
        """(alert id, its message id) of alerts that some messages caused."""
        rows = [row for seq in seqs for row in self._all("alerts_about", {"seq": seq})]
        return [(alert.hex(), MessageId(message.hex())) for alert, message in rows]


def _watch(row: tuple[Any, ...]) -> WatchHead:
    return WatchHead(row[0], MessageId(row[1].hex()), *row[2:])


def _alert(row: tuple[Any, ...]) -> AlertHead:
    seq, id_, watch, note, message, *rest = row
    return AlertHead(seq, AlertId(id_.hex()), MessageId(watch.hex()), note, MessageId(message.hex()), *rest)
