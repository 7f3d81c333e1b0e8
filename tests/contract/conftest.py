# SPDX-License-Identifier: Apache-2.0
"""Every adapter of a port, by name: one suite runs over all of them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lintas.node.clock import SystemClock
from lintas.node.events import LocalEvents
from lintas.ports.blobs import Blobs
from lintas.ports.clock import Clock
from lintas.ports.events import Events
from lintas.ports.store import Store
from lintas.store.blobs import FileBlobs
from lintas.store.lock import WriterLock
from lintas.store.sqlite import FILE_NAME, SqliteStore
from lintas.testing import FakeClock, MemoryBlobs
from tests.faults.peer_scribe import PEER_KEY, THIRD_KEY, PeerScribe
from tests.faults.scribe import Scribe

OpenStore = Callable[[], Store]


def open_sqlite(folder: Path) -> Store:
    """A SQLite store that lets go of its lock when closed, as `Node` does."""
    folder.mkdir(exist_ok=True)
    lock = WriterLock.take(folder)
    store = SqliteStore(folder, lock=lock, is_new=not (folder / FILE_NAME).exists())
    return LockedStore(store, lock)


class LockedStore:
    """A store together with the lock that its opener holds."""

    def __init__(self, store: SqliteStore, lock: WriterLock) -> None:
        self.inner = store
        self._lock = lock
        self.read = store.read
        self.write = store.write
        self.begin = store.begin
        self.backup = store.backup
        self.settle = store.settle
        self.check = store.check
        self.size_bytes = store.size_bytes

    def close(self) -> None:
        """Close the store, then let go of the lock."""
        self.inner.close()
        self._lock.release()


STORES: dict[str, Callable[[Path], Store]] = {"sqlite": open_sqlite}
BLOBS: dict[str, Callable[[Path], Blobs]] = {
    "file": lambda folder: FileBlobs(folder / "blobs"),
    "memory": lambda _folder: MemoryBlobs(),
}
CLOCKS: dict[str, Callable[[], Clock]] = {"system": SystemClock, "fake": FakeClock}
EVENTS: dict[str, Callable[[], Events]] = {"local": LocalEvents}


@pytest.fixture(params=sorted(STORES))
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenStore]:
    """Open the same store, as often as wanted; each is closed at the end if it was not before."""
    opened: list[Store] = []

    def open_() -> Store:
        store = STORES[request.param](tmp_path / "node")
        opened.append(store)
        return store

    yield open_
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: OpenStore) -> Store:
    """One open store."""
    return open_store()


@pytest.fixture
def scribe() -> Scribe:
    """Who signs the entries of one test."""
    return Scribe()


@pytest.fixture
def us() -> PeerScribe:
    """Who signs for this node."""
    return PeerScribe()


@pytest.fixture
def peer() -> PeerScribe:
    """Who signs for a peer."""
    return PeerScribe(after=100_000, key=PEER_KEY)


@pytest.fixture
def third() -> PeerScribe:
    """Who signs for another peer."""
    return PeerScribe(after=200_000, key=THIRD_KEY)


@pytest.fixture(params=sorted(BLOBS))
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    """Blobs of one adapter, empty."""
    (tmp_path / "blobs").mkdir()
    return BLOBS[request.param](tmp_path)


@pytest.fixture(params=sorted(CLOCKS))
def clock(request: pytest.FixtureRequest) -> Clock:
    """A clock of one adapter."""
    return CLOCKS[request.param]()


@pytest.fixture(params=sorted(EVENTS))
def events(request: pytest.FixtureRequest) -> Events:
    """Events of one adapter."""
    return EVENTS[request.param]()
