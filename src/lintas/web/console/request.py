# SPDX-License-Identifier: Apache-2.0
"""Request: the thread, the facts and amounts, and what may be said next; held is only what a bank confirmed."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from lintas.errors import BadInput, LintasError, NotAllowed, UnknownTerm
from lintas.model.desk import Side, Step
from lintas.model.desk_answers import RequestShown
from lintas.model.ids import MessageId
from lintas.model.marking import Tlp
from lintas.model.peering import ReceiptState
from lintas.web.calls import Call
from lintas.web.console.amounts import plain_amount
from lintas.web.console.language import later
from lintas.web.console.page import attached, offers, page, see_other
from lintas.web.console.request_inputs import ORDER, SAYINGS, Saying, Typed, codes_of, fields_of
from lintas.web.console.request_lines import asked_lines, holder_words, step_lines
from lintas.web.console.requests import READS, is_our_turn
from lintas.work.access import one_entry, scope_of
from lintas.work.accounts import list_accounts, session_of
from lintas.work.banking import make_recall
from lintas.work.clocks import call_back, promise_call, show_calls, show_ladder, take_over, try_door
from lintas.work.exchange import tell
from lintas.work.finding.message import checked_id
from lintas.work.orders import propose
from lintas.work.requests import claims_on, correct, say, show_request
from lintas.work.services import as_text

NEEDS_ORDER: Final = "needs-order"
TOPIC: Final = "log"
DONE: Final = {  # after `?done=`, in English
    "said": later("It was said, and is on its way to the other desk."),
    "own": later("You have it."),
    "kept": later("It was said. It stays at this desk."),
}


def show(call: Call) -> Response:
    """Show one request."""
    return _page(call)


def say_step(call: Call) -> Response:
    """Say one thing in the thread, or propose it where it takes a passkey."""
    what, request = call.form.text("what"), call.path("request")
    try:
        return see_other(_said(call, request, what))
    except UnknownTerm:
        raise
    except LintasError as exc:
        return _page(call, problem=exc, said_what=what)


def own(call: Call) -> Response:
    """Answer for the request from here on."""
    try:
        take_over(call.services, call.viewer, call.path("request"))
    except UnknownTerm:
        raise
    except LintasError as exc:
        return _page(call, problem=exc)
    return see_other(f"/requests/{call.path('request')}?done=own")


def recall(call: Call) -> Response:
    """Give the file by which the own bank recalls the payment; the thread says from then on that it was asked."""
    form = call.form
    try:
        made = make_recall(
            call.services,
            call.viewer,
            call.path("request"),
            bank=_typed(call).bank(form, "bank"),
            reason=form.text("recall_reason") or "frad",
        )
    except UnknownTerm:
        raise
    except LintasError as exc:
        return _page(call, problem=exc, said_what=Step.RECALL_SENT)
    return attached(made.file_name, made.file, "application/xml")


async def live(call: Call) -> Response:
    """Tell an open request that something was said in it."""
    services, viewer, token, request = call.services, call.viewer, call.token, checked_id(call.path("request"))
    scope = await run_in_threadpool(scope_of, services, viewer, READS)
    after = call.request.headers.get("last-event-id", "") or call.query("after")
    call.console.streams.admit(call.owner)

    def changed() -> str:
        head = services.store.read(lambda snapshot: snapshot.request(request, scope=scope))
        return "" if head is None else str(head.changed)

    lines = call.console.streams.marks(
        call.owner,
        services.events,
        TOPIC,
        after=after,
        mark=changed,
        is_signed_in=lambda: session_of(services, token, touch=False) is not None,
    )
    return StreamingResponse(lines, media_type="text/event-stream", headers={"x-accel-buffering": "no"})


def show_letter(call: Call) -> Response:
    """Show a request as a letter that can be printed: to the other desk, or a rung's form, filled."""
    request, rung = call.path("request"), call.request.path_params.get("rung", "")
    with one_entry(call.services, call.viewer, "letter"):
        shown = show_request(call.services, call.viewer, request)
        found = None
        if rung:
            ladder = show_ladder(call.services, call.viewer, request, label=call.language.label)
            found = next((one for one in ladder.rungs if one.code == rung and one.letter), None)
            if found is None:
                raise UnknownTerm("There is no such letter.")
    return page(
        call,
        "request_letter.html",
        title="Letter",
        section="requests",
        tlp=Tlp.AMBER,
        shown=shown,
        line=shown.line,
        rung=found,
        asked_lines=asked_lines(call.services.packs, shown),
        **_codes(call, shown),
    )


def _said(call: Call, request: str, what: str) -> str:
    """Say it, or propose it; returns where to go on."""
    form, services, viewer = call.form, call.services, call.viewer
    back = f"/requests/{request}?done=said"
    if what not in SAYINGS:
        raise BadInput("Nothing was chosen.", hint="Press one of the buttons.")
    fields = fields_of(Step(what), form, _typed(call))
    match Step(what):
        case Step.CALL_BACK:
            call_back(services, viewer, request)
            return back
        case Step.PROMISED:
            promise_call(services, viewer, request, datetime.fromisoformat(fields["at"]), fields["to"])
            return back
        case Step.DOOR:
            try_door(services, viewer, request, fields["door"], fields["how"], outcome=fields.get("outcome", ""))
            return back
        case Step.CORRECTED:
            correct(services, viewer, request, why=str(fields["why"]), short=form.text("short"))
            return back
        case Step.ORDERED:
            fields = _order_fields(call, request, fields)
        case _:
            pass
    said = {"ground": form.text("ground"), "short": form.text("short"), "lang": call.language.tag.partition("-")[0]}
    try:
        say(services, viewer, request, what, fields, **said)
    except NotAllowed as refusal:
        if refusal.rule != NEEDS_ORDER:
            raise
        proposed = {"request": request, "what": what, "fields": fields, **said}
        return f"/approvals/{propose(services, viewer, 'power.order', proposed).id}"
    return back


def _order_fields(call: Call, request: str, fields: dict[str, Any]) -> dict[str, Any]:
    """Fill an order up with the door that was chosen and the account that was asked about."""
    shown = show_request(call.services, call.viewer, request)
    asked = shown.fields.get("account") or shown.fields.get("own_account") or {}
    account = {**asked, "value": str(fields["account"])}
    if fields.get("bank"):
        account["bank"] = str(fields["bank"])
    door = next((one for one in shown.doors if one.code == call.form.text("door")), None)
    if door is None:
        raise BadInput("No door was chosen.", hint="Each door stands with its law and who signs.")
    filled = {**fields, "door": door.code, "power": shown.line.power, "account": account}
    if door.clock:
        filled["clock"] = door.clock
    if not filled.get("expires_at") and door.expires_at:
        filled["expires_at"] = door.expires_at
    return filled


def _typed(call: Call) -> Typed:
    config = call.services.config
    return Typed(now=call.services.clock.now(), zone=config.time_zone, region=config.region, packs=call.services.packs)


def _page(call: Call, problem: LintasError | None = None, said_what: str = "") -> Response:
    services, viewer = call.services, call.viewer
    with one_entry(services, viewer, "request"):
        shown = show_request(services, viewer, call.path("request"))
        is_asker = shown.line.side == Side.ASKER
        ladder = show_ladder(services, viewer, shown.line.message) if is_asker and shown.line.is_open else None
        calls = show_calls(services, viewer, shown.line.message).calls
        claims = claims_on(services, viewer, shown.line.message)
    came = [shown.line.message, *(one.message for one in shown.steps if one.side != shown.line.side)]
    for message in () if shown.line.is_own else came:
        tell(services, MessageId(message), ReceiptState.SHOWN, viewer.id)  # its sender hears once that it was opened
    steps = step_lines(call, shown)
    offered = _offered(call, shown)
    sent = {name: value for name, value in call.form.fields if name != "form"} if problem else {}
    return page(
        call,
        "request.html",
        title=f"{services.packs.forms.forms[shown.line.form].label} {shown.ref}"
        if shown.line.form in services.packs.forms.forms
        else shown.ref,
        section="requests",
        tlp=Tlp.from_text(shown.seen_by.marking) if shown.seen_by.marking else Tlp.AMBER,
        status=_status(problem),
        problem=problem,
        done=DONE.get("kept" if shown.line.is_own and call.query("done") == "said" else call.query("done"), ""),
        shown=shown,
        line=shown.line,
        is_ours=is_our_turn(shown.line),
        steps=steps,
        new_count=sum(1 for step in steps if step.is_new),
        asked_lines=asked_lines(services.packs, shown),
        offered=[one for one in offered if one.is_main],
        offered_more=[one for one in offered if not one.is_main],
        said_what=said_what,
        sent=sent,
        ladder=ladder,
        calls=[one for one in calls if one.state == "open"],
        claims=claims,
        can_take=offers(call, "hand_over") and shown.line.owner != viewer.id and shown.line.is_open,
        now_text=as_text(services.clock.now()),
        holder_words=holder_words(services.packs.forms, shown),
        **_codes(call, shown),
    )


def _codes(call: Call, shown: RequestShown) -> dict[str, Any]:
    """Names and words that stand around a thread."""
    packs, own = call.services.packs, call.services.config
    line = shown.line
    other = line.other_name or line.other[:17]
    country = line.other_country if line.side == Side.ASKER else own.country
    law = packs.law.of(own.country)
    purpose, basis = law.purposes.get(shown.purpose), law.bases.get(shown.basis)
    return {
        "names": {account.id: account.name for account in list_accounts(call.services)},
        "other_name": other,
        "asker_name": own.name if line.side == Side.ASKER else other,
        "zone": packs.doors.of(line.other_country).zone if line.other_country else "",
        "place_of_doors": country,
        "purpose_label": purpose.label if purpose is not None else shown.purpose.replace("_", " "),
        "basis_label": basis.label if basis is not None else shown.basis.replace("_", " "),
    }


def _offered(call: Call, shown: RequestShown) -> list[Saying]:
    """What this person may say now, with what stands in the fields at first."""
    allowed = {one.what: one for one in shown.says if one.allowed}
    return [
        _filled(call, SAYINGS[what], shown, takes_order=allowed[what].takes_order) for what in ORDER if what in allowed
    ]


def _filled(call: Call, saying: Saying, shown: RequestShown, *, takes_order: bool) -> Saying:
    forms, config = call.services.packs.forms, call.services.config
    account = shown.fields.get("account") or shown.fields.get("own_account") or {}
    held, asked = shown.amounts.held, shown.amounts.asked
    currency = shown.amounts.currency
    minor = held if saying.what in {"released", "returned", "forfeited"} else asked
    values = {
        "account": str(account.get("value") or ""),
        "bank": str((shown.fields.get("from_bank") if saying.what == Step.RECALL_SENT else account.get("bank")) or ""),
        "authority": config.name if saying.what == Step.ORDERED else "",
        "amount": plain_amount(minor, currency) if minor and saying.what != Step.GONE else "",
    }
    inputs = []
    for one in saying.inputs:
        codes: tuple[str, ...] = ()
        prefix = ""
        if one.table == "rung":
            place = call.services.packs.doors.of(shown.line.other_country)
            codes, prefix = tuple(rung.code for rung in place.ladder), f"{shown.line.other_country}."
        elif one.kind == "code":
            codes = codes_of(forms, one.table)
        inputs.append(
            replace(one, value=values.get(one.name) or one.value, currency=currency, codes=codes, prefix=prefix)
        )
    return replace(saying, inputs=tuple(inputs), takes_order=takes_order)


def _status(problem: LintasError | None) -> int:
    if problem is None:
        return 200
    return 403 if isinstance(problem, NotAllowed) else 400
