# SPDX-License-Identifier: Apache-2.0
"""Stretches of time in which everything that happened in a pot is known: only there is anything confirmed.

Source: docs/spec/tracing.md, rule T15.
"""

from bisect import bisect_left
from collections.abc import Iterable
from itertools import accumulate
from typing import Final, NamedTuple

from lintas.limits import BALANCE_MINOR_MAX
from lintas.model.money import UNKNOWN_MINOR, Covered
from lintas.tracing.settling import TIME_US_MAX

SUMS: Final = "statements do not add up with their bookings, and confirm nothing"
OPENINGS: Final = "statements open with another balance than the one before leaves"
OTHERS: Final = "accounts have payments that their own bank's complete bookings do not show; nothing is confirmed there"
BELOW: Final = "accounts fall below zero in their own bank's bookings; nothing is confirmed there"


class Booking(NamedTuple):
    """One event in a pot."""

    at: int
    minor: int  # credits above zero, debits below
    is_own: bool  # the pot's own bank told of it


class Stretch(NamedTuple):
    """From `start` to before `end` all is known; `opening` stands there at `start`, before what happens then."""

    start: int
    end: int
    opening: int


def is_usable(one: Covered) -> bool:
    """Whether a statement's times and balances can be at all."""
    in_time = one.start < one.end and max(abs(one.start), abs(one.end)) <= TIME_US_MAX
    return in_time and max(one.opening, one.closing) <= BALANCE_MINOR_MAX


def mirrored(covered: Covered) -> Covered:
    """Give what a statement says when time runs backward."""
    return Covered(
        covered.account, covered.currency, 1 - covered.end, 1 - covered.start, covered.closing, covered.opening
    )


def stretches(covered: Iterable[Covered], bookings: list[Booking], until: int) -> tuple[list[Stretch], list[str]]:
    """Join one pot's statements to stretches, and drop those that cannot be relied on.

    Args:
        covered: Statements of this pot.
        bookings: All events in it, in order of time; virtual credits stand with `is_own`.
        until: The trace's end; sums beyond it are not looked at.

    Returns:
        Stretches in order of time, and what is wrong, one of the constants each.
    """
    times = [one.at for one in bookings]
    sums = [0, *accumulate(one.minor for one in bookings)]
    wrong: list[str] = []
    chained = _chained(covered, times, sums, until, wrong)
    good = []
    for stretch in chained:
        low, high = bisect_left(times, stretch.start), bisect_left(times, stretch.end)
        if not all(one.is_own for one in bookings[low:high]):
            wrong.append(OTHERS)
        elif any(stretch.opening + sums[place + 1] - sums[low] < 0 for place in range(low, high)):
            wrong.append(BELOW)
        elif stretch.start < stretch.end:
            good.append(stretch)
    return good, wrong


def _chained(
    covered: Iterable[Covered], times: list[int], sums: list[int], until: int, wrong: list[str]
) -> list[Stretch]:
    """Join statements that follow each other, as far as they agree."""

    def between(start: int, end: int) -> int:
        return sums[bisect_left(times, end)] - sums[bisect_left(times, start)]

    chained: list[Stretch] = []
    for one in sorted(covered, key=lambda c: (c.start, c.end, c.opening, c.closing)):
        is_summed = UNKNOWN_MINOR not in {one.opening, one.closing} and one.end - 1 <= until
        if is_summed and one.opening + between(one.start, one.end) != one.closing:
            wrong.append(SUMS)
            continue
        last = chained[-1] if chained else None
        if last is not None and one.start <= last.end:
            if one.opening in {UNKNOWN_MINOR, last.opening + between(last.start, one.start)}:
                chained[-1] = last._replace(end=max(last.end, one.end))
                continue
            wrong.append(OPENINGS)  # so something is missing before
            chained.pop()
        if one.opening >= 0:
            chained.append(Stretch(one.start, one.end, one.opening))
    return chained
