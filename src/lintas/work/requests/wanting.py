# SPDX-License-Identifier: Apache-2.0
"""What a request says before it is written: checked against the packs, filled up, and held against those before it."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from lintas.errors import BadInput, UnknownTerm, WrongUse
from lintas.formats.doors import PlaceDesk
from lintas.formats.form_fields import is_empty
from lintas.formats.forms import Form, check_fields
from lintas.formats.law import LawProfile
from lintas.limits import CLAIMS_MAX, DESK_REFUSED_TRIES_MAX
from lintas.model.desk import Clock, Doc, Side
from lintas.model.desk_found import RequestHead, Sameness
from lintas.model.desk_ref import read_ref
from lintas.model.found import PeerHead
from lintas.policy.accounts import bank_of, differ
from lintas.policy.doors import competent
from lintas.policy.requests import ORDERABLE, money_of
from lintas.ports.store import Snapshot
from lintas.views.desk import subject_of
from lintas.work.agreements.standing import lane_for
from lintas.work.requests.showing import asked_in
from lintas.work.services import Services
from lintas.work.sharing.naming import peers_called

OWN = "own"  # what people call their own desk
OWN_LAW = "own_law"  # the basis of what a desk asks of itself: nothing leaves, and who signs the order names the law
_USUAL = "scam_response"  # what requests are for, where the law profile has it and nobody says otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressed:
    """The desk that is asked."""

    node: str
    name: str
    country: str
    peer: PeerHead | None  # None: the own desk; nothing is sent then

    @property
    def is_own(self) -> bool:
        """Whether a desk asks itself."""
        return self.peer is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A request that holds to its form, not yet written."""

    to: Addressed
    form: Form
    desk: PlaceDesk | None  # that answers there; None if the pack knows of none
    said: Mapping[str, Any]

    @property
    def subject(self) -> str:
        """What it is about."""
        return subject_of(self.said["fields"])

    @property
    def sameness(self) -> Sameness:
        """What another request would have to be alike in, to be the same one."""
        amount = money_of(self.said["fields"].get("amount"))
        return Sameness(
            subject=self.subject,
            form=self.form.code,
            side=(Side.ANSWERER if self.to.is_own else Side.ASKER).value,
            node=self.to.node,
            report=self.said["report"],
            amount_minor=-1 if amount is None else amount.minor,
            currency="" if amount is None else amount.currency,
        )


def form_called(services: Services, code: str) -> Form:
    """A form that a node can be asked with.

    Raises:
        UnknownTerm: There is none of that code.
        WrongUse: It is a letter to somebody who has no node.
    """
    form = services.packs.forms.forms.get(code)
    if form is None:
        known = ", ".join(sorted(services.packs.forms.forms))
        raise UnknownTerm(f"There is no form {code[:40]!r}.", hint=f"Forms are {known}.")
    if form.outside:
        raise WrongUse(
            f"“{form.label}” is a letter to somebody who has no node.", hint="Print it and send it yourself."
        )
    return form


def not_of_own(form: Form) -> WrongUse:
    """Why a form is not asked of one's own desk."""
    return WrongUse(
        f"“{form.label}” takes no order, and only what takes one is asked of one's own desk.",
        hint="Take up the report, follow the money, or ask the bank.",
    )


def addressed(services: Services, snapshot: Snapshot, called: str) -> Addressed:
    """The desk that somebody means: a peer; or the own one, by its id or by OWN where no peer is called so.

    Raises:
        UnknownTerm: There is none of that name, or more than one.
    """
    own, plain = services.config, called.strip()
    if plain == services.keys.node or (plain == OWN and not any(one.name == OWN for one in snapshot.peers())):
        return Addressed(node=services.keys.node, name=own.name, country=own.country, peer=None)
    (peer,) = peers_called(snapshot, [called])
    return Addressed(node=peer.node, name=peer.name, country=peer.country, peer=peer)


def wanted_in(services: Services, snapshot: Snapshot, asked: Mapping[str, Any], *, check: bool = True) -> Wanted:
    """Check and fill up what somebody asks for.

    Args:
        asked: to, form, fields, purpose, basis, urgency, short, lang, report, case, agreement.
        check: Whether fields that do not hold to the form refuse it.

    Raises:
        UnknownTerm: No such form, peer or agreement.
        BadInput: A field does not hold to the form; the message names it.
        WrongUse: The form cannot be asked of that node.
    """
    to = addressed(services, snapshot, asked["to"])
    form = form_called(services, asked["form"])
    if to.is_own and form.power not in ORDERABLE:
        raise not_of_own(form)
    fields = {code: value for code, value in asked["fields"].items() if not is_empty(value)}
    if check and (wrong := check_fields(form, fields)):
        raise BadInput(" ".join(one.reason for one in wrong[:5]), hint="What is unknown is left empty.")
    urgency = asked["urgency"] or "now"
    if urgency not in form.levels:
        raise BadInput(f"{urgency[:20]!r} is no urgency.", hint=f"One of {', '.join(form.levels)}.")
    if to.is_own:
        _check_own(asked, fields, to.country)
    profile = services.packs.law.of(services.config.country)
    purpose = asked["purpose"] or (_USUAL if _USUAL in profile.purposes else profile.default_purpose)
    desk = competent(services.packs.doors.of(to.country), form)
    said = {
        "to": to.node,
        "form": form.code,
        "power": form.power,
        "desk": desk.code if desk is not None else form.competence,
        "purpose": purpose,
        "basis": asked["basis"] or (OWN_LAW if to.is_own else _basis(profile, form, purpose, to.country)),
        "urgency": urgency,
        "fields": fields,
        "levels": {Clock(clock).value: seconds for clock, seconds in form.levels[urgency].items()},
        "case": _ref(asked["case"], Doc.CASE),
        "report": _ref(asked["report"], Doc.REPORT),
        "contact": _contact(services),
        "short": asked["short"],
        "lang": asked["lang"] if asked["short"] else "",
        "agreement": _ref(asked["agreement"], Doc.AGREEMENT),
    }
    lane = None if to.is_own else lane_for(services, snapshot, to.node, said)
    if said["agreement"] and (lane is None or lane.ref != said["agreement"]):
        raise WrongUse(
            "That agreement does not cover this request now.", hint="Send it without; two people will order there."
        )
    said["agreement"] = lane.ref if lane is not None else ""
    return Wanted(to=to, form=form, desk=desk, said=said)


def _check_own(asked: Mapping[str, Any], fields: Mapping[str, Any], own: str) -> None:
    """Refuse to ask the own desk for what its own law cannot do, or on a basis that lets something leave.

    Raises:
        WrongUse: The account is kept in another country, or another basis is named.
    """
    account = fields.get("account")
    country = account.get("country") if isinstance(account, Mapping) else None
    if isinstance(country, str) and country and country != own:
        raise WrongUse(
            f"The account is kept in {country[:20]}: an order under your own law does not reach it.",
            hint="Ask that country's desk, or correct the account's country.",
        )
    if asked["basis"] not in ("", OWN_LAW):
        raise WrongUse("Nothing of a request to the own desk leaves: it needs no basis.", hint="Leave the basis out.")


def same_in(services: Services, snapshot: Snapshot, wanted: Wanted) -> RequestHead | None:
    """The open request that asks the same node for the same, for the same report. Another victim's is another one."""
    found = snapshot.same_requests(wanted.sameness, limit=CLAIMS_MAX)
    return next((one for one in found if _is_same_bank(services, snapshot, wanted, one)), None)


def refused_in(services: Services, snapshot: Snapshot, wanted: Wanted) -> list[RequestHead]:
    """Requests of the same that the same node refused, newest first, at most DESK_REFUSED_TRIES_MAX."""
    found = snapshot.refused_requests(wanted.sameness, limit=CLAIMS_MAX)
    same = (one for one in found if _is_same_bank(services, snapshot, wanted, one))
    return list(islice(same, DESK_REFUSED_TRIES_MAX))


def _is_same_bank(services: Services, snapshot: Snapshot, wanted: Wanted, head: RequestHead) -> bool:
    """Whether a request may be about the same account: another bank may give out the same number."""
    asked = asked_in(services, snapshot, head).said["fields"]
    return not differ(bank_of(wanted.said["fields"]), bank_of(asked))


def _basis(profile: LawProfile, form: Form, purpose: str, country: str) -> str:
    """The first basis of the form that our law profile has for this purpose and country; else its usual one."""
    usual = profile.default_basis
    codes = [usual, *sorted(form.bases)] if usual in form.bases or not form.bases else sorted(form.bases)
    for code in codes:
        basis = profile.bases.get(code)
        if basis is not None and basis.covers(country) and basis.serves(purpose):
            return code
    return usual


def _contact(services: Services) -> dict[str, Any]:
    desks = services.config.desks
    if not desks:
        return {"name": services.config.name[:200], "number": "", "languages": [services.config.language]}
    first = desks[0]
    return {
        "name": first.name,
        "number": first.numbers[0] if first.numbers else "",
        "languages": list(first.languages[:10]),
    }


def _ref(text: str, doc: Doc) -> str:
    if not text.strip():
        return ""
    found = read_ref(text)
    if found[3] != {Doc.CASE: "C", Doc.REPORT: "R", Doc.AGREEMENT: "A"}[doc]:
        raise BadInput(f"{found} is the reference of something else.", hint=f"A {doc.value} is meant.")
    return found
