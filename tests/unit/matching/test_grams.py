# SPDX-License-Identifier: Apache-2.0
import unicodedata

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from lintas.matching.grams import fold, grams, grams_of_word, holds, holds_phrase, is_unspaced, query_grams, words

SCRIPTS = (
    "abcXYZ019",
    "éüñçøłđßæİıſ",
    "ăâđêôơưẠảẫỰNguyễn",
    "กขคงจชดตนบปพมยรลวสหอาิีึืุูเแโใไ่้๊๋์๐๑๒",
    "ກຂຄງຈຊດຕນບປພມຢຣລວສຫອາິີ່້໐໑",
    "កខគឃងចឆជឈញដឋណតថទធនាិីុូេែៃោៅំះ៉្០១",
    "ကခဂဃငစဆဇညတထဒဓနပဖဗမယရလဝသဟအာိီုူေဲံ့း္်ျြွှ၀၁၂",
    "张伟陈示例王芳你好转账𠮷",
    "アイウエオかきくけこー々〆",
    "علي محمد حسن",
    "अली कुमार சரவணன்",
    "АлиИванов",
    "ＡＢＣ１２３",
    " \t\n,.;:-_/()'\"@+#",
    "\u200b\u200c\u200d\u2060\ufeff\u202e\u00ad",
    "\u0301\u0323\u0e31\u1037",
)
TEXTS = st.lists(st.text(st.sampled_from("".join(SCRIPTS)), max_size=12), max_size=6).map("".join) | st.text(
    max_size=30
)
NAMES = [
    ("张伟", "转给张伟先生", True),
    ("张伟", "伟张", False),
    ("张", "转给张伟先生", True),
    ("伟先", "转给张伟先生", True),
    ("สมชาย", "นายสมชายใจดี", True),
    ("ใจดี", "นายสมชายใจดี", True),
    ("สมหญิง", "นายสมชายใจดี", False),
    ("nguyen van", "Nguyễn Văn Ví Dụ", True),
    ("Nguyễn", "NGUYEN VAN VI DU", True),
    ("dang", "Đặng Thị Ví Dụ", True),
    ("du", "Ví Dụ", True),
    ("ali", "Ali bin Contoh", True),
    ("con", "Ali bin Contoh", True),
    ("onto", "Ali bin Contoh", False),
    ("toh", "Ali bin Contoh", False),
    ("ali contoh", "Contoh, Ali", True),
    ("ＡＬＩ", "ali bin contoh", True),
    ("a\u200bli", "Ali bin Contoh", True),
    ("ali", "a\u200bl\u00adi", True),
    ("0123", "ဖုန်း ၀၁၂၃", True),
    ("၀၁၂၃", "phone 0123", True),
    ("๐๑๒", "โทร 012", True),
    ("မောင်", "ကိုမောင်မောင်", True),
    ("សុខ", "លោកសុខវិបុល", True),
    ("strasse", "Lange Straße 3", True),
    ("Łukasz", "lukasz", True),
    ("示例bank", "陈示例Bank Berhad", True),
    ("bank", "陈示例Bank Berhad", True),
    ("例", "Bank示例", True),
]


@given(TEXTS)
@example("\u0345\u0301")
@example("İıſ\u0307")
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(TEXTS)
def test_what_is_folded_has_single_spaces_and_ascii_digits_only(text: str) -> None:
    folded = fold(text)
    assert folded == " ".join(folded.split(" ")).strip()
    assert all(char.isascii() for char in folded if unicodedata.category(char) == "Nd")
    assert not any(unicodedata.category(char) in {"Cf", "Cc", "Zs"} for char in folded if char != " ")


@given(TEXTS)
def test_the_same_text_in_capitals_or_another_normal_form_folds_alike(text: str) -> None:
    for form in ("NFC", "NFD"):
        assert fold(unicodedata.normalize(form, text)) == fold(text)


@given(TEXTS)
def test_words_keep_every_character_but_spaces(text: str) -> None:
    folded = fold(text)
    assert "".join(words(folded)) == folded.replace(" ", "")
    assert all(word and " " not in word for word in words(folded))


@given(TEXTS)
def test_a_word_is_of_one_way_of_writing(text: str) -> None:
    assert all(len({is_unspaced(char) for char in word}) == 1 for word in words(fold(text)))


@given(TEXTS, st.data())
def test_no_text_that_holds_what_is_asked_is_missed(text: str, data: st.DataObject) -> None:
    """The index is asked first: what it leaves out is never looked at, so it must leave out nothing that holds."""
    start = data.draw(st.integers(0, len(text)))
    asked = words(fold(text[start : data.draw(st.integers(start, len(text)))]))
    folded = fold(text)
    assume(asked and holds(folded, asked))
    for word in asked:
        assert query_grams(word) <= grams(folded)
        if not query_grams(word):  # one character of an unspaced script: looked up by the start of 2-grams
            assert any(gram.startswith(word) for gram in grams(folded))


@given(TEXTS, TEXTS)
def test_no_text_that_holds_anything_at_all_is_missed(text: str, question: str) -> None:
    folded, asked = fold(text), words(fold(question))
    if holds(folded, asked):
        assert all(query_grams(word) <= grams(folded) for word in asked)


@given(TEXTS, st.data())
def test_each_word_and_each_start_of_a_word_is_held(text: str, data: st.DataObject) -> None:
    folded = fold(text)
    assume(words(folded))
    word = data.draw(st.sampled_from(words(folded)))
    size = data.draw(st.integers(1, len(word)))
    assert holds(folded, (word[:size],))
    if is_unspaced(word):
        assert holds(folded, (word[-size:],))


@given(TEXTS)
def test_what_holds_a_phrase_holds_its_words(text: str) -> None:
    folded = fold(text)
    asked = words(folded)[:2]
    if holds_phrase(folded, asked):
        assert holds(folded, asked)


@given(TEXTS)
def test_a_texts_2_grams_are_those_of_its_words(text: str) -> None:
    folded = fold(text)
    assert grams(folded) == {gram for word in words(folded) for gram in grams_of_word(word)}
    assert all(len(gram) == 2 for gram in grams(folded))


@pytest.mark.parametrize(("asked", "text", "is_held"), NAMES)
def test_names_are_found_as_people_look_for_them(asked: str, text: str, is_held: bool) -> None:
    folded, question = fold(text), words(fold(asked))
    assert holds(folded, question) is is_held
    if is_held:
        assert all(query_grams(word) <= grams(folded) for word in question)


@pytest.mark.parametrize("word", ["a", "7", "x"])
def test_one_letter_asks_for_words_that_start_with_it(word: str) -> None:
    assert query_grams(word) == {f" {word}"}
    assert holds(fold("Ali 7 x-ray"), (word,))
    assert not holds(fold("Budi 17 box"), (word,))


def test_one_character_of_a_script_without_spaces_has_no_2_gram_of_its_own() -> None:
    assert query_grams("张") == frozenset()


@pytest.mark.parametrize(
    ("text", "folded"), [("", ""), ("  ", ""), ("...", ""), ("\u200b", ""), ("A-B", "a b"), ("①", "1")]
)
def test_signs_and_spaces_fold_away(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_a_phrase_begins_at_the_start_of_a_word() -> None:
    folded = fold("Ali bin Contoh, 8 8 8")
    assert holds_phrase(folded, ("bin", "con"))
    assert holds_phrase(folded, ("8", "8", "8"))
    assert not holds_phrase(folded, ("in", "contoh"))
    assert not holds_phrase(folded, ("ali", "contoh"))
    assert not holds_phrase(folded, ("8", "8", "8", "8"))
