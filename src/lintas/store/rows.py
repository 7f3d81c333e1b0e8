# SPDX-License-Identifier: Apache-2.0
"""Run named queries on one connection: the only place where statements are executed."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from lintas.store.queries import by_place, queries

Params = Mapping[str, Any]
Row = tuple[Any, ...]


@cache
def _texts() -> Mapping[str, str]:
    """Every statement by its name; made once, since each read of the store begins with it."""
    return {name: query.sql for name, query in queries().items()}


class Rows:
    """A connection inside one transaction. Subclasses add one method per question."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._sql = _texts()

    def _all(self, name: str, params: Params | None = None) -> list[tuple[Any, ...]]:
        return self._connection.execute(self._sql[name], params or {}).fetchall()

    def _one(self, name: str, params: Params | None = None) -> tuple[Any, ...] | None:
        row: tuple[Any, ...] | None = self._connection.execute(self._sql[name], params or {}).fetchone()
        return row

    def _each(self, name: str, params: Params | None = None) -> Iterator[tuple[Any, ...]]:
        yield from self._connection.execute(self._sql[name], params or {})

    def _run(self, name: str, params: Params | None = None) -> int:
        return self._connection.execute(self._sql[name], params or {}).rowcount

    def _run_many(self, name: str, rows: Iterable[Params]) -> None:
        self._connection.executemany(self._sql[name], rows)

    def _fill(self, name: str, rows: Sequence[Row]) -> None:
        """Run a statement for many rows, whose values stand in the order in which it names its parameters."""
        if rows:
            self._connection.executemany(by_place(self._sql[name]), rows)

    def _number(self, name: str, params: Params | None = None) -> int:
        row = self._one(name, params)
        assert row is not None
        return int(row[0])
