# SPDX-License-Identifier: Apache-2.0
"""The reader of pictures: kept as they are, with their size. What a picture shows is for people to say.

Only the head of the file is read, by our own few lines, so the same bytes give the same values for as long as logs are
kept. The QR codes in a picture are read apart (`slips.py`): libraries get better at that, and a reader never changes.

Sources: PNG, W3C 2003, section 11.2.2 (IHDR); JPEG, ITU-T T.81, annex B.
"""

import zlib
from hashlib import sha256
from typing import Final, NamedTuple

from lintas.errors import Malformed, OverLimit
from lintas.formats.packs import Packs
from lintas.formats.reader_draft import Draft
from lintas.limits import PICTURE_BYTES_MAX, PICTURE_PIXELS_MAX, STATEMENTS_PER_ITEM_MAX
from lintas.model.reading import Container, Derived, ReaderName, ReadOptions, Slice

PNG: Final = "image/png"
JPEG: Final = "image/jpeg"

_PNG_STARTS: Final = b"\x89PNG\r\n\x1a\n"
_JPEG_STARTS: Final = b"\xff\xd8\xff"
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # SOF0 to SOF15 without DHT, JPG, DAC
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a length: TEM, RST0 to RST7
_SEGMENTS_MAX: Final = 2_000  # before the frame; a phone writes some ten


class Head(NamedTuple):
    """What the head of a picture says."""

    media_type: str
    width: int  # pixels
    height: int


def is_picture(raw: bytes) -> bool:
    """Say whether a file begins as a picture does that is read here."""
    return raw.startswith((_PNG_STARTS, _JPEG_STARTS))


def head_of(raw: bytes) -> Head:
    """Read the head of a PNG or JPEG.

    Raises:
        Malformed: It is neither, or its head is broken.
        OverLimit: It has more bytes than PICTURE_BYTES_MAX or more pixels than PICTURE_PIXELS_MAX.
    """
    if len(raw) > PICTURE_BYTES_MAX:
        raise OverLimit(
            f"The picture has {len(raw):,} bytes; {PICTURE_BYTES_MAX:,} may be taken.", hint="Make it smaller."
        )
    if raw.startswith(_PNG_STARTS):
        head = Head(PNG, *_png_size(raw))
    elif raw.startswith(_JPEG_STARTS):
        head = Head(JPEG, *_jpeg_size(raw))
    else:
        raise Malformed("It is no picture in PNG or JPEG.")
    if not head.width or not head.height:
        raise Malformed("The picture says that it has no pixels.")
    if head.width * head.height > PICTURE_PIXELS_MAX:
        raise OverLimit(
            f"The picture has {head.width:,} by {head.height:,} pixels; {PICTURE_PIXELS_MAX:,} in all may be taken.",
            hint="Make it smaller, or cut out the slip.",
        )
    return head


def _png_size(raw: bytes) -> tuple[int, int]:
    chunk = raw[8:33]
    if (
        len(chunk) < 25
        or chunk[:8] != b"\x00\x00\x00\rIHDR"
        or zlib.crc32(chunk[4:21]).to_bytes(4, "big") != chunk[21:]
    ):
        raise Malformed("The head of this PNG is broken.")
    return int.from_bytes(chunk[8:12], "big"), int.from_bytes(chunk[12:16], "big")


def _jpeg_size(raw: bytes) -> tuple[int, int]:
    at = 2
    for _ in range(_SEGMENTS_MAX):
        while raw[at : at + 2] == b"\xff\xff":  # fill bytes
            at += 1
        if at + 4 > len(raw) or raw[at] != 0xFF:
            break
        marker, size = raw[at + 1], int.from_bytes(raw[at + 2 : at + 4], "big")
        if marker in _ALONE:
            at += 2
            continue
        if marker in _FRAMES and at + 9 <= len(raw):
            return int.from_bytes(raw[at + 7 : at + 9], "big"), int.from_bytes(raw[at + 5 : at + 7], "big")
        if size < 2 or marker == 0xDA:  # the picture itself begins, and no frame was before it
            break
        at += 2 + size
    raise Malformed("The head of this JPEG is broken.")


class PictureReader:
    """Keeps pictures. Pure: the same bytes give the same values."""

    name = ReaderName("picture/1")

    def read(self, raw: bytes, options: ReadOptions, packs: Packs) -> Container:
        """Read a picture as one message.

        Raises:
            Malformed: It is no PNG or JPEG, or its head is broken.
            OverLimit: It has too many bytes or pixels.
        """
        head = head_of(raw)
        derived = self.derive(raw, head.media_type, options, packs)
        whole = Slice(((0, len(raw)),), head.media_type, "", derived)
        return Container(self.name, f"picture, {_name(head)}", (whole,), (), 1, ())

    def derive(self, raw: bytes, media_type: str, options: ReadOptions, packs: Packs) -> Derived:
        """Say again what a picture says of itself.

        Raises:
            Malformed: It is no picture of that media type.
            OverLimit: It has too many bytes or pixels.
        """
        head = head_of(raw)
        if head.media_type != media_type:
            raise Malformed(f"The media type {media_type[:80]!r} is not that of this picture.")
        draft = Draft(options=options, packs=packs, statements_max=STATEMENTS_PER_ITEM_MAX)
        caption = f"Picture, {head.width} by {head.height} pixels"
        picture = draft.entity(f"{sha256(raw).hexdigest()[:16]}-picture", "File", caption)
        draft.say(picture, "mimeType", head.media_type)
        draft.say(picture, "width", str(head.width), "number")
        draft.say(picture, "height", str(head.height), "number")
        ends = b"IEND" if head.media_type == PNG else b"\xff\xd9"
        if ends not in raw[-1024:]:
            draft.note("The picture is cut short, or something stands behind it.")
        return draft.derived()


def _name(head: Head) -> str:
    return f"{'PNG' if head.media_type == PNG else 'JPEG'} {head.width} by {head.height}"
