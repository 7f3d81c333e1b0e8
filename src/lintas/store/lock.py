# SPDX-License-Identifier: Apache-2.0
"""One writer a node: a lock of the operating system, and a fencing number for one that lost it unknowingly."""

import fcntl
import os
import sqlite3
from pathlib import Path
from typing import Final, Self

from lintas.errors import Fatal, NodeBusy
from lintas.store.connection import storage_errors

_FILE_NAME: Final = "writer.lock"


class WriterLock:
    """Held from `take` to `release`; the system lets go when the process dies."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def take(cls, folder: Path) -> Self:
        """Take the lock of a node's folder.

        Raises:
            NodeBusy: Another process has it.
            StorageFailed: The folder cannot be written.
        """
        with storage_errors():
            descriptor = os.open(folder / _FILE_NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise NodeBusy(
                "Another process is writing to this node.",
                hint="If it is `lintas serve`, its socket does not answer: wait, or stop it.",
            ) from None
        return cls(descriptor)

    def fence(self, connection: sqlite3.Connection) -> int:
        """Take the next fencing number: a writer with an older one can commit no more."""
        with storage_errors():
            connection.execute("BEGIN IMMEDIATE")
            row = connection.execute("SELECT value FROM meta WHERE name = 'fence'").fetchone()
            number = int(row[0]) + 1 if row else 1
            connection.execute(
                "INSERT INTO meta (name, value) VALUES ('fence', ?)"
                " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (str(number),),
            )
            connection.execute("COMMIT")
        return number

    def release(self) -> None:
        """Let go."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def check_fence(connection: sqlite3.Connection, fence: int) -> None:
    """Refuse to commit when another writer came after us.

    Raises:
        Fatal: The number in the database is not ours.
    """
    row = connection.execute("SELECT value FROM meta WHERE name = 'fence'").fetchone()
    if row is None or int(row[0]) != fence:
        raise Fatal("Another writer has taken this node over; this process must stop.")
