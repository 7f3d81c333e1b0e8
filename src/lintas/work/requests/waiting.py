# SPDX-License-Identifier: Apache-2.0
"""Which orders about a thread wait for somebody."""

import json
from typing import Final

from lintas.model.desk_found import RequestHead
from lintas.model.viewer import Viewer
from lintas.policy import access as policy
from lintas.ports.store import Snapshot
from lintas.work.payloads import payload_bytes
from lintas.work.services import Services

_ACTIONS: Final = frozenset({"power.order"})


def orders_about(services: Services, snapshot: Snapshot, viewer: Viewer, head: RequestHead) -> list[str]:
    """Ids of orders about a thread that nobody settled; none for who may not see what waits for a decision."""
    if not policy.may(services.packs.access, viewer, "orders.read"):
        return []
    found = []
    for order in snapshot.open_orders():
        data = payload_bytes(services, snapshot, order.seq) if order.action in _ACTIONS else None
        if data is not None and json.loads(data)["said"].get("request") == head.message:
            found.append(str(order.id))
    return found
