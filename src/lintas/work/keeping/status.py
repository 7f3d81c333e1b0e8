# SPDX-License-Identifier: Apache-2.0
"""What a node holds, in numbers; never content."""

from dataclasses import replace

from lintas import __version__
from lintas.model.node_answers import NoticeShown, Status
from lintas.model.scope import WHOLE
from lintas.policy.access import closed_bits
from lintas.ports.store import Snapshot
from lintas.work.orders.in_force import policy_warning
from lintas.work.services import Services
from lintas.work.witness import own_alarm

_ALERTS_MAX = 10_000  # alerts counted


def status(services: Services, *, serving: str = "") -> Status:
    """Say what the node is and holds.

    Args:
        serving: Address of the console when a server runs.
    """

    def gather(snapshot: Snapshot) -> Status:
        # Numbers of all and no content, for everybody: so without what is there for few, whose number would tell.
        everything = replace(WHOLE, closed=closed_bits(services.packs.access))
        counts = snapshot.counts(scope=everything)
        last = snapshot.checkpoint()
        peers = [peer for peer in snapshot.peers() if not peer.is_removed]
        alarm = own_alarm(snapshot)
        alerts = snapshot.alerts(scope=everything, after=-1, limit=_ALERTS_MAX)
        return Status(
            node=services.keys.node,
            name=services.config.name,
            country=services.config.country,
            mode=services.config.mode.value,
            incarnation=snapshot.meta("incarnation") or "",
            state=snapshot.meta("state") or "",
            version=__version__,
            entries=snapshot.size(),
            checkpoint_size=last.size if last else 0,
            checkpoint_at=last.made_at if last else "",
            messages=counts["messages"],
            entities=counts["entities"],
            statements=counts["statements"],
            identifiers=counts["identifiers"],
            watches=len(snapshot.watches()),
            alerts=len(alerts),
            unacknowledged=sum(1 for alert in alerts if not alert.acknowledged_by),
            database_bytes=services.store.size_bytes(),
            blobs_bytes=services.blobs.size_bytes(),
            serving=serving,
            peers=len(peers),
            peers_suspended=sum(1 for peer in peers if peer.is_suspended),
            alarm=alarm.reason if alarm else "",
            policy=services.packs.access.digest,
            policy_warning=policy_warning(services, snapshot),
            orders_open=len(snapshot.open_orders()),
            notices=[
                NoticeShown(row.target, row.state, row.tries, row.reason, row.next_at, row.sent_at)
                for row in snapshot.notices()
            ],
        )

    return services.store.read(gather)
