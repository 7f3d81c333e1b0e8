# SPDX-License-Identifier: Apache-2.0
"""Terms as people give them: one a line, typed or in a file."""

from lintas.errors import BadInput


def lines_of(text: str) -> tuple[str, ...]:
    """Return the lines that say something, in order, each once."""
    return tuple(dict.fromkeys(stripped for line in text.splitlines() if (stripped := line.strip())))


def text_of(data: bytes, name: str) -> str:
    """Read a file of terms.

    Raises:
        BadInput: It is no text in UTF-8 or UTF-16.
    """
    encoding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as exc:
        raise BadInput(f"{name} is no text file.", hint="Give one term a line, in UTF-8.") from exc
