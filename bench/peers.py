# SPDX-License-Identifier: Apache-2.0
"""What one would search with instead: grep, a dict, SQLite's own ways."""

import os
import sqlite3
import subprocess
import time
from collections.abc import Iterable, Sequence
from pathlib import Path


def grep_many(folder: Path, held: Iterable[str], terms: Sequence[str]) -> tuple[float, int]:
    """`grep -F -x -f TERMS VALUES` over one value a line; seconds and lines found."""
    values, asked = folder / "values.txt", folder / "terms.txt"
    with values.open("w", encoding="utf-8") as file:
        file.writelines(f"{value}\n" for value in held)
    asked.write_text("\n".join(terms) + "\n", encoding="utf-8")
    start = time.perf_counter()
    said = subprocess.run(
        ["grep", "-c", "-F", "-x", "-f", asked, values],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LC_ALL": "C"},
    )
    return time.perf_counter() - start, int(said.stdout or 0)


def dict_many(held: Iterable[str], terms: Sequence[str]) -> tuple[float, float, int]:
    """A Python dict; seconds to build it, seconds to ask, terms found."""
    start = time.perf_counter()
    index = {value: number for number, value in enumerate(held)}
    built = time.perf_counter()
    found = sum(1 for term in terms if term in index)
    return built - start, time.perf_counter() - built, found


def sqlite_many(folder: Path, held: Iterable[str], terms: Sequence[str]) -> tuple[float, int]:
    """A plain table with an index, asked by IN-queries of 500 terms; seconds and rows found."""
    connection = sqlite3.connect(folder / "plain.sqlite")
    try:
        connection.execute("CREATE TABLE held (value TEXT, entity INTEGER)")
        with connection:
            connection.executemany("INSERT INTO held VALUES (?, ?)", ((v, n) for n, v in enumerate(held)))
        connection.execute("CREATE INDEX held_value ON held (value)")
        start = time.perf_counter()
        found = 0
        for at in range(0, len(terms), 500):
            part = terms[at : at + 500]
            marks = ",".join("?" * len(part))
            sql = f"SELECT value, entity FROM held WHERE value IN ({marks})"  # noqa: S608
            found += len(connection.execute(sql, part).fetchall())
        return time.perf_counter() - start, found
    finally:
        connection.close()


class WordPeer:
    """One way of SQLite to search names by their words."""

    def __init__(self, way: str, connection: sqlite3.Connection) -> None:
        self.way = way
        self._connection = connection

    def ask(self, query: str) -> tuple[float, int]:
        """Seconds and rows."""
        start = time.perf_counter()
        if self.way == "LIKE":
            words = [f"%{word}%" for word in query.split()]
            sql = "SELECT COUNT(*) FROM held WHERE " + " AND ".join("name LIKE ?" for _ in words)  # noqa: S608
            found = self._connection.execute(sql, words).fetchone()[0]
        else:
            match = " ".join(f'"{word}"' for word in query.split())
            sql = f"SELECT COUNT(*) FROM {self.way} WHERE {self.way} MATCH ?"  # noqa: S608
            found = self._connection.execute(sql, (match,)).fetchone()[0]
        return time.perf_counter() - start, int(found)


def word_peers(folder: Path, names: Sequence[str]) -> tuple[list[WordPeer], dict[str, float]]:
    """FTS5 with its two tokenizers, and LIKE; and what each weighs in MB."""
    peers, weights = [], {}
    for way in ("unicode61", "trigram", "LIKE"):
        path = folder / f"{way}.sqlite"
        connection = sqlite3.connect(path)
        if way == "LIKE":
            connection.execute("CREATE TABLE held (name TEXT)")
        else:
            connection.execute(f"CREATE VIRTUAL TABLE {way} USING fts5 (name, tokenize = '{way}')")
        with connection:
            table = "held" if way == "LIKE" else way
            connection.executemany(f"INSERT INTO {table} VALUES (?)", ((name,) for name in names))  # noqa: S608
        peers.append(WordPeer(way, connection))
        weights[way] = path.stat().st_size / 1e6
    return peers, weights
