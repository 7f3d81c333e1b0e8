# SPDX-License-Identifier: Apache-2.0
"""A draft of what one message says, filled by a reader and then frozen."""

import re
from typing import Final

from lintas.errors import OverLimit
from lintas.formats.identifiers import canonical, extract, implied
from lintas.formats.packs import Packs
from lintas.limits import TEXT_CHARS_MAX
from lintas.model.identifier import Identifier
from lintas.model.reading import Derived, Entity, Posting, ReadOptions, Rejected, Statement

NOTES_MAX = 20  # notes of one message; the rest is counted
CAPTION_CHARS_MAX = 200  # characters of a caption: one line of a list
PROP_CHARS_MAX = 200  # characters of a property name that a source made up
NOTE_CHARS_MAX = 300  # characters of one note, so that hostile bytes cannot fill a page

# What no identifier can do without: an at sign, a bracket or a colon, a run of digits with at most short gaps, a run of
# letters and digits as long as a wallet or a UUID, four numbers joined by points, or a point before a letter. Most
# short values of a file have none of them and are spared the full search.
_PLAUSIBLE: Final = re.compile(
    r"[@\uff20\[({:\uff1a]|\d(?:\W{0,3}\d){5}|[0-9A-Za-z-]{24}|[^\W_][.\u3002\uff0e\uff61][^\W\d_]"
    r"|\d[.\u3002\uff0e\uff61]\d{1,3}[.\u3002\uff0e\uff61]\d{1,3}[.\u3002\uff0e\uff61]\d"
)


class Draft:
    """Collects entities, statements, postings and notes of one message."""

    __slots__ = (
        "_entities",
        "_left_out",
        "_notes",
        "_postings",
        "_seen",
        "_statements",
        "_statements_max",
        "options",
        "packs",
    )

    def __init__(self, *, options: ReadOptions, packs: Packs, statements_max: int) -> None:
        self.options = options
        self.packs = packs
        self._statements_max = statements_max
        self._entities: list[Entity] = []
        self._statements: list[Statement] = []
        self._postings: list[Posting] = []
        self._notes: list[str] = []
        self._left_out = 0
        self._seen: set[tuple[int, str, str, str]] = set()

    def entity(self, key: str, schema: str, caption: str) -> int:
        """Add a thing and return its index."""
        line = " ".join(caption.split()) if caption else ""
        self._entities.append(Entity(clean(key), schema, clean(line[:CAPTION_CHARS_MAX])))
        return len(self._entities) - 1

    def say(
        self, entity: int, prop: str, value: str, kind: str = "string", *, confidence: int = -1,
        valid_from: str = "", valid_until: str = "", lang: str = "",
    ) -> None:  # fmt: skip
        """Add one property value of an entity. An empty value says nothing and is left out.

        Raises:
            OverLimit: The message says more than one message may.
        """
        if not value:
            return
        if len(self._statements) >= self._statements_max:
            raise OverLimit(f"It has more than {self._statements_max:,} values.")
        if "\0" in value:
            value = clean(value)
            self.note("A NUL character was replaced, because no list or database can show it.")
        self._statements.append(Statement(entity, prop, value, kind, confidence, valid_from, valid_until, lang))

    def identify(self, entity: int, prop: str, schemes: tuple[str, ...], text: str) -> Identifier | None:
        """Post a value under the first of the schemes that accepts it, or note why none does."""
        reason = ""
        for scheme in schemes:
            found = canonical(scheme, text, packs=self.packs, region=self.options.region)
            if not isinstance(found, Rejected):
                self.post(entity, prop, found, text)
                return found
            reason = reason or found.reason
        self.note(f"{prop}: {reason}")
        return None

    def post(self, entity: int, prop: str, identifier: Identifier, original: str) -> None:
        """Add an identifier, and what it implies, once per entity and property."""
        for each in (identifier, *implied(identifier, packs=self.packs)):
            key = (entity, prop, each.scheme, each.value)
            if key not in self._seen:
                self._seen.add(key)
                kept = "" if original == each.value else clean(original)
                self._postings.append(Posting(entity, each, prop, kept))

    def mention(self, entity: int, prop: str, text: str) -> None:
        """Post every identifier that a text mentions; one longer than a text may be is kept, but not searched."""
        if len(text) > TEXT_CHARS_MAX:
            self.note(f"{prop}: it has {len(text):,} characters and was not searched for identifiers.")
        elif len(text) >= 4 and _PLAUSIBLE.search(text):
            for found in extract(text, packs=self.packs, region=self.options.region):
                self.post(entity, prop, found.identifier, found.original)

    def note(self, sentence: str) -> None:
        """Keep a sentence for people; doubles and more than `NOTES_MAX` are only counted."""
        sentence = clean(sentence[:NOTE_CHARS_MAX])
        if sentence in self._notes:
            return
        if len(self._notes) < NOTES_MAX:
            self._notes.append(sentence)
        else:
            self._left_out += 1

    def derived(self, *, read: int = 1, rejected: tuple[Rejected, ...] = ()) -> Derived:
        """Freeze the draft."""
        notes = list(self._notes)
        if self._left_out:
            notes.append(f"{self._left_out} further notes are left out.")
        return Derived(
            tuple(self._entities), tuple(self._statements), tuple(self._postings), tuple(notes), read, rejected
        )


def clean(text: str) -> str:
    """Replace what no store can keep: NUL characters."""
    return text.replace("\0", "\ufffd")


def prop_name(path: str) -> str:
    """Cut a property name that a source made up to a bearable length."""
    return clean(path[:PROP_CHARS_MAX])
