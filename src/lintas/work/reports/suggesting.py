# SPDX-License-Identifier: Apache-2.0
"""The first requests that a report calls for, filled in and ready to be sent before there is a case.

A foreign receiving bank: ask the desk of its country to hold, and at the same time the victim's own bank to recall.
A receiving bank of this country is held under own law: a request to the own desk. Nothing is sent by this.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from lintas.formats.forms import Form
from lintas.model.desk import Money
from lintas.model.found import PeerHead
from lintas.model.report_answers import AskDraft
from lintas.policy.doors import doors_for, filled, missing
from lintas.policy.requests import money_of
from lintas.ports.store import Snapshot
from lintas.work.services import Services
from lintas.work.streams import may_exchange

_HOLD: Final = "hold"
_RECALL: Final = "recall"
_FRAUD: Final = "frad"  # of ISO 20022: the customer was deceived
_RAIL_COUNTRIES: Final = {"promptpay": "TH", "duitnow": "MY", "paynow": "SG"}


def suggest_requests(services: Services, snapshot: Snapshot, ref: str, said: Mapping[str, Any]) -> list[AskDraft]:
    """Fill in the requests that each payment of a report calls for, the surest first."""
    drafts: list[AskDraft] = []
    for number, payment in enumerate(said.get("payments", ())):
        fields = _fields(said, payment, ref)
        if not payment["to"]["value"] and not payment["reference"]:
            continue  # nobody could find it
        drafts += _holds(services, snapshot, number, payment, fields, ref)
        drafts += _recalls(services, number, payment, fields)
    return drafts


def _fields(said: Mapping[str, Any], payment: Mapping[str, Any], ref: str) -> dict[str, Any]:
    """What a report says, by the codes of the forms pack."""
    fields: dict[str, Any] = {
        "account": {name: value for name, value in payment["to"].items() if value},
        "paid_at": payment["at"],
        "from_bank": payment["from_bank"],
        "reference": payment["reference"],
        "rail": payment["rail"],
        "kind": said.get("kind", ""),
        "bank": payment["to"]["bank"],
        "report_no": ref,
        "recall_reason": _FRAUD,
    }
    amount = money_of(payment["amount"])
    if amount is not None:
        fields["amount"] = _plain(amount)
    if not payment["to"]["value"]:
        del fields["account"]
    return fields


def _holds(
    services: Services,
    snapshot: Snapshot,
    number: int,
    payment: Mapping[str, Any],
    fields: Mapping[str, Any],
    ref: str,
) -> list[AskDraft]:
    form = services.packs.forms.forms.get(_HOLD)
    country = payment["to"]["country"] or _RAIL_COUNTRIES.get(payment["to"]["scheme"], "")
    if form is None or not payment["to"]["value"]:
        return []
    if country == services.config.country:
        place = services.packs.doors.of(country)
        doors = [door.code for door in doors_for(place, form.power)]
        draft = _draft("own_door", number, form, fields)
        own = services.keys.node
        asked = _asked(draft, own, ref)
        return [
            _with(
                draft,
                to=own,
                to_name=services.config.name,
                country=country,
                bank=payment["to"]["bank"],
                doors=doors,
                asked=asked,
            )
        ]
    peers = [one for one in snapshot.peers() if one.country == country and may_exchange(services, one)]
    if not peers:
        place = services.packs.doors.of(country)
        rungs = [rung.code for rung in place.ladder if rung.form]
        return [_with(_draft("nobody", number, form, fields), country=country, doors=rungs)]
    return [_to_peer(form, number, fields, peer, ref) for peer in peers]


def _to_peer(form: Form, number: int, fields: Mapping[str, Any], peer: PeerHead, ref: str) -> AskDraft:
    draft = _draft("peer", number, form, fields)
    asked = _asked(draft, peer.node, ref)
    return _with(draft, to=peer.node, to_name=peer.name, country=peer.country, asked=asked)


def _asked(draft: AskDraft, to: str, ref: str) -> dict[str, Any]:
    """What `work.requests.send` takes."""
    return {
        "to": to,
        "form": draft.form,
        "fields": draft.fields,
        "purpose": "",
        "basis": "",
        "urgency": "now",
        "short": "",
        "lang": "",
        "report": ref,
        "case": "",
        "agreement": "",
    }


def _recalls(services: Services, number: int, payment: Mapping[str, Any], fields: Mapping[str, Any]) -> list[AskDraft]:
    """The victim's own bank is asked in parallel: only it can recall what it paid."""
    form = services.packs.forms.forms.get(_RECALL)
    if form is None or not payment["from_bank"]:
        return []
    return [_with(_draft("own_bank", number, form, fields), bank=payment["from_bank"])]


def _draft(how: str, number: int, form: Form, fields: Mapping[str, Any]) -> AskDraft:
    kept = filled(form, fields)
    return AskDraft(how=how, payment=number, form=form.code, fields=kept, missing=list(missing(form, kept)))


def _with(
    draft: AskDraft,
    *,
    to: str = "",
    to_name: str = "",
    country: str = "",
    bank: str = "",
    doors: Sequence[str] = (),
    asked: Mapping[str, Any] | None = None,
) -> AskDraft:
    return AskDraft(
        how=draft.how,
        payment=draft.payment,
        form=draft.form,
        fields=draft.fields,
        missing=draft.missing,
        to=to,
        to_name=to_name,
        country=country,
        bank=bank,
        doors=list(doors),
        asked=dict(asked or {}),
    )


def _plain(amount: Money) -> dict[str, Any]:
    return {"minor": amount.minor, "currency": amount.currency}
