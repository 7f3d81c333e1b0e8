# SPDX-License-Identifier: Apache-2.0
"""Show peers: who they are, how they stand, how far they have what was released to them, what they countersigned.

No content of messages. Names of people of the other side, which a confirmation holds, are shown to those who see
content at all, and only on the page of one peer, by an access entry.
"""

from typing import Final

import msgspec

from lintas.crypto.checkpoint import log_origin
from lintas.crypto.note import parse_note
from lintas.crypto.words import words_of
from lintas.errors import UnknownTerm
from lintas.formats.peer import Profile
from lintas.formats.peer.descriptor import read_descriptor
from lintas.model.found import EvidenceHead, PeerHead
from lintas.model.header import Kind
from lintas.model.peer_answers import (
    EvidenceList,
    EvidenceShown,
    HeadShown,
    LaneShown,
    LinkShown,
    PeerHeadAnswer,
    PeerLine,
    Peers,
    PersonHeard,
)
from lintas.model.peering import Cursor, Lane
from lintas.model.viewer import Viewer
from lintas.policy.access import may
from lintas.ports.store import Snapshot
from lintas.work.access import permit, record_access, scope_of
from lintas.work.finding.message import head_or_unknown
from lintas.work.payloads import bytes_of, payload_bytes
from lintas.work.peering.directory import keys_of, own_keys
from lintas.work.peering.looks import Looks
from lintas.work.services import Services

_EVIDENCE_MAX: Final = 20  # pieces of evidence shown of one peer
_COSIGNER: Final = "/cosign"  # ends the name under which a node cosigns


def list_peers(services: Services, viewer: Viewer) -> Peers:
    """All peers by name, and this node's own words.

    Raises:
        NotAllowed: The viewer may not.
    """
    permit(services, viewer, "peers.read")

    def gather(snapshot: Snapshot) -> Peers:
        keys = own_keys(services, snapshot)
        looks = Looks(services, snapshot)
        cosigners = cosigners_of(snapshot)
        return Peers(
            node=services.keys.node,
            name=services.config.name,
            words=words_of(keys.root),
            serial=keys.serial,
            cosigned_by=sorted(cosigners),
            peers=[_line(services, snapshot, peer, looks, cosigners, names=False) for peer in snapshot.peers()],
        )

    return services.store.read(gather)


def show_peer(services: Services, viewer: Viewer, node: str) -> PeerLine:
    """One peer, removed ones too; with the names of those who read its words, for viewers who see content.

    Raises:
        UnknownTerm: There is no such peer.
        NotAllowed: The viewer may not.
    """
    permit(services, viewer, "peers.read")
    names = may(services.packs.access, viewer, "peers.evidence")

    def gather(snapshot: Snapshot) -> PeerLine:
        peer = snapshot.peer(node)
        if peer is None:
            raise UnknownTerm("There is no such peer.", hint="lintas peer list DIR shows them.")
        return _line(services, snapshot, peer, Looks(services, snapshot), cosigners_of(snapshot), names=names)

    line = services.store.read(gather)
    if line.confirmations and names and services.store.read(lambda snapshot: snapshot.meta("state")) == "live":
        record_access(services, viewer, "peer", {"node": node}, [])
    return line


def peer_called(services: Services, text: str) -> str:
    """The id of the peer that a person means: by its id, the beginning of it, or its exact name if only one has it.

    Raises:
        UnknownTerm: There is none, or more than one.
    """
    wanted = text.strip()
    peers = services.store.read(lambda snapshot: snapshot.peers())
    ids = [one.node for one in peers if one.node == wanted]
    started = [one.node for one in peers if wanted.startswith("lintas:") and one.node.startswith(wanted)]
    named = [one.node for one in peers if one.name.casefold() == wanted.casefold() and not one.is_removed]
    found = ids or started or named
    if len(found) != 1:
        many = "More than one peer is" if found else "No peer is"
        raise UnknownTerm(f"{many} called {wanted[:80]!r}.", hint="lintas peer list DIR shows their ids.")
    return found[0]


def list_evidence(services: Services, viewer: Viewer, node: str = "") -> EvidenceList:
    """What peers sent that they should not have, newest first; of one or of all.

    Raises:
        NotAllowed: The viewer may not.
    """
    permit(services, viewer, "peers.read")
    rows = services.store.read(lambda snapshot: snapshot.evidence(node, limit=200))
    return EvidenceList([_evidence(row) for row in rows])


def evidence_file(services: Services, viewer: Viewer, message: str) -> bytes:
    """One piece of evidence as it is kept: who, what, why, and what was sent in base64.

    Raises:
        UnknownTerm: There is none that this viewer may see.
        NotAllowed: The viewer sees no content.
    """
    scope = scope_of(services, viewer, "peers.evidence")

    def look(snapshot: Snapshot) -> tuple[str, bytes]:
        head = head_or_unknown(snapshot, message, scope)
        data = payload_bytes(services, snapshot, head.seq)
        if head.kind != Kind.EVIDENCE or data is None:
            raise UnknownTerm("There is no such evidence.", hint="lintas peer evidence DIR lists it.")
        return head.id, data

    found, data = services.store.read(look)
    record_access(services, viewer, "evidence", {"message": found}, [found])
    return data


def newest_head(services: Services, viewer: Viewer, node: str) -> PeerHeadAnswer:
    """The newest head of a peer's log that this node has verified and countersigned.

    Raises:
        UnknownTerm: There is no such peer.
        NotAllowed: The viewer may not.
    """
    return PeerHeadAnswer(node=node, head=show_peer(services, viewer, node).head)


def cosigners_of(snapshot: Snapshot) -> frozenset[str]:
    """Nodes whose countersignature, verified when it came, stands on our newest head."""
    checkpoint = snapshot.checkpoint()
    if checkpoint is None:
        return frozenset()
    names = [one.name for one in parse_note(checkpoint.note.encode()).signatures]
    return frozenset(name.removesuffix(_COSIGNER) for name in names if name.endswith(_COSIGNER))


def profile_of_peer(services: Services, snapshot: Snapshot, peer: PeerHead) -> Profile | None:
    """Who a peer says it is; None when its descriptor was erased."""
    row = snapshot.payload(peer.profile_seq) if peer.profile_seq else None
    return None if row is None else read_descriptor(bytes_of(services, row)).profile


def addresses_of(services: Services, snapshot: Snapshot, node: str) -> list[str]:
    """Where a peer is reached: the address that was set here, else those of its descriptor."""
    if address := snapshot.address_of(node):
        return [address]
    peer = snapshot.peer(node)
    profile = None if peer is None else profile_of_peer(services, snapshot, peer)
    return [] if profile is None else list(profile.endpoints)


def _line(
    services: Services,
    snapshot: Snapshot,
    peer: PeerHead,
    looks: Looks,
    cosigners: frozenset[str],
    *,
    names: bool,
) -> PeerLine:
    keys = keys_of(snapshot, peer.node)
    profile = profile_of_peer(services, snapshot, peer)
    link = services.links.state(peer.node)
    note = snapshot.peer_note(log_origin(peer.node, peer.incarnation))
    return PeerLine(
        node=peer.node,
        name=peer.name,
        country=peer.country,
        mode=keys.mode.value,
        standing=peer.standing.value,
        is_introduced=peer.is_introduced,
        ground=peer.ground,
        added_at=peer.added_at,
        changed_at=peer.changed_at,
        words=words_of(keys.root) if peer.is_introduced else "",
        confirmations=[
            PersonHeard(by=one.by, their_person=one.their_person if names else "", at=one.at)
            for one in snapshot.confirmations(peer.node)
        ],
        endpoints=[] if profile is None else list(profile.endpoints),
        address=snapshot.address_of(peer.node),
        desks=[] if profile is None else [msgspec.to_builtins(desk) for desk in profile.desks],
        serial=keys.serial,
        incarnation=peer.incarnation,
        imitates=[] if peer.is_removed else looks.imitated_by(peer.node, peer.name),
        channel=peer.channel,
        lanes=_lanes(snapshot, peer, link.ours_stored),
        link=LinkShown(
            reads_us=link.reads_us,
            we_read=link.we_read,
            last_contact=link.last_contact,
            last_error=link.last_error,
            retry_at=link.retry_at,
            unproven_since=link.unproven_since,
            unproven_late=link.unproven_late,
        ),
        head=None if note is None else HeadShown(size=note.size, at=note.at, note=note.note),
        cosigned=peer.node in cosigners,
        evidence=[_evidence(row) for row in snapshot.evidence(peer.node, limit=_EVIDENCE_MAX)],
    )


def _lanes(snapshot: Snapshot, peer: PeerHead, told: str) -> list[LaneShown]:
    """How far each stream is; receipts get none of their own, so what the peer told by its greeting counts too."""
    own = snapshot.meta("incarnation") or ""
    cursor = Cursor.from_text(told) if told else Cursor(incarnation=own)
    greeted = cursor if cursor.incarnation == own else Cursor(incarnation=own)
    theirs = snapshot.channels_from(peer.node)
    return [
        LaneShown(
            lane=lane.value,
            sent=_counter(snapshot, "out", peer.channel, own, lane),
            stored=max(snapshot.stored_upto(peer.channel, incarnation=own, lane=lane.value), greeted.at(lane)),
            received=sum(_counter(snapshot, "in", channel, peer.incarnation, lane) for channel in theirs),
        )
        for lane in Lane
    ]


def _counter(snapshot: Snapshot, direction: str, channel: str, incarnation: str, lane: Lane) -> int:
    tip = snapshot.tip(direction, channel, incarnation=incarnation, lane=lane.value)
    return 0 if tip is None else tip.counter


def _evidence(row: EvidenceHead) -> EvidenceShown:
    return EvidenceShown(message=row.message, node=row.node, what=row.what, reason=row.reason, at=row.at)
