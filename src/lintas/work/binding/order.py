# SPDX-License-Identifier: Apache-2.0
"""One order as the log holds it: what its payload says, and what people said to it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lintas.errors import UnknownTerm
from lintas.formats.access import ActivityRow
from lintas.model.ids import MessageId
from lintas.model.people import AssentHead
from lintas.policy.orders import OrderFacts, Said
from lintas.ports.store import Snapshot
from lintas.work.binding.needing import needs_second
from lintas.work.payloads import payload_bytes
from lintas.work.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order that is here, and what was said to it so far."""

    id: MessageId
    seq: int
    action: str
    at: str
    payload: Mapping[str, Any]
    assents: tuple[AssentHead, ...]
    facts: OrderFacts

    @property
    def said(self) -> Mapping[str, Any]:
        """What is ordered."""
        said: dict[str, Any] = self.payload["said"]
        return said

    @property
    def shown(self) -> Mapping[str, str]:
        """What it depends on, as whoever proposed it saw it."""
        shown: dict[str, str] = self.payload["shown"]
        return shown


def load(services: Services, snapshot: Snapshot, order: MessageId) -> Order:
    """Read an order, whoever asks.

    Raises:
        UnknownTerm: There is none, or what it said was erased.
    """
    head = snapshot.order(order)
    data = None if head is None else payload_bytes(services, snapshot, head.seq)
    if head is None or data is None:
        raise UnknownTerm("There is no such order.", hint="Approvals shows those that there are.")
    payload = json.loads(data)
    assents = tuple(snapshot.assents(order))
    facts = OrderFacts(
        by=head.by,
        session=payload["session"],
        expires_at=head.expires_at,
        needs_second=payload["second"]
        or needs_second(services, snapshot, head.action, head.classes, is_lone=bool(payload.get("lone"))),
        may_alone=may_alone(services, head.action),
        ground=head.ground,
        said=tuple(Said(one.verdict, one.by) for one in assents),
    )
    return Order(
        id=head.id, seq=head.seq, action=head.action, at=head.at, payload=payload, assents=assents, facts=facts
    )


def activity_of(services: Services, action: str) -> ActivityRow:
    """The row of the access pack that an order's action is.

    Raises:
        UnknownTerm: The pack, which was replaced since, no longer has it.
    """
    row = services.packs.access.activities.get(action)
    if row is None:
        raise UnknownTerm(f"The access policy knows no activity {action[:40]!r} any more.")
    return row


def may_alone(services: Services, action: str) -> bool:
    """Whether a lone officer may act first: the access pack and the law profile both have to say so."""
    row = services.packs.access.activities.get(action)
    return row is not None and row.alone and action in services.packs.law.of(services.config.country).alone
