# SPDX-License-Identifier: Apache-2.0
"""Write one step of a thread: asked of the state machine, restricted as its request is, and sent to the other desk."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lintas.errors import NotAllowed, WrongUse
from lintas.limits import DESK_STEPS_KEPT, DESK_STEPS_MAX
from lintas.model.desk import LOCAL_STEPS, Doc, Side, Step, Thread
from lintas.model.desk_found import RequestHead
from lintas.model.marking import Tlp
from lintas.model.viewer import Viewer
from lintas.policy.requests import may_say
from lintas.ports.store import Snapshot, Transaction
from lintas.work.desk import Draft, prepare_doc, send_in, thread_in, write_in
from lintas.work.desk.writing import Written
from lintas.work.lists import follow_in
from lintas.work.requests.buttons import ANSWERS, OF_TWO, activity_of
from lintas.work.requests.showing import asked_in
from lintas.work.services import Services
from lintas.work.streams import SELF


def node_viewer(services: Services, snapshot: Snapshot, head: RequestHead) -> Viewer:
    """The node itself, as it says in one thread what it was told; it sees what that thread is restricted to."""
    lists = frozenset(snapshot.lists_on(head.seq))
    return Viewer(id=SELF, clearance=Tlp.RED, role=min(services.packs.access.activities[ANSWERS].roles), lists=lists)


def say_as_node_in(
    services: Services, tx: Transaction, head: RequestHead, what: Step, fields: Mapping[str, Any]
) -> bool:
    """Say a step as the node itself; False where it is out of turn. What may not leave stays: it happened all the same.

    What is true if we die: part of the caller's transaction.
    """
    thread = thread_in(tx, head)
    if is_full(tx, head) or not may_say(thread, head.says_as(what), what, fields).allowed:
        return False
    said = {"fields": dict(fields), "ground": "", "short": "", "lang": ""}
    written = prepare_step(services, tx, SELF, head, thread, what, said)
    write_in(services, tx, written)
    viewer = node_viewer(services, tx, head)
    follow_in(services, tx, head.message, [written.entry.id], by=SELF)
    if travels(head, what):
        try:
            _send_in(services, tx, viewer, head, what, written)
        except NotAllowed:
            return True  # the release decision keeps it here, and says why to whoever sends it again
    return True


def travels(head: RequestHead, what: Step) -> bool:
    """Whether a step goes to the other desk: nothing of what a desk asks of itself leaves it."""
    return what not in LOCAL_STEPS and not head.is_own


def is_full(snapshot: Snapshot, head: RequestHead, *, kept: int = 0) -> bool:
    """Whether this side has said as much in a thread as counts: what it said beyond that would change nothing.

    Args:
        kept: Steps that are not to be used up.
    """
    own = head.asker if head.side == Side.ASKER else head.answerer
    return sum(1 for step in snapshot.steps(head) if step.node == own) >= DESK_STEPS_MAX - kept


def check_turn(thread: Thread, head: RequestHead, what: Step, fields: Mapping[str, Any] | None) -> None:
    """Refuse what is out of turn.

    Raises:
        NotAllowed: The rule and sentence are the state machine's.
    """
    if head.is_own and what in OF_TWO:
        raise NotAllowed("Nobody calls or asks back their own desk: note what there is to say.", rule="own")
    decision = may_say(thread, head.says_as(what), what, fields)
    if not decision.allowed:
        raise NotAllowed(f"This cannot be said now: {decision.reason}.", rule=decision.rule)


def prepare_step(
    services: Services,
    snapshot: Snapshot,
    by: str,
    head: RequestHead,
    thread: Thread,
    what: Step,
    said: Mapping[str, Any],
) -> Written:
    """Check, read and sign a step.

    Args:
        by: Pseudonym of who says it.
        said: fields, ground, short, lang.

    Raises:
        WrongUse: It would travel, and the law profile has no basis for it.
    """
    asked = asked_in(services, snapshot, head).said
    profile = services.packs.law.of(services.config.country)
    draft = Draft(
        doc=Doc.STEP,
        ref=head.ref,
        said={"asker": head.asker, "what": what.value, **said},
        by=by,
        after=thread.heads,
    )
    if travels(head, what):
        purpose = asked["purpose"] if asked["purpose"] in profile.purposes else profile.default_purpose
        basis = asked["basis"] if asked["basis"] in profile.bases else profile.default_basis
        if not basis:
            raise WrongUse(
                "The law pack knows no usual legal basis on which this agency answers, so nothing was said.",
                hint="Set default_basis for your country in the node's law pack (docs/howto/law-profile.md).",
            )
        draft = replace(draft, to=frozenset({head.other}), purposes=frozenset({purpose}), bases=frozenset({basis}))
    return prepare_doc(services, draft)


def write_step_in(
    services: Services,
    tx: Transaction,
    viewer: Viewer,
    head: RequestHead,
    thread: Thread,
    what: Step,
    written: Written,
) -> None:
    """Append and send a step. Part of the caller's transaction.

    Raises:
        NotAllowed: It is out of turn, or may not go to the other desk.
    """
    check_turn(thread, head, what, written.doc.said["fields"] | {"ground": written.doc.said["ground"]})
    if is_full(tx, head, kept=DESK_STEPS_KEPT):
        raise NotAllowed("As much as counts was said in this thread.", rule="full", hint="Ask anew, and name this one.")
    write_in(services, tx, written)
    follow_in(services, tx, head.message, [written.entry.id], by=viewer.id)
    if travels(head, what):
        _send_in(services, tx, viewer, head, what, written)


def _send_in(
    services: Services, tx: Transaction, viewer: Viewer, head: RequestHead, what: Step, written: Written
) -> None:
    (purpose,), (basis,) = written.purposes, written.bases
    send_in(
        services,
        tx,
        viewer,
        written.entry.id,
        to=head.other,
        activity=ANSWERS if viewer.id == SELF else activity_of(what),
        purpose=purpose,
        basis=basis,
    )
