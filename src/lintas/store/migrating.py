# SPDX-License-Identifier: Apache-2.0
"""Bring a database to this version's schema, one recorded step at a time."""

import json
import sqlite3
from collections.abc import Callable, Mapping
from typing import Final

from lintas.errors import NodeDamaged
from lintas.store.queries import migrations


def _fill_keys(connection: sqlite3.Connection) -> None:
    """Show in the new view the key messages that the log holds: no other earlier entry says anything for new views."""
    rows = connection.execute(
        "SELECT m.seq, m.originator, e.header FROM message m JOIN entry e ON e.seq = m.seq WHERE m.kind = 'key'"
    ).fetchall()
    bodies = [(originator, seq, json.loads(header)["body"]) for seq, originator, header in rows]
    connection.executemany(
        "INSERT INTO peer_key (node, seq, country, incarnation) VALUES (?, ?, ?, ?)",
        [(originator, seq, body["country"], body["incarnation"]) for originator, seq, body in bodies],
    )


def _fill_accesses(connection: sqlite3.Connection) -> None:
    """Show in the new views who read what before; larger payloads are files beside the database, which `rebuild` reads.

    Nobody's keys or order stand in an earlier log; accounts have no view.
    """
    rows = connection.execute(
        "SELECT m.seq, m.created_at, h.data FROM message m JOIN payload p ON p.seq = m.seq"
        " JOIN payload h ON h.seq = COALESCE(p.same_as, p.seq) WHERE m.kind = 'access' AND h.data IS NOT NULL"
    )
    for seq, at, data in rows.fetchall():
        said = json.loads(data)
        shown = sorted({bytes.fromhex(one) for one in said["shown"]})
        connection.execute(
            "INSERT INTO access (seq, viewer, verb, purpose, policy, at, shown) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (seq, said["viewer"], said["verb"], said["purpose"], said.get("policy", ""), at, len(said["shown"])),
        )
        connection.executemany("INSERT INTO seen (message, access) VALUES (?, ?)", [(one, seq) for one in shown])


# What a step does beside its statements: what its new views hold of an earlier log. Written for the schema of its step.
_FILLS: Final[Mapping[str, Callable[[sqlite3.Connection], None]]] = {
    "m0003_pre_exchange": _fill_keys,
    "m0005_pre_people": _fill_accesses,
}


def schema_version(connection: sqlite3.Connection) -> str:
    """The name of the last step that was applied; empty for a new file."""
    found = connection.execute("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'meta'").fetchone()
    if found is None:
        return ""
    row = connection.execute("SELECT value FROM meta WHERE name = 'schema'").fetchone()
    return str(row[0]) if row else ""


def migrate(connection: sqlite3.Connection) -> list[str]:
    """Apply the steps that are missing; returns their names.

    Each step and the record of it are one transaction: if we die here, a step is applied whole or not at all.

    Raises:
        NodeDamaged: The file was made by a newer version of Lintas.
    """
    steps = {step.name: step for step in migrations()}
    current = schema_version(connection)
    if current and current not in steps:
        raise NodeDamaged(
            f"The database has schema {current}, which this version of Lintas does not know.",
            hint="Install the version that made it, or a newer one.",
        )
    applied = []
    for name, step in steps.items():
        if name <= current:
            continue
        connection.execute("BEGIN IMMEDIATE")
        try:
            for statement in step.statements:
                connection.execute(statement)
            if name in _FILLS:
                _FILLS[name](connection)
            connection.execute(
                "INSERT INTO meta (name, value) VALUES ('schema', ?)"
                " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (name,),
            )
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        applied.append(name)
    return applied
