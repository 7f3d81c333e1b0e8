# SPDX-License-Identifier: Apache-2.0
"""A restored node is a rollback until it has shown otherwise."""

from pathlib import Path

import pyrage
import pytest

from lintas.crypto.sealing import recipient_of
from lintas.errors import BadInput, BadSignature, LintasError, NodeDamaged, Quarantined, WrongUse
from lintas.node.node import Node
from lintas.node.restoring import open_incarnation, release_with_head, restore
from lintas.testing import OFFICER, FakeClock, a_node, shared_readers
from lintas.work.finding import find
from lintas.work.intake import export
from lintas.work.keeping import backup, rebuild, status
from lintas.work.proving import make_checkpoint, verify
from lintas.work.services import no_progress
from tests.scenario.giving import take_text

IDENTITY = str(pyrage.x25519.Identity.generate())  # a passphrase costs a second of scrypt each time


@pytest.fixture(scope="module")
def backed_up(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes, bytes, str]:
    """A backup; the head that it was made at; a later head; and the id of an intake."""
    folder = tmp_path_factory.mktemp("origin")
    with a_node(folder) as node:
        taken = take_text(node.services, "call +60123456789 " * 5000)
        made = backup(
            node.services,
            folder / "node.backup",
            passphrase=None,
            recipients=[recipient_of(IDENTITY)],
            progress=no_progress,
        )
        take_text(node.services, "later: call +60199999999")
        later = make_checkpoint(node.services)
        assert later is not None
    return folder / "node.backup", made.checkpoint.encode(), later.note.encode(), taken.intakes[0]


def restored(backed_up: tuple[Path, bytes, bytes, str], folder: Path) -> Path:
    place = folder / "again"
    restore(backed_up[0], place, passphrase=None, identity=IDENTITY)
    return place


def test_a_restored_node_reads_nothing_and_writes_nothing_until_released(
    backed_up: tuple[Path, bytes, bytes, str], tmp_path: Path
) -> None:
    place = restored(backed_up, tmp_path)
    with Node.open(place, clock=FakeClock(), readers=shared_readers()) as node:
        assert status(node.services).state == "quarantined"
        assert verify(node.services, progress=no_progress).ok
        with pytest.raises(Quarantined):
            take_text(node.services, "something new")
        with pytest.raises(Quarantined):
            find(node.services, OFFICER, ["+60123456789"])
        with pytest.raises(Quarantined):
            take_text(node.services, "something")


def test_the_head_that_others_kept_releases_it(backed_up: tuple[Path, bytes, bytes, str], tmp_path: Path) -> None:
    place = restored(backed_up, tmp_path)
    assert release_with_head(place, backed_up[1]).state == "live"
    with Node.open(place, clock=FakeClock(), readers=shared_readers()) as node:
        assert find(node.services, OFFICER, ["+60123456789"]).results[0].entities
        assert export(node.services, OFFICER, backed_up[3])[1] == b"call +60123456789 " * 5000
        assert rebuild(node.services, progress=no_progress).changed == []
        assert verify(node.services, progress=no_progress).ok
    with pytest.raises(WrongUse):
        release_with_head(place, backed_up[1])


def test_a_later_head_shows_that_entries_were_lost(backed_up: tuple[Path, bytes, bytes, str], tmp_path: Path) -> None:
    place = restored(backed_up, tmp_path)
    with pytest.raises(NodeDamaged, match="lost"):
        release_with_head(place, backed_up[2])


def test_a_forged_head_releases_nothing(backed_up: tuple[Path, bytes, bytes, str], tmp_path: Path) -> None:
    place = restored(backed_up, tmp_path)
    lines = backed_up[1].split(b"\n")
    lines[2] = b"A" * len(lines[2][:-1]) + b"="
    for forged in (b"\n".join(lines), b"", b"lintas:x/log/y\n1\n\n", b"\xff" * 40):
        with pytest.raises((BadSignature, BadInput, LintasError)):
            release_with_head(place, forged)
    with Node.open(place, readers=shared_readers()) as node:
        assert status(node.services).state == "quarantined"


def test_two_people_open_a_new_incarnation_that_says_where_the_old_one_ends(
    backed_up: tuple[Path, bytes, bytes, str], tmp_path: Path
) -> None:
    place = restored(backed_up, tmp_path)
    with pytest.raises(WrongUse, match="Two"):
        open_incarnation(place, ground="disk_lost", approved_by=["officer-0001", "officer-0001"])
    with pytest.raises(BadInput):
        open_incarnation(place, ground="The disk was lost!", approved_by=["officer-0001", "officer-0002"])
    done = open_incarnation(place, ground="disk_lost", approved_by=["officer-0001", "officer-0002"])
    assert done.state == "live"
    with Node.open(place, clock=FakeClock(), readers=shared_readers()) as node:
        now = status(node.services)
        assert (now.incarnation, now.entries) == (done.incarnation, done.entries)
        take_text(node.services, "later: call +60199999999")
        head = make_checkpoint(node.services)
        assert head is not None
        assert done.incarnation in head.note
        assert verify(node.services, progress=no_progress).ok
        assert rebuild(node.services, progress=no_progress).changed == []


def test_a_wrong_key_or_an_altered_backup_restores_nothing(
    backed_up: tuple[Path, bytes, bytes, str], tmp_path: Path
) -> None:
    place = tmp_path / "again"
    with pytest.raises(BadInput):
        restore(backed_up[0], place, passphrase=None, identity=str(pyrage.x25519.Identity.generate()))
    raw = bytearray(backed_up[0].read_bytes())
    raw[len(raw) // 2] ^= 1
    altered = tmp_path / "altered"
    altered.write_bytes(raw)
    with pytest.raises(BadInput):
        restore(altered, place, passphrase=None, identity=IDENTITY)
    cut = tmp_path / "cut"
    cut.write_bytes(raw[: len(raw) // 3])
    with pytest.raises(BadInput):
        restore(cut, place, passphrase=None, identity=IDENTITY)
    assert not place.exists()


def test_a_backup_is_never_restored_over_something(backed_up: tuple[Path, bytes, bytes, str], tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    (tmp_path / "again" / "kept.txt").write_text("mine")
    with pytest.raises(BadInput, match="exists"):
        restored(backed_up, tmp_path)
    assert (tmp_path / "again" / "kept.txt").read_text() == "mine"


def test_a_backup_in_clear_is_refused(tmp_path: Path) -> None:
    with a_node(tmp_path) as node, pytest.raises(WrongUse, match="sealed"):
        backup(node.services, tmp_path / "x", passphrase=None, recipients=(), progress=no_progress)


@pytest.mark.slow
def test_a_passphrase_opens_what_it_sealed_and_no_other_does(tmp_path: Path) -> None:
    with a_node(tmp_path) as node:
        backup(node.services, tmp_path / "x", passphrase="correct horse", recipients=(), progress=no_progress)
    with pytest.raises(BadInput):
        restore(tmp_path / "x", tmp_path / "again", passphrase="wrong horse", identity=None)
    with pytest.raises(BadInput):
        restore(tmp_path / "x", tmp_path / "again", passphrase=None, identity=IDENTITY)
    assert restore(tmp_path / "x", tmp_path / "again", passphrase="correct horse", identity=None).state == "quarantined"


def test_a_head_older_than_the_backup_shows_nothing(tmp_path: Path) -> None:
    with a_node(tmp_path) as node:
        old = make_checkpoint(node.services)
        take_text(node.services, "call +60123456789")
        backup(
            node.services,
            tmp_path / "node.backup",
            passphrase=None,
            recipients=[recipient_of(IDENTITY)],
            progress=no_progress,
        )
    assert old is not None
    place = tmp_path / "again"
    restore(tmp_path / "node.backup", place, passphrase=None, identity=IDENTITY)
    with pytest.raises(BadInput, match="shows nothing"):
        release_with_head(place, old.note.encode())
    with Node.open(place, readers=shared_readers()) as node:
        assert status(node.services).state == "quarantined"


def test_a_backup_stands_nowhere_in_clear_outside_the_node(tmp_path: Path) -> None:
    medium = tmp_path / "medium"
    medium.mkdir()
    seen: list[bytes] = []

    def look(_what: str, _done: int, _total: int) -> None:
        seen.extend(path.read_bytes() for path in medium.rglob("*") if path.is_file())

    with a_node(tmp_path) as node:
        take_text(node.services, "call Ali bin Abu")
        recipients = [recipient_of(IDENTITY)]
        target = medium / "node.backup"
        backup(node.services, target, passphrase=None, recipients=recipients, progress=look)
        backup(node.services, target, passphrase=None, recipients=recipients, progress=look)
    assert seen and all(data.startswith(b"age-encryption.org/v1") for data in seen)
    assert list(medium.iterdir()) == [target]


def test_what_a_killed_backup_left_is_cleared_at_the_next_start(tmp_path: Path) -> None:
    with a_node(tmp_path):
        pass
    left = tmp_path / "node" / ".backup-left"
    left.mkdir()
    (left / "plain.tar").write_bytes(b"keys and payloads")
    with a_node(tmp_path):
        assert not left.exists()
