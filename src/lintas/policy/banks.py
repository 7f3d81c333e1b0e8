# SPDX-License-Identifier: Apache-2.0
"""Whether what a bank says can be so. Only an answer without any objection is counted as held.

A bank's system is not ours: it may be broken, late, or somebody else's. Each objection is a code that pages show in
the reader's language, and a person calls the bank.

Source: docs/spec/bank.md, "What cannot be".
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from lintas.limits import BANK_CLOCK_S_MAX
from lintas.model.bank import BankState, Instruction, InstructionKind, Outcome

_SAYS_DONE: Final = frozenset({BankState.DONE, BankState.PARTLY})
_Objects = Callable[[Instruction, Outcome], bool]


def judge(
    instruction: Instruction, said: Outcome, *, sent_at: datetime, now: datetime, before: Outcome | None
) -> Outcome:
    """Hold a bank's answer against what it was told, and against what it said before.

    Args:
        sent_at: When the instruction was first given to the bank, by our clock.
        now: By our clock.
        before: Its last final answer about this instruction; None when it gave none.

    Returns:
        The answer, with the codes of what cannot be in it; with any, its state is `unknown` and nothing of it counts.
    """
    if said.state is BankState.UNKNOWN:
        return said
    found = [code for code, objects in _OBJECTIONS if objects(instruction, said)]
    if not _is_plausible(said.at, since=sent_at, until=now):
        found.append("other_time")
    if before is not None and before.is_final and not found and not _is_same(before, said):
        found.append("changed_answer")
    return replace(said, state=BankState.UNKNOWN, objections=tuple(found)) if found else said


def _is_plausible(at: str, *, since: datetime, until: datetime) -> bool:
    if not at:
        return False
    moment, skew = datetime.fromisoformat(at), timedelta(seconds=BANK_CLOCK_S_MAX)
    return since - skew <= moment <= until + skew


def _is_same(before: Outcome, said: Outcome) -> bool:
    """Whether two answers say the same; a repetition may bear another time."""

    def of(outcome: Outcome) -> tuple[object, ...]:
        return (outcome.state, outcome.blocked, outcome.tainted, outcome.whole, outcome.bank_ref)

    return of(before) == of(said)


def _says_more(instruction: Instruction, said: Outcome) -> bool:
    """More money than was asked for. A bank that can only block a whole account says so, and names what is tainted."""
    if said.state not in _SAYS_DONE or instruction.amount is None:
        return False
    limit = instruction.amount.minor
    if said.whole and instruction.kind is InstructionKind.HOLD:
        return said.tainted is not None and said.tainted.minor > limit
    return any(money is not None and money.minor > limit for money in (said.blocked, said.tainted))


def _says_nothing(instruction: Instruction, said: Outcome) -> bool:
    """Done, but no amount; or a whole account without what of it the order is about."""
    if said.state not in _SAYS_DONE:
        return False
    if said.blocked is None or said.blocked.minor == 0:
        return True
    return said.whole and instruction.kind is InstructionKind.HOLD and said.tainted is None


def _says_enough_or_less(instruction: Instruction, said: Outcome) -> bool:
    """`done` with less than was asked for, or `partly` with all of it."""
    if said.state not in _SAYS_DONE or instruction.amount is None or instruction.kind is not InstructionKind.HOLD:
        return False
    money = said.tainted or said.blocked
    return money is not None and (money.minor >= instruction.amount.minor) != (said.state is BankState.DONE)


def _other_currency(instruction: Instruction, said: Outcome) -> bool:
    moneys = [money for money in (said.blocked, said.tainted) if money is not None]
    wanted = (
        {instruction.amount.currency} if instruction.amount is not None else {money.currency for money in moneys[:1]}
    )
    return any(money.currency not in wanted for money in moneys)


def _taints_more(instruction: Instruction, said: Outcome) -> bool:
    return said.tainted is not None and (said.blocked is None or said.tainted.minor > said.blocked.minor)


def _has_ended(instruction: Instruction, said: Outcome) -> bool:
    """Done, and over by now: a node that was restored from a backup may not know that its hold was released since."""
    return instruction.kind is InstructionKind.HOLD and said.state in _SAYS_DONE and said.hold not in ("", "active")


_OBJECTIONS: Final[tuple[tuple[str, _Objects], ...]] = (
    ("other_instruction", lambda instruction, said: said.instruction != instruction.id),
    ("other_account", lambda instruction, said: said.account != instruction.account),
    ("other_currency", _other_currency),
    ("more_than_asked", _says_more),
    ("more_tainted_than_blocked", _taints_more),
    ("no_amount", _says_nothing),
    ("not_what_it_says", _says_enough_or_less),
    ("hold_ended", _has_ended),
)
