# SPDX-License-Identifier: Apache-2.0
"""Where the parts of a JSON text stand, so that one object can be cut out with its exact bytes.

The parser checks the syntax and gives each part's length; the places follow from the punctuation between them, which is
read here. That also shows a name that stands twice in one object, which the parser would pass over.
"""

import re
from typing import Final, NamedTuple

import msgspec

from lintas.errors import Malformed

_SPACE: Final = re.compile(rb"[ \t\r\n]*")
_NAME: Final = re.compile(rb'[ \t\r\n]*,?[ \t\r\n]*("[^"\\]*(?:\\.[^"\\]*)*")[ \t\r\n]*:[ \t\r\n]*')
_COMMA: Final = re.compile(rb"[ \t\r\n]*,[ \t\r\n]*")
_STRINGS: Final = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"')
_SPACED_COLON: Final = re.compile(rb"[ \t\r\n]:")
_MEMBERS: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ELEMENTS: Final = msgspec.json.Decoder(list[msgspec.Raw])


_ESCAPE: Final = re.compile(rb"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|(u[dD][89a-fA-F]..)|.)", re.DOTALL)


class Span(NamedTuple):
    """A piece of a file in bytes."""

    start: int
    end: int


def mended(raw: bytes) -> bytes:
    r"""Replace each escaped half of a surrogate pair by `\ufffd`, which is as long, so that no place changes.

    Programs that cut a text in the middle of an emoji write such halves; RFC 8259 allows them, parsers do not.
    """
    if b"\\ud" not in raw and b"\\uD" not in raw:
        return raw
    return _ESCAPE.sub(lambda found: found[0] if found[1] is None else b"\\ufffd", raw)


def skip_space(raw: bytes, start: int) -> int:
    """Return the place of the first byte that is no JSON white space."""
    found = _SPACE.match(raw, start)
    assert found is not None, "the pattern matches anything"
    return found.end()


def members(raw: bytes, span: Span) -> list[tuple[str, Span]]:
    """Say where the values of one JSON object stand, in order.

    Args:
        raw: The whole file.
        span: The object, from its opening brace.

    Raises:
        Malformed: It is no JSON object, or a name stands in it twice.
    """
    try:
        values = _MEMBERS.decode(memoryview(raw)[span.start : span.end])
    except (msgspec.MsgspecError, ValueError, RecursionError) as exc:
        raise _broken(exc) from exc
    view = memoryview(raw)
    position = span.start + 1
    found: list[tuple[str, Span]] = []
    for name, value in values.items():
        head = _NAME.match(raw, position, span.end)
        size = memoryview(value).nbytes
        if head is None or view[head.end() : head.end() + size] != memoryview(value):
            raise Malformed(f"A name stands twice in one object of the file, near {name[:40]!r}.")
        if msgspec.json.decode(head[1]) != name:
            raise Malformed(f"The name {name[:40]!r} stands twice in one object of the file.")
        position = head.end() + size
        found.append((name, Span(head.end(), position)))
    if _NAME.match(raw, position, span.end):
        raise Malformed("A name stands twice in one object of the file.")
    return found


def elements(raw: bytes, span: Span) -> list[Span]:
    """Say where the elements of one JSON array stand, in order.

    Args:
        raw: The whole file.
        span: The array, from its opening bracket.

    Raises:
        Malformed: It is no JSON array.
    """
    try:
        values = _ELEMENTS.decode(memoryview(raw)[span.start : span.end])
    except (msgspec.MsgspecError, ValueError, RecursionError) as exc:
        raise _broken(exc) from exc
    position = skip_space(raw, span.start + 1)
    found: list[Span] = []
    for value in values:
        end = position + memoryview(value).nbytes
        found.append(Span(position, end))
        comma = _COMMA.match(raw, end, span.end)
        position = comma.end() if comma else end
    return found


def names_in(value: object) -> tuple[int, int]:
    """Count the names of all objects within a decoded JSON value, and its nested levels."""
    names = levels = 0
    children: list[object] = []
    if type(value) is dict:
        names = len(value)
        children = list(value.values())
        levels = 1
    elif type(value) is list:
        children = value
        levels = 1
    deepest = 0
    for child in children:
        if type(child) is dict or type(child) is list:
            below, depth = names_in(child)
            names += below
            deepest = max(deepest, depth)
    return names, levels + deepest


def has_doubled_name(raw: bytes, names: int) -> bool:
    """Say whether a JSON text holds more names than its decoded value, so that one of them stands twice.

    Args:
        raw: JSON text that was decoded without error.
        names: How many names the decoded value has.
    """
    # Each colon between a name and its value stands behind a quotation mark or white space: an upper bound that is
    # exact for nearly all texts and costs a tenth of taking the strings out.
    if raw.count(b'":') + len(_SPACED_COLON.findall(raw)) == names:
        return False
    return _STRINGS.sub(b"", raw).count(b":") != names


def _broken(exc: Exception) -> Malformed:
    if isinstance(exc, RecursionError):
        return Malformed("The file is nested too deeply to be read.")
    return Malformed("The file is no valid JSON.", hint=str(exc)[:150])
