# SPDX-License-Identifier: Apache-2.0
"""Benches run, small: a bench that nobody runs no longer measures what it says."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

BENCH = Path(__file__).resolve().parents[2] / "bench"
BENCHES = {
    "chain": "report to the bank's confirmation: p95",
    "desk": "send to the other desk's alert: p95",
    "exchange": "catch-up, each message verified",
    "find": "find one value, access entry on disk: p99",
    "people": "filtered by one query",
    "keep": "rebuild, views compared before and after",
    "ledger": "a table taken end to end: read, signed, indexed, in Parquet",
    "serve": "serve: start to first answer",
    "trace": "exact kernel over the floating-point one",
    "take": "take as a part of the bare engine's rate",
}


def test_each_bench_that_measures_a_node_is_run_here() -> None:
    there = {path.stem.removeprefix("bench_") for path in BENCH.glob("bench_*.py")}
    assert there - {"log"} == BENCHES.keys()


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.soak) if name in {"exchange", "people", "trace"} else name
        for name in sorted(BENCHES)
    ],
)
def test_a_small_bench_runs_and_says_its_main_figure(name: str, tmp_path: Path) -> None:
    results = BENCH / "results" / f"{name}.jsonl"
    before = results.stat().st_size if results.exists() else 0
    said = subprocess.run(
        [sys.executable, str(BENCH / f"bench_{name}.py"), "--small", "--folder", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    assert said.returncode == 0, said.stderr[-2000:]
    assert BENCHES[name] in said.stdout
    assert (results.stat().st_size if results.exists() else 0) == before, "a small run is no result"
    assert not list(tmp_path.iterdir()), "a bench cleans up"
