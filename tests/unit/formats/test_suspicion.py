# SPDX-License-Identifier: Apache-2.0
"""Which files are not read: real hostile ones, made here, and the harmless ones that must pass."""

import gzip
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.formats.suspicion import suspicion_of

PE = b"MZ" + bytes(58) + (64).to_bytes(4, "little") + b"PE\0\0" + bytes(64)
ELF = b"\x7fELF\x02\x01\x01" + bytes(60)
CSV = b"name,phone\nSiti,+60123456789\n"


def zipped(*entries: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return out.getvalue()


def encrypted() -> bytes:
    """The flag of an encrypted entry, in both headers."""
    raw = bytearray(zipped(("a.txt", b"secret")))
    raw[6] |= 1
    raw[raw.find(b"PK\x01\x02") + 8] |= 1
    return bytes(raw)


def lying_bomb() -> bytes:
    """A directory that tells of 4 GiB behind a few bytes."""
    raw = bytearray(zipped(("a.txt", b"x")))
    at = raw.find(b"PK\x01\x02") + 24
    raw[at : at + 4] = (0xFFFFFFF0).to_bytes(4, "little")
    return bytes(raw)


BOMB = zipped(("a.txt", bytes(40 * 1024 * 1024)))
MACRO = zipped(("[Content_Types].xml", b"<Types/>"), ("word/vbaProject.bin", b"\xd0\xcf"))
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'

HOSTILE = {
    "a program for Windows": ("report.csv", PE, "executable"),
    "a program under its own name": ("a.exe", PE, "executable"),
    "a program for Linux": ("list.txt", ELF, "executable"),
    "a program for macOS": ("x", b"\xcf\xfa\xed\xfe" + bytes(20), "executable"),
    "a shell script": ("notes.txt", b"#!/bin/sh\nrm -rf /\n", "executable"),
    "a shortcut": ("a.txt", b"L\x00\x00\x00\x01\x14\x02\x00" + bytes(20), "executable"),
    "a zip": ("files.zip", zipped(("a.txt", b"text")), "archive"),
    "a zip called a table": ("a.csv", zipped(("a.txt", b"text")), "disguised"),
    "a zip in a zip": ("a.zip", zipped(("b.zip", zipped(("a", b"a")))), "nested"),
    "a zip under a password": ("a.zip", encrypted(), "encrypted"),
    "a zip bomb": ("a.zip", BOMB, "bomb"),
    "a zip bomb by its directory": ("a.zip", lying_bomb(), "bomb"),
    "a cut zip": ("a.zip", BOMB[:2000], "bomb"),
    "gzip": ("a.json", gzip.compress(CSV), "archive"),
    "7z": ("a.7z", b"7z\xbc\xaf\x27\x1c" + bytes(30), "archive"),
    "rar": ("a.rar", b"Rar!\x1a\x07\x01\x00" + bytes(30), "archive"),
    "a document with macros": ("letter.docm", MACRO, "macro"),
    "a document with macros called docx": ("letter.docx", MACRO, "macro"),
    "an old document": ("letter.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "macro"),
    "a drawing with a script": ("logo.svg", SVG, "active"),
    "a drawing that runs when loaded": ("logo.svg", b"<svg onload=alert(1)>", "active"),
    "a page with a script": ("page.txt", b"  <!DOCTYPE html><html><body><script>x</script>", "active"),
    "a page that runs when clicked": ("page.html", b"<html><a href='javascript:x'>", "active"),
    "a PDF called a table": ("rows.csv", b"%PDF-1.7\n1 0 obj", "disguised"),
    "a picture called a text": ("note.txt", b"\x89PNG\r\n\x1a\n" + bytes(9), "disguised"),
    "a table called a program": ("rows.csv.exe", CSV, "disguised"),
    "a name that reads backwards": ("report\u202evsc.exe.csv", CSV, "disguised"),
    "a table with an archive behind it": ("rows.csv", CSV + zipped(("a.txt", b"hidden")), "polyglot"),
    "a picture with an archive behind it": ("a.gif", b"GIF89a" + bytes(50) + zipped(("a", b"b")), "polyglot"),
    "a PDF behind a text": ("a.txt", b"hello\n%PDF-1.4\n" + bytes(100) + b"%%EOF", "polyglot"),
}

HARMLESS = {
    "a table": ("rows.csv", CSV),
    "a text": ("note.txt", b"call +60123456789"),
    "an empty file": ("a.txt", b""),
    "a bundle": ("b.json", b'{"type":"bundle","objects":[]}'),
    "a text that begins like a program": ("note.txt", b"MZ is what it said, and then nothing."),
    "a text about a script": ("note.txt", b"the page said <script>alert(1)</script> twice"),
    "a page without a script": ("page.html", b"<html><p>call +60123456789</p></html>"),
    "a comment": ("a.txt", b"# list of accounts\n1234"),
    "a text with the letters PK": ("a.txt", b"PK is a country code"),
    "thai": ("a.txt", "โทร 0812345678".encode()),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_set_aside_for_its_reason(what: str) -> None:
    name, raw, rule = HOSTILE[what]
    found = suspicion_of(raw, name)
    assert found is not None
    assert found.rule == rule, found
    assert found.reason.endswith(".")


@pytest.mark.parametrize("what", HARMLESS)
def test_a_harmless_file_passes(what: str) -> None:
    name, raw = HARMLESS[what]
    assert suspicion_of(raw, name) is None


def test_what_was_declared_counts_like_a_name() -> None:
    assert suspicion_of(b"%PDF-1.7", "scan.pdf") is None  # no reader reads it; its reader says so
    found = suspicion_of(b"%PDF-1.7", "scan.pdf", declared="table")
    assert found is not None
    assert found.rule == "disguised"


@given(st.binary(max_size=400), st.text(max_size=30), st.sampled_from(["", "stix", "table", "text"]))
def test_no_bytes_break_it(raw: bytes, name: str, declared: str) -> None:
    for head in (b"", b"PK\x03\x04", b"PK\x01\x02", b"MZ", b"<svg "):
        found = suspicion_of(head + raw, name, declared=declared)
        assert found is None or found.reason


@given(st.binary(max_size=60), st.integers(0, 500), st.integers(0, 255))
def test_no_damaged_archive_breaks_it(more: bytes, at: int, byte: int) -> None:
    raw = bytearray(zipped(("a.txt", b"text"), ("b.zip", b"x")) + more)
    raw[at % len(raw)] = byte
    suspicion_of(bytes(raw), "a.zip")
