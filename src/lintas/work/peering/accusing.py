# SPDX-License-Identifier: Apache-2.0
"""Keep what a peer sent that it should not have, and stop talking to it until a person decides.

Evidence is content: it is kept byte for byte, shown to those cleared for everything, and can be erased.
"""

from collections.abc import Sequence
from typing import Final

import structlog

from lintas.crypto.encoding import to_base64
from lintas.limits import EVIDENCE_BYTES_MAX, REASON_CHARS_MAX
from lintas.model.header import Kind
from lintas.model.marking import Marking, Tlp
from lintas.model.peering import Action
from lintas.ports.store import Transaction
from lintas.work.appending import append, as_payload, prepare_content
from lintas.work.peering.standing import append_standing
from lintas.work.services import Services

SELF: Final = "node:self"  # who suspends when nobody is asked

log = structlog.get_logger("lintas.peering")


def accuse(services: Services, node: str, what: str, reason: str, documents: Sequence[bytes]) -> None:
    """Keep evidence against a peer and suspend it, in one transaction; nothing if it is suspended or no peer.

    Whoever is suspended is not listened to, so its later tries fill no disk. If we die before the commit, the peer is
    met again and accused again.

    Args:
        what: A code: signature, altered, gap, chain, fork, rollback, mode, size …
        reason: One sentence for people.
        documents: What it sent, byte for byte; those beyond EVIDENCE_BYTES_MAX are left out, and how many is said.
    """
    kept = _within_limit(documents)
    said = {
        "node": node,
        "what": what,
        "reason": reason[:REASON_CHARS_MAX],
        "documents": kept,
        "left_out": len(documents) - len(kept),
    }
    # of any marking, since a liar marks as it likes
    evidence = prepare_content(services, Kind.EVIDENCE, as_payload(said), marking=Marking(tlp=Tlp.RED))

    def job(tx: Transaction) -> bool:
        peer = tx.peer(node)
        if peer is None or peer.is_removed or peer.is_suspended:
            return False
        append(tx, evidence)
        append_standing(services, tx, node, Action.SUSPENDED, [SELF], ground=what)
        return True

    if services.store.write(job):
        log.warning("peer.suspended", peer=node, what=what)
        services.events.publish("log")
        services.events.publish("peers")


def _within_limit(documents: Sequence[bytes]) -> list[str]:
    kept: list[str] = []
    size = 0
    for document in documents:
        if size + len(document) > EVIDENCE_BYTES_MAX:
            break
        size += len(document)
        kept.append(to_base64(document))
    return kept
