# SPDX-License-Identifier: Apache-2.0
"""From rows that were found to the row that is shown for one term."""

from dataclasses import dataclass, field

import msgspec

from lintas.matching.grams import fold
from lintas.model.find_answers import FindResult, FoundEntity
from lintas.model.found import MASKED, Fact, Hit, MessageHead
from lintas.model.identifier import Identifier
from lintas.model.scope import Scope
from lintas.ports.store import Snapshot
from lintas.work.finding.show import grounds
from lintas.work.services import Services

NONE_FOUND = "none that you may see"
COULD_BE = "It could also be: "
_LINK = "UnknownLink"
_SNIPPET_CHARS = 160
_FACTS_OF_LINK_MAX = 200


@dataclass(slots=True, kw_only=True)
class Asked:
    """One term with what it may be, and what was found for it."""

    term: str
    how: str = "exact"
    guesses: tuple[Identifier, ...] = ()
    words: tuple[str, ...] = ()
    hits: list[Hit] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    chosen: Identifier | None = None
    more: bool = False


def result_of(
    services: Services,
    one: Asked,
    heads: dict[int, MessageHead],
    captions: dict[str, tuple[str, str]],
    limit: int,
    shown: set[str],
) -> FindResult:
    """Build the row of one term from what was found for it; ids of messages that it shows are added to `shown`."""
    how = one.how
    if one.facts:
        how = "words"
        rows = [
            (fact.seq, fact.entity, *captions.get(fact.entity, ("", fact.entity)), fact.prop, "", fact.value)
            for fact in one.facts
        ]
    else:
        rows = [(hit.seq, hit.entity, hit.schema, hit.caption, hit.prop, hit.flags, "") for hit in one.hits]
    entities: dict[str, FoundEntity] = {}
    sources: dict[int, MessageHead] = {}
    more = False
    for seq, key, schema, caption, prop, flags, text in rows:
        if seq not in heads:
            continue
        if key not in entities and len(entities) >= limit:
            more = True
            continue
        sources[seq] = heads[seq]
        if key in entities:
            if heads[seq].id not in entities[key].messages:
                entities[key].messages.append(heads[seq].id)
            continue
        entities[key] = FoundEntity(
            id=key,
            schema=schema,
            caption=caption,
            prop=prop,
            messages=[heads[seq].id],
            snippet=_snippet(text, one.words) if text and text != caption else "",
            flags=flags.split(),
        )
    shown.update(head.id for head in sources.values())
    chosen = one.chosen or (one.guesses[0] if one.guesses and how == "exact" else None)
    return FindResult(
        term=one.term,
        scheme=chosen.scheme if chosen else "",
        value=chosen.value if chosen else "",
        entities=list(entities.values()),
        sources=[grounds(head) for _, head in sorted(sources.items(), reverse=True)],
        benign=list(services.packs.benign.reasons(chosen)) if chosen and chosen.scheme else [],
        how=how,
        more=more,
        note=_note(one, entities),
    )


def _note(one: Asked, entities: dict[str, FoundEntity]) -> str:
    others = [g.scheme for g in one.guesses if one.chosen is None or g.scheme != one.chosen.scheme]
    if entities:
        if one.facts:
            return ""
        return f"{COULD_BE}{', '.join(others)}." if others else ""
    return NONE_FOUND


def _snippet(text: str, asked: tuple[str, ...]) -> str:
    """The text around the first word that was asked for; its start when folding moved it."""
    if len(text) <= _SNIPPET_CHARS:
        return text
    at = text.casefold().find(asked[0]) if asked else 0
    start = max(0, at - _SNIPPET_CHARS // 3)
    cut = text[start : start + _SNIPPET_CHARS].strip()
    return f"{'…' if start else ''}{cut}…"


def rank(fact: Fact, asked: tuple[str, ...]) -> tuple[int, int]:
    """Order word hits: the whole name, then a name that starts so, then other names, then texts; newest first."""
    if fact.kind != "name":
        return 3, -fact.seq
    folded, phrase = fold(fact.value), " ".join(asked)
    return (0 if folded == phrase else 1 if folded.startswith(phrase) else 2), -fact.seq


def name_links(snapshot: Snapshot, result: FindResult, scope: Scope) -> FindResult:
    """Name links by what they join: "malware uses attack-pattern" says nothing to a person."""
    links = [entity for entity in result.entities if entity.schema == _LINK]
    if not links:
        return result
    named = {entity.id: link_caption(snapshot, entity, scope) for entity in links}
    entities = [msgspec.structs.replace(e, caption=named.get(e.id, e.caption)) for e in result.entities]
    return msgspec.structs.replace(result, entities=entities)


def link_caption(snapshot: Snapshot, link: FoundEntity, scope: Scope) -> str:
    """What a link joins, by the captions that the viewer may see: "Stuxnet uses Modify Program"."""
    said = {fact.prop: fact.value for fact in snapshot.facts_about(link.id, scope=scope, limit=_FACTS_OF_LINK_MAX)}
    source, target, kind = said.get("source", ""), said.get("target", ""), said.get("relationshipType", "")
    ends = snapshot.captions([source, target], scope=scope)
    if not kind or kind == MASKED or source not in ends or target not in ends:
        return link.caption
    return f"{ends[source].caption} {kind} {ends[target].caption}"
