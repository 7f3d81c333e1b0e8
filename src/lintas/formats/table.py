# SPDX-License-Identifier: Apache-2.0
"""The reader of tables (CSV, TSV): one message per table, or one per marking where a column marks the rows.

Source: RFC 4180 for the form and the media type's parameters.
"""

import re
from hashlib import sha256
from typing import Final, NamedTuple

import msgspec

from lintas.errors import Malformed, OverLimit
from lintas.formats.packs import Packs
from lintas.formats.table_columns import Column, Mapping
from lintas.formats.table_mapping import Layout, guess_mapping, marking_of_cell, table_start
from lintas.formats.table_records import DELIMITERS, Record, is_blank, records
from lintas.formats.table_rows import RowsDraft, rejected_row
from lintas.formats.text_encoding import Text, decode_text, encode_text
from lintas.limits import FILE_BYTES_MAX, TABLE_ROWS_MAX
from lintas.model.marking import Tlp
from lintas.model.reading import Container, Derived, ReaderName, ReadOptions, Rejected, Slice

_MEDIA_TYPE: Final = re.compile(r"text/csv;charset=([a-z0-9-]+);delimiter=([a-z]+);header=(present|absent)")


_Marked = tuple[str, tuple[str, ...]]  # name of a TLP, empty when unmarked; codes of protected classes


class _Table(NamedTuple):
    decoded: Text
    mapping: Mapping
    header: Record | None
    rows: list[Record]  # blank records are left out; broken ones stay, with their problem
    notes: tuple[str, ...]


class TableReader:
    """Reads tables. Pure: the same bytes, options and packs give the same values."""

    name = ReaderName("table/1")

    def read(self, raw: bytes, options: ReadOptions, packs: Packs) -> Container:
        """Read a table with the mapping of the options, or with the one that suggests itself.

        Raises:
            Malformed: It is no text, holds no record, or is not the table that the mapping is for.
            OverLimit: It has more bytes, rows or columns than one table may.
            BadInput: The mapping cannot be read.
        """
        if len(raw) > FILE_BYTES_MAX:
            raise OverLimit(
                f"The file has {len(raw):,} bytes; {FILE_BYTES_MAX:,} may be taken.", hint="Split the file."
            )
        table = _read_table(raw, None, options, packs)
        mapping = table.mapping
        presence = "present" if mapping.header else "absent"
        media_type = f"text/csv;charset={mapping.encoding};delimiter={mapping.delimiter};header={presence}"
        notes = tuple(note for note in (table.decoded.note, *table.notes) if note)
        marking = next((index for index, column in enumerate(mapping.columns) if column.role == "marking"), None)
        words = f"table of {len(mapping.columns)} columns, {mapping.delimiter}-separated, {mapping.encoding}"
        if marking is None:
            whole = Slice(((0, len(raw)),), media_type, "", self.derive(raw, media_type, options, packs))
            return Container(self.name, words, (whole,), (), len(table.rows), notes)
        slices, note = self._by_marking(raw, table, marking, media_type, options, packs)
        rejected: tuple[Rejected, ...] = ()
        if not note:  # in a table cut by marking the broken rows stand in no slice
            rejected = tuple(rejected_row(row) for row in table.rows if row.problem)
        return Container(self.name, words, slices, rejected, len(table.rows), (*notes, note) if note else notes)

    def derive(self, raw: bytes, media_type: str, options: ReadOptions, packs: Packs) -> Derived:
        """Say again what one table says, from its bytes alone.

        Raises:
            Malformed: It is not the table that media type and mapping say.
            OverLimit: It has more rows or columns than one table may.
            BadInput: The mapping cannot be read.
        """
        found = _MEDIA_TYPE.fullmatch(media_type)
        if found is None or found[2] not in DELIMITERS:
            raise Malformed(f"The media type {media_type[:80]!r} is not that of a table.")
        # A mapping has a layout of its own: the media type's, unless a person corrected it after the table was in.
        stated = Layout(encoding=found[1], delimiter=found[2], header=found[3] == "present")
        layout = None if options.mapping else stated
        table = _read_table(raw, layout, options, packs)
        draft = RowsDraft(table.mapping, stem=sha256(raw).hexdigest()[:16], options=options, packs=packs)
        for row in table.rows:
            if row.problem:
                draft.reject(row)
            else:
                draft.add(row)
        return draft.derived()

    def _by_marking(
        self, raw: bytes, table: _Table, marking: int, media_type: str, options: ReadOptions, packs: Packs
    ) -> tuple[tuple[Slice, ...], str]:
        """Cut a table into one slice per marking: the header's bytes, then those of the rows."""
        rows: dict[_Marked, list[Record]] = {}
        for row in table.rows:
            if not row.problem:
                tlp, classes = marking_of_cell(row.cells[marking]) if marking < len(row.cells) else (None, ())
                rows.setdefault(("" if tlp is None else tlp.name, classes), []).append(row)
        if encode_text(table.decoded.text, table.decoded.encoding) != raw[table.decoded.skipped :]:
            strictest = max((Tlp[name] for name, _ in rows if name), default=None)
            tlp_name = "" if strictest is None else strictest.name
            every = tuple(sorted({one for _, classes in rows for one in classes}))
            derived = self.derive(raw, media_type, options, packs)
            note = "Its encoding does not allow to cut rows out exactly; the strictest marking counts for all of it."
            return (Slice(((0, len(raw)),), media_type, tlp_name, derived, classes=every),), note
        place = _Places(table.decoded)
        slices: list[Slice] = []
        spans_by_name: dict[_Marked, list[tuple[int, int]]] = {name: [] for name in rows}
        header = [] if table.header is None else [place.span(table.header)]
        names = {row.number: name for name, group in rows.items() for row in group}
        for row in table.rows:
            if row.number in names:
                spans_by_name[names[row.number]].append(place.span(row))
        for (name, classes), spans in spans_by_name.items():
            joined = _joined([*header, *spans])
            payload = b"".join(raw[start : start + size] for start, size in joined)
            derived = self.derive(payload, media_type, options, packs)
            slices.append(Slice(joined, media_type, name, derived, classes=classes))
        return tuple(slices), ""


class _Places:
    """Turns character offsets, asked for in rising order, into byte offsets."""

    def __init__(self, decoded: Text) -> None:
        self._decoded = decoded
        self._chars, self._bytes = 0, decoded.skipped

    def span(self, record: Record) -> tuple[int, int]:
        start = self._byte_at(record.start)
        return start, self._byte_at(record.end) - start

    def _byte_at(self, chars: int) -> int:
        assert chars >= self._chars, "places are asked for in order"
        self._bytes += len(encode_text(self._decoded.text[self._chars : chars], self._decoded.encoding))
        self._chars = chars
        return self._bytes


def _joined(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Join spans that follow one another without a gap."""
    joined: list[tuple[int, int]] = []
    for start, size in spans:
        if joined and joined[-1][0] + joined[-1][1] == start:
            joined[-1] = (joined[-1][0], joined[-1][1] + size)
        else:
            joined.append((start, size))
    return tuple(joined)


def _read_table(raw: bytes, layout: Layout | None, options: ReadOptions, packs: Packs) -> _Table:
    """Decode a table, settle its mapping and check its rows against it."""
    given = Mapping.from_json(options.mapping) if options.mapping else None
    is_declared = given is not None or layout is not None
    mapping = given or guess_mapping(raw, packs, options.region, layout=layout)
    layout = layout or Layout(encoding=mapping.encoding, delimiter=mapping.delimiter, header=mapping.header)
    decoded = decode_text(raw, layout.encoding if is_declared else "")
    offset = table_start(decoded.text)
    header: Record | None = None
    rows: list[Record] = []
    for found in records(decoded.text[offset:], DELIMITERS[layout.delimiter]):
        if not found.problem and is_blank(found.cells):
            continue
        record = found._replace(start=found.start + offset, end=found.end + offset, number=found.number + (offset > 0))
        if layout.header and header is None:
            if record.problem:
                raise Malformed(f"The header of the table cannot be read. {record.problem}")
            header = record
            continue
        rows.append(record)
        if len(rows) > TABLE_ROWS_MAX:
            raise OverLimit(f"The table has more than {TABLE_ROWS_MAX:,} rows.", hint="Split the file.")
    if layout.header and header is None:
        raise Malformed("The table holds no record.")
    notes: tuple[str, ...] = ()
    if given is not None:
        mapping, notes = _fitted(given, header)
    width = len(mapping.columns)
    rows = [_checked(row, width) for row in rows]
    return _Table(decoded, mapping, header, rows, notes)


def _checked(row: Record, width: int) -> Record:
    """Give a row that is wider than the table its problem; cells beyond the last column may only be empty."""
    if row.problem or is_blank(row.cells[width:]):
        return row
    return row._replace(
        problem=f"It has {len(row.cells)} cells, the table {width} columns; they cannot be aligned.", cells=[]
    )


def _fitted(given: Mapping, header: Record | None) -> tuple[Mapping, tuple[str, ...]]:
    """Bring a mapping's columns into the order of the table's headers, so that next month's table may differ in it.

    Raises:
        Malformed: Not one of its columns is in the table.
    """
    if header is None:
        return given, ()
    left = list(given.columns)
    columns: list[Column] = []
    for cell in header.cells:
        name = cell.strip() or f"column {len(columns) + 1}"
        column = next((each for each in left if each.header == name), None)
        if column is not None:
            left.remove(column)
        columns.append(column or Column(header=name, role="keep", reason="The mapping does not name it."))
    if len(left) == len(given.columns):
        raise Malformed("The column mapping is for another table: it shares no header with this one.")
    notes = (f"{len(left)} columns of the mapping are not in the table.",) if left else ()
    return msgspec.structs.replace(given, columns=tuple(columns)), notes
