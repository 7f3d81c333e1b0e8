# SPDX-License-Identifier: Apache-2.0
"""Read what a victim sends: slip photos and chats. Each is kept as a message of the class victim, and suggests.

What is true if we die: the picture may be kept and its codes not; reading it again keeps what is missing and nothing
twice. Nothing stands in a report before a person puts it there.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from lintas.errors import BadInput, Malformed, SandboxLimit
from lintas.formats.chat import Fact, FactKind
from lintas.formats.chat import read_chat as facts_in
from lintas.formats.emvco import QrPayment, QrScheme, read_payment
from lintas.formats.pictures import is_picture
from lintas.model.ids import MessageId
from lintas.model.marking import Protected
from lintas.model.report_answers import ChatRead, CodeRead, FactShown, SlipRead
from lintas.model.viewer import Viewer
from lintas.ports.store import Transaction
from lintas.work.access import scope_of
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.reports.documents import codes_tag
from lintas.work.reports.values import moment
from lintas.work.services import Services, no_progress

_VICTIM: Final = frozenset({Protected.VICTIM})
_RAILS: Final = {
    QrScheme.PROMPTPAY: "promptpay",
    QrScheme.PAYNOW: "paynow",
    QrScheme.DUITNOW: "duitnow",
    QrScheme.QRIS: "qris",
    QrScheme.VIETQR: "vietqr",
    QrScheme.QRPH: "instapay",
}
_NEAR_CHARS: Final = 400  # between an amount and the account or name that belong to it


def read_slip(services: Services, viewer: Viewer, file: TakenFile) -> SlipRead:
    """Keep a photo or screenshot of a slip, and read its QR codes here.

    Raises:
        BadInput: It is no PNG or JPEG, or is too large.
        NotAllowed: The viewer may not take reports.
    """
    scope_of(services, viewer, "report.take")
    if not is_picture(file.data):
        raise BadInput("It is no picture in PNG or JPEG.", hint="Take a screenshot of it, or type what it says.")
    options = TakeOptions(classes=_VICTIM, source=file.name)
    kept = take(services, viewer, [file], options=options, progress=no_progress)
    slip = kept.messages[0]
    try:
        found = services.readers.read_codes(file.data)
    except (Malformed, SandboxLimit) as exc:
        return SlipRead(message=slip, codes_message="", codes=[], note=f"Its codes could not be read: {exc.message}")
    if not found.codes:
        return SlipRead(message=slip, codes_message="", codes=[], note="No QR code was found in it.")
    # Found by its payees and references from here on: the payee of a code is no victim.
    data = "\n".join(f"QR code: {text}" for text in found.codes).encode("utf-8", "replace")
    listed = TakenFile(name=f"codes of {file.name}.txt", data=data)
    options = TakeOptions(format="text/1", source=f"codes of {file.name}")
    texts = take(services, viewer, [listed], options=options, progress=no_progress).messages[0]
    services.store.write(lambda tx: _remember(services, tx, slip, texts))
    return SlipRead(message=slip, codes_message=texts, codes=[_code(services, text) for text in found.codes])


def _remember(services: Services, tx: Transaction, slip: str, texts: str) -> None:
    """Notice which text is of which picture: a report's own slip is nothing else that knows the account."""
    entry = tx.entry_by_id(MessageId(texts))
    tag = codes_tag(services, slip)
    if entry is not None and tx.taken(tag) is None:
        tx.remember_taken(tag, entry.seq)


def _code(services: Services, text: str) -> CodeRead:
    found = read_payment(text, services.packs.identifiers)
    if not isinstance(found, QrPayment):
        return CodeRead(text=text, reason=found.reason)
    payment = _payment_of_code(found)
    return CodeRead(
        text=text,
        scheme=found.scheme.value,
        payment=payment,
        notes=[f"{one.id}: {one.reason}" for one in found.rejected],
    )


def _payment_of_code(found: QrPayment) -> dict[str, Any]:
    """What a code suggests for a payment. The code of a Thai slip names the paying bank; all others name the payee."""
    amount = {"minor": found.amount.minor, "currency": found.amount.currency} if found.amount else None
    if found.scheme is QrScheme.THAI_SLIP:
        return {"from_bank": found.bank, "reference": found.reference, "amount": amount}
    to: dict[str, str] = {"name": found.name, "country": found.country, "bank": "", "scheme": "", "value": ""}
    if found.payees:
        payee = found.payees[0]
        bank, colon, number = payee.value.partition(":")
        is_account = payee.scheme == "bank_account" and bool(colon)
        to |= {"scheme": payee.scheme, "value": number if is_account else payee.value}
        to["bank"] = (bank if bank != "any" else "") if is_account else found.bank
    else:
        to |= {"value": found.merchant, "bank": found.bank}
    return {"to": to, "amount": amount, "reference": found.reference, "rail": _RAILS.get(found.scheme, "")}


def read_chat(
    services: Services, viewer: Viewer, text: str, *, region: str = "", name: str = "pasted chat", keep: bool = True
) -> ChatRead:
    """Find the facts of a report in a pasted or forwarded text, and keep the text.

    Args:
        region: ISO 3166-1 alpha-2 of where it was written; this node's when empty.
        keep: Take the text in as a message of its own.

    Raises:
        BadInput: It is empty.
        OverLimit: It is longer than PASTE_CHARS_MAX.
        NotAllowed: The viewer may not take reports.
    """
    scope_of(services, viewer, "report.take")
    if not text.strip():
        raise BadInput("The text is empty.")
    place = region.upper() or services.config.region
    facts = facts_in(text, packs=services.packs, region=place, today=_today(services))
    message = ""
    if keep:
        raw = text.encode("utf-8", "replace")
        options = TakeOptions(format="text/1", classes=_VICTIM, source=name, region=place)
        taken = take(services, viewer, [TakenFile(name=f"{name}.txt", data=raw)], options=options, progress=no_progress)
        message = taken.messages[0]
    contacts = {
        (fact.identifier.scheme, fact.identifier.value): None
        for fact in facts
        if fact.kind is FactKind.CONTACT and fact.identifier is not None
    }
    return ChatRead(
        message=message,
        facts=[_shown(fact) for fact in facts],
        payments=payments_in(services, facts),
        contacts=[{"scheme": scheme, "value": value} for scheme, value in contacts],
    )


def _today(services: Services) -> date:
    return services.clock.now().astimezone(ZoneInfo(services.config.time_zone)).date()


def payments_in(services: Services, facts: Sequence[Fact]) -> list[dict[str, Any]]:
    """Put the facts that stand near each other together: a payment for each amount that was paid.

    A text that names accounts and no amount gives a payment for each account.
    """
    paid = [fact for fact in facts if fact.kind is FactKind.AMOUNT and not fact.role]
    accounts = [fact for fact in facts if fact.kind is FactKind.ACCOUNT]
    anchors = paid or accounts
    payments = []
    for anchor in anchors:
        account = anchor if anchor.kind is FactKind.ACCOUNT else _nearest(anchor, accounts)
        names = [fact for fact in facts if fact.kind is FactKind.NAME]
        holder = _nearest(account or anchor, names)
        times = [fact for fact in facts if fact.kind is FactKind.TIME and "T" in fact.at]
        said = _nearest(anchor, _same_message(anchor, times)) or _before(anchor, times)
        payments.append(
            {
                "amount": {"minor": anchor.money.minor, "currency": anchor.money.currency} if anchor.money else None,
                "at": moment(services, said.at) if said else "",
                "to": _to(account, holder),
            }
        )
    return payments


def _to(account: Fact | None, holder: Fact | None) -> dict[str, str]:
    to = {"scheme": "", "value": "", "bank": "", "country": "", "name": holder.name if holder else ""}
    if account is None or account.identifier is None:
        return to
    found = account.identifier
    bank, colon, number = found.value.partition(":")
    is_account = found.scheme == "bank_account" and bool(colon)
    to |= {"scheme": found.scheme, "value": number if is_account else found.value, "country": found.country}
    to["bank"] = bank if is_account and bank != "any" else ""
    return to


def _nearest(anchor: Fact, others: Sequence[Fact]) -> Fact | None:
    """The nearest of some facts, within a few lines."""
    near = [(_gap(anchor, one), one.start, one) for one in others if one is not anchor]
    found = min(near, default=None, key=lambda one: one[:2])
    return found[2] if found is not None and found[0] <= _NEAR_CHARS else None


def _same_message(anchor: Fact, times: Sequence[Fact]) -> list[Fact]:
    """Times that were said in the message in which a fact stands, as far as a chat program marks where one begins."""
    sent = [one.start for one in times if one.role]
    message = sum(start <= anchor.start for start in sent)
    return [one for one in times if not one.role and sum(start <= one.start for start in sent) == message]


def _before(anchor: Fact, times: Sequence[Fact]) -> Fact | None:
    """When the message was sent in which a fact stands."""
    return next((one for one in reversed(times) if one.end <= anchor.start), None)


def _gap(one: Fact, other: Fact) -> int:
    return max(one.start, other.start) - min(one.end, other.end)


def _shown(fact: Fact) -> FactShown:
    money = {"minor": fact.money.minor, "currency": fact.money.currency} if fact.money else None
    identifier = fact.identifier
    return FactShown(
        kind=fact.kind.value,
        start=fact.start,
        end=fact.end,
        original=fact.original,
        value=identifier.value if identifier else fact.at or fact.bank or fact.name,
        scheme=identifier.scheme if identifier else "",
        money=money,
        role=fact.role,
        assumed=fact.is_assumed,
    )
