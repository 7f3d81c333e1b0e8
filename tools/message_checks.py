# SPDX-License-Identifier: Apache-2.0
"""What is wrong with the catalogs: texts without a translation, places that differ, and what nobody uses."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from babel.messages.catalog import Message

from tools.message_catalogs import LANGUAGES, SAME, get, read, strings
from tools.message_places import Found

_PLACE: Final = re.compile(r"%\(\w+\)s|%%|%")
_EDGE: Final = re.compile(r"^\s|\s$")


def problems(texts: Mapping[tuple[str, str], Found]) -> list[str]:
    """Say what is wrong, one line each."""
    return [line for code in LANGUAGES for line in _of_language(code, texts)]


def _of_language(code: str, texts: Mapping[tuple[str, str], Found]) -> Iterator[str]:
    catalog = read(code)
    for (context, msgid), found in texts.items():
        message = get(catalog, msgid, context)
        if message is None or not strings(message):
            yield f"{code}: no translation of {msgid!r} ({', '.join(sorted(found.places))})"
        else:
            yield from (f"{code}: {wrong}: {msgid!r}" for wrong in wrongs(message, msgid, found.many))
    for message in catalog:
        key = message.id[0] if isinstance(message.id, tuple) else message.id
        if key and (message.context or "", key) not in texts:
            yield f"{code}: nobody uses {key!r}"
    yield from (f"{code}: nobody uses {key!r}" for key in catalog.obsolete)


def wrongs(message: Message, msgid: str, many: str) -> Iterator[str]:
    """Say what is wrong with one translation."""
    wanted = sorted(set(_PLACE.findall(many or msgid)) - {"%%"})
    is_same_on_purpose = SAME in message.user_comments
    for said in strings(message):
        if "fuzzy" in message.flags:
            yield "a guess that nobody looked at"
        if sorted(set(_PLACE.findall(said)) - {"%%"}) != wanted:
            yield f"its places for values are not {', '.join(wanted) or 'none'}"
        if _EDGE.search(said):
            yield "blanks at its edges"
        if (said == msgid) != is_same_on_purpose:
            yield "left in English" if said == msgid else f"not the same as in English, though it says {SAME!r}"
