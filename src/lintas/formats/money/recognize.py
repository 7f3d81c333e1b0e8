# SPDX-License-Identifier: Apache-2.0
"""Which form of payments a file is, by how it begins."""

import re
from enum import StrEnum
from typing import Final

from lintas.formats.money.iso import NAMESPACE

_BEGIN: Final = 8_192  # bytes looked at
_TOLD: Final = (b'"account"', b'"bank_ref"', b'"bookings"')  # fields of a bank's answer, the first by its alphabet
_ROOT: Final = re.compile(rb"<(?:[A-Za-z_][\w.-]{0,40}:)?Document[\s>]")


class Form(StrEnum):
    """A form of payments; the value is the media type of its messages."""

    PACS_008 = "application/xml;form=pacs.008"
    CSV = "text/csv;form=payments"
    BOOKINGS = "application/vnd.lintas.bookings+json"

    @property
    def words(self) -> str:
        """What people call it."""
        return _TITLES[self]


_TITLES: Final = {
    Form.PACS_008: "pacs.008, customers' credit transfers",
    Form.CSV: "table of payments",
    Form.BOOKINGS: "a bank's answer about bookings",
}
_MESSAGES: Final = {
    "pacs.008": Form.PACS_008,
}


def recognize(raw: bytes) -> Form | None:
    """Name the form of a file; None when it is none that tells by itself."""
    head = raw[:_BEGIN]
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start == b"<":
        return _of_xml(head)
    if start == b"{" and all(word in head for word in _TOLD):
        return Form.BOOKINGS
    return None


def _of_xml(head: bytes) -> Form | None:
    for found in NAMESPACE.finditer(head.decode("utf-8", "replace")):
        form = _MESSAGES.get(found[1])
        if form is not None:
            return form
    return None
