# SPDX-License-Identifier: Apache-2.0
"""Measure how far the rule of the hold list is off, over exercises whose truth is known; prints the table of its card.

Rows of all banks are known up to a moment some minutes after the first report; the list is then read some minutes
later, as a desk does that has to telephone first. What it expects in each account is held against what the truth says
is there then. The tool knows no more than a desk: balances of followed money, the last credit, its channel.

Usage: .venv/bin/python -m tools.measure_hold_list [SEEDS]
"""

import json
import sys
import tempfile
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any, Final

from lintas.cli.exercise_folder import make_folder, order_of
from lintas.formats.bank_bookings import micros
from lintas.formats.recovery import parse_recovery
from lintas.model.money import NEVER, HeldLine, Knowledge
from lintas.policy.hold_list import hold_list

MINUTE: Final = 60 * 1_000_000
KNOWN: Final = (0, 10, 30)  # minutes after the first report up to which rows are known
LATER: Final = (3, 10, 30)  # minutes after that at which the list is read
FIRST: Final = 3  # accounts that a desk gets done
SEEDS: Final = 50
RULE: Final = parse_recovery(resources.files("lintas.packs").joinpath("recovery.toml").read_bytes())


@dataclass(slots=True)
class Truth:
    """One exercise: what accounts hold of victims' money, as it changes, and what last came to them."""

    first_report: int
    holdings: dict[tuple[str, str], dict[str, list[tuple[int, int]]]]  # account and currency -> unit -> changes
    credits: dict[str, list[tuple[int, str]]]  # account -> (when, channel)
    usd: dict[str, float]  # minor units of a currency -> US cents

    def held(self, key: tuple[str, str], at: int) -> int:
        """Victims' money in an account at a time."""
        total = 0
        for changes in self.holdings[key].values():
            place = bisect_right(changes, (at, 2**62))
            total += changes[place - 1][1] if place else 0
        return total

    def line(self, key: tuple[str, str], known: int) -> HeldLine | None:
        """What a desk with all rows up to a time would see of an account."""
        minor = self.held(key, known)
        came = [one for one in self.credits.get(key[0], ()) if one[0] <= known]
        if minor <= 0 or not came:
            return None
        at, channel = max(came)
        return HeldLine(
            account=key[0],
            currency=key[1],
            minor=minor,
            confirmed=minor,
            knowledge=Knowledge.CONFIRMED,
            balance=minor,
            first_at=min(came)[0],
            last_at=at,
            depth=1,
            channel=channel,
        )


@dataclass(slots=True)
class Score:
    """Sums over exercises, in US cents."""

    followed: float = 0
    there: float = 0
    expected: float = 0
    off: float = 0
    reached: dict[str, float] = field(default_factory=lambda: defaultdict(float))


def read_truth(folder: Path) -> Truth:
    """Read what an exercise's files say."""
    truth: Any = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    rates: Any = json.loads((folder / "exercise.json").read_text(encoding="utf-8"))["rates"]
    channels: dict[str, str] = {}
    for file in sorted(folder.glob("nodes/*/banks/*/accounts.json")):
        for booking in json.loads(file.read_text(encoding="utf-8"))["bookings"]:
            channels[booking["reference"]] = booking["channel"]
    holdings: dict[tuple[str, str], dict[str, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
    for one in truth["whereabouts"]:
        holdings[one["account"], one["currency"]][one["unit"]].append((micros(one["at"]), one["minor"]))
    came: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for one in truth["moves"]:
        came[one["payee"]].append((micros(one["credit_at"]), channels.get(one["payment"], "")))
    timeline: Any = json.loads((folder / "timeline.json").read_text(encoding="utf-8"))
    first = min(micros(one["at"]) for one in timeline["events"] if one["what"] == "report")
    usd = {code: dollars / own for code, (own, dollars) in rates.items()} | {"USD": 1.0}
    changes = {key: {unit: sorted(rows) for unit, rows in units.items()} for key, units in holdings.items()}
    return Truth(first, changes, dict(came), usd)


def measure(truth: Truth, scores: dict[tuple[int, str], Score]) -> None:
    """Read the list at each pair of moments, with rows that are known for certain and with none that are."""
    for known_after in KNOWN:
        known = truth.first_report + known_after * MINUTE
        lines = [line for key in truth.holdings if (line := truth.line(key, known)) is not None]
        for later in LATER:
            now = known + later * MINUTE
            for name in ("certain", "inferred"):
                seen = lines if name == "certain" else [_inferred(line) for line in lines]
                _add(truth, seen, scores[later, name], now=now, until=known if name == "certain" else NEVER)


def _inferred(line: HeldLine) -> HeldLine:
    said = {name: getattr(line, name) for name in line.__struct_fields__}
    return HeldLine(**(said | {"confirmed": 0, "knowledge": Knowledge.INFERRED}))


def _add(truth: Truth, lines: list[HeldLine], score: Score, *, now: int, until: int) -> None:
    worth: list[tuple[int, int, float]] = []  # place by the rule, by amount, what is there
    by_amount = sorted(lines, key=lambda line: -line.minor * truth.usd[line.currency])
    places = {(line.account, line.currency): place for place, line in enumerate(by_amount, start=1)}
    listed = hold_list(lines, RULE, now=now, until=until)
    by_rule = sorted(listed, key=lambda line: -line.expected * truth.usd[line.currency])
    for place, line in enumerate(by_rule, start=1):
        rate, key = truth.usd[line.currency], (line.account, line.currency)
        there = min(truth.held(key, now), line.minor) * rate
        score.followed += line.minor * rate
        score.there += there
        score.expected += line.expected * rate
        score.off += abs(line.expected * rate - there)
        worth.append((place, places[key], there))
    score.reached["rule"] += sum(there for place, _, there in worth if place <= FIRST)
    score.reached["amount"] += sum(there for _, place, there in worth if place <= FIRST)
    score.reached["best"] += sum(sorted((there for *_, there in worth), reverse=True)[:FIRST])


def run(seeds: int) -> dict[tuple[int, str], Score]:
    """Make exercises and add their scores."""
    scores: dict[tuple[int, str], Score] = defaultdict(Score)
    for seed in range(1, seeds + 1):
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / "exercise"
            make_folder(order_of(seed=seed, scale=1, nodes="", injects="", first_hour=""), folder)
            measure(read_truth(folder), scores)
    return scores


def table(scores: dict[tuple[int, str], Score]) -> str:
    """The rows of the card."""
    lines = [
        "| read after | rows | really there | rule expects | error by account | first three: rule | amount | best |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for (later, name), one in sorted(scores.items()):
        parts = (one.there, one.expected, one.off, *(one.reached[how] for how in ("rule", "amount", "best")))
        shares = " | ".join(f"{100 * part / one.followed:.0f} %" for part in parts)
        lines.append(f"| {later} min | {name} | {shares} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(table(run(int(sys.argv[1]) if len(sys.argv) > 1 else SEEDS)) + "\n")
