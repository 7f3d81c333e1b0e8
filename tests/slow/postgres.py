# SPDX-License-Identifier: Apache-2.0
"""The store's own classes over a real PostgreSQL: a private server, and a thin connection that translates."""

import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

import psycopg

from lintas.ports.store import Snapshot, Transaction
from lintas.store.queries import for_postgresql, migrations, queries
from lintas.store.sqlite import SqliteSnapshot, SqliteTransaction

T = TypeVar("T")
USER = "nobody"  # the server refuses to run as root
STOP_S = 30


class Answer:
    """What a cursor of SQLite has of a cursor of PostgreSQL, as far as the store uses it."""

    def __init__(self, cursor: "psycopg.Cursor[Any]") -> None:
        self._cursor = cursor

    @property
    def rowcount(self) -> int:
        return self._cursor.rowcount

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self._cursor.fetchall()

    def fetchone(self) -> tuple[Any, ...] | None:
        return self._cursor.fetchone()

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self._cursor)


class Translated:
    """A connection that takes the store's statements and remembers which it took."""

    def __init__(self, connection: "psycopg.Connection[tuple[Any, ...]]") -> None:
        self._connection = connection
        self._names = {query.sql: query.name for query in queries().values()}
        self.executed: set[str] = set()

    def execute(self, sql: str, params: Mapping[str, Any] | Sequence[Any] = ()) -> Answer:
        self._remember(sql)
        return Answer(self._connection.execute(postgres_sql(sql), params or None))

    def executemany(self, sql: str, rows: Iterable[Any]) -> None:
        self._remember(sql)
        with self._connection.cursor() as cursor:
            cursor.executemany(postgres_sql(sql), list(rows))

    def _remember(self, sql: str) -> None:
        by_place = {re.sub(r"(?<![:\w]):[a-z_]+", "?", named): name for named, name in self._names.items()}
        self.executed.add(self._names.get(sql) or by_place[sql])


class ServerStore:
    """The Store port over one connection to a server: no groups, no fence; one transaction a job."""

    def __init__(self, server: "Server", database: str) -> None:
        self._server = server
        self._database = database
        self.connection = server.connect(database)
        self.translated = Translated(self.connection)
        self._transaction = SqliteTransaction(cast("Any", self.translated))

    def read(self, job: Callable[[Snapshot], T]) -> T:
        with self.connection.transaction():
            return job(SqliteSnapshot(cast("Any", self.translated)))

    def write(self, job: Callable[[Transaction], T]) -> T:
        with self.connection.transaction():
            self._transaction.start()
            result = job(self._transaction)
            self._transaction.finish_job()
            self._transaction.finish()
            return result

    def begin(self, job: Callable[[Transaction], T]) -> Callable[[], T]:
        result = self.write(job)
        return lambda: result

    def backup(self, target: str, *, progress: Callable[[int, int], None]) -> None:
        Path(target).write_text(self._server.run("pg_dump", self._database), encoding="utf-8")
        progress(1, 1)

    def settle(self) -> bool:
        self.connection.execute("CHECKPOINT")
        return True

    def check(self) -> list[str]:
        rows = self.connection.execute("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid")
        return [row[0] for row in rows]

    def size_bytes(self) -> int:
        row = self.connection.execute("SELECT pg_database_size(current_database())").fetchone()
        assert row is not None
        return int(row[0])

    def close(self) -> None:
        self.connection.close()


class Server:
    """A private PostgreSQL on a unix socket in a temporary folder."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs = programs
        self._folder = folder
        self._process: subprocess.Popen[str] | None = None

    def run(self, program: str, *args: str) -> str:
        command = [str(self._programs / program), *args]
        if program != "initdb":
            command[1:1] = ["--host", str(self._folder), "--username", USER]
        said = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=250, cwd=self._folder, **self._as_user()
        )
        assert said.returncode == 0, said.stderr
        return str(said.stdout)

    def start(self) -> None:
        # C: text sorts by its bytes, as in SQLite; the prefix search and the digests of views rest on it
        self.run(
            "initdb",
            "--pgdata",
            "data",
            "--username",
            USER,
            "--auth",
            "trust",
            "--no-sync",
            "--locale",
            "C",
            "-E",
            "UTF8",
        )
        settings = {"listen_addresses": "", "unix_socket_directories": str(self._folder), "fsync": "off"}
        command = [str(self._programs / "postgres"), "-D", "data"]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        self._process = subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True, cwd=self._folder, **self._as_user()
        )
        assert self._process.stderr is not None
        said = []
        for line in self._process.stderr:  # ends when the server does
            said.append(line)
            if "ready to accept connections" in line:
                return
        raise AssertionError("".join(said))

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)  # fast: ends sessions, then stops
            self._process.communicate(timeout=STOP_S)

    def connect(self, database: str) -> "psycopg.Connection[tuple[Any, ...]]":
        return psycopg.connect(host=str(self._folder), user=USER, dbname=database, autocommit=True)

    def new_database(self, name: str) -> None:
        with self.connect("postgres") as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        with self.connect(name) as connection:
            for step in migrations():
                for statement in step.statements:
                    connection.execute(for_postgresql(statement).encode())

    def _as_user(self) -> dict[str, Any]:
        return {"user": USER} if os.geteuid() == 0 else {}


def postgres_sql(sql: str) -> bytes:
    """A named query, or one with its parameters by place, as psycopg takes it."""
    return for_postgresql(sql).replace("?", "%s").encode()


@contextmanager
def opened(server: Server, name: str) -> Iterator[ServerStore]:
    server.new_database(name)
    store = ServerStore(server, name)
    try:
        yield store
    finally:
        store.close()
