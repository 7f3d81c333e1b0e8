# SPDX-License-Identifier: Apache-2.0
"""Add to a case: items, accounts, notes, events, people, tasks.

An item keeps its own marking and is released on its own, by sharing it. What is closed to others, or restricted to a
list, hides its own entry in the case with it.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from lintas.errors import UnknownTerm, WrongUse
from lintas.model.case import Case, Said
from lintas.model.case_answers import CaseDone
from lintas.model.case_found import CaseHead
from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.model.marking import classes_of
from lintas.model.scope import WHOLE
from lintas.model.viewer import Viewer
from lintas.policy.access import closed_bits
from lintas.ports.store import Snapshot, Transaction
from lintas.work import requests
from lintas.work.access import record_access, scope_of
from lintas.work.accounts.people import find_open
from lintas.work.cases.carrying import CHANGES
from lintas.work.cases.overlaps import overlaps_of
from lintas.work.cases.saying import Saying, case_or_unknown, say
from lintas.work.desk import offer_in, own_in
from lintas.work.finding.message import head_or_unknown
from lintas.work.services import Services
from lintas.work.sharing.naming import peers_called


def add_item(
    services: Services, viewer: Viewer, case: str, message: str, *, title: str = "", note: str = "", tell: bool = False
) -> CaseDone:
    """Let a message that the viewer may see belong to a case. Nothing of it is released by that.

    Args:
        tell: Members who may not have it may know that it is there.

    Raises:
        UnknownTerm: There is no such message, or no such case, that this viewer may see.
        WrongUse: It is none that holds content, or it is a file: then its messages are added one by one.
    """
    scope = scope_of(services, viewer, CHANGES)

    def saying(snapshot: Snapshot, _head: CaseHead, _case: Case) -> Saying:
        found = head_or_unknown(snapshot, message, scope)
        if found.kind != Kind.ITEM:
            raise WrongUse("Only a message that holds content is an item.", hint="Of a taken file, add its messages.")
        fields = {"message": found.id, "title": title.strip(), "tell": tell}
        closed = classes_of(found.classes & closed_bits(services.packs.access))
        return Saying(what=Said.ITEM, fields=fields, short=note.strip(), classes=closed, beside=(found.id,))

    done = say(services, viewer, case, saying)
    return _with_overlaps(services, viewer, done, item=message)


def add_account(
    services: Services,
    viewer: Viewer,
    case: str,
    value: str,
    *,
    scheme: str = "",
    bank: str = "",
    country: str = "",
    name: str = "",
    role: str = "",
) -> CaseDone:
    """Say that a case is about an account, phone, wallet or handle, and tell what else here holds it.

    Raises:
        WrongUse: No account is named.
        Malformed: A field is none of its kind.
    """
    if not value.strip():
        raise WrongUse("No account is named.")
    account = {
        "scheme": scheme.strip() or "bank_account",
        "value": value.strip(),
        "bank": bank.strip(),
        "country": country.strip().upper(),
        "name": name.strip(),
    }
    done = say(services, viewer, case, Saying(what=Said.ACCOUNT, fields={"account": account, "role": role.strip()}))
    return _with_overlaps(services, viewer, done)


def add_note(
    services: Services, viewer: Viewer, case: str, text: str, *, home: bool = False, lang: str = "en"
) -> CaseDone:
    """Add a few words.

    Args:
        home: They stay at this node.

    Raises:
        WrongUse: There are none.
    """
    if not text.strip():
        raise WrongUse("The note is empty.")
    saying = Saying(what=Said.NOTE, fields={"home": home}, short=text.strip(), lang=lang)
    return say(services, viewer, case, saying)


def add_event(services: Services, viewer: Viewer, case: str, at: str, title: str) -> CaseDone:
    """Say what happened when.

    Args:
        at: RFC 3339 with a zone.

    Raises:
        Malformed: It is no moment, or nothing is said.
    """
    return say(services, viewer, case, Saying(what=Said.EVENT, fields={"at": at, "title": title.strip()}))


def add_person(
    services: Services, viewer: Viewer, case: str, role: str, name: str, *, entity: str = "", note: str = ""
) -> CaseDone:
    """Say who a case is about. Victims, witnesses and children are of a protected class: masked, and they stay home.

    Args:
        role: Code: suspect, victim, witness, child, or another.

    Raises:
        WrongUse: Nobody is named.
    """
    if not name.strip() and not entity.strip():
        raise WrongUse("Nobody is named.")
    fields = {"role": role.strip().lower(), "name": name.strip(), "entity": entity.strip()}
    return say(services, viewer, case, Saying(what=Said.PERSON, fields=fields, short=note.strip()))


def add_task(
    services: Services,
    viewer: Viewer,
    case: str,
    title: str,
    *,
    to: str = "",
    officer: str = "",
    due: str = "",
    request: str = "",
) -> CaseDone:
    """Set a task. Another state is asked, never told: its task names the request that was sent to it.

    Args:
        to: Peer; this node when empty.
        officer: Account of this node that is to do it; whoever sets it answers for it until they accept.
        due: RFC 3339 with a zone; empty for no time.
        request: Reference of the request to the other node.

    Raises:
        WrongUse: It is for another node and names no request to it in this case.
    """
    own = services.keys.node

    def saying(snapshot: Snapshot, head: CaseHead, _case: Case) -> Saying:
        node = own if to.strip() in ("", own) else peers_called(snapshot, [to])[0].node
        person = find_open(snapshot, officer).id if officer.strip() and node == own else ""
        if node != own:
            _check_request(snapshot, head, node, request)
        fields = {"title": title.strip(), "to": node, "officer": person, "due": due, "request": request.strip()}

        def owned(tx: Transaction, message: MessageId) -> None:
            own_in(services, tx, message, viewer.id)
            if person and person != viewer.id:
                offer_in(services, tx, message, by=viewer.id, to=person)

        return Saying(what=Said.TASK, fields=fields, with_it=owned if node == own else None)

    return say(services, viewer, case, saying)


def ask(
    services: Services,
    viewer: Viewer,
    case: str,
    title: str,
    *,
    to: str,
    form: str,
    fields: Mapping[str, Any],
    urgency: str = "routine",
    purpose: str = "",
    basis: str = "",
    short: str = "",
) -> CaseDone:
    """Ask another node for work in a case: a request that it may refuse, and the task that names it.

    If we die after the request was sent, it stands in the case by its own reference; only the task's line is missing.

    Raises:
        NotAllowed: The viewer may not send requests, or it takes an order here.
    """
    head = services.store.read(lambda snapshot: case_or_unknown(snapshot, case, scope_of(services, viewer, CHANGES)))
    sent = requests.send(
        services,
        viewer,
        to=to,
        form=form,
        fields=fields,
        urgency=urgency,
        purpose=purpose,
        basis=basis,
        short=short,
        case=head.ref,
    )
    return add_task(services, viewer, head.message, title, to=to, request=sent.ref)


def set_task(services: Services, viewer: Viewer, case: str, task: str, state: str) -> CaseDone:
    """Say how far a task is: open, done or dropped.

    Args:
        task: Id of the document that set it, or the beginning of it that only one has.

    Raises:
        UnknownTerm: There is no such task.
        WrongUse: It is another node's.
    """

    def saying(_snapshot: Snapshot, _head: CaseHead, found: Case) -> Saying:
        named = [one.id for one in found.tasks if len(task) >= 8 and one.id.startswith(task.strip().lower())]
        if len(named) != 1:
            raise UnknownTerm("There is no such task in this case.", hint="lintas case DIR show REF lists them.")
        return Saying(what=Said.TASK_STATE, fields={"task": named[0], "state": state})

    return say(services, viewer, case, saying)


def _check_request(snapshot: Snapshot, head: CaseHead, node: str, request: str) -> None:
    """Another state's work is a request that was sent to it, in this case."""
    found = [one for one in snapshot.requests_of_case(head.ref, scope=WHOLE, limit=1000) if one.ref == request.strip()]
    if not any(one.answerer == node for one in found):
        raise WrongUse(
            "Work for another state is a request, which it may refuse.",
            hint="Send it a request of this case first, and name it.",
        )


def _with_overlaps(services: Services, viewer: Viewer, done: CaseDone, *, item: str = "") -> CaseDone:
    """Tell what else here holds what was just added."""
    scope = scope_of(services, viewer, CHANGES)

    def look(snapshot: Snapshot) -> CaseDone:
        head = snapshot.case_of(done.opener, done.ref)
        places = [
            one.seq for text in (done.message, item) if text and (one := snapshot.head(MessageId(text), scope=scope))
        ]
        names = {one.node: one.name for one in snapshot.peers()} | {services.keys.node: services.config.name}
        found = [
            msgspec.structs.replace(one, node_name=names.get(one.node_name, one.node_name[:20]))
            for one in (overlaps_of(snapshot, head, places, scope) if head is not None else ())
        ]
        return msgspec.structs.replace(done, overlaps=found)

    found = services.store.read(look)
    if found.overlaps:
        record_access(services, viewer, "case", {"case": done.ref, "overlaps": len(found.overlaps)}, [done.message])
    return found
