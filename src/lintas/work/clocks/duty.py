# SPDX-License-Identifier: Apache-2.0
"""What waits for whoever carries the desk's phone: requests, clocks; and the few things that one does with a thumb."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from lintas.limits import DUTY_LINES_MAX, LADDER_AFTER_S
from lintas.model.desk import Clock, Side, State, Step
from lintas.model.desk_found import RequestHead
from lintas.model.ids import MessageId
from lintas.model.marking import Tlp
from lintas.model.scope import Scope
from lintas.model.viewer import Viewer
from lintas.policy import access as policy
from lintas.policy.requests import may_say
from lintas.ports.store import Snapshot, Transaction
from lintas.work.access import record_access, scope_of
from lintas.work.clocks.saying import ANSWERS, READS, TOPICS, request_or_unknown
from lintas.work.clocks.showing import DueShown, due_in
from lintas.work.desk import own_in, thread_in
from lintas.work.services import Services

TAKES = "hand_over"


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyRequest:
    """One thread as a phone shows it."""

    message: MessageId
    ref: str
    form: str
    side: str
    is_own: bool  # this desk asks itself
    state: str
    urgency: str
    other_name: str
    amount_minor: int  # -1 when none was said
    currency: str
    came: str
    next_due: str  # RFC 3339; `9` when nothing is due
    next_clock: str
    is_our_turn: bool
    is_waiting: bool  # nobody here acknowledged it
    is_silent: bool  # nobody there acknowledged it, for so long that the next doors are offered
    owner: str  # who answers for it; empty: whoever is on duty
    owner_name: str
    is_mine: bool
    marking: str  # label of TLP
    may: frozenset[str]  # acknowledge | refuse | call | take_over


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """All that waits."""

    waiting: tuple[DutyRequest, ...]  # requests to this desk that nobody acknowledged, the next due first
    open: tuple[DutyRequest, ...]  # others: this desk's turn, one's own, or nobody there answers
    dues: tuple[DueShown, ...]  # what warned or ran out and nobody saw, then what is next


def show_duty(services: Services, viewer: Viewer) -> Duty:
    """Show what waits.

    Raises:
        NotAllowed: The viewer may not see requests.
    """
    scope = scope_of(services, viewer, READS)

    def look(snapshot: Snapshot) -> Duty:
        heads = snapshot.requests_due(scope=scope, after=("", -1), limit=DUTY_LINES_MAX)
        lines = [_line(services, snapshot, viewer, scope, head) for head in heads]
        told = {line.message for line in lines if line.is_waiting}
        return Duty(
            waiting=tuple(line for line in lines if line.is_waiting),
            open=tuple(
                line for line in lines if not line.is_waiting and (line.is_our_turn or line.is_mine or line.is_silent)
            ),
            # of a request that waits to be acknowledged, its own line says when that was due
            dues=tuple(
                one
                for one in due_in(services, snapshot, scope, DUTY_LINES_MAX)
                if not (one.target in told and one.clock == Clock.ACKNOWLEDGE)
            ),
        )

    shown = services.store.read(look)
    if ids := [line.message for line in (*shown.waiting, *shown.open)]:
        record_access(services, viewer, "duty", {}, ids)
    return shown


def show_duty_request(services: Services, viewer: Viewer, request: str) -> DutyRequest:
    """Show one thread as a phone shows it.

    Raises:
        NotAllowed: The viewer may not see requests.
        UnknownTerm: There is no such request that this viewer may see.
    """
    scope = scope_of(services, viewer, READS)
    shown = services.store.read(
        lambda snapshot: _line(services, snapshot, viewer, scope, request_or_unknown(snapshot, request, scope))
    )
    record_access(services, viewer, "duty", {"request": shown.ref}, [shown.message])
    return shown


def take_over(services: Services, viewer: Viewer, request: str) -> None:
    """Answer for a thread from here on; who had it sees that.

    If we die before the commit, it stays with who has it. Taking over what one has changes nothing.

    Raises:
        NotAllowed: The viewer may not take over what is open.
        UnknownTerm: There is no such request that this viewer may see.
    """
    scope = scope_of(services, viewer, TAKES)

    def job(tx: Transaction) -> None:
        own_in(services, tx, request_or_unknown(tx, request, scope).message, viewer.id)

    services.store.write(job)
    for topic in TOPICS:
        services.events.publish(topic)


def _line(services: Services, snapshot: Snapshot, viewer: Viewer, scope: Scope, head: RequestHead) -> DutyRequest:
    owned = snapshot.owner(head.message)
    owner = "" if owned is None else owned.owner
    account = snapshot.account(owner) if owner else None
    peer = snapshot.peer(head.other)
    opened = snapshot.head(head.message, scope=scope)
    silent_since = datetime.fromisoformat(head.came) + timedelta(seconds=LADDER_AFTER_S)
    return DutyRequest(
        message=head.message,
        ref=head.ref,
        form=head.form,
        side=head.side,
        is_own=head.is_own,
        state=head.state,
        urgency=head.urgency,
        other_name=services.config.name if head.is_own else head.other[:20] if peer is None else peer.name,
        amount_minor=head.amount_minor,
        currency=head.currency,
        came=head.came,
        next_due=head.next_due,
        next_clock=head.next_clock,
        is_our_turn=bool(head.next_side) and head.is_of(head.next_side),
        is_waiting=head.state == State.REQUESTED and head.side == Side.ANSWERER,
        is_silent=head.state == State.REQUESTED and head.side == Side.ASKER and silent_since <= services.clock.now(),
        owner=owner,
        owner_name=owner if account is None else account.name,
        is_mine=bool(owner) and owner == viewer.id,
        marking=(Tlp.RED if opened is None else Tlp(opened.tlp)).label,
        may=_may(services, snapshot, viewer, head, owner),
    )


def _may(services: Services, snapshot: Snapshot, viewer: Viewer, head: RequestHead, owner: str) -> frozenset[str]:
    table, thread = services.packs.access, thread_in(snapshot, head)
    found = set()
    if policy.may(table, viewer, ANSWERS):
        if not head.is_own:  # nobody calls their own desk
            found.add("call")
        for name, what in (("acknowledge", Step.ACKNOWLEDGED), ("refuse", Step.REFUSED)):
            if may_say(thread, head.says_as(what), what).allowed:
                found.add(name)
    if policy.may(table, viewer, TAKES) and owner != viewer.id and head.state != State.REQUESTED:
        found.add("take_over")
    return frozenset(found)
