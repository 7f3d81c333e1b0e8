# SPDX-License-Identifier: Apache-2.0
"""Fold text and cut it into 2-grams, so that a part of a word is found in any script.

Scripts that write no spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese) are found anywhere in a run; other scripts
from the start of a word. Word boundaries are grams too (`" x"` and `"x "`).

Rejected: SQLite's FTS5 trigram index finds nothing for the two characters of 张伟 and keeps erased
text; word tokens miss scripts without spaces.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

# Blocks whose writing puts no space between words; ranges from Unicode 16 Blocks.txt.
_UNSPACED_RANGES: Final = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\uaa60-\uaa7f\ua9e0-\ua9ff"  # Myanmar and extensions
    "\u1780-\u17ff\u19e0-\u19ff"  # Khmer
    "\u1950-\u19df\u1a20-\u1aaf"  # Tai Le, New Tai Lue, Tai Tham
    "\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"  # Han, Kana
    "\U00020000-\U0003ffff"
)
_UNSPACED: Final = re.compile(f"[{_UNSPACED_RANGES}]")
_RUNS: Final = re.compile(f"[{_UNSPACED_RANGES}]+|[^ {_UNSPACED_RANGES}]+")
_ASCII_WORDS: Final = re.compile(r"[a-z0-9]+")
_LATIN_MARKS: Final = re.compile("[\u0300-\u036f]")
# Letters that NFD does not take apart; Unicode has no decomposition for a stroke.
_STROKES: Final = str.maketrans(
    {"đ": "d", "ð": "d", "ł": "l", "ø": "o", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "ß": "ss"}
)


class _WordCharacters(dict[int, str | int | None]):
    """Translate table filled as characters are met: digits become ASCII, separators a space."""

    def __missing__(self, code: int) -> str | int | None:
        char = chr(code)
        category = unicodedata.category(char)
        result: str | int | None
        if category == "Nd":
            result = str(unicodedata.digit(char))
        elif category[0] in "ZPSC":
            result = " "
        else:
            result = code
        self[code] = result
        return result


class _HiddenCharacters(dict[int, int | None]):
    """Translate table filled as characters are met: zero-width and direction marks, which hide inside words, go."""

    def __missing__(self, code: int) -> int | None:
        self[code] = result = None if unicodedata.category(chr(code)) == "Cf" else code
        return result


_WORD_CHARACTERS: Final = _WordCharacters()
_HIDDEN_CHARACTERS: Final = _HiddenCharacters()


def fold(text: str) -> str:
    """Reduce a text to the words that are compared: one case, one form, ASCII digits, Latin letters without marks.

    Returns:
        Words parted by single spaces; idempotent.
    """
    if text.isascii():
        return " ".join(_ASCII_WORDS.findall(text.lower()))
    # format characters first: between two marks they keep normalization from bringing these into their one order
    plain = text.translate(_HIDDEN_CHARACTERS)
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", plain).casefold())
    plain = unicodedata.normalize("NFC", _LATIN_MARKS.sub("", plain)).translate(_STROKES)
    plain = unicodedata.normalize("NFKC", plain).translate(_WORD_CHARACTERS)
    return " ".join(plain.split())


def words(folded: str) -> tuple[str, ...]:
    """Cut folded text into words; runs of an unspaced script are parted from spaced ones beside them."""
    return tuple(_ASCII_WORDS.findall(folded)) if folded.isascii() else tuple(_RUNS.findall(folded))


def is_unspaced(word: str) -> bool:
    """Say whether a word is written in a script without spaces, so that a part of it counts anywhere."""
    return _UNSPACED.match(word) is not None


@lru_cache(maxsize=65_536)
def grams_of_word(word: str) -> tuple[str, ...]:
    """The 2-grams of one word of a folded text, its boundaries among them."""
    padded = f" {word} "
    return tuple(padded[i : i + 2] for i in range(len(padded) - 1))


def grams(folded: str) -> frozenset[str]:
    """All 2-grams under which a folded text is indexed: those of its words."""
    return frozenset().union(*map(grams_of_word, set(words(folded))))


def query_grams(word: str) -> frozenset[str]:
    """The 2-grams that a text must have for one query word to be in it: a subset of its `grams`."""
    if is_unspaced(word):
        return frozenset(word[i : i + 2] for i in range(len(word) - 1))
    padded = f" {word}"
    return frozenset(padded[i : i + 2] for i in range(len(padded) - 1))


def holds(folded: str, query_words: tuple[str, ...]) -> bool:
    """Say whether a folded text has every query word: at the start of a word, or anywhere in an unspaced run."""
    spaced = f" {' '.join(words(folded))}"
    return all(word in folded if is_unspaced(word) else f" {word}" in spaced for word in query_words)


def holds_phrase(folded: str, query_words: tuple[str, ...]) -> bool:
    """Say whether a folded text has the query's words one after the other, the first at the start of a word."""
    return f" {' '.join(query_words)}" in f" {' '.join(words(folded))}"
