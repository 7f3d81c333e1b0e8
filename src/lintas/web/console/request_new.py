# SPDX-License-Identifier: Apache-2.0
"""New request: any form of the pack to any peer, from nothing, from a report or for a case."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from starlette.responses import Response

from lintas.errors import BadInput, LintasError, NotAllowed, UnknownTerm
from lintas.formats.currencies import CURRENCY_OF_COUNTRY
from lintas.formats.form_fields import FieldKind, is_empty
from lintas.formats.forms import Field, Form, Forms
from lintas.model.hold_answers import HoldDraft
from lintas.model.marking import Tlp
from lintas.model.order_answers import OrderShown
from lintas.policy.requests import ORDERABLE, money_of
from lintas.web.calls import Call
from lintas.web.console.amounts import plain_amount
from lintas.web.console.approvals import must_confirm
from lintas.web.console.language import later
from lintas.web.console.page import page, see_other
from lintas.web.console.request_inputs import Input, Typed
from lintas.web.forms import Form as Sent
from lintas.work.access import permit
from lintas.work.orders import send_or_propose
from lintas.work.reports import show_report
from lintas.work.requests import preview_request
from lintas.work.requests.wanting import not_of_own

SENDS: Final = "request.send"
URGENCIES: Final = ("now", "today", "routine")
_KEPT: Final = ("report", "case")  # what the request belongs to, from one page to the next

# What a field of several parts is typed into: part, label in English, kind of input.
_PARTS: Final[Mapping[FieldKind, tuple[tuple[str, str, str], ...]]] = {
    FieldKind.ACCOUNT: (
        ("value", later("Account, wallet or proxy"), "text"),
        ("bank", later("Bank, code or name"), "text"),
        ("name", later("Name shown for it"), "text"),
        ("country", later("Country"), "text"),
    ),
    FieldKind.PERSON: (
        ("name", later("Name"), "text"),
        ("born", later("Born (1990, 1990-05 or 1990-05-17)"), "text"),
        ("country", later("Country"), "text"),
        ("id_scheme", later("Kind of document"), "code"),
        ("id", later("Number of the document"), "text"),
    ),
    FieldKind.IDENTIFIER: (("scheme", later("Kind"), "code"), ("value", later("Value"), "text")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The inputs of one field."""

    code: str
    mandatory: bool
    personal: bool
    inputs: tuple[Input, ...]


def show(call: Call) -> Response:
    """Show the form, or first the choice of one."""
    return _page(call)


def show_filled(call: Call, draft: HoldDraft) -> Response:
    """Show the form with what a trace knows of one account: one press opened it, another one sends it."""
    return _page(call, draft=draft)


def send_new(call: Call) -> Response:
    """Send it, or propose it where a passkey binds."""
    form = call.form
    try:
        asked = _asked(call, _form_of(call, form.text("asks")), form)
        done = send_or_propose(call.services, call.viewer, asked)
        if isinstance(done, OrderShown):
            return see_other(f"/approvals/{done.id}")
        return see_other(f"/requests/{done.line.message}")
    except UnknownTerm:
        raise
    except LintasError as exc:
        return _page(call, problem=exc)


def _form_of(call: Call, code: str) -> Form:
    found = call.services.packs.forms.forms.get(code)
    if found is None or found.outside:
        raise BadInput("No form was chosen.", hint="Choose what is asked, and of whom.")
    return found


def _asked(call: Call, form: Form, sent: Sent) -> dict[str, Any]:
    """Read what was typed as `send` takes it.

    Raises:
        BadInput: An amount or a time cannot be read.
    """
    config = call.services.config
    typed = Typed(now=call.services.clock.now(), zone=config.time_zone, region=config.region, packs=call.services.packs)
    read = {one.code: _value(one, sent, typed) for one in form.fields}
    return {
        "to": sent.text("to"),
        "form": form.code,
        "fields": {code: value for code, value in read.items() if value is not None and not is_empty(value)},
        "urgency": sent.text("urgency") if sent.text("urgency") in URGENCIES else "now",
        "short": sent.text("short"),
        "lang": call.language.tag.partition("-")[0],
        "report": sent.text("report"),
        "case": sent.text("case"),
    }


def _value(field: Field, sent: Sent, typed: Typed) -> Any:
    match field.kind:
        case FieldKind.MONEY:
            return typed.money(sent, field.code)
        case FieldKind.TIME:
            return typed.when(sent, field.code)
        case FieldKind.BANK:
            return typed.bank(sent, field.code)
        case FieldKind.NUMBER:
            text = sent.text(field.code)
            return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else text
        case FieldKind.ACCOUNT | FieldKind.PERSON | FieldKind.IDENTIFIER:
            parts = {part: sent.text(f"{field.code}.{part}") for part, _, _ in _PARTS[field.kind]}
            if field.kind is FieldKind.ACCOUNT:
                parts["bank"] = typed.bank(sent, f"{field.code}.bank")
            if "country" in parts:
                parts["country"] = parts["country"].upper()
            return parts if field.kind is FieldKind.IDENTIFIER else {name: one for name, one in parts.items() if one}
        case FieldKind.COUNTRY:
            return sent.text(field.code).upper()
        case _:
            return sent.text(field.code)


def _page(call: Call, problem: LintasError | None = None, draft: HoldDraft | None = None) -> Response:
    permit(call.services, call.viewer, SENDS)
    packs, sent = call.services.packs, call.form
    code, to = (sent.text("asks"), sent.text("to")) if problem else (call.query("asks"), call.query("to"))
    code, to = (draft.form, draft.to) if draft is not None else (code, to)
    form = packs.forms.forms.get(code)
    peers = [one for one in call.services.store.read(lambda snapshot: snapshot.peers()) if not one.is_removed]
    own = call.services.keys.node
    is_own = to == own
    name, place = (call.services.config.name, call.services.config.country) if is_own else ("", "")
    if (peer := next((one for one in peers if one.node == to), None)) is not None:
        name, place = peer.name, peer.country
    kept = {name: sent.text(name) if problem else call.query(name)[:40] for name in _KEPT}
    kept = {"report": draft.report, "case": draft.case} if draft is not None else kept
    chosen = form if form is not None and not form.outside and (is_own or peer is not None) else None
    if chosen is not None and is_own and chosen.power not in ORDERABLE:
        problem, chosen = problem or not_of_own(chosen), None
    values = dict(sent.fields) if problem else _values(call, chosen, kept["report"]) if chosen else {}
    values = _of_draft(chosen, draft.fields) if chosen and draft is not None else values
    return page(
        call,
        "request_new.html",
        title="New request",
        section="requests",
        tlp=None if chosen is None else Tlp.AMBER_STRICT if is_own else Tlp.AMBER,
        status=_status(problem),
        problem=problem,
        forms=[one for one, row in packs.forms.forms.items() if not row.outside],
        peers=peers,
        asks=code,
        to=to,
        to_name=name,
        is_own=is_own,
        own_node=own,
        own_name=call.services.config.name,
        own_country=call.services.config.country,
        chosen=chosen,
        kept=kept,
        groups=_groups(call, chosen) if chosen else (),
        sent=values,
        urgencies=URGENCIES,
        seen=_seen(call, chosen, to, kept) if chosen else None,
        place=place,
        takes_order=must_confirm(call, SENDS),
    )


def _seen(call: Call, form: Form, to: str, kept: Mapping[str, str]) -> Any:
    """What stands at the other end: the desk, its hours, its doors; None where it cannot be said."""
    asked = {"to": to, "form": form.code, "fields": {}, "urgency": "now", **kept}
    try:
        return preview_request(call.services, call.viewer, **asked)
    except LintasError:
        return None  # sending says why


def _values(call: Call, form: Form, report: str) -> dict[str, str]:
    """What stands in the fields at first: the first payment of the report that it is sent for."""
    if not report:
        return {}
    payments = show_report(call.services, call.viewer, report).said.get("payments") or ()
    if not payments:
        return {}
    paid, found = payments[0], dict[str, str]()
    for field in form.fields:
        amount = money_of(paid.get("amount"))
        if field.code == "account":
            found |= {
                f"account.{part}": str(paid["to"].get(part) or "") for part in ("value", "bank", "name", "country")
            }
        elif field.kind is FieldKind.MONEY and amount is not None:
            found |= {field.code: plain_amount(*amount), f"{field.code}.currency": amount.currency}
        elif field.code in {"from_bank", "reference"}:
            found[field.code] = str(paid.get(field.code) or "")
        elif field.code == "paid_at":
            found[field.code] = str(paid.get("at") or "")
    return found


def _of_draft(form: Form, said: Mapping[str, Any]) -> dict[str, str]:
    """What a draft says, as the fields of the form hold it."""
    found: dict[str, str] = {}
    for field in form.fields:
        value = said.get(field.code)
        amount = money_of(value) if field.kind is FieldKind.MONEY else None
        if amount is not None:
            found |= {field.code: plain_amount(*amount), f"{field.code}.currency": amount.currency}
        elif isinstance(value, Mapping):
            found |= {f"{field.code}.{part}": str(one) for part, one in value.items()}
        elif value is not None:
            found[field.code] = str(value)
    return found


def _groups(call: Call, form: Form) -> tuple[Group, ...]:
    packs = call.services.packs
    schemes = tuple(packs.identifiers.schemes)
    currency = CURRENCY_OF_COUNTRY.get(call.services.config.country, "")
    return tuple(
        Group(
            code=one.code,
            mandatory=one.mandatory,
            personal=one.personal,
            inputs=_inputs(packs.forms, one, schemes, currency),
        )
        for one in form.fields
    )


def _inputs(forms: Forms, field: Field, schemes: tuple[str, ...], currency: str) -> tuple[Input, ...]:
    if field.kind in _PARTS:
        return tuple(
            Input(
                name=f"{field.code}.{part}",
                label=label,
                kind=kind,
                required=field.mandatory and part in {"value", "scheme"},
                codes=schemes if kind == "code" else (),
                table="scheme",
            )
            for part, label, kind in _PARTS[field.kind]
        )
    kinds = {FieldKind.MONEY: "money", FieldKind.TIME: "time"}
    kind = "code" if field.codes else kinds.get(field.kind, "text")
    table = next((name for name, rows in forms.terms.items() if field.codes and set(rows) == field.codes), "")
    one = Input(
        name=field.code,
        label=field.label,
        kind=kind,
        required=field.mandatory,
        currency=currency,
        codes=tuple(sorted(field.codes)),
        table=table,
    )
    return (one,)


def _status(problem: LintasError | None) -> int:
    if problem is None:
        return 200
    return 403 if isinstance(problem, NotAllowed) else 400
