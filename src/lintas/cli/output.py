# SPDX-License-Identifier: Apache-2.0
"""What goes to standard output: exactly one JSON document, or lines for a person; and what goes to standard error."""

import os
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from lintas.errors import LintasError, StorageFailed, WrongUse

_TURNING = "\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # break lines, or turn their order
COLUMN_MAX = 64  # characters, as many as an id has; longer text is cut in tables, never in JSON


def json_document(value: object) -> None:
    """Print one JSON document."""
    sys.stdout.write(_escaped(msgspec.json.encode(value).decode()) + "\n")


def line(text: str = "") -> None:
    """Print one line. Control characters of foreign data are shown, never obeyed; a line end would forge a line."""
    sys.stdout.write(harmless(text).replace("\n", "\\n") + "\n")


def lines(text: str) -> None:
    """Print a text of several lines."""
    sys.stdout.write(harmless(text) + "\n")


def aside(text: str) -> None:
    """Tell the person something that is not the answer, after what was printed before it."""
    sys.stdout.flush()
    sys.stderr.write(harmless(text) + "\n")


def complaint(error: LintasError) -> None:
    """Say what went wrong and what to do."""
    aside(f"lintas: {error.message}")
    if error.hint:
        aside(f"  hint: {error.hint}")


def harmless(text: str) -> str:
    """Replace what a terminal would obey, line ends and tabs apart, by its code: foreign text repaints no screen."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c in "\n\t" or not _is_obeyed(c) else f"\\x{ord(c):02x}" for c in text)


def _escaped(document: str) -> str:
    """The same JSON with what a terminal would obey as escapes; JSON leaves all but the first 32 codes as they are."""
    if document.isascii():
        return document.replace("\x7f", "\\u007f")
    return "".join(f"\\u{ord(char):04x}" if _is_obeyed(char) else char for char in document)


def _is_obeyed(char: str) -> bool:
    return unicodedata.category(char) == "Cc" or char in _TURNING


def width_of(text: str) -> int:
    """Terminal cells of a text: wide characters take two, vowel signs above and below none."""
    return sum(
        0 if unicodedata.category(c) in ("Mn", "Me", "Cf") else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows in columns."""
    cells = [[_cell(str(cell)) for cell in row] for row in rows]
    widths = [max(width_of(row[i]) for row in [list(head), *cells]) for i in range(len(head))]
    for row in [list(head), *cells]:
        padded = (cell + " " * (width - width_of(cell)) for cell, width in zip(row, widths, strict=True))
        line("  ".join(padded).rstrip())


def _cell(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= COLUMN_MAX else flat[: COLUMN_MAX - 1] + "…"


def pairs(rows: Iterable[tuple[str, object]]) -> None:
    """Print names and values under each other."""
    found = [(name, value) for name, value in rows if value != ""]
    width = max((len(name) for name, _ in found), default=0)
    for name, value in found:
        line(f"{name:<{width}}  {value}")


def size_text(size_bytes: int) -> str:
    """A size as a person reads it."""
    if size_bytes < 1024:
        return f"{size_bytes} B"
    size = float(size_bytes)
    for unit in ("KiB", "MiB", "GiB"):
        size /= 1024
        if size < 1024:
            return f"{size:.1f} {unit}"
    return f"{size / 1024:.1f} TiB"


def save(target: str, name: str, data: bytes, *, force: bool) -> str:
    """Write a file that was asked for; `-` is standard output. Returns where it is.

    Raises:
        WrongUse: There is a file of that name already.
        StorageFailed: The disk refused.
    """
    if target == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return "-"
    path = Path(target or name)
    if path.is_dir():
        path /= Path(name).name
    try:
        with os.fdopen(
            os.open(path, os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if force else os.O_EXCL), 0o600), "wb"
        ) as out:
            out.write(data)
    except FileExistsError as exc:
        raise WrongUse(f"{path} exists already.", hint="Name another file, or add --force.") from exc
    except OSError as exc:
        raise StorageFailed(f"{path} cannot be written: {exc.strerror}.") from exc
    return str(path)
