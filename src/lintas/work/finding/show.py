# SPDX-License-Identifier: Apache-2.0
"""Turn rows of the store into what pages and command lines show."""

import json
from collections.abc import Iterable, Mapping

from lintas.formats.packs import Packs
from lintas.model.find_answers import Grounds, IdentifierShown, StatementShown
from lintas.model.found import Appearance, Fact, Held, MessageHead
from lintas.model.identifier import Identifier, Strength
from lintas.model.marking import Tlp


def label_of(tlp: int) -> str:
    """A TLP number as FIRST writes the label."""
    return Tlp(tlp).label


def grounds(head: MessageHead) -> Grounds:
    """Who says so, when, under which marking and grading."""
    return Grounds(
        message=head.id,
        originator=head.originator,
        taken_at=head.created_at,
        marking=label_of(head.tlp),
        grading=head.grading,
        source=head.source,
        intake=head.intake,
    )


def statement(fact: Fact, heads: Mapping[int, MessageHead], captions: Mapping[str, Appearance]) -> StatementShown:
    """One statement with its source, and with the caption of what it points at."""
    target = captions.get(fact.value) if fact.kind == "entity" else None
    return StatementShown(
        prop=fact.prop,
        kind=fact.kind,
        value=fact.value,
        message=heads[fact.seq].id,
        entity=fact.entity,
        target=target.caption if target else "",
        confidence=fact.confidence,
        valid_from=fact.valid_from,
        valid_until=fact.valid_until,
    )


def identifier(held: Held, heads: Mapping[int, MessageHead], packs: Packs) -> IdentifierShown:
    """One identifier with its source and what speaks against taking it seriously."""
    scheme = packs.identifiers.schemes.get(held.scheme)
    found = Identifier(scheme=held.scheme, value=held.value, strength=Strength(held.strength), country=held.country)
    return IdentifierShown(
        scheme=held.scheme,
        label=scheme.label if scheme else held.scheme,
        value=held.value,
        strength=held.strength,
        country=held.country,
        prop=held.prop,
        flags=held.flags.split(),
        original=held.original,
        entity=held.entity,
        message=heads[held.seq].id,
        benign=list(packs.benign.reasons(found)),
    )


def strictest(heads: Iterable[MessageHead]) -> str:
    """The label for the banner: the strictest marking of all that a page shows."""
    levels = [head.tlp for head in heads]
    return label_of(max(levels)) if levels else ""


def indented(header: bytes) -> str:
    """A header for reading."""
    return json.dumps(json.loads(header), indent=2, ensure_ascii=False)
