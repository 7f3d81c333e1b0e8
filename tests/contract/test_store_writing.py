# SPDX-License-Identifier: Apache-2.0
"""How a store writes: many callers in one commit, each alone with its own failure, and only one writer at a time."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from lintas.crypto.merkle import root_at, root_of
from lintas.errors import Fatal, LintasError, NodeBusy, NodeDamaged, StorageFailed, WrongUse
from lintas.limits import GROUP_COMMIT_JOBS_MAX
from lintas.ports.store import Snapshot, Store, Transaction
from lintas.testing import up_to
from lintas.views.rows import DerivedRows
from lintas.work.appending import Prepared
from tests.contract.conftest import OpenStore
from tests.faults.scribe import Scribe, put, said

HIGH = 4


class Group:
    """Jobs that go into one commit: they are given in order while the writer is busy, and run when it is let go."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._threads = ThreadPoolExecutor(16)
        self._free = threading.Event()
        self._blocked = threading.Event()
        self._first = self._threads.submit(store.write, self._block)
        assert self._blocked.wait(10)

    def _block(self, tx: Transaction) -> None:
        self._blocked.set()
        assert self._free.wait(30)

    def add(self, job: Callable[[Transaction], Any]) -> "Future[Any]":
        """Give a job to the writer; it waits behind those before it."""
        queue = self._store.inner._writer._queue  # type: ignore[attr-defined]  # only inside can it be seen to wait
        waiting = queue.qsize()
        done = self._threads.submit(self._store.write, job)
        while queue.qsize() == waiting and not done.done():
            pass  # the thread is about to put it there
        return done

    def run(self) -> None:
        """Let the writer go on."""
        self._free.set()
        self._first.result(30)
        self._threads.shutdown()


@contextmanager
def group(store: Store) -> Iterator[Group]:
    """Gather jobs of one commit; they have run when the block ends."""
    gathered = Group(store)
    try:
        yield gathered
    finally:
        gathered.run()


def appending(entry: Prepared) -> Callable[[Transaction], list[int]]:
    """A job that appends one entry and returns its place."""
    return lambda tx: put(tx, entry)


def failing(*entries: Prepared, error: Exception) -> Callable[[Transaction], None]:
    """A job that appends, and then fails."""

    def job(tx: Transaction) -> None:
        put(tx, *entries)
        raise error

    return job


def commits(store: Store) -> list[str]:
    """Watch which commits the writer makes from now on."""
    seen: list[str] = []
    connection = store.inner._writer._connection  # type: ignore[attr-defined]  # the engine's own trace tells
    connection.set_trace_callback(lambda sql: seen.append(sql) if sql in {"COMMIT", "ROLLBACK"} else None)
    return seen


def test_jobs_that_wait_together_are_committed_together(store: Store, scribe: Scribe) -> None:
    seen = commits(store)
    with group(store) as jobs:
        done = [jobs.add(appending(scribe.item())) for _ in range(12)]
    assert sorted(seq for one in done for seq in one.result()) == list(range(12))
    assert seen == ["COMMIT", "COMMIT"]  # of the job that they waited for, and of all of them


def test_a_failing_job_undoes_nothing_of_its_neighbours(store: Store, scribe: Scribe) -> None:
    entries = [scribe.item(said(f"e{n}", name=f"Contoh {n}")) for n in range(3)]
    with group(store) as jobs:
        first = jobs.add(lambda tx: put(tx, entries[0]))
        second = jobs.add(failing(entries[1], error=WrongUse("no")))
        third = jobs.add(lambda tx: put(tx, entries[2]))
    assert (first.result(), third.result()) == ([0], [1])
    with pytest.raises(WrongUse, match="no"):
        second.result()
    heads = store.read(lambda s: list(s.entries(0, 9)))
    assert [head.id for head in heads] == [entries[0].id, entries[2].id]
    leaves = [entries[0].signed.leaf, entries[2].signed.leaf]
    assert store.read(lambda s: root_at(2, s.tile)) == root_of(leaves)


def test_words_that_only_a_failing_job_used_leave_nothing_behind(store: Store, scribe: Scribe) -> None:
    """The next job uses the same words: it must find them as if the failed one had never been."""
    again = [said("shared", name="Ali bin Contoh", phone="+60123456789", target="boss") for _ in range(3)]
    one, two = scribe.item(again[0]), scribe.item(again[1])
    with group(store) as jobs:
        jobs.add(lambda tx: put(tx, scribe.item(said("first", name="Kept before"))))
        failed = jobs.add(failing(one, error=WrongUse("no")))
        jobs.add(lambda tx: put(tx, two))
    assert isinstance(failed.exception(), WrongUse)
    assert [f.value for f in store.read(lambda s: s.worded(("ali",), phrase=False, scope=up_to(HIGH), limit=9))] == [
        "Ali bin Contoh"
    ]
    assert [f.value for f in store.read(lambda s: s.worded(("kept",), phrase=False, scope=up_to(HIGH), limit=9))] == [
        "Kept before"
    ]
    assert [
        hit.entity
        for hit in store.read(lambda s: list(s.hits([(0, "phone", "+60123456789")], scope=up_to(4), limit=9)))
    ] == ["shared"]
    grouped = store.write(lambda tx: tx.views_digest())
    rebuilt = store.write(lambda tx: rebuild_of(tx, [(said("first", name="Kept before"), 0), (again[2], 1)]))
    assert {view: grouped[view] for view in rebuilt} == rebuilt


def rebuild_of(tx: Transaction, messages: list[tuple[Any, int]]) -> dict[str, tuple[int, str]]:
    """Views that depend on nothing but what messages say, built anew."""
    tx.empty_views()
    tx.apply([DerivedRows(seq, derived) for derived, seq in messages])
    digests = tx.views_digest()
    return {
        view: digests[view] for view in ("entity", "appearance", "value", "statement", "identifier", "posting", "gram")
    }


@pytest.mark.parametrize("size", [1, 5])
def test_a_row_that_the_schema_refuses_is_its_callers_error_alone(store: Store, scribe: Scribe, size: int) -> None:
    held = scribe.item()
    store.write(lambda tx: put(tx, held))
    with group(store) as jobs:
        before = [jobs.add(appending(scribe.item())) for _ in range(size)]
        refused = jobs.add(lambda tx: put(tx, held))
        after = [jobs.add(appending(scribe.item())) for _ in range(size)]
    assert [one.result() for one in (*before, *after)] == [[n] for n in range(1, 2 * size + 1)]
    assert isinstance(refused.exception(), NodeDamaged)


def test_whatever_a_job_raises_reaches_its_caller(store: Store, scribe: Scribe) -> None:
    for error in (KeyError("a bug"), WrongUse("ours"), OSError(5, "of a job's own file"), ZeroDivisionError()):
        with pytest.raises(type(error)) as caught:
            store.write(failing(scribe.item(), error=error))
        assert caught.value is error
    assert store.read(lambda s: s.size()) == 0


def test_a_disk_that_refuses_ends_the_whole_group_and_nothing_of_it_is_kept(store: Store, scribe: Scribe) -> None:
    with group(store) as jobs:
        neighbour = jobs.add(lambda tx: put(tx, scribe.item()))
        refused = jobs.add(failing(scribe.item(), error=sqlite3.OperationalError("database or disk is full")))
    for done in (neighbour, refused):
        error = done.exception()
        assert isinstance(error, StorageFailed)
        assert "full" in error.message
        assert "Free some space" in error.hint
    assert store.read(lambda s: s.size()) == 0
    store.write(lambda tx: put(tx, scribe.item()))
    assert store.read(lambda s: s.size()) == 1


def test_more_jobs_than_one_commit_takes_are_all_done(store: Store, scribe: Scribe) -> None:
    entries = [scribe.account() for _ in range(GROUP_COMMIT_JOBS_MAX + 40)]
    with ThreadPoolExecutor(40) as threads:
        seqs = list(threads.map(lambda entry: store.write(lambda tx: put(tx, entry)), entries))
    assert sorted(seq for one in seqs for seq in one) == list(range(len(entries)))


def test_who_gave_a_job_before_the_closing_gets_its_answer(open_store: OpenStore, scribe: Scribe) -> None:
    store = open_store()
    with ThreadPoolExecutor(1) as closing:
        with group(store) as jobs:
            done = [jobs.add(appending(scribe.item())) for _ in range(5)]
            closed = closing.submit(store.close)
        closed.result(30)
    assert [one.result(10) for one in done] == [[0], [1], [2], [3], [4]]
    with pytest.raises(LintasError, match="closed"):
        store.write(lambda tx: put(tx, scribe.item()))
    assert open_store().read(lambda s: s.size()) == 5


def test_closing_twice_is_no_error(open_store: OpenStore) -> None:
    store = open_store()
    store.close()
    store.close()


def test_a_second_writer_is_refused_while_the_first_holds_the_node(open_store: OpenStore, scribe: Scribe) -> None:
    first = open_store()
    with pytest.raises(NodeBusy):
        open_store()
    first.write(lambda tx: put(tx, scribe.item()))
    first.close()
    assert open_store().read(lambda s: s.size()) == 1


def test_a_writer_that_lost_the_node_unknowingly_commits_nothing_more(
    open_store: OpenStore, scribe: Scribe, tmp_path: Path
) -> None:
    old = open_store()
    old.write(lambda tx: put(tx, scribe.item()))
    (tmp_path / "node" / "writer.lock").unlink()  # as an operator may: "it was in the way"
    new = open_store()
    with pytest.raises(Fatal):
        old.write(lambda tx: put(tx, scribe.item()))
    with pytest.raises(Fatal):
        old.write(lambda tx: tx.put_meta("state", "whatever"))
    new.write(lambda tx: put(tx, scribe.item()))
    assert new.read(lambda s: (s.size(), s.meta("state"))) == (2, None)


def test_readers_see_one_moment_while_others_write(store: Store, scribe: Scribe) -> None:
    store.write(lambda tx: put(tx, scribe.item()))
    is_reading, may_end = threading.Event(), threading.Event()

    def look(snapshot: Snapshot) -> tuple[int, int]:
        first = snapshot.size()
        is_reading.set()
        assert may_end.wait(30)
        return first, snapshot.size()

    with ThreadPoolExecutor(1) as threads:
        looking = threads.submit(store.read, look)
        assert is_reading.wait(10)
        store.write(lambda tx: put(tx, scribe.item()))
        assert store.read(lambda s: s.size()) == 2
        may_end.set()
        assert looking.result(10) == (1, 1)


def test_more_readers_than_connections_wait_for_their_turn(store: Store, scribe: Scribe) -> None:
    store.write(lambda tx: put(tx, scribe.item()))
    with ThreadPoolExecutor(40) as threads:
        assert set(threads.map(lambda _: store.read(lambda s: s.size()), range(200))) == {1}


def test_a_read_that_fails_leaves_the_store_readable(store: Store) -> None:
    def fail(snapshot: Snapshot) -> None:
        snapshot.size()
        raise WrongUse("no")

    for _ in range(20):  # more than there are connections
        with pytest.raises(WrongUse):
            store.read(fail)
    assert store.read(lambda s: s.size()) == 0


def test_many_writers_and_readers_lose_and_double_nothing(store: Store) -> None:
    def work(line: int) -> list[str]:
        scribe = Scribe(after=line * 1000)
        made = []
        for n in range(15):
            entry = scribe.item(said(f"{line}/{n}", name=f"Contoh {n % 3}", phone=f"+6012345678{n % 3}"))
            store.write(lambda tx, entry=entry: put(tx, entry))  # type: ignore[misc]  # of this turn
            assert store.read(lambda s, entry=entry: s.head(entry.id, scope=up_to(HIGH))) is not None  # type: ignore[misc]
            made.append(str(entry.id))
        return made

    with ThreadPoolExecutor(8) as threads:
        made = [id_ for ids in threads.map(work, range(8)) for id_ in ids]
    heads = store.read(lambda s: list(s.entries(0, 9999)))
    assert sorted(str(head.id) for head in heads) == sorted(made)
    assert [head.seq for head in heads] == list(range(len(made)))
    hits = store.read(lambda s: list(s.hits([(0, "phone", "+60123456780")], scope=up_to(HIGH), limit=999)))
    assert len(hits) == 40
    found = store.read(lambda s: s.worded(("contoh",), phrase=False, scope=up_to(HIGH), limit=999))
    assert len(found) == 120
    assert store.check() == []


def test_what_is_handed_over_is_on_disk_once_it_was_waited_for(store: Store, scribe: Scribe) -> None:
    entries = [scribe.item(said("e", name=f"Contoh {n}", phone="+60123456789")) for n in range(3)]
    waits = [store.begin(lambda tx, entry=entry: put(tx, entry)) for entry in entries]  # type: ignore[misc]  # this turn's
    for is_on_disk in waits:
        is_on_disk()
    assert [entry.id for entry in store.read(lambda s: list(s.entries(0, 9)))] == [entry.id for entry in entries]


def test_what_a_handed_over_job_raises_is_raised_by_who_waits(store: Store) -> None:
    def refuse(_tx: Transaction) -> None:
        raise WrongUse("no")

    is_on_disk = store.begin(refuse)
    with pytest.raises(WrongUse):
        is_on_disk()
