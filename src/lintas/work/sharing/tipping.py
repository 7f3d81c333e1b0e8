# SPDX-License-Identifier: Apache-2.0
"""Look at what is about to leave as the tipping-off check does: at its class, its words, and the values in it.

What is read: the payload's text, and the values of its statements. Values are looked for word by word, so one that is
written with blanks in it is missed here. Names are not looked for: they are words like others.
"""

import re
from collections.abc import Iterable
from typing import Final

from lintas.errors import LintasError
from lintas.formats.identifiers import guess
from lintas.formats.text_encoding import decode_text
from lintas.model.ids import MessageId
from lintas.model.marking import Protected
from lintas.model.scope import WHOLE
from lintas.model.viewer import Viewer
from lintas.policy.access import scope_of
from lintas.policy.tipping import Carried, Finding
from lintas.ports.store import Snapshot
from lintas.work.services import Services

_TOKEN: Final = re.compile(r"""[^\s,;|"'<>()\[\]{}]{5,200}""")
_TOKENS_MAX: Final = 5_000  # of one text, the first ones
_HITS_MAX: Final = 50
_NOTES_MAX: Final = 100  # findings that are told one by one
_ESCAPE: Final = re.compile(r"\\u([0-9a-fA-F]{4})")
_STR: Final = Protected.STR.bit


def opens_str(services: Services, viewer: Viewer) -> bool:
    """Whether somebody is of the unit that such reports belong to, or was cleared for them."""
    return not scope_of(services.packs.access, viewer).closed & _STR


def told_to(services: Services, viewer: Viewer, found: Iterable[tuple[MessageId, Iterable[Finding]]]) -> list[str]:
    """What the check found, for the unit alone: to others it would tell what it is to keep."""
    if not opens_str(services, viewer):
        return []
    lines = [f"{message[:16]}… ({one.rule}): {one.reason}" for message, findings in found for one in findings]
    return lines[:_NOTES_MAX]


def carried_by(services: Services, snapshot: Snapshot, data: bytes, *, classes: int, texts: Iterable[str]) -> Carried:
    """What a payload carries.

    Args:
        texts: Values of its statements, which say what its bytes may say in another writing.
    """
    whole = "\n".join((_text(data), *texts))
    held_only = _held_only(services, snapshot, whole) if snapshot.has_class(_STR) else 0
    return Carried(is_str=bool(classes & _STR), held_only=held_only, words=services.packs.tipping.found_in(whole))


def _text(data: bytes) -> str:
    try:
        text = decode_text(data).text
    except LintasError:
        text = data.decode("utf-8", "replace")
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)


def _held_only(services: Services, snapshot: Snapshot, text: str) -> int:
    """How many values in a text are held here, and through items of the class alone."""
    tokens = dict.fromkeys(found[0] for _, found in zip(range(_TOKENS_MAX), _TOKEN.finditer(text), strict=False))
    region = services.config.region
    pairs = {
        (one.scheme, one.value): None
        for token in tokens
        for one in guess(token.strip(".:!?"), packs=services.packs, region=region)
    }
    terms = [(number, scheme, value) for number, (scheme, value) in enumerate(pairs)]
    places: dict[int, set[int]] = {}
    for hit in snapshot.hits(terms, scope=WHOLE, limit=_HITS_MAX):
        places.setdefault(hit.term, set()).add(hit.seq)
    heads = snapshot.heads({seq for seqs in places.values() for seq in seqs}, scope=WHOLE)
    return sum(1 for seqs in places.values() if all(seq in heads and heads[seq].classes & _STR for seq in seqs))
