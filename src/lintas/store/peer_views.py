# SPDX-License-Identifier: Apache-2.0
"""Apply to the views what entries say of peers, streams and receipts."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from lintas.model.peering import Action, ReceiptState
from lintas.store.rows import Rows
from lintas.views.rows import (
    ConfirmedRow,
    DecisionRow,
    EvidenceRow,
    HandoverRow,
    PeerKeysRow,
    PeerProfileRow,
    PeerRow,
    ReceiptRow,
    RejectionRow,
    ReleasedRow,
    SpanRow,
)

PEER_VIEWS: Final = (
    "peer",
    "peer_key",
    "peer_profile",
    "confirmation",
    "decision",
    "span",
    "stream",
    "released",
    "receipt",
    "rejection",
    "evidence",
    "handover",
)
# Removed by its place when an entry's payload is erased; the other views come from control messages, which stay.
PEER_ERASED: Final = (
    "view_peer_profile_remove",
    "view_confirmation_remove",
    "view_released_remove",
    "view_rejection_remove",
    "view_evidence_remove",
)
_ARRIVED: Final = frozenset({ReceiptState.STORED.value, ReceiptState.REFUSED.value})  # it need not be sent again


class PeerViews(Rows):
    """Part of one transaction."""

    def show_peer(self, row: PeerRow) -> None:
        """Show what was done to a peer's standing."""
        self._run("view_peer_added" if row.action == Action.ADDED else "view_peer_changed", row._asdict())

    def show_keys(self, row: PeerKeysRow) -> None:
        """Show where a node's key message stands."""
        self._run("view_peer_key_put", row._asdict())

    def show_profile(self, row: PeerProfileRow) -> None:
        """Show who a peer says it is."""
        self._run("view_peer_profile_put", row._asdict())

    def show_confirmed(self, row: ConfirmedRow) -> None:
        """Show who heard a peer's words."""
        self._run("view_confirmation_put", row._asdict())

    def show_decision(self, row: DecisionRow) -> None:
        """Show a decision of release."""
        self._run("view_decision_put", row._asdict() | {"message": bytes.fromhex(row.message)})

    def show_span(self, row: SpanRow) -> None:
        """Show a run of messages, and where its stream ends now."""
        self._run("view_span_put", row._asdict())
        self._run("view_stream_put", row._asdict() | {"counter": row.first + row.length - 1})

    def show_released(self, row: ReleasedRow) -> None:
        """Show which local message a released one is of."""
        self._run("view_released_put", {"seq": row.seq, "home": bytes.fromhex(row.of)})

    def show_receipt(self, row: ReceiptRow) -> None:
        """Show what became of messages, and how far their recipient has our streams."""
        messages = [bytes.fromhex(message) for message in row.messages]
        values = row._asdict()
        self._run_many("view_receipt_put", [{**values, "message": message} for message in messages])
        if row.state in _ARRIVED:
            self._show_stored(row.node, messages)

    def _show_stored(self, node: str, messages: list[bytes]) -> None:
        found = self._one("view_channel_of", {"node": node})
        if found is None:
            return  # our own receipt, or of a node that was never added
        (channel,) = found
        places = (self._one("view_seq_on_channel", {"id": message, "channel": channel}) for message in messages)
        start: int | None = None  # of the run that the last place stood in
        for seq in sorted((place[0] for place in places if place is not None), reverse=True):
            if start is not None and seq >= start:
                continue  # the same run, a lower counter
            over = self._one("view_span_over", {"channel": channel, "seq": seq})
            if over is None:
                return
            incarnation, lane, first, length, begin = over
            if seq < begin + length:
                start = begin
                stream = {"channel": channel, "incarnation": incarnation, "lane": lane}
                self._run("view_stream_stored", {**stream, "counter": first + seq - begin})

    def show_rejection(self, row: RejectionRow) -> None:
        """Show what a recipient's reader could not use."""
        values = row._asdict() | {"message": bytes.fromhex(row.message), "rejected": json.dumps(row.rejected)}
        self._run("view_rejection_put", values)

    def show_evidence(self, row: EvidenceRow) -> None:
        """Show what a peer sent that it should not have."""
        self._run("view_evidence_put", row._asdict())

    def show_handover(self, row: HandoverRow) -> None:
        """Show whose an alert is from here on."""
        values = {"seq": row.seq, "target": bytes.fromhex(row.target), "by": row.by, "heir": row.to, "at": row.at}
        self._run("view_handover_put", values)


PEER_APPLY: Final[Mapping[type, Callable[[Any, Any], None]]] = {
    PeerRow: PeerViews.show_peer,
    PeerKeysRow: PeerViews.show_keys,
    PeerProfileRow: PeerViews.show_profile,
    ConfirmedRow: PeerViews.show_confirmed,
    DecisionRow: PeerViews.show_decision,
    SpanRow: PeerViews.show_span,
    ReleasedRow: PeerViews.show_released,
    ReceiptRow: PeerViews.show_receipt,
    RejectionRow: PeerViews.show_rejection,
    EvidenceRow: PeerViews.show_evidence,
    HandoverRow: PeerViews.show_handover,
}
