# SPDX-License-Identifier: Apache-2.0
"""Which pots a query's seeds stand in, what they claim, and what no row shows of them.

Source: docs/spec/tracing.md, rule T5.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from lintas.errors import OverLimit
from lintas.limits import PAYMENT_MINOR_MAX, TRACE_DEPTH_MAX, TRACE_SEEDS_MAX
from lintas.model.money import NEVER, UNKNOWN_MINOR, Seed, TraceQuery
from lintas.tracing.settling import TIME_US_MAX, Pot, is_foreign, until_of

ANY_LABEL: Final = "*"  # where a query does not ask for labels
BEFORE: Final = -TIME_US_MAX - 1  # before every event


class Credit(NamedTuple):
    """One credit to a pot where a seed stands, in the order of events."""

    at: int
    minor: int
    payment: int


@dataclass(slots=True, kw_only=True)
class Claim:
    """One seed in one pot."""

    place: int  # of its seed, in the order in which seeds claim
    label: str
    pot: Pot
    start: int
    left: int | None  # still to be found among credits; None: everything
    payment: int | None = None  # this payment's credit alone
    virtual: int = 0  # what no row shows

    def is_open(self, at: int, payment: int) -> bool:
        """Whether it may claim of a credit."""
        if self.payment is not None and self.payment != payment:
            return False
        return (self.payment is not None or at >= self.start) and self.left != 0


@dataclass(slots=True, kw_only=True)
class Seeding:
    """All seeds of a query, resolved."""

    claims: list[Claim] = field(default_factory=list)
    objections: list[str] = field(default_factory=list)

    def of_pot(self) -> dict[Pot, list[Claim]]:
        """Claims by pot, in the order in which they claim."""
        found: dict[Pot, list[Claim]] = {}
        for claim in self.claims:
            found.setdefault(claim.pot, []).append(claim)
        return found


def start_of(seed: Seed, *, backward: bool) -> int:
    """Give the moment from which a seed counts, on the trace's own axis of time."""
    if seed.start == NEVER:
        return BEFORE
    start = max(-TIME_US_MAX, min(seed.start, TIME_US_MAX))
    return -start if backward else start


def check_query(query: TraceQuery) -> None:
    """Hold a query to its limits, so that no sum is beyond what integers of the machine hold.

    Raises:
        OverLimit: Too many seeds, too deep, or more money than there is.
    """
    if len(query.seeds) > TRACE_SEEDS_MAX:
        raise OverLimit(f"{len(query.seeds)} seeds are more than one trace follows ({TRACE_SEEDS_MAX})")
    if not 0 <= query.depth <= TRACE_DEPTH_MAX:
        raise OverLimit(f"A trace follows 0 to {TRACE_DEPTH_MAX} payments from a seed, not {query.depth}")
    if any(seed.minor < UNKNOWN_MINOR for seed in query.seeds):
        raise OverLimit("A seed's amount is below zero")
    if sum(seed.minor for seed in query.seeds if seed.minor > 0) > PAYMENT_MINOR_MAX:
        raise OverLimit(f"All seeds together are at most {PAYMENT_MINOR_MAX} minor units")


def resolve(
    query: TraceQuery,
    pots_of: Mapping[str, Iterable[Pot]],
    credits_to: Callable[[Pot], list[Credit]],
    credited_by: Callable[[str], tuple[int, Pot, int] | None],
) -> Seeding:
    """Find each seed's pot and what its rows lack.

    Args:
        query: What is asked.
        pots_of: The pots that rows speak of, by account.
        credits_to: All credits to a pot, in order.
        credited_by: By a payment's reference: (payment, pot, minor) of its credit.

    Raises:
        OverLimit: As `check_query`.
    """
    check_query(query)
    found = Seeding()
    ordered = sorted(
        enumerate(query.seeds), key=lambda one: (start_of(one[1], backward=query.backward), one[1].label, one[0])
    )
    for place, (_, seed) in enumerate(ordered):
        if start_of(seed, backward=query.backward) > until_of(query):
            found.objections.append(f"seed {seed.label}: it begins after the trace ends")
            continue
        _resolve_one(found, place, seed, query, pots_of, credited_by)
    for pot, claims in found.of_pot().items():
        _allot([one for one in claims if one.left is not None and one.payment is None], credits_to(pot))
    return found


def _resolve_one(
    found: Seeding,
    place: int,
    seed: Seed,
    query: TraceQuery,
    pots_of: Mapping[str, Iterable[Pot]],
    credited_by: Callable[[str], tuple[int, Pot, int] | None],
) -> None:
    start = start_of(seed, backward=query.backward)
    label = seed.label if query.labels and seed.label else ANY_LABEL
    if is_foreign(seed.account, query.own):
        found.objections.append(f"seed {seed.label}: {seed.account} is kept in another country; nothing is seeded")
        return
    minor = None if seed.minor == UNKNOWN_MINOR else seed.minor
    if seed.payment:
        brought = credited_by(seed.payment)
        if brought is not None and brought[1][0] == seed.account:
            payment, pot, credited = brought
            left = credited if minor is None else min(minor, credited)
            found.claims.append(Claim(place=place, label=label, pot=pot, start=start, left=left, payment=payment))
            return
        found.objections.append(f"seed {seed.label}: no row tells of payment {seed.payment} to {seed.account}")
        if minor is None:
            return
    pots = [(seed.account, seed.currency)] if seed.currency else sorted(pots_of.get(seed.account, ()))
    if not pots:
        found.objections.append(f"seed {seed.label}: no row tells of {seed.account}; say its currency")
        return
    if minor is None:
        found.claims.extend(Claim(place=place, label=label, pot=pot, start=start, left=None) for pot in pots)
        return
    if len(pots) > 1:
        found.objections.append(f"seed {seed.label}: {seed.account} has several currencies; say which the amount is in")
        return
    claim = Claim(place=place, label=label, pot=pots[0], start=start, left=minor)
    if seed.payment:  # told of, and nowhere to be seen
        claim.left, claim.virtual = 0, minor
    found.claims.append(claim)


def _allot(claims: list[Claim], credited: list[Credit]) -> None:
    """Set aside for each claim what the rows credit from its start on; what they lack is virtual."""
    free = [one.minor for one in credited]
    for claim in claims:
        if claim.left is None or claim.virtual:
            continue
        lacking = claim.left
        for place, one in enumerate(credited):
            if one.at >= claim.start and free[place]:
                taken = min(free[place], lacking)
                free[place] -= taken
                lacking -= taken
                if not lacking:
                    break
        claim.virtual = lacking
        claim.left -= lacking
