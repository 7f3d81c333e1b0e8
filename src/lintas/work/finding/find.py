# SPDX-License-Identifier: Apache-2.0
"""Find: one term, many, or a hundred thousand; identifiers exactly, by prefix, or by the words of names and texts."""

import json
from collections.abc import Sequence

from lintas.errors import BadInput, OverLimit
from lintas.formats.identifiers import canonical, foresee, guess
from lintas.limits import RESULTS_PER_TERM_MAX, TERM_CHARS_MAX, TERMS_PER_FIND_MAX
from lintas.matching.grams import fold, words
from lintas.model.find_answers import Filters, FindResult, Found
from lintas.model.found import Hit, MessageHead
from lintas.model.identifier import Identifier
from lintas.model.scope import Scope
from lintas.model.viewer import Viewer
from lintas.ports.store import Snapshot
from lintas.work.access import record_access, scope_of
from lintas.work.finding.narrowing import Narrowing
from lintas.work.finding.results import Asked, name_links, rank, result_of
from lintas.work.finding.unmasking import UNMASK, unmasks
from lintas.work.services import Services

_RANKED_MAX = 300  # word hits that are ranked; of more, the newest are
_WORDS_TERMS_MAX = 200  # a longer list is one of values: its terms are looked up as identifiers only


def find(
    services: Services,
    viewer: Viewer,
    terms: Sequence[str],
    *,
    filters: Filters = Filters(),  # noqa: B008  # frozen
    purpose: str = "",
    limit: int = 20,
    unmask: bool = False,
) -> Found:
    """Say who holds what is asked for, as far as this viewer may see; one row a term, in order, misses too.

    A term that ends with `*` asks for a prefix. A term that can be an identifier is looked up exactly, under each
    scheme that it can be; any other is looked up by its words.

    Args:
        limit: Most entities shown for one term, 1 to RESULTS_PER_TERM_MAX.
        unmask: Show and search what is masked too, for the purpose, in this one answer.

    Raises:
        NotAllowed: They may not look things up, or not unmask, or said no purpose for it.
        OverLimit: Too many terms, or one too long.
        BadInput: A filter cannot be read.
        UnknownTerm: A filter names a kind of identifier or a crime area that there is not.
    """
    started = services.clock.monotonic_s()
    scope = scope_of(services, viewer, "find")
    if unmask:
        viewer, scope = unmasks(services, viewer, purpose)
    _check(terms, limit)
    allowed = Narrowing(filters, services.packs)
    foresee(terms)
    asked = [_understand(services, term, filters.scheme) for term in terms]
    results, shown = services.store.read(lambda snapshot: _look_up(services, snapshot, asked, allowed, scope, limit))
    said = {"terms": list(terms), "filters": {f: v for f in filters.__struct_fields__ if (v := getattr(filters, f))}}
    verb = UNMASK if unmask else "find"
    access = record_access(services, viewer, verb, said, shown, purpose=purpose)
    return Found(results=results, seconds=round(services.clock.monotonic_s() - started, 4), access=access)


def _check(terms: Sequence[str], limit: int) -> None:
    if len(terms) > TERMS_PER_FIND_MAX:
        raise OverLimit(
            f"{len(terms):,} terms were asked for, the limit is {TERMS_PER_FIND_MAX:,}.", hint="Ask in parts."
        )
    for number, term in enumerate(terms):
        if len(term) > TERM_CHARS_MAX:
            raise OverLimit(f"Term {number + 1} has {len(term):,} characters, the limit is {TERM_CHARS_MAX:,}.")
    if not 1 <= limit <= RESULTS_PER_TERM_MAX:
        raise BadInput(f"The limit is a number from 1 to {RESULTS_PER_TERM_MAX}.")


def _understand(services: Services, term: str, scheme: str) -> Asked:
    plain = term.strip()
    if plain.endswith("*") and len(plain) > 1:
        return Asked(term=term, how="prefix", words=words(fold(plain[:-1])))
    region = services.config.region
    if scheme:
        found = canonical(scheme, plain, packs=services.packs, region=region)
        guesses: tuple[Identifier, ...] = (found,) if isinstance(found, Identifier) else ()
    else:
        guesses = guess(plain, packs=services.packs, region=region)
    asked = Asked(term=term, guesses=guesses, how="exact")
    if not guesses and not scheme:
        asked.how, asked.words = "words", words(fold(plain))
    return asked


def _look_up(
    services: Services, snapshot: Snapshot, asked: list[Asked], allowed: Narrowing, scope: Scope, limit: int
) -> tuple[list[FindResult], list[str]]:
    # Filters are applied after the look-up, so more than `limit` rows are read when there are any.
    reach = limit + 1 if allowed.is_open else RESULTS_PER_TERM_MAX * 5
    _exact(snapshot, asked, scope, reach)
    for one in asked:
        if one.how == "prefix":
            _prefix(snapshot, one, allowed.scheme, scope, reach)
        if not one.hits and not allowed.scheme and len(asked) <= _WORDS_TERMS_MAX:
            one.words = one.words or words(fold(one.term))
            # what could be an identifier is looked for as written: the words 8, 8, 8 and 8 stand in many texts
            phrase = bool(one.guesses)
            if one.words:
                found = snapshot.worded(one.words, phrase=phrase, scope=scope, limit=max(reach, _RANKED_MAX))
                one.facts = sorted(found, key=lambda fact: rank(fact, one.words))
    seqs = {hit.seq for one in asked for hit in one.hits} | {fact.seq for one in asked for fact in one.facts}
    heads = snapshot.heads(seqs, scope=scope)
    if not allowed.is_open:
        areas = _areas(snapshot, heads) if allowed.wants_areas else {}
        heads = {seq: head for seq, head in heads.items() if allowed.passes(head, areas.get(seq, ()))}
    captions = _captions(snapshot, asked, scope)
    shown: set[str] = set()
    results = [result_of(services, one, heads, captions, limit, shown) for one in asked]
    return [name_links(snapshot, result, scope) for result in results], sorted(shown)


def _exact(snapshot: Snapshot, asked: list[Asked], scope: Scope, reach: int) -> None:
    """Look every guess up, all in one go; of several guesses that hit, the likeliest is chosen."""
    numbered = [(number, guessed) for number, one in enumerate(asked) for guessed in one.guesses]
    terms = [(n, guessed.scheme, guessed.value) for n, (_, guessed) in enumerate(numbered)]
    by_guess: dict[int, list[Hit]] = {}
    for hit in snapshot.hits(terms, scope=scope, limit=reach):
        by_guess.setdefault(hit.term, []).append(hit)
    for n in sorted(by_guess):
        number, guessed = numbered[n]
        if asked[number].chosen is None:
            asked[number].chosen, asked[number].hits = guessed, by_guess[n]


def _prefix(snapshot: Snapshot, one: Asked, scheme: str, scope: Scope, reach: int) -> None:
    start = one.term.strip()[:-1]
    pairs = snapshot.identifiers_from(start, scheme=scheme, scope=scope, limit=reach)
    if not pairs and start != start.lower():
        pairs = snapshot.identifiers_from(start.lower(), scheme=scheme, scope=scope, limit=reach)
    terms = [(0, scheme, value) for scheme, value in pairs]
    one.hits = list(snapshot.hits(terms, scope=scope, limit=reach))[:reach]
    if pairs:
        one.chosen = Identifier(scheme=pairs[0][0] if len({s for s, _ in pairs}) == 1 else "", value=start)


def _areas(snapshot: Snapshot, heads: dict[int, MessageHead]) -> dict[int, tuple[str, ...]]:
    return {seq: tuple(json.loads(entry.header)["areas"]) for seq in heads for entry in snapshot.entries(seq, seq + 1)}


def _captions(snapshot: Snapshot, asked: list[Asked], scope: Scope) -> dict[str, tuple[str, str]]:
    keys = sorted({fact.entity for one in asked for fact in one.facts})
    found = snapshot.captions(keys, scope=scope)
    return {key: (seen.schema, seen.caption) for key, seen in found.items()}
