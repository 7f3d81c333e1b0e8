# SPDX-License-Identifier: Apache-2.0
"""Steps of the schema: each whole or absent, and the way there leaves no trace."""

import functools
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from lintas.errors import NodeDamaged, StorageFailed
from lintas.store.connection import connect
from lintas.store.lock import WriterLock
from lintas.store.migrating import migrate, schema_version
from lintas.store.queries import migrations
from lintas.store.sqlite import FILE_NAME, SqliteStore

Schema = list[tuple[str, str, str]]


def schema_of(connection: sqlite3.Connection) -> Schema:
    """Every table and index as it was made."""
    return connection.execute(
        "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name"
    ).fetchall()


@functools.cache
def left_at(count: int) -> bytes:
    """The file of a database that an older version left at some step."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "old"
        with closing(connect(path, is_new=True)) as connection:
            for step in migrations()[:count]:
                for statement in step.statements:
                    connection.execute(statement)
                connection.execute("INSERT OR REPLACE INTO meta (name, value) VALUES ('schema', ?)", (step.name,))
        return path.read_bytes()


def at_step(path: Path, count: int) -> None:
    """A database that an older version left at some step."""
    path.write_bytes(left_at(count))


@functools.cache
def fresh() -> Schema:
    """The schema of a new database."""
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(connect(Path(folder) / "new", is_new=True)) as connection,
    ):
        assert migrate(connection) == [step.name for step in migrations()]
        return schema_of(connection)


@pytest.mark.parametrize("count", range(len(migrations()) + 1))
def test_a_database_of_any_age_ends_with_the_schema_of_a_fresh_one(tmp_path: Path, count: int) -> None:
    at_step(tmp_path / "old", count)
    with closing(connect(tmp_path / "old")) as connection:
        assert migrate(connection) == [step.name for step in migrations()[count:]]
        assert schema_of(connection) == fresh()
        assert schema_version(connection) == migrations()[-1].name
        assert migrate(connection) == []


CUTS = [(number, at) for number, step in enumerate(migrations()) for at in range(len(step.statements) + 1)]


def is_at_an_end(number: int, at: int) -> bool:
    """Whether a cut is played in `make test`, too: at the ends of a step, and at every fifth statement."""
    last = len(migrations()[number].statements)
    return at in {0, 1, last - 1, last} or at % 5 == 0


@pytest.mark.parametrize(
    ("number", "at"), [one if is_at_an_end(*one) else pytest.param(*one, marks=pytest.mark.soak) for one in CUTS]
)
def test_a_step_that_is_cut_short_is_absent_whole(tmp_path: Path, number: int, at: int) -> None:
    """The engine refuses the statement after the `at`th, as a disk would; then the process is gone."""
    path = tmp_path / FILE_NAME
    at_step(path, number)
    with closing(connect(path)) as before:
        schema, version = schema_of(before), schema_version(before)
    statements = [*migrations()[number].statements, "record"]
    left = at

    def refuse(action: int, *_names: object) -> int:
        nonlocal left
        made = action in {sqlite3.SQLITE_CREATE_TABLE, sqlite3.SQLITE_CREATE_INDEX, sqlite3.SQLITE_ALTER_TABLE}
        recorded = at == len(statements) - 1 and action == sqlite3.SQLITE_INSERT and left == 0 and _names[0] == "meta"
        if made and left == 0:
            return sqlite3.SQLITE_DENY
        left -= made
        return sqlite3.SQLITE_DENY if recorded else sqlite3.SQLITE_OK

    with closing(connect(path)) as connection:
        connection.set_authorizer(refuse)
        with pytest.raises(sqlite3.DatabaseError):
            migrate(connection)
    with closing(connect(path)) as after:
        assert (schema_of(after), schema_version(after)) == (schema, version)
        migrate(after)
        assert schema_of(after) == fresh()


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    at_step(tmp_path / FILE_NAME, len(migrations()))
    with closing(connect(tmp_path / FILE_NAME)) as connection:
        connection.execute("UPDATE meta SET value = 'm9999_post_future' WHERE name = 'schema'")
    lock = WriterLock.take(tmp_path)
    for held in (lock, None):
        with pytest.raises(NodeDamaged, match="m9999_post_future") as caught:
            SqliteStore(tmp_path, lock=held)
        assert "newer" in caught.value.hint
    lock.release()
    with closing(connect(tmp_path / FILE_NAME)) as connection:
        assert schema_version(connection) == "m9999_post_future"


def test_reading_only_neither_makes_nor_migrates_a_database(tmp_path: Path) -> None:
    lock = WriterLock.take(tmp_path)
    for held in (lock, None):
        with pytest.raises(NodeDamaged, match="is missing"):
            SqliteStore(tmp_path, lock=held)
    lock.release()
    assert not (tmp_path / FILE_NAME).exists()
    at_step(tmp_path / FILE_NAME, 1)
    with pytest.raises(NodeDamaged, match=migrations()[0].name):
        SqliteStore(tmp_path, lock=None)
    with closing(connect(tmp_path / FILE_NAME)) as connection:
        assert schema_version(connection) == migrations()[0].name


def test_steps_are_named_in_order_and_say_when_they_run() -> None:
    names = [step.name for step in migrations()]
    assert names == sorted(set(names))
    for number, name in enumerate(names, start=1):
        assert name.startswith((f"m{number:04}_pre_", f"m{number:04}_post_"))


def test_a_new_store_is_what_its_steps_make(tmp_path: Path) -> None:
    lock = WriterLock.take(tmp_path)
    try:
        SqliteStore(tmp_path, lock=lock, is_new=True).close()
    finally:
        lock.release()
    assert (tmp_path / FILE_NAME).stat().st_mode & 0o777 == 0o600
    with closing(connect(tmp_path / FILE_NAME)) as connection:
        assert schema_of(connection) == fresh()
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert migrate(connection) == []


def test_a_new_store_never_takes_the_place_of_a_file(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b"a log, perhaps")
    lock = WriterLock.take(tmp_path)
    try:
        with pytest.raises(StorageFailed):
            SqliteStore(tmp_path, lock=lock, is_new=True)
    finally:
        lock.release()
    assert (tmp_path / FILE_NAME).read_bytes() == b"a log, perhaps"
