# SPDX-License-Identifier: Apache-2.0
"""What banks of an exercise send is read by the readers of payments, and the trace of it is the truth."""

import json
from collections.abc import Iterator

import msgspec
import pytest

from lintas.config.packs import read_packs
from lintas.formats.money.reader import PaymentsReader
from lintas.model.money import Injected, LedgerRows, Method, Seed, TraceQuery, country_of
from lintas.model.reading import Derived, ReadOptions
from lintas.tracing.reference import trace
from lintas.tracing.table import from_rows
from tests.unit.exercises.worlds import EVERY, SEEDS, files, world

READ_NOW = (".pacs008.xml", ".camt053.xml", ".mt940.txt", ".csv", ".xml")


def read(made: dict[str, bytes], path: str) -> Derived:
    mapping = made[path.replace(".csv", ".mapping.json")].decode() if path.endswith(".csv") else ""
    options = ReadOptions(region=path.split("/")[1], mapping=mapping)
    [slice_] = PaymentsReader().read(made[path], options, read_packs(None)).slices
    return slice_.derived


def payments_of(made: dict[str, bytes], part: str) -> Iterator[str]:
    return (path for path in made if f"/{part}/" in path and path.endswith(READ_NOW))


@pytest.mark.parametrize("seed", range(SEEDS))
def test_every_file_of_payments_is_read_whole(seed: int) -> None:
    made = files(seed, EVERY)
    paths = [*payments_of(made, "payments"), *payments_of(made, "statements"), *payments_of(made, "goaml")]
    assert len(paths) >= 25
    for path in paths:
        derived = read(made, path)
        assert derived.rejected == (), path
        if "mt940" not in path:  # whose times are days: a day that is not over is not taken as complete
            assert derived.notes == (), path


@pytest.mark.parametrize("seed", range(SEEDS))
def test_the_trace_of_all_statements_is_the_truth_of_the_generator(seed: int) -> None:
    made = files(seed)
    paths = [*payments_of(made, "statements"), *(path for path in made if path.endswith(".chain.csv"))]
    rows = [(path, msgspec.msgpack.decode(read(made, path).ledger, type=LedgerRows)) for path in paths]
    truth = json.loads(made["truth.json"])
    seeds = tuple(Seed(label=one["unit"], account=one["account"], payment=one["payment"]) for one in truth["units"])
    result = trace(from_rows(rows), TraceQuery(seeds=seeds, method=Method.FIFO, labels=True))
    held = {(one.account, one.currency, label): minor for one in result.held for label, minor in one.labels}
    last = {(one["account"], one["currency"], one["unit"]): one["minor"] for one in truth["whereabouts"]}
    assert held == {place: minor for place, minor in last.items() if minor}
    assert result.conserved
    moved = {(one["payment"], one["unit"]): (one["minor"], one["hop"]) for one in truth["moves"] if one["hop"]}
    flows = {(one.payment, label): (minor, one.depth) for one in result.flows for label, minor in one.labels}
    assert {key: minor for key, (minor, _) in flows.items() if key in moved} == {
        key: minor for key, (minor, _) in moved.items()
    }
    assert result.objections == ()


@pytest.mark.parametrize("seed", range(SEEDS))
def test_nodes_that_each_read_their_own_banks_and_hand_on_come_to_the_same_truth(seed: int) -> None:
    made = files(seed)
    truth = json.loads(made["truth.json"])
    nodes = world(seed).nodes
    tables = {}
    for node in nodes:
        paths = [path for path in payments_of(made, "statements") if path.startswith(f"nodes/{node}/")]
        paths += [path for path in made if path.endswith(".chain.csv") and path.startswith(f"nodes/{node}/")]
        tables[node] = from_rows(
            [(path, msgspec.msgpack.decode(read(made, path).ledger, type=LedgerRows)) for path in paths]
        )
    handed: dict[str, dict[str, Injected]] = {node: {} for node in nodes}
    held: dict[tuple[str, str, str], int] = {}
    for _ in range(12):  # borders, and money that comes back
        before, held = {node: dict(found) for node, found in handed.items()}, {}
        for node in nodes:
            seeds = tuple(
                Seed(label=one["unit"], account=one["account"], payment=one["payment"])
                for one in truth["units"]
                if country_of(one["account"]) == node
            )
            injected = tuple(handed[node].values())
            if not seeds and not injected:
                continue
            query = TraceQuery(seeds=seeds, method=Method.FIFO, labels=True, own=(node,), injected=injected)
            result = trace(tables[node], query)
            held |= {(one.account, one.currency, label): minor for one in result.held for label, minor in one.labels}
            for flow in result.flows:
                there = country_of(flow.payee)
                if flow.segments and there in nodes and there != node:
                    handed[there][flow.payment] = Injected(
                        payment=flow.payment,
                        payer=flow.payer,
                        payee=flow.payee,
                        debit_at=flow.at,
                        minor=flow.minor,
                        currency=flow.currency,
                        segments=flow.segments,
                    )
        if handed == before:
            break
    last = {(one["account"], one["currency"], one["unit"]): one["minor"] for one in truth["whereabouts"]}
    assert held == {place: minor for place, minor in last.items() if minor}
