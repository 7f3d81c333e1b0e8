# SPDX-License-Identifier: Apache-2.0
"""Workbooks (XLSX) as rows of texts: numbers as they are written in the file, never through a float.

A workbook is a ZIP of XML files; both are bounded before they are opened. Numbers stand in it as decimal text of what a
spreadsheet computed with: where that is not what was meant (0.30000000000000004), fifteen digits are what it shows, and
what is read. Account numbers of more than fifteen digits, or with zeros in front, that were typed as numbers are lost
before this reader: their column must be text.
Source: ECMA-376, parts 1 and 2; XML 1.0.
"""

import itertools
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from io import BytesIO
from typing import Final
from xml.parsers import expat  # no document type is let through, see `_parse`  # nosec B407

from lintas.errors import Malformed, OverLimit
from lintas.formats.money.csv_file import in_chunks, read_chunks
from lintas.formats.money.draft import LedgerDraft
from lintas.formats.money.headers import SAMPLED, suggest
from lintas.formats.money.mapping import PaymentsMapping
from lintas.formats.table_records import SPREADSHEET_ROWS_MAX, is_blank
from lintas.limits import TABLE_CELL_CHARS_MAX, TABLE_COLUMNS_MAX, XLSX_BYTES_MAX, XLSX_FILES_MAX, XML_DEPTH_MAX

_CELL: Final = re.compile(r"([A-Z]{1,3})([0-9]{1,7})", re.ASCII)
_DATES: Final = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})  # built-in formats
_DATE_LETTERS: Final = re.compile(r"[ymdhs]", re.IGNORECASE)
_QUOTED: Final = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
_DAY_ZERO: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's days know no zone
_DAY_ZERO_1904: Final = datetime(1904, 1, 1)  # noqa: DTZ001 - as above
_BROKEN: Final = (  # what unpacking raises
    zipfile.BadZipFile, zlib.error, struct.error, ValueError, NotImplementedError, OverflowError, RuntimeError, OSError,
    EOFError, KeyError,
)  # fmt: skip
_RATIO_MAX: Final = 200  # times that a part may unpack to


def is_workbook(raw: bytes) -> bool:
    """Say whether a file is a workbook, by the names of its parts."""
    return raw.startswith(b"PK\x03\x04") and b"xl/workbook.xml" in raw[-200_000:]


class Workbook:
    """One workbook that was opened."""

    def __init__(self, raw: bytes) -> None:
        """Open it.

        Raises:
            Malformed: It is no workbook, or a part of it is no XML that is read here.
            OverLimit: It unpacks to more than a file may.
        """
        try:
            self._zip = zipfile.ZipFile(BytesIO(raw))
            infos = self._zip.infolist()
        except _BROKEN as exc:
            raise Malformed("The file is no whole workbook.") from exc
        if len(infos) > XLSX_FILES_MAX or sum(info.file_size for info in infos) > XLSX_BYTES_MAX:
            raise OverLimit(f"The workbook unpacks to more than {XLSX_BYTES_MAX:,} bytes.", hint="Save it as CSV.")
        if any(info.file_size > 4_096 + _RATIO_MAX * info.compress_size for info in infos):
            raise OverLimit("A part of the workbook unpacks to far more than it is: it may be an attack.")
        if any(info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for info in infos):
            raise Malformed("A part of the workbook is packed in a way that no workbook is.")
        self._sizes = {info.filename: info.file_size for info in infos}
        self.sheets, self._first_day = self._book()
        self._strings = self._shared()
        self._dates = self._styles()

    def rows(self, sheet: str = "") -> Iterator[list[str]]:
        """The rows of one sheet, blank ones too, as far as the sheet goes.

        Args:
            sheet: Its name; empty: the first.

        Raises:
            Malformed: There is none of that name.
        """
        path = self.sheets.get(sheet) if sheet else next(iter(self.sheets.values()), None)
        if path is None:
            raise Malformed(
                f"The workbook has no sheet {sheet[:40]!r}.", hint=f"It has: {', '.join(self.sheets)[:200]}."
            )
        reading = _Sheet(self._strings, self._dates, self._first_day)
        _parse(self._part(path), reading.begins, reading.ends, reading.text)
        return iter(reading.rows)

    def _part(self, name: str) -> bytes:
        size = self._sizes.get(name)
        if size is None:
            raise Malformed(f"The workbook has no part {name[:80]!r}.")
        try:
            with self._zip.open(name) as part:
                data = part.read(size + 1)
        except _BROKEN as exc:
            raise Malformed("The workbook is damaged, or under a password.") from exc
        if len(data) != size:
            raise Malformed("The workbook is damaged.")
        return data

    def _book(self) -> tuple[dict[str, str], datetime]:
        links: dict[str, str] = {}
        sheets: list[tuple[str, str]] = []
        first = [_DAY_ZERO]

        def link(name: str, attributes: dict[str, str]) -> None:
            if name.endswith(" Relationship") and "worksheet" in attributes.get("Type", ""):
                target = attributes.get("Target", "")
                links[attributes.get("Id", "")] = target[1:] if target.startswith("/") else f"xl/{target}"

        def sheet(name: str, attributes: dict[str, str]) -> None:
            local = name.rpartition(" ")[2]
            if local == "sheet":
                id_ = next((text for key, text in attributes.items() if key.endswith(" id")), "")
                sheets.append((attributes.get("name", "")[:200], id_))
            elif local == "workbookPr" and attributes.get("date1904") in ("1", "true"):
                first[0] = _DAY_ZERO_1904

        _parse(self._part("xl/_rels/workbook.xml.rels"), link, _nothing, _nothing)
        _parse(self._part("xl/workbook.xml"), sheet, _nothing, _nothing)
        return {name: links[id_] for name, id_ in sheets if id_ in links}, first[0]

    def _shared(self) -> list[str]:
        if "xl/sharedStrings.xml" not in self._sizes:
            return []
        reading = _Strings()
        _parse(self._part("xl/sharedStrings.xml"), reading.begins, reading.ends, reading.text)
        return reading.strings

    def _styles(self) -> frozenset[int]:
        """Indexes of the cell styles that show dates."""
        if "xl/styles.xml" not in self._sizes:
            return frozenset()
        own: dict[str, str] = {}
        found: set[int] = set()
        inside = [False, 0]

        def begins(name: str, attributes: dict[str, str]) -> None:
            local = name.rpartition(" ")[2]
            if local == "numFmt":
                own[attributes.get("numFmtId", "")] = _QUOTED.sub("", attributes.get("formatCode", "")[:500])
            elif local == "cellXfs":
                inside[0] = True
            elif local == "xf" and inside[0]:
                id_ = attributes.get("numFmtId", "0")
                if id_ in own:
                    is_date = bool(_DATE_LETTERS.search(own[id_])) and "General" not in own[id_]
                else:
                    is_date = id_.isdecimal() and int(id_[:6]) in _DATES
                if is_date:
                    found.add(inside[1])
                inside[1] += 1

        def ends(name: str) -> None:
            if name.endswith(" cellXfs"):
                inside[0] = False

        _parse(self._part("xl/styles.xml"), begins, ends, _nothing)
        return frozenset(found)


class _Strings:
    def __init__(self) -> None:
        self.strings: list[str] = []
        self._texts: list[str] = []
        self._is_open = self._is_ruby = False

    def begins(self, name: str, _attributes: dict[str, str]) -> None:
        local = name.rpartition(" ")[2]
        if local == "si":
            self._texts = []
        elif local == "rPh":
            self._is_ruby = True
        self._is_open = local == "t" and not self._is_ruby

    def ends(self, name: str) -> None:
        local = name.rpartition(" ")[2]
        self._is_open = False
        if local == "rPh":
            self._is_ruby = False
        elif local == "si":
            self.strings.append("".join(self._texts))

    def text(self, said: str) -> None:
        if self._is_open:
            self._texts.append(said)


class _Sheet:
    def __init__(self, strings: list[str], dates: frozenset[int], first_day: datetime) -> None:
        self._strings, self._dates, self._first_day = strings, dates, first_day
        self.rows: list[list[str]] = []
        self._row: list[str] = []
        self._place = 0
        self._kind, self._style = "n", ""
        self._texts: list[str] = []
        self._is_open = False

    def begins(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(" ")[2]
        if local == "row":
            number = attributes.get("r", "")
            wanted = int(number[:8]) if number.isdecimal() else len(self.rows) + 1
            if wanted > SPREADSHEET_ROWS_MAX or wanted > len(self.rows) + 100_000:
                raise OverLimit(f"The sheet has more than {SPREADSHEET_ROWS_MAX:,} rows, or far apart ones.")
            while len(self.rows) + 1 < wanted:
                self.rows.append([])
            self._row, self._place = [], 0
        elif local == "c":
            found = _CELL.fullmatch(attributes.get("r", ""))
            self._place = _column(found[1]) if found else self._place + 1
            if self._place > TABLE_COLUMNS_MAX:
                raise OverLimit(f"The sheet has more than {TABLE_COLUMNS_MAX} columns.")
            self._kind, self._style, self._texts = attributes.get("t", "n"), attributes.get("s", ""), []
        elif local == "v" or (local == "t" and self._kind == "inlineStr"):
            self._is_open = True

    def text(self, said: str) -> None:
        if self._is_open:
            self._texts.append(said)

    def ends(self, name: str) -> None:
        local = name.rpartition(" ")[2]
        self._is_open = False
        if local == "c":
            self._row += [""] * (self._place - len(self._row))
            if self._place:
                self._row[self._place - 1] = self._value("".join(self._texts))[:TABLE_CELL_CHARS_MAX]
        elif local == "row":
            self.rows.append(self._row)

    def _value(self, text: str) -> str:
        if self._kind == "s":
            return self._strings[int(text)] if text.isdecimal() and int(text[:9]) < len(self._strings) else ""
        if self._kind == "e":
            return ""
        if self._kind != "n" or not text:
            return text
        if self._style.isdecimal() and int(self._style[:9]) in self._dates:
            return _moment(text, self._first_day)
        return _number(text)


def _column(letters: str) -> int:
    found = 0
    for letter in letters:
        found = found * 26 + ord(letter) - 64
    return found


def _number(text: str) -> str:
    """A number with at most fifteen digits, as a spreadsheet shows it: no exponent, no noise of binary fractions."""
    try:
        number = Decimal(text)
        if not number.is_finite() or abs(number.adjusted()) > 30:
            return text
        if len(number.as_tuple().digits) > 15:
            number = number.quantize(Decimal(1).scaleb(number.adjusted() - 14))
        plain = format(number, "f")
    except InvalidOperation:
        return text
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _moment(text: str, first_day: datetime) -> str:
    """A spreadsheet's day, counted from its first, as people write a date."""
    try:
        seconds = round(Decimal(text) * 86_400)
        moment = first_day + timedelta(seconds=seconds)
    except (InvalidOperation, OverflowError, ValueError):
        return text
    return moment.strftime("%Y-%m-%d") if seconds % 86_400 == 0 else moment.isoformat(sep=" ")


def _nothing(*_: object) -> None:
    """What is not looked at."""


def _refuse(*_: object) -> None:
    raise Malformed("A part of the workbook has a document type, which no workbook has: it may be an attack.")


def _parse(
    data: bytes, begins: Callable[[str, dict[str, str]], None], ends: Callable[[str], None], text: Callable[[str], None]
) -> None:
    depth = [0]

    def begin(name: str, attributes: dict[str, str]) -> None:
        depth[0] += 1
        if depth[0] > XML_DEPTH_MAX:
            raise OverLimit(f"A part of the workbook is nested deeper than {XML_DEPTH_MAX} elements.")
        begins(name, attributes)

    def end(name: str) -> None:
        depth[0] -= 1
        ends(name)

    parser = expat.ParserCreate(None, " ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as exc:
        raise Malformed("A part of the workbook is no whole XML.") from exc


def read_workbook(raw: bytes, mapping: PaymentsMapping | None, draft: LedgerDraft) -> None:
    """Read a sheet of payments into a ledger's rows.

    Raises:
        Malformed: It is no workbook, has no such sheet, or it is not certain how it is read.
        OverLimit: It unpacks to more than a file may, or has more rows or columns than a table may.
    """
    rows = Workbook(raw).rows(mapping.sheet if mapping else "")
    read_chunks(in_chunks(rows), mapping, draft, has_header=mapping.header if mapping else True)


def guess_workbook(raw: bytes, region: str) -> PaymentsMapping | None:
    """Suggest how a workbook's first sheet is read; None when it is not plainly one of payments.

    Raises:
        Malformed: It is no workbook.
        OverLimit: It unpacks to more than a file may, or has more rows or columns than a table may.
    """
    rows = [row for row in itertools.islice(Workbook(raw).rows(), SAMPLED + 1) if not is_blank(row)]
    return suggest(rows[0], rows[1:], region) if len(rows) > 1 else None
