# SPDX-License-Identifier: Apache-2.0
"""The database of a new node: made once in memory, written whole."""

import os
import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path

from lintas.store.migrating import migrate


def write_blank(path: Path) -> None:
    """Make the file of a database of this version's schema that holds nothing; when this returns, it is on disk.

    Each of the schema's many statements would be a write, and each of its steps one that waits for the disk.

    Raises:
        FileExistsError: There is a file: it may hold a log.
    """
    # only its owner reads it; SQLite gives its journal the same permissions
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(_blank())
        file.flush()
        os.fsync(file.fileno())


@cache
def _blank() -> bytes:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection)
        return connection.serialize()
