# SPDX-License-Identifier: Apache-2.0
"""CSV of payments: which table it is, and its records chunk by chunk, whatever stands in single rows.

Source: RFC 4180, and what banks and spreadsheets write.
"""

import csv
import io
import itertools
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from lintas.errors import Malformed, OverLimit
from lintas.formats.money.draft import LedgerDraft
from lintas.formats.money.headers import SAMPLED, fitted, suggest, with_layout
from lintas.formats.money.mapping import PaymentsMapping
from lintas.formats.money.plain_csv import Columns, plain_blocks
from lintas.formats.money.table import CHUNK_ROWS, TableOfPayments
from lintas.formats.table_mapping import table_start
from lintas.formats.table_records import DELIMITERS, best_shape, is_blank, records
from lintas.formats.text_encoding import decode_text
from lintas.limits import TABLE_CELL_CHARS_MAX, TABLE_COLUMNS_MAX

_SNIFFED_BYTES: Final = 400_000  # of a file, to recognize a table of payments
_SNIFFED_ROWS: Final = 200
_HINT: Final = "Give a mapping: `lintas take --guess-mapping` prints one where it can; docs/howto/payments.md says how."


class Layout(NamedTuple):
    """How a table is cut."""

    text: str
    encoding: str
    delimiter: str  # code of DELIMITERS
    header: bool
    note: str


def looks_like_payments(text: str) -> bool:
    """Say whether a table is plainly one of payments: by its headers and first rows alone."""
    rows = _first_rows(text)
    return len(rows) > 1 and suggest(rows[0], rows[1:], "SG") is not None


def is_headed_as_payments(text: str, region: str) -> bool:
    """Say whether the headers of a table name all that payments need, whatever its rows hold."""
    rows = _first_rows(text)
    return len(rows) > 1 and suggest(rows[0], rows[1:], region, is_asked=True) is not None


def _first_rows(text: str) -> list[list[str]]:
    body = text[table_start(text) : table_start(text) + _SNIFFED_BYTES]
    if "\n" not in body:
        return []
    rows = list(itertools.islice(_sniffed(body, best_shape(text[:_SNIFFED_BYTES]).delimiter), _SNIFFED_ROWS + 1))
    if len(text) > _SNIFFED_BYTES and len(rows) <= _SNIFFED_ROWS:
        rows = rows[:-1]  # cut in the middle
    return rows


def _sniffed(body: str, delimiter: str) -> Iterator[list[str]]:
    try:
        for row in csv.reader(io.StringIO(body, newline=""), delimiter=delimiter):
            if not is_blank(row):
                yield [cell.strip() for cell in row] if len(row) <= TABLE_COLUMNS_MAX else []
    except csv.Error:
        return


def open_table(raw: bytes, mapping: PaymentsMapping | None, *, encoding: str = "", delimiter: str = "") -> Layout:
    """Decode a table and find out how it is cut, unless that is known.

    Raises:
        Malformed: It is no text.
    """
    encoding = encoding or (mapping.encoding if mapping else "")
    delimiter = delimiter or (mapping.delimiter if mapping else "")
    decoded = decode_text(raw, encoding)
    if not delimiter:
        character = best_shape(decoded.text).delimiter
        delimiter = next(code for code, one in DELIMITERS.items() if one == character)
    return Layout(decoded.text, decoded.encoding, delimiter, mapping.header if mapping else True, decoded.note)


def guess(raw: bytes, region: str = "") -> PaymentsMapping | None:
    """Suggest the mapping of a table of payments; None when it is not plainly one.

    Raises:
        Malformed: It is no text.
    """
    layout = open_table(raw, None)
    start = table_start(layout.text)
    rows = list(itertools.islice(_sniffed(layout.text[start:], DELIMITERS[layout.delimiter]), SAMPLED + 1))
    found = suggest(rows[0], rows[1:], region) if len(rows) > 1 else None
    return with_layout(found, encoding=layout.encoding, delimiter=layout.delimiter, header=True) if found else None


def read_csv(layout: Layout, mapping: PaymentsMapping | None, draft: LedgerDraft) -> None:
    """Read a table into a ledger's rows.

    Raises:
        Malformed: It holds no record, or it is not certain how it is read; the hint says what to do.
        OverLimit: It has more columns than one table may.
    """
    read_chunks(_chunks(layout, table_start(layout.text), draft), mapping, draft, has_header=layout.header)


Chunks = Iterator[tuple[Sequence[int], list[list[str]] | Columns]]
"""Records with their numbers from 1, some ten thousand at once; blank ones too."""


def read_chunks(chunks: Chunks, mapping: PaymentsMapping | None, draft: LedgerDraft, *, has_header: bool) -> None:
    """Read the records of a table, wherever they come from, into a ledger's rows.

    Raises:
        Malformed: There is none, or it is not certain how they are read; the hint says what to do.
        OverLimit: There are more columns than one table may have.
    """
    numbers, found = next(chunks, ((), []))
    rows = found.between(0, SAMPLED + 1).rows() if isinstance(found, Columns) else found
    first = next((place for place, row in enumerate(rows) if not is_blank(row)), None)
    if isinstance(found, Columns) and first != 0:  # blank records in front
        rows = found = found.rows()
        first = next((place for place, row in enumerate(rows) if not is_blank(row)), None)
    if first is None:
        raise Malformed("The table holds no record.")
    if has_header:
        header = [cell.strip() for cell in rows[first]]
        first += 1
    else:
        header = [f"column {place}" for place in range(1, len(rows[first]) + 1)]
    sample = [row for row in rows[first : first + SAMPLED] if not is_blank(row)]
    table = table_for(header, sample, mapping, draft)
    rest = found.between(first, found.records) if isinstance(found, Columns) else found[first:]
    _add(table, numbers[first:], rest)
    for more, found in chunks:
        _add(table, more, found)
    table.finish()


def _add(table: TableOfPayments, numbers: Sequence[int], found: list[list[str]] | Columns) -> None:
    if isinstance(found, Columns):
        table.add_columns(numbers, found)
    else:
        table.add(numbers, found)


def in_chunks(rows: Iterator[list[str]], number: int = 1) -> Chunks:
    """Cut rows into chunks, counted from a number on."""
    while chunk := list(itertools.islice(rows, CHUNK_ROWS)):
        yield range(number, number + len(chunk)), chunk
        number += len(chunk)


def table_for(
    header: Sequence[str], sample: Sequence[Sequence[str]], mapping: PaymentsMapping | None, draft: LedgerDraft
) -> TableOfPayments:
    """Settle how a table is read.

    Raises:
        Malformed: It is not certain; the hint says what to do.
        OverLimit: It has more columns than one table may.
    """
    if len(header) > TABLE_COLUMNS_MAX:
        raise OverLimit(f"The table has {len(header):,} columns; {TABLE_COLUMNS_MAX} may be taken.")
    if mapping is None:
        mapping = suggest(header, sample, draft.options.region, is_asked=True)
        if mapping is None:
            raise Malformed("It is not certain which columns hold payer, payee, amount, currency and time.", hint=_HINT)
    places, missing = fitted(mapping, header)
    needed = {"amount", "debit", "credit", "time"} & set(mapping.columns)
    if not needed <= set(places):
        raise Malformed("The mapping of payments is for another table: it shares no amount or time with this one.")
    for name in missing[:20]:
        draft.note(f"The column {name[:60]!r} of the mapping is not in the table.")
    return TableOfPayments(draft, mapping, places, len(header))


def _chunks(layout: Layout, start: int, draft: LedgerDraft) -> Chunks:
    text = layout.text[start:] if start else layout.text
    ahead = 1 if start else 0  # a line `sep=;` is counted, as spreadsheets do
    delimiter = DELIMITERS[layout.delimiter]
    if text.count('"') % 2:
        return _careful(text, delimiter, ahead, draft)
    plain = plain_blocks(text, delimiter, CHUNK_ROWS)
    if plain is not None:
        return _counted(plain, ahead)
    return _quick(text, delimiter, ahead, draft)


def _careful(text: str, delimiter: str, ahead: int, draft: LedgerDraft) -> Chunks:
    """A quotation mark is never closed somewhere: what it swallows is found out line by line."""
    numbers: list[int] = []
    rows: list[list[str]] = []
    for record in records(text, delimiter):
        if record.problem:
            draft.reject(f"row {record.number + ahead}", record.problem)
            continue
        numbers.append(record.number + ahead)
        rows.append(record.cells)
        if len(rows) >= CHUNK_ROWS:
            yield numbers, rows
            numbers, rows = [], []
    if rows:
        yield numbers, rows


def _counted(blocks: Iterator[list[list[str]] | Columns], number: int) -> Chunks:
    for found in blocks:
        count = found.records if isinstance(found, Columns) else len(found)
        yield range(number + 1, number + 1 + count), found
        number += count


def _quick(text: str, delimiter: str, ahead: int, draft: LedgerDraft) -> Chunks:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    number = ahead
    while True:
        rows: list[list[str]] = []
        problem = False
        try:
            rows.extend(itertools.islice(reader, CHUNK_ROWS))
        except csv.Error:  # what was read before it is kept: `extend` takes row by row
            problem = True
        if rows:
            yield range(number + 1, number + 1 + len(rows)), rows
        number += len(rows)
        if problem:
            number += 1
            draft.reject(f"row {number}", f"A cell has more than {TABLE_CELL_CHARS_MAX:,} characters.")
        elif not rows:
            return
