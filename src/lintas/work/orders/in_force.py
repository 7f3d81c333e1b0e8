# SPDX-License-Identifier: Apache-2.0
"""Which access policy people decided on, held against the one that is in force."""

from typing import Final

from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.ports.store import Snapshot
from lintas.work.binding.order import load
from lintas.work.services import Services

_ACTION: Final = "policy.change"
_SEQ_MAX: Final = 2**62


def policy_warning(services: Services, snapshot: Snapshot) -> str:
    """Say that the access policy in force is not the one that people approved; empty when it is.

    Until a first order was made nothing is known of what people approved. `lintas verify` goes by every access entry.
    """
    decided = _decided(services, snapshot)
    if not decided or decided == services.packs.access.digest:
        return ""
    return (
        f"the access policy in force ({services.packs.access.digest[:16]}…) is not the one that people approved"
        f" ({decided[:16]}…)"
    )


def _decided(services: Services, snapshot: Snapshot) -> str:
    before = _SEQ_MAX
    while heads := snapshot.orders(before=before, limit=100):
        for head in heads:
            before = head.seq
            if head.action == _ACTION and any(one.verdict == "done" for one in snapshot.assents(head.id)):
                return str(load(services, snapshot, head.id).said["digest"])
    for seq in snapshot.places_of(Kind.ORDER.value):
        entry = next(snapshot.entries(seq, seq + 1))
        if snapshot.order(MessageId(entry.id)) is not None:  # not erased
            return load(services, snapshot, MessageId(entry.id)).shown["the access policy"]
    return ""
