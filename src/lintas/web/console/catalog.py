# SPDX-License-Identifier: Apache-2.0
"""Catalogs of translations: gettext's .po files, and sentences of the core that are recognised by their fixed parts.

The core speaks English: an error's message is a constant or one f-string. Its msgid has %(1)s, %(2)s ... where values
stand; a sentence that comes is held against the fixed parts between them.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Final, NamedTuple

from babel.messages.pofile import read_po

SENTENCE_CHARS_MAX: Final = 2000  # ours: longer sentences are shown as they came
FIXED_LETTERS_MIN: Final = 6  # ours: with less, a pattern would take other sentences for its own
_PLACE: Final = re.compile(r"%\((\d)\)s")


class _Pattern(NamedTuple):
    """A sentence with places for values."""

    msgid: str
    parts: tuple[str, ...]  # its fixed parts; the first and last may be empty
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """What one language calls things."""

    texts: Mapping[tuple[str, str], str]  # (context, English) -> translation
    counted: Mapping[str, tuple[str, ...]]  # English for one -> a translation for each class of numbers
    patterns: tuple[_Pattern, ...] = ()  # longest fixed text first

    def find(self, msgid: str, context: str = "") -> str:
        """Return the translation, its places still in it; empty when there is none."""
        return self.texts.get((context, msgid), "")

    def whole(self, english: str, context: str = "") -> str:
        """Return the translation of a text that has no places; empty when there is none."""
        return self.find(english.replace("%", "%%"), context).replace("%%", "%")

    def matched(self, english: str) -> tuple[str, dict[str, str]] | None:
        """Find the sentence with places that a text is; returns its translation and the values."""
        if len(english) <= SENTENCE_CHARS_MAX:
            for pattern in self.patterns:
                values = _match(pattern, english)
                if values is not None:
                    return self.texts[("", pattern.msgid)], values
        return None


def read_catalog(code: str) -> Catalog:
    """Read the catalog of a language that ships with the pages."""
    file = resources.files("lintas.web").joinpath("locale", code, "lintas.po")
    texts: dict[tuple[str, str], str] = {}
    counted: dict[str, tuple[str, ...]] = {}
    with file.open("rb") as stream:
        for message in read_po(stream, locale=code, abort_invalid=True):
            said = message.string or ""
            if isinstance(message.id, str):
                if message.id and isinstance(said, str) and said:
                    texts[(message.context or "", message.id)] = said
                continue
            forms = (said,) if isinstance(said, str) else tuple(said)
            if all(forms):
                counted[message.id[0]] = forms
    return Catalog(texts=texts, counted=counted, patterns=patterns_of(msgid for context, msgid in texts if not context))


def patterns_of(msgids: Iterable[str]) -> tuple[_Pattern, ...]:
    """Return the sentences that have places for values, those with most fixed text first."""
    found = []
    for msgid in msgids:
        split = _PLACE.split(msgid)
        if len(split) > 1 and sum(map(str.isalpha, "".join(split[::2]))) >= FIXED_LETTERS_MIN:
            parts = tuple(part.replace("%%", "%") for part in split[::2])
            found.append(_Pattern(msgid, parts, tuple(split[1::2])))
    return tuple(sorted(found, key=lambda one: (-sum(map(len, one.parts)), one.msgid)))


def _match(pattern: _Pattern, english: str) -> dict[str, str] | None:
    """Return the values that stand between a pattern's fixed parts; None when it is another sentence.

    Each fixed part is looked for once, from where the one before ended: a foreign name cannot make this slow.
    """
    first, *inner, last = pattern.parts
    if not english.startswith(first) or not english.endswith(last) or len(english) < len(first) + len(last):
        return None
    end = len(english) - len(last)
    at = len(first)
    values = []
    for part in inner:
        found = english.find(part, at + 1, end)  # a value is never empty
        if found < 0:
            return None
        values.append(english[at:found])
        at = found + len(part)
    if at >= end:
        return None
    values.append(english[at:end])
    said: dict[str, str] = {}
    for name, value in zip(pattern.names, values, strict=True):
        if said.setdefault(name, value) != value:
            return None
    return said
