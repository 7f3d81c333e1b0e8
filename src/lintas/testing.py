# SPDX-License-Identifier: Apache-2.0
"""Twins of the ports and whole small nodes, for our tests and for those of others who build on Lintas.

with a_node(tmp_path, clock=FakeClock()) as node:
take(node.services, OFFICER, [TakenFile(name="a.txt", data=b"...")], options=TakeOptions(), progress=no_progress)

with two_nodes(tmp_path) as (here, there):
share(here.services, OFFICER, [message], to=[there.services.keys.node])
carry(here, there)
"""

import atexit
import functools
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from lintas.model.header import Mode
from lintas.model.marking import Tlp
from lintas.model.scope import Scope
from lintas.model.viewer import Viewer
from lintas.node.node import Node
from lintas.sandbox.pool import ReaderPool
from lintas.work.exchange import next_batch, our_cursor, receive_batch
from lintas.work.peering import add_peer, describe

OFFICER: Final = Viewer(id="officer-0001", clearance=Tlp.RED, role="duty_officer")
CLERK: Final = Viewer(id="officer-0002", clearance=Tlp.GREEN, role="duty_officer")  # sees little: the gate's first test


class FakeClock:
    """A clock that moves only when told."""

    def __init__(self, start: datetime = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)) -> None:
        self._now = start
        self._passed_s = 0.0
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """The time it was set to."""
        with self._lock:
            return self._now

    def monotonic_s(self) -> float:
        """Seconds it was moved forward in all."""
        with self._lock:
            return self._passed_s

    def forward(self, **by: float) -> None:
        """Let time pass: `forward(minutes=5)`."""
        step = timedelta(**by)
        assert step >= timedelta(0), "time does not run back; use `set_back` for a broken clock"
        with self._lock:
            self._now += step
            self._passed_s += step.total_seconds()

    def set_back(self, **by: float) -> None:
        """Break the wall clock, as an operator may: durations go on."""
        with self._lock:
            self._now -= timedelta(**by)


class MemoryBlobs:
    """The Blobs port in memory."""

    def __init__(self) -> None:
        self._held: dict[str, bytes] = {}

    def put(self, name: str, data: bytes) -> None:
        """Keep a blob."""
        self._held[name] = data

    def get(self, name: str) -> bytes | None:
        """The bytes, or None."""
        return self._held.get(name)

    def remove(self, name: str) -> None:
        """Remove it; that it is gone already is no error."""
        self._held.pop(name, None)

    def names(self) -> Iterator[str]:
        """All names."""
        yield from sorted(self._held)

    def sweep(self, needed: Iterable[str]) -> int:
        """Remove blobs that nothing needs; returns how many."""
        orphans = self._held.keys() - set(needed)
        for name in orphans:
            del self._held[name]
        return len(orphans)

    def size_bytes(self) -> int:
        """Bytes of all blobs."""
        return sum(map(len, self._held.values()))


@functools.cache
def shared_readers() -> ReaderPool:
    """Reader processes that all small nodes of this process share; they end with it.

    To start a reader takes longer than most tests; what it read for one node tells it nothing about another.
    """
    pool = ReaderPool(workers=2)
    atexit.register(pool.close)
    return pool


@contextmanager
def a_node(
    folder: Path, *, clock: FakeClock | None = None, mode: Mode = Mode.EXERCISE, country: str = "MY"
) -> Iterator[Node]:
    """A node in a sub-folder, made if it is not there, opened for writing, closed at the end."""
    with _opened(folder / "node", "Example anti-scam centre", country, mode, clock or FakeClock()) as node:
        yield node


@contextmanager
def two_nodes(
    folder: Path, *, clock: FakeClock | None = None, mode: Mode = Mode.EXERCISE
) -> Iterator[tuple[Node, Node]]:
    """Two nodes, of MY and SG, that have each other's descriptor. Nobody introduced them: exercises need no call."""
    used = clock or FakeClock()
    with (
        _opened(folder / "my", "Example anti-scam centre", "MY", mode, used) as here,
        _opened(folder / "sg", "Sample crime desk", "SG", mode, used) as there,
    ):
        for one, other in ((here, there), (there, here)):
            if one.services.store.read(lambda snapshot: snapshot.peers()) == []:
                add_peer(one.services, OFFICER, describe(other.services))
        yield here, there


def carry(sender: Node, recipient: Node) -> int:
    """Carry all that a node has for another, without a network; returns how many messages arrived."""
    node, to = sender.services.keys.node, recipient.services.keys.node
    arrived = 0
    while True:
        cursor = recipient.services.store.read(lambda snapshot: our_cursor(snapshot, node))
        batch = next_batch(sender.services, to, cursor)
        if batch is None:
            return arrived
        arrived += receive_batch(recipient.services, node, batch.document).messages


@contextmanager
def _opened(place: Path, name: str, country: str, mode: Mode, clock: FakeClock) -> Iterator[Node]:
    if not place.exists():
        Node.create(place, name=name, country=country, mode=mode, clock=clock)
    with Node.open(place, clock=clock, readers=shared_readers()) as node:
        yield node


def up_to(level: int) -> Scope:
    """What a reader sees who is cleared up to a TLP and on no need-to-know list."""
    return Scope(clearance=level)
