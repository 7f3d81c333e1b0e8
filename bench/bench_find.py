# SPDX-License-Identifier: Apache-2.0
"""Measure finding among a million invented entities: many values at once, one value, words in five scripts.

All through `work.finding.find`: terms as people write them, guessed, looked up, and an access entry on disk before the
answer leaves. Ten million with --full.
"""

import os
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from filling import SEED, STATEMENTS, fill
from invented import SCHEMES as KINDS
from invented import as_written, identifier, identifiers, names
from measuring import Bench, median, quantile, spread
from peers import dict_many, grep_many, sqlite_many, word_peers

from lintas.formats.identifiers import foresee, guess
from lintas.matching.grams import fold, holds, words
from lintas.model.header import Mode
from lintas.model.marking import Tlp
from lintas.node.node import Node
from lintas.testing import OFFICER, up_to
from lintas.work.finding import find

SMALL, USUAL, FULL = 3_000, 1_000_000, 10_000_000
LIKE_TRIES: Final = 10  # each reads the whole table


def many_terms(held: int, count: int, *, seed: int = 5) -> tuple[list[str], list[str]]:
    """Terms as people write them and in canonical form; every other one is held."""
    draw = random.Random(seed)  # noqa: S311  # the same every time
    written, plain = [], []
    for n in range(count):
        number = draw.randrange(held) if n % 2 == 0 else 20_000_000 + draw.randrange(20_000_000)
        scheme = KINDS[number % len(KINDS)]
        value = identifier(scheme, number, seed=SEED)
        plain.append(value)
        written.append(as_written(scheme, value, number))
    return written, plain


def measure_many(bench: Bench, node: Node, held: int) -> None:
    """Ask for 100,000 values in one go."""
    count = 1_000 if bench.small else 100_000
    written, plain = many_terms(held, count)
    hits: list[int] = []
    asked = (many_terms(held, count, seed=n)[0] for n in range(100))  # new terms each turn: guesses are remembered
    guessed = (many_terms(held, count, seed=n)[0] for n in range(100, 200))

    def ask() -> float:
        written = next(asked)
        start = time.perf_counter()
        found = find(node.services, OFFICER, written, purpose="bench")
        seconds = time.perf_counter() - start
        hits.append(sum(1 for result in found.results if result.entities))
        return seconds

    def understand() -> float:
        written = next(guessed)
        start = time.perf_counter()
        foresee(written)
        for term in written:
            guess(term, packs=node.services.packs, region=node.services.config.region)
        return time.perf_counter() - start

    times = bench.alternate({"find": ask, "guess": understand})
    took = median(times["find"])
    aim = "< 5 s" if held == USUAL else ""
    said = f"find {count:,} values among {held:,}"
    bench.say(said, took, "s", target=aim, turns=spread(times["find"]), hits=hits[0], asked_held=(count + 1) // 2)
    bench.say("  of which guessing what the terms are", median(times["guess"]), "s")
    bench.say(
        "  guess, half of wallets with a checksum, a third of phones with gaps",
        median(times["guess"]) / count * 1e6,
        "us/term",
    )
    if held > USUAL:
        return
    with bench.folder() as folder:
        values = [value for _, value in identifiers(held, seed=SEED)]
        grepped, lines = grep_many(folder, values, written)
        bench.say("  grep -F -x -f over one value a line", grepped, "s", hits=lines)
        built, asked, got = dict_many(values, plain)
        bench.say("  Python dict, canonical terms: ask", asked, "s", build_s=round(built, 2), hits=got)
        seconds, rows = sqlite_many(folder, values, plain)
        bench.say("  SQLite, plain table, IN of 500 canonical terms", seconds, "s", hits=rows)


def measure_one(bench: Bench, node: Node, held: int) -> None:
    """Ask for one value at a time, each with its access entry."""
    tries = 50 if bench.small else 2_000
    written, _ = many_terms(held, tries)
    times = []
    for term in written:
        start = time.perf_counter()
        find(node.services, OFFICER, [term], purpose="bench")
        times.append((time.perf_counter() - start) * 1e3)
    synced = fsync_ms(bench, 50 if bench.small else 500)
    bench.say("find one value, access entry on disk: p50", quantile(times, 0.5), "ms", target="< 5")
    bench.say("find one value, access entry on disk: p99", quantile(times, 0.99), "ms", target="< 5")
    bench.say("  this disk alone, append 4 KiB and fsync: p50", quantile(synced, 0.5), "ms")
    bench.say("  this disk alone, append 4 KiB and fsync: p99", quantile(synced, 0.99), "ms")


def fsync_ms(bench: Bench, tries: int) -> list[float]:
    """What the disk takes to make 4 KiB durable."""
    times = []
    with bench.folder() as folder, (folder / "synced").open("wb", buffering=0) as file:
        for _ in range(tries):
            start = time.perf_counter()
            file.write(bytes(4096))
            os.fsync(file.fileno())
            times.append((time.perf_counter() - start) * 1e3)
    return times


def word_queries(texts: Sequence[tuple[str, str]], count: int) -> dict[str, list[str]]:
    """Queries of one to three words of each script, and whole Chinese names of two characters."""
    draw = random.Random(6)  # noqa: S311  # the same every time
    queries: dict[str, list[str]] = {}
    for script in ("Latin", "Vietnamese", "Thai", "Burmese", "Chinese"):
        of_script = [text for its, text in texts if its == script]
        for n in range(count):
            parts = draw.choice(of_script).split()
            queries.setdefault(script, []).append(" ".join(parts[: 1 + n % 3]))
    short = [text for its, text in texts if its == "Chinese" and len(text) == 2]
    queries["Chinese, two characters"] = draw.sample(short, min(count, len(short)))
    return queries


def measure_words(bench: Bench, node: Node, held: int) -> None:
    """Ask for names by their words."""
    texts = [(name.script, name.text) for name in names(held, seed=SEED)]
    queries = word_queries(texts, 5 if bench.small else 60)
    everything: list[float] = []
    for script, asked in queries.items():
        times = []
        for query in asked:
            start = time.perf_counter()
            find(node.services, OFFICER, [query], purpose="bench")
            times.append((time.perf_counter() - start) * 1e3)
        everything += times
        bench.say(f"find words, {script}: p50", quantile(times, 0.5), "ms", p95=round(quantile(times, 0.95), 1))
    bench.say(f"find words among {held:,}, all scripts: p50", quantile(everything, 0.5), "ms", target="< 100")
    bench.say(f"find words among {held:,}, all scripts: p95", quantile(everything, 0.95), "ms", target="< 100")
    if held <= USUAL:
        with bench.folder() as folder:
            compare_words(bench, node, [text for _, text in texts], queries, folder)


def compare_words(bench: Bench, node: Node, texts: Sequence[str], queries: dict[str, list[str]], folder: Path) -> None:
    """Time and recall of SQLite's own ways beside ours."""
    peers, weights = word_peers(folder, texts)
    folded = [fold(text) for text in texts]
    parts = {"张伟": "张伟", "Thai, inside a run": queries["Thai"][0].split()[0][2:]}
    for label, query in parts.items():
        asked = words(fold(query))
        truth = sum(1 for text in folded if holds(text, asked))
        ours = node.services.store.read(
            lambda snapshot, asked=asked: snapshot.worded(asked, phrase=False, scope=up_to(Tlp.RED), limit=10**6)  # type: ignore[misc]
        )
        said = {peer.way: peer.ask(query)[1] for peer in peers}
        recall = len(ours) / truth if truth else 1.0
        bench.say(f"recall of {label}", recall, "of 1", there=truth, ours=len(ours), **said)
    for peer in peers:
        asked_all = [query for asked in queries.values() for query in asked]
        tried = asked_all[:: max(1, len(asked_all) // LIKE_TRIES)] if peer.way == "LIKE" else asked_all
        times = [peer.ask(query)[0] * 1e3 for query in tried]
        p95, size = round(quantile(times, 0.95), 1), round(weights[peer.way])
        bench.say(f"  SQLite {peer.way}, same queries: p50", quantile(times, 0.5), "ms", p95=p95, file_MB=size)


def measure(bench: Bench, held: int) -> None:
    """Fill a node and ask it."""
    with bench.folder() as folder:
        Node.create(folder / "node", name="Bench", country="MY", mode=Mode.EXERCISE)
        with Node.open(folder / "node") as node:
            start = time.perf_counter()
            fill(node, held)
            filled = time.perf_counter() - start
            node.services.store.settle()
            size = node.services.store.size_bytes()
            bench.say(f"fill the views with {held:,} entities", held * STATEMENTS / filled, "statements/s")
            bench.say("views with all indexes", size / (held * STATEMENTS), "B/statement", target="< 600")
            bench.say("views with all indexes", size / held, "B/entity")
            measure_many(bench, node, held)
            measure_one(bench, node, held)
            measure_words(bench, node, held)


def main() -> None:
    """Print one line for each figure."""
    bench = Bench("find", "find among a million entities; grep, dict and SQLite's own ways beside it")
    for held in (SMALL,) if bench.small else (USUAL, FULL) if bench.full else (USUAL,):
        measure(bench, held)
    bench.finish()


if __name__ == "__main__":
    main()
