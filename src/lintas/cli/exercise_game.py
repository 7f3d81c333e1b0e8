# SPDX-License-Identifier: Apache-2.0
"""An exercise played within one process: banks of the generator's books, desks that trace, and a clock that jumps.

Desks know what banks told them, follow it with `lintas.tracing` and ask on; they never see the truth. One picture is
shared by them, as hand-offs give it: federated is pooled (docs/spec/tracing.md). Time is that of the exercise.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from lintas.cli.exercise_rows import MICRO, rows_of
from lintas.exercises.books import Books
from lintas.exercises.papers import rfc3339
from lintas.exercises.record import Done, Record
from lintas.exercises.truth import can_be_held
from lintas.exercises.world import Report, World
from lintas.model.money import FlowLine, HeldLine, Method, Seed, TraceQuery, TraceResult
from lintas.tracing.reference import trace
from lintas.tracing.table import from_rows

HOLD_S: Final = 2 * 3_600  # until a hold of an exercise runs out
EXTEND_BEFORE_S: Final = 20 * 60
_ROUNDS_MAX: Final = 50_000  # things that are done in one game

PURPOSE: Final = "scam_response"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long desks and banks take, in seconds of the exercise."""

    acknowledge_s: int = 120  # a desk, until somebody has a request from abroad
    order_s: int = 300  # from knowing where the money is to the bank's confirmation
    answer_s: int = 180  # a bank, until it tells bookings
    letter_s: int = 1_800  # the bank that answers by letter first
    extends: bool = True  # desks look at what runs out


AT_ONCE: Final = Pace(acknowledge_s=0, order_s=0, answer_s=0, letter_s=0)


@dataclass(slots=True)
class _Case:
    """What desks know of one victim's payment."""

    unit: str
    report: str
    payment: str  # reference
    account: str  # that was named
    node: str  # whose victim it is
    fresh_from: dict[str, int] = field(default_factory=dict)  # country -> since when its banks must have told


@dataclass(slots=True)
class _Known:
    """What a bank told of one account."""

    end: int  # up to then, exclusive
    asked: bool = False  # a question is open


class Game:
    """One exercise, from its start to its end."""

    def __init__(
        self,
        world: World,
        pace: Pace,
        *,
        tell: Callable[[Done, Books], None] = lambda _done, _books: None,
        reach: Callable[[int], None] = lambda _at: None,
    ) -> None:
        """Do nothing yet.

        Args:
            tell: Hears of each thing that is done, when it is.
            reach: Returns when it is so late in the exercise; seconds since 1970 UTC.
        """
        self._world, self._pace, self._tell, self._reach_time = world, pace, tell, reach
        self._books = Books(world)
        self._queue: list[tuple[int, int, Callable[[], None]]] = []
        self._number = 0
        self._now = world.starts_at
        self._done: list[Done] = []
        self._cases: dict[str, _Case] = {}
        self._known: dict[str, _Known] = {}
        self._asked: dict[tuple[str, str], str] = {}  # (unit, country) -> request
        self._held: dict[tuple[str, str], int] = {}  # (unit, account) -> confirmed
        self._ordering: set[tuple[str, str]] = set()
        self._holds = 0

    def play(self) -> Record:
        """Play to the end and give the record."""
        world = self._world
        for report in world.reports:
            self._at(report.at, partial(self._report, report))
            if report.corrected_at:
                self._at(report.corrected_at, partial(self._correct, report))
        for holder in world.holders.values():
            if holder.trafficked:
                note = min(note.at for note in world.notes if note.name.startswith("shelter"))
                self._at(note, partial(self._say, holder.country, "protected", holder=holder.id))
        rounds = 0
        while self._queue and self._queue[0][0] <= world.ends_at:
            rounds += 1
            assert rounds < _ROUNDS_MAX, "a game comes to an end"
            self._now, _, act = heapq.heappop(self._queue)
            self._reach_time(self._now)
            self._books.forward(self._now)
            act()
        return Record(
            scenario=world.scenario,
            seed=world.seed,
            scale=world.scale,
            nodes=world.nodes,
            injects=tuple(str(one) for one in world.injects),
            desks="auto",
            ended_at=rfc3339(world.ends_at),
            events=tuple(self._done),
        )

    # --- what happens ------------------------------------------------------------------------------------------------

    def _report(self, report: Report) -> None:
        self._say(report.node, "reported", report=report.ref)
        for case in self._cases.values():  # whoever hears of more looks at all of it again
            case.fresh_from = {country: max(at, self._now) for country, at in case.fresh_from.items()}
        if all(unit in self._cases for unit in report.units):
            self._say(report.node, "noted", report=report.ref, short="told before")
            if report.account != self._right(report):
                self._look()
                return
        self._seed(report, report.account)

    def _correct(self, report: Report) -> None:
        self._say(report.node, "noted", report=report.ref, short="account corrected")
        self._seed(report, self._right(report))

    def _seed(self, report: Report, first: str) -> None:
        """Begin to follow each payment of a report from the account that it names."""
        moves = [move for move in self._world.moves if move.id in set(report.moves)]
        for place, move in enumerate(moves):
            account = first if place == 0 else move.payee
            case = self._cases.get(move.unit)
            if case is None:
                case = self._cases[move.unit] = _Case(
                    unit=move.unit, report=report.ref, payment=move.reference, account=account, node=report.node
                )
            case.account = account
            came = _Came(account, move.credit_minor, move.credit_currency)
            self._reach(case, self._world.country_of(account), came)
            self._ask_bank(account, case, hop=0)
        self._look()

    def _reach(self, case: _Case, country: str, came: "_Came | None" = None) -> bool:
        """Have a country's desk work on a case; says whether it does by now.

        Args:
            came: What is known to have come there.
        """
        if country in case.fresh_from:
            return case.fresh_from[country] <= self._now
        if country == case.node:
            case.fresh_from[country] = self._now
            return True
        request = f"{case.node}-{case.unit}-{country}"
        pair = f"{case.node}>{country}"
        basis = next(iter(self._world.bases.get(pair, ())), "")
        first = came or _Came(case.account, 0, "")
        self._say(
            case.node,
            "asked",
            to=country,
            form="hold",
            purpose=PURPOSE,
            report=case.report,
            unit=case.unit,
            request=request,
            basis=basis,
            account=first.account,
            asked=first.minor,
            currency=first.currency,
        )
        at = self._reachable(country, self._reachable(case.node, self._now)) + self._pace.acknowledge_s
        case.fresh_from[country] = at
        if at <= self._now:
            self._say(country, "acknowledged", request=request, report=case.report, unit=case.unit)
            return True
        self._at(at, partial(self._acknowledge, case, country, request))
        return False

    def _acknowledge(self, case: _Case, country: str, request: str) -> None:
        self._say(country, "acknowledged", request=request, report=case.report, unit=case.unit)
        self._look()

    def _reachable(self, node: str, at: int) -> int:
        """The first time from then on at which a desk is there."""
        start, end = self._world.offline.get(node, (0, 0))
        return end if start <= at < end else at

    # --- banks -------------------------------------------------------------------------------------------------------

    def _ask_bank(self, account: str, case: _Case, hop: int) -> None:
        """Ask an account's bank for its bookings, once its country's desk works on the case."""
        country = self._world.country_of(account)
        if not country or not self._reach(case, country):
            return
        known = self._known.setdefault(account, _Known(end=0))
        if known.asked or known.end > self._now * MICRO:
            return
        known.asked = True
        bank = account.partition(":")[0]
        said = {"bank": bank, "account": account, "report": case.report}
        self._say(country, "bank_asked", hop=hop, **said)
        wait = self._pace.letter_s if bank == self._world.thai_bank else self._pace.answer_s
        if wait:
            self._at(self._now + wait, partial(self._answered, country, account, case.report, hop))
        else:
            self._answered(country, account, case.report, hop, is_first=True)

    def _answered(self, country: str, account: str, report: str, hop: int, *, is_first: bool = False) -> None:
        known = self._known[account]
        known.asked, known.end = False, (self._now + 1) * MICRO
        self._say(country, "bank_answered", bank=account.partition(":")[0], account=account, report=report, hop=hop)
        if not is_first:
            self._look()

    # --- looking at what is known ------------------------------------------------------------------------------------

    def _look(self) -> None:
        """Trace with all that banks told, ask on, and hold: until nothing new comes of it in this second."""
        while True:
            result = self._traced()
            if result is None:
                return
            before = len(self._done)
            self._hand(result.flows)
            for line in result.held:
                self._ask_on(line)
            if len(self._done) > before:
                continue  # banks that answered at once may say that the money is elsewhere
            for line in result.held:
                self._hold(line)
            return

    def _traced(self) -> TraceResult | None:
        ends = {account: known.end for account, known in self._known.items() if known.end}
        rows = [(account, rows_of(self._world, self._books, account, ends)) for account in sorted(ends)]
        if not rows:
            return None
        table = from_rows(rows)
        known = set(table.words)
        seeds = tuple(
            Seed(label=case.unit, account=case.account, payment=case.payment)
            for case in self._cases.values()
            if case.payment in known and case.account in known
        )
        if not seeds:
            return None
        return trace(table, TraceQuery(seeds=seeds, method=Method.FIFO, labels=True, until=(self._now + 1) * MICRO))

    def _hand(self, flows: tuple[FlowLine, ...]) -> None:
        """Tell the desk of another country what comes to it."""
        for line in flows:
            here, there = self._world.country_of(line.payer), self._world.country_of(line.payee)
            for unit, tainted in line.labels:
                case = self._cases[unit]
                came = _Came(line.payee, max(1, tainted * line.arrived // max(1, line.tainted)), line.credit_currency)
                if there and here and here != there and there in self._world.nodes and there not in case.fresh_from:
                    self._say(here, "handed", to=there, payment=line.payment, report=case.report, revision=1)
                    self._reach(case, there, came)

    def _ask_on(self, line: HeldLine) -> None:
        """Ask the bank of an account to which money came what it has now."""
        country = self._world.country_of(line.account)
        if country not in self._world.nodes:
            return
        for unit, _ in line.labels:
            if not self._is_fresh(line, unit, country):
                self._ask_bank(line.account, self._cases[unit], line.depth)

    def _is_fresh(self, line: HeldLine, unit: str, country: str) -> bool:
        """Whether the bank told what it had when the desk began, and after the money came."""
        known = self._known.get(line.account)
        since = self._cases[unit].fresh_from.get(country, self._now)
        return known is not None and known.end > max(since * MICRO, line.last_at)

    def _hold(self, line: HeldLine) -> None:
        """Have held what the bank said to have."""
        country = self._world.country_of(line.account)
        if country not in self._world.nodes or not can_be_held(self._world, line.account, line.currency):
            return
        for unit, minor in line.labels:
            key = unit, line.account
            wanted = minor - self._held.get(key, 0)
            if wanted <= 0 or key in self._ordering or not self._is_fresh(line, unit, country):
                continue
            self._ordering.add(key)
            order = _Ordered(country, self._cases[unit], line.account, line.currency, wanted, line.depth)
            if self._pace.order_s:
                self._at(self._now + self._pace.order_s, partial(self._confirm, order, is_late=True))
            else:
                self._confirm(order, is_late=False)

    def _confirm(self, order: "_Ordered", *, is_late: bool) -> None:
        """The bank blocks what is there, at most what was asked; where it was less, it is asked what happened."""
        held = self._books.hold(order.account, order.currency, order.minor, order.case.unit)
        key = order.case.unit, order.account
        self._held[key] = self._held.get(key, 0) + order.minor  # what was asked is not asked again
        self._ordering.discard(key)
        if held.minor:
            self._holds += 1
            name = f"HOLD-{self._holds:04d}"
            self._say(
                order.country,
                "held",
                hold=name,
                report=order.case.report,
                unit=order.case.unit,
                account=order.account,
                currency=order.currency,
                minor=held.minor,
                asked=order.minor,
                hop=order.hop,
                expires_at=rfc3339(self._now + HOLD_S),
            )
            self._at(self._now + HOLD_S - EXTEND_BEFORE_S, partial(self._extend, order.country, name))
        if held.minor < order.minor and is_late:
            order.case.fresh_from[order.country] = self._now
            self._ask_bank(order.account, order.case, order.hop)
        if is_late:
            self._look()

    def _extend(self, country: str, hold: str) -> None:
        """Look at a hold that runs out."""
        if not self._pace.extends:
            return
        at = self._reachable(country, self._now)
        if at > self._now:
            self._at(at, partial(self._extend, country, hold))
            return
        self._say(country, "extended", hold=hold, expires_at=rfc3339(self._now + EXTEND_BEFORE_S + HOLD_S))
        self._at(self._now + HOLD_S, partial(self._extend, country, hold))

    # --- small things ------------------------------------------------------------------------------------------------

    def _right(self, report: Report) -> str:
        return next(move.payee for move in self._world.moves if move.id == report.moves[0])

    def _at(self, when: int, act: Callable[[], None]) -> None:
        self._number += 1
        heapq.heappush(self._queue, (when, self._number, act))

    def _say(self, node: str, what: str, **said: object) -> None:
        done = Done(at=rfc3339(self._now), node=node, what=what, **said)  # type: ignore[arg-type]  # readers check it
        self._done.append(done)
        self._tell(done, self._books)


@dataclass(frozen=True, slots=True)
class _Came:
    account: str
    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class _Ordered:
    country: str
    case: _Case
    account: str
    currency: str
    minor: int
    hop: int
