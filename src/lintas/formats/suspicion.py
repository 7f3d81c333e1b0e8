# SPDX-License-Identifier: Apache-2.0
"""Say of a file, by its first and last bytes and its name, why it should not be read. Pure; nothing is unpacked.

What is looked for is what no reader here reads and what does harm where it is opened: programs, archives, documents
with macros, pages with scripts, and files that are one thing and are named or declared another.
Sources: PKWARE APPNOTE 6.3.10 (4.3.7, 4.3.12, 4.4.4); MS-CFB 2.2; ELF-64 1.5d; the magic numbers of `file`(1).
"""

import re
from dataclasses import dataclass
from typing import Final

_HEAD_BYTES: Final = 4_096
_TAIL_BYTES: Final = 66_000  # the end record of a ZIP with its longest comment
_ENTRIES_LOOKED_AT: Final = 200
_RATIO_MAX: Final = 200  # unpacked to packed; text packs to a tenth, deflate's limit is 1,032
_UNPACKED_BYTES_MAX: Final = 1024**3


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """Why a file is set aside."""

    rule: str  # executable | archive | bomb | encrypted | nested | macro | active | disguised | polyglot | reader
    reason: str  # a sentence for people


_MAGIC: Final = (  # what it begins with, what it is, its rule; none: only when disguised
    (b"\x7fELF", "a program for Linux", "executable"),
    (b"\xfe\xed\xfa\xce", "a program for macOS", "executable"),
    (b"\xfe\xed\xfa\xcf", "a program for macOS", "executable"),
    (b"\xcf\xfa\xed\xfe", "a program for macOS", "executable"),
    (b"\xca\xfe\xba\xbe", "a program for Java or macOS", "executable"),
    (b"dex\n035", "a program for Android", "executable"),
    (b"\x00asm", "a program for browsers", "executable"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "a Windows shortcut, which starts a program", "executable"),
    (b"#!/", "a script that a shell runs", "executable"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "archive"),
    (b"Rar!\x1a\x07", "a RAR archive", "archive"),
    (b"\x1f\x8b", "a gzip archive", "archive"),
    (b"BZh", "a bzip2 archive", "archive"),
    (b"\xfd7zXZ\x00", "an xz archive", "archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive", "archive"),
    (b"MSCF\x00\x00\x00\x00", "a Windows cabinet", "archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document, which may hold macros", "macro"),
    (b"%PDF-", "a PDF", ""),
    (b"\x89PNG\r\n\x1a\n", "a picture", ""),
    (b"\xff\xd8\xff", "a picture", ""),
    (b"GIF8", "a picture", ""),
    (b"SQLite format 3\x00", "a database", ""),
)
_READ_NAMES: Final = (".csv", ".tsv", ".tab", ".txt", ".json", ".stix", ".log", ".md", ".eml")
_RUN_NAMES: Final = (".exe", ".dll", ".scr", ".com", ".bat", ".cmd", ".ps1", ".vbs", ".hta", ".lnk", ".msi", ".jar")
_NESTED_NAMES: Final = re.compile(rb"\.(?:zip|7z|rar|gz|tgz|bz2|xz|zst|cab|jar|apk|iso)$", re.IGNORECASE)
_MACRO_NAMES: Final = re.compile(rb"(?:^|/)vbaProject\.bin$|(?:^|/)vbaData\.xml$", re.IGNORECASE)
_PAGE: Final = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,500}?-->\s*)?"
    rb"(?:<!doctype\s+(?:html|svg)|<html|<svg|<script)",
    re.IGNORECASE | re.DOTALL,
)
_ACTIVE: Final = re.compile(
    rb"<script|<foreignobject|\son[a-z]{3,20}\s*=|javascript:|<iframe|<embed|<object", re.IGNORECASE
)
_LOCAL: Final = b"PK\x03\x04"
_CENTRAL: Final = b"PK\x01\x02"
_END: Final = b"PK\x05\x06"


def suspicion_of(raw: bytes, name: str, *, declared: str = "") -> Suspicion | None:
    """Say why a file should be set aside; None when nothing speaks against reading it.

    Args:
        name: As its sender named it.
        declared: Reader that its sender named (`stix`, `table`, `text`); empty for none.
    """
    head, low = raw[:_HEAD_BYTES], name.lower()
    return (
        _program(raw, head)
        or _zip(raw, low)
        or _known(head, low, declared)
        or _page(raw, head)
        or _named(low)
        or _polyglot(raw, head)
    )


def _program(raw: bytes, head: bytes) -> Suspicion | None:
    if not head.startswith(b"MZ"):
        return None
    at = int.from_bytes(raw[60:64], "little")
    if raw[at : at + 4] == b"PE\x00\x00" or b"This program" in head or b"\x00" in head:
        return Suspicion(rule="executable", reason="It is a program for Windows.")
    return None  # a text that begins so


def _known(head: bytes, name: str, declared: str) -> Suspicion | None:
    for magic, what, rule in _MAGIC:
        if not head.startswith(magic):
            continue
        if rule:
            return Suspicion(rule=rule, reason=f"It is {what}.")
        if declared or name.endswith(_READ_NAMES):
            shown = f"declared as {declared}" if declared else "named like a text or table"
            return Suspicion(rule="disguised", reason=f"It is {what}, and {shown}.")
    return None


def _named(name: str) -> Suspicion | None:
    if name.endswith(_RUN_NAMES):
        return Suspicion(rule="disguised", reason="It is named like a program.")
    if any(char in name for char in "\u202e\u202d\u2066\u2067\u2068"):
        return Suspicion(rule="disguised", reason="Its name holds characters that turn around what is read.")
    return None


def _page(raw: bytes, head: bytes) -> Suspicion | None:
    if _PAGE.match(head) and _ACTIVE.search(raw):
        return Suspicion(rule="active", reason="It is a page or drawing with a script in it.")
    return None


def _polyglot(raw: bytes, head: bytes) -> Suspicion | None:
    """A file that is two things: who reads it from its end sees another one than who begins at its start."""
    tail = raw[-_TAIL_BYTES:]
    end = tail.rfind(_END)
    if end >= 0 and len(tail) - end >= 22 and _CENTRAL in tail:
        return Suspicion(rule="polyglot", reason="A ZIP archive stands at its end, behind something else.")
    if b"%PDF-" in head[:1024] and not head.startswith(b"%PDF-") and b"%%EOF" in tail:
        return Suspicion(rule="polyglot", reason="It is a PDF and something else at once.")
    return None


def _zip(raw: bytes, name: str) -> Suspicion | None:
    if not raw.startswith((_LOCAL, _END)):
        return None
    found = _entries(raw)
    packed, unpacked = sum(one.packed for one in found), sum(one.unpacked for one in found)
    if any(one.is_encrypted for one in found):
        return Suspicion(rule="encrypted", reason="It is an archive under a password: nobody can see what is in it.")
    if unpacked > _UNPACKED_BYTES_MAX or unpacked > _RATIO_MAX * max(packed, 1) + 1024 * 1024:
        return Suspicion(rule="bomb", reason=f"It is an archive that unpacks to {unpacked:,} bytes.")
    if any(_MACRO_NAMES.search(one.name) for one in found):
        return Suspicion(rule="macro", reason="It is an Office document with macros.")
    if any(_NESTED_NAMES.search(one.name) for one in found):
        return Suspicion(rule="nested", reason="It is an archive with archives in it.")
    if name.endswith(_READ_NAMES):
        return Suspicion(rule="disguised", reason="It is an archive, and named like a text or table.")
    return Suspicion(rule="archive", reason="It is an archive; unpack it where that may go wrong, and give its files.")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    name: bytes
    packed: int
    unpacked: int
    is_encrypted: bool


def _entries(raw: bytes) -> list[_Entry]:
    """The first entries of a ZIP as its directory says, else as its first local header does."""
    found: list[_Entry] = []
    at = raw.find(_CENTRAL, max(0, len(raw) - 8 * 1024 * 1024))
    while at >= 0 and len(found) < _ENTRIES_LOOKED_AT and raw[at : at + 4] == _CENTRAL and at + 46 <= len(raw):
        flags = int.from_bytes(raw[at + 8 : at + 10], "little")
        sizes = [int.from_bytes(raw[at + i : at + i + 4], "little") for i in (20, 24)]
        lengths = [int.from_bytes(raw[at + i : at + i + 2], "little") for i in (28, 30, 32)]
        name = raw[at + 46 : at + 46 + lengths[0]]
        found.append(_Entry(name=name, packed=sizes[0], unpacked=sizes[1], is_encrypted=bool(flags & 1)))
        at += 46 + sum(lengths)
    if not found and len(raw) >= 30 and raw.startswith(_LOCAL):
        flags, length = int.from_bytes(raw[6:8], "little"), int.from_bytes(raw[26:28], "little")
        sizes = [int.from_bytes(raw[i : i + 4], "little") for i in (18, 22)]
        name = raw[30 : 30 + length]
        found.append(_Entry(name=name, packed=sizes[0], unpacked=sizes[1], is_encrypted=bool(flags & 1)))
    return found
