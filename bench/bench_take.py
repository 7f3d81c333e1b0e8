# SPDX-License-Identifier: Apache-2.0
"""Measure taking in: MITRE ATT&CK for ICS through the whole node, against the bare engine and a plain script.

- *take*: bytes to durable: sandboxed reading, one signed message an object, statements, search index, log, fsync.
- *bare engine*: the very rows of the views that take made, ids given, inserted with executemany in one transaction
  into a fresh file with the same schema, indexes and pragmas. What SQLite itself costs; nothing can be faster on it.
- *plain script*: what one would write: `stix2.parse`, then one row for each property, one index, default settings.
"""

import sqlite3
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import stix2
from invented import invented_bundle
from measuring import Bench, data_folder, median, spread

from lintas.model.header import Mode
from lintas.model.intake_answers import Taken
from lintas.node.node import Node
from lintas.store.connection import connect
from lintas.store.queries import migrations
from lintas.testing import OFFICER
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.services import no_progress

VIEWS: Final = ("entity", "prop", "value", "statement", "appearance", "identifier", "posting", "gram")
SMALL_OBJECTS: Final = 50


def the_file(bench: Bench) -> TakenFile:
    """ATT&CK for ICS, or an invented bundle where it is not here."""
    folder = data_folder()
    found = sorted(folder.rglob("ics-attack-18.1.json")) if folder and not bench.small else []
    if not found:
        return TakenFile(name="invented.json", data=invented_bundle(SMALL_OBJECTS if bench.small else 2_000))
    return TakenFile(name=found[0].name, data=found[0].read_bytes())


def a_new_node(folder: Path) -> Node:
    """A node with the real clock."""
    Node.create(folder / "node", name="Bench", country="MY", mode=Mode.EXERCISE)
    return Node.open(folder / "node")


def take_once(bench: Bench, file: TakenFile, *, warm: bool = True) -> tuple[float, Taken]:
    """Take the file into a new node; seconds from bytes to durable."""
    with bench.folder() as folder, a_new_node(folder) as node:
        if warm:
            node.services.readers.warm()  # type: ignore[attr-defined]  # the port does not need it, the pool has it
        start = time.perf_counter()
        taken = take(node.services, OFFICER, [file], options=TakeOptions(), progress=no_progress)
        return time.perf_counter() - start, taken


def rows_of_views(bench: Bench, file: TakenFile) -> tuple[dict[str, list[tuple[Any, ...]]], dict[str, int]]:
    """The rows that take made in each view, and what they weigh on disk."""
    with bench.folder() as folder:
        with a_new_node(folder) as node:
            take(node.services, OFFICER, [file], options=TakeOptions(), progress=no_progress)
            blobs = node.services.blobs.size_bytes()
        path = folder / "node" / "node.sqlite"
        connection = sqlite3.connect(path)
        try:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            rows = {view: connection.execute(f"SELECT * FROM {view}").fetchall() for view in VIEWS}  # noqa: S608
        finally:
            connection.close()
        return rows, {"database": path.stat().st_size, "blobs": blobs}


def bare_once(bench: Bench, rows: dict[str, list[tuple[Any, ...]]]) -> float:
    """Insert the rows with nothing but the engine; seconds from BEGIN to COMMIT."""
    with bench.folder() as folder:
        connection = connect(folder / "bare.sqlite", is_new=True)
        try:
            for migration in migrations():
                for statement in migration.statements:
                    connection.execute(statement)
            start = time.perf_counter()
            connection.execute("BEGIN IMMEDIATE")
            for view, held in rows.items():
                marks = ", ".join("?" * len(held[0])) if held else ""
                connection.executemany(f"INSERT INTO {view} VALUES ({marks})", held)  # noqa: S608
            connection.execute("COMMIT")
            return time.perf_counter() - start
        finally:
            connection.close()


def plain_once(bench: Bench, file: TakenFile) -> float:
    """Parse with the stix2 library and keep each property as a row."""
    with bench.folder() as folder:
        connection = sqlite3.connect(folder / "plain.sqlite")
        try:
            connection.execute("CREATE TABLE statement (id TEXT, prop TEXT, value TEXT)")
            connection.execute("CREATE INDEX statement_value ON statement (value)")
            start = time.perf_counter()
            bundle = stix2.parse(file.data.decode(), allow_custom=True)
            with connection:
                for one in bundle.objects:
                    rows = [(one["id"], name, value) for name in one for value in _texts(one[name])]
                    connection.executemany("INSERT INTO statement VALUES (?, ?, ?)", rows)
            return time.perf_counter() - start
        finally:
            connection.close()


def _texts(value: object) -> Iterable[str]:
    if isinstance(value, list | tuple):
        return [str(item) for item in value]
    return [str(value)]


def main() -> None:
    """Print one line for each figure."""
    bench = Bench("take", "take in ATT&CK for ICS; the bare engine and a plain script beside it")
    file = the_file(bench)
    rows, weight = rows_of_views(bench, file)
    cold, taken = take_once(bench, file, warm=False)
    times = bench.alternate(
        {
            "take": lambda: take_once(bench, file)[0],
            "bare": lambda: bare_once(bench, rows),
            "plain": lambda: plain_once(bench, file),
        }
    )
    took, bare, plain = (median(times[name]) for name in ("take", "bare", "plain"))
    said, objects, entries = taken.statements, taken.read, len(taken.messages)
    bench.say("file", len(file.data) / 1e6, "MB", objects=objects, statements=said, identifiers=taken.identifiers)
    bench.say("take", said / took, "statements/s", seconds=f"{took:.3f} ({spread(times['take'])})")
    bench.say("take", objects / took, "objects/s")
    bench.say("take with the start of the reader process", cold, "s")
    bench.say("bare engine, same rows", said / bare, "statements/s", seconds=f"{bare:.3f} ({spread(times['bare'])})")
    bench.say("take as a part of the bare engine's rate", bare / took, "x", target=">= 0.5")
    bench.say("stix2.parse and a plain table", plain, "s", seconds=spread(times["plain"]))
    bench.say("take is faster than stix2.parse and a plain table", plain / took, "times")
    bench.say("database, all indexes, log and payloads", weight["database"] / said, "B/statement", target="< 600")
    bench.say("blobs, payloads above 64 KiB and the file's layout", weight["blobs"] / said, "B/statement")
    bench.say("database, for each byte taken", weight["database"] / len(file.data), "x", entries=entries)
    bench.finish()


if __name__ == "__main__":
    main()
