# SPDX-License-Identifier: Apache-2.0
"""What time does to clocks: each warns once and runs out once, and an entry says so.

The node looks when the next one is due, at every tick, and at its start, so that what ran out while it stood still is
caught up. If we die before the commit, the next look does it; done twice it changes nothing, because what an entry says
already of a clock and its time is not said again. Nothing is decided by it: a hold ends when its authority says so.

A wall clock that is set back takes nothing back: what was said to have run out stays said, and is seen once.
"""

from datetime import datetime, timedelta
from typing import Final

from lintas.limits import (
    CLOCKS_AT_ONCE,
    WARN_ACKNOWLEDGE_S,
    WARN_ACT_S,
    WARN_ANSWER_S,
    WARN_CLARIFY_S,
    WARN_EXPIRY_S,
    WARN_PROMISE_S,
    WARN_REVIEW_S,
    WARN_TASK_S,
)
from lintas.model.desk import Clock
from lintas.model.desk_found import ClockHead
from lintas.ports.store import Snapshot, Transaction
from lintas.work.appending import append
from lintas.work.desk import due_entry
from lintas.work.services import Services, as_text
from lintas.work.streams import SELF

WARNS: Final = {
    Clock.ACKNOWLEDGE: WARN_ACKNOWLEDGE_S,
    Clock.ACT: WARN_ACT_S,
    Clock.ANSWER: WARN_ANSWER_S,
    Clock.CLARIFY: WARN_CLARIFY_S,
    Clock.EXPIRY: WARN_EXPIRY_S,
    Clock.REVIEW: WARN_REVIEW_S,
    Clock.PROMISE: WARN_PROMISE_S,
    Clock.TASK: WARN_TASK_S,
}
TOPICS: Final = ("log", "alerts")
TURNS_MAX: Final = 10_000  # more than any node has clocks
_FAR: Final = "9"  # sorts behind every time
_Said = tuple[ClockHead, str]


def settle_clocks(services: Services, *, turns: int = TURNS_MAX) -> int:
    """Say which clocks warned or ran out since the last look; returns how many.

    Args:
        turns: Transactions at most, of CLOCKS_AT_ONCE entries each; what is left the next look says.

    Raises:
        LintasError: The node may not write, or cannot.
    """
    settled = 0
    for _ in range(turns):
        if not services.store.read(lambda snapshot: due_now(snapshot, services.clock.now(), limit=1)):
            break
        settled += services.store.write(lambda tx: _settle(services, tx))
    if settled:
        for topic in TOPICS:
            services.events.publish(topic)
    return settled


def next_look(services: Services) -> float:
    """Seconds until the next clock warns or runs out; 0 when one does now, infinite when none runs."""
    now = services.clock.now()

    def look(snapshot: Snapshot) -> list[datetime]:
        if due_now(snapshot, now, limit=1):
            return [now]
        moments = []
        if first := snapshot.next_clock(as_text(now)):
            moments.append(datetime.fromisoformat(first))
        for clock, before_s in WARNS.items():
            horizon = as_text(now + timedelta(seconds=before_s))
            heads = snapshot.clocks_until(_FAR, "warned", limit=1, after=horizon, clock=clock.value)
            moments += [datetime.fromisoformat(head.at) - timedelta(seconds=before_s) for head in heads]
        return moments

    moments = services.store.read(look)
    return max(0.0, (min(moments) - now).total_seconds()) if moments else float("inf")


def due_now(snapshot: Snapshot, now: datetime, *, limit: int = CLOCKS_AT_ONCE) -> list[_Said]:
    """Clocks of which an entry is to be written now, and what it says: those that ran out first."""
    at = as_text(now)
    found: list[_Said] = [(head, "missed") for head in snapshot.clocks_until(at, "missed", limit=limit)]
    for clock, before_s in WARNS.items():
        if len(found) >= limit:
            break
        horizon = as_text(now + timedelta(seconds=before_s))
        left = limit - len(found)
        heads = snapshot.clocks_until(horizon, "warned", limit=left, after=at, clock=clock.value)
        found += [(head, "warned") for head in heads]
    return found


def _settle(services: Services, tx: Transaction) -> int:
    due = due_now(tx, services.clock.now())
    for head, state in due:
        append(tx, due_entry(services, head, state, by=SELF))
    return len(due)
