# SPDX-License-Identifier: Apache-2.0
"""Report: five facts in the order in which people tell them, the first requests below, and one key that sends all.

Nothing that was typed is lost by an error or by a session that ended: the page comes back with all of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from starlette.responses import Response

from lintas.crypto.passkeys import read_assertion
from lintas.errors import LintasError, NotAllowed, UnknownTerm, WrongUse
from lintas.formats.currencies import CURRENCIES, CURRENCY_OF_COUNTRY
from lintas.model.desk_answers import RequestLine
from lintas.model.marking import Tlp
from lintas.model.report_answers import AskDraft, ReportShown, SlipRead
from lintas.web.calls import Call
from lintas.web.console.approvals import answer_of, must_confirm
from lintas.web.console.assent import CONFIRMED, assents_of
from lintas.web.console.language import TONGUES, Language
from lintas.web.console.page import page, see_other
from lintas.web.console.report_typed import (
    Offer,
    Suggestions,
    Typed,
    offers_for,
    offers_of,
    read_typed,
    suggestions_of,
)
from lintas.web.console.request_lines import with_bank_names
from lintas.web.forms import Form
from lintas.work import orders
from lintas.work.access import one_entry
from lintas.work.accounts import list_accounts
from lintas.work.intake import TakenFile
from lintas.work.reports import file_report, list_reports, new_report_ref, read_chat, read_slip, show_report
from lintas.work.requests import list_requests, send
from lintas.work.services import as_text

SENDS: Final = "request.send"
LINES: Final = 50
SLIPS_MAX: Final = 10
ORDERS_SHOWN_MAX: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Refused:
    """A first request that did not go."""

    what: str
    reason: str


def show_form(call: Call) -> Response:
    """Show an empty report."""
    return _form(call, Form(fields=(("ref", new_report_ref(call.services)),)))


def show_again(call: Call) -> Response:
    """Show what was sent by a session that has ended meanwhile; nothing of it was done."""
    told = NotAllowed(
        "You signed in anew meanwhile. Nothing was sent, and nothing is lost.", rule="form", hint="Look, and send it."
    )
    return _form(call, call.form, problem=told)


def look(call: Call) -> Response:
    """Echo what was understood so far, and say what would be sent first."""
    typed = read_typed(call, call.form)
    first = offers_of(call, typed.report, _ref_of(call), call.form)
    return page(call, "report_look.html", title="Report", first=first, echoes=typed.echoes)


def read_sent(call: Call) -> Response:
    """Read a pasted text and photos of slips here, and suggest what they say."""
    form = call.form
    try:
        suggested, kept = _read(call, form)
    except NotAllowed:
        raise
    except LintasError as exc:
        if call.is_partial:
            found = Suggestions(facts=(), notes=(exc.message,))
            return page(call, "report_read.html", title="Report", suggested=found, slips=form.text("slips"))
        return _form(call, form, problem=exc)
    slips = ",".join(kept)
    if call.is_partial:
        return page(call, "report_read.html", title="Report", suggested=suggested, slips=slips)
    given = {one.field: one.value for one in suggested.facts}
    filled = [(name, value or given.pop(name, "")) for name, value in form.fields if name not in {"slips", "currency"}]
    filled += [("slips", slips), ("currency", given.get("currency") or form.text("currency")), *given.items()]
    return _form(call, Form(fields=tuple(filled)), suggested=suggested)


def take_report(call: Call) -> Response:
    """Take the report, and send the first requests that are ticked."""
    form = call.form
    try:
        slips = [*_kept(form), *(one.message for one in _new_slips(call, form))]
        texts = []
        if form.whole("pasted").strip():
            texts.append(read_chat(call.services, call.viewer, form.whole("pasted")).message)
        typed = read_typed(call, form)
        report = dict(typed.report) | {"slips": slips[:SLIPS_MAX], "texts": [one for one in texts if one]}
        filed = file_report(call.services, call.viewer, report, typed.victim or None, ref=form.text("ref"))
    except LintasError as exc:
        return _form(call, form, problem=exc)
    address = f"/report/{filed.ref}?new=1"
    ticked = set(form.texts("send"))
    drafts = [one.draft for one in offers_for(call, filed.suggestions, form) if one.key in ticked]
    proposed, refused = _send(call, drafts)
    more = [("order", order) for order in proposed] + [("refused", f"{one.what}: {one.reason}") for one in refused]
    return see_other(address + (f"&{urlencode(more)}" if more else ""))


def show_one(call: Call) -> Response:
    """Show a report: its reference to read out, what to tell, what was sent and what can be."""
    return _shown(call)


def send_first(call: Call) -> Response:
    """Send first requests of a report that was taken, or confirm by passkey what was proposed."""
    form, ref = call.form, call.path("ref")
    try:
        if order := form.text("order"):
            given = answer_of(form.whole("answer"))
            if not given:
                raise WrongUse("The passkey did not answer.", hint="Press the button again.")
            orders.answer(call.services, call.viewer, order, CONFIRMED, read_assertion(given))
            waiting = [("order", one) for one in form.texts("waiting") if one != order]
            return see_other(f"/report/{ref}" + (f"?{urlencode(waiting)}" if waiting else ""))
        shown = show_report(call.services, call.viewer, ref)
        ticked = set(form.texts("send"))
        drafts = [one.draft for one in offers_for(call, shown.suggestions, form) if one.key in ticked]
        proposed, refused = _send(call, drafts)
    except UnknownTerm:
        raise
    except LintasError as exc:
        return _shown(call, problem=exc)
    if refused:
        return _shown(call, refused=refused, proposed=proposed)
    return see_other(f"/report/{ref}" + (f"?{urlencode([('order', one) for one in proposed])}" if proposed else ""))


def show_all(call: Call) -> Response:
    """List reports, the newest first."""
    before = call.query("before")
    at = int(before) if before.isascii() and before.isdigit() and len(before) < 16 else 0
    lines = list_reports(call.services, call.viewer, before=at, limit=LINES)
    return page(
        call,
        "reports.html",
        title="Reports",
        section="report",
        tlp=Tlp.AMBER_STRICT if lines else None,
        lines=lines,
        names={account.id: account.name for account in list_accounts(call.services)},
        older=lines[-1].seq if len(lines) == LINES else 0,
    )


def _send(call: Call, drafts: Sequence[AskDraft]) -> tuple[list[str], list[_Refused]]:
    """Send each; where a passkey binds, propose each instead. What one desk is refused stops no other."""
    proposed: list[str] = []
    refused: list[_Refused] = []
    binds = must_confirm(call, SENDS)
    for draft in drafts:
        if draft.how not in ("peer", "own_door") or draft.missing:
            continue
        try:
            if binds:
                proposed.append(orders.propose(call.services, call.viewer, SENDS, draft.asked).id)
            else:
                send(call.services, call.viewer, **draft.asked)
        except LintasError as exc:
            label = call.language.label("form", draft.form)
            refused.append(_Refused(what=f"{label}, {draft.to_name}", reason=exc.message))
    return proposed, refused


def _read(call: Call, form: Form) -> tuple[Suggestions, list[str]]:
    """Read what a form brings; the ids under which slips are kept come back with it."""
    slips = _new_slips(call, form)
    text = form.whole("pasted")
    chat = read_chat(call.services, call.viewer, text, keep=False) if text.strip() else None
    return suggestions_of(call, chat, slips), [*_kept(form), *(one.message for one in slips)]


def _new_slips(call: Call, form: Form) -> list[SlipRead]:
    files = form.files("slip")
    if len(files) > SLIPS_MAX:
        raise WrongUse(f"A report takes {SLIPS_MAX} pictures at once.", hint="Send the rest later.")
    return [read_slip(call.services, call.viewer, TakenFile(name=one.name, data=one.data)) for one in files]


def _kept(form: Form) -> list[str]:
    return [one for one in form.text("slips").split(",") if one]


def _ref_of(call: Call) -> str:
    return call.form.text("ref") or new_report_ref(call.services)


def _form(
    call: Call, form: Form, *, problem: LintasError | None = None, suggested: Suggestions | None = None
) -> Response:
    typed = read_typed(call, form) if len(form.fields) > 1 else Typed(report={"payments": []}, victim={}, echoes=_NONE)
    packs, config = call.services.packs, call.services.config
    banks = sorted(packs.identifiers.banks.values(), key=lambda bank: (bank.country != config.country, bank.name))
    return page(
        call,
        "report.html",
        title="New report",
        section="report",
        tlp=Tlp.AMBER_STRICT if len(form.fields) > 1 else None,
        status=_status(problem),
        problem=problem,
        sent=form,
        ref=form.text("ref") or new_report_ref(call.services),
        echoes=typed.echoes,
        first=offers_of(call, typed.report, form.text("ref"), form) if typed.report["payments"] else [],
        suggested=suggested,
        slip_count=len(_kept(form)),
        victim_languages=tuple(TONGUES.values()),
        ways=list(packs.forms.terms.get("way", {})),
        kinds=list(packs.forms.kinds),
        places=sorted(packs.doors.places),
        banks=banks,
        currency=CURRENCY_OF_COUNTRY.get(config.country, ""),
        currencies=sorted(CURRENCIES),
    )


_NONE: Final = {"own_bank": (), "amount": (), "to": ()}


def _shown(
    call: Call,
    *,
    problem: LintasError | None = None,
    refused: Sequence[_Refused] = (),
    proposed: Sequence[str] = (),
) -> Response:
    with one_entry(call.services, call.viewer, "report"):
        shown = show_report(call.services, call.viewer, call.path("ref"))
        rows = list_requests(call.services, call.viewer, report=shown.ref).lines
    waiting = [*proposed, *call.request.query_params.getlist("order")][:ORDERS_SHOWN_MAX]
    said = [one[:300] for one in call.request.query_params.getlist("refused")]
    language, tell = _told(call, shown)
    first = _unsent(offers_for(call, shown.suggestions, Form()), rows)
    return page(
        call,
        "reported.html",
        title=f"Report {shown.ref}",
        section="report",
        tlp=Tlp.AMBER_STRICT,
        status=_status(problem),
        problem=problem,
        shown=shown,
        said=shown.said,
        payments=[_payment_words(call, one) for one in shown.said.get("payments", ())],
        is_new=call.query("new") == "1",
        assents=assents_of(call, waiting),
        refused=[*refused, *(_Refused(what=one.partition(": ")[0], reason=one.partition(": ")[2]) for one in said)],
        rows=rows,
        first=[] if waiting else first,
        names={account.id: account.name for account in list_accounts(call.services)},
        now_text=as_text(call.services.clock.now()),
        tell=tell,
        tell_tag=language.tag,
    )


def _payment_words(call: Call, payment: dict[str, Any]) -> dict[str, Any]:
    """A payment with its banks by name."""
    packs = call.services.packs
    from_bank = with_bank_names(packs, "from_bank", payment["from_bank"])
    return {**payment, "from_bank": from_bank, "to": with_bank_names(packs, "to", payment["to"])}


def _unsent(offers: Sequence[Offer], rows: Sequence[RequestLine]) -> list[Offer]:
    """What was not sent yet."""
    sent = {(row.other, row.form) for row in rows}
    return [one for one in offers if (one.draft.to, one.draft.form) not in sent]


def _told(call: Call, shown: ReportShown) -> tuple[Language, str]:
    """What who reported may hear, in their language: it says nothing of the inquiry."""
    language = call.console.pages.language(str(shown.said.get("language") or call.language.code))
    status: Any = call.services.packs.forms.terms.get("status", {}).get(shown.status)
    return language, "" if status is None else f"{language.sentence(status.sentence or status.label)} {shown.ref}"


def _status(problem: LintasError | None) -> int:
    if problem is None:
        return 200
    return 403 if isinstance(problem, NotAllowed) else 400
