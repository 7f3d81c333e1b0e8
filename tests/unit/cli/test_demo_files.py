# SPDX-License-Identifier: Apache-2.0
import csv
import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from lintas.cli import demo_case, demo_files
from lintas.errors import BadInput, WrongUse
from lintas.store.lock import WriterLock


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert demo_files.files() == demo_files.files()
    assert demo_files.wave() == demo_files.wave()


def test_every_name_says_that_it_is_an_example() -> None:
    rows = list(csv.DictReader(io.StringIO(demo_files.table().decode())))
    assert len(rows) == demo_files.ROWS
    assert all(any(word in row["Payee name"] for word in ("Contoh", "ตัวอย่าง", "示例")) for row in rows)
    assert all(row["Website"].endswith(".example") for row in rows)


def test_the_table_holds_what_the_demo_looks_up_exactly_once() -> None:
    rows = list(csv.DictReader(io.StringIO(demo_files.table().decode())))
    accounts = [f"{row['Bank BIC']}:{row['Account number']}" for row in rows]
    assert accounts.count(demo_files.ACCOUNT) == 1
    assert [row["Phone"] for row in rows].count(demo_files.PHONE) == 1
    assert [row["Website"] for row in rows].count(demo_files.DOMAIN) == 1
    names = [row["Payee name"] for row in rows]
    assert (names.count(demo_files.NAME_CHINESE), names.count(demo_files.NAME_THAI)) == (1, 1)


@pytest.mark.parametrize("made", [demo_files.bundle, demo_files.wave])
def test_each_bundle_is_closed_under_its_references(made: Callable[[], bytes]) -> None:
    objects = json.loads(made())["objects"]
    ids = {one["id"] for one in objects}
    assert len(ids) == len(objects)
    for one in objects:
        assert {one[name] for name in ("created_by_ref", "source_ref", "target_ref") if name in one} <= ids


def test_what_stays_home_stands_in_the_note_alone() -> None:
    note = demo_files.informant_note()
    elsewhere = b"".join([*demo_files.files().values(), demo_files.wave()])
    for secret in (demo_files.INFORMANT_NAME, demo_files.INFORMANT_PHONE, demo_files.INFORMANT_PHONE[3:]):
        assert secret.encode() not in elsewhere
    assert demo_files.INFORMANT_NAME.encode() in note
    assert demo_files.INFORMANT_PHONE.encode() in note


def test_what_an_earlier_demo_made_is_made_again(tmp_path: Path) -> None:
    for name in ("my", "node"):  # of two nodes, and of one
        with demo_case.prepared(tmp_path / "demo") as case:
            (case.folder / name).mkdir()
            (case.folder / name / "half").write_text("x")
            (case.files / "old.csv").write_text("x")
        with demo_case.prepared(tmp_path / "demo") as again:
            assert not (again.folder / name).exists()
            assert list(again.files.iterdir()) == []


def test_what_somebody_put_beside_it_stays(tmp_path: Path) -> None:
    with demo_case.prepared(tmp_path / "demo") as case:
        (case.folder / "notes.txt").write_text("mine")
    with demo_case.prepared(tmp_path / "demo") as again:
        assert (again.folder / "notes.txt").read_text() == "mine"


def test_two_demos_do_not_share_a_folder(tmp_path: Path) -> None:
    with demo_case.prepared(tmp_path / "demo") as case:
        case.my.mkdir()
        with pytest.raises(WrongUse), demo_case.prepared(tmp_path / "demo", wait_s=0.0):
            pass
        assert case.my.is_dir()


def test_a_node_that_is_still_served_is_not_removed(tmp_path: Path) -> None:
    with demo_case.prepared(tmp_path / "demo") as case:
        case.my.mkdir()
    lock = WriterLock.take(case.my)
    try:
        with pytest.raises(WrongUse), demo_case.prepared(tmp_path / "demo", wait_s=0.2):
            pass
        assert case.my.is_dir()
    finally:
        lock.release()


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("precious")
    with pytest.raises(WrongUse), demo_case.prepared(tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_real_files_are_optional(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LINTAS_DATA", raising=False)
    assert demo_case.real_files() == []
    monkeypatch.setenv("LINTAS_DATA", str(tmp_path / "none"))
    with pytest.raises(BadInput):
        demo_case.real_files()


def test_the_wallet_has_a_right_checksum() -> None:
    alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    number = 0
    for char in demo_files.WALLET:
        number = number * 58 + alphabet.index(char)
    raw = number.to_bytes(25, "big")
    assert raw[0] == 0x41
    assert hashlib.sha256(hashlib.sha256(raw[:21]).digest()).digest()[:4] == raw[21:]
