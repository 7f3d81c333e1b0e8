# SPDX-License-Identifier: Apache-2.0
"""Read the QR codes in a photo or screenshot of a payment slip. Runs in a reader process only: it decodes pictures.

Nothing else in the node may import this file: Pillow and zxing-cpp are C and C++ that meet foreign bytes.
"""

import struct
import warnings
from collections.abc import Iterator
from io import BytesIO
from typing import Final

import zxingcpp
from PIL import Image, ImageFilter, ImageOps

from lintas.errors import Malformed
from lintas.formats.pictures import head_of
from lintas.limits import PICTURE_CODE_CHARS_MAX, PICTURE_CODES_MAX
from lintas.model.picture import PictureCodes

_SIDE_PIXELS_WANTED: Final = 2_400  # a larger photo is made smaller first: its codes are still some hundred pixels wide
_SIDE_PIXELS_SMALL: Final = 1_200  # a smaller one is also tried enlarged
_QR: Final = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
_BROKEN: Final = (
    OSError,  # Pillow's usual one: truncated, not identified
    SyntaxError,  # its PNG and JPEG plugins raise this for broken chunks
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    OverflowError,
    TypeError,
    ZeroDivisionError,
    RuntimeError,
    struct.error,
    Image.DecompressionBombError,
    Warning,
)


def read_codes(raw: bytes) -> PictureCodes:
    """Find the QR codes in a picture.

    Args:
        raw: A PNG or JPEG of at most PICTURE_BYTES_MAX bytes and PICTURE_PIXELS_MAX pixels.

    Returns:
        Its size and the distinct texts found, at most PICTURE_CODES_MAX.

    Raises:
        Malformed: It is no such picture, or is broken or cut short.
        OverLimit: It is too large.

    Shape: up to six looks at one picture of about six million pixels, each some tens of milliseconds.
    """
    head = head_of(raw)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(BytesIO(raw), formats=("JPEG", "PNG")) as opened:
                grey = _grey(opened)
    except _BROKEN as exc:
        raise Malformed("The picture is broken or cut short.", hint="Ask for it again, or type what it says.") from exc
    found: dict[str, None] = {}
    for number, view in enumerate(_views(grey)):
        for barcode in zxingcpp.read_barcodes(
            view,
            formats=_QR,
            text_mode=zxingcpp.TextMode.Plain,
            binarizer=zxingcpp.Binarizer.GlobalHistogram if number == 1 else zxingcpp.Binarizer.LocalAverage,
        ):
            text = _shown(barcode.text)
            if barcode.valid and 0 < len(text) <= PICTURE_CODE_CHARS_MAX:
                found.setdefault(text)
        if found and number >= 1:  # the first two looks find more codes together than either alone
            break
    return PictureCodes(head.width, head.height, tuple(found)[:PICTURE_CODES_MAX])


def _shown(text: str) -> str:
    """What a code says, with what no page or terminal may obey replaced; no payment code has such characters."""
    return "".join(char if char.isprintable() else "\ufffd" for char in text)


def _grey(opened: Image.Image) -> Image.Image:
    """Decode to one byte a pixel, on white where the picture is transparent, no larger than is of use."""
    # The decoder itself halves a large JPEG: a phone's photo costs a quarter of the time and memory.
    opened.draft("L", (_SIDE_PIXELS_WANTED, _SIDE_PIXELS_WANTED))
    opened.load()
    image = opened
    if image.mode.startswith("I"):  # 16 bits a channel
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    elif "A" in image.getbands() or "transparency" in image.info:
        coloured = image.convert("RGBA")
        image = Image.new("RGBA", coloured.size, "white")
        image.alpha_composite(coloured)
    grey = image.convert("L")
    grey.thumbnail((_SIDE_PIXELS_WANTED, _SIDE_PIXELS_WANTED), Image.Resampling.BOX)
    return grey


def _views(grey: Image.Image) -> Iterator[Image.Image]:
    """The picture in the ways in which it is looked at, the cheap ones first."""
    yield grey
    yield grey
    yield ImageOps.autocontrast(grey, cutoff=2).filter(ImageFilter.MedianFilter(3))
    half = grey.resize((max(1, grey.width // 2), max(1, grey.height // 2)), Image.Resampling.BOX)
    yield ImageOps.autocontrast(half, cutoff=2)
    if max(grey.size) <= _SIDE_PIXELS_SMALL:
        double = grey.resize((grey.width * 2, grey.height * 2), Image.Resampling.BICUBIC)
        yield double
        yield double.filter(ImageFilter.UnsharpMask(radius=4, percent=250, threshold=0))
    else:
        yield grey.filter(ImageFilter.UnsharpMask(radius=3, percent=250, threshold=0))
