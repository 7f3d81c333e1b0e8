# SPDX-License-Identifier: Apache-2.0
"""Say one thing in a thread about silence: a door that was tried, a call, a word; the state machine is asked twice.

What is true if we die: nothing was said before the commit; after it, what travels has its place in the stream.
"""

from collections.abc import Mapping
from typing import Any

from lintas.errors import NotAllowed
from lintas.formats.desk import parse_doc
from lintas.model.desk import LOCAL_STEPS, Clock, DeskDoc, Doc, Side, Step
from lintas.model.desk_found import RequestHead
from lintas.model.scope import Scope
from lintas.model.viewer import Viewer
from lintas.policy.requests import may_say
from lintas.ports.store import Snapshot, Transaction
from lintas.work.access import scope_of
from lintas.work.clocks.settling import TOPICS
from lintas.work.clocks.showing import see_in
from lintas.work.desk import Draft, new_id, own_in, prepare_doc, request_or_unknown, send_in, thread_in, write_in
from lintas.work.payloads import payload_bytes
from lintas.work.services import Services

ANSWERS = "request.answer"
READS = "request.read"


def say_in_thread(
    services: Services,
    viewer: Viewer,
    request: str,
    what: Step,
    fields: Mapping[str, Any],
    *,
    ground: str = "",
    owns: bool = False,
    sees: Clock | None = None,
) -> str:
    """Say it, and send it to the other desk unless it is a step that stays at home; returns its document's id.

    Args:
        owns: Whether who says it answers for the thread from here on.
        sees: Clock of the thread that nobody overlooks who says this.

    Raises:
        NotAllowed: The policy, the state machine or the release decision refuses.
        UnknownTerm: There is no such request that this viewer may see.
    """
    scope = scope_of(services, viewer, ANSWERS)

    def look(snapshot: Snapshot) -> tuple[RequestHead, tuple[str, ...], DeskDoc | None]:
        head = request_or_unknown(snapshot, request, scope)
        _check(snapshot, head, what, fields)
        return head, thread_in(snapshot, head).heads, doc_of(services, snapshot, head)

    head, heads, doc = services.store.read(look)
    travels = what not in LOCAL_STEPS
    said = {"asker": head.asker, "what": what.value, "fields": dict(fields), "ground": ground, "short": "", "lang": ""}
    purpose, basis = ("", "") if doc is None else (doc.said["purpose"], doc.said["basis"])
    draft = Draft(
        doc=Doc.STEP,
        ref=head.ref,
        said=said,
        by=viewer.id,
        id=new_id(services),
        after=heads,
        to=frozenset({head.other}) if travels else frozenset(),
    )
    written = prepare_doc(services, draft)

    def job(tx: Transaction) -> None:
        _check(tx, request_or_unknown(tx, head.message, scope), what, fields)
        write_in(services, tx, written)
        if owns:
            own_in(services, tx, head.message, viewer.id)
        if sees is not None:
            see_in(services, tx, viewer, head.message, sees)
        if travels:
            send_in(
                services, tx, viewer, written.entry.id, to=head.other, activity=ANSWERS, purpose=purpose, basis=basis
            )

    services.store.write(job)
    for topic in ("streams", *TOPICS):
        services.events.publish(topic)
    return written.doc.id


def doc_of(services: Services, snapshot: Snapshot, head: RequestHead) -> DeskDoc | None:
    """What a request says; None when it was erased."""
    raw = payload_bytes(services, snapshot, head.seq)
    return None if raw is None else parse_doc(raw)


def head_for(snapshot: Snapshot, request: str, scope: Scope) -> RequestHead:
    """The thread that a person means; raises UnknownTerm where they may see none."""
    return request_or_unknown(snapshot, request, scope)


def _check(snapshot: Snapshot, head: RequestHead, what: Step, fields: Mapping[str, Any]) -> None:
    decision = may_say(thread_in(snapshot, head), Side(head.side), what, fields)
    if not decision.allowed:
        raise NotAllowed(f"This can not be said now: {decision.reason}.", rule=decision.rule)
