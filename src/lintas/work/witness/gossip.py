# SPDX-License-Identifier: Apache-2.0
"""Gossip: peers tell each other which heads they hold, so that a log cannot show each of them another history.

The newest head of every live peer's log goes to every live peer, the addressee's own too: a node that was rolled back,
or runs twice, meets its own signature there.
"""

from collections.abc import Sequence
from typing import NamedTuple

from lintas.crypto.checkpoint import Checkpoint, open_checkpoint
from lintas.crypto.merkle import root_at
from lintas.crypto.note import NoteKey, SignatureType
from lintas.errors import BadInput, OverLimit, WrongUse
from lintas.limits import CHECKPOINT_EVERY_S, GOSSIP_NOTES_MAX
from lintas.model.found import PeerNote
from lintas.model.ids import NodeId
from lintas.ports.store import Snapshot
from lintas.work.proving.heads import origin
from lintas.work.services import Services
from lintas.work.streams import may_exchange
from lintas.work.witness.faults import accuse_log, alarm_self
from lintas.work.witness.heads import Head, open_head, witnessed_peer
from lintas.work.witness.witnessing import contradiction


class Due(NamedTuple):
    """A head that somebody else was shown and that its log's owner has to prove: give it to `note_head`."""

    node: NodeId  # the log's owner
    note: bytes


def gossip_out(services: Services, node: str) -> list[str]:
    """The newest verified heads of live peers' logs, the addressee's own first.

    With more than GOSSIP_NOTES_MAX of them, another part is told at each tick, so that none is left out for long.

    Raises:
        UnknownTerm: There is no such peer.
        NotAllowed: Nothing is exchanged with it.
        Quarantined: This node was restored and has not shown that it is current.
    """
    turn = int(services.clock.now().timestamp()) // CHECKPOINT_EVERY_S

    def gather(snapshot: Snapshot) -> list[str]:
        witnessed_peer(services, snapshot, node)
        held = sorted(row for row in snapshot.peer_notes() if _is_current(services, snapshot, row))
        own = [row.note for row in held if row.node == node]
        others = [row.note for row in held if row.node != node]
        room = GOSSIP_NOTES_MAX - len(own)
        start = turn * room % len(others) if len(others) > room else 0
        return own + (others[start:] + others[:start])[:room]

    return services.store.read(gather)


def gossip_in(services: Services, node: str, notes: Sequence[bytes | str]) -> list[Due]:
    """Hold the heads that a peer has seen against what is held here.

    A head of the same size with another root convicts the log's owner, whoever brought it: nobody else can sign it. A
    head of this node's own log that is not of its history raises an alarm here (`own_alarm`). Heads of unknown logs and
    notes that do not verify tell nothing, and are passed over.

    Args:
        node: Who brought them.

    Returns:
        Heads of another size than the one that is held: their logs' owners have to prove them.

    Raises:
        OverLimit: More than GOSSIP_NOTES_MAX.
        UnknownTerm, NotAllowed, Quarantined: As `gossip_out`.
    """
    if len(notes) > GOSSIP_NOTES_MAX:
        raise OverLimit(f"{len(notes)} heads, the limit is {GOSSIP_NOTES_MAX}.")
    services.store.read(lambda snapshot: witnessed_peer(services, snapshot, node))
    due = []
    for note in notes:
        raw = note.encode(errors="surrogatepass") if isinstance(note, str) else note
        owner = NodeId(raw.partition(b"/")[0].decode("ascii", "replace")[:100])
        if owner == services.keys.node:
            _hear_of_self(services, raw)
        elif _hear(services, owner, raw):
            due.append(Due(owner, raw))
    return due


def _is_current(services: Services, snapshot: Snapshot, row: PeerNote) -> bool:
    peer = snapshot.peer(row.node)
    return peer is not None and may_exchange(services, peer) and row.origin.endswith(f"/{peer.incarnation}")


def _hear(services: Services, owner: NodeId, raw: bytes) -> bool:
    """Whether a head of a known log is another than the one that is held, so that its owner has to prove it."""

    def look(snapshot: Snapshot) -> tuple[Head, PeerNote | None] | None:
        try:
            head = open_head(snapshot, witnessed_peer(services, snapshot, owner), raw)
        except (BadInput, WrongUse):
            return None  # of a log that is not known here, or not signed by it: it says nothing
        return head, snapshot.peer_note(head.origin)

    found = services.store.read(look)
    if found is None:
        return False
    head, held = found
    if held is None or head.size != held.size:
        return True
    if head.root != held.root:
        accuse_log(services, owner, "fork", contradiction(held.note, raw), [held.note.encode(), raw])
    return False


def _hear_of_self(services: Services, raw: bytes) -> None:
    def look(snapshot: Snapshot) -> tuple[str, str] | None:
        key = NoteKey(name=origin(services, snapshot), type=SignatureType.ED25519, public=services.keys.log.public)
        try:
            head = open_checkpoint(raw, key).checkpoint
        except (BadInput, WrongUse):
            return None  # of an earlier life of this log, or not signed by it
        return _judged(snapshot, head)

    verdict = services.store.read(look)
    if verdict is not None:
        alarm_self(services, *verdict, [raw])


def _judged(snapshot: Snapshot, head: Checkpoint) -> tuple[str, str] | None:
    """What a head says that carries our signature; None when it is of this history."""
    size = snapshot.size()
    if head.size > size:
        return "rollback", f"A peer holds a head of this log with {head.size} entries; the log was cut back."
    if root_at(head.size, snapshot.tile) != head.root:
        root = head.root.hex()[:16]
        return "fork", f"A peer holds a head of this log with {head.size} entries and root {root}, which is not ours."
    return None
