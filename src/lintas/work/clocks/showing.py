# SPDX-License-Identifier: Apache-2.0
"""Show what is due: first what ran out or warned and nobody saw, then the next clocks; and say that somebody saw it."""

from dataclasses import dataclass

from lintas.errors import UnknownTerm
from lintas.limits import DUES_SHOWN_MAX
from lintas.model.desk_found import ClockHead, DueHead
from lintas.model.ids import MessageId
from lintas.model.scope import Scope
from lintas.model.viewer import Viewer
from lintas.ports.store import Snapshot, Transaction
from lintas.work.access import scope_of
from lintas.work.appending import append
from lintas.work.clocks.settling import TOPICS
from lintas.work.desk import due_entry
from lintas.work.finding.message import checked_id
from lintas.work.services import Services, as_text

READS = "request.read"


@dataclass(frozen=True, slots=True, kw_only=True)
class DueShown:
    """One clock as pages show it. References hold nothing personal, and codes say the rest."""

    target: MessageId  # message that opened the thing here
    clock: str  # code
    item: str  # of several alike, which
    due_at: str  # RFC 3339 UTC with milliseconds
    state: str  # runs | warned | missed
    is_unseen: bool  # it warned or ran out, and no named person said that they saw it
    is_ours: bool  # whether this desk is to act
    ref: str  # of the thing; empty where it has none
    what: str  # request or case; empty for something else
    thing: MessageId  # message by which the request or the case is shown
    form: str  # of a request
    thread: str  # state of a request
    other: str  # node at the other end of a request
    is_over: bool  # the thread moved on since: this clock does not run any more


def list_due(services: Services, viewer: Viewer, limit: int) -> list[DueShown]:
    """Show what nobody saw, the earliest first, and after it the clocks that run out next.

    What nobody saw stays on top until somebody says that they did, whatever became of it meanwhile. No access entry is
    written: this stands on every page, and holds references and codes alone.

    Args:
        limit: How many in all, at most DUES_SHOWN_MAX.

    Raises:
        NotAllowed: The viewer may not see requests.
    """
    scope = scope_of(services, viewer, READS)
    most = min(limit, DUES_SHOWN_MAX)
    return services.store.read(lambda snapshot: due_in(services, snapshot, scope, most))


def due_in(services: Services, snapshot: Snapshot, scope: Scope, most: int) -> list[DueShown]:
    """The same within a snapshot."""
    now = as_text(services.clock.now())
    dues = snapshot.dues_unseen(scope=scope, now=now, limit=most)
    missed = {one[:4] for one in dues if one.state == "missed"}
    # one that was said to have run out before the wall clock was set back warns no more
    shown = [_unseen(snapshot, scope, one) for one in dues if one.state == "missed" or one[:4] not in missed]
    told = {(one.target, one.clock, one.item, one.due_at) for one in shown}
    for head in snapshot.clocks(scope=scope, after=now, limit=most):
        if len(shown) >= most:
            break
        if (head.target, head.clock, head.item, head.at) not in told:
            warned = any((one.clock, one.item, one.due_at) == head[1:4] for one in snapshot.dues_of(head.target))
            state = "warned" if warned else "runs"
            shown.append(_shown(snapshot, scope, head, state, is_unseen=False, is_over=False))
    return shown


def see_due(services: Services, viewer: Viewer, target: str, clock: str, item: str, due_at: str) -> bool:
    """Say as a named person that one saw a clock warn or run out; returns False where somebody had said so already.

    If we die before the commit, nobody saw it and it stays on top.

    Raises:
        NotAllowed: The viewer may not see requests.
        UnknownTerm: No such clock warned or ran out that this viewer may see.
    """
    scope = scope_of(services, viewer, READS)
    message = checked_id(target)

    def job(tx: Transaction) -> bool:
        found = [
            one
            for one in (tx.dues_of(message) if tx.head(message, scope=scope) is not None else ())
            if (one.clock, one.item, one.due_at) == (clock, item, due_at)
        ]
        if not found:
            raise UnknownTerm("No such clock warned or ran out that you may see.")
        if all(one.seen_at for one in found):
            return False
        head = ClockHead(message, clock, item, due_at, "", 0)
        append(tx, due_entry(services, head, "seen", by=viewer.id))
        return True

    is_new = services.store.write(job)
    if is_new:
        for topic in TOPICS:
            services.events.publish(topic)
    return is_new


def _unseen(snapshot: Snapshot, scope: Scope, due: DueHead) -> DueShown:
    opened = snapshot.head(due.target, scope=scope)
    clocks = [] if opened is None else snapshot.clocks_of(opened.seq)
    running = [one for one in clocks if (one.clock, one.item, one.at) == (due.clock, due.item, due.due_at)]
    head = running[0] if running else ClockHead(due.target, due.clock, due.item, due.due_at, "", 0)
    return _shown(snapshot, scope, head, due.state, is_unseen=True, is_over=not running)


def _shown(
    snapshot: Snapshot, scope: Scope, head: ClockHead, state: str, *, is_unseen: bool, is_over: bool
) -> DueShown:
    request = snapshot.request(head.target, scope=scope)
    opened = None if request is not None else snapshot.head(head.target, scope=scope)
    case = None if opened is None else snapshot.case_at(opened.seq, scope=scope)
    return DueShown(
        target=head.target,
        clock=head.clock,
        item=head.item,
        due_at=head.at,
        state=state,
        is_unseen=is_unseen,
        is_ours=not is_over and (request is None or request.is_of(head.side)),
        ref=request.ref if request is not None else case.ref if case is not None else "",
        what="request" if request is not None else "case" if case is not None else "",
        thing=case.message if case is not None else head.target,
        form="" if request is None else request.form,
        thread="" if request is None else request.state,
        other="" if request is None else request.other,
        is_over=is_over,
    )
