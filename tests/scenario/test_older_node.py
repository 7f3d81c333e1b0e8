# SPDX-License-Identifier: Apache-2.0
"""A node that an earlier version left opens, holds what it held, and can do what is new."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from lintas.ports.store import Store
from lintas.store.connection import connect
from lintas.store.queries import migrations
from lintas.store.sqlite import FILE_NAME
from lintas.testing import OFFICER, a_node
from lintas.work.finding import find
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.keeping import erase, rebuild
from lintas.work.proving import verify
from lintas.work.services import no_progress
from lintas.work.watching import add_watch, list_alerts

BEFORE_EXCHANGE = 2  # steps of the schema


def make_older(path: Path, steps: int) -> None:
    """Give a database the schema of an earlier version, and all of its rows that had a place there."""
    newer = path.with_suffix(".newer")
    path.rename(newer)
    with closing(connect(path, is_new=True)) as connection:
        for step in migrations()[:steps]:
            for statement in step.statements:
                connection.execute(statement)
        connection.execute("ATTACH ? AS newer", (str(newer),))
        tables = [name for (name,) in connection.execute("SELECT name FROM main.sqlite_schema WHERE type = 'table'")]
        for table in tables:
            columns = ", ".join(row[1] for row in connection.execute(f"PRAGMA main.table_info({table})"))
            connection.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM newer.{table}")
        connection.execute("UPDATE main.meta SET value = ? WHERE name = 'schema'", (migrations()[steps - 1].name,))
        connection.execute("DETACH newer")
    newer.unlink()


def tables_of(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}


def digests(store: Store) -> dict[str, tuple[int, str]]:
    return store.write(lambda tx: tx.views_digest())


@pytest.mark.parametrize("steps", range(BEFORE_EXCHANGE, len(migrations())))
def test_a_node_of_an_earlier_version_goes_on_as_if_it_had_always_been_of_this_one(tmp_path: Path, steps: int) -> None:
    with a_node(tmp_path) as node:
        add_watch(node.services, OFFICER, ["+60123456789"])
        files = [TakenFile(name="a.txt", data=b"call 012-345 6789"), TakenFile(name="b.txt", data=b"ali@bank.example")]
        taken = take(node.services, OFFICER, files, options=TakeOptions(source="Hotline"), progress=no_progress)
        erase(node.services, OFFICER, [taken.messages[1]], ground="retention")
        find(node.services, OFFICER, ["+60123456789", "+60111111111"], purpose="drill")
        assert list_alerts(node.services, OFFICER).alerts
        before = digests(node.services.store)
        assert before["access"][0] == 2
        assert before["seen"][0] > 0
        entries = node.services.store.read(lambda s: list(s.entries(0, s.size())))
    path = tmp_path / "node" / FILE_NAME
    make_older(path, steps)
    assert "span" not in tables_of(path) or steps > BEFORE_EXCHANGE
    with a_node(tmp_path) as node:
        services = node.services
        assert services.store.read(lambda s: list(s.entries(0, s.size())))[: len(entries)] == entries
        assert digests(services.store) == before, "no view lacks what the earlier log says"
        assert services.store.read(lambda s: s.key_places(services.keys.node))[0] == 0
        assert rebuild(services, progress=no_progress).changed == []
        assert verify(services, progress=no_progress).ok
        (found,) = find(services, OFFICER, ["+60123456789"]).results
        assert [source.message for source in found.sources] == [taken.messages[0]]
        assert len(list_alerts(services, OFFICER).alerts) == 1
