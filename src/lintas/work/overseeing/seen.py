# SPDX-License-Identifier: Apache-2.0
"""Who saw a message: here by access entries, at peers by what they signed; and each person their own trail."""

import json
from typing import Final

import msgspec

from lintas.crypto.checkpoint import log_origin
from lintas.limits import AUDIT_LINES_MAX
from lintas.model.audit import AuditLine, PeerSeen, SeenPage
from lintas.model.found import MessageHead, ReceiptHead
from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.model.viewer import Viewer
from lintas.ports.store import Snapshot
from lintas.work.access import log_scope_of, permit, record_access
from lintas.work.finding.message import head_or_unknown
from lintas.work.finding.show import label_of
from lintas.work.overseeing.lines import line_of
from lintas.work.overseeing.search import names_for
from lintas.work.peering.listing import cosigners_of
from lintas.work.services import Services

_NEWEST: Final = 2**62


def who_saw(
    services: Services, viewer: Viewer, message: str, *, before: int = 0, limit: int = 100, purpose: str = ""
) -> SeenPage:
    """Who saw one message, newest first: who, when, how, why, under which policy; and what peers signed about theirs.

    What it says is not shown, nor what else the same request asked. That this was read is an access entry itself.

    Raises:
        NotAllowed: The viewer may not.
        UnknownTerm: There is no such message that the viewer may know of.
    """
    scope = log_scope_of(services, viewer, "seen.read")
    limit = max(1, min(limit, AUDIT_LINES_MAX))

    def gather(snapshot: Snapshot) -> SeenPage:
        head = head_or_unknown(snapshot, message, scope)
        names = names_for(services, viewer, snapshot)
        places = snapshot.accesses_showing(head.id, before=before or _NEWEST, limit=limit)
        visible = snapshot.heads(places, scope=scope)
        lines = [
            msgspec.structs.replace(
                line_of(services, entry, snapshot.payload(seq), names), asked={}, target="", codes={}
            )
            for seq in places
            if seq in visible
            for entry in snapshot.entries(seq, seq + 1)
        ]
        peers, waiting = _at_peers(services, snapshot, head)
        rest = places[-1] if len(places) == limit else 0
        return SeenPage(
            message=head.id,
            marking=label_of(head.tlp),
            lines=lines,
            next_before=rest,
            peers=peers,
            waiting=waiting,
        )

    page = services.store.read(gather)
    # it shows that the message is there and who saw it, not the message
    record_access(services, viewer, "seen", {"message": page.message}, [], purpose=purpose)
    return page


def own_trail(services: Services, viewer: Viewer, limit: int) -> list[AuditLine]:
    """What a person did themselves, newest first: when, how, why, how many messages; not what was asked or shown."""
    permit(services, viewer, "own.access")

    def gather(snapshot: Snapshot) -> list[AuditLine]:
        heads = snapshot.accesses(before=_NEWEST, limit=max(1, min(limit, AUDIT_LINES_MAX)), viewer=viewer.id)
        return [
            AuditLine(
                seq=head.seq,
                id=head.id,
                at=head.at,
                kind=Kind.ACCESS.value,
                action=head.verb,
                person=head.viewer,
                purpose=head.purpose,
                policy=head.policy,
                shown=head.shown,
                outcome="refused" if head.verb == "refused" else "done",
            )
            for head in heads
        ]

    return services.store.read(gather)


def _at_peers(services: Services, snapshot: Snapshot, head: MessageHead) -> tuple[list[PeerSeen], list[str]]:
    """What peers signed about copies of a message, and those that signed nothing yet."""
    names = {peer.node: peer.name for peer in snapshot.peers()}
    copies: list[tuple[MessageId, str]] = [
        (released, peer.node)
        for _, released, channel in snapshot.releases_of(head.id)
        if (peer := snapshot.peer_of_channel(channel)) is not None
    ]
    if not copies and head.originator == services.keys.node:
        copies = [(head.id, "")]  # the copy itself was asked about
    found = [
        _peer_seen(snapshot, copy, receipt, names)
        for copy, _ in copies
        for receipt in snapshot.receipts(copy)
        if receipt.node != services.keys.node
    ]
    answered = {(one.released, one.node) for one in found}
    waiting = [names.get(node, node) for copy, node in copies if node and (copy, node) not in answered]
    return found, waiting


def _peer_seen(snapshot: Snapshot, copy: MessageId, receipt: ReceiptHead, names: dict[str, str]) -> PeerSeen:
    entry = next(snapshot.entries(receipt.seq, receipt.seq + 1))
    own = snapshot.checkpoint()
    peer = snapshot.peer(receipt.node)
    note = None if peer is None else snapshot.peer_note(log_origin(peer.node, peer.incarnation))
    is_covered = own is not None and own.size > receipt.seq
    return PeerSeen(
        node=receipt.node,
        name=names.get(receipt.node, ""),
        released=copy,
        state=receipt.state,
        ground="" if receipt.ground == "none" else receipt.ground,
        desk=receipt.desk,
        by=json.loads(entry.header)["body"]["by"],
        at=receipt.at,
        receipt=entry.id,
        entry=receipt.seq,
        key=f"{entry.algorithm}:{entry.key_id}",
        covered_by=own.size if own is not None and is_covered else 0,
        cosigned_by=sorted(names.get(node, node) for node in cosigners_of(snapshot)) if is_covered else [],
        head=0 if note is None else note.size,
        head_at="" if note is None else note.at,
    )
