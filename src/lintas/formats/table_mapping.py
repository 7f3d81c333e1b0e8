# SPDX-License-Identifier: Apache-2.0
"""Suggest what the columns of a table hold, with a reason for each that a person can check and correct."""

import itertools
import re
from typing import Final, NamedTuple

from lintas.errors import Malformed, OverLimit
from lintas.formats.identifiers import canonical
from lintas.formats.packs import Packs
from lintas.formats.schemata import Schemata, schemata_of
from lintas.formats.table_columns import MAPPING_VERSION, Column, Mapping
from lintas.formats.table_groups import arrange
from lintas.formats.table_headers import Heading, read_heading
from lintas.formats.table_records import DELIMITERS, Record, best_shape, is_blank, records, sep_line
from lintas.formats.text_encoding import decode_text
from lintas.limits import FILE_BYTES_MAX, TABLE_COLUMNS_MAX, TERM_CHARS_MAX
from lintas.model.identifier import Identifier, Strength
from lintas.model.marking import Tlp, class_named, class_of_label
from lintas.model.reading import Rejected

__all__ = ["Mapping", "guess_mapping"]

ROWS_SAMPLED: Final = 200  # rows looked at
VALUES_SAMPLED: Final = 40  # values tried per column
SHARE_MIN: Final = 0.8  # of a column's values that must be of a scheme when its header does not say so
CHECKED_MIN: Final = (
    5  # values with a check digit needed when the header does not say so: one in ten numbers fits by chance
)

# Schemes that a value shows by its form alone, tried on columns whose header says nothing.
_TELLING: Final = (
    "email",
    "url",
    "sha256",
    "sha1",
    "md5",
    "ipv4",
    "ipv6",
    "iban",
    "btc",
    "eth",
    "tron",
    "domain",
    "uetr",
)
_CHECKED: Final = ("cn_ric", "thai_pin", "nric", "imei")
_INTERNATIONAL: Final = re.compile(r"\s*(?:\+|00)[\d\s().-]{7,20}")
_NUMBER: Final = re.compile(r"\s*[+-]?[\d.,\s]+%?\s*")
_TLP_WORD: Final = re.compile(r"\s*(?:TLP[\s:_-]*)?(?:WHITE|CLEAR|GREEN|AMBER(?:[+_ -]?STRICT)?|RED)\s*", re.IGNORECASE)


class Layout(NamedTuple):
    """What must be known of a table before its columns."""

    encoding: str
    delimiter: str  # code of DELIMITERS
    header: bool


def guess_mapping(raw: bytes, packs: Packs, region: str = "", *, layout: Layout | None = None) -> Mapping:
    """Suggest a mapping from the headers and the first values.

    Args:
        raw: The whole table.
        region: ISO 3166-1 alpha-2; how national numbers among the values are tried.
        layout: What is known already; found out when absent.

    Raises:
        Malformed: It is no text, or holds no record.
        OverLimit: It has more columns than a table may have.
    """
    if len(raw) > FILE_BYTES_MAX:
        raise OverLimit(f"The file has {len(raw):,} bytes; {FILE_BYTES_MAX:,} may be taken.", hint="Split the file.")
    schemata = schemata_of(packs)
    decoded = decode_text(raw, layout.encoding if layout else "")
    body = decoded.text[table_start(decoded.text) :]
    delimiter = DELIMITERS[layout.delimiter] if layout else best_shape(decoded.text).delimiter
    rows = _first_rows(body, delimiter)
    if not rows:
        raise Malformed("The table holds no record.")
    has_header = layout.header if layout else _is_header(rows, schemata)
    width = len(rows[0]) if has_header else max(map(len, rows))
    if width > TABLE_COLUMNS_MAX:
        raise OverLimit(f"The table has {width:,} columns; {TABLE_COLUMNS_MAX} may be taken.")
    headers = rows[0] if has_header else [f"column {number}" for number in range(1, width + 1)]
    values = rows[1:] if has_header else rows
    found: list[tuple[str, Column]] = []
    for index, header in enumerate(headers):
        sample = [row[index].strip() for row in values if index < len(row) and row[index].strip()]
        heading = read_heading(header, schemata) if has_header else Heading("", None, "")
        column = _column(header.strip() or f"column {index + 1}", heading, sample[:VALUES_SAMPLED], packs, region)
        found.append((heading.side, column))
    groups, main, columns, relations = arrange(_one_marking(found), schemata)
    code = next(code for code, character in DELIMITERS.items() if character == delimiter)
    return Mapping(
        v=MAPPING_VERSION, encoding=decoded.encoding, delimiter=code, header=has_header,
        groups=groups, main=main, columns=columns, relations=relations,
    )  # fmt: skip


def table_start(text: str) -> int:
    """Return where the records begin: behind a line such as `sep=;`, which is no record."""
    if not sep_line(text):
        return 0
    return 7 if text[5:7] == "\r\n" else 6


def _first_rows(text: str, delimiter: str) -> list[list[str]]:
    usable = (record for record in records(text, delimiter) if _is_row(record))
    return [record.cells for record in itertools.islice(usable, ROWS_SAMPLED + 1)]


def _is_row(record: Record) -> bool:
    if record.number == 1 and record.problem.endswith("columns."):
        raise OverLimit(f"The first record of the table is too wide. {record.problem}")
    return not record.problem and not is_blank(record.cells)


def _is_header(rows: list[list[str]], schemata: Schemata) -> bool:
    """Say whether the first record names the columns: known words, or plain distinct texts above other values."""
    first = [cell.strip() for cell in rows[0]]
    if any(_NUMBER.fullmatch(cell) or "@" in cell or len(cell) > 100 for cell in first if cell):
        return False
    if any(read_heading(cell, schemata).words is not None for cell in first if cell):
        return True
    named = [cell for cell in first if cell]
    return len(named) == len(first) == len(set(first)) and all(re.search(r"[^\W\d_]", cell) for cell in first)


def _column(header: str, heading: Heading, sample: list[str], packs: Packs, region: str) -> Column:
    words = heading.words
    if words is None:
        return _by_values(header, sample, packs, region)
    said = f"Its header says “{heading.matched}”"
    if words.marking:
        readable = [value for value in sample if _TLP_WORD.fullmatch(value)]
        if sample and not readable:
            return Column(header=header, role="keep", reason=f"{said}, but none of its values is a TLP label.")
        return Column(header=header, role="marking", reason=f"{said}: each value makes a message of its own.")
    if words.bank:
        return Column(header=header, role="bank", prop="bankName", kind="name", group="account", reason=f"{said}.")
    if words.prop:
        group, kind = words.group, words.kind
        return Column(header=header, role="property", group=group, prop=words.prop, kind=kind, reason=f"{said}.")
    return _by_schemes(header, said, words.schemes, sample, packs, region)


def _by_schemes(
    header: str, said: str, schemes: tuple[str, ...], sample: list[str], packs: Packs, region: str
) -> Column:
    """Keep those of the header's schemes that accept any value, in the pack's order: the narrower one first."""
    counts = {scheme: sum(_accepts(scheme, value, packs, region) for value in sample) for scheme in schemes}
    kept = tuple(scheme for scheme in schemes if counts[scheme])
    place = schemata_of(packs).scheme_columns[(kept or schemes)[0]]
    if sample and not kept:
        reason = f"{said}, but none of {len(sample)} values tried is valid: kept as written."
        return Column(
            header=header, role="property", group=place.group, prop=place.prop, kind="identifier", reason=reason
        )
    tried = ", ".join(f"{counts[scheme]} of {len(sample)} are {scheme}" for scheme in kept) or "it has no values to try"
    return Column(
        header=header, role="identifier", group=place.group, prop=place.prop, kind="identifier",
        schemes=kept or schemes, reason=f"{said}; of the values tried, {tried}.",
    )  # fmt: skip


def _by_values(header: str, sample: list[str], packs: Packs, region: str) -> Column:
    """Name the scheme that most values show by their form, else keep the column under its header."""
    if sample and all(_TLP_WORD.fullmatch(value) and "TLP" in value.upper() for value in sample):
        return Column(header=header, role="marking", reason="All of its values are TLP labels.")
    numbers = sum(_NUMBER.fullmatch(value) is not None for value in sample)
    candidates = [*_TELLING, *(_CHECKED if len(sample) >= CHECKED_MIN else ())]
    if sample and all(_INTERNATIONAL.fullmatch(value) for value in sample):
        candidates.insert(0, "phone")
    for scheme in candidates:
        accepted = sum(_accepts(scheme, value, packs, region) for value in sample)
        if accepted and accepted >= SHARE_MIN * len(sample):
            place = schemata_of(packs).scheme_columns[scheme]
            reason = f"Its header says nothing known; {accepted} of {len(sample)} values tried are {scheme}."
            return Column(
                header=header, role="identifier", group=place.group, prop=place.prop, kind="identifier",
                schemes=(scheme,), reason=reason,
            )  # fmt: skip
    kind = "text" if any(len(value) > 100 for value in sample) else "string"
    if sample and numbers == len(sample):
        kind = "number"
    return Column(header=header, role="keep", kind=kind, reason="Nothing known about it: kept under its own name.")


def _accepts(scheme: str, value: str, packs: Packs, region: str) -> bool:
    if len(value) > TERM_CHARS_MAX:
        return False
    found = canonical(scheme, value, packs=packs, region=region)
    if isinstance(found, Rejected):
        return False
    return scheme not in _CHECKED or _is_checked(found)


def _is_checked(found: Identifier) -> bool:
    return found.strength is Strength.CHECKED


def _one_marking(found: list[tuple[str, Column]]) -> list[tuple[str, Column]]:
    """Let only the first marking column mark; further ones are kept as statements."""
    result: list[tuple[str, Column]] = []
    has_marking = False
    for side, column in found:
        if column.role == "marking" and has_marking:
            kept = Column(header=column.header, role="keep", reason="Another column is the marking already.")
            result.append((side, kept))
        else:
            has_marking |= column.role == "marking"
            result.append((side, column))
    return result


def marking_of_cell(cell: str) -> tuple[Tlp | None, tuple[str, ...]]:
    """Read a marking cell, `AMBER` or `AMBER; victim`: no TLP for an empty one, RED for one that cannot be read.

    What is named beside the label is a protected class by its code; parts are parted by `;` or `,`.
    """
    parts = [part.strip() for part in re.split(r"[;,]", cell) if part.strip()]
    classes = [class_of_label(part) or class_named(part) for part in parts]
    levels = [
        Tlp.from_text(part) if _TLP_WORD.fullmatch(part) else Tlp.RED
        for part, found in zip(parts, classes, strict=True)
        if found is None
    ]
    return max(levels, default=None), tuple(sorted({found.value for found in classes if found is not None}))
