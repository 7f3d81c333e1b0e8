# SPDX-License-Identifier: Apache-2.0
"""The reader of payments: a file of them is one message, whose payments stand in `Derived.ledger`."""

from collections.abc import Callable
from hashlib import sha256
from typing import Final

from lintas.errors import Malformed, OverLimit
from lintas.formats.money.bookings import read_told
from lintas.formats.money.camt_recall import read_answers, read_recalls
from lintas.formats.money.camt_statement import read_statement
from lintas.formats.money.csv_file import Layout, guess, open_table, read_csv
from lintas.formats.money.draft import LedgerDraft
from lintas.formats.money.goaml import read_goaml
from lintas.formats.money.mapping import PaymentsMapping, is_payments_mapping
from lintas.formats.money.mt940 import read_mt940
from lintas.formats.money.pacs004 import read_pacs004
from lintas.formats.money.pacs008 import read_pacs008
from lintas.formats.money.recognize import Form, recognize
from lintas.formats.money.says import derived_of
from lintas.formats.money.transfers import read_transfers
from lintas.formats.money.xlsx import guess_workbook, is_workbook, read_workbook
from lintas.formats.packs import Packs
from lintas.formats.table_records import DELIMITERS
from lintas.formats.text_encoding import ENCODINGS
from lintas.limits import FILE_BYTES_MAX
from lintas.model.reading import Container, Derived, ReaderName, ReadOptions, Slice

# How each form is read; a table needs its mapping besides.
_PLAIN: Final[dict[str, Callable[[bytes, LedgerDraft], None]]] = {
    Form.PACS_008: read_pacs008,
    Form.PACS_004: read_pacs004,
    Form.CAMT_052: lambda raw, draft: read_statement(raw, draft, "camt.052"),
    Form.CAMT_053: lambda raw, draft: read_statement(raw, draft, "camt.053"),
    Form.CAMT_054: lambda raw, draft: read_statement(raw, draft, "camt.054"),
    Form.CAMT_056: read_recalls,
    Form.CAMT_029: read_answers,
    Form.MT940: read_mt940,
    Form.GOAML: read_goaml,
    Form.BOOKINGS: read_told,
}


class PaymentsReader:
    """Reads files of payments. Pure: the same bytes, options and packs give the same values."""

    name = ReaderName("payments/1")

    def read(self, raw: bytes, options: ReadOptions, packs: Packs) -> Container:
        """Read a file as one message.

        Raises:
            Malformed: It is no file of payments that is read here; the hint says what is.
            OverLimit: It has more bytes, rows or columns than one file may.
            BadInput: The mapping cannot be read.
        """
        if len(raw) > FILE_BYTES_MAX:
            raise OverLimit(
                f"The file has {len(raw):,} bytes; {FILE_BYTES_MAX:,} may be taken.", hint="Split the file."
            )
        form, mapping = recognize(raw) or Form.CSV, _mapping(options)
        media_type, layout = str(form), None
        if form is Form.CSV:
            layout = open_table(raw, mapping)
            media_type = f"{form};charset={layout.encoding};delimiter={layout.delimiter}"
        derived = _derive(raw, form, layout, options, packs)
        whole = Slice(((0, len(raw)),), media_type, "", derived)
        notes = (layout.note,) if layout is not None and layout.note else ()
        return Container(self.name, form.words, (whole,), (), derived.read, notes)

    def derive(self, raw: bytes, media_type: str, options: ReadOptions, packs: Packs) -> Derived:
        """Say again what one file says, from its bytes alone.

        Raises:
            Malformed: It is not the file of payments that the media type says.
            OverLimit: It has more bytes, rows or columns than one file may.
            BadInput: The mapping cannot be read.
        """
        form, charset, delimiter = _form_of(media_type)
        layout = None
        if form is Form.CSV:
            layout = open_table(raw, _mapping(options), encoding=charset, delimiter=delimiter)
        return _derive(raw, form, layout, options, packs)


def _derive(raw: bytes, form: Form, layout: Layout | None, options: ReadOptions, packs: Packs) -> Derived:
    mapping = _mapping(options)
    draft = LedgerDraft(options=options, packs=packs)
    if layout is not None:
        read_csv(layout, mapping, draft)
    elif form is Form.XLSX:
        read_workbook(raw, mapping, draft)
    elif form is Form.TRANSFERS:
        read_transfers(raw, mapping, draft)
    else:
        _PLAIN[form](raw, draft)
    return derived_of(draft, stem=sha256(raw).hexdigest()[:16], title=form.words)


def guess_payments(raw: bytes, region: str = "") -> PaymentsMapping | None:
    """Suggest how a table or workbook of payments is read; None when it is not plainly one.

    Raises:
        Malformed: It is no text and no workbook.
        OverLimit: It is larger than a file may be.
    """
    if len(raw) > FILE_BYTES_MAX:
        raise OverLimit(f"The file has {len(raw):,} bytes; {FILE_BYTES_MAX:,} may be taken.", hint="Split the file.")
    return guess_workbook(raw, region) if is_workbook(raw) else guess(raw, region)


def _mapping(options: ReadOptions) -> PaymentsMapping | None:
    return PaymentsMapping.from_json(options.mapping) if is_payments_mapping(options.mapping) else None


def _form_of(media_type: str) -> tuple[Form, str, str]:
    """The form that a media type names, and how a table is cut.

    Raises:
        Malformed: It is no media type of payments.
    """
    kind, *parameters = media_type.split(";")
    given = dict(one.split("=", 1) for one in parameters if "=" in one)
    name = f"{kind};form={given['form']}" if "form" in given else kind
    form = next((each for each in Form if each.value == name), None)
    charset, delimiter = given.get("charset", ""), given.get("delimiter", "")
    if form is None or (charset and charset not in ENCODINGS) or (delimiter and delimiter not in DELIMITERS):
        raise Malformed(f"The media type {media_type[:80]!r} is not that of a file of payments.")
    return form, charset, delimiter
