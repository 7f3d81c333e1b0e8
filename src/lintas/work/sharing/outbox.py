# SPDX-License-Identifier: Apache-2.0
"""What was released to whom, and what became of it there."""

from typing import Final

from lintas.model.found import OutboxLine
from lintas.model.header import Kind
from lintas.model.peering import ReceiptState
from lintas.model.scope import Scope
from lintas.model.share_answers import OutboxPage, OutboxShown
from lintas.model.viewer import Viewer
from lintas.ports.store import Snapshot
from lintas.work.access import record_access, scope_of
from lintas.work.finding.show import label_of
from lintas.work.services import Services

_PAGE_MAX: Final = 500
_LINES_READ_MAX: Final = 10_000  # looked through for one page of what people released
_REASONS_MAX: Final = 3  # shown beside a line; the message's page has more


def outbox(
    services: Services,
    viewer: Viewer,
    *,
    peer: str = "",
    before: int = 0,
    limit: int = 50,
    only_items: bool = False,
) -> OutboxPage:
    """A page of released messages that the viewer may see, newest first.

    Args:
        peer: Node id, or empty for all.
        before: From `next_before` of the last page.
        only_items: What people released; else also the receipts and descriptors that the node sends by itself.

    Raises:
        UnknownTerm: There is no such peer.
    """
    scope = scope_of(services, viewer, "outbox")
    limit = max(1, min(limit, _PAGE_MAX))

    def gather(snapshot: Snapshot) -> OutboxPage:
        names = {one.node: one.name for one in snapshot.peers()}
        held = snapshot.peer(peer) if peer else None
        channel = held.channel if held is not None else ""
        if peer and not channel:
            return OutboxPage(lines=[], next_before=0)
        top = before or snapshot.size()
        if only_items:
            lines, next_before = _items(snapshot, scope, channel, before=top, limit=limit)
        else:
            lines = snapshot.outbox(scope=scope, channel=channel, before=top, limit=limit)
            next_before = lines[-1].seq if len(lines) == limit else 0
        return OutboxPage(lines=[_shown(snapshot, line, names) for line in lines], next_before=next_before)

    page = services.store.read(gather)
    shown = [line.message or line.released for line in page.lines]
    record_access(services, viewer, "outbox", {"peer": peer, "before": before}, shown)
    return page


def _items(snapshot: Snapshot, scope: Scope, channel: str, *, before: int, limit: int) -> tuple[list[OutboxLine], int]:
    """Lines of items, and where the next page begins; a node that mostly receives releases receipts most of all."""
    found: list[OutboxLine] = []
    for _ in range(_LINES_READ_MAX // _PAGE_MAX):
        lines = snapshot.outbox(scope=scope, channel=channel, before=before, limit=_PAGE_MAX)
        found += [line for line in lines if line.kind == Kind.ITEM]
        if len(found) >= limit:
            rest = len(found) > limit or len(lines) == _PAGE_MAX
            return found[:limit], found[limit - 1].seq if rest else 0
        if len(lines) < _PAGE_MAX:
            return found, 0
        before = lines[-1].seq
    return found, before


def _shown(snapshot: Snapshot, line: OutboxLine, names: dict[str, str]) -> OutboxShown:
    receipts = snapshot.receipts(line.message) if {"shown", "refused"} & set(line.states.split()) else []
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
        grounds=sorted({one.ground for one in receipts if one.state == ReceiptState.REFUSED and one.node == line.node}),
        desks=sorted({one.desk for one in receipts if one.state == ReceiptState.SHOWN and one.node == line.node}),
    )
