# SPDX-License-Identifier: Apache-2.0
"""Check what a reader process answered before anything is done with it: hostile bytes may have taken it over.

The shape was checked by decoding. Here: that every number points at something that is there.
"""

from typing import Final

from lintas.errors import Malformed
from lintas.formats.currencies import CURRENCIES, MINOR_MAX
from lintas.formats.ledger_rows import read_rows
from lintas.limits import PICTURE_CODE_CHARS_MAX, PICTURE_CODES_MAX, RECALLED_PAYMENTS_MAX
from lintas.model.picture import PictureCodes
from lintas.model.reading import Container, Derived
from lintas.model.recall import Institution, Resolution

_TEXT_CHARS_MAX: Final = 140  # of one text of ISO 20022 that is read here


def is_sound_container(container: Container, file_bytes: int) -> bool:
    """Whether each slice lies within the file and says nothing of entities that it does not hold."""
    for piece in container.slices:
        for start, length in piece.spans:
            if start < 0 or length < 0 or start + length > file_bytes:
                return False
        if not is_sound(piece.derived):
            return False
    return container.read >= 0


def is_sound(derived: Derived) -> bool:
    """Whether each statement and posting is about an entity that is there."""
    count = len(derived.entities)
    lowest, highest = 0, -1
    for statement in derived.statements:
        number = statement.entity
        if number > highest:
            highest = number
        elif number < lowest:
            lowest = number
    for posting in derived.postings:
        number = posting.entity
        if number > highest:
            highest = number
        elif number < lowest:
            lowest = number
    return lowest == 0 and highest < count and derived.read >= 0 and _is_sound_ledger(derived.ledger)


def _is_sound_ledger(data: bytes) -> bool:
    if not data:
        return True
    try:
        read_rows(data)
    except Malformed:
        return False
    return True


def is_sound_picture(picture: PictureCodes) -> bool:
    """Whether a picture has pixels, and no more and no longer codes than one can hold."""
    return (
        picture.width > 0
        and picture.height > 0
        and len(picture.codes) <= PICTURE_CODES_MAX
        and all(len(code) <= PICTURE_CODE_CHARS_MAX for code in picture.codes)
    )


def is_sound_resolution(resolution: Resolution) -> bool:
    """Whether an answer to a recall holds only texts that its reader gives: short, and fit to be shown."""
    texts = [resolution.id, resolution.recall, resolution.case, resolution.made_at, resolution.status]
    for who in (resolution.bank, resolution.asker):
        texts += _texts_of(who)
    moneys = []
    for payment in resolution.payments:
        texts += [payment.id, payment.end_to_end, payment.transaction, payment.uetr, payment.status, payment.reason]
        texts += payment.about
        moneys += [money for money in (payment.returned, payment.amount) if money is not None]
    return (
        len(resolution.payments) <= RECALLED_PAYMENTS_MAX
        and all(len(text) <= _TEXT_CHARS_MAX and text.isprintable() for text in texts)
        and all(0 <= money.minor <= MINOR_MAX and money.currency in CURRENCIES for money in moneys)
    )


def _texts_of(who: Institution) -> list[str]:
    return [who.name, who.bic, who.member]
