# SPDX-License-Identifier: Apache-2.0
"""Tell peers who this node is now: its newest descriptor, as a message in their alert lane.

What each was told last is the node's own state; whoever was not told the newest is told at the next tick.
"""

from hashlib import sha256
from typing import Final

from lintas.model.header import Kind
from lintas.model.marking import Marking, Tlp
from lintas.model.peering import Lane
from lintas.ports.store import Snapshot, Transaction
from lintas.work.appending import prepare_content
from lintas.work.peering.describing import describe, describe_in
from lintas.work.services import Services
from lintas.work.streams import SELF, may_exchange, place, protocol_decision

_TOLD: Final = "told:"  # begins the name of the node's own state that holds what a peer was told last


def announce(services: Services, *, by: str = SELF) -> list[str]:
    """Tell every peer that may hear it and was not told the newest descriptor yet; returns whom."""
    document = describe(services)
    if not services.store.read(lambda snapshot: _untold(services, snapshot, document)):
        return []
    told = services.store.write(lambda tx: announce_in(services, tx, by=by))
    services.events.publish("streams")
    return told


def announce_in(services: Services, tx: Transaction, *, by: str) -> list[str]:
    """The same as part of the caller's transaction; the caller says `streams` once it is durable."""
    document = describe_in(services, tx)
    untold = _untold(services, tx, document)
    for node, channel in untold:
        marking = Marking(tlp=Tlp.CLEAR, recipients=frozenset({node}))
        message = prepare_content(services, Kind.DESCRIPTOR, document, marking=marking, channel=channel)
        place(services, tx, channel, Lane.ALERT, [message], by=by, decision=protocol_decision(services, tx, channel))
        tx.put_meta(_TOLD + node, _digest(document))
    return [node for node, _ in untold]


def _untold(services: Services, snapshot: Snapshot, document: bytes) -> list[tuple[str, str]]:
    if snapshot.meta("state") != "live":
        return []
    digest = _digest(document)
    return [
        (peer.node, peer.channel)
        for peer in snapshot.peers()
        if may_exchange(services, peer) and snapshot.meta(_TOLD + peer.node) != digest
    ]


def _digest(document: bytes) -> str:
    return sha256(document).hexdigest()
