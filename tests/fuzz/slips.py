# SPDX-License-Identifier: Apache-2.0
"""Fuzz targets of what victims send: codes of slips, pasted chats, pictures."""

from base64 import b64decode
from datetime import date

from lintas.errors import Malformed, OverLimit
from lintas.formats.chat import read_chat
from lintas.formats.emvco import read_payment
from lintas.formats.identifiers.checksums import crc16_ccitt_false
from lintas.formats.pictures import head_of
from lintas.formats.slips import read_codes
from lintas.limits import PASTE_CHARS_MAX
from lintas.model.reading import Rejected
from tests.fuzz.readers import packs


def read_code(raw: bytes) -> None:
    """Read as the text of a payment code, as it is and with its check sum made right."""
    text = raw.decode("utf-8", "replace")
    read_payment(text, packs().identifiers)
    body = text[:-4]
    sealed = f"{body}{crc16_ccitt_false(body.encode()):04X}"
    found = read_payment(sealed, packs().identifiers)
    if isinstance(found, Rejected):
        raise Malformed(found.reason)


def read_pasted(raw: bytes) -> None:
    """Find the facts of a chat; each must stand where it says, and no amount is nothing."""
    text = raw.decode("utf-8", "replace")
    if len(text) > PASTE_CHARS_MAX:
        raise OverLimit("The text is too long.")
    for region in ("", "TH"):
        for fact in read_chat(text, packs=packs(), region=region, today=date(2026, 3, 2)):
            assert text[fact.start : fact.end] == fact.original
            assert fact.money is None or fact.money.minor > 0


def read_picture(raw: bytes) -> None:
    """Read as a picture; what is decoded has the size that its head says."""
    if not raw.startswith((b"\x89PNG", b"\xff\xd8")):
        try:
            raw = b64decode(raw)
        except ValueError as exc:
            raise Malformed from exc
    found = read_codes(raw)
    head = head_of(raw)
    assert (found.width, found.height) == (head.width, head.height)
