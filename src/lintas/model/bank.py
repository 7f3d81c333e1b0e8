# SPDX-License-Identifier: Apache-2.0
"""What a bank is told to do under an order of ours, and what it says came of it.

Source: docs/spec/bank.md.
"""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from lintas.model.desk import Money
from lintas.model.header import Mode

MINOR_MAX: Final = 2**53 - 1  # minor units; what every JSON reader keeps exact (RFC 7493, section 2.2)


class InstructionKind(StrEnum):
    """What a bank can be told."""

    HOLD = "hold"
    RELEASE = "release"
    EXTEND = "extend"


class BankState(StrEnum):
    """What came of an instruction, as the bank says; UNKNOWN counts as nothing."""

    ACCEPTED = "accepted"  # it has it, and has not done it
    DONE = "done"
    PARTLY = "partly"  # less was there than was asked for
    FAILED = "failed"
    UNKNOWN = "unknown"  # it did not answer, or with something that cannot be


ENDED: Final = frozenset({BankState.DONE, BankState.PARTLY, BankState.FAILED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """One thing that a bank is told, under one order. The same id is the same instruction, however often it is sent."""

    id: str  # 32 hex digits, from `instruction_id`
    kind: InstructionKind
    bank: str  # BIC, code or name, as the order says
    account: str
    amount: Money | None  # None: all there is, or all that is held
    whole: bool  # the whole account is to be blocked, and not an amount of it
    expires_at: str  # RFC 3339 UTC; empty for no end
    reference: str  # the desk's: it holds nothing personal
    authority: str  # that answers for the order
    law: str  # under which it was given
    mode: Mode = Mode.LIVE  # an exercise must never block anybody's money
    of: str = ""  # id of the hold that is released or extended


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a bank says came of an instruction."""

    state: BankState
    blocked: Money | None = None  # by a hold; freed by a release; still held after an extension
    tainted: Money | None = None  # of it, what the order is about; None when the bank does not tell them apart
    whole: bool = False  # the whole account is blocked
    at: str = ""  # RFC 3339 UTC, by the bank's clock
    bank_ref: str = ""
    reason: str = ""  # code of why not; the bank's own, cut to what a code can be
    account: str = ""  # that it answers for
    instruction: str = ""  # id that it answers for
    hold: str = ""  # of a hold, as it is now: active | expired | released; empty when the bank does not say
    objections: tuple[str, ...] = ()  # codes of what cannot be in this answer; with any, nothing of it counts

    @property
    def is_final(self) -> bool:
        """Whether the bank said what came of it, in a way that can be."""
        return self.state in ENDED and not self.objections

    @property
    def held(self) -> Money | None:
        """What this answer lets anybody call held: None unless it is a good answer that says so."""
        if self.state not in (BankState.DONE, BankState.PARTLY) or self.objections:
            return None
        return self.tainted or self.blocked


NO_ANSWER: Final = Outcome(state=BankState.UNKNOWN, reason="no_answer")


def instruction_id(*, ref: str, order: str, kind: InstructionKind, number: int) -> str:
    """Derive an instruction's id: whoever was killed and starts again sends the same, and the bank does it once.

    Args:
        ref: The request's reference.
        order: Id of the step that ordered it, which this node made: a peer that uses a reference again gets no other.
        number: 0 for the first instruction of a kind under this order.
    """
    words = ("lintas-instruction-v1", ref, order, kind.value, str(number))
    return hashlib.sha256("\n".join(words).encode("utf-8")).hexdigest()[:32]
