# SPDX-License-Identifier: Apache-2.0
"""Every query and migration is written so that PostgreSQL can follow: a real server runs them, our own code asks.

The classes of `lintas.store` run unchanged over a thin connection that translates statements as `for_postgresql` says.
There is no PostgreSQL adapter in this version; this holds the door open.
"""

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

import psycopg
import pytest

from lintas.model.header import Payload
from lintas.model.marking import Tlp
from lintas.node.node import Node
from lintas.ports.store import Snapshot, Store, Transaction
from lintas.store.queries import for_postgresql, migrations, queries
from lintas.store.sqlite import SqliteSnapshot, SqliteTransaction
from lintas.testing import CLERK, OFFICER, a_node
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.keeping import erase
from lintas.work.payloads import bytes_of
from lintas.work.proving.entries import signed_of
from lintas.work.replay import replay
from lintas.work.services import no_progress
from lintas.work.watching import acknowledge, add_watch, list_alerts
from tests.faults.day import live_one

pytestmark = [pytest.mark.slow, pytest.mark.ring("postgres")]

T = TypeVar("T")
USER = "nobody"  # the server refuses to run as root
STOP_S = 30
PEOPLE = "陈示例, นายตัวอย่าง ใจดี and Nguyễn Văn Ví Dụ"
SLIP = f"{PEOPLE} got 4,500 from +60 12-345 6789 for www.bank-login.example, account 114011223344\n"
TABLE = b"name,phone,amount\r\nAli bin Contoh,0123456789,10\r\n" + "张伟,+6591234567,20\r\n".encode()


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
            command, capture_output=True, text=True, check=False, timeout=60, cwd=self._folder, **self._as_user()
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


@pytest.fixture(scope="module")
def server(postgres_bin: Path) -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="lintas-pg-", dir="/tmp", ignore_cleanup_errors=True) as name:
        folder = Path(name)  # not below tmp_path: that is closed to the server's user, and too long for a socket's name
        if os.geteuid() == 0:
            shutil.chown(folder, USER)
        running = Server(postgres_bin, folder)
        try:
            running.start()
            yield running
        finally:
            running.stop()


@contextmanager
def opened(server: Server, name: str) -> Iterator[ServerStore]:
    server.new_database(name)
    store = ServerStore(server, name)
    try:
        yield store
    finally:
        store.close()


def test_every_migration_and_every_query_is_understood(server: Server) -> None:
    server.new_database("prepared")
    with server.connect("prepared") as connection:
        connection.execute(for_postgresql(queries()["find_terms_open"].sql).encode())
        refused = {}
        for query in queries().values():
            names: dict[str, int] = {}
            sql = for_postgresql(query.sql)
            for name in dict.fromkeys(re.findall(r"%\((\w+)\)s", sql)):
                names[name] = len(names) + 1
                sql = sql.replace(f"%({name})s", f"${names[name]}")
            if query.name == "find_terms_open":  # a definition is run, never prepared
                continue
            try:
                connection.execute(f"PREPARE {query.name} AS {sql}".encode())
            except psycopg.Error as exc:
                refused[query.name] = str(exc)
    assert refused == {}


def test_a_node_that_is_replayed_into_postgresql_has_the_same_log_and_the_same_views(
    server: Server, tmp_path: Path
) -> None:
    with a_node(tmp_path) as node, opened(server, "replayed") as store:
        _live(node)
        _copy_log(node, store)
        store.write(lambda tx: replay(node.services, tx, progress=no_progress))
        other = cast("Store", store)
        for ask in (_views, _log, _found, _watched):
            assert ask(other) == ask(node.services.store)
        assert all(count for view, (count, _) in _views(other).items())


def test_every_query_is_executed_by_a_day_in_the_stores_life(server: Server, tmp_path: Path) -> None:
    with opened(server, "lived") as store:
        live_one(cast("Store", store), tmp_path)
        assert queries().keys() - store.translated.executed == set()


def test_a_second_entry_at_one_place_is_refused(server: Server, tmp_path: Path) -> None:
    with a_node(tmp_path) as node, opened(server, "twice") as store:
        _copy_log(node, store)
        first = node.services.store.read(lambda snapshot: next(snapshot.entries(0, 1)))
        put = queries()["log_append"].sql
        for values in (first._asdict() | {"id": b"other"}, first._asdict() | {"seq": 7, "id": bytes.fromhex(first.id)}):
            with pytest.raises(psycopg.errors.UniqueViolation):
                store.translated.execute(put, values)


def _live(node: Node) -> None:
    """A little of everything that an officer does."""
    services = node.services
    add_watch(services, OFFICER, ["+60123456789"], note="mules")
    files = [
        TakenFile(name="slip.txt", data=SLIP.encode()),
        TakenFile(name="reports.csv", data=TABLE),
        TakenFile(name="long.txt", data=(SLIP * 800).encode()),
    ]
    taken = take(services, OFFICER, files, options=TakeOptions(source="Hotline"), progress=no_progress)
    (alert, *_) = list_alerts(services, OFFICER).alerts
    acknowledge(services, OFFICER, alert.id)
    gone = take(
        services,
        CLERK,
        [TakenFile(name="gone.txt", data=b"call 0198765432")],
        options=TakeOptions(),
        progress=no_progress,
    )
    erase(services, OFFICER, gone.messages, ground="retention")
    assert len(taken.messages) >= 3


def _copy_log(node: Node, store: ServerStore) -> None:
    def copy(tx: Transaction) -> None:
        source = node.services.store
        for digest, data in source.read(lambda snapshot: list(snapshot.packs())):
            tx.put_pack(digest, data)
        entries, rows = source.read(lambda s: (list(s.entries(0, s.size())), s.payload_rows(0, s.size())))
        for entry in entries:
            row = rows.get(entry.seq)
            payload = None
            if row is not None:
                payload = Payload(salt=row.salt, data=bytes_of(node.services, row), openings=row.openings)
            assert tx.append(signed_of(entry), payload, row.blob if row else "") == entry.seq

    store.write(copy)


def _views(store: Store) -> dict[str, tuple[int, str]]:
    return store.write(lambda tx: tx.views_digest())


def _log(store: Store) -> list[Any]:
    def gather(s: Snapshot) -> list[Any]:
        entries = list(s.entries(0, s.size()))
        payloads = s.payload_rows(0, s.size())
        return [s.size(), entries, payloads, list(s.tiles()), sorted(s.packs()), sorted(s.blob_names())]

    return store.read(gather)


def _found(store: Store) -> list[Any]:
    def gather(s: Snapshot, level: int) -> list[Any]:
        terms = [(n, "phone", phone) for n, phone in enumerate(("+60123456789", "+6591234567", "+60198765432"))]
        many = [*terms, *((n, "phone", f"+6012{n:07d}") for n in range(3, 400))]
        keys = sorted({hit.entity for hit in s.hits(terms, clearance=level, limit=50)})
        words = [("示例",), ("陈",), ("ตัวอย่าง",), ("nguyen", "vi"), ("ali",), ("张伟",), ("nobody",)]
        return [
            list(s.hits(terms, clearance=level, limit=3)),
            sorted(s.hits(many, clearance=level, limit=50)),
            [
                s.identifiers_from(start, scheme=scheme, clearance=level, limit=9)
                for start in ("+60", "bank", "ü")
                for scheme in ("", "phone")
            ],
            [s.worded(one, phrase=phrase, clearance=level, limit=9) for one in words for phrase in (False, True)],
            s.heads(range(s.size()), clearance=level),
            [(s.appearances(k, clearance=level, limit=9), s.facts_about(k, clearance=level, limit=99)) for k in keys],
            [(s.held_by(k, clearance=level, limit=99), s.facts_pointing_at(k, clearance=level, limit=9)) for k in keys],
            [
                (s.entities_of(seq, clearance=level, limit=9), s.facts_in(seq, clearance=level, limit=9))
                for seq in range(s.size())
            ],
            [(s.held_in(seq, clearance=level, limit=9), s.intakes_of(seq, clearance=level)) for seq in range(s.size())],
            s.intakes(clearance=level, before=99, limit=9),
            s.captions(keys, clearance=level),
            s.counts(clearance=level),
        ]

    green, red = int(Tlp.GREEN), int(Tlp.RED)
    return store.read(lambda snapshot: [gather(snapshot, green), gather(snapshot, red)])


def _watched(store: Store) -> list[Any]:
    def gather(s: Snapshot) -> list[Any]:
        (watch,) = s.watches()
        alerts = s.alerts(clearance=int(Tlp.RED), after=-1, limit=9)
        return [watch, s.watches(owner=OFFICER.id), s.watch(watch.id), s.watch_terms(watch.id), s.has_watches(), alerts]

    return store.read(gather)
