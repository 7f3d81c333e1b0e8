# SPDX-License-Identifier: Apache-2.0
"""Bytes to characters: UTF-8 and UTF-16, and an older encoding only where it is declared or certain.

A wrong guess makes wrong names and numbers, so a file that could be in several encodings is refused with a hint.
"""

import codecs
import re
from typing import Final, NamedTuple

from lintas.errors import Malformed

# Looked up once at import: a confined reader process cannot load a codec later.
_CODECS: Final = {
    "utf-8": codecs.lookup("utf-8"),
    "utf-16-le": codecs.lookup("utf-16-le"),
    "utf-16-be": codecs.lookup("utf-16-be"),
    "windows-874": codecs.lookup("cp874"),  # TIS-620 with Windows' additions
    "windows-1252": codecs.lookup("cp1252"),
    "gb18030": codecs.lookup("gb18030"),
}
ENCODINGS: Final = frozenset(_CODECS)
SAMPLE_BYTES: Final = 65_536  # bytes looked at when an encoding is found by its letters
LETTERS_MIN: Final = 12  # bytes of letters beyond ASCII without which no encoding of Asia is certain

_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_HINT: Final = "Save it as UTF-8 and take it again."
# Signatures of files that people take by mistake, and what to do instead.
_BINARY: Final = (
    (b"PK\x03\x04", "It looks like a ZIP archive or an office document: save a spreadsheet as CSV first."),
    (b"\xd0\xcf\x11\xe0", "It looks like an old office document: save a spreadsheet as CSV first."),
    (b"%PDF-", "It looks like a PDF: take its text or its tables instead."),
    (b"\x1f\x8b", "It looks like a compressed file: unpack it first."),
    (b"\x89PNG", "It looks like a picture."),
    (b"\xff\xd8\xff", "It looks like a picture."),
    (b"GIF8", "It looks like a picture."),
    (b"SQLite format 3\x00", "It looks like a database."),
)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_THAI_RUN: Final = re.compile(r"[\u0e01-\u0e5b]+")
_THAI_VOWEL: Final = re.compile(r"[\u0e30-\u0e3a\u0e40-\u0e4e]")
# Letters where Thai cannot have them: a leading vowel without its consonant, a mark or vowel without what bears it.
_THAI_MISPLACED: Final = re.compile(
    r"[\u0e40-\u0e44](?![\u0e01-\u0e2e])"
    r"|(?<![\u0e01-\u0e2e])[\u0e31\u0e34-\u0e3a]"
    r"|(?<![\u0e01-\u0e2e\u0e31\u0e34-\u0e3a])[\u0e47-\u0e4e]"
    r"|(?<![\u0e01-\u0e2e\u0e32\u0e48-\u0e4b])[\u0e30\u0e32\u0e33\u0e45]"
)
# The characters that make up a third of any Chinese text, and those of the forms that we get.
_FREQUENT: Final = frozenset(
    "的一是不了人在有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小心多天而能好都然没日于"
    "起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知民现分将外但身些与高意进把法实回二理月明全工"
    "话者情部正名定女问力机给等业最新打位因重被电四第门东海口平气信少关内加入先五万市号码姓字证银账户金额元元转款网址备注王李张"
)
_LATIN_ODD: Final = re.compile(
    # signs rather than letters, Icelandic, and the letters that stand where Vietnamese (windows-1258) has tone marks
    r"[\xa1-\xbf\xd7\xf7\u0192\u02c6\u02dc\xcc\xd0\xd2\xdd\xde\xec\xf0\xf2\xfd\xfe]|[\xc0-\xff]{3}"
    r"|[^\x00-\xff\u2010-\u203a\u20ac\u2122\u0152\u0153\u0160\u0161\u017d\u017e\u0178]"
)


class Text(NamedTuple):
    """A file as characters."""

    text: str
    encoding: str  # one of ENCODINGS
    skipped: int  # bytes of a byte order mark in front
    note: str  # empty when the encoding was plain to see


def decode_text(raw: bytes, declared: str = "") -> Text:
    """Turn a file into characters.

    Args:
        raw: The whole file, or a piece of one whose encoding is declared.
        declared: One of ENCODINGS, or empty to find it out.

    Raises:
        Malformed: It is no text, or its encoding is not certain.
    """
    for start, hint in _BINARY:
        if raw.startswith(start):
            raise Malformed("The file is no text.", hint=hint)
    if declared:
        return _declared(raw, declared)
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return _checked(Text(_decoded(raw[len(mark) :], encoding), encoding, len(mark), ""))
    try:
        return _checked(Text(raw.decode("utf-8"), "utf-8", 0, ""))
    except UnicodeDecodeError:
        encoding = _certain(raw)
    note = f"It is not UTF-8; by its letters it is {encoding}, and was read so."
    return _checked(Text(_decoded(raw, encoding), encoding, 0, note))


def encode_text(text: str, encoding: str) -> bytes:
    """Turn characters back into bytes of the encoding they were read in."""
    return _CODECS[encoding].encode(text, "strict")[0]


def _declared(raw: bytes, declared: str) -> Text:
    if declared not in ENCODINGS:
        raise Malformed(
            f"The encoding {declared[:40]!r} is not read here.", hint=f"Known: {', '.join(sorted(ENCODINGS))}."
        )
    skipped = next((len(mark) for mark, encoding in _MARKS if encoding == declared and raw.startswith(mark)), 0)
    return _checked(Text(_decoded(raw[skipped:], declared), declared, skipped, ""))


def _decoded(raw: bytes, encoding: str) -> str:
    try:
        return _CODECS[encoding].decode(raw, "strict")[0]
    except UnicodeDecodeError as exc:
        raise Malformed(f"The file is no valid {encoding}.", hint=_HINT) from exc


def _checked(read: Text) -> Text:
    """Refuse what decodes but is no text."""
    found = _CONTROL.search(read.text)
    if found is not None:
        raise Malformed(
            f"The file is no text: it has the control character U+{ord(found[0]):04X}.", hint="It may be a binary file."
        )
    return read


def _certain(raw: bytes) -> str:
    """Name the one older encoding whose letters make sense.

    Raises:
        Malformed: None does, or more than one.
    """
    sample = raw[:SAMPLE_BYTES]
    fits = [
        name
        for name, is_likely in (("windows-874", _is_thai), ("gb18030", _is_chinese), ("windows-1252", _is_latin))
        if is_likely(sample)
    ]
    if len(fits) != 1:
        raise Malformed("The file is not UTF-8, and its encoding is not certain.", hint=_HINT)
    return fits[0]


def _is_thai(sample: bytes) -> bool:
    try:
        text = sample.decode("cp874")
    except UnicodeDecodeError:
        return False
    runs = _THAI_RUN.findall(text)
    letters = sum(map(len, runs))
    others = sum(char > "\x7f" for char in text) - letters
    misplaced = len(_THAI_MISPLACED.findall(text))
    vowels = len(_THAI_VOWEL.findall(text))
    return letters >= LETTERS_MIN and others * 20 <= letters and misplaced * 20 <= letters and vowels * 8 >= letters


def _is_chinese(sample: bytes) -> bool:
    """Say whether the letters are mostly the 3,755 common characters of GB 2312, whose lead bytes are B0 to D7.

    Korean (EUC-KR) has its syllables at the same bytes; in it the most frequent characters stand rarely.
    """
    try:
        text = codecs.getincrementaldecoder("gb18030")("strict").decode(sample, len(sample) < SAMPLE_BYTES)
    except UnicodeDecodeError:
        return False
    wide = [char for char in text if char > "\x7f"]
    common = sum(char >= "\u4e00" and 0xB0 <= char.encode("gb18030")[0] <= 0xD7 for char in wide)
    marks = sum(
        char in "\u3000\u3001\u3002\u300a\u300b\uff08\uff09\uff0c\uff1a\uff1b\uff1f\uff01\u201c\u201d" for char in wide
    )
    frequent = sum(char in _FREQUENT for char in wide)
    return 2 * common >= LETTERS_MIN and (common + marks) * 10 >= len(wide) * 9 and frequent * 10 >= common


def _is_latin(sample: bytes) -> bool:
    """Say whether the few letters beyond ASCII stand singly among others, as in Western names."""
    try:
        text = sample.decode("cp1252")
    except UnicodeDecodeError:
        return False
    beyond = sum(char > "\x7f" for char in text)
    return beyond * 5 <= len(text) and not _LATIN_ODD.search(text)
