# SPDX-License-Identifier: Apache-2.0
"""Open SQLite as we need it, and say in words what a disk refuses."""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote

from lintas.errors import BadInput, NodeDamaged, StorageFailed

BUSY_WAIT_MS: Final = 10_000  # only a second process that migrates, or a journal that is cut off, can make us wait
_PRAGMAS: Final = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # a commit is on disk when it returns
    "PRAGMA secure_delete = ON",  # erased payloads are overwritten, not just unlinked
    "PRAGMA cache_size = -65536",  # 64 MiB a connection at most
    "PRAGMA temp_store = MEMORY",
    "PRAGMA wal_autocheckpoint = 4000",  # pages: 16 MiB
    f"PRAGMA busy_timeout = {BUSY_WAIT_MS}",
)


def connect(path: Path, *, is_new: bool = False) -> sqlite3.Connection:
    """Open the database file; transactions are ours to begin and end.

    Args:
        is_new: Make the file. Else a missing one is an error: an empty log in its place would look like a node.
    """
    if is_new:
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))  # SQLite gives its journal the same permissions
    return _open(path, "mode=rw", _PRAGMAS)


def mend_permissions(path: Path) -> None:
    """Give the journal the permissions of the database: while that was read-only, SQLite made it read-only too."""
    mode = path.stat().st_mode & 0o777
    for suffix in ("-wal", "-shm"):
        journal = path.with_name(f"{path.name}{suffix}")
        if journal.exists() and journal.stat().st_mode & 0o777 != mode:
            journal.chmod(mode)


def connect_at_rest(path: Path) -> sqlite3.Connection:
    """Open a database on a medium that nobody can write, so that a copy can be examined where it lies.

    Raises:
        StorageFailed: Its journal holds commits that were never folded in; to read those, something must be written.
    """
    journal = path.with_name(f"{path.name}-wal")
    if journal.exists() and journal.stat().st_size:
        raise StorageFailed(
            "The disk is read-only, and the node on it was not closed.",
            hint="Mount it writable once, or copy the folder to a writable disk.",
        )
    return _open(path, "mode=ro&immutable=1", ())


def is_read_only(folder: Path) -> bool:
    """Say whether a folder lies on a disk that is mounted read-only."""
    return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)


def _open(path: Path, mode: str, pragmas: Iterable[str]) -> sqlite3.Connection:
    # any thread may use a reader, one at a time: the pool hands it out
    connection = sqlite3.connect(
        f"file:{quote(str(path))}?{mode}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=512,
    )
    try:
        for pragma in pragmas:
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
        raise _explained(f"{exc} ({getattr(exc, 'sqlite_errorname', 'SQLITE')})") from exc
    except sqlite3.DatabaseError as exc:
        raise NodeDamaged(
            f"The database cannot be read: {exc}.",
            hint="Stop the node, keep a copy of its folder, and restore the last backup.",
        ) from exc
    except UnicodeEncodeError as exc:
        raise half_character(exc) from exc
    except OSError as exc:
        raise _explained(exc.strerror or str(exc), file=str(exc.filename or "")) from exc


def half_character(cause: UnicodeEncodeError) -> BadInput:
    """What to say of a text that no database keeps: a lone surrogate, as from an argument that is not UTF-8."""
    refused = BadInput("A text is not UTF-8: it holds half a character.", hint="Type it again, or save it as UTF-8.")
    refused.__cause__ = cause
    return refused


def _explained(said: str, *, file: str = "") -> StorageFailed:
    lower = said.lower()
    for sign, message, hint in _SIGNS:
        if sign in lower:
            return StorageFailed(message.replace("the node's folder", file) if file else message, hint=hint)
    return StorageFailed(f"The disk refused: {said}.", hint="Nothing was acknowledged. Run `lintas doctor`.")


_SIGNS: Final = (
    ("full", "The disk is full.", "Nothing was acknowledged. Free some space, then do it again."),
    ("no space", "The disk is full.", "Nothing was acknowledged. Free some space, then do it again."),
    ("ioerr_shmsize", "The disk is full.", "Nothing was acknowledged. Free some space, then do it again."),
    ("quota", "The disk quota is used up.", "Nothing was acknowledged. Free some space, then do it again."),
    (
        "too large",
        "A file would become larger than this process may make it.",
        "Nothing was acknowledged. Raise the limit (ulimit -f), then do it again.",
    ),
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
        "Nothing was acknowledged. Check the disk, its free space and ulimit -f; then run `lintas verify`.",
    ),
)
