# SPDX-License-Identifier: Apache-2.0
"""What the page Report understands of what was typed, echoed in full; and what a text or a slip suggests for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from lintas.errors import BadInput
from lintas.formats.currencies import CURRENCY_OF_COUNTRY
from lintas.model.report_answers import AskDraft, ChatRead, SlipRead
from lintas.web.calls import Call
from lintas.web.console.amounts import money as money_words
from lintas.web.console.amounts import plain_amount
from lintas.web.console.language import later
from lintas.web.console.request_inputs import money_said
from lintas.web.console.times import Times
from lintas.web.console.typed import as_said, read_amount, read_bank, read_when
from lintas.web.forms import Form
from lintas.work.clocks import Presence, presence_of
from lintas.work.reports import suggest_requests
from lintas.work.reports.values import payment_said

SHORT_CHARS_MAX: Final = 500
DIGEST_CHARS: Final = 64
LABELS: Final = {
    "amount": later("Amount"),
    "currency": later("Currency"),
    "at": later("When"),
    "own_bank": later("Own bank"),
    "to_bank": later("Receiving bank"),
    "to_account": later("Receiving account"),
    "to_name": later("Name"),
    "to_country": later("Country"),
    "reference": later("Payment reference"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EchoLine:
    """One thing that was understood, or not."""

    words: str  # in the reader's language
    is_doubt: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A report as it was typed."""

    report: Mapping[str, Any]  # as `file_report` takes it
    victim: Mapping[str, Any]
    echoes: Mapping[str, tuple[EchoLine, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """One fact that a text or a slip gives."""

    field: str
    label: str  # in English
    value: str  # that goes into the field
    shown: str
    doubt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestions:
    """All of them."""

    facts: tuple[Suggested, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A first request, ready to be sent or shown."""

    key: str
    draft: AskDraft
    presence: Presence | None
    earmark: str  # of the first door there; empty where there is none
    is_ticked: bool

    @property
    def is_sendable(self) -> bool:
        """Whether it is sent from here: to another desk, or opened at the own one."""
        return self.draft.how in ("peer", "own_door") and not self.draft.missing


def read_typed(call: Call, form: Form) -> Typed:
    """Read what was typed. What is not understood goes into the note as it was said; nothing blocks."""
    config, packs, say = call.services.config, call.services.packs, call.say
    notes: list[str] = []
    echoes: dict[str, list[EchoLine]] = {"own_bank": [], "amount": [], "to": []}
    payment: dict[str, Any] = {
        "from_bank": form.text("own_bank"),
        "to": {name: form.text(f"to_{name}") for name in ("bank", "name", "country")},
        "reference": form.text("reference"),
    }
    payment["to"]["value"] = form.text("to_account")
    for name, place in (("own_bank", "own_bank"), ("to_bank", "to")):
        if text := form.text(name):
            bank = read_bank(text, packs.identifiers)
            if bank is None:
                echoes[place].append(EchoLine(words=say("%(text)s: kept as it is", text=text[:60]), is_doubt=True))
                continue
            echoes[place].append(EchoLine(words=f"{bank.name}, {call.language.label('place', bank.country)}"))
            (payment["to"] if name == "to_bank" else payment)["bank" if name == "to_bank" else "from_bank"] = bank.bic
    if text := form.text("amount"):
        money = read_amount(text, form.text("currency") or CURRENCY_OF_COUNTRY.get(config.country, ""), config.region)
        if money is None:
            notes.append(f"amount: {text[:60]}")
            words = say("%(text)s is not understood; it is kept in the note", text=text[:60])
            echoes["amount"].append(EchoLine(words=words, is_doubt=True))
        else:
            payment["amount"] = money_said(money)
            echoes["amount"].append(EchoLine(words=money_words(call.language, money)))
    if text := form.text("at"):
        when = read_when(text, call.services.clock.now(), config.time_zone, config.region)
        if when is None:
            notes.append(f"when: {text[:60]}")
            words = say("%(text)s is not understood; it is kept in the note", text=text[:60])
            echoes["amount"].append(EchoLine(words=words, is_doubt=True))
        else:
            payment["at"] = as_said(when)
            echoes["amount"].append(EchoLine(words=moment_words(call, as_said(when))))
    _echo_account(call, payment, echoes["to"])
    kept = (form.whole("short").strip(), *notes)
    kind = form.text("kind")
    report = {
        "how": form.text("how") or "phone",
        "kind": kind,
        "area": packs.forms.kinds[kind].area if kind in packs.forms.kinds else "",
        "payments": [payment] if _says_anything(payment) else [],
        "slips": _digests(form.text("slips")),
        "language": form.text("language"),
        "short": "\n".join(one for one in kept if one)[:SHORT_CHARS_MAX],
        "lang": call.language.tag.partition("-")[0],
    }
    own: dict[str, str] = {"value": form.text("own_account"), "bank": str(payment["from_bank"])}
    victim = {
        "name": form.text("name"),
        "phone": form.text("phone"),
        "own": own,
        "language": form.text("language"),
    }
    is_known = any(victim[name] for name in ("name", "phone")) or any(own.values())
    return Typed(
        report=report,
        victim=victim if is_known else {},
        echoes={name: tuple(lines) for name, lines in echoes.items()},
    )


def offers_of(call: Call, report: Mapping[str, Any], ref: str, form: Form) -> list[Offer]:
    """What the packs say is to be sent first; what was offered before and is not ticked stays so."""
    services = call.services
    said = dict(report) | {"payments": _read_payments(call, report)}
    drafts = services.store.read(lambda snapshot: suggest_requests(services, snapshot, ref, said))
    return offers_for(call, drafts, form)


def offers_for(call: Call, drafts: Sequence[AskDraft], form: Form) -> list[Offer]:
    """Drafts as the page offers them."""
    offered, ticked = form.texts("offered"), form.texts("send")
    offers = []
    for draft in drafts:
        key = f"{draft.how}-{draft.payment}-{draft.form}-{draft.to[-12:]}"
        place = call.services.packs.doors.of(draft.country)
        asked = call.services.packs.forms.forms[draft.form]
        door = next((one for one in place.doors if one.power == asked.power), None) if asked.power else None
        offers.append(
            Offer(
                key=key,
                draft=draft,
                presence=presence_of(call.services, call.viewer, draft.to, form=draft.form)
                if draft.how == "peer"
                else None,
                earmark="" if door is None else door.earmark.value,
                is_ticked=key in ticked if key in offered else not draft.missing,
            )
        )
    return offers


def suggestions_of(call: Call, chat: ChatRead | None, slips: Sequence[SlipRead]) -> Suggestions:
    """What a text and slips give for the fields of the page, each field once: a slip before a text."""
    payments = [code.payment for slip in slips for code in slip.codes if code.payment]
    payments += [] if chat is None else chat.payments
    found: dict[str, Suggested] = {}
    for payment in payments:
        for one in _of_payment(call, payment):
            found.setdefault(one.field, one)
    notes = [slip.note for slip in slips if slip.note]
    notes += [code.reason for slip in slips for code in slip.codes if code.reason]
    if len(payments) > 1:
        said = call.say("There are %(count)s payments in it; the first one is suggested.", count=len(payments))
        notes.append(said)
    return Suggestions(facts=tuple(found.values()), notes=tuple(notes))


def _of_payment(call: Call, payment: Mapping[str, Any]) -> list[Suggested]:
    to: Mapping[str, Any] = payment.get("to") or {}
    banks = call.services.packs.identifiers.banks
    values = {
        "own_bank": str(payment.get("from_bank") or ""),
        "at": str(payment.get("at") or ""),
        "to_bank": str(to.get("bank") or ""),
        "to_account": str(to.get("value") or ""),
        "to_name": str(to.get("name") or ""),
        "reference": str(payment.get("reference") or ""),
    }
    found = []
    if money := payment.get("amount"):
        shown = money_words(call.language, money)
        found.append(
            Suggested(
                field="amount",
                label=LABELS["amount"],
                value=plain_amount(money["minor"], money["currency"]),
                shown=shown,
            )
        )
        found.append(
            Suggested(field="currency", label=LABELS["currency"], value=money["currency"], shown=money["currency"])
        )
    for name, value in values.items():
        if value:
            shown = moment_words(call, value) if name == "at" else banks[value].name if value in banks else value
            found.append(Suggested(field=name, label=LABELS[name], value=value, shown=shown))
    return found


def moment_words(call: Call, at: str) -> str:
    """Say a time in the reader's language."""
    config = call.services.config
    return str(Times(call.language, country=config.country, zone=config.time_zone).moment(at))


def _echo_account(call: Call, payment: Mapping[str, Any], lines: list[EchoLine]) -> None:
    if not payment["to"]["value"]:
        return
    notes: list[str] = []
    try:
        to = payment_said(call.services, {"to": payment["to"]}, notes)["to"]
    except BadInput as exc:
        lines.append(EchoLine(words=call.language.sentence(exc.message), is_doubt=True))
        return
    if to["value"] != payment["to"]["value"]:
        lines.append(EchoLine(words=to["value"]))
    lines += [EchoLine(words=call.language.sentence(note), is_doubt=True) for note in notes]


def _read_payments(call: Call, report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Payments with what the identifier pack knows of their accounts."""
    read = []
    for payment in report["payments"]:
        try:
            read.append(payment_said(call.services, payment, []))
        except BadInput:
            continue  # the report's own page says why
    return read


def _says_anything(payment: Mapping[str, Any]) -> bool:
    return any(value for name, value in payment.items() if name != "to") or any(payment["to"].values())


def _digests(text: str) -> list[str]:
    """Ids of messages as a hidden field carries them."""
    plain = (one.strip() for one in text.split(","))
    return [one for one in plain if len(one) == DIGEST_CHARS and all(char in "0123456789abcdef" for char in one)]
