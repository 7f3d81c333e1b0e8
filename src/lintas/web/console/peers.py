# SPDX-License-Identifier: Apache-2.0
"""Peers: who they are, how they stand, how far they are; and their introduction, done by two people on a call."""

from collections.abc import Callable
from typing import Any, Final

from starlette.responses import Response

from lintas.crypto.words import words_of
from lintas.errors import BadInput, LintasError, NotAllowed, UnknownTerm, WrongUse
from lintas.limits import DESCRIPTOR_BYTES_MAX
from lintas.model.marking import Tlp
from lintas.model.peer_answers import PeerLine
from lintas.policy.access import access, may
from lintas.web.calls import Call
from lintas.web.console.approvals import propose_or_do
from lintas.web.console.outbox import lags_of
from lintas.web.console.page import attached, page, see_other
from lintas.web.console.peer_words import REMOVE_GROUNDS, RESUME_GROUNDS, SUSPEND_GROUNDS
from lintas.work.accounts import list_accounts
from lintas.work.peering import (
    accept_incarnation,
    add_peer,
    confirm_words,
    describe,
    list_peers,
    own_keys,
    remove_peer,
    resume_peer,
    set_address,
    show_peer,
    suspend_peer,
)
from lintas.work.witness import own_alarm

PEOPLE_NEEDED: Final = 2  # of each side; docs/spec/peer.md


def show_list(call: Call) -> Response:
    """Show all peers, and this node's own words and descriptor."""
    return _list(call)


def download_descriptor(call: Call) -> Response:
    """Give this node's own descriptor, for the other side to add."""
    name = f"lintas-{call.services.config.country.lower()}.descriptor.json"
    return attached(name, describe(call.services), "application/json")


def add(call: Call) -> Response:
    """Add a peer by its descriptor, pasted or as a file."""
    uploads = call.form.files("file")
    document = (uploads[0].data if uploads else call.form.whole("descriptor").encode("utf-8")).strip()
    if not document:
        nothing = WrongUse("There is no descriptor.", hint="Choose the file that the other side gave, or paste it.")
        return _list(call, problem=nothing)
    try:
        added = add_peer(call.services, call.viewer, document)
    except (NotAllowed, UnknownTerm):
        raise
    except (BadInput, WrongUse) as exc:
        return _list(call, problem=exc)
    return see_other(f"/peers/{added.node}?added={'new' if added.is_new else 'known'}")


def show_one(call: Call) -> Response:
    """Show one peer."""
    return _one(call)


def confirm(call: Call) -> Response:
    """Confirm as one person that a peer's words were heard."""
    form = call.form
    said = {"what": "introduce", "words": form.text("words"), "their_person": form.text("person")}
    if (proposed := _proposed(call, said)) is not None:
        return proposed
    return _do(
        call,
        lambda node: confirm_words(call.services, call.viewer, node, form.text("words"), form.text("person")),
        "introduction",
    )


def suspend(call: Call) -> Response:
    """Stop everything with a peer."""
    return _do(call, lambda node: suspend_peer(call.services, call.viewer, node, call.form.text("ground")), "change")


def resume(call: Call) -> Response:
    """Go on with a suspended peer."""
    if (proposed := _proposed(call, {"what": "resume", "ground": call.form.text("ground")})) is not None:
        return proposed
    return _do(call, lambda node: resume_peer(call.services, call.viewer, node, call.form.text("ground")), "change")


def remove(call: Call) -> Response:
    """Remove a peer."""

    def job(node: str) -> PeerLine:
        if not call.form.has("sure"):
            raise WrongUse("Nothing was removed: the box beside it was not ticked.")
        return remove_peer(call.services, call.viewer, node, call.form.text("ground"))

    return _do(call, job, "change")


def roll(call: Call) -> Response:
    """Accept, as one of two people, that a peer's log begins a new life."""
    wanted = call.form.text("incarnation").lower()
    if (proposed := _proposed(call, {"what": "roll", "incarnation": wanted})) is not None:
        return proposed
    try:
        line = accept_incarnation(call.services, call.viewer, call.path("peer"), wanted)
    except (NotAllowed, UnknownTerm):
        raise
    except (BadInput, WrongUse) as exc:
        return _one(call, problem=exc)
    return see_other(f"/peers/{line.node}?{'' if line.incarnation == wanted else 'approved=1'}#change")


def reach(call: Call) -> Response:
    """Set where a peer is reached."""
    return _do(call, lambda node: set_address(call.services, call.viewer, node, call.form.text("address")), "exchange")


def _proposed(call: Call, said: dict[str, str]) -> Response | None:
    """Propose it where a person's own passkey has to confirm it; what cannot be is told on the peer's page."""
    try:
        return propose_or_do(call, "peers.answer", said | {"node": call.path("peer")})
    except (NotAllowed, UnknownTerm):
        raise
    except (BadInput, WrongUse) as exc:
        return _one(call, problem=exc)


def _do(call: Call, job: Callable[[str], PeerLine], place: str) -> Response:
    """Do something to one peer; what cannot be is told on its page, with what was typed."""
    try:
        line = job(call.path("peer"))
    except (NotAllowed, UnknownTerm):
        raise
    except (BadInput, WrongUse) as exc:
        return _one(call, problem=exc)
    return see_other(f"/peers/{line.node}#{place}")


def _list(call: Call, problem: LintasError | None = None) -> Response:
    peers = list_peers(call.services, call.viewer)
    return page(
        call,
        "peers.html",
        title="Peers",
        section="peers",
        status=400 if problem else 200,
        problem=problem,
        own=peers,
        alarm=call.services.store.read(own_alarm),
        peers=[one for one in peers.peers if one.standing != "removed"],
        removed=[one for one in peers.peers if one.standing == "removed"],
        lags={one.node: lags_of(one) for one in peers.peers},
        names={one.node: one.name for one in peers.peers},
        sent=call.form,
        descriptor_kib=DESCRIPTOR_BYTES_MAX // 1024,
        **_allowed(call),
    )


def _one(call: Call, problem: LintasError | None = None) -> Response:
    node = call.path("peer")
    peer = show_peer(call.services, call.viewer, node)
    has_confirmed = call.viewer.id in {one.by for one in peer.confirmations}
    return page(
        call,
        "peer.html",
        title=peer.name or call.say("Peer"),
        section="peers",
        status=400 if problem else 200,
        problem=problem,
        peer=peer,
        lags=lags_of(peer),
        our_words=call.services.store.read(lambda snapshot: words_of(own_keys(call.services, snapshot).root)).split(),
        needed=PEOPLE_NEEDED,
        people={account.id: account.name for account in list_accounts(call.services)},
        has_confirmed=has_confirmed,
        sees_evidence=call.viewer.clearance >= Tlp.RED
        and may(call.services.packs.access, call.viewer, "peers.evidence"),
        added=call.query("added"),
        approved=call.query("approved") == "1",
        sent=call.form,
        suspend_grounds=tuple(SUSPEND_GROUNDS),
        resume_grounds=tuple(RESUME_GROUNDS),
        remove_grounds=tuple(REMOVE_GROUNDS),
        **_allowed(call),
    )


def _allowed(call: Call) -> dict[str, Any]:
    """What this person may do; forms that would be refused are not shown, and the rule's sentence is."""
    table = call.services.packs.access
    return {
        "may_change": access(table, call.viewer, "peers.change"),
        "may_answer": access(table, call.viewer, "peers.answer"),
        "may_reach": access(table, call.viewer, "peers.address"),
    }
