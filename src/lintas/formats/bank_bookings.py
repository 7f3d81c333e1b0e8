# SPDX-License-Identifier: Apache-2.0
"""Questions to banks about bookings, and their answers, as JSON (docs/spec/bank.md, "Questions")."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

import msgspec

from lintas.errors import BadInput
from lintas.limits import (
    BANK_BOOKINGS_BYTES_MAX,
    BANK_BOOKINGS_MAX,
    LEDGER_ACCOUNT_CHARS_MAX,
    LEDGER_REFERENCE_CHARS_MAX,
    PAYMENT_MINOR_MAX,
)
from lintas.model.bank import MINOR_MAX, BankState
from lintas.model.bookings import Booking, BookingSide, BookingsTold, Question
from lintas.model.money import NEVER, UNKNOWN_MINOR, Channel, PaymentKind

_Minor = Annotated[int, msgspec.Meta(ge=1, le=PAYMENT_MINOR_MAX)]
_Balance = Annotated[int, msgspec.Meta(ge=0, le=MINOR_MAX)]
_Currency = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}\Z")]
_Text = Annotated[str, msgspec.Meta(max_length=200)]
_Time = Annotated[str, msgspec.Meta(max_length=40)]
_PRINTED: Final = r"^[^\x00-\x20\x7f-\xa0\u2028\u2029\ud800-\udfff]*\Z"
_Key = Annotated[str, msgspec.Meta(max_length=LEDGER_ACCOUNT_CHARS_MAX, pattern=_PRINTED)]
_Reference = Annotated[str, msgspec.Meta(max_length=LEDGER_REFERENCE_CHARS_MAX, pattern=_PRINTED)]
_CODE: Final = re.compile(r"[a-z0-9_]{1,40}", re.ASCII)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class _Money(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    minor: _Minor
    currency: _Currency


class _Coverage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    start: _Time
    end: _Time
    opening: _Balance | None = None
    closing: _Balance | None = None


class _Booking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=_PRINTED)]
    at: _Time
    side: BookingSide
    minor: _Minor
    other: _Key = ""
    reference: _Reference = ""
    of: _Reference = ""
    kind: PaymentKind = PaymentKind.TRANSFER
    channel: Channel = Channel.UNKNOWN
    other_amount: _Money | None = None


class _Told(msgspec.Struct, frozen=True):
    v: Annotated[int, msgspec.Meta(ge=1, le=1)]
    id: Annotated[str, msgspec.Meta(max_length=64)]
    account: _Text
    state: BankState
    at: _Time
    key: _Key = ""
    currency: Annotated[str, msgspec.Meta(pattern=r"^([A-Z]{3})?\Z")] = ""
    coverage: _Coverage | None = None
    bookings: Annotated[tuple[_Booking, ...], msgspec.Meta(max_length=BANK_BOOKINGS_MAX)] = ()
    bank_ref: _Text = ""
    reason: _Text = ""


_DECODER: Final = msgspec.json.Decoder(_Told)


def write_question(question: Question) -> bytes:
    """Write what a bank is asked: JSON, the same bytes each time, so that it can tell a repetition."""
    said = {
        "v": 1,
        "id": question.id,
        "mode": question.mode.value,
        "bank": question.bank,
        "account": question.account,
        "currency": question.currency,
        "from": question.start,
        "until": question.until,
        "reference": question.reference,
        "authority": question.authority,
        "law": question.law,
    }
    return msgspec.json.encode(said, order="sorted")


def read_bookings(raw: bytes) -> BookingsTold:
    """Read what a bank says; whether it can be so is for `policy.bookings` to judge.

    Raises:
        BadInput: It is no answer, or a booking in it is none; nothing of it is kept.
    """
    if len(raw) > BANK_BOOKINGS_BYTES_MAX:
        raise BadInput("The bank's answer is larger than one may be.")
    try:
        said = _DECODER.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadInput("The bank's answer cannot be read.") from None
    coverage = said.coverage
    return BookingsTold(
        state=said.state,
        question=said.id if said.id.isascii() and said.id.isprintable() else "",
        account=_printable(said.account),
        key=said.key,
        currency=said.currency,
        at=_time(said.at),
        bank_ref=_printable(said.bank_ref),
        reason=said.reason if _CODE.fullmatch(said.reason) else ("other" if said.reason else ""),
        start=NEVER if coverage is None else micros(coverage.start),
        end=NEVER if coverage is None else micros(coverage.end),
        opening=UNKNOWN_MINOR if coverage is None or coverage.opening is None else coverage.opening,
        closing=UNKNOWN_MINOR if coverage is None or coverage.closing is None else coverage.closing,
        bookings=tuple(_booking(one) for one in said.bookings),
    )


def micros(text: str) -> int:
    """A moment as microseconds since 1970 UTC.

    Raises:
        BadInput: It is none, or names no zone.
    """
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise BadInput("A time names no zone.")
        return (moment.astimezone(UTC) - _EPOCH) // timedelta(microseconds=1)
    except (ValueError, OverflowError):
        raise BadInput("A time is none.") from None


def _booking(said: _Booking) -> Booking:
    other = said.other_amount
    return Booking(
        id=said.id,
        at=micros(said.at),
        side=said.side,
        minor=said.minor,
        other=said.other,
        reference=said.reference,
        of=said.of,
        kind=said.kind,
        channel=said.channel,
        other_minor=UNKNOWN_MINOR if other is None else other.minor,
        other_currency="" if other is None else other.currency,
    )


def _printable(text: str) -> str:
    return "".join(char for char in text if char.isprintable())


def _time(text: str) -> str:
    """A time in our one form; empty when it is none, which is judged as a time that cannot be."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            return ""
        return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except (ValueError, OverflowError):
        return ""
