# SPDX-License-Identifier: Apache-2.0
"""trace and ledger on the command line: what systems read, and what an officer reads."""

import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from lintas.testing import a_node
from tests.faults.terminal import main
from tests.scenario.paying import A, B, C, take_payments

Said = pytest.CaptureFixture[str]
SEED = f"{A}@2026-01-31:500.00"
DAILY = (
    '{"v":1,"form":"payments","columns":{"payer":"sourceNodeId","payee":"targetNodeId","amount":"value","time":"time"},'
    '"currency":"USD","time":"step","start":"2017-01-01T00:00:00Z","step_s":86400,"legs":"both"}'
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A node that holds a table of payments, and that nobody serves."""
    folder = tmp_path_factory.mktemp("money")
    with a_node(folder) as node:
        take_payments(node.services)
    return folder / "node"


def run(capsys: Said, *arguments: object, code: int = 0) -> Any:
    got = main([*map(str, arguments), "--json"])
    said = capsys.readouterr()
    assert got == code, said.err
    return json.loads(said.out)


def show(capsys: Said, *arguments: object) -> str:
    assert main(list(map(str, arguments))) == 0
    return capsys.readouterr().out


def test_a_trace_answers_with_the_fields_that_stay(place: Path, capsys: Said) -> None:
    found = run(capsys, "trace", place, "--seed", SEED, "--method", "fifo")
    assert {"method", "flows", "held", "left", "conserved"} <= found.keys()
    assert (found["method"], found["left"], found["conserved"]) == ("fifo", [], True)
    assert [(one["account"], one["currency"], one["amount_minor"]) for one in found["held"]] == [
        (B, "THB", 30_000),
        (C, "THB", 20_000),
    ]
    (first, _) = found["flows"]
    assert (first["payer"], first["payee"], first["tainted_minor"]) == (A, B, 50_000)
    assert first["at"] == "2026-01-31T09:00:00.000Z"


@pytest.mark.parametrize("method", ["fifo", "lifo", "prorata", "poison"])
def test_each_method_is_asked_for_by_its_name(place: Path, capsys: Said, method: str) -> None:
    found = run(capsys, "trace", place, "--seed", SEED, "--method", method, "--labels")
    assert (found["method"], found["conserved"]) == (method, None if method == "poison" else True)


def test_time_depth_and_direction_are_told(place: Path, capsys: Said) -> None:
    until = run(capsys, "trace", place, "--seed", SEED, "--until", "2026-01-31T09:02:00Z")
    assert [one["account"] for one in until["held"]] == [B]
    near = run(capsys, "trace", place, "--seed", SEED, "--depth", "1")
    assert [(one["why"], one["amount_minor"]) for one in near["left"]] == [("depth", 20_000)]
    back = run(capsys, "trace", place, "--seed", f"{C}:200.00", "--backward")
    assert back["backward"]
    assert {one["payer"] for one in back["flows"]} >= {B, A}


def test_an_officer_reads_where_it_is_how_it_went_and_how_well_that_is_known(place: Path, capsys: Said) -> None:
    said = show(capsys, "trace", place, "--seed", SEED)
    assert "FIFO: what came first leaves first" in said
    assert f"THB 300.00  in {B}, came 2026-01-31 09:00:00Z" in said
    assert "inferred from the payments at hand" in said
    assert "unknown whether it is still there" in said
    assert f"2026-01-31 09:05:00Z  THB 200.00  {B} -> {C}, inferred  (id:KASITHBK:P2)" in said
    assert "What this cannot say:" in said


def test_a_seed_that_cannot_be_is_refused_with_what_to_write(place: Path, capsys: Said) -> None:
    for seed in ("KASITHBK:0000000000", f"{A}@soon", f"{A}:0"):
        refused = run(capsys, "trace", place, "--seed", seed, code=2)
        assert refused["error"]["message"]
    assert main(["trace", str(place)]) == 2
    assert "--seed" in capsys.readouterr().err


def test_the_ledger_says_what_it_holds(place: Path, capsys: Said) -> None:
    status = run(capsys, "ledger", "status", place)
    assert (status["payments"], status["messages"], status["missing"], status["installed"]) == (3, 1, 0, True)
    said = show(capsys, "ledger", "status", place)
    assert said.splitlines()[0].split() == ["payments", "3"]
    assert "can run here" in said
    accounts = run(capsys, "ledger", "accounts", place)["accounts"]
    assert [(one["account"], one["paid_minor"], one["received_minor"]) for one in accounts[:2]] == [
        (B, 20_000, 50_000),
        (C, 0, 27_000),
    ]
    assert "THB 500.00" in show(capsys, "ledger", "accounts", place)
    payments = run(capsys, "ledger", "payments", place, B)
    assert [one["told_by"] for one in payments["payments"]] == ["both", "both"]
    assert f"THB 200.00  {B} -> {C}, transfer, told by both banks" in show(capsys, "ledger", "payments", place, B)


@pytest.mark.ring("data")
@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    "lines", [18_000, pytest.param(10_000_000, marks=pytest.mark.soak)], ids=["its first weeks", "all of it"]
)
def test_a_simulated_bank_of_twenty_thousand_accounts_is_taken_and_traced(
    data_dir: Path, tmp_path: Path, capsys: Said, lines: int
) -> None:
    with tarfile.open(data_dir / "fincrime" / "amlsim" / "sample" / "20K_cycle200.tgz") as tar:
        source = tar.extractfile("20K_cycle200/transactions.csv")
        assert source is not None
        raw = b"".join(source.readlines()[:lines])  # more than 20,000 compile first
    table, mapping = tmp_path / "transactions.csv", tmp_path / "mapping.json"
    table.write_bytes(raw)
    mapping.write_text(DAILY)
    with a_node(tmp_path):
        pass
    taken = run(capsys, "take", tmp_path / "node", table, "--mapping", mapping)
    rows = raw.count(b"\n") - 1
    assert (taken["read"], taken["used"], len(taken["messages"])) == (rows, rows, 1)
    payer, payee, value, day = raw.splitlines()[1].decode().split(",")
    assert day == "1"
    moved = run(capsys, "ledger", "payments", tmp_path / "node", payee, "--limit", "1000")["payments"]
    minor = round(float(value) * 100)
    assert (payer, minor) in {(one["payer"], one["debit_minor"]) for one in moved}
    found = run(capsys, "trace", tmp_path / "node", "--seed", f"{payee}@2017-01-01:{minor}", "--method", "prorata")
    assert found["conserved"] is True
    assert sum(one["amount_minor"] for one in found["held"]) == minor
