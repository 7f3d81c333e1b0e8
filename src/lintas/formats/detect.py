# SPDX-License-Identifier: Apache-2.0
"""Which reader a file is for, by what it holds; its name decides only where the content leaves it open."""

import re
from typing import Final

from lintas.errors import Malformed, OverLimit
from lintas.formats.money.csv_file import looks_like_payments
from lintas.formats.money.mapping import is_payments_mapping
from lintas.formats.money.recognize import recognize
from lintas.formats.pictures import is_picture
from lintas.formats.stix.container import holds_stix, looks_like_json, says_bundle
from lintas.formats.table_records import SNIFF_CHARS, best_shape, is_blank, records
from lintas.formats.text_encoding import decode_text
from lintas.limits import FILE_BYTES_MAX
from lintas.model.reading import ReaderName

STIX: Final = ReaderName("stix/1")
TABLE: Final = ReaderName("table/1")
TEXT: Final = ReaderName("text/1")
PICTURE: Final = ReaderName("picture/1")
PAYMENTS: Final = ReaderName("payments/1")

ROWS_MIN: Final = 3  # alike records, header too, that make a table of a text without a telling name
SHARE_MIN: Final = 0.9  # of the records that must be alike
HEADER_CHARS_MAX: Final = 60  # characters of a column's name

_TABLE_NAMES: Final = (".csv", ".tsv", ".tab")
_SENTENCE: Final = re.compile(r"[^\W\d_]{2,}[.!?]\s|,\s+\S+\s+\S+\s+\S+\s")


def detect(raw: bytes, file_name: str, mapping: str = "") -> ReaderName:
    """Name the reader for a file.

    Args:
        file_name: As its sender named it; may be empty.
        mapping: That a person gave with it; one of payments says that it holds payments.

    Raises:
        Malformed: It is no text, or its encoding is not certain; the hint says what is read.
        OverLimit: It is larger than one file may be.
    """
    if len(raw) > FILE_BYTES_MAX:
        raise OverLimit(f"The file has {len(raw):,} bytes; {FILE_BYTES_MAX:,} may be taken.", hint="Split the file.")
    if is_picture(raw):
        return PICTURE
    if is_payments_mapping(mapping) or recognize(raw) is not None:
        return PAYMENTS
    if looks_like_json(raw) and (holds_stix(raw) or _is_broken_bundle(raw)):
        return STIX
    try:
        text = decode_text(raw).text
    except Malformed as exc:
        hint = exc.hint or "Files of STIX (JSON), tables (CSV, TSV), text in UTF-8 and pictures (PNG, JPEG) are read."
        raise Malformed(exc.message, hint=hint) from exc
    if file_name.lower().endswith(_TABLE_NAMES):
        return PAYMENTS if not mapping and looks_like_payments(text) else TABLE
    if looks_like_json(raw):
        return TEXT
    if not _is_table(text):
        return TEXT
    return PAYMENTS if not mapping and looks_like_payments(text) else TABLE


def _is_broken_bundle(raw: bytes) -> bool:
    """A file that claims to be a bundle goes to the STIX reader, which says what is wrong with it."""
    return says_bundle(raw)


def _is_table(text: str) -> bool:
    """Say whether a text is cut into alike rows by a delimiter, and reads like cells rather than sentences."""
    shape = best_shape(text)
    if shape.columns < 2 or shape.share < SHARE_MIN or shape.records < ROWS_MIN:
        return False
    first = next((each.cells for each in records(text[:SNIFF_CHARS], shape.delimiter) if not is_blank(each.cells)), [])
    if len(first) != shape.columns or any(not cell.strip() or len(cell) > HEADER_CHARS_MAX for cell in first):
        return False
    return shape.delimiter == "\t" or not _SENTENCE.search(text[:1000].partition("\n")[0])
