# SPDX-License-Identifier: Apache-2.0
"""Gather what is open at a desk: requests with their clocks, promised calls, tasks, reports, approvals, alerts.

A thing is owned by who last took or accepted it. Where nobody did, by who made it, as far as the thing says so; then it
is nobody's, and the supervisor's to give.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from lintas.limits import OPEN_THINGS_MAX
from lintas.model.desk import Clock, Step
from lintas.model.desk_found import RequestHead
from lintas.model.ids import MessageId
from lintas.model.scope import Scope
from lintas.model.viewer import Viewer
from lintas.policy.orders import OPEN
from lintas.ports.store import Snapshot
from lintas.work.accounts.viewing import viewer_of
from lintas.work.orders.showing import visible_lines
from lintas.work.services import Services, as_text

NEVER: Final = "9"


class Thing(NamedTuple):
    """One open thing before its owner is named."""

    what: str
    target: MessageId
    ref: str
    title: str
    state: str
    clock: str
    due: str
    address: str
    made_by: str  # who answers for it while nobody took it; empty: nobody


class Owner(NamedTuple):
    """Who answers for a thing, and why the supervisor sees it."""

    person: str
    offered_to: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Who is here now."""

    names: dict[str, str]
    is_open: frozenset[str]  # open accounts
    is_away: frozenset[str]  # of them, those who have shifts and none of them is on

    @classmethod
    def of(cls, services: Services, snapshot: Snapshot) -> "People":
        """Look at the accounts and their shifts."""
        rows = snapshot.accounts()
        here = [one for one in rows if one.state == "open"]
        away = frozenset(one.id for one in here if viewer_of(services, snapshot, one).is_off_duty)
        return cls(
            names={one.id: one.name for one in rows},
            is_open=frozenset(one.id for one in here),
            is_away=away,
        )

    def why(self, person: str, offered_to: str) -> str:
        """Why the supervisor sees a thing; empty when somebody who is here answers for it."""
        if not person or person.startswith("local:"):  # the node's folder is nobody by name
            return "unowned"
        if person not in self.is_open:
            return "closed"
        if person in self.is_away:
            return "off_duty"
        return "offered" if offered_to else ""


def things_in(services: Services, snapshot: Snapshot, viewer: Viewer, scope: Scope) -> Iterator[Thing]:
    """Everything open that a viewer may see, each once."""
    now = as_text(services.clock.now())
    requests = snapshot.requests_due(scope=scope, after=("", 0), limit=OPEN_THINGS_MAX)
    yield from (_request(one) for one in requests)
    for one in requests:
        yield from _promises(snapshot, one)
    yield from _tasks(snapshot, scope)
    yield from _reports(snapshot, scope)
    for line in visible_lines(services, snapshot, viewer, OPEN):
        yield Thing(
            "approval",
            MessageId(line.id),
            "",
            line.label,
            line.state,
            "",
            line.expires_at,
            f"/approvals/{line.id}",
            line.actor,
        )
    yield from _alerts(snapshot, scope)
    known = {one.message for one in requests}
    for due in snapshot.dues_unseen(scope=scope, now=now, limit=OPEN_THINGS_MAX):
        if due.target not in known and due.clock != Clock.TASK and due.state == "missed":
            known.add(due.target)
            yield Thing("missed", due.target, "", due.clock, "missed", due.clock, due.due_at, "/requests", "")


def owner_of(snapshot: Snapshot, thing: Thing, people: People) -> Owner:
    """Who answers for a thing now."""
    held = snapshot.owner(thing.target)
    person = (held.owner if held is not None else "") or thing.made_by
    offered = "" if held is None else held.offered_to
    return Owner(person, offered, people.why(person, offered))


def _request(one: RequestHead) -> Thing:
    due = "" if one.next_due == NEVER else one.next_due
    return Thing(
        "request",
        one.message,
        one.ref,
        one.form,
        one.state,
        one.next_clock,
        due,
        f"/requests/{one.message}",
        one.by if one.side == "asker" else one.acknowledged_by or "",
    )


def _promises(snapshot: Snapshot, request: RequestHead) -> Iterator[Thing]:
    """Calls that this node promised and nobody made yet."""
    running = {one.item for one in snapshot.clocks_of(request.seq) if one.clock == Clock.PROMISE}
    if not running:
        return
    for step in snapshot.steps(request):
        if step.doc in running and step.what == Step.PROMISED:
            yield Thing(
                "promise",
                step.message,
                request.ref,
                str(step.said["to"]),
                "promised",
                Clock.PROMISE.value,
                str(step.said["at"]),
                f"/requests/{request.message}",
                step.by,
            )


def _tasks(snapshot: Snapshot, scope: Scope) -> Iterator[Thing]:
    for one in snapshot.tasks(scope=scope, limit=OPEN_THINGS_MAX):
        clock = Clock.TASK.value if one.due else ""
        yield Thing("task", one.message, one.ref, one.title, "open", clock, one.due, f"/cases/{one.ref}", one.officer)


def _reports(snapshot: Snapshot, scope: Scope) -> Iterator[Thing]:
    before = 2**62
    while page := snapshot.reports(scope=scope, before=before, limit=200, state="open"):
        for one in page:
            first = snapshot.report(one.ref, scope=scope)[-1]
            title = one.kind or one.area or one.how
            yield Thing("report", first.message, one.ref, title, "open", "", "", f"/report/{one.ref}", first.by)
        before = page[-1].seq


def _alerts(snapshot: Snapshot, scope: Scope) -> Iterator[Thing]:
    """Alerts that nobody acknowledged."""
    for one in snapshot.alerts(scope=scope, after=0, limit=OPEN_THINGS_MAX, newest=True):
        if not one.acknowledged_at:
            entry = next(snapshot.entries(one.seq, one.seq + 1))
            yield Thing("alert", entry.id, "", one.scheme, "open", "", "", f"/desk#alert-{one.id}", one.has)
