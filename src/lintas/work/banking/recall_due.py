# SPDX-License-Identifier: Apache-2.0
"""Recalls that a bank with a connection was not given yet, or has not decided; found from the threads alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from lintas.errors import BadInput, LintasError, SandboxLimit
from lintas.model.desk import Step
from lintas.model.desk_found import RequestHead
from lintas.ports.bank import Bank, BankSettings, bank_for
from lintas.ports.store import Snapshot
from lintas.work.banking.carrying import Carried
from lintas.work.banking.notes import Note
from lintas.work.banking.recalling import PENDING, RecallMade, answers_in, file_of, sent_in, write_answer
from lintas.work.banking.telling import note_in_thread
from lintas.work.services import Services

AT_ONCE: Final = 1_000  # steps read in one turn


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallDue:
    """One recall that waits for its bank."""

    head: RequestHead
    connection: str
    made: RecallMade
    was_answered: bool  # the bank has it, and has not decided
    notes: frozenset[str]


@dataclass(slots=True)
class RecallsLooked:
    """What the last look found; it can be thrown away, and then the next look reads more."""

    upto: int = -1
    waiting: dict[str, tuple[str, str]] = field(default_factory=dict)  # message of the thread -> asker, reference


def look_recalls(services: Services, settings: Mapping[str, BankSettings], looked: RecallsLooked) -> list[RecallDue]:
    """Every recall that a bank with a connection is still to be given, or to be asked about."""
    return services.store.read(lambda snapshot: _look(services, snapshot, settings, looked))


def _look(
    services: Services, snapshot: Snapshot, settings: Mapping[str, BankSettings], looked: RecallsLooked
) -> list[RecallDue]:
    if snapshot.meta("state") != "live":
        return []  # as with orders: a restored node tells nobody anything
    own, what = services.keys.node, Step.RECALL_SENT.value
    while rows := snapshot.steps_since(looked.upto, what, own, limit=AT_ONCE):
        for seq, asker, ref in rows:
            looked.upto = seq
            if asker == own:
                looked.waiting[ref] = (asker, ref)
    found: list[RecallDue] = []
    for key, (asker, ref) in list(looked.waiting.items()):
        head = snapshot.request_of(asker, ref)
        dues = [] if head is None else _dues_of(services, snapshot, head, settings)
        if not dues:
            del looked.waiting[key]
        found += dues
    return found


def _dues_of(
    services: Services, snapshot: Snapshot, head: RequestHead, settings: Mapping[str, BankSettings]
) -> list[RecallDue]:
    answered, notes = answers_in(snapshot, head), frozenset(one.doc for one in snapshot.steps(head))
    found = []
    for recall, step in sent_in(snapshot, head).items():
        connection = bank_for(settings, step.said["bank"], "")  # it may have sent another currency than it keeps
        if connection and answered.get(recall, PENDING) == PENDING:
            try:
                made = file_of(services, snapshot, head, step)
            except LintasError:
                continue  # the request was erased since: there is nothing left to recall by
            due = RecallDue(head=head, connection=connection, made=made, was_answered=recall in answered, notes=notes)
            found.append(due)
    return found


def carry_recall(services: Services, bank: Bank, due: RecallDue) -> Carried:
    """Give a recall to its bank, or ask what came of it, and write down what it says.

    Raises:
        LintasError: The disk refuses, or the node may not write.
    """
    recall = due.made.recall
    raw = bank.recall_state(recall) if due.was_answered else None
    if raw is None:
        raw = bank.recall(due.made.file)  # a bank that lost it is given it again
    if raw is None:
        return _noted(services, due, Note.NO_ANSWER, "")
    try:
        taken = write_answer(services, services.readers.read_resolution(raw))
    except (BadInput, SandboxLimit) as exc:
        return _noted(services, due, Note.WRONG_ANSWER, type(exc).__name__)
    if taken.recall != recall:
        return _noted(services, due, Note.WRONG_ANSWER, "other_recall")
    return Carried(is_over=taken.status != PENDING, is_late=taken.status == PENDING)


def _noted(services: Services, due: RecallDue, note: Note, about: str) -> Carried:
    note_in_thread(services, due.head, due.notes, note, of=due.made.recall, kind="recall", about=about)
    return Carried(is_over=False, trouble=note.value)
