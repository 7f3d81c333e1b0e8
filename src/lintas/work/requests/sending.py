# SPDX-License-Identifier: Apache-2.0
"""Send a request to another desk, or open one of one's own.

What is true if we die: before the commit nothing was sent; after it the request stands in the log, has an owner and its
place in the other desk's stream, all or none. Two desks that press the same button send it once: whether the same is
open already is decided in the transaction.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lintas.errors import NotAllowed
from lintas.limits import DESK_REFUSED_TRIES_MAX
from lintas.model.desk import Doc
from lintas.model.desk_answers import RequestShown
from lintas.model.desk_found import RequestHead
from lintas.model.scope import Scope
from lintas.model.viewer import Viewer
from lintas.ports.store import Snapshot, Transaction
from lintas.work.access import record_access, scope_of
from lintas.work.binding import check_unordered
from lintas.work.desk import Draft, new_ref, own_in, prepare_doc, send_in, write_in
from lintas.work.desk.writing import Written
from lintas.work.requests.showing import show_in
from lintas.work.requests.wanting import Wanted, refused_in, same_in, wanted_in
from lintas.work.services import Services

SENDS = "request.send"
_TOPICS = ("log", "streams", "requests")


def send(
    services: Services,
    viewer: Viewer,
    *,
    to: str,
    form: str,
    fields: Mapping[str, Any],
    purpose: str = "",
    basis: str = "",
    urgency: str = "now",
    short: str = "",
    lang: str = "en",
    report: str = "",
    case: str = "",
    agreement: str = "",
) -> RequestShown:
    """Ask another desk for something; on disk, with its place in that desk's stream, when this returns.

    A request to the own desk stays at home, and goes the same way from there on, to an order under the own law. The
    same that is open already is not asked twice: it is shown, with `is_new` false.

    Args:
        to: Node id or name of a peer; `own`, or the own node id, for the own desk.
        form: Code of the forms pack.
        fields: By that form; what is unknown is left out.
        purpose: Code; the usual one when empty.
        basis: Code; one of the form's that covers that country when empty, OWN_LAW for the own desk.
        urgency: now, today or routine.
        agreement: Reference of a fast lane; one that is in force and covers it is named by itself.

    Raises:
        UnknownTerm: There is no such form, peer or agreement.
        BadInput: A field does not hold to the form.
        NotAllowed: The policy or the release decision refuses it; rule `needs-order` where it takes an order: propose
            `request.send` with the same words; rule `refused-before` after DESK_REFUSED_TRIES_MAX refusals.
    """
    scope = scope_of(services, viewer, SENDS)
    asked = asked_as(
        {
            "to": to,
            "form": form,
            "fields": fields,
            "purpose": purpose,
            "basis": basis,
            "urgency": urgency,
            "short": short,
            "lang": lang,
            "report": report,
            "case": case,
            "agreement": agreement,
        }
    )

    def look(snapshot: Snapshot) -> tuple[Wanted, str]:
        return wanted_in(services, snapshot, asked), new_ref(services, snapshot, Doc.REQUEST)

    wanted, ref = services.store.read(look)
    written = _prepare(services, viewer, wanted, ref)

    def job(tx: Transaction) -> RequestShown:
        check_unordered(services, tx, viewer, SENDS)
        return _send_in(services, tx, viewer, scope, wanted, written)

    shown = services.store.write(job)
    _tell(services)
    record_access(services, viewer, "request", {"ref": shown.ref}, [shown.line.message])
    return shown


def send_ordered_in(services: Services, tx: Transaction, viewer: Viewer, asked: Mapping[str, Any]) -> RequestShown:
    """The same as part of the transaction of an order that people confirmed."""
    scope = scope_of(services, viewer, SENDS)
    wanted = wanted_in(services, tx, asked)
    written = _prepare(services, viewer, wanted, new_ref(services, tx, Doc.REQUEST))
    return _send_in(services, tx, viewer, scope, wanted, written)


def asked_as(given: Mapping[str, Any]) -> dict[str, Any]:
    """What somebody asks for, of whatever else stands beside it; what is missing is empty."""
    texts = ("to", "form", "purpose", "basis", "urgency", "short", "lang", "report", "case", "agreement")
    return {name: str(given.get(name) or "") for name in texts} | {"fields": dict(given.get("fields") or {})}


def _prepare(services: Services, viewer: Viewer, wanted: Wanted, ref: str) -> Written:
    draft = Draft(
        doc=Doc.REQUEST,
        ref=ref,
        said=wanted.said,
        by=viewer.id,
    )
    if not wanted.to.is_own:  # what a desk asks of itself names no recipient: the release decision lets it go nowhere
        draft = replace(
            draft,
            to=frozenset({wanted.to.node}),
            purposes=frozenset({wanted.said["purpose"]}),
            bases=frozenset({wanted.said["basis"]}),
        )
    return prepare_doc(services, draft)


def _send_in(
    services: Services, tx: Transaction, viewer: Viewer, scope: Scope, wanted: Wanted, written: Written
) -> RequestShown:
    if (same := same_in(services, tx, wanted)) is not None:
        return show_in(services, tx, viewer, _seen(tx, same, scope), is_new=False, note="asked-already")
    before = refused_in(services, tx, wanted)
    if len(before) >= DESK_REFUSED_TRIES_MAX:
        is_seen = tx.request(before[0].message, scope=scope) is not None
        raise NotAllowed(
            f"{wanted.to.name} refused the same {len(before)} times" + (f", last as {before[0].ref}." * is_seen or "."),
            rule="refused-before",
            hint="Mend the request, call that desk, or use another door.",
        )
    write_in(services, tx, written)
    own_in(services, tx, written.entry.id, viewer.id)
    said = wanted.said
    if not wanted.to.is_own:
        send_in(
            services,
            tx,
            viewer,
            written.entry.id,
            to=wanted.to.node,
            activity=SENDS,
            purpose=said["purpose"],
            basis=said["basis"],
        )
    head = tx.request_of(services.keys.node, written.doc.ref)
    assert head is not None, "it was just written"
    return show_in(services, tx, viewer, head, note="refused-before" if before else "")


def _seen(snapshot: Snapshot, head: RequestHead, scope: Scope) -> RequestHead:
    if snapshot.request(head.message, scope=scope) is None:
        raise NotAllowed("Somebody here has asked for this already, in a request that you may not see.", rule="same")
    return head


def _tell(services: Services) -> None:
    for topic in _TOPICS:
        services.events.publish(topic)
