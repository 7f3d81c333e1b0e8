# SPDX-License-Identifier: Apache-2.0
"""Hold a log against a head that somebody else kept: the only check that a history rewritten whole does not pass."""

from lintas.crypto.checkpoint import Checkpoint, open_checkpoint
from lintas.crypto.merkle import root_at
from lintas.crypto.note import NoteKey, SignatureType, parse_note, verify_note
from lintas.errors import BadInput, NodeDamaged
from lintas.ports.store import Snapshot
from lintas.work.proving.entries import log_keys
from lintas.work.services import Services


def contains_head(services: Services, snapshot: Snapshot, head: bytes) -> Checkpoint:
    """Read a head of this log and see that the log contains it.

    Args:
        head: A signed checkpoint, as kept by a peer, an auditor, or on paper.

    Raises:
        BadInput: It is of another log.
        BadSignature: No key that this log ever named signed it.
        NodeDamaged: The log is shorter than the head or differs from it: entries were lost or history was rewritten.
    """
    origin = head.split(b"\n", 1)[0].decode("utf-8", "replace")
    if not origin.startswith(f"{services.keys.node}/log/"):
        raise BadInput("That head is of another log.")
    # A key that was revoked since signed what others kept before; what a thief signs with it is no part of this log.
    keys = [
        NoteKey(name=origin, type=SignatureType.ED25519, public=public)
        for public in log_keys(snapshot, services.keys.node)
    ]
    (signer, *_) = verify_note(parse_note(head), keys)
    kept = open_checkpoint(head, signer.key).checkpoint
    size = snapshot.size()
    if kept.size > size:
        raise NodeDamaged(
            f"The head has {kept.size} entries, this log only {size}: entries were lost.",
            hint="Restore a newer backup, or open a new incarnation.",
        )
    if root_at(kept.size, snapshot.tile) != kept.root:
        raise NodeDamaged(
            "The head's root is not this log's: histories differ.",
            hint="Keep both, and find out who changed what; a restored node opens a new incarnation.",
        )
    return kept
