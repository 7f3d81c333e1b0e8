# SPDX-License-Identifier: Apache-2.0
"""Show orders: what waits for whom, what one may answer and why not, and what exactly would happen.

An order about messages is shown to those who may see all that it is about; one about the node itself to everybody who
may see what waits for a decision.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from lintas.errors import LintasError, NotAllowed, UnknownTerm
from lintas.limits import ORDERS_SHOWN_MAX, REVIEW_S_MAX
from lintas.model.found import MessageHead
from lintas.model.ids import MessageId
from lintas.model.marking import Tlp
from lintas.model.order_answers import AnswerShown, AssentShown, OrderLine, Orders, OrderShown
from lintas.model.scope import WHOLE
from lintas.model.viewer import Viewer
from lintas.policy import access as policy
from lintas.policy.orders import OPEN, PERSONAL, UNREVIEWED, Answering, OrderState, refusal
from lintas.ports.store import Snapshot
from lintas.work.access import permit, record_access
from lintas.work.accounts.viewing import viewer_of
from lintas.work.binding.order import Order, activity_of, load
from lintas.work.finding.message import checked_id, sees_all
from lintas.work.orders.action import stands_on
from lintas.work.orders.actions import action_of
from lintas.work.services import Services, as_text

_SEQ_MAX = 2**62


def list_orders(services: Services, viewer: Viewer, *, before: int = 0, limit: int = 50) -> Orders:
    """Show what waits, and what was decided, newest first.

    Raises:
        NotAllowed: The viewer may not see what waits for a decision.
    """
    permit(services, viewer, "orders.read")

    def look(snapshot: Snapshot) -> tuple[Orders, list[str]]:
        open_ = _lines(services, snapshot, viewer, [head.id for head in snapshot.open_orders()])
        heads = snapshot.orders(before=before or _SEQ_MAX, limit=min(limit, ORDERS_SHOWN_MAX))
        history = _lines(services, snapshot, viewer, [head.id for head in heads])
        found = Orders(
            waiting=[line for line in open_ if line.waits_for_me],
            mine=[line for line in open_ if viewer.id in {line.by, line.actor} and line.state in OPEN],
            alone=[line for line in open_ if line.state in UNREVIEWED],
            open=open_,
            history=history,
            next_before=heads[-1].seq if len(heads) == min(limit, ORDERS_SHOWN_MAX) else 0,
        )
        shown = {line.id for line in (*open_, *history) if services.packs.access.activities[line.action].content}
        return found, sorted(shown)

    found, shown = services.store.read(look)
    if shown:
        record_access(services, viewer, "orders", {"before": before}, shown)
    return found


def show_order(services: Services, viewer: Viewer, order: str) -> OrderShown:
    """Show one order.

    Raises:
        NotAllowed: The viewer may not see what waits for a decision.
        UnknownTerm: There is none that this viewer may see.
    """
    permit(services, viewer, "orders.read")
    shown = services.store.read(lambda snapshot: order_in(services, snapshot, viewer, checked_id(order)))
    if services.packs.access.activities[shown.line.action].content:
        record_access(services, viewer, "order", {"order": shown.id}, [shown.id])
    return shown


def waiting_orders(services: Services, viewer: Viewer) -> tuple[int, list[OrderLine]]:
    """How many orders wait for somebody, and what was done alone and is unreviewed: what stands on the desk."""
    if not policy.may(services.packs.access, viewer, "orders.read"):
        return 0, []
    lines = services.store.read(
        lambda snapshot: _lines(services, snapshot, viewer, [head.id for head in snapshot.open_orders()])
    )
    alone = [line for line in lines if line.state in UNREVIEWED]
    if shown := sorted(line.id for line in alone if services.packs.access.activities[line.action].content):
        record_access(services, viewer, "orders", {}, shown)
    return sum(line.waits_for_me for line in lines), alone


def visible_lines(
    services: Services, snapshot: Snapshot, viewer: Viewer, states: Collection[OrderState]
) -> list[OrderLine]:
    """Open orders in some states that a viewer may see, within a snapshot; none when they see no orders."""
    if not policy.may(services.packs.access, viewer, "orders.read"):
        return []
    lines = _lines(services, snapshot, viewer, [head.id for head in snapshot.open_orders()])
    return [line for line in lines if line.state in states]


def order_in(services: Services, snapshot: Snapshot, viewer: Viewer, order: MessageId) -> OrderShown:
    """Show one order within a snapshot; the caller records who saw it.

    Raises:
        UnknownTerm: There is none that this viewer may see.
    """
    found, head = visible(services, snapshot, viewer, order)
    now = as_text(services.clock.now())
    who = answering(services, snapshot, viewer, found)
    answers = []
    for verdict in PERSONAL:
        why = refusal(found.facts, who, verdict, now=now)
        answers.append(AnswerShown(verdict, *(why or ("", ""))))
    return OrderShown(
        line=_line(services, snapshot, viewer, found, head, who, now),
        tells=[(str(what), str(words)) for what, words in found.payload["tells"]],
        answers=answers,
        assents=[_assent(snapshot, one) for one in found.assents],
        messages=list(found.said.get("messages", ())),
        changed=changed_since(services, snapshot, viewer, found) if found.facts.state in OPEN else "",
        second=_second(found),
    )


def visible(services: Services, snapshot: Snapshot, viewer: Viewer, order: MessageId) -> tuple[Order, MessageHead]:
    """An order that a viewer may see, and its entry.

    Raises:
        UnknownTerm: There is none.
        NotAllowed: Rule `off-duty`: it is about messages, which they see while on duty.
    """
    found = load(services, snapshot, order)
    table, scope = services.packs.access, WHOLE
    if activity_of(services, found.action).content:
        reads = policy.access(table, viewer, "read")
        if reads.rule == "off-duty":
            raise NotAllowed(f"You may not see this now: {reads.reason}.", rule=reads.rule)
        scope = policy.scope_of(table, viewer)
    head = snapshot.head(order, scope=scope)
    # what it is about may have been restricted or put into a closed class since
    if head is None or not sees_all(snapshot, found.said.get("messages", ()), scope):
        raise UnknownTerm("There is no such order.", hint="Approvals shows those that there are.")
    return found, head


def answering(services: Services, snapshot: Snapshot, viewer: Viewer, order: Order) -> Answering:
    """Who somebody is to an order, as the rules ask."""
    row = snapshot.account(viewer.id)
    if row is None or row.state != "open":
        reason = "a person with an account answers for this, not the node's folder"
        return Answering(id=viewer.id, session="", stands_for=frozenset(), may_act=reason, may_approve=reason)
    now = viewer_of(services, snapshot, row, session=viewer.session)
    acts = policy.access(services.packs.access, acting(now, order), order.action)
    approves = policy.access(services.packs.access, now, "orders.approve")
    return Answering(
        id=now.id,
        session=now.session,
        stands_for=now.stands_for,
        may_act="" if acts.allowed else acts.reason,
        may_approve="" if approves.allowed else approves.reason,
    )


def acting(viewer: Viewer, order: Order) -> Viewer:
    """Somebody as they do what is ordered: for the purpose that it names."""
    return replace(viewer, purpose=viewer.purpose or str(order.said.get("purpose", "")))


def actor_of(services: Services, snapshot: Snapshot, order: Order) -> Viewer:
    """Who does what is ordered, with the rights that they have now; that their shift has ended since changes nothing.

    Raises:
        NotAllowed: They have no open account here any more.
    """
    row = snapshot.account(order.facts.actor)
    if row is None or row.state != "open":
        raise NotAllowed("Whoever does it has no open account here any more.", rule="named-person")
    return replace(acting(viewer_of(services, snapshot, row), order), is_off_duty=False)


def changed_since(services: Services, snapshot: Snapshot, viewer: Viewer, order: Order) -> str:
    """What has changed since an order was proposed, in words; empty when it is what was shown."""
    try:
        row = snapshot.account(order.facts.actor)
        actor = actor_of(services, snapshot, order) if row is not None else viewer
        act = action_of(order.action)
        stands = stands_on(services, snapshot, actor, act, order.said).shown
        if order.payload.get("lone") and (act.lone is None or not act.lone(services, snapshot, order.said)):
            return "One named person is not enough for it any more."
    except LintasError as exc:
        return exc.message
    names = sorted(stands.keys() | order.shown.keys())
    if differing := [name for name in names if stands.get(name) != order.shown.get(name)]:
        return f"Since it was proposed {', '.join(differing)} changed."
    return ""


def _lines(services: Services, snapshot: Snapshot, viewer: Viewer, orders: Sequence[MessageId]) -> list[OrderLine]:
    now = as_text(services.clock.now())
    lines = []
    for order in orders:
        try:
            found, head = visible(services, snapshot, viewer, order)
        except (UnknownTerm, NotAllowed):
            continue  # not for this viewer, not now, or erased
        who = answering(services, snapshot, viewer, found)
        lines.append(_line(services, snapshot, viewer, found, head, who, now))
    return lines


def _line(
    services: Services,
    _snapshot: Snapshot,
    _viewer: Viewer,
    order: Order,
    head: MessageHead,
    who: Answering,
    now: str,
) -> OrderLine:
    facts = order.facts
    wanted = {
        OrderState.PROPOSED: ("confirmed",),
        OrderState.CONFIRMED: ("approved",),
        OrderState.ALONE: ("reviewed",),
        OrderState.ESCALATED: ("reviewed",),
    }.get(facts.state, ())
    return OrderLine(
        id=order.id,
        action=order.action,
        label=activity_of(services, order.action).label,
        by=facts.by,
        actor=facts.actor,
        at=order.at,
        expires_at=facts.expires_at,
        state=facts.state.value,
        needs_second=facts.needs_second,
        ground=facts.ground,
        summary=order.payload["summary"],
        review_due=review_due(order),
        waits_for_me=any(refusal(facts, who, verdict, now=now) is None for verdict in wanted),
        marking=Tlp(head.tlp).label,
    )


def review_due(order: Order) -> str:
    """Until when what was done alone is to be reviewed; empty when nothing is."""
    if order.facts.state not in UNREVIEWED:
        return ""
    done_at = next(one.at for one in order.assents if one.verdict == "alone")
    return as_text(datetime.fromisoformat(done_at) + timedelta(seconds=REVIEW_S_MAX))


def _second(order: Order) -> str:
    if not order.facts.needs_second:
        return "No second person is needed: the passkey of who does it is enough."
    if order.payload["classes"]:
        return "A second named person is needed: of what it is about is a protected class."
    return "A second named person is needed before it takes effect."


def _assent(snapshot: Snapshot, one: Any) -> AssentShown:
    entry = next(snapshot.entries(one.seq, one.seq + 1))
    return AssentShown(one.verdict, one.by, one.at, entry.id, bool(one.credential))
