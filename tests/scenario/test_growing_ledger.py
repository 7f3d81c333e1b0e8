# SPDX-License-Identifier: Apache-2.0
"""A ledger that grows hop by hop from what banks tell: at no step is more confirmed than is true.

Several simulated banks with books of their own; the money of one victim runs through their accounts among payments
that have nothing to do with it. Whoever follows it begins with one account's bookings, asks the bank of the account
where money arrived and nobody knows more, and so on, until no question is left: then what is known is the truth.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest

from lintas.formats.bank_bookings import micros, read_bookings, write_question
from lintas.formats.money.bookings import read_told
from lintas.formats.money.draft import LedgerDraft
from lintas.model.bookings import Question
from lintas.model.header import Mode
from lintas.model.money import Knowledge, LedgerRows, Method, Seed, TraceQuery, TraceResult
from lintas.model.reading import ReadOptions
from lintas.policy.bookings import judge_bookings
from lintas.policy.next_hop import next_hops
from lintas.tracing.reference import trace
from lintas.tracing.table import from_rows
from lintas_simulators.bank_behaviour import Behaviour
from lintas_simulators.bank_ledger import Ledger
from lintas_simulators.bank_traces import Traces
from tests.unit.formats.builders import packs

BANKS: Final = ("MBBEMYKL", "CIBBMYKL", "RHBBMYKL")
BEGINS: Final = datetime(2026, 3, 1, 1, 0, tzinfo=UTC)
NOW: Final = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
STOLEN: Final = 1_000_000
SEEDS: Final = 200 if os.environ.get("LINTAS_SOAK") else 6


@dataclass(slots=True)
class World:
    """Accounts by key, their balances, and what each bank books."""

    dice: Random
    balances: dict[str, int] = field(default_factory=dict)
    books: dict[str, dict[str, list[Any]]] = field(default_factory=dict)
    at: datetime = BEGINS
    made: int = 0

    def open(self) -> None:
        for bank in BANKS:
            self.books[bank] = {"accounts": [], "bookings": []}
            for number in range(3):
                key = f"{bank}:{60_000_000 + BANKS.index(bank) * 1000 + number}"
                self.balances[key] = self.dice.choice((0, 50_000, 900_000))
                account = {"account": key.split(":")[1], "currency": "MYR", "minor": self.balances[key]}
                self.books[bank]["accounts"].append(account)

    def pay(self, payer: str, payee: str, minor: int) -> None:
        """One payment; a bank that has only one of the two books only that leg, some seconds apart."""
        self.made += 1
        self.at += timedelta(seconds=self.dice.randint(20, 200), milliseconds=self.dice.randint(0, 999))
        reference = f"e2e:R{self.made}"
        if payer in self.balances:
            self.balances[payer] -= minor
        if payee in self.balances:
            self.balances[payee] += minor
        banks = [key.split(":")[0] if key in self.balances else "" for key in (payer, payee)]
        number = [key.split(":")[1] if key in self.balances else "" for key in (payer, payee)]
        if banks[0] == banks[1]:
            self._book(banks[0], number[0], number[1], "", minor, reference, 0)
            return
        kind = "transfer" if payer and payee else "cash_out" if payer else "cash_in"
        if banks[0]:
            self._book(banks[0], number[0], "", payee, minor, reference, 0, kind)
        if banks[1]:
            self._book(banks[1], "", number[1], payer, minor, reference, 3, kind)

    def _book(
        self, bank: str, source: str, target: str, other: str, minor: int, reference: str, later_s: int, kind: str = ""
    ) -> None:
        one = {
            "id": f"b{self.made}",
            "at": (self.at + timedelta(seconds=later_s)).isoformat(),
            "from": source,
            "to": target,
            "minor": minor,
            "other": other,
            "reference": reference,
            "channel": "instant",
            "kind": kind or "transfer",
        }
        self.books[bank]["bookings"].append(one)


def make_world(seed: int) -> tuple[World, str, int]:
    """A world; the account where the stolen money came, and when."""
    world = World(dice=Random(seed))
    dice = world.dice
    world.open()
    keys = sorted(world.balances)
    for _ in range(6):
        _something(world, keys)
    first = dice.choice(keys)
    world.pay("CONTSGSG:1234567890", first, STOLEN)
    came = micros(world.at.isoformat())
    at = [first]
    for _ in range(14):
        source = dice.choice(at)
        if world.balances[source] > 100 and dice.random() < 0.7:
            to = dice.choice([key for key in keys if key != source])
            world.pay(source, to, dice.randint(50, world.balances[source]))
            at.append(to)
        elif world.balances[source] > 100 and dice.random() < 0.4:
            world.pay(source, "", dice.randint(50, world.balances[source]))
        else:
            _something(world, keys)
    return world, first, came


def _something(world: World, keys: list[str]) -> None:
    """A payment that has nothing to do with it."""
    payer = world.dice.choice(["", *keys])
    payee = world.dice.choice([key for key in keys if key != payer])
    most = world.balances[payer] if payer else 300_000
    if most > 10:
        world.pay(payer, payee, world.dice.randint(1, most))


class Bank:
    """One bank's books, asked as a node asks them."""

    def __init__(self, folder: Path, bank: str, books: dict[str, list[Any]]) -> None:
        self.bank = bank
        self._ledger = Ledger(
            folder / f"{bank}.sqlite", now=lambda: NOW, behaviour=Behaviour, seed=0, mode=Mode.EXERCISE.value
        )
        self._ledger.open_accounts(books)
        self._traces = Traces(self._ledger, bank=bank)

    def bookings(self, key: str, number: int) -> LedgerRows:
        """All of an account since some days before, judged and read as an item."""
        question = Question(
            id=f"{number:032x}",
            bank=self.bank,
            account=key.split(":")[1],
            currency="MYR",
            start=(BEGINS - timedelta(days=1)).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            until="",
            reference="MY-H-7K3QF-9D2MX-4",
            authority="Contoh Police",
            law="section 116",
            mode=Mode.EXERCISE,
        )
        answer, _ = self._traces.take(json.loads(write_question(question)), kill=_nobody)
        raw = json.dumps(answer, sort_keys=True).encode()
        told = judge_bookings(question, read_bookings(raw), banks={self.bank}, asked_at=NOW, now=NOW, before=None)
        assert told.is_useful, told
        draft = LedgerDraft(options=ReadOptions(region="MY"), packs=packs())
        read_told(raw, draft)
        assert not draft.rejected
        return draft.rows()

    def close(self) -> None:
        self._ledger.close()


def _nobody() -> None:
    raise AssertionError("nobody dies here")


@contextmanager
def banks_of(folder: Path, world: World) -> Iterator[dict[str, Bank]]:
    found = {bank: Bank(folder, bank, books) for bank, books in world.books.items()}
    try:
        yield found
    finally:
        for bank in found.values():
            bank.close()


def held(result: TraceResult) -> dict[str, int]:
    return {one.account: one.minor for one in result.held if one.minor}


def tainted(result: TraceResult) -> dict[str, int]:
    return {one.payment: one.tainted for one in result.flows if one.tainted}


def follow(told: dict[str, LedgerRows], account: str, came: int, method: Method) -> TraceResult:
    # the first account's credit: what its own bank booked at about that time
    seed = Seed(label="1", account=account, start=came - 1, minor=STOLEN, currency="MYR")
    return trace(from_rows(sorted(told.items())), TraceQuery(seeds=(seed,), method=method))


@pytest.mark.parametrize("method", [Method.FIFO, Method.LIFO, Method.PRORATA])
@pytest.mark.parametrize("seed", range(SEEDS))
def test_each_answer_adds_what_is_known_and_never_more_than_the_truth(
    tmp_path: Path, seed: int, method: Method
) -> None:
    world, first, came = make_world(seed)
    with banks_of(tmp_path, world) as banks:
        everything = {key: banks[key.split(":")[0]].bookings(key, n) for n, key in enumerate(world.balances)}
        truth = follow(everything, first, came, method)
        assert truth.conserved and sum(held(truth).values()) + sum(one.minor for one in truth.left) == STOLEN
        told = {first: everything[first]}
        for _ in range(len(world.balances) + 1):
            known = follow(told, first, came, method)
            _check(known, truth)
            waiting = [one.account for one in next_hops(known) if one.account in everything and one.account not in told]
            if not waiting:
                break
            asked = waiting[0]
            told[asked] = everything[asked]  # one question, one answer, one more hop
        else:
            raise AssertionError("questions never ended")
    assert held(known) == held(truth) and tainted(known) == tainted(truth)
    assert not [one for one in known.held if one.knowledge is Knowledge.UNKNOWN]


def _check(known: TraceResult, truth: TraceResult) -> None:
    really, in_payments = held(truth), tainted(truth)
    assert known.conserved
    for one in known.held:
        assert one.confirmed <= one.minor and one.confirmed <= really.get(one.account, 0), one
    for flow in known.flows:
        assert flow.confirmed <= flow.tainted and flow.confirmed <= in_payments.get(flow.payment, 0), flow
