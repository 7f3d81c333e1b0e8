# SPDX-License-Identifier: Apache-2.0
import csv
import io
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.errors import OverLimit
from lintas.formats.table_records import DELIMITERS, SPREADSHEET_ROWS_MAX, best_shape, records, sep_line
from lintas.limits import TABLE_CELL_CHARS_MAX, TABLE_COLUMNS_MAX

CELLS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=12) | st.text(
    alphabet='",;\t|\r\n a', max_size=6
)


@given(
    st.lists(st.lists(CELLS, min_size=2, max_size=5), max_size=8),
    st.sampled_from(list(DELIMITERS.values())),
    st.sampled_from(["\n", "\r\n"]),
)
def test_what_was_written_is_read_with_its_place(rows: list[list[str]], delimiter: str, ending: str) -> None:
    sink = io.StringIO(newline="")
    # The writer leaves a lone carriage return bare, which every reader takes for an end of line.
    has_bare_return = any("\r" in cell for row in rows for cell in row)
    quoting: Literal[0, 1] = csv.QUOTE_ALL if has_bare_return else csv.QUOTE_MINIMAL
    csv.writer(sink, delimiter=delimiter, lineterminator=ending, quoting=quoting).writerows(rows)
    text = sink.getvalue()
    found = list(records(text, delimiter))
    assert [each.cells for each in found] == rows
    assert "".join(text[each.start : each.end] for each in found) == text
    assert [each.number for each in found] == list(range(1, len(rows) + 1))


@given(st.text() | st.text(alphabet='",\n\r;a ', max_size=60), st.sampled_from(list(DELIMITERS.values())))
def test_any_text_is_cut_without_gap_or_overlap(text: str, delimiter: str) -> None:
    found = list(records(text, delimiter))
    assert "".join(text[each.start : each.end] for each in found) == text


@given(st.text(alphabet='a1",;\t|\n', max_size=80))
def test_a_delimiter_is_always_found(text: str) -> None:
    assert best_shape(text).delimiter in DELIMITERS.values()


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("a,b\n1,2\n", ","),
        ("a;b\n1,5;2,5\n3,5;4,5\n", ";"),
        ("a\tb\nx, y\tz\n", "\t"),
        ("a|b|c\n1|2|3\n", "|"),
        ("name;note\nx;a, b, c\ny;d\n", ";"),
        ("only\none\ncolumn\n", ","),
        ("sep=;\na;b\n1;2\n", ";"),
        ("", ","),
    ],
)
def test_the_delimiter_is_found(text: str, delimiter: str) -> None:
    assert best_shape(text).delimiter == delimiter


@pytest.mark.parametrize(
    ("text", "found"), [("sep=;\n", ";"), ("SEP=,\r\na", ","), ("sep=x\n", ""), ("sep=;", ""), ("sep=;;\n", "")]
)
def test_a_sep_line_names_the_delimiter(text: str, found: str) -> None:
    assert sep_line(text) == found


def test_a_quotation_mark_that_never_closes_spoils_one_line() -> None:
    found = list(records('a,b\n1,2\n3,"4\n5,6\n7,8\n', ","))
    assert [each.cells for each in found] == [["a", "b"], ["1", "2"], [], ["5", "6"], ["7", "8"]]
    assert "never closed" in found[2].problem


def test_a_cell_of_several_lines_is_one_cell() -> None:
    found = list(records('a,"x\ny\r\nz"\nb,c\n', ","))
    assert [each.cells for each in found] == [["a", "x\ny\r\nz"], ["b", "c"]]


def test_an_inch_sign_is_no_quotation() -> None:
    assert [each.cells for each in records('5" pipe,1\nb,2\n', ",")] == [['5" pipe', "1"], ["b", "2"]]


@pytest.mark.parametrize("size", [TABLE_CELL_CHARS_MAX + 1, 200_000])
def test_a_cell_over_the_limit_spoils_its_row_only(size: int) -> None:
    found = list(records(f"a,b\n{'x' * size},2\n3,4\n", ","))
    assert [each.cells for each in found] == [["a", "b"], [], ["3", "4"]]
    assert "characters" in found[1].problem


def test_a_row_of_too_many_cells_is_told() -> None:
    found = list(records("," * 100_000 + "\na,b\n", ","))
    assert found[0].problem == f"It has 100,001 cells; a table may have {TABLE_COLUMNS_MAX} columns."
    assert found[1].cells == ["a", "b"]


@pytest.mark.parametrize("bomb", ['"', '"a\n', 'a,"\n', '"",\n', '"\n\n', '"' * 131_073 + "\n"])
def test_a_bomb_of_quotation_marks_ends_soon(bomb: str) -> None:
    text = bomb * (1_000_000 // len(bomb))  # reading each line again to the end would reach the time limit
    assert "".join(text[each.start : each.end] for each in records(text, ",")) == text


@pytest.mark.slow  # a million records
def test_more_records_than_a_spreadsheet_holds_are_over_the_limit() -> None:
    with pytest.raises(OverLimit):
        list(records("\n" * (SPREADSHEET_ROWS_MAX + 1), ","))
