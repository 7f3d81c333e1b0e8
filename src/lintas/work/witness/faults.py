# SPDX-License-Identifier: Apache-2.0
"""What two heads that contradict each other lead to: evidence that anybody can check, and a halt."""

from collections.abc import Sequence
from typing import Final

import structlog

from lintas.crypto.encoding import to_base64
from lintas.errors import PeerRefused
from lintas.model.found import EvidenceHead
from lintas.model.header import Kind
from lintas.model.marking import Marking, Tlp
from lintas.ports.store import Snapshot, Transaction
from lintas.work.appending import append, as_payload, prepare_content
from lintas.work.peering import accuse
from lintas.work.services import Services

_EVIDENCE_LOOKED_AT: Final = 100  # newest pieces about one node, to see whether the same was said already

log = structlog.get_logger("lintas.witness")


def accuse_log(services: Services, node: str, what: str, reason: str, notes: Sequence[bytes]) -> PeerRefused:
    """Keep two signed heads of a peer's log as evidence and suspend the peer; one that is suspended already stays so.

    Args:
        what: `fork` or `rollback`.

    Returns:
        The error for the caller to raise, if it was this peer that asked.
    """
    accuse(services, node, what, reason, notes)
    return PeerRefused(reason, what=what, hint="Both heads are kept as evidence; people decide how to go on.")


def alarm_self(services: Services, what: str, reason: str, notes: Sequence[bytes]) -> None:
    """Keep a head of this node's own log that is not of its history: it was rolled back, or runs twice. Kept once.

    If we die before the commit, the next gossip brings the same head again.
    """
    own = services.keys.node
    documents = [to_base64(note) for note in notes]
    said = {"documents": documents, "left_out": 0, "node": own, "reason": reason, "what": what}
    evidence = prepare_content(services, Kind.EVIDENCE, as_payload(said), marking=Marking(tlp=Tlp.RED))

    def job(tx: Transaction) -> bool:
        told = tx.evidence(own, limit=_EVIDENCE_LOOKED_AT)
        if any((one.what, one.reason) == (what, reason) for one in told):
            return False
        append(tx, evidence)
        return True

    if services.store.write(job):
        log.error("log.contradicted", what=what)
        services.events.publish("log")
        services.events.publish("peers")


def own_alarm(snapshot: Snapshot) -> EvidenceHead | None:
    """The newest sign that this node's log is not the one that its peers know; None when there is none.

    A new incarnation settles what came before it: two people have said where the old life ended.
    """
    newest = next(iter(snapshot.evidence(snapshot.meta("node") or "", limit=1)), None)
    lives = snapshot.places_of(Kind.INCARNATION.value)
    return None if newest is None or (lives and lives[-1] > newest.seq) else newest
