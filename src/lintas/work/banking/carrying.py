# SPDX-License-Identifier: Apache-2.0
"""Tell a bank one thing, and say in its thread what came of it.

What is true if we die: before the entry `instructed` the bank knows nothing, and the next look begins anew. Between it
and the bank's answer the bank may have done it: the next look tells it the same instruction, which is done once.
Between the answer and its entry the next look asks again, and the bank says the same. After the entry nothing is due.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from lintas.formats.currencies import said_amount
from lintas.model.bank import BankState, InstructionKind, Outcome
from lintas.model.desk import Money, Step
from lintas.policy.banks import judge
from lintas.ports.bank import Bank
from lintas.work.banking.due import Due
from lintas.work.banking.notes import Note
from lintas.work.banking.telling import CHANNEL, Saying, note_in_thread, say_in_thread
from lintas.work.services import Services

BANK_REF_CHARS_MAX: Final = 100  # of what a bank calls it, as a thread keeps it
_HELD: Final = frozenset({BankState.DONE, BankState.PARTLY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What came of it, for whoever decides when to look again."""

    is_over: bool  # nothing more is to be told or asked
    is_late: bool = False  # the bank has it, and is asked again soon
    trouble: str = ""  # code for the operator's log


def carry_out(services: Services, bank: Bank, due: Due) -> Carried:
    """Tell a bank what is due, and write down what it says.

    Raises:
        LintasError: The disk refuses, or the node may not write; nothing was told that is not written down.
    """
    instruction = due.instruction
    if instruction.kind is InstructionKind.HOLD and instruction.amount is None and not instruction.whole:
        _note(services, due, Note.NOT_SENDABLE)
        return Carried(is_over=False, trouble=Note.NOT_SENDABLE.value)
    if instruction.kind is not InstructionKind.HOLD and (waits := _hold_first(services, bank, due)) is not None:
        return waits
    if not due.is_instructed:
        said = say_in_thread(services, due.head, (_instructed(due),))
        if Step.INSTRUCTED not in said.said:
            return Carried(is_over=True)  # the thread went elsewhere meanwhile: the next look says what is due now
    return _settled(services, due, _ask(services, bank, due))


def _hold_first(services: Services, bank: Bank, due: Due) -> Carried | None:
    """Look at the hold that is to end or to go on; None when the bank has it.

    A bank that is late with a hold is not told to end it: it would find none, and make one afterwards.
    """
    held = bank.state(due.hold)
    if held.state in _HELD and held.instruction == due.hold.id:
        return None
    if held.state is BankState.FAILED or held.reason == "not_known":
        _note(services, due, Note.DONE, "there was no hold")
        return Carried(is_over=True)
    if held.state is BankState.ACCEPTED:
        return Carried(is_over=False, is_late=True)
    return _unanswered(services, due, held)


def _ask(services: Services, bank: Bank, due: Due) -> Outcome:
    """Tell the bank, and hear it twice: only what it says again when it is asked again is believed."""
    first = _judged(services, due, bank.instruct(due.instruction), None)
    if not first.is_final:
        return first
    return _judged(services, due, bank.state(due.instruction), first)


def _judged(services: Services, due: Due, said: Outcome, before: Outcome | None) -> Outcome:
    since = datetime.fromisoformat(due.since)
    return judge(due.instruction, said, sent_at=since, now=services.clock.now(), before=before)


def _settled(services: Services, due: Due, outcome: Outcome) -> Carried:
    if outcome.state is BankState.UNKNOWN:
        return _unanswered(services, due, outcome)
    if due.instruction.kind is not InstructionKind.HOLD:
        if not outcome.is_final:
            return Carried(is_over=False, is_late=True)
        _note(services, due, Note.DONE, _in_words(outcome))
        return Carried(is_over=True)
    sayings = [_delivered(due, outcome)]
    if outcome.is_final:
        sayings.append(_failed(due, outcome) if outcome.state is BankState.FAILED else _confirmed(due, outcome))
    told = say_in_thread(services, due.head, tuple(sayings))
    if not outcome.is_final:
        return Carried(is_over=False, is_late=True, trouble=told.kept_home)
    if told.is_busy:
        return Carried(is_over=False, is_late=True)
    if sayings[-1].what not in told.said:
        _note(services, due, Note.NOT_IN_TURN, _in_words(outcome))
        _note(services, due, Note.DONE)
    return Carried(is_over=True, trouble=told.kept_home)


def _unanswered(services: Services, due: Due, outcome: Outcome) -> Carried:
    if outcome.objections:
        codes = ", ".join(outcome.objections)
        _note(services, due, Note.WRONG_ANSWER, codes)
        return Carried(is_over=False, trouble=Note.WRONG_ANSWER.value)
    _note(services, due, Note.NO_ANSWER)
    return Carried(is_over=False, trouble=Note.NO_ANSWER.value)


def _note(services: Services, due: Due, note: Note, about: str = "") -> None:
    instruction = due.instruction
    note_in_thread(services, due.head, due.notes, note, of=instruction.id, kind=instruction.kind.value, about=about)


def _instructed(due: Due) -> Saying:
    instruction = due.instruction
    fields: dict[str, Any] = {
        "bank": instruction.bank,
        "instruction": instruction.id,
        "kind": instruction.kind.value,
        "amount": _as_said(instruction.amount),
        "expires_at": instruction.expires_at,
    }
    return Saying(what=Step.INSTRUCTED, fields=fields, is_local=True)


def _delivered(due: Due, outcome: Outcome) -> Saying:
    fields = {"bank": due.instruction.bank, "at": outcome.at, "channel": CHANNEL}
    return Saying(what=Step.DELIVERED, fields=fields)


def _confirmed(due: Due, outcome: Outcome) -> Saying:
    fields = {
        "bank": due.instruction.bank,
        "at": outcome.at,
        "bank_ref": outcome.bank_ref[:BANK_REF_CHARS_MAX],
        "blocked": _as_said(outcome.blocked),
        "tainted": _as_said(outcome.held),
        "whole": outcome.whole,
    }
    return Saying(what=Step.CONFIRMED, fields=fields)


def _failed(due: Due, outcome: Outcome) -> Saying:
    fields = {"bank": due.instruction.bank, "at": outcome.at, "reason": outcome.reason or "other"}
    return Saying(what=Step.FAILED, fields=fields)


def _as_said(money: Money | None) -> dict[str, Any] | None:
    return None if money is None else {"minor": money.minor, "currency": money.currency}


def _in_words(outcome: Outcome) -> str:
    amount = "" if outcome.blocked is None else " " + said_amount(outcome.blocked.minor, outcome.blocked.currency)
    return f"{outcome.state.value}{amount} {outcome.bank_ref} {outcome.reason}".strip()
