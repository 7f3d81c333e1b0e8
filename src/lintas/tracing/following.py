# SPDX-License-Identifier: Apache-2.0
"""Follow money event by event: once as the rows say, once with only what is certain.

Source: docs/spec/tracing.md, rules T3 to T15.
"""

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import NamedTuple

from lintas.model.money import Leg, Method, Segment, TraceQuery
from lintas.tracing.injecting import Brought
from lintas.tracing.pots import PotState, arriving, clean, labels_of, merged, new_pot, tainted_of
from lintas.tracing.seeding import Claim, Seeding
from lintas.tracing.settling import Move, Pot
from lintas.tracing.stretches import Stretch

Sure = Mapping[Pot, Iterable[Stretch]]


@dataclass(slots=True, kw_only=True)
class Spent:
    """What is followed in one payment."""

    tainted: int
    arrived: int = 0
    depth: int = 0
    labels: dict[str, int] = field(default_factory=dict)
    segments: tuple[Segment, ...] = ()


@dataclass(slots=True, kw_only=True)
class Sums:
    """Sums of one currency."""

    seeded: int = 0
    injected: int = 0
    converted_in: int = 0
    converted_out: int = 0
    residue: int = 0


@dataclass(slots=True, kw_only=True)
class Came:
    """How followed money came to a pot."""

    first_at: int
    last_at: int
    channels: dict[str, int] = field(default_factory=dict)


class Step(NamedTuple):
    """Something that happens in a pot beside payments, before all payments of its moment."""

    at: int
    rank: int  # 0: a stretch ends, 1: a stretch begins, 2: a seed
    place: int
    pot: Pot
    claim: Claim | None
    stretch: Stretch | None


class Following:
    """One run over all events."""

    def __init__(
        self,
        query: TraceQuery,
        seeding: Seeding,
        injected: Mapping[int, Brought],
        channels: Mapping[int, str],
        *,
        sure: Sure | None = None,
    ) -> None:
        self.query = query
        self.pots: dict[Pot, PotState] = {}
        self.spent: dict[int, Spent] = {}
        self.left: dict[tuple[int, str], int] = {}
        self.legs: dict[str, Sums] = {}
        self.came: dict[Pot, Came] = {}
        self.claims: dict[Pot, list[Claim]] = {}
        for pot, claims in seeding.of_pot().items():
            self.claims[pot] = [copy(claim) for claim in claims]
        self._injected = injected
        self._channels = channels
        self._sure = sure
        self._since: dict[Pot, int] = {}  # of the stretch that a pot is in
        self._flights: dict[int, list[Segment]] = {}

    def run(self, legs: Iterable[tuple[int, bool, Move]], openings: Mapping[Pot, int], until: int) -> None:
        """Follow all legs in their order, each (moment, whether it is the credit, payment)."""
        for pot, minor in openings.items():
            self._pot(pot).credit(clean(minor))
        steps = self._steps()
        for at, is_credit, move in legs:
            while steps and steps[-1].at <= at:
                self._step(steps.pop())
            if is_credit:
                self._credit(move)
            else:
                self._debit(move)
        while steps and steps[-1].at <= until:
            self._step(steps.pop())

    def _pot(self, pot: Pot) -> PotState:
        return self.pots.setdefault(pot, new_pot(self.query.method))

    def _leg(self, currency: str) -> Sums:
        return self.legs.setdefault(currency, Sums())

    def _steps(self) -> list[Step]:
        """Give what happens beside payments, last first."""
        steps = []
        for pot, claims in self.claims.items():
            acting = [claim for claim in claims if claim.virtual or claim.left is None]
            steps += [Step(claim.start, 2, claim.place, pot, claim, None) for claim in acting]
        for pot, stretches in (self._sure or {}).items():
            for stretch in stretches:
                steps.append(Step(stretch.start, 1, 0, pot, None, stretch))
                steps.append(Step(stretch.end, 0, 0, pot, None, stretch))
        return sorted(steps, key=lambda step: step[:4], reverse=True)

    def _step(self, step: Step) -> None:
        pot, claim = step.pot, step.claim
        if step.rank == 0:
            self.pots.pop(pot, None)
        elif step.stretch is not None:
            state = self._pot(pot)
            state.credit(clean(step.stretch.opening))
            self._since[pot] = step.stretch.start
            everything = [one for one in self.claims.get(pot, ()) if one.left is None and one.payment is None]
            for one in everything:
                if one.start <= step.at:
                    state.seed(one.label)
        elif claim is not None and (self._sure is None or pot in self.pots):
            state = self._pot(pot)
            if claim.left is None:
                found = state.seed(claim.label)
            else:
                found = claim.virtual
                # No row shows it, so it is not certain; but it stands in the pot as it does in the other run.
                state.credit([Segment(found, claim.label if self._sure is None else "", 0)])
            self._leg(pot[1]).seeded += found
            self._note(pot, step.at, found, "")

    def _note(self, pot: Pot, at: int, minor: int, channel: str) -> None:
        if minor:
            came = self.came.setdefault(pot, Came(first_at=at, last_at=at))
            came.last_at = at
            came.channels[channel] = came.channels.get(channel, 0) + minor

    def _debit(self, move: Move) -> None:
        assert move.source is not None
        state = self.pots.get(move.source)
        if state is None:
            return
        segments = self._deeper(move, state.debit(move.debit))
        tainted = tainted_of(segments)
        if not tainted:
            return
        spent = Spent(tainted=tainted, labels=labels_of(segments))
        spent.depth = min(one.depth for one in segments if one.label)
        self.spent[move.number] = spent
        if move.sink == "border":
            spent.segments = tuple(segments)
            self._leave(move, "border", tainted)
        elif move.sink:
            come: list[Segment] = segments
            fee: list[Segment] = []
            if move.credit >= 0:
                come, fee = self._arriving(move, segments)
                spent.arrived = tainted_of(come)
            self._leave(move, "fee", tainted_of(fee))
            self._leave(move, move.sink, tainted - tainted_of(fee))
        elif not move.is_in_time:
            self._leave(move, "flight", tainted)
        else:
            self._flights[move.number] = segments

    def _arriving(self, move: Move, segments: list[Segment]) -> tuple[list[Segment], list[Segment]]:
        return arriving(segments, move.debit, move.credit, is_exchange=move.is_exchange, method=self.query.method)

    def _deeper(self, move: Move, segments: list[Segment]) -> list[Segment]:
        """Count one more payment, and let go what is beyond the limit."""
        found, limit = [], self.query.depth
        for one in segments:
            if one.label and limit and one.depth >= limit:
                self._leave(move, "depth", one.minor)
                found.append(Segment(one.minor, "", 0))
            else:
                found.append(Segment(one.minor, one.label, one.depth + 1) if one.label else one)
        return merged(found)

    def _leave(self, move: Move, why: str, minor: int) -> None:
        if minor:
            self.left[move.number, why] = self.left.get((move.number, why), 0) + minor

    def _credit(self, move: Move) -> None:
        assert move.target is not None
        brought = self._injected.get(move.number)
        if brought is not None:
            come = self._inject(move, brought)
        else:
            come = self._land(move, self._flights.pop(move.number, None))
        if self._sure is not None:
            if move.target not in self.pots:
                return
            if move.guessed or not move.legs & Leg.PAYEE:
                come = clean(move.credit)
        come = self._claim(move, come)
        self._pot(move.target).credit(come)
        self._note(move.target, move.credit_at, tainted_of(come), self._channels.get(move.number, ""))

    def _land(self, move: Move, segments: list[Segment] | None) -> list[Segment]:
        """Turn what left an account of ours into what arrives."""
        if segments is None:
            return clean(move.credit)
        come, fee = self._arriving(move, segments)
        left, arrived = tainted_of(segments), tainted_of(come)
        self._leave(move, "fee", tainted_of(fee))
        if move.is_exchange:
            leg = self._leg(move.debit_currency)
            leg.converted_out += left
            leg.residue += residue(left, arrived, move.debit, move.credit)
            self._leg(move.credit_currency).converted_in += arrived
        self.spent[move.number].arrived = arrived
        return come

    def _inject(self, move: Move, brought: Brought) -> list[Segment]:
        """Turn what left the other side into what arrives here: no more than our own row says."""
        segments = list(brought.segments)
        whole = sum(one.minor for one in segments)
        exchange = brought.currency != move.credit_currency
        come, _ = arriving(segments, whole, move.credit, is_exchange=exchange, method=self.query.method)
        arrived = tainted_of(come)
        self._leg(move.credit_currency).injected += arrived
        if tainted_of(segments):
            depth = min(one.depth for one in segments if one.label)
            self.spent[move.number] = Spent(
                tainted=tainted_of(segments), arrived=arrived, depth=depth, labels=labels_of(segments)
            )
        return come

    def _claim(self, move: Move, segments: list[Segment]) -> list[Segment]:
        """Let the seeds that stand here take the first clean units; what is followed begins anew where they wait."""
        pot, number = move.target, move.number
        assert pot is not None
        waiting = [one for one in self.claims.get(pot, ()) if one.is_open(move.credit_at, number)]
        if self._sure is not None:
            # What an earlier credit gave to a seed is not known: it may have all it asked for.
            since = self._since[pot]
            waiting = [one for one in waiting if one.payment is not None or one.left is None or one.start >= since]
        if not waiting:
            return segments
        found: list[Segment] = []
        for one in segments:
            rest = one.minor
            if one.label:
                fresh = any(claim.left != 0 for claim in waiting)
                found.append(Segment(rest, one.label, 0 if fresh else one.depth))
                continue
            for claim in waiting:
                taken = rest if claim.left is None else min(rest, claim.left)
                if claim.left is not None:
                    claim.left -= taken
                rest -= taken
                found.append(Segment(taken, claim.label, 0))
            found.append(Segment(rest, "", 0))
        claimed = tainted_of(found) - tainted_of(segments)
        self._leg(pot[1]).seeded += claimed
        return merged(found)


def residue(left: int, arrived: int, debit: int, credit: int) -> int:
    """Say how much of what left no minor unit of the other currency stands for."""
    if not credit:
        return left
    return max(0, left + (-arrived * debit) // credit)


def is_conserving(method: Method) -> bool:
    """Whether a method neither makes nor loses money."""
    return method is not Method.POISON
