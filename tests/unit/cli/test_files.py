# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

import pytest

from lintas.cli import files
from lintas.errors import BadInput, OverLimit, WrongUse
from lintas.limits import FILE_BYTES_MAX


def test_a_folder_is_walked_only_when_asked(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name in ("a.txt", "b/c.txt", ".hidden"):
        (tmp_path / name).write_text(name)
    with pytest.raises(WrongUse, match="is a folder"):
        files.named([str(tmp_path)], recursive=False)
    found = files.named([str(tmp_path)], recursive=True)
    assert found == [str(tmp_path / "a.txt"), str(tmp_path / "b" / "c.txt")]


def test_a_link_to_a_folder_above_does_not_loop(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "up").symlink_to(tmp_path)
    (tmp_path / "file").write_text("x")
    assert files.named([str(tmp_path)], recursive=True) == [str(tmp_path / "file")]


def test_a_file_over_the_limit_is_refused_before_it_is_sent(tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(FILE_BYTES_MAX + 1)
    with pytest.raises(OverLimit):
        files.read(str(path))


def test_a_file_that_cannot_be_read_does_not_spoil_its_neighbours(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).write_text(name)
    found = list(files.batches([str(tmp_path / name) for name in ("one", "missing", "two")]))
    assert [type(batch).__name__ for batch in found] == ["list", "Unread", "list"]


def test_batches_are_bounded_in_number(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("x")
    sizes = [len(batch) for batch in files.batches([str(path)] * (files.BATCH_FILES_MAX + 1))]
    assert sizes == [files.BATCH_FILES_MAX, 1]


def test_terms_come_from_arguments_then_from_the_file(tmp_path: Path) -> None:
    path = tmp_path / "terms"
    path.write_bytes("\ufeffสมชาย ตัวอย่าง\r\n\n  陈示例 \n".encode())
    assert files.terms(["first", " "], str(path)) == ["first", "สมชาย ตัวอย่าง", "陈示例"]


def test_a_file_of_terms_must_be_utf8(tmp_path: Path) -> None:
    path = tmp_path / "terms"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInput, match="UTF-8"):
        files.terms([], str(path))
