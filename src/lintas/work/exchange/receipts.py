# SPDX-License-Identifier: Apache-2.0
"""Tell a message's sender what became of it: stored, shown to a desk, and what no reader here could use."""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from lintas.limits import REJECTED_TOLD_MAX
from lintas.model.found import PeerHead
from lintas.model.header import Kind
from lintas.model.header_rules import LOCAL_CHANNEL, MESSAGES_MAX
from lintas.model.ids import MessageId
from lintas.model.marking import Marking, Tlp
from lintas.model.peering import Lane, ReceiptState
from lintas.model.reading import Rejected
from lintas.ports.store import Transaction
from lintas.work.appending import Prepared, as_payload, prepare_content, prepare_control
from lintas.work.services import Services
from lintas.work.streams import SELF, may_exchange, place, protocol_decision

DESK: Final = "duty"  # the desk that messages come to unless a person says otherwise
NO_GROUND: Final = "none"


def place_receipts(
    services: Services,
    tx: Transaction,
    peer: PeerHead,
    messages: Sequence[MessageId],
    state: ReceiptState,
    *,
    by: str = SELF,
    ground: str = NO_GROUND,
    rejected: Mapping[MessageId, Sequence[Rejected]] | None = None,
) -> None:
    """Put receipts, and what could not be used, into the sender's alert lane; part of the caller's transaction."""
    told: list[Prepared] = []
    for start in range(0, len(messages), MESSAGES_MAX):
        body = {
            "by": by,
            "desk": DESK,
            "ground": ground,
            "messages": list(messages[start : start + MESSAGES_MAX]),
            "state": state.value,
        }
        told.append(prepare_control(services, Kind.RECEIPT, body, channel=peer.channel))
    told += [_rejection(services, peer, message, parts) for message, parts in (rejected or {}).items()]
    if told:
        decision = protocol_decision(services, tx, peer.channel)
        place(services, tx, peer.channel, Lane.ALERT, told, by=by, decision=decision)


def tell(services: Services, message: MessageId, state: ReceiptState, by: str) -> bool:
    """Tell the sender of a message once what became of it; says whether there was anybody to tell, and anything new.

    Nothing happens for messages of this node's own, and for those of a peer to which nothing may go.
    """

    def job(tx: Transaction) -> bool:
        entry = tx.entry_by_id(message)
        header = {} if entry is None else json.loads(entry.header)
        if header.get("kind") != Kind.ITEM or header["channel"] == LOCAL_CHANNEL:
            return False
        peer = tx.peer(header["originator"])
        if peer is None or not may_exchange(services, peer):
            return False
        own = services.keys.node
        if any(one.node == own and one.state == state.value for one in tx.receipts(message)):
            return False
        place_receipts(services, tx, peer, [message], state, by=by)
        return True

    if services.store.read(lambda snapshot: snapshot.meta("state")) != "live":
        return False
    is_told = services.store.write(job)
    if is_told:
        services.events.publish("streams")
    return is_told


def _rejection(services: Services, peer: PeerHead, message: MessageId, parts: Sequence[Rejected]) -> Prepared:
    said = {
        "message": message,
        "rejected": [{"id": one.id, "reason": one.reason} for one in parts[:REJECTED_TOLD_MAX]],
        "total": len(parts),
    }
    return prepare_content(
        services,
        Kind.REJECTION,
        as_payload(said),
        # the reasons may quote what the sender wrote: it goes back to the sender and to nobody else
        marking=Marking(tlp=Tlp.AMBER_STRICT, recipients=frozenset({peer.node})),
        channel=peer.channel,
    )
