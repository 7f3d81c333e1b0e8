# SPDX-License-Identifier: Apache-2.0
"""Undo what people do to a value when they write it: defanging, full-width forms, native digits, invisible characters.

Every change is remembered with its place, so that what is found can be shown in the text as it was received.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass

DEFANGED = "defanged"
FULL_WIDTH = "full-width"
NATIVE_DIGITS = "native-digits"
ZERO_WIDTH = "zero-width"

# Zeros of the digit rows in use: Arabic, Persian, Devanagari, Bengali, Thai, Lao, Burmese, Shan, Khmer.
_DIGIT_ZEROS = (0x0660, 0x06F0, 0x0966, 0x09E6, 0x0E50, 0x0ED0, 0x1040, 0x1090, 0x17E0)
_DIGITS = {zero + value: str(value) for zero in _DIGIT_ZEROS for value in range(10)}
_FULL_WIDTH = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0x3002: ".", 0xFF61: "."}
# Marks and joiners (U+200B-U+200F), direction (U+202A-U+202E, U+2060-U+2069), soft hyphen, U+FEFF, U+180E, U+034F.
_INVISIBLE = "\u00ad\u034f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_DASHES = dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2212), "-")
_SPACES = dict.fromkeys((0x00A0, 0x2007, 0x2009, 0x202F), " ")
_ONE_TO_ONE = _DIGITS | _FULL_WIDTH | _DASHES | _SPACES
_CHANGED = {**{chr(code): NATIVE_DIGITS for code in _DIGITS}, **{chr(code): FULL_WIDTH for code in _FULL_WIDTH}}

# Each pattern starts with one class of characters, so that the scan runs at memory speed over text without them.
_ZERO = re.compile(rf"[{_INVISIBLE}]+")
_BRACKETED = re.compile(
    r"[\[({] ?(?:(?P<dot>\.|[dD][oO][tT]|d0t|punkt|titik)|(?P<at>@|[aA][tT]|ät)|(?P<same>:?//?|:)) ?[\])}]"
)
_HALF = re.compile(
    r"[\[.\\](?:(?<=\[)\.|(?<=\.)\]|(?<=\\)\.)(?=[A-Za-z0-9])"
)  # example[.com, example.]com, example\.com
_HXXP = re.compile(r"[hH](?:[xX][xX]|[tT][xX]|[xX][tT]|\*\*)[pP](?P<s>[sS]?)(?=\[?:)")
_NEEDS_ONE = re.compile("[" + "".join(map(re.escape, map(chr, _ONE_TO_ONE))) + "]")
_SUSPECT = re.compile(rf"[{_INVISIBLE}\[\]({{\\]|[hH][xXtT*][xXtT*][pP]")


@dataclass(frozen=True, slots=True)
class Refanged:
    """A text with its odd writing undone, and the way back to the text as received."""

    text: str
    original: str
    starts: tuple[int, ...]  # where each changed piece starts in `text`, ascending
    pieces: tuple[tuple[int, int, int, str], ...]  # for each: length in `text`, start and end in `original`, flag

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Give the place in the original that became `text[start:end]`."""
        return (start, end) if not self.starts else (self._back(start, at_end=False), self._back(end, at_end=True))

    def _back(self, place: int, *, at_end: bool) -> int:
        # A piece that ends exactly where a span ends belongs to it; one that starts there does not.
        index = bisect_right(self.starts, place - 1 if at_end else place) - 1
        if index < 0:
            return place
        length, begin, finish, _ = self.pieces[index]
        inside = place - self.starts[index]
        if at_end:
            return finish if inside <= length else finish + inside - length
        return begin if inside < length else finish + inside - length

    def flags(self, start: int, end: int) -> tuple[str, ...]:
        """Say what had to be undone between two places of `text`."""
        found: list[str] = []
        if self.starts:
            for index in range(bisect_right(self.starts, start - 1), bisect_right(self.starts, end - 1)):
                length, _, _, flag = self.pieces[index]
                if flag not in found and (
                    length or self.starts[index] > start
                ):  # what vanished before the value is not in it
                    found.append(flag)
        if not self.original.isascii():
            first, last = self.span(start, end)
            for char in self.original[first:last]:
                flag = _CHANGED.get(char, "")
                if flag and flag not in found:
                    found.append(flag)
        return tuple(found)


def _changes(plain: str) -> list[tuple[int, int, str, str]]:
    """List (start, end, what stands there instead, flag), in order and without overlaps."""
    found: list[tuple[int, int, str, str]] = []
    if not plain.isascii():
        found += [(m.start(), m.end(), "", ZERO_WIDTH) for m in _ZERO.finditer(plain)]
    for m in _BRACKETED.finditer(plain):
        start, end = m.span()
        if m["same"] is None:  # one space around: user [at] desk [dot] example
            start -= plain[start - 1 : start] == " "
            end += plain[end : end + 1] == " "
        found.append((start, end, m["same"] or ("." if m["dot"] else "@"), DEFANGED))
    if "[." in plain or ".]" in plain or "\\." in plain:
        found += [
            (m.start(), m.end(), ".", DEFANGED)
            for m in _HALF.finditer(plain)
            if plain[m.start() - 1 : m.start()].isalnum()
        ]
    found += [
        (m.start(), m.end(), "http" + m["s"].lower(), DEFANGED)
        for m in _HXXP.finditer(plain)
        if plain[m.start() : m.end() - len(m["s"])].lower() != "http"
    ]
    found += (
        [(m.start() + 1, m.end(), "//", DEFANGED) for m in re.finditer(r":\[//\]", plain)] if ":[//]" in plain else []
    )
    found.sort()
    kept: list[tuple[int, int, str, str]] = []
    for change in found:
        if not kept or change[0] >= kept[-1][1]:
            kept.append(change)
    return kept


def refang(text: str) -> Refanged:
    """Undo odd writing, keeping the way back.

    `hxxp`, `[.]`, `(dot)`, `[at]` and their like, full-width forms, digits of nine scripts, dashes, unusual spaces, and
    characters that do not show.
    """
    plain = text if text.isascii() or not _NEEDS_ONE.search(text) else text.translate(_ONE_TO_ONE)
    if not _SUSPECT.search(plain):
        return Refanged(plain, text, (), ())
    changes = _changes(plain)
    if not changes:
        return Refanged(plain, text, (), ())
    out: list[str] = []
    starts: list[int] = []
    pieces: list[tuple[int, int, int, str]] = []
    done = length = 0
    for start, end, new, flag in changes:
        out += (plain[done:start], new)
        length += start - done
        starts.append(length)
        pieces.append((len(new), start, end, flag))
        length += len(new)
        done = end
    out.append(plain[done:])
    return Refanged("".join(out), text, tuple(starts), tuple(pieces))


def clean(text: str) -> tuple[str, tuple[str, ...]]:
    """Undo odd writing in one value and trim it; also say what was undone."""
    if text.isascii() and not _SUSPECT.search(text):
        return text.strip(), ()
    made = refang(text)
    return made.text.strip(), made.flags(0, len(made.text))
