# SPDX-License-Identifier: Apache-2.0
"""What must hold of two nodes after they exchanged, whatever happened meanwhile: all of it once, and nothing else."""

import json
from collections import Counter

from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.model.peering import Lane, Standing
from lintas.node.node import Node
from lintas.ports.store import Snapshot
from lintas.work.keeping import rebuild
from lintas.work.payloads import payload_bytes
from lintas.work.proving import verify
from lintas.work.services import no_progress
from lintas.work.streams import incarnation_of
from tests.faults.killing import reopened
from tests.slow.linked import STAYS, Pair, Side


def check(pair: Pair) -> None:
    """Check everything that must hold between two nodes that have ended."""
    with reopened(pair.my.folder) as my, reopened(pair.sg.folder) as sg:
        for side, sender, recipient in ((pair.my, my, sg), (pair.sg, sg, my)):
            _check_way(side, pair.other(side), sender, recipient)
        for node in (my, sg):
            verified = verify(node.services, progress=no_progress)
            assert verified.ok, verified.problems
            assert rebuild(node.services, progress=no_progress).changed == []
            assert node.services.store.check() == []


def _check_way(side: Side, other: Side, sender: Node, recipient: Node) -> None:
    """What one side sent is at the other exactly once, and nothing else of it is."""
    here, there = sender.services.keys.node, recipient.services.keys.node
    sent = sender.services.store.read(lambda snapshot: _streams(snapshot, "out", there))
    came = recipient.services.store.read(lambda snapshot: _streams(snapshot, "in", here))
    assert sent == came
    sent_ids = [message for stream in sent.values() for message in stream]
    held = recipient.services.store.read(lambda snapshot: _foreign(snapshot, here))
    assert Counter(held) == Counter(sent_ids)
    assert max(Counter(held).values(), default=1) == 1
    shared = {line.released: line.message for line in side.released.values() if line.to == other.id}
    alerted = [one for one in other.alerted if other.said_by[one] == side.id]
    items = recipient.services.store.read(lambda snapshot: _payloads(recipient, snapshot, here))
    assert items.keys() == shared.keys(), "an item that was not shared arrived, or one that was did not"
    assert set(alerted) == shared.keys()
    assert len(alerted) == len(shared)
    own = sender.services.store.read(lambda snapshot: {one: _payload(sender, snapshot, one) for one in shared.values()})
    for released, data in items.items():
        assert data == own[shared[released]]
        assert STAYS.encode() not in data
    states = sender.services.store.read(
        lambda snapshot: {
            one: [(told.node, told.state) for told in snapshot.receipts(MessageId(one))] for one in shared
        }
    )
    closing = side.released[side.messages[-1], other.id].released  # nothing follows it: nobody waits for its receipt
    assert all(told == [(there, "stored")] for one, told in states.items() if one != closing)
    peer = recipient.services.store.read(lambda snapshot: snapshot.peer(here))
    assert peer is not None
    assert peer.standing is Standing.UNVERIFIED  # in an exercise, as good as live
    assert recipient.services.store.read(lambda snapshot: snapshot.evidence(here, limit=9)) == []


def _streams(snapshot: Snapshot, direction: str, node: str) -> dict[str, list[str]]:
    """The messages of each lane in the order of their counters, which are dense from 1."""
    peer = snapshot.peer(node)
    assert peer is not None
    channels = [peer.channel] if direction == "out" else snapshot.channels_from(node)
    incarnation = incarnation_of(snapshot) if direction == "out" else peer.incarnation
    streams: dict[str, list[str]] = {lane.value: [] for lane in Lane}
    for channel in channels:
        for lane, found in streams.items():
            for span in snapshot.spans(direction, channel, incarnation=incarnation, lane=lane, after=0, limit=100_000):
                assert span.first == len(found) + 1, "counters are dense"
                found += [entry.id for entry in snapshot.entries(span.seq, span.seq + span.length)]
            tip = snapshot.tip(direction, channel, incarnation=incarnation, lane=lane)
            assert (tip.counter if tip else 0) == len(found)
    return streams


def _foreign(snapshot: Snapshot, node: str) -> list[str]:
    """Everything of another node that stands in a log, but for the keys that its descriptor told."""
    headers = ((entry.id, json.loads(entry.header)) for entry in snapshot.entries(0, snapshot.size()))
    return [one for one, header in headers if header["originator"] == node and header["kind"] != Kind.KEY]


def _payloads(node: Node, snapshot: Snapshot, originator: str) -> dict[str, bytes]:
    found = {}
    for entry in snapshot.entries(0, snapshot.size()):
        header = json.loads(entry.header)
        if header["originator"] == originator and header["kind"] == Kind.ITEM:
            found[str(entry.id)] = payload_bytes(node.services, snapshot, entry.seq) or b""
    return found


def _payload(node: Node, snapshot: Snapshot, message: str) -> bytes:
    entry = snapshot.entry_by_id(MessageId(message))
    assert entry is not None
    return payload_bytes(node.services, snapshot, entry.seq) or b""
