# SPDX-License-Identifier: Apache-2.0
"""What a column's header says: the words of six languages in the vocabulary pack, and whose part it names."""

from functools import lru_cache
from typing import NamedTuple

from lintas.formats.schemata import HeaderWords, Schemata, fold_header


class Heading(NamedTuple):
    """What a header was understood to say."""

    side: str  # victim, suspect, sender, receiver or empty
    words: HeaderWords | None  # None: nothing known
    matched: str  # the words that decided, for the reason


@lru_cache(maxsize=1024)
def read_heading(header: str, schemata: Schemata) -> Heading:
    """Understand one header.

    The whole header is tried first, then without the word that says whose it is, then any known words within it,
    longest first: "Mule account no." is an account number of the suspect's side, "customer phone (2)" a phone.
    """
    text = fold_header(header)
    if text in schemata.headers:
        return Heading("", schemata.headers[text], text)
    side, rest = _side(text, schemata)
    if side and rest in schemata.headers:
        return Heading(side, schemata.headers[rest], rest)
    if side and not rest:
        return Heading(side, None, text)
    for candidate_side, candidate in ((side, rest), ("", text)) if side else (("", text),):
        matched = _longest(candidate, schemata)
        if matched:
            return Heading(candidate_side, schemata.headers[matched], matched)
    return Heading("", None, "")


def _side(text: str, schemata: Schemata) -> tuple[str, str]:
    """Take the word off that says whose the column is."""
    found = [word for word in schemata.sides if _holds(text, word)]
    if not found:
        return "", text
    word = max(found, key=len)
    return schemata.sides[word], _without(text, word)


def _longest(text: str, schemata: Schemata) -> str:
    found = [word for word in schemata.headers if len(word) > 1 and _holds(text, word)]
    return max(found, key=len, default="")


def _holds(text: str, word: str) -> bool:
    """Words in Latin letters must stand alone; Thai and Chinese are written without spaces between words."""
    return f" {word} " in f" {text} " if _is_spaced(word) else word in text


def _is_spaced(word: str) -> bool:
    return all(char < "\u0e00" or "\u1e00" <= char < "\u2000" for char in word)


def _without(text: str, word: str) -> str:
    if _is_spaced(word):
        return f" {text} ".replace(f" {word} ", " ", 1).strip()
    return " ".join(text.replace(word, " ", 1).split())
