# SPDX-License-Identifier: Apache-2.0
"""The writer thread: jobs of many callers, committed together, each acknowledged only when durable."""

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any, Final, Generic, Protocol, TypeVar

from lintas.errors import Fatal, LintasError, NodeDamaged
from lintas.limits import GROUP_COMMIT_JOBS_MAX
from lintas.store.connection import half_character, storage_errors
from lintas.store.lock import check_fence

T = TypeVar("T")


class GroupTransaction(Protocol):
    """What the writer needs of a transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None: ...

    def start(self) -> None:
        """Begin anew."""

    def finish_job(self) -> None:
        """Write what one job gathered in memory, so that a later job's rollback cannot take it along."""

    def finish(self) -> None:
        """Write what all jobs gathered in memory."""

    def size(self) -> int:
        """How many entries the log has."""

    def undo_to(self, size: int) -> None:
        """Forget what a job that was rolled back left in memory: entries beyond a size, numbers of words."""


Tx = TypeVar("Tx", bound=GroupTransaction)
_ONE_CALLERS: Final = (sqlite3.IntegrityError, sqlite3.DataError, sqlite3.ProgrammingError)  # say nothing of the disk
Job = tuple[Callable[[Any], Any], "Future[Any]"]


class WriterThread(Generic[Tx]):
    """Owns the write connection. Jobs wait in one queue; whatever waits when a commit begins goes into it."""

    def __init__(self, connection: sqlite3.Connection, transaction: type[Tx], *, fence: int) -> None:
        self._connection = connection
        self._transaction = transaction(connection)
        self._fence = fence
        self._queue: SimpleQueue[Job | None] = SimpleQueue()
        self._closed = threading.Lock()  # held while a job is accepted, and for good once closed
        self._stopped: LintasError | None = None
        self._thread = threading.Thread(target=self._work, name="lintas-writer", daemon=True)
        self._thread.start()

    def run(self, job: Callable[[Any], T]) -> T:
        """Run a job in the next commit; returns when that commit is on disk.

        Raises:
            LintasError: What the job raised (its own effects are undone), or what the disk said.
        """
        return self.begin(job).result()

    def begin(self, job: Callable[[Any], T]) -> "Future[T]":
        """Put a job in line for the next commit; its future ends when that commit is on disk.

        Raises:
            LintasError: Nothing is written any more.
        """
        done: Future[T] = Future()
        with self._closed:
            if self._stopped is not None:
                raise self._stopped
            self._queue.put((job, done))
        return done

    def close(self) -> None:
        """Finish what was accepted, then end."""
        with self._closed:
            if self._stopped is None:
                self._stopped = NodeDamaged("The node was closed.")
        self._queue.put(None)
        self._thread.join()
        self._connection.close()

    def _work(self) -> None:
        while (first := self._queue.get()) is not None:
            jobs = [first]
            closing = False
            while len(jobs) < GROUP_COMMIT_JOBS_MAX:
                try:
                    following = self._queue.get_nowait()
                except Empty:
                    break
                if following is None:
                    closing = True
                    break
                jobs.append(following)
            self._commit(jobs)
            if closing:
                return

    def _commit(self, jobs: list[Job]) -> None:
        # If we die anywhere in here before COMMIT returns, none of these jobs was acknowledged and none is on disk,
        # or all are on disk and none was acknowledged: callers that ask again are met by idempotence (ids, taken
        # tags).
        outcomes: list[tuple[Future[Any], Any, BaseException | None]] = []
        try:
            with storage_errors():
                self._connection.execute("BEGIN IMMEDIATE")
                self._transaction.start()
                outcomes = [self._run_one(job, done) for job, done in jobs]
                self._transaction.finish()
                check_fence(self._connection, self._fence)
                self._connection.execute("COMMIT")
        except BaseException as exc:  # noqa: BLE001  # whoever waits must hear of anything that stopped the commit
            self._roll_back()
            if isinstance(exc, Fatal):
                self._stopped = exc
            for _, done in jobs:
                done.set_exception(exc)
            return
        for done, result, error in outcomes:
            if error is None:
                done.set_result(result)
            else:
                done.set_exception(error)

    def _run_one(
        self, job: Callable[[Any], Any], done: "Future[Any]"
    ) -> tuple["Future[Any]", Any, BaseException | None]:
        size = self._transaction.size()
        self._connection.execute("SAVEPOINT job")
        try:
            result = job(self._transaction)
            self._transaction.finish_job()
        except BaseException as exc:
            if isinstance(exc, sqlite3.DatabaseError) and not isinstance(exc, _ONE_CALLERS):
                raise  # the disk refuses: the whole group ends
            self._connection.execute("ROLLBACK TO job")
            self._connection.execute("RELEASE job")
            self._transaction.undo_to(size)
            return done, None, _as_ours(exc)
        self._connection.execute("RELEASE job")
        return done, result, None

    def _roll_back(self) -> None:
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        except sqlite3.Error:
            # the connection is of no more use: nothing is acknowledged from now on
            self._stopped = NodeDamaged("The database could not be rolled back.", hint="Restart the node.")


def _as_ours(error: BaseException) -> BaseException:
    if isinstance(error, UnicodeEncodeError):
        return half_character(error)
    if not isinstance(error, sqlite3.IntegrityError):
        return error
    refused = NodeDamaged(
        f"The database refused a row: {error}.", hint="Nothing of this request was kept. Run `lintas verify`."
    )
    refused.__cause__ = error
    return refused
