# SPDX-License-Identifier: Apache-2.0
"""The tipping-off pack: words that tell of a report to a financial intelligence unit, in the region's languages.

Source: docs/howto/protected-classes.md.
"""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Annotated, Final, Literal

import msgspec

from lintas.errors import BadPack

_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
_UNSEEN: Final = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")  # they part a word and show nothing
_SPACES: Final = re.compile(r"\s+")
_NEVER: Final = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class TippingWords:
    """All words of a pack, ready to look for."""

    words: tuple[str, ...]
    unconfirmed: frozenset[str]
    digest: str  # SHA-256 of the pack's bytes
    exact: re.Pattern[str]
    loose: re.Pattern[str]

    def __repr__(self) -> str:
        return f"TippingWords({self.digest[:12]})"

    def found_in(self, text: str) -> tuple[str, ...]:
        """The words that stand in a text, each once, in order."""
        plain = _SPACES.sub(" ", _UNSEEN.sub("", unicodedata.normalize("NFKC", text)))
        found = [match[0] for match in self.exact.finditer(plain)]
        found += [match[0] for match in self.loose.finditer(plain.casefold())]
        return tuple(dict.fromkeys(found))


NO_WORDS: Final = TippingWords(words=(), unconfirmed=frozenset(), digest="", exact=_NEVER, loose=_NEVER)


class _Word(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    text: _Text
    language: _Text
    source: _Text
    confirmed: bool
    exact: bool = False


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: Literal[1]
    word: tuple[_Word, ...]


@lru_cache(maxsize=4)  # a node reads it once; tests start many
def parse_tipping(raw: bytes) -> TippingWords:
    """Read the tipping-off pack.

    Raises:
        BadPack: It does not hold to its schema, or has no word: a check that finds nothing never comes into force.
    """
    try:
        file = msgspec.convert(tomllib.loads(raw.decode("utf-8")), _File)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as exc:
        raise BadPack(f"packs/tipping.toml: {exc}", hint="docs/howto/protected-classes.md says what it holds.") from exc
    if not file.word:
        raise BadPack("packs/tipping.toml has no word.", hint="The pack that came with Lintas has some.")
    return TippingWords(
        words=tuple(word.text for word in file.word),
        unconfirmed=frozenset(word.text for word in file.word if not word.confirmed),
        digest=sha256(raw).hexdigest(),
        exact=_pattern([_plain(word.text) for word in file.word if word.exact]),
        loose=_pattern([_plain(word.text).casefold() for word in file.word if not word.exact]),
    )


def _plain(text: str) -> str:
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", text)).strip()


def _pattern(words: list[str]) -> re.Pattern[str]:
    """Words of spaced scripts stand alone, others anywhere; the longest first; a plural `s` may follow."""
    if not words:
        return _NEVER
    ordered = sorted(words, key=len, reverse=True)
    return re.compile("|".join(_bounded(word) for word in ordered))


def _bounded(word: str) -> str:
    if any("\u0e00" <= char <= "\u0eff" or "\u1780" <= char <= "\u17ff" or char >= "\u3000" for char in word):
        return re.escape(word)
    return rf"(?<!\w){re.escape(word)}s?(?!\w)"
