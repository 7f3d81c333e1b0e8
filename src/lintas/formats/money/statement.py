# SPDX-License-Identifier: Apache-2.0
"""A bank's statement of one account, whatever its form: bookings between two balances, held against each other.

What adds up is covered: all bookings of that account in that time are here. What does not is an objection, and
nothing is said to be complete.
"""

from dataclasses import dataclass, field

from lintas.formats.money.draft import LedgerDraft
from lintas.model.money import UNKNOWN_MINOR, Covered


@dataclass(slots=True, kw_only=True)
class Statement:
    """One statement while it is read."""

    name: str  # how an objection calls it
    account: str = ""
    currency: str = ""
    start: int | None = None  # microseconds; None: not said
    end: int | None = None
    opening: int | None = None  # minor units, below zero when overdrawn; None: not said
    closing: int | None = None
    moved: int = 0  # minor units: credits less debits
    objections: list[str] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    days: dict[int, int] = field(default_factory=dict)  # day -> bookings of which only the day is said

    def on_day(self, day: int) -> int:
        """The time of a booking of which only the day is said: the n-th of a day in its statement is n microseconds in.

        So a later statement, which goes on where this one ends, gives the same bookings the same times.
        """
        self.days[day] = self.days.get(day, 0) + 1
        return day + self.days[day]

    def book(self, at: int, minor: int) -> None:
        """Count one booking; `minor` is below zero for a debit."""
        self.moved += minor
        self.times.append(at)

    def finish(self, draft: LedgerDraft) -> None:
        """Say what is covered, or why nothing is."""
        if self.objections:
            for each in self.objections:
                draft.reject(self.name, each)
            return
        if self.opening is None or self.closing is None or self.start is None or self.end is None:
            draft.note("A statement names no opening and closing balance with their days: it is not taken as complete.")
            return
        if self.opening + self.moved != self.closing:
            draft.reject(
                self.name, "Its closing balance is not its opening balance and its bookings: some are missing."
            )
            return
        if self.end <= self.start:
            draft.note("A statement ends on the day on which it starts: it is not taken as complete.")
            return
        if any(not self.start <= at < self.end for at in self.times):
            draft.reject(self.name, "It has a booking outside of the time that it speaks of.")
            return
        if self.opening < 0 or self.closing < 0:
            draft.note("An account is overdrawn: its balance below zero is not kept.")
        draft.covered.append(
            Covered(
                self.account,
                self.currency,
                self.start,
                self.end,
                self.opening if self.opening >= 0 else UNKNOWN_MINOR,
                self.closing if self.closing >= 0 else UNKNOWN_MINOR,
            )
        )
