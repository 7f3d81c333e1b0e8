# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.errors import BadInput, Malformed, OverLimit
from lintas.formats.reader import READERS
from lintas.limits import TEXT_CHARS_MAX
from lintas.model.reading import ReadOptions
from tests.unit.formats.builders import checked, only, packs, payload, posted, read, said

TEXT = "\n  Subject: hold request  \nplease hold, they use hxxps://pay[.]example[.]com and +65 6123 4567\n"


def test_a_text_is_one_message_with_its_words_and_identifiers() -> None:
    container = read(TEXT.encode())
    derived = only(container).derived
    assert (container.reader, container.read, only(container).media_type) == ("text/1", 1, "text/plain;charset=utf-8")
    assert payload(TEXT.encode(), only(container)) == TEXT.encode()
    assert [(entity.schema, entity.caption) for entity in derived.entities] == [("Note", "Subject: hold request")]
    assert said(derived, "bodyText") == [TEXT]
    assert {("url", "https://pay.example.com"), ("phone", "+6561234567")} & posted(derived)
    assert ("domain", "pay.example.com") in posted(derived)
    assert {posting.prop for posting in derived.postings} == {"bodyText"}


def test_an_identifier_is_posted_once_however_often_it_stands() -> None:
    derived = only(read(b"192.0.2.1 and 192.0.2.1 and 192[.]0[.]2[.]1")).derived
    assert [each.identifier.value for each in derived.postings] == ["192.0.2.1"]


def test_the_key_depends_on_the_bytes_only() -> None:
    keys = [only(read(TEXT.encode(), region=region)).derived.entities[0].key for region in ("", "SG")]
    assert keys[0] == keys[1]
    assert only(read(b"other")).derived.entities[0].key != keys[0]


@pytest.mark.parametrize("raw", [b'{"Event": {"info": "x"}}', b"[1, 2]", b'{"broken": '])
def test_other_json_is_a_text_with_a_note(raw: bytes) -> None:
    container = read(raw)
    assert container.reader == "text/1"
    assert "JSON" in container.notes[0]


def test_a_mail_is_a_text() -> None:
    raw = b"From: a@example.com\r\nTo: b@example.com\r\nSubject: x\r\n\r\nbody\r\n"
    assert posted(only(read(raw, file_name="x.eml")).derived) == {
        ("email", "a@example.com"),
        ("email", "b@example.com"),
    }


@pytest.mark.parametrize("raw", [b"", b"  \n\t\n", b"\xef\xbb\xbf", b"\x00", b"PK\x03\x04"])
def test_what_says_nothing_is_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        checked(raw, "text/1")


def test_a_text_over_the_limit_is_refused() -> None:
    with pytest.raises(OverLimit):
        checked(b"x" * (TEXT_CHARS_MAX + 1), "text/1")


@pytest.mark.parametrize("media_type", ["", "text/plain", "text/csv;charset=utf-8", "text/plain;charset=utf-7"])
def test_a_wrong_media_type_is_malformed(media_type: str) -> None:
    with pytest.raises(Malformed):
        READERS["text/1"].derive(b"x", media_type, ReadOptions(), packs())


@given(st.binary() | st.text().map(str.encode))
def test_any_bytes_are_a_text_or_malformed(raw: bytes) -> None:
    try:
        container = checked(raw, "text/1")
    except BadInput:
        return
    assert container.read == 1
