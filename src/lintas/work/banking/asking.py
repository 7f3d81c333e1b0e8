# SPDX-License-Identifier: Apache-2.0
"""Ask a bank where money went on to: a named person's press, for a request or a trace that they may see.

What is true if we die: before the commit nobody was asked; after it the question stands in the log, which is the
outbox: the node asks the bank until it answers. The same that is open already is not asked twice.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from lintas.errors import BadInput, UnknownTerm, WrongUse
from lintas.model.bookings import Question, question_id
from lintas.model.desk import Doc
from lintas.model.desk_ref import read_ref
from lintas.model.ids import MessageId
from lintas.model.question import ENDS, Asked, QuestionSaid, QuestionShown
from lintas.model.scope import Scope
from lintas.model.viewer import Viewer
from lintas.ports.bank import bank_for
from lintas.ports.store import Snapshot, Transaction
from lintas.work.access import permit, record_access, scope_of
from lintas.work.desk import Draft, new_id, new_ref, prepare_doc, write_in
from lintas.work.desk.writing import Written
from lintas.work.lists import follow_in
from lintas.work.services import Services, as_text

ASKS: Final = "trace.ask"
SAID_MAX: Final = 200  # documents of one question
SHOWN_MAX: Final = 1_000
TOPICS: Final = ("log", "requests")


def ask_bank(
    services: Services,
    viewer: Viewer,
    *,
    about: str,
    bank: str,
    account: str,
    currency: str,
    start: str,
    law: str,
    until: str = "",
    authority: str = "",
) -> QuestionShown:
    """Have a bank asked for the bookings of one account; on disk when this returns.

    Args:
        about: Reference of the request or the kept trace that it is asked for: a bank is asked for nothing else.
        account: Number or key; a bank before a colon is left out.
        start: RFC 3339 with a zone: bookings since then.
        law: Under which it is asked; the bank relies on it.
        until: As `start`; empty up to now.
        authority: That asks; this agency when empty.

    Raises:
        UnknownTerm: There is no such request or trace that this viewer may see.
        BadInput: A field cannot be.
        WrongUse: No bank of that name and currency has a connection.
        NotAllowed: The policy refuses it.
    """
    scope = scope_of(services, viewer, ASKS)
    fields = _checked(
        services,
        bank=bank,
        account=account,
        currency=currency,
        start=start,
        until=until,
        law=law,
        authority=authority,
    )
    ref_about = read_ref(about)

    def look(snapshot: Snapshot) -> tuple[MessageId, str, str]:
        home, asker = home_of(snapshot, ref_about, scope)
        return home, asker, new_ref(services, snapshot, Doc.QUESTION)

    home, asker, ref = services.store.read(look)
    fields |= {"about": ref_about, "asker": asker}
    written = prepare_asked(services, ref=ref, fields=fields, by=viewer.id)

    def job(tx: Transaction) -> tuple[QuestionSaid, bool]:
        home_of(tx, ref_about, scope)
        if (same := same_open(tx, ref_about, fields)) is not None:
            return same, False
        write_asked_in(services, tx, home, written, by=viewer.id)
        (said,) = tx.question_said(ref, limit=1)
        return said, True

    said, is_new = services.store.write(job)
    for topic in TOPICS:
        services.events.publish(topic)
    shown = services.store.read(lambda snapshot: shown_of(snapshot, said))
    record_access(services, viewer, "question", {"ref": shown.ref, "about": ref_about}, [shown.message])
    return msgspec.structs.replace(shown, is_new=is_new)


def list_questions(services: Services, viewer: Viewer, *, about: str = "") -> list[QuestionShown]:
    """What banks were asked that the viewer may see, newest first; for one request or trace, if one is named."""
    scope = scope_of(services, viewer, ASKS)
    ref = read_ref(about) if about else ""

    def look(snapshot: Snapshot) -> list[QuestionShown]:
        return [shown_of(snapshot, one) for one in snapshot.questions(ref, scope=scope, limit=SHOWN_MAX)]

    found = services.store.read(look)
    record_access(services, viewer, "questions", {"about": ref}, [one.message for one in found])
    return found


def drop_question(services: Services, viewer: Viewer, ref: str) -> QuestionShown:
    """End a question that nobody needs answered any more; what the bank says to it afterwards is not taken in.

    Raises:
        UnknownTerm: There is no such question that this viewer may see.
        WrongUse: It was answered, or dropped already.
    """
    scope = scope_of(services, viewer, ASKS)
    permit(services, viewer, ASKS)

    def find(snapshot: Snapshot) -> QuestionSaid:
        found = snapshot.question_called(read_ref(ref), scope=scope)
        if found is None:
            raise UnknownTerm(f"There is no question {ref[:40]!r}.", hint="lintas tracing DIR questions")
        return found

    asked = services.store.read(find)
    written = prepare_about(services, asked, Asked.DROPPED, {}, by=viewer.id)

    def job(tx: Transaction) -> QuestionShown:
        if is_ended(tx, find(tx).ref):
            raise WrongUse("It was answered, or dropped already.")
        write_about_in(services, tx, asked, written)
        return shown_of(tx, asked)

    shown = services.store.write(job)
    for topic in TOPICS:
        services.events.publish(topic)
    record_access(services, viewer, "question", {"ref": shown.ref, "said": "dropped"}, [shown.message])
    return shown


def home_of(snapshot: Snapshot, about: str, scope: Scope) -> tuple[MessageId, str]:
    """The message that opened a request or a trace here, and who asks in that request.

    Raises:
        UnknownTerm: There is none that the viewer may see.
    """
    if about[3] == "T":
        traces = snapshot.traces_named(about, scope=scope)
        if traces:
            return traces[0].message, ""
    else:
        requests = snapshot.requests_called(about, scope=scope)
        if requests:
            return requests[0].message, requests[0].asker
    raise UnknownTerm(f"There is no request or trace {about!r} here.")


def prepare_asked(services: Services, *, ref: str, fields: Mapping[str, Any], by: str, document: str = "") -> Written:
    """Check and sign a question; nothing of it is written yet."""
    said = {"what": Asked.ASKED.value, "fields": dict(fields)}
    return prepare_doc(services, Draft(doc=Doc.QUESTION, ref=ref, id=document or new_id(services), said=said, by=by))


def write_asked_in(services: Services, tx: Transaction, home: MessageId, written: Written, *, by: str) -> None:
    """Write a question, restricted as what it is asked for is. Part of the caller's transaction."""
    write_in(services, tx, written)
    follow_in(services, tx, home, [written.entry.id], by=by)


def prepare_about(
    services: Services, asked: QuestionSaid, what: Asked, fields: Mapping[str, Any], *, by: str, document: str = ""
) -> Written:
    """Check and sign what is said of a question."""
    said = {"what": what.value, "fields": dict(fields)}
    draft = Draft(
        doc=Doc.QUESTION, ref=asked.ref, id=document or new_id(services), after=(asked.doc,), said=said, by=by
    )
    return prepare_doc(services, draft)


def write_about_in(services: Services, tx: Transaction, asked: QuestionSaid, written: Written) -> None:
    """Write what is said of a question, restricted as it is. Part of the caller's transaction."""
    write_in(services, tx, written)
    follow_in(services, tx, asked.message, [written.entry.id], by=written.doc.by)


def is_ended(snapshot: Snapshot, ref: str) -> bool:
    """Whether a question was answered or dropped."""
    return any(one.what in ENDS for one in snapshot.question_said(ref, limit=SAID_MAX))


def same_open(snapshot: Snapshot, about: str, fields: Mapping[str, Any]) -> QuestionSaid | None:
    """The open question that asks the same bank for the same, for the same request or trace."""
    alike = ("bank", "account", "currency", "start", "until")
    for one in snapshot.questions_for(about, limit=SHOWN_MAX):
        is_same = all(one.said[name] == fields[name] for name in alike if name != "account")
        if is_same and one.said["account"]["value"] == fields["account"]["value"] and not is_ended(snapshot, one.ref):
            return one
    return None


def question_of(services: Services, asked: QuestionSaid) -> Question:
    """What the bank is asked, always the same of the same document."""
    said = asked.said
    return Question(
        id=question_id(ref=asked.ref, document=asked.doc),
        bank=said["bank"],
        account=said["account"]["value"],
        currency=said["currency"],
        start=said["start"],
        until=said["until"],
        reference=asked.ref,
        authority=said["authority"],
        law=said["law"],
        mode=services.config.mode,
    )


def shown_of(snapshot: Snapshot, asked: QuestionSaid) -> QuestionShown:
    """A question with what came of it."""
    later = snapshot.question_said(asked.ref, limit=SAID_MAX)
    end = next((one for one in later if one.what in ENDS), None)
    said = asked.said
    told = end.said if end is not None and end.what == Asked.TOLD else {}
    return QuestionShown(
        ref=asked.ref,
        message=asked.message,
        about=asked.about,
        bank=said["bank"],
        account=said["account"]["value"],
        currency=said["currency"],
        start=said["start"],
        until=said["until"],
        law=said["law"],
        by=asked.by,
        at=asked.at,
        state="open" if end is None else str(told.get("state", "dropped")),
        item=str(told.get("item", "")),
        bookings=int(told.get("bookings", 0)),
        end=str(told.get("end", "")),
        reason=str(told.get("reason", "")),
        notes=list(dict.fromkeys(one.said["note"] for one in later if one.what == Asked.NOTED)),
    )


def _checked(services: Services, **said: str) -> dict[str, Any]:
    """The fields of a question as a document has them."""
    bank, currency = said["bank"].strip(), said["currency"].strip().upper()
    prefix, _, number = "".join(said["account"].split()).rpartition(":")
    if not number:
        raise BadInput("No account is named.")
    bank = bank or prefix
    if not bank:
        raise BadInput("No bank is named.", hint="--bank, by its BIC, code or name.")
    if not said["law"].strip():
        raise BadInput("Name the law under which the bank is asked.", hint="The bank relies on it.")
    connection = bank_for(services.config.banks, bank, currency)
    if not connection:
        raise WrongUse(
            f"No connection answers for {bank} in {currency or 'no currency'}.",
            hint="Ask that bank yourself, and take in the statement that it gives; or add [bank.NAME] to node.toml.",
        )
    start, until = _moment(said["start"], "start"), _moment(said["until"], "until") if said["until"] else ""
    if start >= as_text(services.clock.now()) or (until and until <= start):
        raise BadInput("The time that the bank is asked about lies in the future, or ends before it begins.")
    return {
        "bank": bank,
        "account": {"scheme": "bank_account", "value": number, "bank": bank, "country": "", "name": ""},
        "currency": currency or services.config.banks[connection].currency,
        "start": start,
        "until": until,
        "authority": (said["authority"].strip() or services.config.name)[:200],
        "law": said["law"].strip()[:200],
    }


def _moment(text: str, name: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{name} is no moment.", hint="Such as 2026-03-01T03:10:00+08:00.") from None
    if moment.tzinfo is None:
        raise BadInput(f"{name} names no zone.", hint="Such as 2026-03-01T03:10:00+08:00.")
    return as_text(moment.astimezone(UTC))
