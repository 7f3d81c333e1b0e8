# SPDX-License-Identifier: Apache-2.0
"""What oversight sees at a glance: content opened, unmaskings, refusals, acts done alone, and how the log is held."""

from typing import Final

from lintas.model.audit import AuditLine, OversightBoard
from lintas.model.header import Kind
from lintas.model.viewer import Viewer
from lintas.ports.store import Snapshot
from lintas.work.access import log_scope_of
from lintas.work.overseeing.lines import line_of
from lintas.work.overseeing.opening import openings
from lintas.work.overseeing.search import names_for
from lintas.work.peering.listing import cosigners_of
from lintas.work.services import Services
from lintas.work.witness import own_alarm

_SHOWN_MAX: Final = 20
_NEWEST: Final = 2**62
_FIRST: Final = "0000-01-01T00:00:00.000Z"
_LAST: Final = "9999-12-31T23:59:59.999Z"
UNMASK: Final = "unmask"
REFUSED: Final = "refused"


def board(services: Services, viewer: Viewer) -> OversightBoard:
    """Gather what stands beside a search; no content, so no access entry of its own.

    Raises:
        NotAllowed: The viewer may not.
    """
    scope = log_scope_of(services, viewer, "oversee")

    def accesses(snapshot: Snapshot, verb: str, names: dict[str, str]) -> list[AuditLine]:
        places = snapshot.accesses_found(before=_NEWEST, limit=_SHOWN_MAX, verb=verb, since=_FIRST, until=_LAST)
        visible = snapshot.heads(places, scope=scope)
        return [
            line_of(services, entry, snapshot.payload(seq), names)
            for seq in places
            if seq in visible
            for entry in snapshot.entries(seq, seq + 1)
        ]

    def gather(snapshot: Snapshot) -> OversightBoard:
        names = names_for(services, viewer, snapshot)
        last, alarm = snapshot.checkpoint(), own_alarm(snapshot)
        peers = {peer.node: peer.name for peer in snapshot.peers()}
        return OversightBoard(
            opened=openings(services, viewer, snapshot, every=True)[:_SHOWN_MAX],
            unmasked=accesses(snapshot, UNMASK, names),
            refused=accesses(snapshot, REFUSED, names),
            alone=[
                AuditLine(
                    seq=order.seq,
                    id=order.id,
                    at=order.at,
                    kind=Kind.ORDER.value,
                    action=order.action,
                    person=order.by,
                    name=names.get(order.by, ""),
                    purpose=order.ground,
                )
                for order in snapshot.open_orders()
                if any(assent.verdict == "alone" for assent in snapshot.assents(order.id))
            ],
            size=snapshot.size(),
            signed=last.size if last else 0,
            cosigned_by=sorted(peers.get(node, node) for node in cosigners_of(snapshot)),
            alarm=alarm.reason if alarm else "",
            state=snapshot.meta("state") or "",
        )

    return services.store.read(gather)
