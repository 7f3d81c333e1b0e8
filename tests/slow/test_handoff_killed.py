# SPDX-License-Identifier: Apache-2.0
"""A desk that is killed while it hands money on: it went once or not at all, and the next press does the rest."""

from collections import Counter
from pathlib import Path
from random import Random
from typing import Final

import pytest

from lintas.model.header import Mode
from lintas.model.kept_trace import Told
from lintas.node.node import Node
from lintas.ports.store import Snapshot
from lintas.testing import OFFICER, shared_readers
from lintas.work.peering import add_peer, describe
from lintas.work.proving import verify
from lintas.work.services import no_progress
from lintas.work.tracing_jobs.opening import Wanted, open_trace
from tests.faults.killing import SOAK, how_long, reopened, run_or_kill
from tests.scenario.money import Line, book

pytestmark = [pytest.mark.slow]

KILLS: Final = 60 if SOAK else 4
PAYMENTS: Final = 8  # over the border, each to be handed on
MULE: Final = "MBBEMYKL:1000000002"


def paid() -> list[Line]:
    """From one account to many in SG."""
    return [
        Line(payer=MULE, payee=f"CONTSGSG:200000000{one}", paid="100.00", at=f"2026-02-28T01:0{one}:00Z", number=one)
        for one in range(PAYMENTS)
    ]


def each_once(snapshot: Snapshot, opener: str, ref: str) -> int:
    """How many payments were handed on; each once, and with its place in the stream."""
    facts = [one for one in snapshot.trace_facts(opener, ref) if one.what is Told.HANDED]
    counts = Counter(one.said["payment"]["reference"] for one in facts)
    assert set(counts.values()) <= {1}
    for one in facts:
        assert len(snapshot.releases_of(one.message)) == 1, "it is in the other desk's stream"
    assert len(counts) in (0, PAYMENTS), "one press is one transaction"
    return len(counts)


def test_a_release_that_is_killed_hands_each_payment_on_once_or_not(tmp_path: Path) -> None:
    folder = tmp_path / "asc"
    for place, country in ((folder, "MY"), (tmp_path / "sg", "SG")):
        Node.create(place, name=f"Desk {country}", country=country, mode=Mode.EXERCISE)
    with (
        Node.open(folder, readers=shared_readers()) as node,
        Node.open(tmp_path / "sg", readers=shared_readers()) as other,
    ):
        add_peer(node.services, OFFICER, describe(other.services))
        book(node, paid(), legs="payer")
        own = node.services.keys.node
    seed = f"{MULE}@2026-02-28:{100 * PAYMENTS}.00"
    opened = opened_trace(folder, seed)
    takes_s = how_long("tracing", folder, "show", opened)
    random = Random(11)
    went = 0
    for _ in range(KILLS):
        run_or_kill("tracing", folder, "release", opened, after_s=random.uniform(0.8, 2.5) * takes_s)
        with reopened(folder) as node:
            assert verify(node.services, progress=no_progress).ok
            went = node.services.store.read(lambda snapshot: each_once(snapshot, own, opened))
    if not went:
        assert run_or_kill("tracing", folder, "release", opened, after_s=120) is not None
    with reopened(folder) as node:
        assert node.services.store.read(lambda snapshot: each_once(snapshot, own, opened)) == PAYMENTS
        assert verify(node.services, progress=no_progress).ok


def opened_trace(folder: Path, seed: str) -> str:
    """The reference of a new trace."""
    with reopened(folder) as node:
        done = open_trace(node.services, OFFICER, Wanted(seeds=(seed,)))
    assert [one.rule for one in done.kept] == ["unattended"] * PAYMENTS
    return done.shown.line.ref
