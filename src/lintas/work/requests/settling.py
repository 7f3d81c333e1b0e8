# SPDX-License-Identifier: Apache-2.0
"""What time and a correction do to what this node ordered: a hold ends at its time, and a release order lies ready.

The node looks when a clock runs out, whenever the log grew, and at its start, so that what ended while it stood still
is said then. If we die before the commit, the next look does it; done twice it changes nothing, because a thread that
expired runs no clock. Nobody's order is made by this: the release that lies ready takes the passkeys that it takes.
"""

from typing import Final

from lintas.errors import LintasError
from lintas.limits import EXPIRED_AT_ONCE
from lintas.model.desk import Clock, Step
from lintas.model.marking import Tlp
from lintas.model.scope import WHOLE
from lintas.model.viewer import Viewer
from lintas.ports.store import Snapshot, Transaction
from lintas.work.binding import is_bound
from lintas.work.orders.proposing import propose
from lintas.work.requests.buttons import ORDERS
from lintas.work.requests.following import end_claims_in
from lintas.work.requests.stepping import say_as_node_in
from lintas.work.requests.waiting import orders_about
from lintas.work.services import Services, as_text

READY: Final = Viewer(id="local:desk", clearance=Tlp.RED, role="supervisor")  # proposes, and confirms nothing
_FAR: Final = "9"  # sorts behind every time
_TOPICS: Final = ("log", "streams", "requests", "alerts")


def settle_requests(services: Services) -> int:
    """Say which holds are over, and lay release orders ready for what was corrected; returns how many of both.

    Raises:
        LintasError: The node may not write, or cannot.
    """
    settled = 0
    while services.store.read(lambda snapshot: bool(_over(services, snapshot))):
        done = services.store.write(lambda tx: _expire_in(services, tx))
        settled += done
        if not done:
            break
    settled += _lay_ready(services)
    if settled:
        for topic in _TOPICS:
            services.events.publish(topic)
    return settled


def _over(services: Services, snapshot: Snapshot) -> list[str]:
    now = as_text(services.clock.now())
    return [str(one.target) for one in snapshot.own_clocks(Clock.EXPIRY.value, until=now, limit=EXPIRED_AT_ONCE)]


def _expire_in(services: Services, tx: Transaction) -> int:
    done = 0
    for clock in tx.own_clocks(Clock.EXPIRY.value, until=as_text(services.clock.now()), limit=EXPIRED_AT_ONCE):
        head = tx.request_at(clock.seq, scope=WHOLE)
        if head is not None and say_as_node_in(services, tx, head, Step.EXPIRED, {}):
            end_claims_in(services, tx, head)
            done += 1
    return done


def _lay_ready(services: Services) -> int:
    """Propose a release for every hold under review for which none waits; the people of the desk sign it, or do not."""

    def look(snapshot: Snapshot) -> list[str]:
        if not is_bound(snapshot) or snapshot.meta("state") != "live":
            return []
        found = []
        for clock in snapshot.own_clocks(Clock.REVIEW.value, until=_FAR, limit=EXPIRED_AT_ONCE):
            head = snapshot.request_at(clock.seq, scope=WHOLE)
            if head is not None and not orders_about(services, snapshot, READY, head):
                found.append(str(head.message))
        return found

    ready = 0
    for request in services.store.read(look):
        said = {"request": request, "what": Step.REVIEWED.value, "fields": {"decision": "released"}}
        try:
            propose(services, READY, ORDERS, said)
        except LintasError:
            continue  # it was decided meanwhile; the next look sees it
        ready += 1
    return ready
