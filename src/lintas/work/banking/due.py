# SPDX-License-Identifier: Apache-2.0
"""What a bank is still to be told, found from the threads alone: the log is the outbox.

An order is carried out by the connection that answers for its bank; without one a named officer says what the bank
said. Each instruction's id follows from the order's own document, so that whoever starts again finds the same one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from lintas.model.bank import Instruction, InstructionKind, instruction_id
from lintas.model.desk import Side, State, Step, StepFact, Thread
from lintas.model.desk_found import RequestHead
from lintas.model.header import Mode
from lintas.policy.requests import money_of
from lintas.ports.bank import BankSettings, bank_for
from lintas.ports.store import Snapshot
from lintas.work.banking.notes import Note, note_id
from lintas.work.desk import load_thread

BANK_POWERS: Final = frozenset({"hold", "freeze", "protect"})  # that a bank carries out
_UNCONFIRMED: Final = frozenset({State.ORDERED, State.DELIVERED})
_LATER: Final = {Step.RELEASED: InstructionKind.RELEASE, Step.EXTENDED: InstructionKind.EXTEND}


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One instruction that a bank has not carried out, as far as the log tells."""

    head: RequestHead
    connection: str  # NAME of [bank.NAME]
    instruction: Instruction
    since: str  # when it was ordered, by our clock
    hold: Instruction  # that it is about; itself, when it is one
    is_instructed: bool  # an entry says that the bank was about to be told
    notes: frozenset[str] = frozenset()  # ids of documents of the thread, so that nothing is noted twice


def dues_of(snapshot: Snapshot, head: RequestHead, settings: Mapping[str, BankSettings], mode: Mode) -> tuple[Due, ...]:
    """What a thread's bank is still to be told, in the order in which it was said."""
    if head.side != Side.ANSWERER.value:
        return ()
    _, steps, thread = load_thread(snapshot, head)
    applied = _applied(steps, thread)
    orders = [step for step in applied if step.what is Step.ORDERED]
    if not orders or orders[-1].said["power"] not in BANK_POWERS:
        return ()
    order = orders[-1]
    hold = _hold(head, order, mode)
    connection = bank_for(settings, hold.bank, _currency(hold))
    if not connection:
        return ()
    instructed = {step.said["instruction"] for step in applied if step.what is Step.INSTRUCTED}
    known = frozenset(step.id for step in steps)

    def due(instruction: Instruction, since: str) -> Due:
        return Due(
            head=head,
            connection=connection,
            instruction=instruction,
            since=since,
            hold=hold,
            is_instructed=instruction.id in instructed,
            notes=known,
        )

    found = [due(hold, order.at)] if thread.state in _UNCONFIRMED else []
    if hold.id in instructed:  # what the bank was never told of, it is not told to end
        later = [step for step in applied if step.what in _LATER and step.seq > order.seq]
        found += [due(_about(hold, step), step.at) for step in later]
    return tuple(one for one in found if note_id(one.instruction.id, Note.DONE) not in known)


def _applied(steps: list[StepFact], thread: Thread) -> list[StepFact]:
    """What our own side said and that counted, in the order in which we said it."""
    idle = {id_ for id_, _ in thread.idle} | set(thread.waiting)
    ours = (step for step in steps if step.side is Side.ANSWERER and step.id not in idle)
    return sorted(ours, key=lambda step: step.seq)


def _hold(head: RequestHead, order: StepFact, mode: Mode) -> Instruction:
    said: Mapping[str, Any] = order.said
    return Instruction(
        id=instruction_id(ref=head.ref, order=order.id, kind=InstructionKind.HOLD, number=0),
        kind=InstructionKind.HOLD,
        bank=said["bank"] or said["account"]["bank"],
        account="".join(said["account"]["value"].split()),
        amount=money_of(said["amount"]),
        whole=said["whole"],
        expires_at=said["expires_at"],
        reference=head.ref,
        authority=said["authority"],
        law=said["law"],
        mode=mode,
    )


def _about(hold: Instruction, step: StepFact) -> Instruction:
    kind = _LATER[step.what]
    is_release = kind is InstructionKind.RELEASE
    return Instruction(
        id=instruction_id(ref=hold.reference, order=step.id, kind=kind, number=0),
        kind=kind,
        bank=hold.bank,
        account=hold.account,
        amount=money_of(step.said["amount"]) if is_release else None,
        whole=False,
        expires_at="" if is_release else step.said["expires_at"],
        reference=hold.reference,
        authority=hold.authority,
        law=hold.law if is_release else step.said["law"] or hold.law,
        mode=hold.mode,
        of=hold.id,
    )


def _currency(hold: Instruction) -> str:
    return "" if hold.amount is None else hold.amount.currency
