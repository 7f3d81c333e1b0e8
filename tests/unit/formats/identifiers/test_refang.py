# SPDX-License-Identifier: Apache-2.0
"""Odd writing is undone, and every place can be found again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.formats.identifiers.refang import clean, refang


@pytest.mark.parametrize(
    ("text", "plain", "flag"),
    [
        ("evil[.]com", "evil.com", "defanged"),
        ("evil [.] com", "evil.com", "defanged"),
        ("evil(dot)com", "evil.com", "defanged"),
        ("evil {dot} com", "evil.com", "defanged"),
        ("evil[.com", "evil.com", "defanged"),
        ("evil.]com", "evil.com", "defanged"),
        ("evil\\.com", "evil.com", "defanged"),
        ("user[at]desk", "user@desk", "defanged"),
        ("user (at) desk", "user@desk", "defanged"),
        ("hxxp://a", "http://a", "defanged"),
        ("hXXps://a", "https://a", "defanged"),
        ("h**p://a", "http://a", "defanged"),
        ("hxxp[:]//a", "http://a", "defanged"),
        ("hxxps[://]a", "https://a", "defanged"),
        ("１２３ａｂｃ．", "123abc.", "full-width"),
        ("๑๒๓", "123", "native-digits"),
        ("၁၂၃", "123", "native-digits"),
        ("១២៣", "123", "native-digits"),
        ("໑໒໓", "123", "native-digits"),
        ("ev\u200bil", "evil", "zero-width"),
        ("ev\u202eil", "evil", "zero-width"),
    ],
)
def test_odd_writing_is_undone_and_flagged(text: str, plain: str, flag: str) -> None:
    assert clean(text) == (plain, (flag,))


@pytest.mark.parametrize(
    "text", ["evil.com", "see [1] and (a)", "http://a/(b)", "C:\\temp", "[::1]", "a . b", "ที่อยู่", "{x}"]
)
def test_plain_writing_stays(text: str) -> None:
    assert clean(text) == (text, ())


ODD = st.lists(
    st.one_of(
        st.text(max_size=4),
        st.sampled_from(
            ["[.]", " (dot) ", "[at]", "hxxp://", "hxxps[:]//", "\u200b", "\u200b\u200c", "๑", "ａ", "[.", ".]", "[/]"]
        ),
    ),
    max_size=12,
).map("".join)


@given(text=ODD)
def test_every_place_leads_back(text: str) -> None:
    made = refang(text)
    assert made.original == text
    last = 0
    for place in range(len(made.text)):
        start, end = made.span(place, place + 1)
        assert 0 <= start < end <= len(text)
        assert start >= last or made.text[place - 1 : place + 1] != ""
        last = start
    assert made.span(0, len(made.text))[1] <= len(text)


@given(text=ODD)
def test_what_was_not_changed_is_itself(text: str) -> None:
    made = refang(text)
    for place, char in enumerate(made.text):
        start, end = made.span(place, place + 1)
        if not made.flags(place, place + 1) and end - start == 1:
            assert text[start] == char or text[start] in "\u2010\u2011\u2012\u2013\u2212\u00a0\u2007\u2009\u202f"
