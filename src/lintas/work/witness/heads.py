# SPDX-License-Identifier: Apache-2.0
"""Heads of other logs: whose they are, who signed them, and which one is held here."""

from dataclasses import dataclass
from typing import Final

from lintas.crypto.checkpoint import log_origin, open_checkpoint
from lintas.crypto.note import Note, NoteKey, SignatureType, format_note, parse_note
from lintas.crypto.witness import apply_cosignature
from lintas.errors import BadSignature, MalformedNote, NotAllowed, OverLimit, Quarantined, UnknownTerm
from lintas.model.found import PeerHead, PeerNote
from lintas.model.ids import NodeId
from lintas.ports.store import Snapshot
from lintas.work.peering import keys_of
from lintas.work.services import Services
from lintas.work.streams import known_peer, may_exchange

COSIGNER: Final = "/cosign"  # behind a node's id: the name of the key that it cosigns with


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A head whose log's signature verified."""

    origin: str
    size: int
    root: bytes
    note: Note  # the text, the log's line, and lines of cosigners, which are not verified yet
    raw: bytes

    def is_same_tree(self, held: PeerNote) -> bool:
        """Whether both say the same of a tree of one size."""
        return (self.size, self.root) == (held.size, held.root)


def witnessed_peer(services: Services, snapshot: Snapshot, node: str) -> PeerHead:
    """A peer whose log this node may witness now.

    Raises:
        UnknownTerm: There is no such peer.
        NotAllowed: Nothing is exchanged with it.
        Quarantined: This node was restored and has not shown that it is current.
    """
    peer = known_peer(snapshot, node)
    if snapshot.meta("state") != "live":
        raise Quarantined
    if not may_exchange(services, peer):
        raise NotAllowed(f"This peer is {peer.standing.value}: its heads are not witnessed.", rule="standing")
    return peer


def open_head(snapshot: Snapshot, peer: PeerHead, raw: bytes) -> Head:
    """Read a head of a peer's log, in the life of it that was accepted here, and check the log's signature.

    Raises:
        MalformedNote: It is no head as nodes sign them.
        UnknownTerm: It is of another log, or of a life of this one that nobody here has accepted.
        BadSignature: No key that the peer's root named signed it.
    """
    note = parse_note(raw)
    origin = log_origin(NodeId(peer.node), peer.incarnation)
    if note.text.split("\n", 1)[0] != origin:
        raise UnknownTerm(
            "That head is of no log that is known here.",
            hint="A restored peer opens a new incarnation; two people here accept it first.",
        )
    for public in keys_of(snapshot, peer.node).log.values():
        key = NoteKey(name=origin, type=SignatureType.ED25519, public=public)
        own = tuple(line for line in note.signatures if (line.name, line.key_hash) == (origin, key.hash))
        if own:
            found = open_checkpoint(raw, key).checkpoint
            if found.extensions:
                raise MalformedNote("The head has lines that nobody audits.")
            return Head(origin=origin, size=found.size, root=found.root, note=note, raw=raw)
    raise BadSignature("The head is not signed by this peer's log.")


def held_note(snapshot: Snapshot, node: str) -> PeerNote | None:
    """The newest verified head of a peer's log, in the life of it that was accepted here.

    Raises:
        UnknownTerm: There is no such peer.
    """
    return snapshot.peer_note(log_origin(NodeId(node), known_peer(snapshot, node).incarnation))


def cosigner_keys(snapshot: Snapshot, node: str) -> list[NoteKey]:
    """The keys that a peer cosigns with."""
    publics = keys_of(snapshot, node).cosign.values()
    return [NoteKey(name=node + COSIGNER, type=SignatureType.COSIGNATURE, public=public) for public in publics]


def with_known_lines(services: Services, snapshot: Snapshot, head: Head) -> Note:
    """A head with the log's line and those cosignatures that verify under keys of other live peers.

    What strangers wrote below a head is not passed on: nobody here could answer for it.
    """
    note = Note(
        text=head.note.text, signatures=tuple(line for line in head.note.signatures if line.name == head.origin)
    )
    for name in dict.fromkeys(line.name for line in head.note.signatures):
        peer = snapshot.peer(name.removesuffix(COSIGNER)) if name.endswith(COSIGNER) else None
        if peer is None or not may_exchange(services, peer):
            continue
        for key in cosigner_keys(snapshot, peer.node):
            try:
                note = apply_cosignature(note, head.note.signatures, key)
            except (BadSignature, OverLimit):
                continue  # one bad line among many spoils nothing
    return note


def count_cosigners(services: Services, snapshot: Snapshot, head: Head) -> int:
    """How many live peers other than the log's owner have cosigned a head."""
    note = with_known_lines(services, snapshot, head)
    owner = head.origin.partition("/")[0] + COSIGNER
    return len({line.name for line in note.signatures} - {head.origin, owner})


def note_text(note: Note) -> str:
    """A note as it is stored."""
    return format_note(note).decode()
