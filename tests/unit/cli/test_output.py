# SPDX-License-Identifier: Apache-2.0
import contextlib
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.cli import output
from lintas.cli.progress import drawn
from lintas.errors import StorageFailed, WrongUse


def test_foreign_text_cannot_command_the_terminal() -> None:
    assert output.harmless("a\x1b[2Jb\x07") == "a\\x1b[2Jb\\x07"
    assert output.harmless("\u202emoc.elpmaxe") == "\\x202emoc.elpmaxe"


@given(st.text())
def test_what_is_printed_holds_no_control_character(text: str) -> None:
    assert not any(ord(char) < 32 and char not in "\n\t" for char in output.harmless(text))


@pytest.mark.parametrize("text", ["Ali bin Contoh", "สมชาย ตัวอย่าง", "陈示例", "ဥပမာ", "line\n\ttwo"])
def test_names_in_any_script_are_printed_as_they_are(text: str) -> None:
    assert output.harmless(text) == text


@pytest.mark.parametrize(("text", "cells"), [("abc", 3), ("陈示例", 6), ("ที่", 1), ("", 0)])
def test_columns_count_terminal_cells(text: str, cells: int) -> None:
    assert output.width_of(text) == cells


@pytest.mark.parametrize(("size", "text"), [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (3 * 2**40, "3.0 TiB")])
def test_sizes_have_units(size: int, text: str) -> None:
    assert output.size_text(size) == text


def test_a_file_is_never_replaced_unasked(tmp_path: Path) -> None:
    path = tmp_path / "file"
    assert output.save(str(path), "name", b"one", force=False) == str(path)
    with pytest.raises(WrongUse):
        output.save(str(path), "name", b"two", force=False)
    assert path.read_bytes() == b"one"
    output.save(str(path), "name", b"two", force=True)
    assert path.read_bytes() == b"two"


def test_a_name_from_outside_cannot_leave_the_folder(tmp_path: Path) -> None:
    where = output.save(str(tmp_path), "../../evil", b"x", force=False)
    assert Path(where) == tmp_path / "evil"


def test_a_refusing_disk_is_our_error(tmp_path: Path) -> None:
    with pytest.raises(StorageFailed):
        output.save(str(tmp_path / "no" / "such" / "folder"), "name", b"x", force=False)


@given(st.text(max_size=20), st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_bar_is_never_longer_than_its_frame(what: str, done: int, total: int) -> None:
    said = drawn(what, done, total)
    assert said.count("█") + said.count("░") == (0 if total == 0 else 28) + what.count("█") + what.count("░")


def test_a_line_end_in_foreign_text_forges_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    output.line("Person A\n  says " + "0" * 64)
    assert capsys.readouterr().out.count("\n") == 1
    output.lines("one\ntwo")
    assert capsys.readouterr().out == "one\ntwo\n"


@given(st.text())
def test_json_is_the_same_and_obeyed_by_no_terminal(text: str) -> None:
    written = io.StringIO()
    with contextlib.redirect_stdout(written):
        output.json_document({"said": text})
    assert json.loads(written.getvalue()) == {"said": text}
    assert output.harmless(written.getvalue()) == written.getvalue()
