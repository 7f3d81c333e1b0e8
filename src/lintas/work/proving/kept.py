# SPDX-License-Identifier: Apache-2.0
"""Hold a log against a head that somebody else kept: the only check that a history rewritten whole does not pass."""

from lintas.crypto.checkpoint import Checkpoint, open_checkpoint
from lintas.crypto.merkle import root_at
from lintas.crypto.note import NoteKey, SignatureType
from lintas.errors import BadInput, NodeDamaged
from lintas.ports.store import Snapshot
from lintas.work.services import Services


def contains_head(services: Services, snapshot: Snapshot, head: bytes) -> Checkpoint:
    """Read a head of this log and see that the log contains it.

    Args:
        head: A signed checkpoint, as kept by a peer, an auditor, or on paper.

    Raises:
        BadInput: It is of another log.
        BadSignature: This log's key did not sign it.
        NodeDamaged: The log is shorter than the head or differs from it: entries were lost or history was rewritten.
    """
    keys = services.keys
    origin = head.split(b"\n", 1)[0].decode("utf-8", "replace")
    if not origin.startswith(f"{keys.node}/log/"):
        raise BadInput("That head is of another log.")
    kept = open_checkpoint(head, NoteKey(name=origin, type=SignatureType.ED25519, public=keys.log.public)).checkpoint
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
