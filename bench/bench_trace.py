# SPDX-License-Identifier: Apache-2.0
"""Measure following money: exact integers beside a floating-point haircut kernel, opening, each method, memory.

The floating-point kernel is the plainest there is: one pass over payments in order of time, a balance and a taint per
account side by side, no fees, no pots, no credit later than its debit, no answer. It loses cents; ours may not.
Processor seconds of one core, since machines are shared.
"""

import gc
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from measuring import Bench, median, resident_mb, spread
from numba import njit

from lintas.model.money import Covered, Method, Seed, TraceQuery
from lintas.tracing.fast import Ledger, open_ledger
from lintas.tracing.running import Asked, follow
from lintas.tracing.table import LedgerTable

DAY_US: Final = 86_400 * 10**6
DAYS: Final = 30
SEEDS: Final = 1_000
LEAST: Final = 3  # words before the accounts: empty, currency, kind


@dataclass(frozen=True, kw_only=True)
class Names(Sequence[str]):
    """Words that are made when they are asked for: ten million texts would be measured otherwise."""

    accounts: int

    def __len__(self) -> int:
        return LEAST + self.accounts

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return [self[at] for at in range(*place.indices(len(self)))]
        return ("", "SGD", "transfer")[place] if place < LEAST else f"TESTSGSG:{int(place) - LEAST:010}"

    def __iter__(self) -> Iterator[str]:
        return (self[at] for at in range(len(self)))


def make_table(payments: int, accounts: int, *, covered: float = 0.0) -> LedgerTable:
    """Payments of a month: few accounts pay much, amounts spread over four decades, credits follow within a minute."""
    dice = np.random.default_rng(17)
    weight = np.cumsum(dice.pareto(1.3, accounts) + 0.05)
    payer = np.searchsorted(weight, dice.random(payments) * weight[-1]).astype(np.int32) + LEAST
    payee = dice.integers(LEAST, LEAST + accounts, payments, dtype=np.int32)
    at = np.sort(dice.integers(0, DAYS * DAY_US, payments))
    minor = np.minimum(np.exp(dice.normal(9, 2, payments)).astype(np.int64) + 1, 10**12)
    none, one = np.zeros(payments, dtype=np.int32), np.ones(payments, dtype=np.int32)
    return LedgerTable(
        words=Names(accounts=accounts),
        messages=("month",),
        message=none,
        row=np.arange(1, payments + 1, dtype=np.int32),
        payer=payer,
        payee=payee,
        reference=none,
        of=none,
        debit_currency=one,
        credit_currency=one,
        kind=one + 1,
        channel=none,
        debit_at=at,
        credit_at=at + dice.integers(0, 60 * 10**6, payments),
        debit_minor=minor,
        credit_minor=minor,
        legs=np.full(payments, 3, dtype=np.uint8),
        covered=tuple(
            Covered(f"TESTSGSG:{account:010}", "SGD", -1, 2 * DAYS * DAY_US, 10**13)
            for account in range(int(accounts * covered))
        ),
    )


def make_seeds(accounts: int) -> tuple[Seed, ...]:
    """A thousand reports of the first day."""
    dice = np.random.default_rng(18)
    where, when = dice.integers(0, accounts, SEEDS).tolist(), dice.integers(0, DAY_US, SEEDS).tolist()
    return tuple(
        Seed(label=str(place), account=f"TESTSGSG:{account:010}", start=start, minor=500_000)
        for place, (account, start) in enumerate(zip(where, when, strict=True))
    )


@njit(nogil=True)
def haircut(payer: Any, payee: Any, minor: Any, state: Any, seeded: Any, began: Any) -> None:
    """The floating-point kernel: state[account] is (balance, taint)."""
    seed = 0
    for payment in range(len(payer)):
        while seed < len(seeded) and began[seed] <= payment:
            state[seeded[seed], 0] += 500_000.0
            state[seeded[seed], 1] += 500_000.0
            seed += 1
        source, target, amount = payer[payment], payee[payment], float(minor[payment])
        balance = max(state[source, 0], amount)
        moved = state[source, 1] * amount / balance
        state[source, 0] = balance - amount
        state[source, 1] -= moved
        state[target, 0] += amount
        state[target, 1] += moved


def measure_kernel(bench: Bench) -> None:
    """Both kernels over the same payments, in turns; then whole answers."""
    payments, accounts = (20_000, 2_000) if bench.small else (10_000_000, 1_000_000)
    table, seeds = make_table(payments, accounts), make_seeds(accounts)
    began = np.sort(np.searchsorted(table.debit_at, [one.start for one in seeds]))
    seeded = np.array([int(one.account[-10:]) + LEAST for one in seeds])
    before = time.process_time()
    ledger = open_ledger(table)
    query = TraceQuery(seeds=seeds, method=Method.PRORATA)
    book = ledger.book(query)
    bench.say("trace: open a ledger", payments / (time.process_time() - before), "payments/s", payments=payments)
    asked = Asked(book, query)
    openings = asked.openings()
    state = np.zeros((accounts + LEAST, 2))

    def floating() -> float:
        state[:] = 0.0
        return timed(lambda: haircut(table.payer, table.payee, table.debit_minor, state, seeded, began))

    def exact() -> float:
        prepared = asked.prepare(openings.copy(), None)
        return timed(lambda: follow(asked, prepared))

    floating(), exact()  # compiled now
    found = bench.alternate({"float": floating, "exact": exact})
    ours, theirs = median(found["exact"]), median(found["float"])
    bench.say("trace: floating-point haircut kernel", payments / theirs, "payments/s", seconds=spread(found["float"]))
    bench.say("trace: exact pro-rata kernel", payments / ours, "payments/s", seconds=spread(found["exact"]))
    bench.say("trace: exact kernel over the floating-point one", ours / theirs, "times as long", target="< 4")
    for method in Method:
        whole(bench, ledger, TraceQuery(seeds=seeds, method=method), payments)
    bench.say("trace: memory of the process", resident_mb(os.getpid()), "MB", payments=payments)


def whole(bench: Bench, ledger: Ledger, query: TraceQuery, payments: int) -> None:
    """Answers with their ten thousand largest lines."""
    ledger.trace(query)
    times = [timed(lambda: ledger.trace(query)) for _ in range(bench.rounds)]
    result = ledger.trace(query)
    assert result.conserved is not False
    bench.say(
        f"trace: whole answer, {query.method.value}, once open",
        median(times),
        "s",
        target="< 1" if query.method is Method.PRORATA else "",
        payments=payments,
        flows=result.flows_total,
        seconds=spread(times),
    )


def measure_knowledge(bench: Bench) -> None:
    """What confirming costs where every second account has a statement."""
    payments, accounts = (20_000, 2_000) if bench.small else (1_000_000, 100_000)
    ledger = open_ledger(make_table(payments, accounts, covered=0.5))
    query = TraceQuery(seeds=make_seeds(accounts), method=Method.PRORATA)
    ledger.trace(query)
    times = [timed(lambda: ledger.trace(query)) for _ in range(bench.rounds)]
    bench.say("trace: whole answer, half of the accounts covered", median(times), "s", payments=payments)


def measure_large(bench: Bench) -> None:
    """A hundred million payments, for their memory; `--full --only large`, and `--rows` for another number.

    Columns that say nothing here share their memory: in a ledger each row has 24 bytes more.
    """
    if not bench.full:
        return
    payments, accounts = bench.rows or 100_000_000, 1_000_000
    pid, query = os.getpid(), TraceQuery(seeds=make_seeds(accounts), method=Method.PRORATA)
    table = make_table(payments, accounts)
    bench.say("trace: memory of the columns alone", resident_mb(pid), "MB", payments=payments)
    before = time.process_time()
    ledger = open_ledger(table)
    ledger.book(query)
    bench.say("trace: open the largest ledger", payments / (time.process_time() - before), "payments/s")
    bench.say("trace: memory with it open", resident_mb(pid), "MB", bytes=resident_mb(pid) * 2**20 / payments)
    whole(bench, ledger, query, payments)
    bench.say("trace: memory at most", resident_mb(pid, most=True), "MB", payments=payments)


def timed(work: Callable[[], object]) -> float:
    """Processor seconds of one piece of work."""
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    """Run all parts."""
    bench = Bench("trace", "follow money: exact integers beside floating point, each method, memory")
    bench.run({"kernel": measure_kernel, "knowledge": measure_knowledge, "large": measure_large})
    bench.finish()


if __name__ == "__main__":
    main()
