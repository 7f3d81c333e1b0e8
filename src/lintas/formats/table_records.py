# SPDX-License-Identifier: Apache-2.0
"""Records of a table in CSV form, each with where it stands, so that rows can be cut out with their exact bytes.

Source: RFC 4180, and what spreadsheets write: semicolons and tabs, a `sep=` line, ragged rows, quotes that never close.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from typing import Final, NamedTuple

from lintas.errors import OverLimit
from lintas.limits import TABLE_CELL_CHARS_MAX, TABLE_COLUMNS_MAX

DELIMITERS: Final = {"tab": "\t", "semicolon": ";", "pipe": "|", "comma": ","}  # code -> character; earlier wins a tie
SPREADSHEET_ROWS_MAX: Final = 1_048_576  # records, blank ones too: what spreadsheets can hold and so export
RECOVERIES_MAX: Final = 100  # times that reading starts again behind a broken line; then the rest is one broken record
SNIFF_CHARS: Final = 65_536  # characters looked at to find the delimiter
SNIFF_RECORDS: Final = 100


class Record(NamedTuple):
    """One record; offsets are in characters of the table's text."""

    number: int  # counted from 1 as spreadsheets do, header and blank records too
    cells: list[str]
    start: int
    end: int
    problem: str  # why it cannot be used; empty when it can


class _Lines:
    """Gives lines with their endings, and knows how far it has come."""

    __slots__ = ("_source", "count", "position")

    def __init__(self, text: str) -> None:
        self._source = io.StringIO(text, newline="")
        self.position = 0
        self.count = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = next(self._source)
        self.position += len(line)
        self.count += 1
        return line

    def go_to(self, position: int) -> None:
        self._source.seek(position)
        self.position = position


def records(text: str, delimiter: str) -> Iterator[Record]:
    """Give each record in order. A broken one is given with its problem, and the next line is tried.

    Args:
        delimiter: One character of `DELIMITERS`.

    Raises:
        OverLimit: There are more records than a spreadsheet can hold.
    """
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=delimiter)
    number = recoveries = 0
    while True:
        start, count_before = lines.position, lines.count
        problem = ""
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:  # a field over the module's own limit, as an unclosed quotation mark makes
            cells, problem = [], f"A cell has more than {TABLE_CELL_CHARS_MAX:,} characters."
        number += 1
        if number > SPREADSHEET_ROWS_MAX:
            raise OverLimit(f"The table has more than {SPREADSHEET_ROWS_MAX:,} records.", hint="Split the file.")
        is_long = lines.count - count_before > 1
        problem = problem or _problem(cells, text, start, lines.position, is_long=is_long)
        if problem:
            if is_long and recoveries < RECOVERIES_MAX:
                recoveries += 1
                lines.go_to(start)
                next(lines)
            reader = csv.reader(lines, delimiter=delimiter)
        yield Record(number, [] if problem else cells, start, lines.position, problem)


def _problem(cells: list[str], text: str, start: int, end: int, *, is_long: bool) -> str:
    if is_long and end == len(text) and text.count('"', start, end) % 2:
        return "A quotation mark is opened and never closed."
    if len(cells) > TABLE_COLUMNS_MAX:
        return f"It has {len(cells):,} cells; a table may have {TABLE_COLUMNS_MAX} columns."
    if any(len(cell) > TABLE_CELL_CHARS_MAX for cell in cells):
        return f"A cell has more than {TABLE_CELL_CHARS_MAX:,} characters."
    return ""


def is_blank(cells: list[str]) -> bool:
    """Say whether a record holds nothing, as the empty rows at the end of a spreadsheet."""
    return not any(cell and not cell.isspace() for cell in cells)


def sep_line(text: str) -> str:
    """Return the delimiter that a first line such as `sep=;` names, or nothing."""
    if text[:4].lower() != "sep=" or text[5:6] not in ("\r", "\n"):
        return ""
    return text[4] if text[4] in DELIMITERS.values() else ""


class Shape(NamedTuple):
    """How well a delimiter fits a text."""

    delimiter: str
    columns: int  # cells of most records
    share: float  # of the records that have that many cells
    records: int


def shape_of(text: str, delimiter: str) -> Shape:
    """Say how many cells most of the first records have."""
    sample = text[:SNIFF_CHARS]
    widths: Counter[int] = Counter()
    for record in records(sample, delimiter):
        if record.end == len(sample) < len(text):
            break  # cut in the middle
        if not record.problem and not is_blank(record.cells):
            widths[len(record.cells)] += 1
        if widths.total() >= SNIFF_RECORDS:
            break
    if not widths:
        return Shape(delimiter, 0, 0.0, 0)
    columns, count = widths.most_common(1)[0]
    return Shape(delimiter, columns, count / widths.total(), widths.total())


def best_shape(text: str) -> Shape:
    """Find the delimiter that cuts the first records into most alike rows of two cells at least.

    A text without one is a table of one column, under the comma.
    """
    named = sep_line(text)
    if named:
        return shape_of(text[5:].lstrip("\r\n"), named)
    shapes = [shape_of(text, delimiter) for delimiter in DELIMITERS.values() if delimiter in text]
    several = [shape for shape in shapes if shape.columns > 1]
    # `max` keeps the first of equals: the order of DELIMITERS, because a comma stands in texts and amounts as well.
    return max(several, key=lambda shape: round(shape.share, 2), default=shape_of(text, ","))
