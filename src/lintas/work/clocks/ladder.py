# SPDX-License-Identifier: Apache-2.0
"""The next door when nobody answers: the ladder of the pack, each rung's form filled, and which doors were tried.

Trying a door decides nothing and releases nothing: an officer hands a letter over, or calls. The thread keeps which
doors were tried, when, by whom, how, and what came of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from lintas.errors import BadInput, NotAllowed, UnknownTerm
from lintas.formats.currencies import CURRENCIES
from lintas.formats.forms import Form
from lintas.formats.iso20022.recall import write_recall
from lintas.formats.letters import Letter
from lintas.limits import LADDER_AFTER_S
from lintas.model.desk import Money, Side, State, Step
from lintas.model.desk_found import RequestHead
from lintas.model.header import Mode
from lintas.model.ids import MessageId
from lintas.model.recall import Institution, Recall, RecalledPayment
from lintas.model.viewer import Viewer
from lintas.policy.doors import RungShown, competent, filled, ladder, missing, rung_form, second_desk
from lintas.policy.requests import money_of
from lintas.ports.store import Snapshot
from lintas.work.access import record_access, scope_of
from lintas.work.banking import letter_recall
from lintas.work.clocks.saying import READS, doc_of, request_or_unknown, say_in_thread
from lintas.work.services import Services, as_text

Label = Callable[[str, str], str]  # (table, code) -> words in the reader's language
_RECALL: Final = "recall"
_BIC_CHARS: Final = (8, 11)
_HEADINGS: Final = {
    "from": "From",
    "reference": "Reference",
    "made": "Made",
    "missing": "Not known yet",
    "exercise": "EXERCISE EXERCISE EXERCISE",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """A door that was tried."""

    by: str
    at: str
    how: str  # code
    outcome: str  # code; empty where nobody said


@dataclass(frozen=True, slots=True, kw_only=True)
class RungLine:
    """One rung as an officer sees it."""

    code: str
    label: str  # English, of the pack
    how: str  # what the officer does; English, of the pack
    opens_at: str
    is_due: bool
    is_confirmed: bool
    tries: tuple[Try, ...]
    number: str  # of the second desk; empty where none is known
    letter: Letter | None  # its form, filled; None where the pack has none
    camt: bytes = field(repr=False)  # camt.056 for the own bank; empty where it is no recall, or cannot be written
    camt_problem: str  # why it cannot be written


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderShown:
    """The ladder behind one request."""

    message: MessageId
    ref: str
    is_silent: bool  # nobody acknowledged, for so long that the ladder is offered
    silent_since: str  # when it was sent
    place: str  # country of the other desk
    note: str  # what nobody found out about the place; English, of the pack
    rungs: tuple[RungLine, ...]


def show_ladder(services: Services, viewer: Viewer, request: str, *, label: Label | None = None) -> LadderShown:
    """Show which doors stand behind a request, each form filled.

    Args:
        label: Gives the words for a code of a pack; those of the packs unless given.

    Raises:
        NotAllowed: The viewer may not see requests, or another desk sent this one.
        UnknownTerm: There is no such request that this viewer may see.
    """
    scope = scope_of(services, viewer, READS)

    def look(snapshot: Snapshot) -> LadderShown:
        head = request_or_unknown(snapshot, request, scope)
        if head.side != Side.ASKER:
            raise NotAllowed("The ladder is for the desk that asks another one.", rule="side")
        return _ladder(services, snapshot, head, label or pack_labels(services))

    shown = services.store.read(look)
    record_access(services, viewer, "ladder", {"request": shown.ref}, [shown.message])
    return shown


def try_door(services: Services, viewer: Viewer, request: str, door: str, how: str, *, outcome: str = "") -> str:
    """Write into the thread that a door was tried; returns the document's id. It stays at home.

    Args:
        door: Code of a rung, or of a door of the other desk's country.
        how: phone, form, message or in_person, as the forms pack says.
        outcome: What came of it, as the forms pack says; empty where it is not known yet.

    Raises:
        NotAllowed: The viewer may not answer requests.
        UnknownTerm: There is no such request, door, way or outcome.
    """
    scope = scope_of(services, viewer, READS)
    head = services.store.read(lambda snapshot: request_or_unknown(snapshot, request, scope))
    place = services.store.read(lambda snapshot: services.packs.doors.of(_country(services, snapshot, head)))
    if door not in {one.code for one in place.ladder} | {one.code for one in place.doors}:
        raise UnknownTerm("There is no such door.", hint="The ladder of the request names them.")
    terms = services.packs.forms.terms
    for table, code in (("door_how", how), ("door_outcome", outcome)):
        if (code and code not in terms.get(table, {})) or (table == "door_how" and not code):
            raise UnknownTerm(f"{code[:40]!r} is no {table.replace('_', ' ')}.", hint=f"Known: {sorted(terms[table])}")
    return say_in_thread(services, viewer, head.message, Step.DOOR, {"door": door, "how": how, "outcome": outcome})


def pack_labels(services: Services) -> Label:
    """The English words for codes, of the packs themselves."""
    tables = services.packs.forms.labels()
    return lambda table, code: tables.get(table, {}).get(code, code.replace("_", " "))


def _ladder(services: Services, snapshot: Snapshot, head: RequestHead, label: Label) -> LadderShown:
    country = _country(services, snapshot, head)
    place, now = services.packs.doors.of(country), services.clock.now()
    tries = _tries(snapshot, head)
    asked_at = datetime.fromisoformat(head.came)
    doc = doc_of(services, snapshot, head)
    fields: Mapping[str, Any] = {} if doc is None else doc.said["fields"]
    asked = services.packs.forms.forms.get(head.form)
    rungs = ladder(place, asked_at, tries, now)
    is_late = now >= asked_at + timedelta(seconds=LADDER_AFTER_S)
    return LadderShown(
        message=head.message,
        ref=head.ref,
        is_silent=head.state == State.REQUESTED and is_late,
        silent_since=head.came,
        place=country,
        note=place.note,
        rungs=tuple(_rung(services, snapshot, head, one, tries, asked, fields, label) for one in rungs),
    )


def _rung(
    services: Services,
    snapshot: Snapshot,
    head: RequestHead,
    shown: RungShown,
    tries: Mapping[str, list[Try]],
    asked: Form | None,
    fields: Mapping[str, Any],
    label: Label,
) -> RungLine:
    rung = shown.rung
    form = None if asked is None else rung_form(services.packs.forms, rung, asked)
    camt, problem = b"", ""
    if form is not None and form.code == _RECALL:
        try:
            camt = write_recall(_recall(services, head, fields))
        except BadInput as exc:
            problem = str(exc)
    return RungLine(
        code=rung.code,
        label=rung.label,
        how=rung.how,
        opens_at=as_text(shown.opens_at),
        is_due=shown.is_due,
        is_confirmed=rung.confirmed,
        tries=tuple(tries.get(rung.code, ())),
        number=_second_number(services, snapshot, head, asked) if not rung.form else "",
        letter=None if form is None else letter_of(services, head, form, fields, label),
        camt=camt,
        camt_problem=problem,
    )


def letter_of(services: Services, head: RequestHead, form: Form, fields: Mapping[str, Any], label: Label) -> Letter:
    """Fill a form from what a request says."""
    given = filled(form, fields)
    return Letter(
        title=label("form", form.code),
        sentence=form.sentence,
        organisation=services.config.name,
        country=services.config.country,
        ref=head.ref,
        made_at=as_text(services.clock.now()),
        marking="TLP:AMBER",
        is_exercise=services.config.mode is Mode.EXERCISE,
        form=form.code,
        rows=tuple((label("field", code), words_of_value(value)) for code, value in given.items()),
        missing=tuple(label("field", one.code) for one in form.fields if one.label in missing(form, given)),
        fields=given,
        headings=_HEADINGS,
    )


def words_of_value(value: object) -> str:
    """A field's value on one line, as it was written; an amount in its currency."""
    money = money_of(value)
    if money is not None:
        known = CURRENCIES.get(money.currency)
        digits = 0 if known is None else known.exponent
        unit = "" if known is not None else " (in the smallest unit)"
        return f"{money.currency} {Decimal(money.minor).scaleb(-digits):,.{digits}f}{unit}"
    if isinstance(value, Mapping):
        return ", ".join(str(one) for one in value.values() if one not in (None, ""))
    return str(value)


def _recall(services: Services, head: RequestHead, fields: Mapping[str, Any]) -> Recall:
    to = fields.get("account") or {}
    from_bank = str(fields.get("from_bank") or "")
    if not from_bank:
        raise BadInput("It is not known which bank sent the money.")
    amount: Money | None = money_of(fields.get("amount"))
    # One recall of one request has one id, however often it is shown: a bank drops what it has already.
    number = letter_recall(head)
    return Recall(
        id=number,
        case=head.ref,
        asker=Institution(name=services.config.name),
        bank=_institution(from_bank),
        made_at=as_text(services.clock.now()),
        payments=(
            RecalledPayment(
                id=number,
                end_to_end=str(fields.get("reference") or ""),
                amount=amount,
                to_account=str(to.get("value") or ""),
                to_bank=_institution(str(to.get("bank") or "")),
            ),
        ),
    )


def _institution(said: str) -> Institution:
    is_bic = len(said) in _BIC_CHARS and said.isalnum() and said.isupper()
    return Institution(bic=said) if is_bic else Institution(name=said)


def _tries(snapshot: Snapshot, head: RequestHead) -> dict[str, list[Try]]:
    found: dict[str, list[Try]] = {}
    own = head.asker if head.side == Side.ASKER else head.answerer
    for step in snapshot.steps(head):
        if step.what == Step.DOOR and step.node == own:
            said = step.said
            one = Try(by=step.by, at=step.at, how=str(said.get("how", "")), outcome=str(said.get("outcome", "")))
            found.setdefault(str(said.get("door", "")), []).append(one)
    return found


def _second_number(services: Services, snapshot: Snapshot, head: RequestHead, asked: Form | None) -> str:
    place = services.packs.doors.of(_country(services, snapshot, head))
    desk = None if asked is None else second_desk(place, asked, competent(place, asked))
    return "" if desk is None else desk.number


def _country(services: Services, snapshot: Snapshot, head: RequestHead) -> str:
    if head.is_own:
        return services.config.country
    peer = snapshot.peer(head.other)
    return "" if peer is None else peer.country
