# SPDX-License-Identifier: Apache-2.0
"""Streams: where ours to a peer end, and how far we have a peer's."""

from lintas.crypto.stream import chain_start
from lintas.errors import NodeDamaged, UnknownTerm
from lintas.model.found import PeerHead
from lintas.model.peering import Cursor, Lane, Standing, Tip
from lintas.ports.store import Snapshot
from lintas.work.services import Services

SELF = "node:self"  # who acts when the node itself does


def incarnation_of(snapshot: Snapshot) -> str:
    """The name of this log's present life.

    Raises:
        NodeDamaged: It has none.
    """
    found = snapshot.meta("incarnation")
    if found is None:
        raise NodeDamaged("This node was not finished.", hint="Remove its folder and run `lintas init` again.")
    return found


def known_peer(snapshot: Snapshot, node: str) -> PeerHead:
    """A peer that was added here.

    Raises:
        UnknownTerm: There is none of that id.
    """
    peer = snapshot.peer(node)
    if peer is None:
        raise UnknownTerm("There is no such peer.", hint="lintas peer list DIR shows them.")
    return peer


def may_exchange(services: Services, peer: PeerHead) -> bool:
    """Whether anything goes to or comes from a peer: a live one, or in exercises one that nobody introduced yet."""
    is_exercise = services.config.mode.value == "exercise"
    return peer.standing is Standing.LIVE or (is_exercise and peer.standing is Standing.UNVERIFIED)


def stream_end(snapshot: Snapshot, direction: str, channel: str, *, incarnation: str, lane: Lane) -> Tip:
    """Where a stream ends; at its start when nothing stands in it."""
    found = snapshot.tip(direction, channel, incarnation=incarnation, lane=lane.value)
    if found is None:
        return Tip(lane=lane, counter=0, chain=chain_start(channel, incarnation, lane.value))
    return Tip(lane=lane, counter=found.counter, chain=found.chain)


def our_tips(snapshot: Snapshot, peer: PeerHead) -> list[Tip]:
    """Where our streams to a peer end, in the present life of our log."""
    incarnation = incarnation_of(snapshot)
    return [stream_end(snapshot, "out", peer.channel, incarnation=incarnation, lane=lane) for lane in Lane]


def channel_from(snapshot: Snapshot, peer: PeerHead) -> str:
    """The channel on which a peer sends to us; empty before the first batch."""
    return next(iter(snapshot.channels_from(peer.node)), "")


def our_cursor(snapshot: Snapshot, node: str) -> Cursor:
    """How far we have a peer's streams, in the life of its log that was accepted here.

    Raises:
        UnknownTerm: There is no such peer.
    """
    peer = known_peer(snapshot, node)
    channel = channel_from(snapshot, peer)
    if not channel:
        return Cursor(incarnation=peer.incarnation)
    alert, bulk = (
        stream_end(snapshot, "in", channel, incarnation=peer.incarnation, lane=lane).counter for lane in Lane
    )
    return Cursor(incarnation=peer.incarnation, alert=alert, bulk=bulk)
