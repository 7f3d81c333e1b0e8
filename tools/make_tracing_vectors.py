# SPDX-License-Identifier: Apache-2.0
"""Write docs/spec/vectors/tracing: small ledgers, queries, and what every implementation must find."""

import sys
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np

from lintas.model.money import NEVER, UNKNOWN_MINOR, Covered, Injected, LedgerRows, Method, Seed, Segment, TraceQuery
from lintas.tracing.reference import trace
from lintas.tracing.table import from_rows, order_hash

HOME: Final = Path(__file__).resolve().parents[1] / "docs" / "spec" / "vectors" / "tracing"
FIELDS: Final = (
    "payer",
    "payee",
    "reference",
    "debit_at",
    "credit_at",
    "debit_minor",
    "credit_minor",
    "debit_currency",
    "credit_currency",
    "kind",
    "legs",
)
WORDS: Final = ("payer", "payee", "reference", "debit_currency", "credit_currency", "kind")
Row = tuple[str, str, str, int, int, int, int, str, str, str, int]


def row(payer: str, payee: str, minor: int, at: int, reference: str, **more: Any) -> Row:
    """One payment, booked by both banks, in one currency, at one moment."""
    told: dict[str, Any] = {
        "payer": payer,
        "payee": payee,
        "reference": reference,
        "debit_at": at,
        "credit_at": at,
        "debit_minor": minor,
        "credit_minor": minor,
        "debit_currency": "SGD",
        "credit_currency": "SGD",
        "kind": "transfer",
        "legs": 3,
    }
    return tuple((told | more)[name] for name in FIELDS)


def ledger_rows(rows: list[Row], covered: tuple[Covered, ...]) -> LedgerRows:
    """Columns of some rows."""
    words: dict[str, int] = {"": 0}
    columns: dict[str, bytes] = {}
    for place, name in enumerate(FIELDS):
        values = [one[place] for one in rows]
        if name in WORDS:
            columns[name] = np.array([words.setdefault(str(one), len(words)) for one in values], dtype="<i4").tobytes()
        else:
            columns[name] = np.array(values, dtype="u1" if name == "legs" else "<i8").tobytes()
    nothing = np.zeros(len(rows), dtype="<i4").tobytes()
    return LedgerRows(
        count=len(rows),
        words=tuple(words),
        row=np.arange(1, len(rows) + 1, dtype="<i4").tobytes(),
        of=nothing,
        channel=nothing,
        covered=covered,
        **columns,
    )


MIXED: Final = [
    row("", "MULE", 50, 1, "uetr:a"),
    row("VICTIM", "MULE", 100, 2, "uetr:b"),
    row("MULE", "SHOP", 50, 3, "uetr:c"),
    row("MULE", "BOSS", 60, 4, "uetr:d"),
]
WAYS: Final = [
    *MIXED,
    row("BOSS", "", 20, 5, "uetr:e", kind="cash_out"),
    row("BOSS", "COIN", 30, 6, "uetr:f", credit_minor=28),
    row("COIN", "COIN", 28, 7, "uetr:g", credit_currency="USD", credit_minor=9, credit_at=8),
    row("COIN", "MULE", 9, 9, "uetr:h", debit_currency="USD", credit_minor=27, credit_at=NEVER),
    row("SHOP", "BOSS", 10, 9, "uetr:i"),
    row("SHOP", "MULE", 10, 9, "uetr:j", credit_minor=UNKNOWN_MINOR),
]
BORDER: Final = [
    row("VICTIM", "KASITHBK:1", 70, 1, "uetr:a"),
    row("KASITHBK:1", "TESTMYKL:2", 40, 2, "uetr:b"),
    row("TESTMYKL:2", "KASITHBK:3", 38, 3, "uetr:c"),
    row("KASITHBK:3", "", 10, 4, "uetr:d", kind="cash_out"),
]
CLOCKS: Final = [  # our bank booked it at 3, and the other one says that it was paid at 5
    row("TESTMYKL:2", "KASITHBK:3", 38, NEVER, "uetr:c", credit_at=3, debit_minor=UNKNOWN_MINOR, legs=2),
    row("", "KASITHBK:3", 10, 4, "uetr:d"),
    row("KASITHBK:3", "KASITHBK:4", 12, 5, "uetr:e"),
    row("KASITHBK:3", "KASITHBK:5", 20, 6, "uetr:f"),
]
TWICE: Final = [
    row("A", "B", 10, 1, "uetr:a", legs=1),
    row("A", "B", 10, 2, "uetr:a", legs=2),
    row("A", "B", 10, 3, "", legs=1),
    row("A", "B", 10, 4, "", legs=2),
    row("B", "C", 15, 5, "e2e:x"),
    row("B", "D", 3, 5, "e2e:x"),
]
STATEMENTS: Final = (
    Covered("MULE", "SGD", 0, 20, 0),
    Covered("BOSS", "SGD", 0, 6, 5, 45),
    Covered("SHOP", "SGD", 0, 20, 0, 9),
)


def cases() -> dict[str, tuple[list[Row], tuple[Covered, ...], TraceQuery]]:
    """Name -> rows, statements, query."""
    seed = Seed(label="v", account="MULE", start=2, minor=100)
    found: dict[str, tuple[list[Row], tuple[Covered, ...], TraceQuery]] = {}
    for method in Method:
        found[f"mixed-{method}"] = (MIXED, (), TraceQuery(seeds=(seed,), method=method))
        found[f"ways-{method}"] = (WAYS, STATEMENTS, TraceQuery(seeds=(seed,), method=method, labels=True))
    more: dict[str, dict[str, Any]] = {
        "depth": {"depth": 2},
        "until": {"until": 7},
        "virtual": {"seeds": (Seed(label="v", account="MULE", start=2, minor=500),)},
        "everything": {"seeds": (Seed(label="v", account="MULE", start=3),)},
        "payment": {"seeds": (Seed(label="v", account="BOSS", payment="uetr:d", minor=40),)},
        "backward": {"seeds": (Seed(label="v", account="COIN", start=6, minor=28, currency="SGD"),), "backward": True},
    }
    for name, fields in more.items():
        asked: dict[str, Any] = {"seeds": (seed,), "method": Method.FIFO} | fields
        found[name] = (WAYS, STATEMENTS, TraceQuery(**asked))
    start = Seed(label="v", account="KASITHBK:1", minor=50)
    found["border"] = (BORDER, (), TraceQuery(seeds=(start,), method=Method.FIFO, own=("TH",), labels=True))
    said = Injected(
        payment="uetr:c",
        payer="TESTMYKL:2",
        payee="KASITHBK:3",
        debit_at=3,
        minor=40,
        currency="SGD",
        segments=(Segment(30, "v", 2), Segment(10, "", 0)),
    )
    query = TraceQuery(seeds=(), method=Method.FIFO, own=("TH",), injected=(said,), labels=True)
    found["injected"] = (BORDER, (), query)
    late = TraceQuery(
        seeds=(), method=Method.FIFO, own=("TH",), injected=(msgspec.structs.replace(said, debit_at=5),), labels=True
    )
    found["clocks"] = (CLOCKS, (), late)
    both = TraceQuery(seeds=(Seed(label="v", account="B", start=0),), method=Method.FIFO)
    found["twice"] = (TWICE, (Covered("B", "SGD", 0, 9, 0),), both)
    return found


def vector(rows: list[Row], covered: tuple[Covered, ...], query: TraceQuery) -> dict[str, Any]:
    """One vector as it stands in its file."""
    table = from_rows([("m", ledger_rows(rows, covered))])
    return {
        "rows": [dict(zip(FIELDS, one, strict=True)) for one in rows],
        "covered": [dict(zip(Covered.__struct_fields__, msgspec.to_builtins(one), strict=True)) for one in covered],
        "query": msgspec.to_builtins(query),
        "result": msgspec.to_builtins(trace(table, query)),
    }


def write(path: Path, value: object) -> None:
    """Write JSON that people can compare."""
    raw = msgspec.json.format(msgspec.json.encode(value), indent=1)
    path.write_bytes(raw + b"\n")


def main() -> None:
    """Write all files into the folder that is given, or into the documentation."""
    home = Path(sys.argv[1]) if len(sys.argv) > 1 else HOME
    home.mkdir(parents=True, exist_ok=True)
    for name, (rows, covered, query) in cases().items():
        write(home / f"{name}.json", vector(rows, covered, query))
    names = ["uetr:a", "uetr:b", "row:m:1", "e2e:INV-1", "tx:tron:00ff:0"]
    write(home / "order.json", {name: str(order_hash(name)) for name in names})


if __name__ == "__main__":
    main()
