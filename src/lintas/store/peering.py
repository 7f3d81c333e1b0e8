# SPDX-License-Identifier: Apache-2.0
"""Peers, streams and receipts as the views hold them; heads and addresses of peers, which no log holds."""

import json
from typing import Any, Final

from lintas.model.found import (
    Confirmation,
    DecisionHead,
    EvidenceHead,
    OutboxLine,
    PeerHead,
    PeerNote,
    ReceiptHead,
    SpanHead,
    TipHead,
)
from lintas.model.ids import MessageId
from lintas.model.peering import ReceiptState
from lintas.model.scope import Scope
from lintas.store.rows import Rows

_STATES: Final = tuple(state.value for state in ReceiptState)  # in the order of the outbox's columns


class PeerTables(Rows):
    """Reads of the views, and the node's own state of its peers."""

    def peers(self) -> list[PeerHead]:
        """All peers, removed ones too, by name."""
        return [_peer(row) for row in self._all("peer_list")]

    def peer(self, node: str) -> PeerHead | None:
        """One peer."""
        row = self._one("peer_one", {"node": node})
        return None if row is None else _peer(row)

    def peer_of_channel(self, channel: str) -> PeerHead | None:
        """The peer that one of our channels leads to."""
        row = self._one("peer_of_channel", {"channel": channel})
        return None if row is None else self.peer(row[0])

    def key_places(self, node: str) -> list[int]:
        """Where the key entries of a node stand, oldest first; this node's own too."""
        return [seq for (seq,) in self._all("peer_key_places", {"node": node})]

    def confirmations(self, node: str) -> list[Confirmation]:
        """Who heard a peer's words since it was last added, oldest first; one row a person."""
        return [Confirmation(*row) for row in self._all("peer_confirmations", {"node": node})]

    def decision(self, channel: str, *, conditions: str, policy: str) -> DecisionHead | None:
        """What was decided once for some conditions."""
        row = self._one("peer_decision", {"channel": channel, "conditions": conditions, "policy": policy})
        return None if row is None else DecisionHead(MessageId(row[0].hex()), *row[1:])

    def tip(self, direction: str, channel: str, *, incarnation: str, lane: str) -> TipHead | None:
        """Where a stream ends; None when nothing stands in it."""
        row = self._one("peer_tip", _stream(direction, channel, incarnation, lane))
        return None if row is None else TipHead(*row)

    def spans(
        self, direction: str, channel: str, *, incarnation: str, lane: str, after: int, limit: int
    ) -> list[SpanHead]:
        """Runs of a stream whose last counter is beyond `after`, in order."""
        stream = _stream(direction, channel, incarnation, lane)
        return [SpanHead(*row) for row in self._all("peer_spans", {**stream, "after": after, "limit": limit})]

    def span_at(self, direction: str, channel: str, *, incarnation: str, lane: str, counter: int) -> SpanHead | None:
        """The run that holds one counter."""
        row = self._one("peer_span_at", {**_stream(direction, channel, incarnation, lane), "counter": counter})
        span = None if row is None else SpanHead(*row)
        return span if span is not None and counter < span.first + span.length else None

    def channels_from(self, node: str) -> list[str]:
        """Channels on which a peer has sent to us."""
        return [channel for (channel,) in self._all("peer_channels_from", {"node": node})]

    def releases_of(self, message: MessageId) -> list[tuple[int, MessageId, str]]:
        """(place, id, channel) of the released messages of one local message."""
        rows = self._all("peer_releases_of", {"home": bytes.fromhex(message)})
        return [(seq, MessageId(id_.hex()), channel) for seq, id_, channel in rows]

    def receipts(self, message: MessageId) -> list[ReceiptHead]:
        """What recipients say of one released message, oldest first."""
        return [ReceiptHead(*row) for row in self._all("peer_receipts", {"message": bytes.fromhex(message)})]

    def rejections(self, message: MessageId) -> list[tuple[str, tuple[tuple[str, str], ...], int]]:
        """(node, ((id, reason), …), how many in all) of what recipients could not use of one released message."""
        rows = self._all("peer_rejections", {"message": bytes.fromhex(message)})
        return [
            (node, tuple((str(id_), str(reason)) for id_, reason in json.loads(rejected)), total)
            for node, rejected, total in rows
        ]

    def outbox(self, *, scope: Scope, channel: str, before: int, limit: int) -> list[OutboxLine]:
        """Released messages with seq < before, newest first; of one channel or, when empty, of all."""
        params: dict[str, Any] = {**scope.sql, "before": before, "limit": limit}
        if channel:
            return [_line(row) for row in self._all("peer_outbox_of", {**params, "channel": channel})]
        return [_line(row) for row in self._all("peer_outbox", params)]

    def stored_upto(self, channel: str, *, incarnation: str, lane: str) -> int:
        """How many places of one of our streams the recipient says it stored: the highest counter with a receipt."""
        row = self._one("peer_stored", {"channel": channel, "incarnation": incarnation, "lane": lane})
        return 0 if row is None else int(row[0])

    def evidence(self, node: str, *, limit: int) -> list[EvidenceHead]:
        """What a peer sent that it should not have, newest first; empty for all peers."""
        rows = self._all("peer_evidence_of" if node else "peer_evidence", {"node": node, "limit": limit})
        return [EvidenceHead(seq, MessageId(id_.hex()), *rest) for seq, id_, *rest in rows]

    def peer_notes(self) -> list[PeerNote]:
        """The newest verified head of each other log."""
        return [_note(row) for row in self._all("peer_notes")]

    def peer_note(self, origin: str) -> PeerNote | None:
        """The newest verified head of one log, by its origin line."""
        row = self._one("peer_note_of", {"origin": origin})
        return None if row is None else _note(row)

    def address_of(self, node: str) -> str:
        """The address that this node's operator set for a peer, instead of the one in its descriptor; or empty."""
        row = self._one("peer_address_of", {"node": node})
        return "" if row is None else str(row[0])

    def handed_to(self, target: str) -> str:
        """Who has an alert (by the id of its message) since it was last handed over; empty when nobody was named."""
        row = self._one("peer_handed_to", {"target": bytes.fromhex(target)})
        return "" if row is None else str(row[0])

    def put_peer_note(self, row: PeerNote) -> None:
        """Keep the newest verified head of another log; replaces the earlier one of the same origin."""
        self._run("peer_note_put", row._asdict())

    def put_cosigned(self, size: int, note: str) -> None:
        """Replace the note of our own checkpoint of one size by the same with more cosignatures."""
        self._run("peer_cosigned", {"size": size, "note": note})

    def set_address(self, node: str, url: str) -> None:
        """Set or, with an empty address, forget where a peer is reached."""
        if url:
            self._run("peer_address_put", {"node": node, "url": url})
        else:
            self._run("peer_address_remove", {"node": node})


def _stream(direction: str, channel: str, incarnation: str, lane: str) -> dict[str, Any]:
    return {"direction": direction, "channel": channel, "incarnation": incarnation, "lane": lane}


def _peer(row: tuple[Any, ...]) -> PeerHead:
    node, name, country, channel, introduced, suspended, removed, *rest = row
    return PeerHead(node, name, country, channel, bool(introduced), bool(suspended), bool(removed), *rest)


def _line(row: tuple[Any, ...]) -> OutboxLine:
    seq, id_, home, node, kind, lane, counter, incarnation, size_bytes, tlp, at, *states, rejected = row
    return OutboxLine(
        seq=seq,
        message=MessageId(id_.hex()),
        of=MessageId(home.hex() if home is not None else ""),
        node=node,
        kind=kind,
        lane=lane,
        counter=counter,
        incarnation=incarnation,
        size_bytes=size_bytes,
        tlp=tlp,
        at=at,
        states=" ".join(state for state, is_so in zip(_STATES, states, strict=True) if is_so),
        rejected=rejected,
    )


def _note(row: tuple[Any, ...]) -> PeerNote:
    node, origin, size, root, note, at = row
    return PeerNote(node, origin, size, bytes(root), note, at)
