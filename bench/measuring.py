# SPDX-License-Identifier: Apache-2.0
"""What the benches share: arguments, alternating runs, medians, a table for people and JSON lines for later.

Machines are shared and noisy. So whatever is compared runs side by side in one process, in turns, and the median of
the turns counts; absolute figures of two machines are never compared, only their ratios.
"""

import argparse
import gc
import json
import os
import platform
import sqlite3
import statistics
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from lintas.node.collecting import collect_seldom

ROOT: Final = Path(__file__).resolve().parents[1]
RESULTS: Final = ROOT / "bench" / "results"
ROUNDS: Final = 5


class Bench:
    """One bench: its arguments, and the figures that it found."""

    def __init__(self, name: str, about: str) -> None:
        parser = argparse.ArgumentParser(prog=f"bench_{name}.py", description=about)
        parser.add_argument("--small", action="store_true", help="seconds rather than minutes: shows that it runs")
        parser.add_argument("--full", action="store_true", help="the largest sizes too: many minutes and gigabytes")
        parser.add_argument("--rounds", type=int, default=0, help=f"turns of each side (default {ROUNDS}, small 1)")
        parser.add_argument("--folder", type=Path, help="where nodes are made: the disk that is measured")
        parser.add_argument("--rows", type=int, default=0, help="rows of its largest part, where it has one (--full)")
        parser.add_argument("--only", default="", help="one part of the bench, by its name, where it has parts")
        args = parser.parse_args()
        self.name = name
        self.small: bool = args.small
        self.full: bool = args.full
        self.only: str = args.only
        self.rows: int = args.rows
        self.rounds: int = args.rounds or (1 if args.small else ROUNDS)
        self._folder: Path | None = args.folder
        self._figures: list[dict[str, object]] = []
        self._part: dict[str, object] = {}  # which part of the bench runs, and the load before it
        collect_seldom()  # as `lintas serve` and the command line do
        self._machine = machine()  # its load before we add ours
        print(f"== {name}: {about}\n{self._machine}")

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """A folder for one turn, on the disk that is measured."""
        with tempfile.TemporaryDirectory(prefix="lintas-bench-", dir=self._folder) as path:
            yield Path(path)

    def say(self, what: str, value: float, unit: str, *, target: str = "", **facts: object) -> None:
        """Note one figure: printed now, kept by `finish`."""
        shown = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
        more = ", ".join(f"{name} {fact}" for name, fact in facts.items())
        aim = f"  [target {target}]" if target else ""
        print(f"{what:<58} {shown:>12} {unit:<14}{aim}{'  ' + more if more else ''}", flush=True)
        self._figures.append({"what": what, "value": value, "unit": unit, "target": target, **self._part, **facts})

    def run(self, parts: Mapping[str, Callable[["Bench"], None]]) -> None:
        """Measure all parts, or the one that was asked for; each says the load that it began under."""
        assert not self.only or self.only in parts, f"its parts are {', '.join(parts)}"
        for name, measure in parts.items():
            if self.only in {"", name}:
                print(f"-- {name}, load {load():.1f}", flush=True)
                self._part = {"part": name, "load": round(load(), 1)}
                measure(self)
        self._part = {}

    def finish(self) -> None:
        """Append the figures to the results; a small run is none."""
        if self.small:
            return
        RESULTS.mkdir(exist_ok=True)
        head: dict[str, object] = {
            "bench": self.name,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": self._machine,
        }
        head |= {"commit": _commit(), "rounds": self.rounds}
        with (RESULTS / f"{self.name}.jsonl").open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(head | figure, ensure_ascii=False) + "\n" for figure in self._figures)

    def alternate(self, sides: Mapping[str, Callable[[], float]]) -> dict[str, list[float]]:
        """Run each side once a round, in turns; every side returns its own seconds."""
        found: dict[str, list[float]] = {name: [] for name in sides}
        for _ in range(self.rounds):
            for name, side in sides.items():
                gc.collect()
                found[name].append(side())
        return found


def median(values: Sequence[float]) -> float:
    """The middle value."""
    return statistics.median(values)


def quantile(values: Sequence[float], part: float) -> float:
    """The smallest value that at least `part` of all values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(part * len(ordered) + 0.4999) - 1))]


def spread(values: Sequence[float]) -> str:
    """Lowest and highest, in the unit of the values."""
    return f"{min(values):.3g}..{max(values):.3g}"


def machine() -> str:
    """The machine in one line."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (
        f"{cores} cores {platform.machine()}, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, load {load():.1f}"
    )


def load() -> float:
    """Processes that wanted a core in the last minute, on average; 0 where the system does not say."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0


def data_folder() -> Path | None:
    """The folder of sample data, if it is here."""
    folder = Path(os.environ.get("LINTAS_DATA") or ROOT.parent / "shared" / "data")
    return folder if (folder / "SOURCES.md").is_file() else None


def resident_mb(pid: int, *, most: bool = False) -> float:
    """Resident memory of one process, in MB: now, or the most that it ever had."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:" if most else "VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _commit() -> str:
    said = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return said.stdout.strip()
