# SPDX-License-Identifier: Apache-2.0
"""The languages that pages speak: which one a reader gets, and its words, labels and sentences.

A language is chosen by the person's own setting, else by what this browser was set to, else by what the browser asks
for, else it is the node's. English stands in the templates and the packs; catalogs hold the others.
"""

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any, Final, NamedTuple

from babel import Locale

from lintas.web.console.catalog import SENTENCE_CHARS_MAX, Catalog, read_catalog

ENGLISH: Final = "en"
REASON_BLANKS_MIN: Final = 2  # ours: what has three words and stands in a catalog is a reason, and nobody's name
PARTS_MAX: Final = 3  # ours: a file, a part of it, and what is wrong with it
ACCEPTED_MAX: Final = 20  # ours: languages of one Accept-Language that are looked at
_THINGS: Final = ("the ", "its ")  # as what an order depends on is named
Labels = Mapping[tuple[str, str], str]  # (kind, code) -> English


class Tongue(NamedTuple):
    """One language that pages speak."""

    code: str  # of the setting, the cookie and the catalog's folder
    tag: str  # BCP 47, for <html lang>
    own_name: str
    locale: str  # of CLDR


TONGUES: Final = {
    one.code: one
    for one in (
        Tongue(ENGLISH, "en", "English", "en"),
        Tongue("ms", "ms", "Bahasa Melayu", "ms"),
        Tongue("th", "th", "ไทย", "th"),
        Tongue("zh", "zh-Hans", "简体中文", "zh_Hans_CN"),
    )
}
_EMPTY: Final = Catalog(texts={}, counted={})


def later(english: str) -> str:
    """Mark a text that is shown later, by `say`, so that it is found when catalogs are made."""
    return english


class Language:
    """One language: what it calls things."""

    def __init__(self, tongue: Tongue, catalog: Catalog, labels: Labels) -> None:
        self.code = tongue.code
        self.tag = tongue.tag
        self.own_name = tongue.own_name
        self.locale = Locale.parse(tongue.locale)
        self.catalog = catalog
        self._labels = labels
        self._label_texts = frozenset(labels.values())
        self._classes = {words.lower(): words for (kind, _), words in labels.items() if kind == "class"}
        self._classes |= {code: words for (kind, code), words in labels.items() if kind in {"class", "node_key"}}
        self._small = {words.lower(): words for (kind, _), words in labels.items() if kind in {"form", "role"}}

    def plain(self, english: str) -> str:
        """Return a text with its places for values still in it, as gettext does."""
        return self.catalog.find(english) or english

    def counted(self, one: str, many: str, count: int) -> str:
        """Return a text for a number of things, its places still in it, as ngettext does."""
        forms = self.catalog.counted.get(one)
        if forms is None:
            return one if count == 1 else many
        return forms[0]  # of the languages that have catalogs, none tells one from many

    def say(self, english: str, **values: Any) -> str:
        """Return a text with its values."""
        return self.plain(english) % values

    def label(self, kind: str, code: str) -> str:
        """Return the words for a code of a pack; a code that no pack knows is shown as it is, with blanks."""
        english = self._labels.get((kind, str(code)))
        if english is None:
            return str(code).replace("_", " ")
        return self.catalog.whole(english, kind) or self.catalog.whole(english) or english

    def for_scripts(self) -> dict[str, str]:
        """Return the translations that the pages' script shows."""
        return {english: self.plain(english) for english in script_texts()}

    def sentence(self, english: str, depth: int = 0) -> str:
        """Return what a sentence of the core is in this language; the sentence itself where it is not known.

        Values stay as they are, but for labels of the packs and reasons. `LABEL: what is wrong.` is said in two parts,
        and so is `FILE: what is wrong.`
        """
        if whole := self.catalog.whole(english):
            return whole
        if (found := self.catalog.matched(english)) is not None:
            return found[0] % {name: self._of_value(value) for name, value in found[1].items()}
        if listed := self._listed(english):
            return listed
        head, colon, rest = english.partition(": ")
        if colon and depth < PARTS_MAX and len(english) <= SENTENCE_CHARS_MAX:
            what, problem = self.sentence(head, PARTS_MAX), self.sentence(rest, depth + 1)
            is_two = what != head or (problem != rest and rest[:1].isupper())
            if is_two or head in self._label_texts:
                return self.say("%(what)s: %(problem)s", what=what, problem=problem)
        return english

    def _listed(self, value: str) -> str:
        """Say protected classes, roles or keys of a node that follow each other; empty where it is anything else."""
        named = value.split(", ")
        said = [self._class(one) or self._role(one) for one in named]
        return ", ".join(said) if all(said) else ""

    def _class(self, value: str) -> str:
        words = self._classes.get(value)
        return (self.catalog.whole(words) or value) if words else ""

    def _role(self, value: str) -> str:
        words = self._small.get(value)
        return (self.catalog.whole(words).lower() or value) if words else ""

    def _of_part(self, value: str) -> str:
        """Say a value within a reason: what may be done, a role, or several; all else stays as it is."""
        said = self.catalog.whole(value) if value in self._label_texts else self._listed(value)
        return said or value

    def _of_value(self, value: str) -> str:
        """Say a value of a sentence: a label, a label and what follows it, or a reason; all else stays as it is."""
        if value in self._label_texts or value.count(" ") >= REASON_BLANKS_MIN:
            whole = self.catalog.whole(value) or self.catalog.whole(f"{value}.").rstrip(".。")
            if whole or value in self._label_texts:
                return whole or value
        if small := self._small.get(value):  # a form or a role, within a sentence
            return self.catalog.whole(small) or value
        reasons = value.split("; ")
        if len(reasons) > 1:  # each why something stays
            return "; ".join(self._of_value(one) for one in reasons)
        named = value.split(", ")
        if listed := self._listed(value):
            return listed
        if value.startswith(_THINGS) and all(self.catalog.whole(one) or self.catalog.matched(one) for one in named):
            return ", ".join(self.sentence(one, PARTS_MAX) for one in named)  # what an order depends on
        words = value.split(" ")
        for cut in range(len(words) - 1, 0, -1):
            if (head := " ".join(words[:cut])) in self._label_texts:
                return f"{self.catalog.whole(head) or head} {' '.join(words[cut:])}"
        found = self.catalog.matched(value) if value.count(" ") >= REASON_BLANKS_MIN else None
        return value if found is None else found[0] % {name: self._of_part(one) for name, one in found[1].items()}


@cache
def script_texts() -> tuple[str, ...]:
    """Return what the pages' script says, in English, as `tools/messages.py` found it there."""
    listed = resources.files("lintas.web").joinpath("locale", "scripts.txt").read_text("utf-8")
    return tuple(listed.splitlines())


@cache
def catalog_of(code: str) -> Catalog:
    """Return the catalog of a language, read once."""
    return _EMPTY if code == ENGLISH else read_catalog(code)


def languages(labels: Labels) -> dict[str, Language]:
    """Return every language that pages speak, with the labels of a node's packs."""
    return {code: Language(tongue, catalog_of(code), labels) for code, tongue in TONGUES.items()}


def chosen(own: str, cookie: str, accepted: str, node: str) -> str:
    """Return the code of the language that a reader gets.

    Args:
        own: Of the person's account; empty when they set none.
        cookie: What this browser was set to.
        accepted: The browser's Accept-Language (RFC 9110, section 12.5.4).
        node: What the node's setting says.
    """
    for said in (own, cookie):
        if said in TONGUES:
            return said
    return accepted_first(accepted) or (node if node in TONGUES else ENGLISH)


def accepted_first(accepted: str) -> str:
    """Return the language that a browser likes best of those that pages speak; empty when it names none."""
    ranked: list[tuple[float, int, str]] = []
    for place, part in enumerate(accepted.split(",")[:ACCEPTED_MAX]):
        name, _, parameter = part.partition(";")
        code = name.strip().lower().partition("-")[0]
        weight = _weight(parameter)
        if code in TONGUES and weight > 0:
            ranked.append((-weight, place, code))
    return min(ranked)[2] if ranked else ""


def _weight(parameter: str) -> float:
    """Read `q=0.8`; what is left out is 1, and what cannot be read is 0."""
    said = parameter.strip().lower()
    if not said:
        return 1.0
    digits = said.removeprefix("q=").strip()
    is_number = said.startswith("q=") and digits.replace(".", "", 1).isdigit() and digits.isascii()
    return min(1.0, float(digits)) if is_number else 0.0
