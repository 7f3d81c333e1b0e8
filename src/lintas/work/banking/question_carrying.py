# SPDX-License-Identifier: Apache-2.0
"""Ask a bank one question, and take in what it tells, with the document that says so, in one transaction.

What is true if we die: before the bank's answer it may have been asked, and the next look asks the same, which is
answered once. Between its answer and the commit the next look hears it again. After the commit the bookings stand in
the log as one item, and nothing is due: no answer is lost, and none is taken in twice, however many look at once.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from lintas.errors import LintasError
from lintas.model.bank import BankState
from lintas.model.bookings import BOOKINGS_TYPE, BookingsTold
from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.model.marking import Marking, Tlp
from lintas.model.money import NEVER
from lintas.model.question import Asked, QuestionSaid
from lintas.model.reading import ReadOptions
from lintas.policy.bookings import judge_bookings
from lintas.ports.bank import Bank, BankSettings, plain_bank
from lintas.ports.readers import DeriveJob
from lintas.ports.store import Snapshot, Transaction
from lintas.work.alerting import fire_watches
from lintas.work.appending import Prepared, append, prepare_content
from lintas.work.banking.asking import SAID_MAX, TOPICS, is_ended, prepare_about, question_of, write_about_in
from lintas.work.banking.carrying import BANK_REF_CHARS_MAX, Carried
from lintas.work.banking.notes import Note
from lintas.work.intake.recipe import Recipe, reader_packs, recipe_for
from lintas.work.lists import follow_in
from lintas.work.services import Services, as_text
from lintas.work.streams import SELF

READER: Final = "payments/1"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def carry_question(services: Services, bank: Bank, settings: BankSettings, asked: QuestionSaid) -> Carried:
    """Ask a bank what is due, and write down what it says.

    Raises:
        LintasError: The disk refuses, or the node may not write; what the bank told is asked for again.
    """
    question = question_of(services, asked)
    names = frozenset(plain_bank(one) for one in (*settings.banks, asked.said["bank"]))
    asked_at = datetime.fromisoformat(asked.at)

    def judged(said: BookingsTold, before: BookingsTold | None) -> BookingsTold:
        now = services.clock.now()
        return judge_bookings(question, said, banks=names, asked_at=asked_at, now=now, before=before)

    said, raw = bank.ask(question)
    told = judged(said, None)
    if told.is_final:  # only what it says again when it is asked again is believed
        told = judged(bank.told(question)[0], told)
    if told.state is BankState.ACCEPTED:
        return Carried(is_over=False, is_late=True)
    if not told.is_final:
        note = Note.WRONG_ANSWER if told.objections else Note.NO_ANSWER
        _note(services, asked, note, told.objections)
        return Carried(is_over=False, trouble=note.value)
    _take_in(services, asked, settings, told, raw if told.is_useful else b"")
    return Carried(is_over=True)


def _take_in(services: Services, asked: QuestionSaid, settings: BankSettings, told: BookingsTold, raw: bytes) -> None:
    tag = services.keys.taken_tag(b"question" + asked.doc.encode(), source=asked.ref, marking=b"bookings")
    held = services.store.read(lambda snapshot: _held(snapshot, tag))
    # held already: only the document that says so was erased since
    item, recipe = _item(services, raw) if raw and held is None else (None, None)
    fields: dict[str, Any] = {
        "state": told.state.value,
        "at": told.at,
        "item": item.id if item is not None else held or "",
        "bookings": len(told.bookings),
        "start": _moment(told.start),
        "end": _moment(told.end),
        "bank_ref": told.bank_ref[:BANK_REF_CHARS_MAX],
        "reason": told.reason,
    }
    written = prepare_about(services, asked, Asked.TOLD, fields, by=SELF)

    def job(tx: Transaction) -> int:
        if is_ended(tx, asked.ref):
            return 0  # two looked at once, or a person dropped it: it is in the log once, or not at all
        if _held(tx, tag) != held:
            return 0  # taken in or erased since we looked: the next look sees it
        fired = 0
        if item is not None and recipe is not None:
            recipe.keep(tx)
            tx.remember_taken(tag, append(tx, item))
            fired = fire_watches(services, tx, [item], f"bank {settings.name}")
            follow_in(services, tx, asked.message, [item.id], by=SELF)
        write_about_in(services, tx, asked, written)
        return fired

    fired = services.store.write(job)
    for topic in (*TOPICS, *(["alerts"] if fired else [])):
        services.events.publish(topic)


def _held(snapshot: Snapshot, tag: bytes) -> MessageId | None:
    """The item that holds the answer to a question."""
    seq = snapshot.taken(tag)
    return None if seq is None else next(snapshot.entries(seq, seq + 1)).id


def _item(services: Services, raw: bytes) -> tuple[Prepared, Recipe]:
    """Sign the bank's answer, byte for byte, with what it says; nothing of it is written yet.

    It stays at home: what it tells of other people's money nobody asked to be passed on.
    """
    packs, options = reader_packs(services.packs), ReadOptions(region=services.config.region)
    (derived,) = services.readers.derive_each([DeriveJob(READER, raw, BOOKINGS_TYPE, options, packs)])
    if isinstance(derived, LintasError):
        raise derived
    recipe = recipe_for(services.keys, READER, options, packs)
    tlp = max(services.config.default_marking, Tlp.AMBER_STRICT)
    entry = prepare_content(
        services,
        Kind.ITEM,
        raw,
        media_type=BOOKINGS_TYPE,
        marking=Marking(tlp=tlp),
        reading=recipe.digest,
        derived=derived,
    )
    return entry, recipe


def _note(services: Services, asked: QuestionSaid, note: Note, codes: tuple[str, ...]) -> None:
    """Say once what went wrong, with its codes."""
    words = "\n".join(("lintas-question-note-v1", asked.ref, note.value, *codes))
    document = hashlib.sha256(words.encode()).hexdigest()[:32]

    def is_noted(snapshot: Snapshot) -> bool:
        return any(one.doc == document for one in snapshot.question_said(asked.ref, limit=SAID_MAX))

    if services.store.read(is_noted):
        return
    fields = {"note": note.value, "codes": list(codes)}
    written = prepare_about(services, asked, Asked.NOTED, fields, by=SELF, document=document)

    def job(tx: Transaction) -> None:
        if not is_noted(tx) and not is_ended(tx, asked.ref):
            write_about_in(services, tx, asked, written)

    services.store.write(job)
    services.events.publish("log")


def _moment(at: int) -> str:
    return "" if at == NEVER else as_text(_EPOCH + timedelta(microseconds=at))
