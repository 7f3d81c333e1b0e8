# SPDX-License-Identifier: Apache-2.0
"""New keys in the place of old ones: the node starts whenever it was cut short, and its peers follow."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import product
from pathlib import Path

import pyrage
import pytest

from lintas.crypto.canonical import canonical_json
from lintas.crypto.envelope import sign_header
from lintas.crypto.sealing import recipient_of
from lintas.errors import BadInput, NodeBusy, NodeDamaged, NotAllowed, PeerRefused, UnknownTerm, WrongUse
from lintas.formats.peer.descriptor import make_descriptor, read_descriptor
from lintas.model.header import Mode
from lintas.model.key_answers import KeysRotated
from lintas.model.marking import Marking, Tlp
from lintas.node.keys import NEEDED, OPERATIONAL, new_key, read_root, stage_keys
from lintas.node.node import Node
from lintas.node.restoring import open_incarnation, restore
from lintas.node.rotating import rotate
from lintas.testing import OFFICER, FakeClock, a_node, carry, shared_readers, two_nodes
from lintas.work.exchange import next_batch, our_cursor, receive_batch
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.keeping import backup, doctor, rebuild
from lintas.work.peering import (
    add_peer,
    announce,
    describe,
    keys_of,
    learn_descriptor,
    own_keys,
    show_peer,
    suspend_peer,
)
from lintas.work.proving import make_checkpoint, verify
from lintas.work.proving.kept import contains_head
from lintas.work.services import no_progress
from lintas.work.sharing import share
from tests.scenario.giving import take_text
from tests.scenario.introducing import introduce, person

MOVED = "https://moved.example:8418"  # where a node says that it is reached now


def id_of(node: Node) -> str:
    return node.services.keys.node


def assert_whole(*some: Node) -> None:
    for node in some:
        checked = verify(node.services, progress=no_progress)
        assert checked.ok, checked.problems
        assert rebuild(node.services, progress=no_progress).changed == []


def pem_files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "keys").iterdir()}


@pytest.fixture
def folder(tmp_path: Path, clock: FakeClock) -> Path:
    """A node at rest, with an operator."""
    with a_node(tmp_path, clock=clock) as node:
        person(node, "Contoh Satu", role="operator")
        person(node, "Contoh Dua", role="analyst")
        take_text(node.services, "call +60123456789")
        make_checkpoint(node.services)
    return tmp_path / "node"


def test_new_keys_take_the_place_of_the_old_ones(folder: Path) -> None:
    before = pem_files(folder)
    done = rotate(folder, by="Contoh Satu")
    after = pem_files(folder)
    assert set(after) == set(before)
    assert {name for name in before if before[name] != after[name]} == {f"{name}.pem" for name in OPERATIONAL}
    assert (done.serial, set(done.made), done.revoked) == (1, set(OPERATIONAL), [])
    with Node.open(folder, readers=shared_readers()) as node:
        keys = node.services.store.read(lambda snapshot: own_keys(node.services, snapshot))
        assert keys.serial == 1
        assert next(iter(keys.signing)) == node.services.keys.signing.key_id == done.made["signing"]
        assert len(keys.signing) == len(keys.log) == len(keys.tls) == len(keys.cosign) == 2
        take_text(node.services, "call +60123456780")
        assert make_checkpoint(node.services)
        assert_whole(node)


def test_one_key_alone_can_be_changed(folder: Path) -> None:
    before = pem_files(folder)
    rotate(folder, by="officer-0001", what=["tls"])
    after = pem_files(folder)
    assert [name for name in sorted(before) if before[name] != after[name]] == ["tls.pem"]


def test_a_tls_key_is_named_for_one_more_change(folder: Path) -> None:
    for _ in range(3):
        rotate(folder, by="Contoh Satu", what=["tls", "log"])
    with Node.open(folder, readers=shared_readers()) as node:
        keys = node.services.store.read(lambda snapshot: own_keys(node.services, snapshot))
        assert (len(keys.tls), len(keys.log), len(keys.signing)) == (2, 4, 1)
        assert_whole(node)


def test_a_revoked_key_counts_nowhere_and_stays_revoked(folder: Path) -> None:
    first = rotate(folder, by="Contoh Satu", revoke=True)
    second = rotate(folder, by="Contoh Satu", what=["signing"])
    assert len(first.revoked) == 4
    assert second.revoked == []
    with Node.open(folder, readers=shared_readers()) as node:
        keys = node.services.store.read(lambda snapshot: own_keys(node.services, snapshot))
        assert keys.revoked == frozenset(first.revoked)
        assert not keys.revoked & {*keys.signing, *keys.log, *keys.cosign}
        assert_whole(node)


def test_what_a_revoked_key_signs_later_is_named(folder: Path) -> None:
    with Node.open(folder, readers=shared_readers()) as node:
        thief = node.services.keys.signing
    rotate(folder, by="Contoh Satu", revoke=True)
    with Node.open(folder, readers=shared_readers()) as node:
        entry = node.services.store.read(lambda snapshot: next(snapshot.entries(1, 2)))
        header = json.loads(entry.header) | {"created_at": "2026-03-01T03:00:59.000Z"}
        forged = sign_header(canonical_json(header), thief)
        seq = node.services.store.write(lambda tx: tx.append(forged, None, ""))
        problems = verify(node.services, progress=no_progress).problems
    assert any(f"entry {seq}: " in one and "no earlier entry made valid" in one for one in problems)


def test_heads_of_old_keys_still_show_this_history(folder: Path) -> None:
    with Node.open(folder, readers=shared_readers()) as node:
        kept = node.services.store.read(lambda snapshot: snapshot.checkpoint())
        assert kept is not None
    rotate(folder, by="Contoh Satu", revoke=True)
    with Node.open(folder, readers=shared_readers()) as node:
        head = kept.note.encode()
        assert node.services.store.read(lambda s: contains_head(node.services, s, head)).size == kept.size
        assert verify(node.services, progress=no_progress, head=head).ok


@pytest.mark.parametrize("by", ["Contoh Dua", "Contoh Tiga", "local:cli", ""])
def test_only_who_keeps_keys_changes_them(folder: Path, by: str) -> None:
    before = pem_files(folder)
    with pytest.raises((NotAllowed, UnknownTerm)):
        rotate(folder, by=by)
    assert pem_files(folder) == before


def test_what_is_no_key_is_not_changed(folder: Path) -> None:
    for what in (["root"], ["local"], ["signing", "everything"]):
        with pytest.raises(WrongUse):
            rotate(folder, by="Contoh Satu", what=what)


def test_the_root_may_be_kept_elsewhere(folder: Path, tmp_path: Path) -> None:
    safe = tmp_path / "safe.pem"
    (folder / "keys" / "root.pem").rename(safe)
    with pytest.raises(NodeDamaged, match="--root"):
        rotate(folder, by="Contoh Satu")
    other = tmp_path / "other.pem"
    other.write_bytes(new_key().to_pem())
    with pytest.raises(BadInput, match="another node"):
        rotate(folder, by="Contoh Satu", root_file=other)
    assert rotate(folder, by="Contoh Satu", root_file=safe).serial == 1


def test_a_running_node_keeps_its_keys(folder: Path) -> None:
    with Node.open(folder, readers=shared_readers()), pytest.raises(NodeBusy):
        rotate(folder, by="Contoh Satu")


def test_a_number_that_peers_know_already_is_passed_over(folder: Path) -> None:
    assert rotate(folder, by="Contoh Satu", serial=7).serial == 7
    assert rotate(folder, by="Contoh Satu", serial=3).serial == 8


def test_keys_that_the_log_does_not_name_are_forgotten(folder: Path) -> None:
    """Cut short before the commit: whole, torn or empty files wait, and nobody may use them."""
    before = pem_files(folder)
    stage_keys(folder, {name: new_key() for name in OPERATIONAL}, passphrase=None)
    (folder / "keys" / "log.next.pem").write_bytes(b"-----BEGIN PRIVATE")
    (folder / "keys" / "tls.next.pem").write_bytes(b"")
    with Node.open(folder, write=False) as node:  # looks, and touches nothing
        assert verify(node.services, progress=no_progress).ok
    assert set(pem_files(folder)) == set(before) | {f"{name}.next.pem" for name in OPERATIONAL}
    with Node.open(folder, readers=shared_readers()) as node:
        assert_whole(node)
    assert pem_files(folder) == before


@pytest.mark.parametrize("moved", list(product([False, True], repeat=len(OPERATIONAL))), ids=str)
def test_keys_that_the_log_names_are_put_in_place(folder: Path, moved: tuple[bool, ...]) -> None:
    """Cut short after the commit, with any of the files moved already: the next start does the rest."""
    before = pem_files(folder)
    rotate(folder, by="Contoh Satu", revoke=True)
    after = pem_files(folder)
    keys = folder / "keys"
    for name, is_moved in zip(OPERATIONAL, moved, strict=True):
        if not is_moved:
            (keys / f"{name}.pem").rename(keys / f"{name}.next.pem")
            (keys / f"{name}.pem").write_bytes(before[f"{name}.pem"])
            (keys / f"{name}.pem").chmod(0o600)
    with Node.open(folder, write=False) as node:
        assert node.services.keys.signing.to_pem() == after["signing.pem"]
        assert verify(node.services, progress=no_progress).ok
    with Node.open(folder, readers=shared_readers()) as node:
        take_text(node.services, "call +60123456780")
        assert_whole(node)
    assert pem_files(folder) == after


def open_key(folder: Path, name: str) -> None:
    """Start the node and use one of its keys."""
    with Node.open(folder, readers=shared_readers()) as node:
        assert name not in NEEDED  # without those the node does not start
        node.services.keys.open(name)  # type: ignore[attr-defined]  # a Node has FileKeys


@pytest.mark.parametrize("name", OPERATIONAL)
def test_a_key_that_is_lost_is_named(folder: Path, name: str) -> None:
    path = folder / "keys" / f"{name}.pem"
    raw = path.read_bytes()
    for state in (None, new_key().to_pem(), b"torn"):
        path.unlink(missing_ok=True)
        if state is not None:
            path.write_bytes(state)
        with pytest.raises(NodeDamaged, match=f"keys/{name}.pem"):
            open_key(folder, name)
    path.write_bytes(raw)


@contextmanager
def older_node(tmp_path: Path, clock: FakeClock) -> Iterator[Path]:
    """A node as the first version made it: without TLS and cosigning keys."""
    with a_node(tmp_path, clock=clock):
        pass
    place = tmp_path / "node"
    root = read_root(place, passphrase=None)
    database = sqlite3.connect(place / "node.sqlite", isolation_level=None)
    (raw,) = database.execute("SELECT header FROM entry WHERE seq = 0").fetchone()
    database.close()
    body = {name: said for name, said in json.loads(raw)["body"].items() if name not in {"tls", "cosign", "serial"}}
    old = sign_header(canonical_json(json.loads(raw) | {"body": body}), root)
    shutil.copytree(place, tmp_path / "old")
    database = sqlite3.connect(tmp_path / "old" / "node.sqlite", isolation_level=None)
    with database:
        database.execute(
            "UPDATE entry SET header = ?, id = ?, signature = ? WHERE seq = 0",
            (old.header_bytes, bytes.fromhex(old.id), old.signature),
        )
        database.execute("UPDATE message SET id = ? WHERE seq = 0", (bytes.fromhex(old.id),))
        database.execute("UPDATE tile SET hashes = ?", (old.leaf,))
        database.execute("DELETE FROM checkpoint")
    database.close()
    for name in ("tls", "cosign"):
        (tmp_path / "old" / "keys" / f"{name}.pem").unlink()
    yield tmp_path / "old"


def test_a_node_of_the_first_version_starts_and_is_given_the_keys_that_it_lacks(
    tmp_path: Path, clock: FakeClock
) -> None:
    with older_node(tmp_path, clock) as place:
        with Node.open(place, clock=clock, readers=shared_readers()) as node:
            assert_whole(node)
            person(node, "Contoh Satu", role="operator")
            with pytest.raises(NodeDamaged, match="lintas key rotate"):
                _ = node.services.keys.tls
            keys_check = next(check for check in doctor(node.services).checks if check.name == "keys")
            assert (keys_check.ok, keys_check.detail) == (False, "no tls and no cosign key yet")
            assert read_descriptor(describe(node.services)).tls == {}
        done = rotate(place, by="Contoh Satu", what=["log"])
        assert set(done.made) == {"log", "tls", "cosign"}
        with Node.open(place, clock=clock, readers=shared_readers()) as node:
            assert node.services.keys.tls.key_id == done.made["tls"]
            assert_whole(node)


def test_a_restored_node_passes_over_the_numbers_that_its_peers_know(folder: Path, tmp_path: Path) -> None:
    """The backup is from before the change: its keys come back with it, and count until they are changed again."""
    identity = str(pyrage.x25519.Identity.generate())
    with Node.open(folder, readers=shared_readers()) as node:
        before = node.services.keys.tls.key_id
        backup(
            node.services,
            tmp_path / "node.backup",
            passphrase=None,
            recipients=[recipient_of(identity)],
            progress=no_progress,
        )
    rotate(folder, by="Contoh Satu", revoke=True)
    place = tmp_path / "again"
    restore(tmp_path / "node.backup", place, passphrase=None, identity=identity)
    with pytest.raises(WrongUse, match="current"):
        rotate(place, by="Contoh Satu")
    done = open_incarnation(place, ground="disk_lost", approved_by=["officer-0001", "officer-0002"])
    with Node.open(place, readers=shared_readers()) as node:
        assert node.services.keys.tls.key_id == before
        assert_whole(node)
    assert rotate(place, by="Contoh Satu", serial=2).serial == 2
    with Node.open(place, readers=shared_readers()) as node:
        keys = node.services.store.read(lambda snapshot: own_keys(node.services, snapshot))
        assert keys.incarnation == done.incarnation
        assert_whole(node)


def taken(node: Node, text: str) -> str:
    file = TakenFile(name="note.txt", data=text.encode())
    options = TakeOptions(marking=Marking(tlp=Tlp.AMBER))
    (message,) = take(node.services, OFFICER, [file], options=options, progress=no_progress).messages
    return message


@pytest.fixture
def pair(tmp_path: Path, clock: FakeClock) -> Path:
    """Two nodes at rest that know each other; `my` has released something that `sg` has not got yet."""
    with two_nodes(tmp_path, clock=clock, mode=Mode.LIVE) as (here, there):
        for one, other in ((here, there), (there, here)):
            introduce(one, other)
            announce(one.services)
        carry(here, there)
        carry(there, here)
        message = taken(here, "Call +60 12-345 6789")
        assert share(here.services, OFFICER, [message], to=[id_of(there)]).released
    clock.forward(seconds=1)
    return tmp_path


def changed(pair: Path, **how: bool | list[str]) -> KeysRotated:
    return rotate(pair / "my", by="Contoh Satu", **how)  # type: ignore[arg-type]  # of a test's own


def test_a_peer_hears_of_new_keys_in_its_stream(pair: Path, clock: FakeClock) -> None:
    done = changed(pair, what=["tls", "cosign", "log"])
    with two_nodes(pair, clock=clock, mode=Mode.LIVE) as (here, there):
        assert done.told == [id_of(there)]
        assert announce(here.services) == []
        assert carry(here, there) >= 2
        line = show_peer(there.services, OFFICER, id_of(here))
        assert (line.serial, line.standing) == (1, "live")
        keys = there.services.store.read(lambda snapshot: keys_of(snapshot, id_of(here)))
        assert here.services.keys.tls.public in keys.tls
        assert_whole(here, there)


@pytest.mark.parametrize("revoke", [False, True])
def test_a_peer_that_meets_an_unknown_key_learns_it_and_loses_nothing(
    pair: Path, clock: FakeClock, revoke: bool
) -> None:
    changed(pair, revoke=revoke)
    with two_nodes(pair, clock=clock, mode=Mode.LIVE) as (here, there):
        with pytest.raises(PeerRefused) as refused:
            carry(here, there)
        assert refused.value.what == "key"
        assert show_peer(there.services, OFFICER, id_of(here)).standing == "live"
        assert learn_descriptor(there.services, id_of(here), describe(here.services))
        assert not learn_descriptor(there.services, id_of(here), describe(here.services))
        assert carry(here, there) >= 2  # what was released under the old key too
        assert show_peer(there.services, OFFICER, id_of(here)).standing == "live"
        assert_whole(here, there)


def test_what_a_revoked_key_signed_is_no_longer_accepted(pair: Path, clock: FakeClock) -> None:
    with two_nodes(pair, clock=clock, mode=Mode.LIVE) as (here, there):
        cursor = there.services.store.read(lambda snapshot: our_cursor(snapshot, id_of(here)))
        batch = next_batch(here.services, id_of(there), cursor)
        assert batch is not None
    changed(pair, revoke=True)
    with two_nodes(pair, clock=clock, mode=Mode.LIVE) as (here, there):
        learn_descriptor(there.services, id_of(here), describe(here.services))
        with pytest.raises(PeerRefused):
            receive_batch(there.services, id_of(here), batch.document)
        carry(here, there)
        assert_whole(here, there)


def test_keys_that_were_set_back_are_refused(pair: Path, clock: FakeClock, tmp_path: Path) -> None:
    """A copy of the node made other keys under the same number: one of the two is not what it says."""
    shutil.copytree(pair / "my", pair / "copy")
    changed(pair)
    rotate(pair / "copy", by="Contoh Satu")
    with two_nodes(pair, clock=clock, mode=Mode.LIVE) as (here, there):
        with Node.open(pair / "copy", clock=clock, readers=shared_readers()) as copy:
            other = describe(copy.services)
        assert learn_descriptor(there.services, id_of(here), describe(here.services))
        for take_it in (
            lambda: learn_descriptor(there.services, id_of(here), other),
            lambda: add_peer(there.services, OFFICER, other),
        ):
            with pytest.raises(PeerRefused) as refused:
                take_it()
            assert refused.value.what == "rollback"
        assert show_peer(there.services, OFFICER, id_of(here)).serial == 1
        assert_whole(there)


def test_an_old_descriptor_that_comes_late_changes_nothing(pair: Path, clock: FakeClock) -> None:
    with two_nodes(pair, clock=clock, mode=Mode.LIVE) as (here, _):
        old = describe(here.services)
    changed(pair)
    with two_nodes(pair, clock=clock, mode=Mode.LIVE) as (here, there):
        assert learn_descriptor(there.services, id_of(here), describe(here.services))
        assert not learn_descriptor(there.services, id_of(here), old)
        assert add_peer(there.services, OFFICER, old).is_new is False
        assert show_peer(there.services, OFFICER, id_of(here)).serial == 1


def test_descriptors_that_anybody_brings_again_set_nothing_back_and_fill_no_log(pair: Path, clock: FakeClock) -> None:
    with two_nodes(pair, clock=clock, mode=Mode.LIVE) as (here, there):
        old = describe(here.services)
        moved = replace(here.services.config, peer_url=MOVED)  # type: ignore[type-var]  # a Node has a NodeConfig
        new = describe(replace(here.services, config=moved))
        assert learn_descriptor(there.services, id_of(here), new)
        size = there.services.store.read(lambda snapshot: snapshot.size())
        for document in (old, new, old):
            assert not learn_descriptor(there.services, id_of(here), document)
        assert there.services.store.read(lambda snapshot: snapshot.size()) == size
        assert show_peer(there.services, OFFICER, id_of(here)).endpoints == [MOVED]


def test_a_suspended_peer_fills_no_log_with_descriptors(pair: Path, clock: FakeClock) -> None:
    with two_nodes(pair, clock=clock, mode=Mode.LIVE) as (here, there):
        suspend_peer(there.services, OFFICER, id_of(here), "asked_by_peer")
        moved = replace(here.services.config, peer_url=MOVED)  # type: ignore[type-var]  # a Node has a NodeConfig
        size = there.services.store.read(lambda snapshot: snapshot.size())
        assert not learn_descriptor(there.services, id_of(here), describe(replace(here.services, config=moved)))
        assert there.services.store.read(lambda snapshot: snapshot.size()) == size


def test_old_keys_under_a_new_number_of_the_document_are_a_rollback(pair: Path, clock: FakeClock) -> None:
    with two_nodes(pair, clock=clock, mode=Mode.LIVE) as (here, _):
        old = read_descriptor(describe(here.services))
        thief = here.services.keys.signing
    changed(pair, revoke=True)
    with two_nodes(pair, clock=clock, mode=Mode.LIVE) as (here, there):
        learn_descriptor(there.services, id_of(here), describe(here.services))
        stale = make_descriptor(old.key_message, old.profile, old.profile_serial + 1_000_000, thief)
        with pytest.raises(PeerRefused, match="others of number 1"):
            learn_descriptor(there.services, id_of(here), stale)


def test_two_changes_reach_a_peer_that_was_away(pair: Path, clock: FakeClock) -> None:
    """The first of two descriptors comes after the second was fetched: honest, late, and no accusation."""
    changed(pair, revoke=True)
    clock.forward(seconds=1)
    changed(pair, revoke=True)
    with two_nodes(pair, clock=clock, mode=Mode.LIVE) as (here, there):
        learn_descriptor(there.services, id_of(here), describe(here.services))
        assert carry(here, there) >= 3
        line = show_peer(there.services, OFFICER, id_of(here))
        assert (line.serial, line.standing) == (2, "live")
        assert_whole(here, there)


def test_a_descriptor_of_somebody_else_is_not_learnt(pair: Path, clock: FakeClock) -> None:
    with (
        two_nodes(pair, clock=clock, mode=Mode.LIVE) as (here, there),
        pytest.raises(BadInput, match="another node"),
    ):
        learn_descriptor(there.services, id_of(here), describe(there.services))
