# SPDX-License-Identifier: Apache-2.0
"""Names that imitate another: a stranger who calls itself almost as a peer is called.

A flag for a person who is about to trust a new peer, never a verdict: names that only share words (Royal Thai Police,
Royal Malaysia Police) are not flagged, and one name in two scripts is not seen as one.

Rejected: a similarity score over the whole name, since agencies of different countries differ in one word of three.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

NAME_CHARS_MAX: Final = 200  # characters of a name that are looked at

# Letters that look like Latin ones. Capitals stand apart where they look like another letter than their small ones.
# Source: Unicode Technical Standard 39, confusables.txt, the part that is common in fonts.
_CAPITALS: Final = {"H": "Η", "M": "Μ", "N": "Ν", "Y": "Υ", "Z": "Ζ", "C": "Ϲ"}
_SMALL: Final = {
    "a": "αаɑ",
    "b": "βвьƅ",
    "c": "сϲ",
    "d": "ԁđɗ",
    "e": "εеє",
    "g": "ɡ",
    "h": "һнħհ",
    "i": "ιіı",
    "j": "јϳ",
    "k": "κк",
    "l": "ӏł",
    "m": "м",
    "n": "ηпո",
    "o": "οоօø",
    "p": "ρр",
    "q": "ԛգ",
    "r": "гɾ",
    "s": "ѕꜱ",
    "t": "τтŧ",
    "u": "υцս",
    "v": "νѵ",
    "w": "ωԝ",
    "x": "χх",
    "y": "γуү",
    "z": "ƶ",
}
_CAPITAL_SHAPES: Final = str.maketrans({char: latin for latin, chars in _CAPITALS.items() for char in chars})
_SMALL_SHAPES: Final = str.maketrans({char: latin for latin, chars in _SMALL.items() for char in chars})
# Digits and signs that stand for letters, inside of words only: "Region 1" and "Region 2" are two regions.
_DIGITS: Final = str.maketrans("0134578|", "oleastbl")
_SIGNS: Final = str.maketrans("@$!€", "asle")
_SIGN_IN_WORD: Final = re.compile(r"[@$!€|](?=\w)")
_DIGITS_IN_WORD: Final = re.compile(r"[\w|]*[^\W\d_][\w|]*")
_LATIN_MARKS: Final = re.compile("[\u0300-\u036f]")
_BLANK: Final = re.compile("[\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\ufe00-\ufe0f]")  # invisible, yet no format code
_BETWEEN: Final = re.compile(r"[\W_]+")
_LATIN_WORD: Final = re.compile(r"[a-z]+")
_SMALL_WORDS: Final = frozenset({"of", "the", "and", "for", "de", "da", "dan", "official", "genuine", "real", "new"})

# One edit is a slip in a word of some length, and another word in a short one: Iran, Iraq; Ha Giang, An Giang.
_ONE_EDIT_CHARS_MIN: Final = 5
_TWO_EDITS_CHARS_MIN: Final = 8


class _Shape(NamedTuple):
    """A name in the forms in which it is compared."""

    plain: str  # capitals, spaces and punctuation apart
    letters: str  # as it looks, without spaces
    words: tuple[str, ...]  # as they look, sorted, without those that tell nothing
    once: frozenset[str]  # the same, each once


def imitates(name: str, others: Iterable[tuple[str, str]]) -> list[tuple[str, str, str]]:
    """Say which other names a name could be taken for.

    Args:
        name: What a new peer calls itself.
        others: (node, name) of those that are known, at most PEERS_MAX.

    Returns:
        (node, name, reason) of each that it imitates, in their order; the reason completes "it is flagged because".

    Shape: O(others); each some 2 µs, and 50 µs where letters are compared.
    Source: Unicode Technical Standard 39 for what looks alike.
    """
    own = _shape(name[:NAME_CHARS_MAX])
    found = []
    for node, other in others:
        reason = "it is the same name" if other == name else _reason(own, _shape(other[:NAME_CHARS_MAX]))
        if reason:
            found.append((node, other, reason))
    return found


def _reason(own: _Shape, other: _Shape) -> str:
    if not own.letters or not other.letters:
        return ""
    if own.plain == other.plain:
        return "it differs in capitals, spaces, punctuation or invisible characters only"
    if own.letters == other.letters:
        return "it looks the same: letters of another script, marks, digits or signs stand for letters"
    if own.words and own.words == other.words:
        return "it has the same words in another order, or with small words between them"
    edits = _edits(own, other)
    if edits:
        return f"it differs in {'one letter' if edits == 1 else 'two letters'} only"
    return ""


def _edits(own: _Shape, other: _Shape) -> int:
    """How many letters differ, if they could be slips of the eye; 0 if the names are two names."""
    if len(own.words) != len(other.words) or len(own.once - other.once) > 2 or len(other.once - own.once) > 2:
        return 0  # nearly always, and ten times faster than what follows
    mine, theirs = Counter(own.words), Counter(other.words)
    left, right = sorted((mine - theirs).elements()), sorted((theirs - mine).elements())
    if not 1 <= len(left) <= 2:
        return 0
    pairings = [zip(left, right, strict=True)]
    if len(left) == 2:
        pairings.append(zip(left, reversed(right), strict=True))
    counts = [[_slip(one, two) for one, two in pairing] for pairing in pairings]
    return min((sum(count) for count in counts if all(count) and sum(count) <= 2), default=0)


def _slip(one: str, two: str) -> int:
    """How many letters two words differ in, 1 or 2; 0 if they are rather two words."""
    shorter = min(len(one), len(two))
    most = (shorter >= _ONE_EDIT_CHARS_MIN) + (shorter >= _TWO_EDITS_CHARS_MIN)
    if not (_LATIN_WORD.fullmatch(one) and _LATIN_WORD.fullmatch(two)) or frozenset({one, two}) in _TWO_WORDS:
        return 0  # in scripts of syllables or whole words, one sign more is another word
    edits = _distance(one, two, most)
    return edits if edits <= most else 0


def _distance(one: str, two: str, most: int) -> int:
    """Count insertions, deletions, changes and swaps of neighbours; any number above `most` for more than that."""
    if abs(len(one) - len(two)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(two) + 1))
    for i, a in enumerate(one, 1):
        before, previous, row = row, before, [i]
        for j, b in enumerate(two, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == two[j - 2] and one[i - 2] == b:
                cost = min(cost, previous[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return row[-1]


@lru_cache(maxsize=4096)
def _shape(name: str) -> _Shape:
    text = unicodedata.normalize("NFKC", name)
    text = _BLANK.sub(
        "", "".join(char for char in text if char.isspace() or unicodedata.category(char) not in {"Cf", "Cc", "Cs"})
    )
    plain = " ".join(_BETWEEN.sub(" ", text.casefold()).split())
    seen = _latin(text)
    words = tuple(sorted(word for word in seen.split() if word not in _HIDDEN_WORDS))
    return _Shape(plain=plain, letters=seen.replace(" ", ""), words=words, once=frozenset(words))


def _latin(text: str) -> str:
    """Write a text with the Latin letters that its letters look like."""
    text = unicodedata.normalize("NFD", text.translate(_CAPITAL_SHAPES).casefold())
    text = unicodedata.normalize("NFC", _LATIN_MARKS.sub("", text)).translate(_SMALL_SHAPES)
    text = _SIGN_IN_WORD.sub(lambda sign: sign[0].translate(_SIGNS), text)
    text = _DIGITS_IN_WORD.sub(lambda word: word[0].translate(_DIGITS), text)
    text = " ".join(_BETWEEN.sub(" ", text).split())
    # what looks like one letter, and I, l and 1, which many fonts draw alike
    return text.replace("rn", "m").replace("vv", "w").replace("cl", "d").replace("i", "l")


# Pairs of true words that a slip of the eye would explain as well.
_TWO_WORDS: Final = frozenset(
    frozenset(_latin(word) for word in pair.split())
    for pair in (
        "zambia gambia",
        "austrian australian",
        "slovakia slovenia",
        "slovakian slovenian",
        "dominica dominican",
        "khanh thanh",
        "badung bandung",
        "northern southern",
        "internal external",
        "immigration emigration",
        "import export",
        "inland island",
    )
)
_HIDDEN_WORDS: Final = frozenset(_latin(word) for word in _SMALL_WORDS)
