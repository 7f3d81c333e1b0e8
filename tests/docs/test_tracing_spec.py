# SPDX-License-Identifier: Apache-2.0
"""docs/spec/tracing.md and its vectors hold; the example of docs/design/tracing.md is what a trace says."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from lintas.model.money import Covered, Method, Seed, TraceQuery, TraceResult
from lintas.tracing.reference import trace
from lintas.tracing.table import from_rows, order_hash
from tools.make_tracing_vectors import FIELDS, ledger_rows, row

ROOT: Final = Path(__file__).resolve().parents[2]
DESIGN: Final = (ROOT / "docs" / "design" / "tracing.md").read_text(encoding="utf-8")
SPEC: Final = (ROOT / "docs" / "spec" / "tracing.md").read_text(encoding="utf-8")
VECTORS: Final = ROOT / "docs" / "spec" / "vectors" / "tracing"
CASES: Final = sorted(path.stem for path in VECTORS.glob("*.json") if path.stem != "order")


def test_the_vectors_are_those_of_the_script(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "tools.make_tracing_vectors", str(tmp_path)], check=True, timeout=250, cwd=ROOT
    )
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert made == {path.name: path.read_bytes() for path in VECTORS.iterdir()}


@pytest.mark.parametrize("name", CASES)
def test_a_vector_read_from_its_file_is_found_again(name: str) -> None:
    vector: dict[str, Any] = json.loads((VECTORS / f"{name}.json").read_bytes())
    rows = [tuple(one[field] for field in FIELDS) for one in vector["rows"]]
    covered = tuple(Covered(**one) for one in vector["covered"])
    table = from_rows([("m", ledger_rows(rows, covered))])
    found = trace(table, msgspec.convert(vector["query"], TraceQuery))
    assert found == msgspec.convert(vector["result"], TraceResult)
    assert found.conserved is (None if found.method is Method.POISON else True)


def test_references_are_hashed_as_the_vectors_say() -> None:
    for name, number in json.loads((VECTORS / "order.json").read_bytes()).items():
        assert str(order_hash(name)) == number


def test_each_rule_stands_in_the_specification() -> None:
    assert set(re.findall(r"\*\*(T\d+)\.\*\*", SPEC)) == {f"T{number}" for number in range(1, 17)}


def cells(heading: str) -> list[list[str]]:
    """The table that begins with a heading, without its head."""
    lines = DESIGN.partition(heading)[2].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip(" `*") for cell in line.strip("|").split("|")] for line in lines]


def test_the_worked_example_is_what_a_trace_says() -> None:
    rows = []
    for reference, payer, payee, left, arrives, at in cells("| Payment | From |"):
        (minor, currency), (credit, credit_currency) = left.split(), arrives.split()
        is_cash = payee == "cash"
        rows.append(
            row(
                payer,
                "" if is_cash else payee,
                int(minor),
                int(at),
                reference,
                credit_minor=int(credit),
                debit_currency=currency,
                credit_currency=credit_currency,
                kind="cash_out" if is_cash else "transfer",
            )
        )
    covered = Covered("MULE", "SGD", 0, 100, 0), Covered("WALLET", "SGD", 0, 100, 2500)
    table = from_rows([("m", ledger_rows(rows, covered))])
    shown = cells("| Method | `uetr:3` |")
    assert [line[0] for line in shown] == [method.value for method in Method]
    for method, *followed, held, left in shown:
        seeds = (Seed(label="v", account="MULE", start=2, minor=70_000),)
        found = trace(table, TraceQuery(seeds=seeds, method=Method(method)))
        flows = {line.payment: line.tainted for line in found.flows}
        assert [str(flows.get(f"uetr:{number}", 0)) for number in (3, 4, 5, 6)] == followed
        assert ", ".join(f"{one.account} {one.minor} {one.knowledge}" for one in found.held) == held
        assert ", ".join(f"{one.why} {one.minor}" for one in found.left) == left
