# SPDX-License-Identifier: Apache-2.0
"""Measure the access policy: one decision, and a list of 10,000 messages filtered for one person.

The decision stands next to a plain rule of a dictionary, and to Cedar where that is installed; the list is filtered in
SQL and row by row.
"""

import importlib
import importlib.util
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from filling import fill
from measuring import Bench, median

from lintas.formats.access import AccessTable
from lintas.model.header import Mode
from lintas.model.marking import Protected, Tlp
from lintas.model.viewer import Viewer
from lintas.node.node import Node
from lintas.policy.access import Thing, access, scope_of, visible_sql
from lintas.ports.store import Snapshot, Transaction
from lintas.store.sqlite import FILE_NAME
from lintas.testing import OFFICER
from lintas.views.people_rows import ClassedRow, NeedRow

LISTED: Final = 10_000
LISTS: Final = frozenset({"case-1", "case-7", "case-19"})
VIEWER: Final = Viewer(id="officer-0001", clearance=Tlp.AMBER, role="case_officer", lists=LISTS)
KINDS: Final = (*(frozenset[str]() for _ in range(3)), frozenset({"case-1"}), frozenset({"case-1", "case-2"}))
CASES: Final[dict[str, Thing | None]] = {
    "without a thing": None,
    "about a marked message": Thing(tlp=int(Tlp.GREEN)),
    "about a victim on a list": Thing(tlp=int(Tlp.GREEN), classes=Protected.VICTIM.bit, lists=frozenset({"case-1"})),
}
CEDAR: Final = """
permit (principal, action == Action::"read", resource) when {
  principal.content && resource.tlp <= principal.clearance && !resource.closed &&
  principal.lists.containsAll(resource.lists)
};
"""


def microseconds(do: Callable[[], object], count: int, rounds: int) -> float:
    """The median of some turns, a call."""
    turns = []
    for _ in range(rounds):
        start = time.perf_counter()
        for _ in range(count):
            do()
        turns.append((time.perf_counter() - start) / count * 1e6)
    return median(turns)


def measure_decisions(bench: Bench, table: AccessTable) -> None:
    """One decision of ours, of a plain rule that knows role and clearance alone, and of Cedar."""
    count = 2_000 if bench.small else 100_000
    plain = {(role, code) for code, row in table.activities.items() for role in row.roles}
    for name, thing in CASES.items():
        given = () if thing is None else (thing,)
        took = microseconds(lambda given=given: access(table, VIEWER, "read", *given), count, bench.rounds)
        bench.say(f"a decision {name}", took, "us", target="< 5")
    took = microseconds(
        lambda: (VIEWER.role, "read") in plain and int(Tlp.GREEN) <= VIEWER.clearance, count, bench.rounds
    )
    bench.say("a plain rule: role and clearance in a dictionary", took, "us")
    if importlib.util.find_spec("cedarpy") is None:
        print("cedarpy is not installed: no figure beside ours")
        return
    cedar: Any = importlib.import_module("cedarpy")
    person: dict[str, object] = {"content": True, "clearance": 2, "lists": sorted(LISTS)}
    message: dict[str, object] = {"tlp": 1, "closed": False, "lists": ["case-1"]}
    entities: list[dict[str, object]] = [
        {"uid": {"type": kind, "id": "one"}, "attrs": attrs, "parents": []}
        for kind, attrs in (("User", person), ("Message", message))
    ]
    request = {"principal": 'User::"one"', "action": 'Action::"read"', "resource": 'Message::"one"', "context": {}}
    took = microseconds(lambda: cedar.is_authorized(request, CEDAR, entities), count // 100, bench.rounds)
    bench.say("cedarpy: the same three rules about a message", took, "us")


def measure_list(bench: Bench, node: Node, table: AccessTable, database: Path) -> None:
    """10,000 messages, of which some are marked strictly, closed or restricted, filtered for one person."""
    services = node.services
    viewer = replace(VIEWER, clearance=Tlp.RED)
    owner = replace(OFFICER, id="local:bench", opens=frozenset(Protected))
    scope, everything = scope_of(table, viewer), scope_of(table, owner)
    seqs = services.store.read(lambda s: s.places_of("item"))[:LISTED]
    heads = services.store.read(lambda s: s.heads(seqs, scope=everything))
    lists = {seq: KINDS[number % len(KINDS)] for number, seq in enumerate(seqs)}
    closed = [heads[seq].id for seq in seqs[::7]]

    def mark(tx: Transaction) -> None:
        tx.apply([ClassedRow(tuple(closed), Protected.CT.bit, is_added=True)])
        for name in sorted({name for names in KINDS for name in names}):
            ids = tuple(heads[seq].id for seq in seqs if name in lists[seq])
            tx.apply([NeedRow(list=name, action="restricted", person="", messages=ids, by="officer-0001", at="")])

    services.store.write(mark)
    shut = set(closed)
    things = {
        seq: Thing(tlp=heads[seq].tlp, classes=Protected.CT.bit * (heads[seq].id in shut), lists=lists[seq])
        for seq in seqs
    }

    def by_sql(snapshot: Snapshot) -> int:
        return len(snapshot.heads(seqs, scope=scope))

    def row_by_row(snapshot: Snapshot) -> int:
        heads = snapshot.heads(seqs, scope=everything)
        return sum(access(table, viewer, "read", things[seq]).allowed for seq in heads)

    for name, ask in {"SQL, each row read": by_sql, "Python, each row read and decided": row_by_row}.items():
        took = [timed(services.store, ask) for _ in range(max(bench.rounds, 3))]
        bench.say(
            f"a list of {len(seqs):,} filtered in {name}", median([one for one, _ in took]), "ms", shown=took[0][1]
        )
    conditions = visible_sql("m")
    statement = f"SELECT m.seq, m.id, m.tlp FROM message m WHERE m.kind = 'item' AND {conditions}"  # noqa: S608  # ours
    with closing(sqlite3.connect(database)) as connection:
        turns = []
        for _ in range(max(bench.rounds, 3)):
            start = time.perf_counter()
            shown = len(connection.execute(statement, dict(scope.sql)).fetchall())
            turns.append((time.perf_counter() - start) * 1e3)
    bench.say(f"a list of {len(seqs):,} filtered by one query", median(turns), "ms", target="< 50", shown=shown)


def timed(store: Any, ask: Callable[[Snapshot], int]) -> tuple[float, int]:
    """Milliseconds, and how many are shown."""
    start = time.perf_counter()
    shown = store.read(ask)
    return (time.perf_counter() - start) * 1e3, shown


def main() -> None:
    """Run it."""
    bench = Bench("people_policy", "what the access policy takes to decide, and to filter a list")
    with bench.folder() as folder:
        Node.create(folder / "node", name="Bench", country="MY", mode=Mode.EXERCISE)
        with Node.open(folder / "node") as node:
            table = node.services.packs.access
            measure_decisions(bench, table)
            fill(node, 1_000 if bench.small else LISTED)
            measure_list(bench, node, table, folder / "node" / FILE_NAME)
    bench.finish()


if __name__ == "__main__":
    main()
