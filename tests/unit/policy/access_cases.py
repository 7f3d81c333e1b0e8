# SPDX-License-Identifier: Apache-2.0
"""Viewers, things and tables of messages as tests of the access policy draw them."""

import sqlite3
from collections.abc import Sequence
from importlib import resources
from typing import Final

from hypothesis import strategies as st

from lintas.formats.access import AccessTable, parse_access
from lintas.model.marking import Protected, Tlp, class_bits
from lintas.model.scope import Scope
from lintas.model.viewer import Viewer
from lintas.policy.access import Thing, visible_sql

PACK: Final = resources.files("lintas.packs").joinpath("access.toml").read_bytes()
TABLE: Final[AccessTable] = parse_access(PACK)
LISTS: Final = ("case-1", "case-10", "ase-1", "case", "1")  # one in another's name, so that half a name is not enough
PEOPLE: Final = ("officer-0001", "officer-0002", "officer-0003", "local:cli")

CLASSES = st.frozensets(st.sampled_from(Protected))
LIST_SETS = st.frozensets(st.sampled_from(LISTS))
VIEWERS = st.builds(
    Viewer,
    id=st.sampled_from(PEOPLE),
    clearance=st.sampled_from(Tlp),
    role=st.sampled_from([*TABLE.roles, "nobody_knows"]),
    opens=CLASSES,
    lists=LIST_SETS,
    stands_for=st.frozensets(st.sampled_from(PEOPLE[:3])),
    is_off_duty=st.booleans(),
    purpose=st.sampled_from(["", " ", "drill"]),
    unmasks=st.booleans(),
)
THINGS = st.builds(
    Thing,
    tlp=st.sampled_from(Tlp).map(int),
    classes=CLASSES.map(class_bits),
    lists=LIST_SETS,
    owner=st.sampled_from(["", *PEOPLE[:3]]),
)
ACTIVITIES = st.sampled_from(sorted(TABLE.activities))


def shown_by_sql(connection: sqlite3.Connection, things: Sequence[Thing], scope: Scope) -> list[bool]:
    """Which of some messages a scoped query shows: the tables are those of the policy's conditions."""
    connection.execute("DELETE FROM message")
    connection.execute("DELETE FROM need")
    rows = [(seq, one.tlp, one.classes, bool(one.lists)) for seq, one in enumerate(things)]
    connection.executemany("INSERT INTO message (seq, tlp, classes, needs) VALUES (?, ?, ?, ?)", rows)
    needs = [(seq, name) for seq, one in enumerate(things) for name in one.lists]
    connection.executemany("INSERT INTO need (seq, list) VALUES (?, ?)", needs)
    found = connection.execute(f"SELECT m.seq FROM message m WHERE {visible_sql('m')}", dict(scope.sql))
    shown = {seq for (seq,) in found}
    return [seq in shown for seq in range(len(things))]


def tables() -> sqlite3.Connection:
    """A database in memory with the columns that the conditions ask for, typed as the store's."""
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "CREATE TABLE message (seq INTEGER PRIMARY KEY, tlp INTEGER NOT NULL, classes INTEGER NOT NULL,"
        " needs INTEGER NOT NULL) STRICT"
    )
    connection.execute(
        "CREATE TABLE need (seq INTEGER NOT NULL, list TEXT NOT NULL, PRIMARY KEY (seq, list)) STRICT, WITHOUT ROWID"
    )
    return connection
