# SPDX-License-Identifier: Apache-2.0
"""What a bank is asked about the bookings of one account, and what it says: where money went on to.

Source: docs/spec/bank.md, "Questions".
"""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from lintas.model.bank import ENDED, BankState
from lintas.model.header import Mode
from lintas.model.money import NEVER, UNKNOWN_MINOR, Channel, PaymentKind

BOOKINGS_TYPE: Final = "application/vnd.lintas.bookings+json"


class BookingSide(StrEnum):
    """Whether money left the account or came to it."""

    DEBIT = "debit"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What one bank is asked about one account. The same id is the same question, however often it is asked."""

    id: str  # 32 hex digits, from `question_id`
    bank: str  # BIC, code or name
    account: str
    currency: str
    start: str  # RFC 3339 UTC with milliseconds: bookings since then
    until: str  # RFC 3339 UTC with milliseconds; empty: up to the bank's own now
    reference: str  # the desk's: it holds nothing personal
    authority: str  # that asks
    law: str  # under which it asks
    mode: Mode = Mode.LIVE  # an exercise never asks about anybody's money


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """One booking of the account that was asked about."""

    id: str  # the bank's
    at: int  # microseconds since 1970 UTC
    side: BookingSide
    minor: int
    other: str  # key of the account on the other side; empty for cash, or where nobody knows
    reference: str = ""  # of the payment: uetr:…, e2e:…, id:BANK:…
    of: str = ""  # reference of the payment that this one returns
    kind: PaymentKind = PaymentKind.TRANSFER
    channel: Channel = Channel.UNKNOWN
    other_minor: int = UNKNOWN_MINOR  # what left or reached the other side, where the bank knows it
    other_currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingsTold:
    """What a bank says to a question."""

    state: BankState
    question: str = ""  # id that it answers
    account: str = ""  # that it answers for
    key: str = ""  # that account's key: `CONTMYKL:514012345678`
    currency: str = ""
    at: str = ""  # RFC 3339 UTC, by the bank's clock
    bank_ref: str = ""
    reason: str = ""  # code of why not; the bank's own, cut to what a code can be
    start: int = NEVER  # these are all bookings in [start, end); NEVER where it does not say
    end: int = NEVER
    opening: int = UNKNOWN_MINOR  # balance at `start`
    closing: int = UNKNOWN_MINOR  # balance at `end`
    bookings: tuple[Booking, ...] = ()
    objections: tuple[str, ...] = ()  # codes of what cannot be in this answer; with any, nothing of it counts

    @property
    def is_final(self) -> bool:
        """Whether the bank said what there is, in a way that can be."""
        return self.state in ENDED and not self.objections

    @property
    def is_useful(self) -> bool:
        """Whether it tells of bookings, if only that there are none."""
        return self.state in (BankState.DONE, BankState.PARTLY) and not self.objections


NOTHING_TOLD: Final = BookingsTold(state=BankState.UNKNOWN, reason="no_answer")


def question_id(*, ref: str, document: str) -> str:
    """Derive a question's id: whoever was killed and starts again asks the same, and the bank answers it once.

    Args:
        ref: The question's reference.
        document: Id of the document that asks, which this node made.
    """
    words = ("lintas-question-v1", ref, document)
    return hashlib.sha256("\n".join(words).encode("utf-8")).hexdigest()[:32]
