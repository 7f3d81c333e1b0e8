# SPDX-License-Identifier: Apache-2.0
"""What was released to whom, and what became of it there."""

from typing import Final

from lintas.model.answers import OutboxPage, OutboxShown
from lintas.model.found import OutboxLine
from lintas.model.viewer import Viewer
from lintas.ports.store import Snapshot
from lintas.work.access import clearance, record_access
from lintas.work.finding.show import label_of
from lintas.work.services import Services

_PAGE_MAX: Final = 500
_REASONS_MAX: Final = 3  # shown beside a line; the message's page has more


def outbox(services: Services, viewer: Viewer, *, peer: str = "", before: int = 0, limit: int = 50) -> OutboxPage:
    """A page of released messages that the viewer may see, newest first.

    Args:
        peer: Node id, or empty for all.
        before: From `next_before` of the last page.

    Raises:
        UnknownTerm: There is no such peer.
    """
    level = clearance(viewer)
    limit = max(1, min(limit, _PAGE_MAX))

    def gather(snapshot: Snapshot) -> OutboxPage:
        names = {one.node: one.name for one in snapshot.peers()}
        held = snapshot.peer(peer) if peer else None
        channel = held.channel if held is not None else ""
        if peer and not channel:
            return OutboxPage(lines=[], next_before=0)
        top = before or snapshot.size()
        lines = snapshot.outbox(clearance=level, channel=channel, before=top, limit=limit)
        return OutboxPage(
            lines=[_shown(snapshot, line, names) for line in lines],
            next_before=lines[-1].seq if len(lines) == limit else 0,
        )

    page = services.store.read(gather)
    shown = [line.message or line.released for line in page.lines]
    record_access(services, viewer, "outbox", {"peer": peer, "before": before}, shown)
    return page


def _shown(snapshot: Snapshot, line: OutboxLine, names: dict[str, str]) -> OutboxShown:
    parts = [part for _, some, _ in snapshot.rejections(line.message) for part in some] if line.rejected else []
    return OutboxShown(
        released=line.message,
        message=line.of,
        to=line.node,
        name=names.get(line.node, ""),
        kind=line.kind,
        lane=line.lane,
        counter=line.counter,
        size_bytes=line.size_bytes,
        marking=label_of(line.tlp),
        at=line.at,
        states=line.states.split(),
        rejected=line.rejected,
        reasons=[f"{where}: {why}" for where, why in parts[:_REASONS_MAX]],
    )
