# SPDX-License-Identifier: Apache-2.0
"""Say or do one thing in a request's thread.

What is true if we die: before the commit nothing was said; after it the step stands in the log with its place in the
other desk's stream. Whether it may be said is asked in the transaction that says it, of the thread as it is there: of
two people who say the same at once one is refused, and nothing is ordered twice.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from lintas.errors import NotAllowed, UnknownTerm, WrongUse
from lintas.limits import DESK_SAY_TRIES_MAX
from lintas.model.desk import Clock, Step, Thread
from lintas.model.desk_answers import RequestShown
from lintas.model.desk_found import RequestHead
from lintas.model.ids import MessageId
from lintas.model.viewer import Viewer
from lintas.ports.store import Snapshot, Transaction
from lintas.work.access import permit, record_access, scope_of
from lintas.work.binding import check_unordered
from lintas.work.desk import own_in, request_or_unknown, see_in, thread_in
from lintas.work.desk.writing import Written
from lintas.work.requests.buttons import OF_THE_NODE, POWERS, activity_of
from lintas.work.requests.checking import checked_fields
from lintas.work.requests.following import follow_up_in
from lintas.work.requests.showing import READS, show_in
from lintas.work.requests.stepping import check_turn, prepare_step, write_step_in
from lintas.work.services import Services

TOPICS = ("log", "streams", "requests", "alerts")
_T = TypeVar("_T")
_Made = Callable[[Snapshot, RequestHead, Thread], Mapping[str, Any]]  # gives the fields of a step


def say(
    services: Services,
    viewer: Viewer,
    request: str,
    what: str,
    fields: Mapping[str, Any] | None = None,
    *,
    ground: str = "",
    short: str = "",
    lang: str = "en",
) -> RequestShown:
    """Say one thing in a thread as a named person; on disk when this returns. `acknowledged` also takes it over.

    Args:
        request: Reference, or id of the message that opened the thread here.
        what: Code of the step.
        fields: By the step; docs/spec/desk.md.
        ground: Code of the forms pack, of a refusal.
        short: Free text, in `lang`.

    Raises:
        UnknownTerm: There is no such thread that this viewer may see, or no such step or ground.
        BadInput: A field does not hold to its form.
        NotAllowed: The policy, the state machine or the release decision refuses it; rule `needs-order` where it takes
            an order: propose `power.order` then.
    """
    step = step_called(what)
    scope = scope_of(services, viewer, activity_of(step))
    permit(services, viewer, READS)
    if step in OF_THE_NODE:
        raise NotAllowed("The node says this itself, and no person.", rule="by-the-node")
    if step in POWERS:
        services.store.read(lambda snapshot: check_unordered(services, snapshot, viewer, activity_of(step)))
    given, said_of = dict(fields or {}), {"ground": ground, "short": short, "lang": lang if short else ""}

    def find(snapshot: Snapshot) -> RequestHead:
        return request_or_unknown(snapshot, request, scope)

    def make(snapshot: Snapshot, head: RequestHead, thread: Thread) -> Mapping[str, Any]:
        return said_of | {"fields": checked_fields(services, snapshot, head, thread, step, given, ground=ground)}

    def then(tx: Transaction, head: RequestHead) -> RequestShown:
        if step in POWERS:
            check_unordered(services, tx, viewer, activity_of(step))
        follow_up_in(services, tx, head, step)
        if step is Step.REVIEWED and given.get("decision") == "released":
            release_in(services, tx, viewer, head)
        if step is Step.ACKNOWLEDGED:
            own_in(services, tx, head.message, viewer.id)
            see_in(services, tx, viewer, head.message, Clock.ACKNOWLEDGE)  # who acknowledges late saw that it is late
        return show_in(services, tx, viewer, head)

    shown = _say(services, viewer, find, step, make, then)
    record_access(services, viewer, "request", {"ref": shown.ref, "said": step.value}, [shown.line.message])
    return shown


def say_ordered_in(
    services: Services,
    tx: Transaction,
    viewer: Viewer,
    request: MessageId,
    what: Step,
    said: Mapping[str, Any],
) -> RequestHead:
    """Say a step as part of the transaction of an order that people confirmed.

    Args:
        said: fields, ground, short, lang.
    """
    head = request_or_unknown(tx, request, scope_of(services, viewer, activity_of(what)))
    thread = thread_in(tx, head)
    written = prepare_step(services, tx, viewer.id, head, thread, what, said)
    write_step_in(services, tx, viewer, head, thread, what, written)
    follow_up_in(services, tx, head, what)
    return head


def release_in(services: Services, tx: Transaction, viewer: Viewer, head: RequestHead) -> None:
    """Release all that is held, after a review that decided so; in the same transaction."""
    fields = checked_fields(services, tx, head, thread_in(tx, head), Step.RELEASED, {}, ground="")
    said = {"fields": fields, "ground": "", "short": "", "lang": ""}
    say_ordered_in(services, tx, viewer, head.message, Step.RELEASED, said)


def step_called(what: str) -> Step:
    """A step by its code.

    Raises:
        UnknownTerm: There is none.
    """
    try:
        return Step(what)
    except ValueError:
        known = ", ".join(step.value for step in Step)
        raise UnknownTerm(f"{what[:40]!r} is nothing that is said in a thread.", hint=f"One of {known}.") from None


class _MovedMeanwhile(Exception):
    """The thread has other heads than the document that was made for it."""


def _say(
    services: Services,
    viewer: Viewer,
    find: Callable[[Snapshot], RequestHead],
    what: Step,
    make: _Made,
    then: Callable[[Transaction, RequestHead], _T],
) -> _T:
    for _ in range(DESK_SAY_TRIES_MAX):
        try:
            done = _try(services, viewer, find, what, make, then)
        except _MovedMeanwhile:
            continue
        for topic in TOPICS:
            services.events.publish(topic)
        return done
    raise WrongUse("Too much is said in this thread at once.", hint="Look at it, and try again.")


def _try(
    services: Services,
    viewer: Viewer,
    find: Callable[[Snapshot], RequestHead],
    what: Step,
    make: _Made,
    then: Callable[[Transaction, RequestHead], _T],
) -> _T:
    def look(snapshot: Snapshot) -> tuple[RequestHead, Thread, Written]:
        head = find(snapshot)
        thread = thread_in(snapshot, head)
        check_turn(thread, head, what, None)
        said = make(snapshot, head, thread)
        return head, thread, prepare_step(services, snapshot, viewer.id, head, thread, what, said)

    head, seen, written = services.store.read(look)

    def job(tx: Transaction) -> _T:
        now = thread_in(tx, head)
        if now.heads != seen.heads:
            raise _MovedMeanwhile  # what it comes after would not be what its author saw
        write_step_in(services, tx, viewer, head, now, what, written)
        return then(tx, head)

    return services.store.write(job)
