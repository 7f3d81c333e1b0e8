# SPDX-License-Identifier: Apache-2.0
"""What stands in one account in one currency, and what leaves it: one class a method, the slow form.

Source: docs/spec/tracing.md, rules T3, T6, T7, T8.
"""

from collections.abc import Iterable, Mapping
from typing import Protocol

from lintas.model.money import Method, Segment


class PotState(Protocol):
    """Money in a pot, by one method."""

    @property
    def balance(self) -> int:
        """All that stands in it."""

    @property
    def tainted(self) -> int:
        """What of it is followed."""

    @property
    def depth(self) -> int:
        """Fewest payments from a seed of what is followed; 0 when nothing is."""

    def labels(self) -> dict[str, int]:
        """What is followed, by label."""

    def credit(self, segments: Iterable[Segment]) -> None:
        """Take money in, oldest first."""

    def debit(self, minor: int) -> list[Segment]:
        """Let money out, at most `balance`."""

    def seed(self, label: str) -> int:
        """Follow everything in it from here on; give what was clean."""


def merged(segments: Iterable[Segment]) -> list[Segment]:
    """Join neighbours of equal label and depth; nothing empty stays."""
    found: list[Segment] = []
    for one in segments:
        if not one.minor:
            continue
        if found and (found[-1].label, found[-1].depth) == (one.label, one.depth):
            found[-1] = Segment(found[-1].minor + one.minor, one.label, one.depth)
        else:
            found.append(one)
    return found


def clean(minor: int) -> list[Segment]:
    """Money that nobody follows."""
    return [Segment(minor, "", 0)] if minor else []


def tainted_of(segments: Iterable[Segment]) -> int:
    """What of them is followed."""
    return sum(one.minor for one in segments if one.label)


def labels_of(segments: Iterable[Segment]) -> dict[str, int]:
    """What of them is followed, by label."""
    found: dict[str, int] = {}
    for one in segments:
        if one.label:
            found[one.label] = found.get(one.label, 0) + one.minor
    return found


def cut(segments: Iterable[Segment], minor: int) -> tuple[list[Segment], list[Segment]]:
    """Part segments after their first `minor`."""
    first: list[Segment] = []
    rest: list[Segment] = []
    left = minor
    for one in segments:
        taken = min(left, one.minor)
        left -= taken
        if taken:
            first.append(Segment(taken, one.label, one.depth))
        if one.minor > taken:
            rest.append(Segment(one.minor - taken, one.label, one.depth))
    return first, rest


def dealt(total: int, shares: Mapping[str, int]) -> dict[str, int]:
    """Deal an amount by shares to the unit: what is left over goes to the largest remainders, ties by label."""
    whole = sum(shares.values())
    if not whole:
        return {}
    found = {label: total * share // whole for label, share in shares.items()}
    over = total - sum(found.values())
    by_remainder = sorted(shares, key=lambda label: (-(total * shares[label] % whole), label))
    for label in by_remainder[:over]:
        found[label] += 1
    return found


class Lots:
    """FIFO and LIFO: lots in the order in which they came."""

    def __init__(self, method: Method) -> None:
        self._newest_first = method is Method.LIFO
        self._lots: list[Segment] = []

    @property
    def balance(self) -> int:
        """As `PotState` says."""
        return sum(one.minor for one in self._lots)

    @property
    def tainted(self) -> int:
        """As `PotState` says."""
        return tainted_of(self._lots)

    @property
    def depth(self) -> int:
        """As `PotState` says."""
        return min((one.depth for one in self._lots if one.label), default=0)

    def labels(self) -> dict[str, int]:
        """As `PotState` says."""
        return labels_of(self._lots)

    def credit(self, segments: Iterable[Segment]) -> None:
        """As `PotState` says."""
        self._lots = merged([*self._lots, *segments])

    def debit(self, minor: int) -> list[Segment]:
        """As `PotState` says."""
        if self._newest_first:
            self._lots, taken = cut(self._lots, self.balance - minor)
        else:
            taken, self._lots = cut(self._lots, minor)
        return merged(taken)

    def seed(self, label: str) -> int:
        """As `PotState` says."""
        found = self.balance - self.tainted
        self._lots = merged(Segment(one.minor, one.label or label, 0) for one in self._lots)
        return found


class Shares:
    """Pro-rata: each payment carries its part of what is followed."""

    def __init__(self) -> None:
        self._balance = 0
        self._labels: dict[str, int] = {}
        self._depth = 0

    @property
    def balance(self) -> int:
        """As `PotState` says."""
        return self._balance

    @property
    def tainted(self) -> int:
        """As `PotState` says."""
        return sum(self._labels.values())

    @property
    def depth(self) -> int:
        """As `PotState` says."""
        return self._depth

    def labels(self) -> dict[str, int]:
        """As `PotState` says."""
        return {label: minor for label, minor in self._labels.items() if minor}

    def credit(self, segments: Iterable[Segment]) -> None:
        """As `PotState` says."""
        for one in segments:
            self._balance += one.minor
            if one.label and one.minor:
                self._depth = min(self._depth, one.depth) if self.tainted else one.depth
                self._labels[one.label] = self._labels.get(one.label, 0) + one.minor

    def debit(self, minor: int) -> list[Segment]:
        """As `PotState` says."""
        # At a == b the floor is exact: an emptied pot passes all.
        taken = dealt(self.tainted * minor // self._balance if self._balance else 0, self._labels)
        depth = self._depth
        self._balance -= minor
        self._labels = {label: have - taken.get(label, 0) for label, have in self._labels.items()}
        if not self.tainted:
            self._labels, self._depth = {}, 0
        parts = [Segment(taken[label], label, depth) for label in sorted(taken)]
        return merged([*parts, *clean(minor - sum(taken.values()))])

    def seed(self, label: str) -> int:
        """As `PotState` says."""
        found = self._balance - self.tainted
        if found:
            self._labels[label] = self._labels.get(label, 0) + found
        self._depth = 0
        return found


class Poisoned:
    """Poison: from the first followed unit on, everything that leaves is followed."""

    def __init__(self) -> None:
        self._balance = 0
        self._label = ""
        self._depth = 0

    @property
    def balance(self) -> int:
        """As `PotState` says."""
        return self._balance

    @property
    def tainted(self) -> int:
        """As `PotState` says."""
        return self._balance if self._label else 0

    @property
    def depth(self) -> int:
        """As `PotState` says."""
        return self._depth

    def labels(self) -> dict[str, int]:
        """As `PotState` says."""
        return {self._label: self._balance} if self._label and self._balance else {}

    def credit(self, segments: Iterable[Segment]) -> None:
        """As `PotState` says."""
        for one in segments:
            self._balance += one.minor
            if one.label and one.minor:
                self._depth = min(self._depth, one.depth) if self._label else one.depth
                self._label = self._label or one.label

    def debit(self, minor: int) -> list[Segment]:
        """As `PotState` says."""
        self._balance -= minor
        return [Segment(minor, self._label, self._depth)] if minor else []

    def seed(self, label: str) -> int:
        """As `PotState` says."""
        found = 0 if self._label else self._balance
        if self._balance:
            self._label, self._depth = self._label or label, 0
        return found


def new_pot(method: Method) -> PotState:
    """Give an empty pot."""
    if method is Method.PRORATA:
        return Shares()
    return Poisoned() if method is Method.POISON else Lots(method)


def arriving(
    segments: list[Segment], debit: int, credit: int, *, is_exchange: bool, method: Method
) -> tuple[list[Segment], list[Segment]]:
    """Turn what left into what comes: (segments for the payee, segments kept as a fee)."""
    if not is_exchange and credit >= debit:
        return merged([*segments, *clean(credit - debit)]), []
    if method is Method.PRORATA:
        taint = tainted_of(segments)
        depth = min((one.depth for one in segments if one.label), default=0)
        shares = labels_of(segments)
        come = dealt(taint * credit // debit if debit else 0, shares)
        parts = [Segment(come[label], label, depth) for label in sorted(come)]
        fee = [] if is_exchange else [Segment(shares[label] - come[label], label, depth) for label in sorted(come)]
        return merged([*parts, *clean(credit - sum(come.values()))]), merged(fee)
    if not is_exchange:
        return cut(segments, credit)
    parts, before, after = [], 0, 0
    for one in segments:
        before += one.minor
        bound = before * credit // debit
        parts.append(Segment(bound - after, one.label, one.depth))
        after = bound
    return merged([*parts, *clean(credit - after)]), []
