# SPDX-License-Identifier: Apache-2.0
"""Checkpoints, receipts, and the log as people page through it."""

from lintas.crypto.checkpoint import Checkpoint, log_origin, sign_checkpoint
from lintas.crypto.merkle import inclusion_proof, root_at
from lintas.crypto.note import NoteKey, SignatureType, format_note
from lintas.crypto.proof import Receipt, format_entry, format_receipt
from lintas.errors import NodeDamaged, Quarantined
from lintas.model.found import CheckpointRow
from lintas.model.log_answers import LogLine, LogPage
from lintas.model.viewer import Viewer
from lintas.policy.access import scope_of as content_scope_of
from lintas.ports.store import LogReads, Snapshot
from lintas.work.access import log_scope_of, record_access
from lintas.work.finding.message import head_or_unknown
from lintas.work.finding.show import label_of
from lintas.work.proving.entries import public_key, signed_of
from lintas.work.services import Services, as_text

_PAGE_MAX = 1_000


def origin(services: Services, log: LogReads) -> str:
    """The log's name in checkpoints: node and incarnation.

    Raises:
        NodeDamaged: The node has no incarnation, so `init` did not finish.
    """
    incarnation = log.meta("incarnation")
    if incarnation is None:
        raise NodeDamaged("This node was not finished.", hint="Remove its folder and run `lintas init` again.")
    return log_origin(services.keys.node, incarnation)


def verifier_key(services: Services, log: LogReads) -> str:
    """The C2SP verifier key of the log: what others check its checkpoints with."""
    return NoteKey(name=origin(services, log), type=SignatureType.ED25519, public=services.keys.log.public).vkey


def make_checkpoint(services: Services) -> CheckpointRow | None:
    """Sign the head of the log if it grew since the last checkpoint; None when it did not.

    Raises:
        Quarantined: A restored node signs nothing before it has shown that it is current.
    """

    def head(snapshot: Snapshot) -> Checkpoint | None:
        last, size = snapshot.checkpoint(), snapshot.size()
        if size == 0 or (last is not None and last.size == size):
            return None
        if snapshot.meta("state") != "live":
            raise Quarantined
        return Checkpoint(origin=origin(services, snapshot), size=size, root=root_at(size, snapshot.tile))

    found = services.store.read(head)
    if found is None:
        return None
    note = format_note(sign_checkpoint(found, services.keys.log)).decode()
    row = CheckpointRow(size=found.size, note=note, made_at=as_text(services.clock.now()))
    # If we die before this, the head was signed and shown to nobody; the next tick signs a later one.
    services.store.write(lambda tx: tx.put_checkpoint(row))
    services.events.publish("peers")  # feeds show it to peers, who cosign it
    return row


def log_page(services: Services, viewer: Viewer, *, before: int = 0, limit: int = 100) -> LogPage:
    """A page of the log, newest first: kinds and times of all entries that the viewer may know of, never content."""
    scope = log_scope_of(services, viewer)
    limit = max(1, min(limit, _PAGE_MAX))

    def gather(snapshot: Snapshot) -> LogPage:
        size = snapshot.size()
        top = min(before or size, size)
        start = max(0, top - limit)
        heads = snapshot.heads(range(start, top), scope=scope)
        last = snapshot.checkpoint()
        return LogPage(
            entries=[
                LogLine(
                    seq=head.seq,
                    id=head.id,
                    kind=head.kind,
                    created_at=head.created_at,
                    marking=label_of(head.tlp),
                    size_bytes=head.size_bytes,
                    erased=head.erased,
                )
                for _, head in sorted(heads.items(), reverse=True)
            ],
            size=size,
            checkpoint=last.note if last else "",
            checkpoint_size=last.size if last else 0,
            checkpoint_at=last.made_at if last else "",
            next_before=start,
            vkey=verifier_key(services, snapshot),
        )

    page = services.store.read(gather)
    record_access(services, viewer, "log", {"before": before, "limit": limit}, [])
    return page


def receipt(services: Services, viewer: Viewer, message_id: str) -> bytes:
    """A C2SP `.tlog-proof`: that one entry is in the log, checkable offline by anyone with the log's key.

    Raises:
        UnknownTerm: There is no such message that this viewer may see.
        Quarantined: No checkpoint covers it, and a quarantined node makes none.
    """
    scope = log_scope_of(services, viewer, "prove")
    head = services.store.read(lambda snapshot: head_or_unknown(snapshot, message_id, scope))
    last = services.store.read(lambda snapshot: snapshot.checkpoint())
    if last is None or last.size <= head.seq:
        make_checkpoint(services)

    def prove(snapshot: Snapshot) -> bytes:
        covering = snapshot.checkpoint()
        assert covering is not None and covering.size > head.seq
        path = inclusion_proof(head.seq, covering.size, snapshot.tile)
        return format_receipt(Receipt(index=head.seq, path=path, checkpoint=covering.note.encode()))

    proof = services.store.read(prove)
    record_access(services, viewer, "receipt", {"message": head.id}, [head.id])
    return proof


def entry_file(services: Services, viewer: Viewer, message_id: str) -> bytes:
    """One entry as a file for `lintas-verify`: its envelope, and its salt while the payload stands.

    Of a message of a protected class, or to whoever sees no content, the salt is withheld: the file proves that the
    entry stands in the log, and no guess of what it says can be tried against it.

    Raises:
        UnknownTerm: There is no such message that this viewer may see.
    """
    scope = log_scope_of(services, viewer, "prove")
    readable = content_scope_of(services.packs.access, viewer)

    def gather(snapshot: Snapshot) -> tuple[str, bytes]:
        head = head_or_unknown(snapshot, message_id, scope)
        entry = next(snapshot.entries(head.seq, head.seq + 1))
        row = snapshot.payload(head.seq)
        public = public_key(snapshot, entry.key_id)
        # with its salt anyone could try what a payload may say until its digest fits: not of what is kept from them
        is_open = not head.classes and snapshot.head(head.id, scope=readable) is not None
        return head.id, format_entry(signed_of(entry), public, row.salt if row is not None and is_open else None)

    message, raw = services.store.read(gather)
    record_access(services, viewer, "receipt", {"message": message}, [message])
    return raw
