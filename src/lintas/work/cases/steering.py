# SPDX-License-Identifier: Apache-2.0
"""Open a case, let others in, and say who is in charge.

A case is this node's own until somebody is invited. Then it is joint: what members say goes to all who joined, each
from its author. Each state names its own officer in charge, and one desk keeps the case together, changed by agreement.
"""

from functools import partial

from lintas.errors import WrongUse
from lintas.model.case import FIELDS, Case, Said, Standing
from lintas.model.case_answers import CaseDone
from lintas.model.case_found import CaseHead
from lintas.model.desk import Doc
from lintas.model.viewer import Viewer
from lintas.ports.store import Snapshot
from lintas.work.access import permit
from lintas.work.cases.carrying import CHANGES
from lintas.work.cases.saying import Saying, opened, say
from lintas.work.desk import Draft, new_ref
from lintas.work.services import Services
from lintas.work.sharing.naming import peers_called


def open_case(
    services: Services, viewer: Viewer, title: str, *, area: str = "", kind: str = "", short: str = "", lang: str = ""
) -> CaseDone:
    """Open a case of this node's own.

    Raises:
        NotAllowed: The viewer's role does not work in cases.
        Malformed: The title is empty or too long, or a code is none.
    """
    permit(services, viewer, CHANGES)
    ref = services.store.read(lambda snapshot: new_ref(services, snapshot, Doc.CASE))
    fields = {"title": title.strip(), "area": area, "kind": kind}
    said = {
        "opener": services.keys.node,
        "what": Said.OPENED.value,
        "fields": fields,
        "short": short,
        "lang": lang,
    }
    return opened(services, viewer, Draft(doc=Doc.CASE, ref=ref, said=said, by=viewer.id))


def change(services: Services, viewer: Viewer, case: str, field: str, value: str) -> CaseDone:
    """Give a field another value; where two values stand past each other, this settles it.

    Raises:
        WrongUse: There is no such field, or a title is empty.
    """
    if field not in FIELDS:
        raise WrongUse(f"A case has no field {field[:40]!r}.", hint=f"One of {', '.join(FIELDS)}.")
    if field == "title" and not value.strip():
        raise WrongUse("A case has a title.")
    return say(services, viewer, case, Saying(what=Said.CHANGED, fields={"field": field, "value": value.strip()}))


def invite(services: Services, viewer: Viewer, case: str, peer: str) -> CaseDone:
    """Ask a peer to join; the case is joint from here on.

    Raises:
        UnknownTerm: There is no such peer, or no such case.
        WrongUse: This desk does not coordinate the case, or the peer is in it.
    """

    def saying(snapshot: Snapshot, _head: CaseHead, found: Case) -> Saying:
        (named,) = peers_called(snapshot, [peer])
        here = {one.node for one in found.members if one.standing is Standing.LEFT}
        facts = snapshot.case_facts(_head.opener, _head.ref)
        past = sorted({one.id for one in facts if one.node in here and one.id not in found.waiting})
        fields = {
            "node": named.node,
            "title": found.value("title"),
            "members": sorted(found.joined),
            "past": past,
        }
        return Saying(what=Said.INVITED, fields=fields)

    return say(services, viewer, case, saying)


def join(services: Services, viewer: Viewer, case: str, officer: str = "") -> CaseDone:
    """Join a case that this node was invited to; what its members say comes from here on.

    Args:
        officer: Who is in charge here; who joins, when nobody is named.

    Raises:
        WrongUse: This node was not invited.
    """
    fields = {"officer": officer.strip() or viewer.id}
    return say(services, viewer, case, partial(_answering, services, Said.JOINED, fields))


def decline(services: Services, viewer: Viewer, case: str, ground: str) -> CaseDone:
    """Say that this node does not join.

    Args:
        ground: Code.

    Raises:
        WrongUse: This node was not invited.
    """
    return say(services, viewer, case, partial(_answering, services, Said.DECLINED, {"ground": ground}))


def leave(services: Services, viewer: Viewer, case: str) -> CaseDone:
    """Leave a joint case; what was said stays with those who have it.

    Raises:
        WrongUse: This node opened and still coordinates it, or is not in it.
    """
    return say(services, viewer, case, Saying(what=Said.LEFT, fields={}))


def name_officer(services: Services, viewer: Viewer, case: str, name: str) -> CaseDone:
    """Say who is in charge of the case here.

    Raises:
        WrongUse: Nobody is named, or this node is not in the case.
    """
    if not name.strip():
        raise WrongUse("Nobody is named.")
    fields = {"node": services.keys.node, "name": name.strip()}
    return say(services, viewer, case, Saying(what=Said.OFFICER, fields=fields))


def propose_coordinator(services: Services, viewer: Viewer, case: str, node: str) -> CaseDone:
    """Propose another coordinating desk; it changes when the present one and the new one have accepted.

    Whoever proposes and has to accept does both.

    Raises:
        UnknownTerm: There is no such peer.
        WrongUse: It is not in the case.
    """

    def saying(snapshot: Snapshot, _head: CaseHead, _case: Case) -> Saying:
        own = services.keys.node
        named = own if node.strip() in ("", own) else peers_called(snapshot, [node])[0].node
        return Saying(what=Said.COORDINATOR, fields={"node": named, "step": "proposed", "proposal": ""})

    return say(services, viewer, case, saying)


def accept_coordinator(services: Services, viewer: Viewer, case: str, proposal: str) -> CaseDone:
    """Accept another coordinating desk.

    Args:
        proposal: Id of the document that proposes it.

    Raises:
        WrongUse: There is no such proposal that waits for this node.
    """

    def saying(_snapshot: Snapshot, _head: CaseHead, found: Case) -> Saying:
        waiting = [one for one in found.proposals if one.id == proposal and services.keys.node in one.waits_for]
        if not waiting:
            raise WrongUse("No such proposal waits for this desk.")
        fields = {"node": waiting[0].node, "step": "accepted", "proposal": proposal}
        return Saying(what=Said.COORDINATOR, fields=fields)

    return say(services, viewer, case, saying)


def close(services: Services, viewer: Viewer, case: str) -> CaseDone:
    """Close a case: its tasks end, and only notes and items are added to it.

    Raises:
        WrongUse: This desk does not coordinate it.
    """
    return say(services, viewer, case, Saying(what=Said.CLOSED, fields={}))


def reopen(services: Services, viewer: Viewer, case: str) -> CaseDone:
    """Open a closed case again.

    Raises:
        WrongUse: This desk does not coordinate it.
    """
    return say(services, viewer, case, Saying(what=Said.REOPENED, fields={}))


def go_on(services: Services, viewer: Viewer, case: str) -> CaseDone:
    """Wait no longer for documents that were erased, or whose node sends nothing here. It stays at home.

    Raises:
        WrongUse: Nothing is missing.
    """

    def saying(_snapshot: Snapshot, _head: CaseHead, found: Case) -> Saying:
        if not found.missing:
            raise WrongUse("Nothing is missing in this case.")
        return Saying(what=Said.PASSED, fields={"past": list(found.missing)}, after=(found.root,))

    return say(services, viewer, case, saying)


def _answering(
    services: Services, what: Said, fields: dict[str, str], _snapshot: Snapshot, _head: CaseHead, case: Case
) -> Saying:
    """Answer an invitation, whether or not what came before it is here."""
    own = services.keys.node
    if case.standing(own) is Standing.INVITED:
        return Saying(what=what, fields=fields)
    calls = [one for one in case.calls if one.node == own]
    if not calls:
        raise WrongUse("This node was not invited to that case.")
    return Saying(what=what, fields=fields, after=(max(calls, key=lambda one: (one.at, one.id)).id,))
