# SPDX-License-Identifier: Apache-2.0
import contextlib
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.errors import BadPack
from lintas.formats.tipping import NO_WORDS, parse_tipping

OURS = (resources.files("lintas.packs") / "tipping.toml").read_bytes()
ROW = '[[word]]\ntext = "{}"\nlanguage = "en"\nsource = "an example"\nconfirmed = true\n'


def pack(*rows: str, head: str = "version = 1\n") -> bytes:
    return (head + "".join(rows)).encode()


@pytest.mark.parametrize("word", parse_tipping(OURS).words)
def test_each_word_of_our_pack_is_found_in_a_text(word: str) -> None:
    words = parse_tipping(OURS)
    assert words.found_in(f"… {word}, …")
    assert words.found_in(f"\n{word}\n")


@pytest.mark.parametrize(
    "text",
    ["", "string", "STRAIT", "Str. 7", "instr", "restrict", "suspicious", "transaction report", "SAR", "LTKMX", "ST R"],
)
def test_other_texts_hold_none(text: str) -> None:
    assert parse_tipping(OURS).found_in(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "SUSPICIOUS TRANSACTION REPORT",
        "suspicious\ntransaction\treports",
        "\uff33\uff34\uff32",  # full width
        "sus\u00adpicious trans\u200baction report",
        "“suspicious transaction report”",
        "(STR)",
    ],
)
def test_writing_it_otherwise_hides_no_word(text: str) -> None:
    assert parse_tipping(OURS).found_in(text)


def test_a_word_is_told_once() -> None:
    assert parse_tipping(OURS).found_in("STR, STR and STR") == ("STR",)


def test_without_a_pack_nothing_is_found() -> None:
    assert NO_WORDS.found_in("suspicious transaction report") == ()


def test_what_nobody_confirmed_is_said_to_be_so() -> None:
    words = parse_tipping(OURS)
    assert words.unconfirmed < set(words.words)
    assert "suspicious transaction report" not in words.unconfirmed


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"version = 1\n",
        b"version = 1\nword = []\n",
        pack(ROW.format("x"), head="version = 2\n"),
        pack(ROW.format("x"), "more = 1\n"),
        pack(ROW.format("")),
        pack('[[word]]\ntext = "x"\n'),
        b"\xff\xfe",
        b"version = 1\n[[word]",
    ],
)
def test_what_is_no_such_pack_is_refused(raw: bytes) -> None:
    with pytest.raises(BadPack, match=r"^packs/tipping\.toml"):
        parse_tipping(raw)


@given(st.binary(max_size=400))
def test_no_other_error_leaves(raw: bytes) -> None:
    with contextlib.suppress(BadPack):
        parse_tipping(raw)


@given(st.text(max_size=200))
def test_no_text_is_too_odd_to_be_looked_at(text: str) -> None:
    parse_tipping(OURS).found_in(text)


@given(st.text(alphabet="abcé可ธ.*+()[]\\ ", min_size=1, max_size=20).filter(str.strip))
def test_a_word_is_no_pattern(text: str) -> None:
    words = parse_tipping(pack(ROW.format(text.replace("\\", "\\\\"))))
    assert words.words == (text,)
    assert words.found_in("qqq") == ()
