# SPDX-License-Identifier: Apache-2.0
"""Which form of payments a file is, by how it begins."""

import re
from enum import StrEnum
from typing import Final

from lintas.formats.money.iso import NAMESPACE
from lintas.formats.money.mt940 import is_mt940
from lintas.formats.money.transfers import is_transfers
from lintas.formats.money.xlsx import is_workbook

_BEGIN: Final = 8_192  # bytes looked at
_TOLD: Final = (b'"account"', b'"bank_ref"', b'"bookings"')  # fields of a bank's answer, the first by its alphabet
_GOAML: Final = re.compile(rb"<report[\s>](?=[\s\S]*<rentity_id>)")


class Form(StrEnum):
    """A form of payments; the value is the media type of its messages."""

    PACS_008 = "application/xml;form=pacs.008"
    PACS_004 = "application/xml;form=pacs.004"
    CAMT_052 = "application/xml;form=camt.052"
    CAMT_053 = "application/xml;form=camt.053"
    CAMT_054 = "application/xml;form=camt.054"
    CAMT_056 = "application/xml;form=camt.056"
    CAMT_029 = "application/xml;form=camt.029"
    MT940 = "text/plain;form=mt940"
    GOAML = "application/xml;form=goaml"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    TRANSFERS = "application/json;form=transfers"
    CSV = "text/csv;form=payments"
    BOOKINGS = "application/vnd.lintas.bookings+json"

    @property
    def words(self) -> str:
        """What people call it."""
        return _TITLES[self]


_TITLES: Final = {
    Form.PACS_008: "pacs.008, customers' credit transfers",
    Form.PACS_004: "pacs.004, returns",
    Form.CAMT_052: "camt.052, report of an account",
    Form.CAMT_053: "camt.053, statement of an account",
    Form.CAMT_054: "camt.054, notification of bookings",
    Form.CAMT_056: "camt.056, recall of payments",
    Form.CAMT_029: "camt.029, answer to a recall",
    Form.MT940: "MT940, statement of an account",
    Form.GOAML: "goAML report",
    Form.XLSX: "workbook of payments",
    Form.TRANSFERS: "transfers on chains",
    Form.CSV: "table of payments",
    Form.BOOKINGS: "a bank's answer about bookings",
}
_MESSAGES: Final = {
    "pacs.008": Form.PACS_008,
    "pacs.004": Form.PACS_004,
    "camt.052": Form.CAMT_052,
    "camt.053": Form.CAMT_053,
    "camt.054": Form.CAMT_054,
    "camt.056": Form.CAMT_056,
    "camt.029": Form.CAMT_029,
}


def recognize(raw: bytes) -> Form | None:
    """Name the form of a file; None when it is none that tells by itself."""
    head = raw[:_BEGIN]
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start == b"<":
        return _of_xml(head)
    if start == b"{" and all(word in head for word in _TOLD):
        return Form.BOOKINGS
    if start in (b":", b"{") and is_mt940(head.decode("latin-1")):
        return Form.MT940
    if start in (b"[", b"{") and is_transfers(raw):
        return Form.TRANSFERS
    return Form.XLSX if is_workbook(raw) else None


def _of_xml(head: bytes) -> Form | None:
    for found in NAMESPACE.finditer(head.decode("utf-8", "replace")):
        form = _MESSAGES.get(found[1])
        if form is not None:
            return form
    return Form.GOAML if _GOAML.search(head) else None
