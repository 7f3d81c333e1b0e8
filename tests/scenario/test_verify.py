# SPDX-License-Identifier: Apache-2.0
"""Whoever changes the stored log is caught, and the first bad entry is named."""

import sqlite3
from pathlib import Path

import pytest

from lintas.errors import NodeDamaged
from lintas.model.header import Kind
from lintas.model.log_answers import Verified
from lintas.model.marking import Tlp
from lintas.model.node_answers import Check
from lintas.testing import OFFICER, a_node
from lintas.work.accounts import close_account, create_account
from lintas.work.appending import append, as_payload, prepare_content
from lintas.work.finding import find
from lintas.work.keeping import doctor, erase
from lintas.work.proving import make_checkpoint, verify
from lintas.work.services import Services, no_progress
from tests.scenario.giving import take_text


def filled(folder: Path) -> None:
    """A node with a few entries and two signed heads."""
    with a_node(folder) as node:
        for number in range(4):
            take_text(node.services, f"{number}: call +6012345678{number}", name=f"{number}.txt")
        make_checkpoint(node.services)
        take_text(node.services, "large " * 20_000, name="large.txt")
        find(node.services, OFFICER, ["+60123456780"])


def checked(folder: Path) -> Verified:
    with a_node(folder) as node:
        return verify(node.services, progress=no_progress)


def database(folder: Path) -> sqlite3.Connection:
    return sqlite3.connect(folder / "node" / "node.sqlite", isolation_level=None)


def test_an_untouched_log_holds(tmp_path: Path) -> None:
    filled(tmp_path)
    found = checked(tmp_path)
    assert (found.ok, found.first_bad, found.problems) == (True, None, [])
    assert found.entries == found.payloads + 1  # only the first entry has none
    assert found.checkpoints == 2


TAMPERINGS: dict[str, tuple[str, str]] = {
    "a header": (
        "UPDATE entry SET header = CAST(REPLACE(CAST(header AS TEXT), 'F6', 'A1') AS BLOB) WHERE seq = 3",
        "3",
    ),
    "an id": ("UPDATE entry SET id = zeroblob(32) WHERE seq = 4", "4"),
    "a signature": ("UPDATE entry SET signature = zeroblob(64) WHERE seq = 2", "2"),
    "the signing key": ("UPDATE entry SET key_id = REPLACE(key_id, substr(key_id, 1, 1), 'z') WHERE seq = 5", "5"),
    "an algorithm": ("UPDATE entry SET algorithm = 'none' WHERE seq = 5", "5"),
    "a payload": ("UPDATE payload SET data = CAST('call nobody' AS BLOB) WHERE seq = 1", "1"),
    "a salt": ("UPDATE payload SET salt = zeroblob(16) WHERE seq = 3", "3"),
    "a missing payload": ("DELETE FROM payload WHERE seq = 6", "6"),
    "a missing entry": ("DELETE FROM entry WHERE seq = 4", "4"),
    "the first entry": ("UPDATE entry SET signature = zeroblob(64) WHERE seq = 0", "0"),
    "a long key id": ("UPDATE entry SET key_id = hex(zeroblob(40000)) WHERE seq = 5", "5"),
    "a long signature": ("UPDATE entry SET signature = zeroblob(70000) WHERE seq = 5", "5"),
    "invented openings": ("UPDATE payload SET openings = x'7b22616263223a5b5d7d' WHERE seq = 3", "3"),
    "openings that are none": ("UPDATE payload SET openings = x'5b315d' WHERE seq = 3", "3"),
    "a marking in the views": ("UPDATE message SET tlp = 0 WHERE seq = 3", "3"),
    "a kind in the views": ("UPDATE message SET kind = 'access' WHERE seq = 3", "3"),
    "a row missing in the views": ("DELETE FROM message WHERE seq = 3", "3"),
    "an invented payload": ("INSERT INTO payload VALUES (0, zeroblob(16), x'7b7d', x'00', '', NULL)", "0"),
}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_tampering_with_an_entry_names_it(tmp_path: Path, what: str) -> None:
    filled(tmp_path)
    statement, seq = TAMPERINGS[what]
    with database(tmp_path) as connection:
        assert connection.execute(statement).rowcount == 1
    connection.close()
    found = checked(tmp_path)
    assert not found.ok
    assert found.first_bad is not None
    assert found.first_bad.startswith(f"entry {seq}:"), found.problems


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE tile SET hashes = zeroblob(length(hashes)) WHERE level = 0", "tile"),
        ("DELETE FROM tile", "tile"),
        ("INSERT INTO tile VALUES (3, 7, zeroblob(32))", "tile"),
        ("UPDATE checkpoint SET note = REPLACE(note, 'log', 'lag')", "checkpoint"),
        ("UPDATE checkpoint SET size = size - 1", "checkpoint"),
        ("UPDATE pack SET data = x'00'", "pack"),
        ("DELETE FROM pack WHERE length(data) < 1000", "recipe"),
    ],
)
def test_tampering_beside_the_entries_is_named_too(tmp_path: Path, statement: str, said: str) -> None:
    filled(tmp_path)
    with database(tmp_path) as connection:
        assert connection.execute(statement).rowcount >= 1
    connection.close()
    found = checked(tmp_path)
    assert not found.ok
    assert said in found.problems[0]


def test_entries_cut_from_the_end_are_missed_by_the_signed_head(tmp_path: Path) -> None:
    filled(tmp_path)
    with database(tmp_path) as connection:
        connection.execute("DELETE FROM payload WHERE seq >= 8")
        connection.execute("DELETE FROM entry WHERE seq >= 8")
    connection.close()
    assert not checked(tmp_path).ok


def test_two_entries_swapped_are_caught(tmp_path: Path) -> None:
    filled(tmp_path)
    with database(tmp_path) as connection:
        for old, new in ((3, 1000), (5, 3), (1000, 5)):
            connection.execute("UPDATE entry SET seq = ? WHERE seq = ?", (new, old))
            connection.execute("UPDATE payload SET seq = ? WHERE seq = ?", (new, old))
    connection.close()
    found = checked(tmp_path)
    assert not found.ok


def test_a_missing_blob_is_named(tmp_path: Path) -> None:
    filled(tmp_path)
    blobs = [path for path in (tmp_path / "node" / "blobs").glob("??/*") if path.stat().st_size > 100_000]
    blobs[0].unlink()
    found = checked(tmp_path)
    assert not found.ok
    assert "blob" in str(found.first_bad)


def test_an_erased_payload_is_explained_by_its_erasure(tmp_path: Path) -> None:
    filled(tmp_path)
    with a_node(tmp_path) as node:
        message = node.services.store.read(lambda s: next(s.entries(1, 2)).id)
        erase(node.services, OFFICER, [message], ground="retention")
        found = verify(node.services, progress=no_progress)
    assert (found.ok, found.erased) == (True, 1)


def test_an_erasure_of_something_else_explains_nothing(tmp_path: Path) -> None:
    filled(tmp_path)
    with a_node(tmp_path) as node:
        message = node.services.store.read(lambda s: next(s.entries(3, 4)).id)
        erase(node.services, OFFICER, [message], ground="retention")
    with database(tmp_path) as connection:
        connection.execute("DELETE FROM payload WHERE seq = 1")
    connection.close()
    assert str(checked(tmp_path).first_bad).startswith("entry 1:")


def test_an_entry_signed_by_a_key_of_another_node_is_caught(tmp_path: Path) -> None:
    filled(tmp_path)
    with a_node(tmp_path / "other") as other:
        said = as_payload({"viewer": "x", "verb": "find", "purpose": "", "shown": []})
        foreign = prepare_content(other.services, Kind.ACCESS, said)
    with a_node(tmp_path) as node:
        seq = node.services.store.write(lambda tx: append(tx, foreign))
        found = verify(node.services, progress=no_progress)
    assert str(found.first_bad).startswith(f"entry {seq}:")


def test_bytes_of_what_was_erased_stand_in_no_file(tmp_path: Path) -> None:
    secret = "uncommonword-7f3a9c"
    with a_node(tmp_path) as node:
        first = take_text(node.services, f"{secret} call +60123456789", name="a.txt")
        second = take_text(node.services, f"{secret} " * 20_000, name="b.txt")
        erase(node.services, OFFICER, [*first.intakes, *second.intakes], ground="recall")
    for path in (tmp_path / "node").rglob("*"):
        if path.is_file():
            raw = path.read_bytes()
            assert secret.encode() not in raw, path
            assert b"uncommonword" not in raw, path


def test_doctor_sees_a_clearance_that_the_log_does_not_know(tmp_path: Path) -> None:
    with a_node(tmp_path) as node:
        account = create_account(node.services, name="Tan", password=None, role="duty_officer", clearance=Tlp.GREEN)
        close_account(
            node.services, create_account(node.services, name="Lim", password=None, role="analyst", clearance=Tlp.RED)
        )
        assert accounts_check(node.services).ok
    for change in ("clearance = 4", "role = 'supervisor'", "state = 'closed'", "id = 'officer-0009'"):
        with database(tmp_path) as connection:
            before = connection.execute("SELECT * FROM account").fetchall()
            connection.execute(f"UPDATE account SET {change} WHERE id = ?", (account,))
        connection.close()
        with a_node(tmp_path) as node:
            found = accounts_check(node.services)
            assert not found.ok and account in found.detail
        with database(tmp_path) as connection:
            connection.execute("DELETE FROM account")
            connection.executemany(f"INSERT INTO account VALUES ({', '.join('?' * len(before[0]))})", before)
        connection.close()


def accounts_check(services: Services) -> Check:
    """What doctor says of the accounts."""
    return next(check for check in doctor(services).checks if check.name == "accounts")


@pytest.mark.parametrize(("setting", "other"), [('country = "MY"', 'country = "SG"'), ('"exercise"', '"live"')])
def test_a_setting_that_the_log_fixed_is_not_changed_beside_it(tmp_path: Path, setting: str, other: str) -> None:
    filled(tmp_path)
    file = tmp_path / "node" / "node.toml"
    assert setting in file.read_text()
    file.write_text(file.read_text().replace(setting, other))
    with pytest.raises(NodeDamaged, match=r"its log says|the log says"), a_node(tmp_path):
        pass


@pytest.mark.parametrize("name", ["mode", "node"])
def test_a_state_that_differs_from_the_log_opens_no_node(tmp_path: Path, name: str) -> None:
    filled(tmp_path)
    with database(tmp_path) as connection:
        connection.execute("UPDATE meta SET value = ? WHERE name = ?", ("live", name))
    connection.close()
    (file := tmp_path / "node" / "node.toml").write_text(file.read_text().replace('"exercise"', '"live"'))
    with pytest.raises(NodeDamaged), a_node(tmp_path):
        pass


def test_a_head_kept_elsewhere_shows_a_history_rewritten_whole(tmp_path: Path) -> None:
    """Whoever holds the keys can sign another history that verifies in itself; not one that contains the old head."""
    filled(tmp_path)
    with a_node(tmp_path) as node:
        kept = node.services.store.read(lambda s: s.checkpoint())
        assert kept is not None
        assert verify(node.services, progress=no_progress, head=kept.note.encode()).ok
    with a_node(tmp_path / "other") as other:
        foreign = make_checkpoint(other.services)
        assert foreign is not None
    shorter = kept.note.replace(f"\n{kept.size}\n", f"\n{kept.size - 1}\n")
    with a_node(tmp_path) as node:
        for head, said in ((foreign.note, "another log"), (shorter, "signature"), ("", "")):
            found = verify(node.services, progress=no_progress, head=head.encode())
            assert found.ok == (not head)
            assert said in str(found.first_bad).lower() or not head
    with database(tmp_path) as connection:
        connection.execute("DELETE FROM checkpoint")
        for table in ("entry", "payload"):
            connection.execute(f"DELETE FROM {table} WHERE seq >= 5")
        connection.execute("DELETE FROM tile")
    connection.close()
    with a_node(tmp_path) as node:
        assert "lost" in str(verify(node.services, progress=no_progress, head=kept.note.encode()).problems)
