# SPDX-License-Identifier: Apache-2.0
"""Whether what a bank tells of an account's bookings can be so. With any objection nothing of it counts.

Nobody's rows get into a ledger but those of the account that was asked about, by the bank that keeps it, of the time
that was asked about: more would be data that nobody had a ground to see.

Source: docs/spec/bank.md, "What cannot be in bookings".
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from lintas.limits import BALANCE_MINOR_MAX, BANK_CLOCK_S_MAX
from lintas.model.bank import BankState
from lintas.model.bookings import Booking, BookingSide, BookingsTold, Question
from lintas.model.money import NEVER, UNKNOWN_MINOR, PaymentKind

CHANGED: Final = "changed_answer"  # once said, nothing that the bank says to that question counts
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SKEW: Final = BANK_CLOCK_S_MAX * 1_000_000  # microseconds
_USEFUL: Final = frozenset({BankState.DONE, BankState.PARTLY})
_SIDES: Final = {PaymentKind.CASH_OUT: BookingSide.DEBIT, PaymentKind.CASH_IN: BookingSide.CREDIT}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard:
    """What an objection looks at."""

    question: Question
    said: BookingsTold
    banks: Collection[str]  # plain names, codes and BICs that the connection answers for
    asked_at: datetime
    now: datetime

    @property
    def start(self) -> int:
        """From when bookings were asked for."""
        return _micros(datetime.fromisoformat(self.question.start))

    @property
    def until(self) -> int:
        """Up to when at most; never later than now."""
        now = _micros(self.now) + _SKEW
        if not self.question.until:
            return now
        return min(now, _micros(datetime.fromisoformat(self.question.until)))


def judge_bookings(
    question: Question,
    said: BookingsTold,
    *,
    banks: Collection[str],
    asked_at: datetime,
    now: datetime,
    before: BookingsTold | None,
) -> BookingsTold:
    """Hold a bank's answer against what it was asked, and against what it said before.

    Args:
        banks: Plain names, codes and BICs that this bank goes by (`ports.bank.plain_bank`).
        asked_at: When it was first asked, by our clock.
        now: By our clock.
        before: Its last final answer to this question; None when it gave none.

    Returns:
        The answer, with the codes of what cannot be in it; with any, its state is `unknown` and nothing of it counts.
    """
    if said.state is BankState.UNKNOWN:
        return said
    heard = _Heard(question=question, said=said, banks=banks, asked_at=asked_at, now=now)
    found = [code for code, objects in _OBJECTIONS if objects(heard)]
    if before is not None and before.is_final and not found and not _is_same(before, said):
        found.append(CHANGED)
    if not found:
        return said
    return replace(said, state=BankState.UNKNOWN, objections=tuple(found), bookings=())


def _is_same(before: BookingsTold, said: BookingsTold) -> bool:
    """Whether two answers say the same; a repetition may bear another time."""
    return replace(before, at="", reason="") == replace(said, at="", reason="")


def _other_account(heard: _Heard) -> bool:
    """Another account than was asked about, or a key that is not of this bank."""
    said, question = heard.said, heard.question
    if said.account != question.account:
        return True
    if said.state not in _USEFUL:
        return False
    bank, colon, number = said.key.rpartition(":")
    if number != question.account:
        return True
    return bool(colon) and _plain(bank) not in heard.banks and _plain(bank)[:8] not in heard.banks


def _other_time(heard: _Heard) -> bool:
    """Answered before it was asked, or later than now."""
    if not heard.said.at:
        return True
    moment, skew = datetime.fromisoformat(heard.said.at), timedelta(seconds=BANK_CLOCK_S_MAX)
    return not heard.asked_at - skew <= moment <= heard.now + skew


def _tells_more(heard: _Heard) -> bool:
    """Bookings of a time that nobody asked about."""
    said = heard.said
    times = [booking.at for booking in said.bookings]
    if said.start != NEVER:
        times.append(said.start)
    is_outside = any(not heard.start <= at <= heard.until for at in times)
    return is_outside or (said.end != NEVER and said.end > heard.until)


def _tells_nothing(heard: _Heard) -> bool:
    """Done, but it does not say of which time these are all bookings."""
    said = heard.said
    return said.state in _USEFUL and (said.start == NEVER or said.start >= said.end)


def _outside_coverage(heard: _Heard) -> bool:
    said = heard.said
    if said.start == NEVER:
        return False
    return any(not said.start <= booking.at < said.end for booking in said.bookings)


def _not_what_it_says(heard: _Heard) -> bool:
    """`done` without all that was asked for, or bookings in an answer that has none."""
    said = heard.said
    if said.state not in _USEFUL:
        return bool(said.bookings) or said.start != NEVER
    if said.state is BankState.PARTLY or said.start == NEVER:
        return False
    if said.start > heard.start:
        return True
    wanted = heard.until if heard.question.until else _micros(heard.asked_at)
    return said.end < min(wanted, _micros(heard.asked_at)) - _SKEW


def _twice(heard: _Heard) -> bool:
    ids = [booking.id for booking in heard.said.bookings]
    return len(set(ids)) < len(ids)


def _not_added_up(heard: _Heard) -> bool:
    """The balance at the end is not that at the start and what came and went; or it was below zero between."""
    said = heard.said
    if said.state not in _USEFUL or said.opening == UNKNOWN_MINOR:
        return False
    balance = said.opening
    for booking in sorted(said.bookings, key=lambda one: (one.at, one.side is BookingSide.DEBIT)):
        balance += booking.minor if booking.side is BookingSide.CREDIT else -booking.minor
        if not 0 <= balance <= BALANCE_MINOR_MAX:
            return True
    return said.closing not in (UNKNOWN_MINOR, balance)


def _absurd(heard: _Heard) -> bool:
    return any(_is_absurd(heard.said, booking) for booking in heard.said.bookings)


def _is_absurd(said: BookingsTold, booking: Booking) -> bool:
    """Cash in as money that left, cash to an account, a payment that returns itself, more that arrives than left."""
    if _SIDES.get(booking.kind, booking.side) is not booking.side:
        return True
    if booking.kind in _SIDES and booking.other:
        return True
    if booking.of and booking.of == booking.reference:
        return True
    if booking.other_currency != said.currency:
        return False
    debited, credited = booking.minor, booking.other_minor
    if booking.side is BookingSide.CREDIT:
        debited, credited = credited, debited
    return credited > debited


def _plain(bank: str) -> str:
    plain = "".join(bank.split()).upper()
    return plain[:8] if len(plain) == 11 and plain.endswith("XXX") else plain


def _micros(moment: datetime) -> int:
    return (moment.astimezone(UTC) - _EPOCH) // timedelta(microseconds=1)


_OBJECTIONS: Final[tuple[tuple[str, Callable[[_Heard], bool]], ...]] = (
    ("other_question", lambda heard: heard.said.question != heard.question.id),
    ("other_account", _other_account),
    (
        "other_currency",
        lambda heard: heard.said.state in _USEFUL and heard.said.currency != heard.question.currency,
    ),
    ("other_time", _other_time),
    ("more_than_asked", _tells_more),
    ("no_coverage", _tells_nothing),
    ("outside_coverage", _outside_coverage),
    ("not_what_it_says", _not_what_it_says),
    ("twice", _twice),
    ("not_added_up", _not_added_up),
    ("absurd", _absurd),
)
