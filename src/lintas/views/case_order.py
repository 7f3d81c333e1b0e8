# SPDX-License-Identifier: Apache-2.0
"""The one order of a case's documents: each after those that it names, ties by id; what misses an earlier one waits.

Only documents of nodes that the case could know are ordered: its opener, and whom one of these invited. An id belongs
to whoever of them used it, so that no outsider's document can stand in the place of another's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import Final

from lintas.crypto.canonical import canonical_json
from lintas.limits import CASE_DOCS_MAX
from lintas.model.case import CaseFact, Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """Documents in their order, with what each had seen."""

    facts: tuple[CaseFact, ...]
    seen: tuple[int, ...]  # of each document: bits of the documents before it, by their place in `facts`
    waiting: tuple[CaseFact, ...]
    outside: tuple[CaseFact, ...]  # of nodes that the case does not know
    twice: tuple[CaseFact, ...]  # said under an id under which the same node said something else


def in_order(opener: str, facts: Sequence[CaseFact]) -> Ordered:
    """Order documents; the same whatever the order in which they came."""
    known = _known(opener, facts)
    inside, twice = _unique(fact for fact in _first(facts) if fact.node in known)
    placing = _Placing(inside)
    placing.place_ready()
    placing.pass_over()
    placing.place_ready()
    placed, seen = placing.placed, placing.seen
    done = {(fact.node, fact.id) for fact in placed}
    return Ordered(
        facts=tuple(placed),
        seen=tuple(seen),
        waiting=tuple(sorted((one for one in inside if (one.node, one.id) not in done), key=_key)),
        outside=tuple(sorted((one for one in facts if one.node not in known), key=_key)),
        twice=tuple(sorted(twice, key=_key)),
    )


class _Placing:
    """Documents while they are placed one by one."""

    def __init__(self, inside: Sequence[CaseFact]) -> None:
        self.inside = inside
        self.placed: list[CaseFact] = []
        self.seen: list[int] = []
        self._bits: dict[str, int] = {}  # by id: bits of the documents of that id, and of all before them
        self._missing = {index: set(fact.after) for index, fact in enumerate(inside)}
        self._followers: dict[str, list[int]] = {}
        for index, ids in self._missing.items():
            for one in ids:
                self._followers.setdefault(one, []).append(index)
        self._ready = [(fact.id, fact.node, index) for index, fact in enumerate(inside) if not fact.after]
        heapify(self._ready)

    def place_ready(self) -> None:
        """Place whatever misses nothing, by id."""
        while self._ready:
            fact = self.inside[heappop(self._ready)[2]]
            before = 0
            for one in fact.after:
                before |= self._bits[one]
            own = 1 << len(self.placed)
            self.placed.append(fact)
            self.seen.append(before)
            self._bits[fact.id] = self._bits.get(fact.id, 0) | before | own
            self._follow(fact.id)

    def pass_over(self) -> None:
        """Wait no longer for what was erased, or said by a node that left.

        What it had seen is not known. It is taken to have known who is in the case and nothing else, so that it hides
        no value of anybody.
        """
        past = {one for fact in self.placed if fact.what in _PASSING for one in fact.said["past"]}
        past |= {one for fact in self.inside if fact.what is Said.INVITED for one in fact.said["past"]}
        members = sum(1 << place for place, fact in enumerate(self.placed) if fact.what in _MEMBERSHIP)
        for one in sorted(past - {fact.id for fact in self.inside}):
            self._bits[one] = members
            self._follow(one)

    def _follow(self, id: str) -> None:
        for index in self._followers.pop(id, ()):
            self._missing[index].discard(id)
            if not self._missing[index]:
                heappush(self._ready, (self.inside[index].id, self.inside[index].node, index))


_PASSING: Final = frozenset({Said.INVITED, Said.PASSED})
_MEMBERSHIP: Final = frozenset({Said.OPENED, Said.INVITED, Said.JOINED, Said.COORDINATOR})


def _known(opener: str, facts: Sequence[CaseFact]) -> set[str]:
    """The opener, whom it invited, whom these invited, and so on."""
    invited: dict[str, set[str]] = {}
    for fact in facts:
        if fact.what is Said.INVITED:
            invited.setdefault(fact.node, set()).add(fact.said["node"])
    known, fresh = {opener}, [opener]
    while fresh:
        named = invited.get(fresh.pop(), set()) - known
        known |= named
        fresh += named
    return known


def _first(facts: Sequence[CaseFact]) -> Iterable[CaseFact]:
    """As many documents of each node as count: nobody can drown the others."""
    counts: dict[str, int] = {}
    for fact in sorted(facts, key=lambda one: one.seq):
        counts[fact.node] = counts.get(fact.node, 0) + 1
        if counts[fact.node] <= CASE_DOCS_MAX:
            yield fact


def _unique(facts: Iterable[CaseFact]) -> tuple[list[CaseFact], list[CaseFact]]:
    """One document for each (node, id): of two that differ the one whose bytes come first, the same at every node."""
    by_key: dict[tuple[str, str], tuple[bytes, CaseFact]] = {}
    twice: list[CaseFact] = []
    for fact in facts:
        content = canonical_json([list(fact.after), fact.what, fact.by, fact.at, dict(fact.said), fact.short])
        held = by_key.get(_key(fact))
        if held is None:
            by_key[_key(fact)] = (content, fact)
        elif held[0] != content:
            first, second = sorted([held, (content, fact)], key=lambda one: one[0])
            by_key[_key(fact)] = first
            twice.append(second[1])
    return [fact for _, fact in sorted(by_key.values(), key=lambda one: _key(one[1]))], twice


def _key(fact: CaseFact) -> tuple[str, str]:
    return fact.node, fact.id
