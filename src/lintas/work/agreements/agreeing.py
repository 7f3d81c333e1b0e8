# SPDX-License-Identifier: Apache-2.0
"""Propose, accept and end a fast lane with another node.

What is true if we die: before the commit nothing was said; after it, it stands in the log and in the other node's
stream. In force is only what both nodes said with the same terms, which the other one compares for itself.
"""

import json
from collections.abc import Mapping
from typing import Any

from lintas.errors import BadInput, NotAllowed, UnknownTerm, WrongUse
from lintas.model.agreement_answers import AgreementLine, AgreementTerms
from lintas.model.agreements import Agreement, Lane
from lintas.model.desk import Doc
from lintas.model.desk_answers import MoneyShown
from lintas.model.desk_ref import read_ref
from lintas.model.viewer import Viewer
from lintas.policy.agreements import terms_of
from lintas.policy.requests import ORDERABLE
from lintas.ports.store import Snapshot, Transaction
from lintas.work.access import permit, record_access
from lintas.work.agreements.standing import agreements_in
from lintas.work.binding import check_unordered
from lintas.work.desk import Draft, new_ref, prepare_doc, send_in, write_in
from lintas.work.services import Services, as_text
from lintas.work.sharing.naming import peers_called

AGREES = "agreement.change"
_TOPICS = ("log", "streams", "requests")


def agree(
    services: Services,
    viewer: Viewer,
    *,
    what: str,
    ref: str = "",
    to: str = "",
    terms: Mapping[str, Any] | None = None,
) -> AgreementLine:
    """Propose a fast lane to a node, accept one that was proposed, or end one; on disk when this returns.

    Args:
        what: proposed, accepted or ended.
        ref: Of what is accepted or ended.
        to: Node id or name, of a proposal.
        terms: forms, powers, max, from, until and desks, of a proposal.

    Raises:
        UnknownTerm: There is no such agreement, node or form.
        BadInput: The terms are none.
        NotAllowed: The policy refuses it; rule `needs-order` where it takes an order: propose `agreement.change` then.
    """
    permit(services, viewer, AGREES)
    said = {"what": what, "ref": ref, "to": to, "terms": dict(terms or {})}

    def job(tx: Transaction) -> AgreementLine:
        check_unordered(services, tx, viewer, AGREES)
        return say_agreement_in(services, tx, viewer, kept_agreement(services, tx, said))

    shown = services.store.write(job)
    for topic in _TOPICS:
        services.events.publish(topic)
    record_access(services, viewer, "agreement", {"ref": shown.ref}, [])
    return shown


def list_agreements(services: Services, viewer: Viewer) -> list[AgreementLine]:
    """Show every agreement of this node, the newest first.

    Raises:
        NotAllowed: The viewer may not see requests.
    """
    permit(services, viewer, "request.read")
    own = services.keys.node

    def look(snapshot: Snapshot) -> list[AgreementLine]:
        found = [one for one in agreements_in(snapshot) if own in one.terms.nodes]
        return [line_of(services, snapshot, one) for one in reversed(found)]

    return services.store.read(look)


def kept_agreement(services: Services, snapshot: Snapshot, said: Mapping[str, Any]) -> dict[str, Any]:
    """What exactly will be said, checked.

    Raises:
        LintasError: As `agree`.
    """
    what = str(said.get("what", ""))
    if what == Lane.PROPOSED:
        return _proposal(services, snapshot, said)
    if what not in ("accepted", "ended"):
        raise WrongUse("An agreement is proposed, accepted or ended.")
    ref = read_ref(str(said.get("ref", "")))
    own = services.keys.node
    found = [one for one in agreements_in(snapshot, ref) if own in one.terms.nodes]
    if len(found) != 1:
        raise UnknownTerm("There is no such agreement.", hint="lintas request DIR agreements")
    agreement = found[0]
    if agreement.state is Lane.ENDED:
        raise NotAllowed("That agreement was ended.", rule="ended", hint="Propose a new one.")
    if what == "accepted" and own not in agreement.waits_for:
        raise NotAllowed("This node has agreed to it already.", rule="accepted")
    if what == "accepted" and agreement.terms.until <= as_text(services.clock.now()):
        raise NotAllowed("The time of that agreement is over.", rule="over")
    (other,) = agreement.terms.nodes - {own}
    terms = next(json.loads(one.terms) for one in agreement.said if one.digest == agreement.digest)
    return {"what": what, "ref": ref, "proposer": agreement.proposer, "to": other, "terms": terms}


def say_agreement_in(services: Services, tx: Transaction, viewer: Viewer, kept: Mapping[str, Any]) -> AgreementLine:
    """Say it in the caller's transaction, which has what binds the person."""
    ref = kept["ref"] or new_ref(services, tx, Doc.AGREEMENT)
    draft = Draft(
        doc=Doc.AGREEMENT,
        ref=ref,
        said={"proposer": kept["proposer"], "what": kept["what"], "terms": kept["terms"]},
        by=viewer.id,
        to=frozenset({kept["to"]}),
    )
    written = prepare_doc(services, draft)
    write_in(services, tx, written)
    send_in(services, tx, viewer, written.entry.id, to=kept["to"], activity=AGREES)
    (agreement,) = (one for one in agreements_in(tx, ref) if one.proposer == kept["proposer"])
    return line_of(services, tx, agreement)


def line_of(services: Services, snapshot: Snapshot, agreement: Agreement) -> AgreementLine:
    """One agreement as lists show it."""
    terms, now = agreement.terms, as_text(services.clock.now())
    others = sorted(terms.nodes - {services.keys.node})
    peers = [snapshot.peer(one) for one in others]
    is_now = terms.since <= now < terms.until
    return AgreementLine(
        ref=agreement.ref,
        proposer=agreement.proposer,
        with_=others,
        names=[peer.name if peer is not None else node[:24] for peer, node in zip(peers, others, strict=True)],
        state=agreement.state.value,
        in_force=agreement.state is Lane.ACCEPTED and is_now,
        waits_for_us=services.keys.node in agreement.waits_for and agreement.state is Lane.PROPOSED,
        ended_by=agreement.ended_by,
        digest=agreement.digest,
        terms=AgreementTerms(
            forms=sorted(terms.forms),
            powers=sorted(terms.powers),
            most=MoneyShown.of(terms.most),
            since=terms.since,
            until=terms.until,
            desks=sorted(terms.desks),
        ),
    )


def _proposal(services: Services, snapshot: Snapshot, said: Mapping[str, Any]) -> dict[str, Any]:
    (peer,) = peers_called(snapshot, [str(said.get("to", ""))])
    given = said.get("terms")
    if not isinstance(given, Mapping):
        raise BadInput("The terms of an agreement are an object.")
    own, forms = services.keys.node, services.packs.forms.forms
    terms = {
        "nodes": sorted({own, peer.node}),
        "forms": sorted(set(given.get("forms", ()))),
        "powers": sorted(set(given.get("powers", ()))),
        "max": given.get("max"),
        "from": given.get("from") or as_text(services.clock.now()),
        "until": given.get("until", ""),
        "desks": sorted(set(given.get("desks", ()))),
    }
    read = terms_of(terms)
    if unknown := sorted(code for code in read.forms if code not in forms or not forms[code].fast):
        known = ", ".join(sorted(code for code, form in forms.items() if form.fast))
        raise UnknownTerm(f"{', '.join(unknown)} goes by no fast lane.", hint=f"These may: {known}.")
    if not read.powers <= ORDERABLE:
        raise UnknownTerm(
            "Not all of these are powers that are ordered.", hint=f"One of {', '.join(sorted(ORDERABLE))}."
        )
    if read.until <= as_text(services.clock.now()):
        raise BadInput("The agreement would be over already.")
    return {"what": Lane.PROPOSED.value, "ref": "", "proposer": own, "to": peer.node, "terms": terms}
