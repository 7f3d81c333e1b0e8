# SPDX-License-Identifier: Apache-2.0
"""Open SQLite as we need it, and say in words what a disk refuses."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote

from lintas.errors import NodeDamaged, StorageFailed

_PRAGMAS: Final = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # a commit is on disk when it returns
    "PRAGMA secure_delete = ON",  # erased payloads are overwritten, not just unlinked
    "PRAGMA cache_size = -65536",  # 64 MiB a connection at most
    "PRAGMA temp_store = MEMORY",
    "PRAGMA wal_autocheckpoint = 4000",  # pages: 16 MiB
    "PRAGMA busy_timeout = 10000",  # milliseconds; only a second process that migrates can make us wait
)


def connect(path: Path, *, is_new: bool = False) -> sqlite3.Connection:
    """Open the database file; transactions are ours to begin and end.

    Args:
        is_new: Make the file. Else a missing one is an error: an empty log in its place would look like a node.
    """
    # any thread may use a reader, one at a time: the pool hands it out
    connection = sqlite3.connect(
        f"file:{quote(str(path))}?mode={'rwc' if is_new else 'rw'}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=512,
    )
    try:
        for pragma in _PRAGMAS:
            connection.execute(pragma)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


@contextmanager
def storage_errors() -> Iterator[None]:
    """Turn SQLite's and the system's errors into ours, each with what to do."""
    try:
        yield
    except sqlite3.OperationalError as exc:
        raise _explained(str(exc)) from exc
    except sqlite3.DatabaseError as exc:
        raise NodeDamaged(
            f"The database cannot be read: {exc}.",
            hint="Stop the node, keep a copy of its folder, and restore the last backup.",
        ) from exc
    except OSError as exc:
        raise _explained(exc.strerror or str(exc)) from exc


def _explained(said: str) -> StorageFailed:
    lower = said.lower()
    for sign, message, hint in _SIGNS:
        if sign in lower:
            return StorageFailed(message, hint=hint)
    return StorageFailed(f"The disk refused: {said}.", hint="Nothing was acknowledged. Run `lintas doctor`.")


_SIGNS: Final = (
    ("full", "The disk is full.", "Nothing was acknowledged. Free some space, then do it again."),
    ("no space", "The disk is full.", "Nothing was acknowledged. Free some space, then do it again."),
    ("quota", "The disk quota is used up.", "Nothing was acknowledged. Free some space, then do it again."),
    (
        "readonly",
        "The disk or the database file is read-only.",
        "Nothing was acknowledged. Mount it writable and check the owner of the node's folder.",
    ),
    (
        "read-only",
        "The disk is read-only.",
        "Nothing was acknowledged. Mount it writable and check the owner of the node's folder.",
    ),
    (
        "unable to open",
        "The database file cannot be opened.",
        "Check that the node's folder exists and belongs to the user who runs Lintas.",
    ),
    (
        "permission denied",
        "The system does not let this user read or write the node's folder.",
        "Check its owner and permissions; run `lintas doctor`.",
    ),
    ("locked", "Another process holds the database.", "Wait for it to end, or stop it."),
    (
        "disk i/o error",
        "The disk failed while reading or writing.",
        "Nothing was acknowledged. Check the disk and free space, then run `lintas verify`.",
    ),
)
