# SPDX-License-Identifier: Apache-2.0
"""A golden hour as nodes live it: they ask simulated banks hop by hop and hand on what crosses their borders.

No disk of a node, no network, no clock but the one that moves when told; banks, rules and documents are the real ones.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from lintas.exercises.lands import LANDS
from lintas.exercises.papers import rfc3339
from lintas.exercises.truth import truth_of
from lintas.exercises.world import Report, World
from lintas.exercises.writing.booked import BankBooks
from lintas.exercises.writing.simulated import accounts_file
from lintas.formats.bank_bookings import micros
from lintas.formats.money.bookings import read_told
from lintas.formats.money.draft import LedgerDraft
from lintas.limits import TRACE_ASK_BEFORE_S
from lintas.model.money import NEVER, FlowLine, Method, Seed
from lintas.model.reading import ReadOptions
from lintas.policy.next_hop import NextHop, next_hops
from lintas_simulators.bank_behaviour import Behaviour
from lintas_simulators.bank_ledger import Ledger
from lintas_simulators.bank_traces import Traces
from tests.unit.formats.builders import packs
from tests.unit.tracing.ledgers import Pay, rows_of
from tests.unit.tracing_jobs.federation import Federation, Member


@dataclass(frozen=True, slots=True)
class Truly:
    """What is truly in one payment."""

    left: int
    arrived: int
    currency: str
    credit_currency: str


@dataclass(slots=True, kw_only=True)
class Banked:
    """One report, followed at all desks."""

    world: World
    report: Report
    folder: Path
    now: datetime = field(init=False)
    federation: Federation = field(init=False)
    _banks: dict[str, Traces] = field(default_factory=dict)
    _ledgers: list[Ledger] = field(default_factory=list)
    _told: dict[str, str] = field(default_factory=dict)  # account -> up to when its bank told; empty: it does not
    _questions: int = 0
    units: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        world, report = self.world, self.report
        self.now = datetime.fromtimestamp(report.at, UTC) + timedelta(seconds=2)
        books = BankBooks(world, world.moves)
        for bic in sorted({account.bic for account in world.accounts.values()}):
            ledger = Ledger(self.folder / bic, now=lambda: self.now, behaviour=Behaviour, seed=0, mode="exercise")
            ledger.open_accounts(json.loads(accounts_file(books, bic)))
            self._ledgers.append(ledger)
            self._banks[bic] = Traces(ledger, bank=bic)
        moves = [move for move in world.moves if move.id in report.moves]
        here = [move for move in moves if world.country_of(move.payee) == report.node]
        told = [
            Pay(
                payer=move.payer,
                payee=move.payee,
                debit_minor=move.minor,
                debit_at=move.debit_at * 10**6,
                reference=move.reference,
                credit_minor=move.credit_minor,
                debit_currency=move.currency,
                credit_currency=move.credit_currency,
                legs=1,
            )
            for move in moves
        ]
        rows = {country: [("f" * 64, rows_of(told))] if country == report.node else [] for country in world.nodes}
        self.federation = Federation.of(rows, report.node, Random(1))
        seeds = [
            Seed(label=move.unit.replace(".", "-"), account=move.payee, payment=move.reference, minor=move.credit_minor)
            for move in here
        ]
        self.units = frozenset(move.unit for move in here)
        self.federation.open(seeds, Method.FIFO)
        self.federation.run()

    def close(self) -> None:
        """Let go of the banks' files."""
        for ledger in self._ledgers:
            ledger.close()

    def ask(self, *, again: bool = False) -> bool:
        """Have every desk ask whom there is to ask, and hand on; says whether a bank told anything.

        Args:
            again: Of all accounts that hold such money, though their banks told after it came: it may be gone since.
        """
        something = False
        for member in self.federation.members.values():
            if member.result is None or not self.federation.trace_at(member).is_here:
                continue
            held = member.result.held if again else ()
            later = [NextHop(one.account, member.country, one.currency, 0, one.first_at, one.last_at) for one in held]
            for hop in [*self._hops(member), *later]:
                something = self._ask(member, hop, again=again) or something
            self.federation.advance(member)
        self.federation.run()
        return something

    def flows(self) -> Iterator[tuple[str, FlowLine]]:
        """What each desk says of payments: (country, line)."""
        for member in self.federation.members.values():
            if member.result is not None:
                for line in member.result.flows:
                    yield member.country, line

    def truth(self) -> dict[str, Truly]:
        """What is truly in each payment, of the money that is followed."""
        found: dict[str, Truly] = {}
        for move in truth_of(self.world)["moves"]:
            if move["unit"] in self.units and move["hop"]:  # the victim's own payment is where it begins
                known = found.get(move["payment"])
                left, arrived = (known.left, known.arrived) if known else (0, 0)
                found[move["payment"]] = Truly(
                    left + move["minor"], arrived + move["arrived"], move["currency"], move["credit_currency"]
                )
        return found

    def _hops(self, member: Member) -> list[NextHop]:
        assert member.result is not None
        hops = list(next_hops(member.result))
        seen = {line.payment for line in member.result.flows}
        for one in self.federation.trace_at(member).incoming:
            if one.handed.reference not in seen and one.handed.tainted:
                at, currency = micros(one.handed.at), LANDS[member.country].currency
                hops.append(NextHop(one.handed.payee, member.country, currency, one.handed.tainted, at, at))
        return hops

    def _ask(self, member: Member, hop: NextHop, *, again: bool) -> bool:
        bank, _, number = hop.account.partition(":")
        if hop.country != member.country or bank not in self._banks:
            return False
        told = self._told.get(hop.account)
        if told == "" or (told and micros(told) >= self.world.ends_at * 10**6):
            return False
        if told and not again and hop.last != NEVER and hop.last < micros(told):
            return False
        self._questions += 1
        start = told or rfc3339(hop.since // 10**6 - TRACE_ASK_BEFORE_S)
        said = {"id": f"{self._questions:032x}", "account": number, "currency": hop.currency, "mode": "exercise"}
        answer, _ = self._banks[bank].take(said | {"from": start, "until": ""}, kill=_nobody)
        self._told[hop.account] = ""
        if answer["state"] != "done":
            return False
        draft = LedgerDraft(options=ReadOptions(region=member.country), packs=packs())
        read_told(json.dumps(answer).encode(), draft)
        assert not draft.rejected
        member.rows.append((f"{self._questions:064x}", draft.rows()))
        self._told[hop.account] = answer["coverage"]["end"]
        return True


def _nobody() -> None:
    """No bank dies here."""


def played(banked: Banked, *, steps: Callable[[], float], look: Callable[[], None], rounds: int) -> None:
    """Let time pass in steps of seconds, and then to the exercise's end; look after each round."""
    for _ in range(rounds):
        banked.ask()
        look()
        banked.now += timedelta(seconds=steps())
    banked.now = datetime.fromtimestamp(banked.world.ends_at + 60, UTC)  # each account is asked once more at most
    while banked.ask(again=True):
        look()
    look()
