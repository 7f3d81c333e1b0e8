# SPDX-License-Identifier: Apache-2.0
"""What time does to orders: one that nobody completed lapses; what was done alone and unreviewed is escalated.

The node looks at every tick and at its start, so that what came due while it stood still is caught up. If we die before
the commit, the next look does it; done twice it changes nothing. Nothing else is settled by silence.
"""

from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.policy.orders import OPEN, OrderState
from lintas.ports.store import Snapshot, Transaction
from lintas.work.appending import append, prepare_control
from lintas.work.binding.order import load
from lintas.work.orders.showing import review_due
from lintas.work.services import Services, as_text
from lintas.work.streams import SELF


def settle_orders(services: Services) -> int:
    """Say what time did to orders; returns to how many.

    Raises:
        LintasError: The node may not write, or cannot.
    """
    if not services.store.read(lambda snapshot: _due(services, snapshot)):
        return 0

    def job(tx: Transaction) -> int:
        due = _due(services, tx)
        for order, verdict in due:
            body = {"by": SELF, "order": order, "verdict": verdict}
            append(tx, prepare_control(services, Kind.ASSENT, body))
        return len(due)

    settled = services.store.write(job)
    for name in ("log", "orders", "alerts"):
        services.events.publish(name)
    return settled


def _due(services: Services, snapshot: Snapshot) -> list[tuple[MessageId, str]]:
    now = as_text(services.clock.now())
    due = []
    for head in snapshot.open_orders():
        order = load(services, snapshot, head.id)
        if order.facts.state in OPEN and now >= order.facts.expires_at:
            due.append((order.id, "lapsed"))
        elif order.facts.state is OrderState.ALONE and now >= review_due(order):
            due.append((order.id, "escalated"))
    return due
