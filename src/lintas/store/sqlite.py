# SPDX-License-Identifier: Apache-2.0
"""The log and its views in one SQLite file (WAL), written by one thread of one process.

What is true if we die: a job's effects are on disk when `write` returns (WAL with synchronous=FULL), and not at all
before the commit that holds them. SQLite rolls back what was not committed when the file is next opened.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Final, TypeVar

from lintas.errors import NodeDamaged
from lintas.ports.store import Snapshot, Transaction
from lintas.store.accounts import AccountTables
from lintas.store.agreements import AgreementTables
from lintas.store.blank import write_blank
from lintas.store.cases import CaseTables
from lintas.store.connection import (
    BUSY_WAIT_MS,
    connect,
    connect_at_rest,
    is_read_only,
    mend_permissions,
    storage_errors,
)
from lintas.store.desk import DeskTables
from lintas.store.finding import FindTables
from lintas.store.identity import IdentityTables
from lintas.store.ledger import LedgerTables
from lintas.store.lock import WriterLock
from lintas.store.log import LogTables, LogWrites
from lintas.store.migrating import migrate, schema_version
from lintas.store.notices import NoticeTables
from lintas.store.peering import PeerTables
from lintas.store.people import PeopleTables
from lintas.store.queries import migrations
from lintas.store.questions import QuestionTables
from lintas.store.sign_in import SignInTables
from lintas.store.traces import TraceTables
from lintas.store.viewing import ViewWrites
from lintas.store.watching import WatchTables
from lintas.store.writer import WriterThread

T = TypeVar("T")

FILE_NAME: Final = "node.sqlite"
SETTLE_WAIT_MS: Final = 500  # longest wait for readers when the journal is cut off
READERS_MAX: Final = 8  # connections kept open for reading; more readers wait for one


class SqliteSnapshot(
    LogTables,
    FindTables,
    WatchTables,
    AccountTables,
    IdentityTables,
    SignInTables,
    NoticeTables,
    PeerTables,
    PeopleTables,
    DeskTables,
    AgreementTables,
    CaseTables,
    LedgerTables,
    TraceTables,
    QuestionTables,
):
    """One consistent read."""


class SqliteTransaction(
    LogWrites,
    ViewWrites,
    FindTables,
    WatchTables,
    AccountTables,
    IdentityTables,
    SignInTables,
    NoticeTables,
    PeerTables,
    PeopleTables,
    DeskTables,
    AgreementTables,
    CaseTables,
    LedgerTables,
    TraceTables,
    QuestionTables,
):
    """One write."""

    def start(self) -> None:
        """Begin anew: nothing remembered from what did not commit."""
        self.start_log()
        self.start_derived()

    def finish_job(self) -> None:
        """Write what one job's messages say: inside its savepoint, so that they stand or fall with it."""
        self.write_derived()

    def finish(self) -> None:
        """Write the tiles of all jobs: the last step before the commit."""
        self.grow_tree()

    def undo_to(self, size: int) -> None:
        """Forget a job that was rolled back: its leaves, and every number that it may have given or seen given."""
        super().undo_to(size)
        self.start_derived()


class SqliteStore:
    """The Store port over SQLite."""

    def __init__(self, folder: Path, *, lock: WriterLock | None, is_new: bool = False) -> None:
        """Open the store in a folder.

        Args:
            lock: Held by the caller's process; None opens for reading only.
            is_new: Make the database file.

        Raises:
            NodeDamaged: The file is missing, damaged, or made by a newer version.
            StorageFailed: The disk refuses.
        """
        self._path = folder / FILE_NAME
        self.is_settled = True  # False: something was erased, whose bytes may still stand in the journal
        self._free: SimpleQueue[sqlite3.Connection] = SimpleQueue()
        self._readers = threading.BoundedSemaphore(READERS_MAX)
        self._writer: WriterThread[SqliteTransaction] | None = None
        with storage_errors():
            if not is_new and not self._path.exists():
                raise NodeDamaged(f"The database {FILE_NAME} is missing.", hint="Restore the last backup.")
            self._connect = connect_at_rest if lock is None and is_read_only(folder) else connect
        if lock is not None:
            self._writer = self._start_writer(lock, is_new=is_new)
            return
        try:
            with self._reader() as connection, storage_errors():
                self._check_schema(connection)
        except BaseException:
            self.close()
            raise

    def read(self, job: Callable[[Snapshot], T]) -> T:
        """Run a job on one snapshot."""
        with self._reader() as connection, storage_errors():
            connection.execute("BEGIN")
            try:
                return job(SqliteSnapshot(connection))
            finally:
                connection.execute("ROLLBACK")

    def write(self, job: Callable[[Transaction], T]) -> T:
        """Run a job in a transaction; when this returns, what it did is on disk."""
        assert self._writer is not None, "the store was opened for reading only"
        return self._writer.run(job)

    def begin(self, job: Callable[[Transaction], T]) -> Callable[[], T]:
        """Hand a job over, in the order of calls; what comes back waits until it is on disk, or raises its error."""
        assert self._writer is not None, "the store was opened for reading only"
        return self._writer.begin(job).result

    def backup(self, target: str, *, progress: Callable[[int, int], None]) -> None:
        """Copy the whole database, as of one moment, to a file."""
        with self._reader() as connection, storage_errors():
            copy = sqlite3.connect(target, isolation_level=None)
            try:
                connection.backup(copy, pages=2048, progress=lambda _, left, total: progress(total - left, total))
            finally:
                copy.close()

    def settle(self) -> bool:
        """Fold the journal into the database and cut it off, so that erased bytes stand in no file; says if it could.

        A long read that is open now keeps the journal: then `is_settled` is False until a later call.
        """
        self.is_settled = False
        with self._reader() as connection, storage_errors():
            # writers wait as long as this waits for readers
            connection.execute(f"PRAGMA busy_timeout = {SETTLE_WAIT_MS}")
            try:
                is_busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                connection.execute(f"PRAGMA busy_timeout = {BUSY_WAIT_MS}")
        self.is_settled = not is_busy
        return self.is_settled

    def check(self) -> list[str]:
        """Ask SQLite whether the file holds together; empty means it does."""
        with self._reader() as connection, storage_errors():
            rows = connection.execute("PRAGMA quick_check(20)").fetchall()
        return [row[0] for row in rows if row[0] != "ok"]

    def size_bytes(self) -> int:
        """Bytes of the database with its write-ahead log."""
        files = (self._path, self._path.with_name(f"{FILE_NAME}-wal"))
        return sum(file.stat().st_size for file in files if file.exists())

    def close(self) -> None:
        """Finish what was accepted, then let go of the files."""
        if self._writer is not None:
            self._writer.close()
        while True:
            try:
                self._free.get_nowait().close()
            except Empty:
                return

    def _start_writer(self, lock: WriterLock, *, is_new: bool) -> WriterThread[SqliteTransaction]:
        with storage_errors():
            if is_new:
                write_blank(self._path)
            else:
                mend_permissions(self._path)
            connection = connect(self._path)
            try:
                migrate(connection)
                return WriterThread(connection, SqliteTransaction, fence=lock.fence(connection))
            except BaseException:
                connection.close()
                raise

    def _check_schema(self, connection: sqlite3.Connection) -> None:
        known = migrations()[-1].name
        found = schema_version(connection)
        if found != known:
            raise NodeDamaged(
                f"The database has schema {found or 'none'}, this version of Lintas reads {known}.",
                hint="Run a verb that writes once (for example `lintas watch DIR list`), or install the newer version.",
            )

    @contextmanager
    def _reader(self) -> Iterator[sqlite3.Connection]:
        with self._readers:
            try:
                connection = self._free.get_nowait()
            except Empty:
                with storage_errors():
                    connection = self._connect(self._path)
            try:
                yield connection
            finally:
                self._free.put(connection)
