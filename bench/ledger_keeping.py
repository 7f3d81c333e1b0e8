# SPDX-License-Identifier: Apache-2.0
"""Measure the ledger itself: payments written to Parquet, opened again, and taken from a table end to end."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
from measuring import Bench, median, resident_mb, spread

from lintas.formats.ledger_rows import WIDTHS, rows_digest, write_rows
from lintas.ledger.adapter import FolderLedger
from lintas.model.header import Mode
from lintas.model.ids import MessageId
from lintas.model.marking import Marking, Tlp
from lintas.model.money import LedgerRows, Method, Seed, TraceQuery
from lintas.node.node import Node
from lintas.testing import OFFICER
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.services import no_progress

_DAY_US: Final = 86_400_000_000
_START: Final = 1_767_225_600_000_000
_DAYS: Final = 30
_SEED: Final = 7
_MAPPING: Final = (
    '{"v":1,"form":"payments","columns":{"payer":"from","payee":"to","amount":"amount","time":"at",'
    '"reference":"reference"},"currency":"THB","bank":"KASITHBK","legs":"both"}'
)


def invented_rows(count: int, accounts: int) -> LedgerRows:
    """A month of payments between accounts of one bank, each with a reference of its own."""
    dice = np.random.default_rng(_SEED)
    words = ("", "THB", "transfer", "instant", *(f"KASITHBK:{n:010d}" for n in range(accounts)))
    first = 4
    references = tuple(f"id:KASITHBK:{n:012d}" for n in range(count))
    at = np.sort(dice.integers(0, _DAYS * _DAY_US, count)) + _START
    minor = dice.integers(100, 10_000_000, count)
    columns: Mapping[str, object] = {
        "row": np.arange(1, count + 1, dtype="<i4"),
        "payer": (dice.integers(0, accounts, count) + first).astype("<i4"),
        "payee": (dice.integers(0, accounts, count) + first).astype("<i4"),
        "reference": (np.arange(count) + len(words)).astype("<i4"),
        "of": np.zeros(count, dtype="<i4"),
        "debit_currency": np.full(count, 1, dtype="<i4"),
        "credit_currency": np.full(count, 1, dtype="<i4"),
        "kind": np.full(count, 2, dtype="<i4"),
        "channel": np.full(count, 3, dtype="<i4"),
        "debit_at": at.astype("<i8"),
        "credit_at": at.astype("<i8"),
        "debit_minor": minor.astype("<i8"),
        "credit_minor": minor.astype("<i8"),
        "legs": np.full(count, 3, dtype="u1"),
    }
    made = {name: np.asarray(columns[name]).tobytes() for name in WIDTHS}
    return LedgerRows(
        count=count,
        words=words + references,
        row=made["row"],
        payer=made["payer"],
        payee=made["payee"],
        reference=made["reference"],
        of=made["of"],
        debit_at=made["debit_at"],
        credit_at=made["credit_at"],
        debit_minor=made["debit_minor"],
        credit_minor=made["credit_minor"],
        debit_currency=made["debit_currency"],
        credit_currency=made["credit_currency"],
        kind=made["kind"],
        channel=made["channel"],
        legs=made["legs"],
    )


def measure_keeping(bench: Bench) -> None:
    """Write rows to Parquet through the worker, open them, list and trace what is open."""
    count = 5_000 if bench.small else 1_000_000
    data = write_rows(invented_rows(count, count // 10))
    message = MessageId("a" * 64)
    seed = Seed(label="1", account="KASITHBK:0000000001", start=_START)
    query = TraceQuery(seeds=(seed,), method=Method.PRORATA, lines_max=100)
    with bench.folder() as folder:
        ledger = FolderLedger(folder / "ledger")
        ledger.add(MessageId("b" * 64), write_rows(LedgerRows()), digest="0" * 64)  # starts the worker

        def add() -> float:
            start = time.perf_counter()
            ledger.add(message, data, digest=rows_digest(data))
            return time.perf_counter() - start

        def reopen() -> float:
            ledger.trace([], query)  # nothing is open after this
            start = time.perf_counter()
            assert ledger.accounts([message], limit=1)
            return time.perf_counter() - start

        times = bench.alternate({"add": add, "open": reopen})
        for name, words in (("add", "rows to Parquet, checked, on disk"), ("open", "rows of Parquet to a table")):
            rate = count / median(times[name])
            bench.say(words, rate, "rows/s", target="200,000", seconds=spread(times[name]), rows=count)
        ledger.trace([message], query)  # compiles
        again = bench.alternate({"trace": lambda: _traced(ledger, message, query)})
        bench.say("the next trace of what is open, pro-rata", median(again["trace"]) * 1e3, "ms", rows=count)
        pid = ledger.pid()
        assert pid is not None
        bench.say("the tracing worker with all of it open", resident_mb(pid), "MB", rows=count)
        bench.say("on disk", ledger.status().size_bytes / count, "bytes/row")
        ledger.close()


def measure_taking(bench: Bench) -> None:
    """Take a table of payments: read in the sandbox, signed, appended, found, and in Parquet."""
    count = 2_000 if bench.small else 500_000
    dice = np.random.default_rng(_SEED)
    sides = dice.integers(0, max(count // 10, 2), (count, 2)).tolist()
    lines = ["from,to,amount,at,reference"]
    for n, (payer, payee) in enumerate(sides):
        day, second = 1 + n * _DAYS // count, n % 60
        lines.append(
            f"{payer:010d},{payee:010d},{1 + n % 9999}.50,2026-01-{day:02d}T10:{n % 59:02d}:{second:02d}Z,R{n}"
        )
    data = "\n".join([*lines, ""]).encode()
    options = TakeOptions(mapping=_MAPPING, marking=Marking(tlp=Tlp.AMBER))
    seconds = []
    for _ in range(min(bench.rounds, 3)):
        with bench.folder() as folder:
            seconds.append(_taken(folder, data, options, count))
    rate = count / median(seconds)
    bench.say(
        "a table taken end to end: read, signed, indexed, in Parquet",
        rate,
        "rows/s",
        target="200,000",
        seconds=spread(seconds),
        rows=count,
        megabytes=round(len(data) / 1e6, 1),
    )


def _taken(folder: Path, data: bytes, options: TakeOptions, count: int) -> float:
    Node.create(folder / "node", name="Bench", country="TH", mode=Mode.EXERCISE)
    with Node.open(folder / "node") as node:
        warm = TakenFile(name="warm.csv", data=b"\n".join(data.split(b"\n", 2)[:2]) + b"\n")
        take(node.services, OFFICER, [warm], options=options, progress=no_progress)  # starts reader and worker
        start = time.perf_counter()
        file = TakenFile(name="payments.csv", data=data)
        taken = take(node.services, OFFICER, [file], options=options, progress=no_progress)
        passed_s = time.perf_counter() - start
        assert taken.used == count, taken.rejected[:3]
        assert len(node.services.ledger.whole()) == 2
    return passed_s


def _traced(ledger: FolderLedger, message: MessageId, query: TraceQuery) -> float:
    start = time.perf_counter()
    ledger.trace([message], query)
    return time.perf_counter() - start
