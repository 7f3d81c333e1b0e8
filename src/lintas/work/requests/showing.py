# SPDX-License-Identifier: Apache-2.0
"""Show requests: one whole thread, the lists, and a search of them. Every look at content leaves an access entry."""

import json
from collections.abc import Sequence
from typing import Any

from lintas.errors import BadInput
from lintas.formats.desk import parse_doc
from lintas.limits import DESK_OUTSIDERS_MAX, REQUESTS_FOUND_MAX, REQUESTS_SHOWN_MAX
from lintas.model.desk import LOCAL_STEPS, Clock, DeskDoc, Money, Side, Step, StepFact, Thread
from lintas.model.desk_answers import (
    Amounts,
    DueLine,
    MoneyShown,
    RequestLine,
    RequestList,
    RequestShown,
    SeenBy,
    StepShown,
)
from lintas.model.desk_found import RequestHead, StepHead
from lintas.model.desk_ref import read_ref
from lintas.model.marking import Tlp
from lintas.model.scope import WHOLE
from lintas.model.viewer import Viewer
from lintas.policy.doors import competent, review_clock
from lintas.policy.requests import ORDERABLE
from lintas.ports.store import Snapshot
from lintas.work.access import record_access, scope_of
from lintas.work.desk import load_thread, request_or_unknown
from lintas.work.desk.searching import messages_saying, place_of, ref_meant
from lintas.work.payloads import payload_bytes
from lintas.work.requests.buttons import says_shown
from lintas.work.requests.places import desk_shown, doors_shown
from lintas.work.requests.waiting import orders_about
from lintas.work.services import Services

READS = "request.read"
_NEVER = "9"
_NEWEST = 2**62


def show_request(services: Services, viewer: Viewer, request: str) -> RequestShown:
    """Show one thread.

    Args:
        request: Its reference as people read it out, or the id of the message that opened it here.

    Raises:
        UnknownTerm: There is none that this viewer may see.
        NotAllowed: The viewer may not see requests.
    """
    scope = scope_of(services, viewer, READS)

    def look(snapshot: Snapshot) -> RequestShown:
        return show_in(services, snapshot, viewer, request_or_unknown(snapshot, request, scope))

    shown = services.store.read(look)
    asked = {"ref": shown.ref, "message": shown.line.message}
    record_access(services, viewer, "request", asked, [shown.line.message, *(one.message for one in shown.steps)])
    return shown


def list_requests(
    services: Services,
    viewer: Viewer,
    *,
    newest: bool = False,
    side: str = "",
    form: str = "",
    state: str = "",
    node: str = "",
    case: str = "",
    report: str = "",
    after: str = "",
    limit: int = 50,
) -> RequestList:
    """Show requests: open ones, the next due first; or all, the newest first.

    Args:
        side: asker or answerer; empty for both.
        after: `next` of the page before.
        limit: 1 to REQUESTS_SHOWN_MAX.

    Raises:
        BadInput: `after` or the limit is none.
        NotAllowed: The viewer may not see requests.
    """
    scope = scope_of(services, viewer, READS)
    if not 1 <= limit <= REQUESTS_SHOWN_MAX:
        raise BadInput(f"The limit is a number from 1 to {REQUESTS_SHOWN_MAX}.")
    narrowed = {"side": side, "form": form, "state": state, "node": node}

    def look(snapshot: Snapshot) -> tuple[list[RequestHead], list[RequestLine]]:
        if case:
            heads = snapshot.requests_of_case(read_ref(case), scope=scope, limit=limit)
        elif report:
            heads = snapshot.requests_of_report(read_ref(report), scope=scope, limit=limit)
        elif newest:
            before = _place(after) if after else _NEWEST
            heads = snapshot.requests(scope=scope, before=before, limit=limit, **narrowed)
        else:
            due, _, seq = after.rpartition(" ")
            place = (due, _place(seq)) if after else ("", 0)
            heads = snapshot.requests_due(scope=scope, after=place, limit=limit, **narrowed)
        return heads, lines_in(services, snapshot, heads)

    heads, lines = services.store.read(look)
    record_access(services, viewer, "requests", narrowed | {"case": case, "report": report}, [h.message for h in heads])
    more = ""
    if len(heads) == limit and not case and not report:
        more = str(heads[-1].seq) if newest else f"{heads[-1].next_due} {heads[-1].seq}"
    return RequestList(lines=lines, next=more)


def search_requests(services: Services, viewer: Viewer, text: str, *, limit: int = 50) -> RequestList:
    """Find requests by reference, by an account or any other identifier, or by words that are said in them.

    Raises:
        NotAllowed: The viewer may not see requests, or not look things up.
        OverLimit: The text is too long.
    """
    scope = scope_of(services, viewer, READS)
    if not 1 <= limit <= REQUESTS_SHOWN_MAX:
        raise BadInput(f"The limit is a number from 1 to {REQUESTS_SHOWN_MAX}.")
    if ref := ref_meant(text):

        def called(snapshot: Snapshot) -> list[RequestLine]:
            return lines_in(services, snapshot, snapshot.requests_called(ref, scope=scope))

        lines = services.store.read(called)
        record_access(services, viewer, "requests", {"text": ref}, [one.message for one in lines])
        return RequestList(lines=lines, next="")
    messages = messages_saying(services, viewer, text, limit=limit)

    def look(snapshot: Snapshot) -> list[RequestLine]:
        heads: dict[str, RequestHead] = {}
        for message in messages[:REQUESTS_FOUND_MAX]:
            head = snapshot.request_at(place_of(snapshot, message, scope), scope=scope)
            if head is not None:
                heads.setdefault(head.message, head)
        newest = sorted(heads.values(), key=lambda head: -head.seq)
        return lines_in(services, snapshot, newest[:limit])

    lines = services.store.read(look)
    record_access(services, viewer, "requests", {"text": text}, [one.message for one in lines])
    return RequestList(lines=lines, next="")


def _place(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise BadInput("That page is not there.", hint="Begin with the first one.")
    return int(text)


def lines_in(services: Services, snapshot: Snapshot, heads: Sequence[RequestHead]) -> list[RequestLine]:
    """Requests as lists show them."""
    return [line_in(services, snapshot, head) for head in heads]


def line_in(services: Services, snapshot: Snapshot, head: RequestHead) -> RequestLine:
    """One of them."""
    peer, owner, own = snapshot.peer(head.other), snapshot.owner(head.message), services.config
    name, country = (own.name, own.country) if head.is_own else ("", "") if peer is None else (peer.name, peer.country)
    return RequestLine(
        ref=head.ref,
        message=head.message,
        side=head.side,
        other=head.other,
        other_name=name,
        other_country=country,
        form=head.form,
        power=head.power,
        desk=head.desk,
        urgency=head.urgency,
        state=head.state,
        is_open=head.is_open,
        at=head.at,
        came=head.came,
        next_due="" if head.next_due == _NEVER else head.next_due,
        next_clock=head.next_clock,
        is_own=head.is_own,
        is_ours=bool(head.next_side) and head.is_of(head.next_side),
        owner="" if owner is None else owner.owner,
        offered_to="" if owner is None else owner.offered_to,
        acknowledged_by=head.acknowledged_by,
        ordered_by=head.ordered_by,
        amount=MoneyShown.of(None if head.amount_minor < 0 else Money(head.amount_minor, head.currency)),
        held=head.held_minor,
        agreement=head.agreement,
        case=head.case_ref,
        report=head.report,
        changed=head.changed,
    )


def asked_in(services: Services, snapshot: Snapshot, head: RequestHead) -> DeskDoc:
    """The document that opened a thread."""
    data = payload_bytes(services, snapshot, head.seq)
    assert data is not None, "a thread whose request was erased is none"
    return parse_doc(data)


def show_in(
    services: Services, snapshot: Snapshot, viewer: Viewer, head: RequestHead, *, is_new: bool = True, note: str = ""
) -> RequestShown:
    """Show one thread within a snapshot; the caller records who saw it."""
    head = snapshot.request_of(head.asker, head.ref) or head
    asked, facts, thread = load_thread(snapshot, head)
    said = asked_in(services, snapshot, head).said
    line, side = line_in(services, snapshot, head), Side(head.side)
    form = services.packs.forms.forms.get(head.form)
    answers_in = services.config.country if side is Side.ANSWERER else line.other_country
    place = services.packs.doors.of(answers_in)
    told = services.packs.forms.states.get(thread.state)
    return RequestShown(
        line=line,
        fields=dict(said["fields"]),
        purpose=said["purpose"],
        basis=said["basis"],
        short=said["short"],
        lang=said["lang"],
        contact=dict(said["contact"]),
        levels=dict(asked.levels),
        by=head.by,
        amounts=amounts_of(thread),
        ground=thread.ground,
        steps=_steps(services, snapshot, head, facts, thread),
        dues=_dues(services, head, facts, thread, answers_in),
        says=says_shown(services, snapshot, viewer, head, thread),
        doors=doors_shown(services, answers_in, head.power) if head.power in ORDERABLE else [],
        desk=desk_shown(services, answers_in, None if form is None else competent(place, form)),
        seen_by=_seen_by(services, snapshot, head),
        next_step="" if told is None else told.asker if side is Side.ASKER else told.answerer,
        reviewing=thread.reviewing,
        crossed=thread.crossed,
        waiting=len(thread.waiting),
        expires_at=thread.expires_at,
        power_ordered=thread.power_ordered,
        orders=orders_about(services, snapshot, viewer, head),
        is_new=is_new,
        heads=list(thread.heads),
        note=note,
    )


def amounts_of(thread: Thread) -> Amounts:
    """What a thread comes to."""
    return Amounts(
        currency=thread.currency,
        asked=thread.asked_minor,
        blocked=thread.blocked_minor,
        tainted=thread.tainted_minor,
        held=thread.held_minor,
        gone=thread.gone_minor,
        released=thread.released_minor,
        returned=thread.returned_minor,
        forfeited=thread.forfeited_minor,
    )


def _steps(
    services: Services, snapshot: Snapshot, head: RequestHead, facts: Sequence[StepFact], thread: Thread
) -> list[StepShown]:
    idle, waiting = dict(thread.idle), set(thread.waiting)
    known, shown = {fact.seq for fact in facts}, []
    seen: set[str] = {head.doc}
    for step in snapshot.steps(head):
        reason = idle.get(step.doc, "")
        if step.doc in seen:
            reason = "a document of this id stands in the thread already"
        elif step.doc in waiting:
            reason = "it names what came after it"
        elif step.seq not in known:
            reason = "it says what stays with its author"
        seen.add(step.doc)
        shown.append(_step(services, snapshot, step, head.side_of(step.node, step.what).value, reason))
    shown += [
        _step(services, snapshot, step, "outsider", "who says it is no party to this request")
        for step in snapshot.outsiders(head, limit=DESK_OUTSIDERS_MAX)
    ]
    return sorted(shown, key=lambda one: one.seq)


def _step(services: Services, snapshot: Snapshot, step: StepHead, side: str, reason: str) -> StepShown:
    data = payload_bytes(services, snapshot, step.seq)
    said: dict[str, Any] = {"fields": {}, "ground": "", "short": "", "lang": ""}
    if data is not None:
        said |= parse_doc(data).said
    return StepShown(
        seq=step.seq,
        message=step.message,
        doc=step.doc,
        side=side,
        node=step.node,
        what=step.what,
        by=step.by,
        at=step.at,
        came=step.came,
        fields=dict(said["fields"]),
        ground=said["ground"],
        short=said["short"],
        lang=said["lang"],
        is_local=step.what in LOCAL_STEPS,
        counts=not reason,
        reason=reason,
    )


def _dues(
    services: Services, head: RequestHead, facts: Sequence[StepFact], thread: Thread, country: str
) -> list[DueLine]:
    form, place = services.packs.forms.forms.get(head.form), services.packs.doors.of(country)
    level = None if form is None else form.level_rows.get(head.urgency)
    order = next((one for one in reversed(facts) if one.what is Step.ORDERED), None)
    row = None if order is None or not order.said["clock"] else place.clock(order.said["clock"])
    review = review_clock(place)
    sources: dict[Clock, tuple[str, bool]] = {}
    if level is not None and dict(json.loads(head.levels)) == {c.value: s for c, s in level.seconds.items()}:
        sources = dict.fromkeys(level.seconds, (level.source, level.confirmed))
    if row is not None:
        sources[Clock.EXPIRY] = (row.source, row.confirmed)
    if review is not None:
        sources[Clock.REVIEW] = (review.source, review.confirmed)
    return [
        DueLine(due.clock.value, due.at, head.is_of(due.side), due.item, *sources.get(due.clock, ("", False)))
        for due in thread.dues
    ]


def _seen_by(services: Services, snapshot: Snapshot, head: RequestHead) -> SeenBy:
    found = snapshot.head(head.message, scope=WHOLE)
    marking = Tlp(found.tlp).label if found is not None else ""
    roles = sorted(services.packs.access.activities[READS].roles)
    return SeenBy(marking, snapshot.lists_on(head.seq), roles, list(dict.fromkeys((head.asker, head.answerer))))
