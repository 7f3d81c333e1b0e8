# SPDX-License-Identifier: Apache-2.0
"""A plain paper as PDF: text, headings, tables and bars in the fonts that every reader has; the same bytes each time.

It writes Latin letters alone (WinAnsi): what has none, as names in other scripts, is left to the page in HTML.
Source: ISO 32000-1, sections 7.3 to 7.7, 9.6.2.2 (standard fonts), 14.3 (document information).
"""

import zlib
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

WIDTH: Final = 595  # A4 in points
HEIGHT: Final = 842
MARGIN: Final = 50
_SIZES: Final = {"title": 18, "head": 13, "text": 10, "row": 9}
_CHAR_WIDTH: Final = 0.5  # of the size, for Helvetica on the whole; lines are broken on the safe side
_MONO_WIDTH: Final = 0.6  # Courier's, exactly


class Line(NamedTuple):
    """One piece of the paper."""

    kind: str  # title | head | text | row | bar
    text: str
    share: float = 0.0  # of a bar: from 0 to 1


def pdf_of(title: str, lines: Iterable[Line]) -> bytes:
    """Lay the lines out on pages."""
    pages = _pages(lines)
    objects: list[bytes] = []
    kids = " ".join(f"{6 + 2 * place} 0 R" for place in range(len(pages)))
    objects.append(b"<< /Type /Catalog /Pages 2 0 R /Lang (en) >>")
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode())
    objects += [
        f"<< /Type /Font /Subtype /Type1 /BaseFont /{font} /Encoding /WinAnsiEncoding >>".encode()
        for font in ("Helvetica", "Courier")
    ]
    objects.append(b"<< /Title (" + _escaped(title) + b") /Producer (Lintas) >>")
    for number, content in enumerate(pages):
        page = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents {7 + 2 * number} 0 R "
            "/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>"
        )
        packed = zlib.compress(content, 9)
        objects.append(page.encode())
        objects.append(f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode() + packed + b"\nendstream")
    return _written(objects)


def _pages(lines: Iterable[Line]) -> list[bytes]:
    pages: list[list[bytes]] = [[]]
    y = HEIGHT - MARGIN
    for line in lines:
        size = _SIZES.get(line.kind, 10)
        for piece in _broken(line, size):
            y -= size + (10 if line.kind in ("title", "head") else 4)
            if y < MARGIN:
                pages.append([])
                y = HEIGHT - MARGIN - size
            pages[-1].append(_drawn(piece, line, size, y))
    total = len(pages)
    for number, page in enumerate(pages, 1):
        page.append(_text(f"EXERCISE   page {number} of {total}", "F1", 8, MARGIN, MARGIN - 22))
    return [b"\n".join(page) for page in pages]


def _drawn(piece: str, line: Line, size: int, y: int) -> bytes:
    font = "F2" if line.kind in ("row", "bar") else "F1"
    words = _text(piece, font, size, MARGIN, y)
    if line.kind != "bar":
        return words
    left, long = MARGIN + 280, WIDTH - 2 * MARGIN - 280
    full = f"0.85 g {left} {y - 1} {long} {size - 1} re f"
    part = f"0.1 0.3 0.5 rg {left} {y - 1} {long * min(1.0, max(0.0, line.share)):.1f} {size - 1} re f 0 g"
    return words + f"\n{full}\n{part}".encode()


def _text(text: str, font: str, size: int, x: int, y: int) -> bytes:
    return f"BT /{font} {size} Tf {x} {y} Td (".encode() + _escaped(text) + b") Tj ET"


def _broken(line: Line, size: int) -> Sequence[str]:
    """A line's pieces, each narrow enough for the page."""
    most = int((WIDTH - 2 * MARGIN) / (size * (_MONO_WIDTH if line.kind in ("row", "bar") else _CHAR_WIDTH)))
    if line.kind in ("row", "bar"):
        return [line.text[:most]]
    pieces, now = [], ""
    for word in line.text.split():
        if now and len(now) + 1 + len(word) > most:
            pieces.append(now)
            now = word
        else:
            now = f"{now} {word}" if now else word
    return [*pieces, now]


def _escaped(text: str) -> bytes:
    raw = text.encode("cp1252", "replace")
    return raw.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _written(objects: list[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info 5 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)
