# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.errors import Malformed, OverLimit, UnknownTerm
from lintas.formats.detect import detect
from lintas.formats.reader import READERS, reader_named
from lintas.formats.reader_names import current_reader
from lintas.limits import FILE_BYTES_MAX
from lintas.model.reading import ReadOptions
from tests.unit.formats.builders import bundle, packs, stix


@pytest.mark.parametrize(
    ("raw", "file_name", "reader"),
    [
        (bundle(stix("tool")), "", "stix/1"),
        (bundle(stix("tool")), "export.txt", "stix/1"),
        (b'{"type":"bundle","objects":[', "x.json", "stix/1"),
        (b'{"type":"bundle"}', "", "stix/1"),
        (b'{"Event":{}}', "x.json", "text/1"),
        (b"a,b\n1,2\n", "x.csv", "table/1"),
        (b"one column\nonly\n", "X.CSV", "table/1"),
        (b"[a],b\n1,2\n", "x.csv", "table/1"),
        (b"a\tb\nc\td\ne\tf\n", "", "table/1"),
        (b"phone;name\n1;a\n2;b\n", "list.txt", "table/1"),
        ("phone,name\n1,a\n2,b\n".encode("utf-16"), "", "table/1"),
        (b"phone,name\n1,a\n", "", "text/1"),
        (b"He called, then he wrote, then he paid.\nShe called, then she wrote, then left.\n" * 2, "", "text/1"),
        (b"Dear sir,\nplease hold,\nthank you,\n", "", "text/1"),
        (b"192.0.2.1\n192.0.2.2\n192.0.2.3\n", "iocs.txt", "text/1"),
        ("สวัสดี".encode(), "", "text/1"),
        (b"", "", "text/1"),
        (b"From: a@example.com\nSubject: x; y\n\nbody; more\n", "x.eml", "text/1"),
    ],
)
def test_a_file_goes_to_its_reader(raw: bytes, file_name: str, reader: str) -> None:
    assert detect(raw, file_name) == reader


@pytest.mark.parametrize("raw", [b"PK\x03\x04\x14\x00", b"\x00\x01\x02", b"%PDF-1.4", b"\xff\xff\xff\xff"])
@pytest.mark.parametrize("file_name", ["", "x.csv", "x.json"])
def test_what_is_no_text_is_malformed_and_told_what_to_do(raw: bytes, file_name: str) -> None:
    with pytest.raises(Malformed) as refused:
        detect(raw, file_name)
    assert refused.value.hint


def test_a_file_over_the_limit_is_refused_before_it_is_read() -> None:
    raw = bytes(FILE_BYTES_MAX + 1)
    with pytest.raises(OverLimit):
        detect(raw, "")
    for reader in READERS.values():
        with pytest.raises(Malformed if reader.name == "desk/1" else OverLimit):  # which takes no file at all
            reader.read(raw, ReadOptions(), packs())


@given(st.binary() | st.text().map(str.encode), st.text())
def test_any_bytes_have_a_reader_or_are_malformed(raw: bytes, file_name: str) -> None:
    try:
        assert detect(raw, file_name) in READERS
    except Malformed as exc:
        assert exc.hint  # noqa: PT017 - either way is right


def test_a_reader_is_found_by_name_and_version() -> None:
    for name, reader in READERS.items():
        assert reader_named(name) is reader
        assert reader.name == name
        assert current_reader(name) == name
    for name in ("", "stix", "stix/0", "STIX/1"):
        with pytest.raises(UnknownTerm):
            reader_named(name)
