# SPDX-License-Identifier: Apache-2.0
"""The log of a store: entries, payloads, tiles, packs, checkpoints, and the node's own state."""

import sqlite3
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lintas.crypto.envelope import leaf_data
from lintas.crypto.merkle import leaf_hash, root_at, root_of
from lintas.errors import NodeDamaged
from lintas.model.found import CheckpointRow
from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.ports.store import Store, Transaction
from tests.contract.conftest import OpenStore
from tests.faults.scribe import Scribe, put

UNKNOWN = MessageId("0" * 64)


def test_a_new_store_is_empty(store: Store) -> None:
    assert store.read(lambda s: (s.size(), list(s.entries(0, 9)), s.checkpoint(), s.tile(0, 0))) == (0, [], None, b"")


def test_entries_stand_in_the_order_of_their_appending(store: Store, scribe: Scribe) -> None:
    entries = [scribe.item() for _ in range(5)]
    assert store.write(lambda tx: put(tx, *entries)) == [0, 1, 2, 3, 4]
    heads = store.read(lambda s: list(s.entries(0, 99)))
    assert [head.seq for head in heads] == [0, 1, 2, 3, 4]
    assert [head.id for head in heads] == [entry.id for entry in entries]
    assert [head.header for head in heads] == [entry.signed.header_bytes for entry in entries]
    assert [head.signature for head in heads] == [entry.signed.signature for entry in entries]


def test_a_range_of_entries_includes_its_start_and_not_its_stop(store: Store, scribe: Scribe) -> None:
    store.write(lambda tx: put(tx, *(scribe.item() for _ in range(5))))
    assert [head.seq for head in store.read(lambda s: list(s.entries(1, 3)))] == [1, 2]
    assert store.read(lambda s: list(s.entries(5, 9))) == []


def test_an_entry_is_found_by_its_id(store: Store, scribe: Scribe) -> None:
    entry = scribe.item()
    store.write(lambda tx: put(tx, scribe.item(), entry))
    head = store.read(lambda s: s.entry_by_id(entry.id))
    assert head is not None
    assert head.seq == 1
    assert store.read(lambda s: s.entry_by_id(UNKNOWN)) is None


def test_the_same_entry_never_stands_twice(store: Store, scribe: Scribe) -> None:
    entry = scribe.item()
    store.write(lambda tx: put(tx, entry))
    with pytest.raises(NodeDamaged):
        store.write(lambda tx: put(tx, entry))
    assert store.read(lambda s: s.size()) == 1
    store.write(lambda tx: put(tx, scribe.item()))
    assert store.read(lambda s: [head.seq for head in s.entries(0, 9)]) == [0, 1]


def test_the_same_control_entry_said_again_is_the_entry_that_stands(store: Store, scribe: Scribe) -> None:
    """It has no salt: two clicks of one person within a millisecond make the same header."""
    entry = scribe.account()
    store.write(lambda tx: put(tx, scribe.item()))
    assert [store.write(lambda tx: put(tx, entry)) for _ in range(2)] == [[1], [1]]
    assert store.write(lambda tx: put(tx, entry, entry, scribe.item())) == [1, 1, 2]
    assert store.read(lambda s: s.size()) == 3


def test_a_payload_comes_back_byte_for_byte(store: Store, scribe: Scribe) -> None:
    data = bytes(range(256)) * 3
    small, large = scribe.item(data=data), scribe.content(Kind.ITEM, b"x" * 99, blob=True)
    store.write(lambda tx: put(tx, small, large))
    first, second = store.read(lambda s: (s.payload(0), s.payload(1)))
    assert first is not None
    assert (first.data, first.blob) == (data, "")
    assert second is not None
    assert second.data is None
    assert store.read(lambda s: list(s.blob_names())) == [second.blob] == [large.blob]
    assert store.read(lambda s: s.payload_rows(0, 2)) == {0: first, 1: second}
    assert store.read(lambda s: s.payload(2)) is None


def test_erased_payloads_are_gone_and_their_entries_stay(store: Store, scribe: Scribe) -> None:
    small, large = scribe.item(), scribe.content(Kind.ITEM, b"large", blob=True)
    tag = sha256(b"tag").digest()

    def take(tx: Transaction) -> None:
        for entry in (small, large):
            tx.remember_taken(tag + entry.id.encode(), put(tx, entry)[0])

    store.write(take)
    assert store.write(lambda tx: tx.erase_payloads([0, 1, 7])) == [large.blob]
    assert store.read(lambda s: (s.size(), s.payload(0), s.payload(1), list(s.blob_names()))) == (2, None, None, [])
    assert store.read(lambda s: s.taken(tag + small.id.encode())) is None


def test_what_was_taken_is_noticed_by_its_tag_and_the_first_stays(store: Store, scribe: Scribe) -> None:
    store.write(lambda tx: put(tx, scribe.item(), scribe.item()))
    store.write(lambda tx: tx.remember_taken(b"tag", 0))
    store.write(lambda tx: tx.remember_taken(b"tag", 1))
    assert store.read(lambda s: (s.taken(b"tag"), s.taken(b"other"))) == (0, None)


def test_packs_are_kept_by_digest_and_once(store: Store) -> None:
    digest = sha256(b"pack").hexdigest()
    for _ in range(2):
        store.write(lambda tx: tx.put_pack(digest, b"pack"))
    assert store.read(lambda s: (s.pack(digest), s.pack("none"), list(s.packs()))) == (
        b"pack",
        None,
        [(digest, b"pack")],
    )


def test_the_first_checkpoint_of_a_size_stays(store: Store) -> None:
    rows = [CheckpointRow(size=size, note=f"note {size}", made_at="2026-03-01") for size in (3, 7, 5)]
    for row in (*rows, CheckpointRow(size=7, note="another", made_at="2026-03-02")):
        store.write(lambda tx, row=row: tx.put_checkpoint(row))  # type: ignore[misc]  # the row of this turn
    assert store.read(lambda s: s.checkpoint()) == rows[1]
    assert store.read(lambda s: list(s.checkpoints())) == [rows[0], rows[2], rows[1]]
    assert store.read(lambda s: (s.checkpoint_at(5), s.checkpoint_at(6))) == (rows[2], None)


def test_the_nodes_own_state_is_set_and_replaced(store: Store) -> None:
    assert store.read(lambda s: s.meta("state")) is None
    store.write(lambda tx: tx.put_meta("state", "live"))
    store.write(lambda tx: tx.put_meta("state", "quarantined"))
    assert store.read(lambda s: s.meta("state")) == "quarantined"


def test_a_transaction_reads_what_it_wrote(store: Store, scribe: Scribe) -> None:
    entry = scribe.item()

    def job(tx: Transaction) -> tuple[int, bool, str | None]:
        put(tx, entry)
        tx.put_meta("state", "live")
        return tx.size(), tx.entry_by_id(entry.id) is not None, tx.meta("state")

    assert store.write(job) == (1, True, "live")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=20)
@given(groups=st.lists(st.integers(0, 300), min_size=1, max_size=5))
def test_tiles_have_the_root_of_the_leaves_however_they_were_committed(store: Store, groups: list[int]) -> None:
    before = store.read(lambda s: s.size())
    scribe = Scribe(after=before)
    leaves = [
        leaf_of(head.header, head.key_id, head.signature) for head in store.read(lambda s: list(s.entries(0, before)))
    ]
    for count in groups:
        entries = [scribe.account() for _ in range(count)]
        store.write(lambda tx, entries=entries: put(tx, *entries))  # type: ignore[misc]  # the entries of this turn
        leaves += [entry.signed.leaf for entry in entries]
    size = store.read(lambda s: s.size())
    assert size == len(leaves)
    assert store.read(lambda s: root_at(size, s.tile)) == root_of(leaves)
    assert store.read(lambda s: all(hashes == s.tile(level, number) for level, number, hashes in s.tiles()))


def leaf_of(header: bytes, key_id: str, signature: bytes) -> bytes:
    return leaf_hash(leaf_data(sha256(header).digest(), key_id, signature))


def test_everything_is_there_after_closing_and_opening(open_store: OpenStore, scribe: Scribe) -> None:
    first = open_store()
    entries = [scribe.item(data=b"one"), scribe.item(data=b"two")]
    first.write(lambda tx: put(tx, *entries))
    before = first.read(lambda s: (list(s.entries(0, 9)), s.payload_rows(0, 9), list(s.tiles())))
    digests = first.write(lambda tx: tx.views_digest())
    first.close()
    second = open_store()
    assert second.read(lambda s: (list(s.entries(0, 9)), s.payload_rows(0, 9), list(s.tiles()))) == before
    assert second.write(lambda tx: tx.views_digest()) == digests


def test_a_backup_holds_what_was_there_at_one_moment(store: Store, scribe: Scribe, tmp_path: Path) -> None:
    store.write(lambda tx: put(tx, scribe.item(data=b"in the backup")))
    told: list[tuple[int, int]] = []
    store.backup(str(tmp_path / "copy.sqlite"), progress=lambda done, total: told.append((done, total)))
    store.write(lambda tx: put(tx, scribe.item()))
    with sqlite3.connect(tmp_path / "copy.sqlite") as copy:
        assert copy.execute("SELECT COUNT(*), MAX(data) FROM entry JOIN payload USING (seq)").fetchone() == (
            1,
            b"in the backup",
        )
    copy.close()
    assert told
    assert told[-1][0] == told[-1][1]


def test_the_engine_finds_its_files_whole_and_says_their_size(store: Store, scribe: Scribe) -> None:
    store.write(lambda tx: put(tx, scribe.item(data=b"x" * 60_000)))
    assert store.check() == []
    assert store.size_bytes() > 60_000


def test_erased_bytes_stand_in_no_file_after_settling(store: Store, scribe: Scribe, tmp_path: Path) -> None:
    secret = b"the content that must be gone"
    store.write(lambda tx: put(tx, scribe.item(data=secret)))
    store.write(lambda tx: tx.erase_payloads([0]))
    store.settle()
    assert not [path for path in (tmp_path / "node").iterdir() if secret in path.read_bytes()]
