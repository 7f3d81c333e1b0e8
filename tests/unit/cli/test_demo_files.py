# SPDX-License-Identifier: Apache-2.0
import csv
import hashlib
import io
import json
from pathlib import Path

import pytest

from lintas.cli import demo_case, demo_files
from lintas.errors import BadInput, WrongUse


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert demo_files.files() == demo_files.files()


def test_every_name_says_that_it_is_an_example() -> None:
    rows = list(csv.DictReader(io.StringIO(demo_files.table().decode())))
    assert len(rows) == demo_files.ROWS
    assert all(any(word in row["Payee name"] for word in ("Contoh", "ตัวอย่าง", "示例")) for row in rows)


def test_the_table_holds_what_the_demo_looks_up_exactly_once() -> None:
    rows = list(csv.DictReader(io.StringIO(demo_files.table().decode())))
    accounts = [f"{row['Bank BIC']}:{row['Account number']}" for row in rows]
    assert accounts.count(demo_files.ACCOUNT) == 1
    assert [row["Phone"] for row in rows].count(demo_files.PHONE) == 1
    names = [row["Payee name"] for row in rows]
    assert (names.count(demo_files.NAME_CHINESE), names.count(demo_files.NAME_THAI)) == (1, 1)


def test_the_bundle_is_closed_under_its_references() -> None:
    objects = json.loads(demo_files.bundle())["objects"]
    ids = {one["id"] for one in objects}
    assert len(ids) == len(objects)
    for one in objects:
        assert {one[name] for name in ("created_by_ref", "source_ref", "target_ref") if name in one} <= ids


def test_a_half_made_demo_is_made_again(tmp_path: Path) -> None:
    case = demo_case.prepare(tmp_path / "demo")
    (case.folder / "node").mkdir()
    (case.folder / "node" / "half").write_text("x")
    again = demo_case.prepare(tmp_path / "demo")
    assert not again.is_whole
    assert not (again.folder / "node").exists()


def test_a_whole_demo_is_used_again(tmp_path: Path) -> None:
    case = demo_case.prepare(tmp_path / "demo")
    case.node.mkdir()
    demo_case.finish(case)
    again = demo_case.prepare(tmp_path / "demo")
    assert again.is_whole
    assert again.node.is_dir()


def test_a_demo_of_another_seed_is_not_whole(tmp_path: Path) -> None:
    case = demo_case.prepare(tmp_path / "demo")
    demo_case.finish(case)
    (case.folder / demo_case.DONE).write_text(json.dumps({"format": 0, "seed": ""}))
    assert not case.is_whole


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("precious")
    with pytest.raises(WrongUse):
        demo_case.prepare(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "precious"


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
