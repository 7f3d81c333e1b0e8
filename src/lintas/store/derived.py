# SPDX-License-Identifier: Apache-2.0
"""Write and remove what messages say: statements, postings and 2-grams, with every word stored once.

Numbers of dictionary words are given by the one writer. They are not part of a view's content: two builds of a view are
compared by their natural keys.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from struct import pack, unpack
from typing import Any, Final

from lintas.matching.grams import fold, grams, grams_of_word, words
from lintas.model.identifier import Identifier
from lintas.model.reading import Derived
from lintas.store.rows import Params, Row, Rows

SEARCHED_KINDS: Final = frozenset({"name", "text", "string"})
BLOCK_BITS: Final = 12  # 4096 values a block: members fit 16 bits, and a full block of one 2-gram is 8 kB
_WAITING_MAX: Final = 20_000  # statements gathered before they are written
_CACHED_MAX: Final = 100_000  # numbers of one kind of word kept in memory
_READS: Final = ("find_", "count_", "dump_")  # queries over what may wait


def value_digest(text: str, *, searched: bool) -> bytes:
    """Name a value by 16 bytes, so that long texts have a short unique key; a searched text is another value."""
    person = b"searched" if searched else b"plain"
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16, person=person).digest()


def _packed(lists: list[list[int]]) -> bytes:
    """Members as the table keeps them: ascending, each once."""
    members = lists[0] if len(lists) == 1 else sorted(set().union(*lists))
    return pack(f"<{len(members)}H", *members)


class DerivedWrites(Rows):
    """Part of one transaction; number caches live as long as it does.

    What messages say is gathered and written together, each table in one go: one statement at a time costs three times
    as much. Whatever reads the views inside the transaction is answered after what waits is written.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self.start_derived()

    def start_derived(self) -> None:
        """Forget what waits, and numbers of a transaction that did not commit."""
        self._last: dict[str, int] = {}
        self._entities: dict[str, int] = {}
        self._props: dict[tuple[str, str], int] = {}
        self._searched_values: dict[str, int] = {}
        self._plain_values: dict[str, int] = {}
        self._identifiers: dict[tuple[str, str, str, str], int] = {}
        self._markings: dict[str, int] = {}
        self._waiting: list[tuple[int, Derived]] = []
        self._waiting_statements = 0
        self._new_words: dict[str, list[Row]] = {}
        self._new_texts: dict[str, list[int]] = defaultdict(list)  # word -> new values of one block that have it
        self._block = 0

    def put_derived(self, seq: int, derived: Derived) -> None:
        """Keep all that one message says."""
        self._waiting.append((seq, derived))
        self._waiting_statements += len(derived.statements)
        if self._waiting_statements >= _WAITING_MAX:
            self._write_waiting()

    def write_derived(self) -> None:
        """Write what waits; called at the end of each job, and before anything reads or removes it."""
        self._write_waiting()
        self._write_grams()

    def _all(self, name: str, params: Params | None = None) -> list[tuple[Any, ...]]:
        self._settle_before(name)
        return super()._all(name, params)

    def _one(self, name: str, params: Params | None = None) -> tuple[Any, ...] | None:
        self._settle_before(name)
        return super()._one(name, params)

    def _each(self, name: str, params: Params | None = None) -> Iterator[tuple[Any, ...]]:
        self._settle_before(name)
        return super()._each(name, params)

    def _settle_before(self, name: str) -> None:
        if self._waiting and name.startswith(_READS):
            self.write_derived()

    def _write_waiting(self) -> None:
        waiting, self._waiting, self._waiting_statements = self._waiting, [], 0
        appearances: list[Row] = []
        statements: list[Row] = []
        postings: list[Row] = []
        for seq, derived in waiting:
            numbers = [self._entity(entity.key) for entity in derived.entities]
            appearances += [
                (seq, number, entity.schema, entity.caption)
                for number, entity in zip(numbers, derived.entities, strict=True)
            ]
            for n, said in enumerate(derived.statements):
                prop, value = self._prop(said.prop, said.kind), self._value(said.value, said.kind)
                since, until = said.valid_from, said.valid_until
                statements.append((seq, n, numbers[said.entity], prop, value, said.confidence, since, until, said.lang))
            for posted in derived.postings:
                number, flags = self._identifier(posted.identifier), " ".join(posted.identifier.flags)
                postings.append((number, seq, numbers[posted.entity], posted.prop, flags, posted.original))
        new, self._new_words = self._new_words, {}
        for query, rows in new.items():
            self._fill(f"{query}_put", rows)
        self._fill("view_appearance_put", appearances)
        self._fill("view_statement_put", statements)
        self._fill("view_posting_put", postings)
        self._bound_caches()

    def _write_grams(self) -> None:
        """Write the 2-grams of new values: word by word, since many texts share few words."""
        waiting, self._new_texts = self._new_texts, defaultdict(list)
        by_gram: dict[str, list[list[int]]] = defaultdict(list)
        for word, members in waiting.items():
            for gram in grams_of_word(word):
                by_gram[gram].append(members)
        self._fill("view_gram_put", [(gram, self._block, _packed(lists)) for gram, lists in by_gram.items()])

    def _bound_caches(self) -> None:
        for cache in (self._entities, self._searched_values, self._plain_values, self._identifiers):
            if len(cache) > _CACHED_MAX:
                cache.clear()

    def remove_derived(self, seqs: Iterable[int]) -> set[int]:
        """Remove all that some messages say, and every word that nothing else uses, names of properties apart.

        Returns:
            The numbers of the properties that they used.
        """
        self.write_derived()
        props: set[int] = set()
        values: dict[int, None] = {}  # sets that keep their order
        entities: dict[int, None] = {}
        identifiers: dict[int, None] = {}
        for seq in seqs:
            where = {"seq": seq}
            props.update(row[0] for row in self._all("view_derived_props", where))
            for found, query in ((values, "values"), (entities, "entities"), (identifiers, "identifiers")):
                found.update((row[0], None) for row in self._all(f"view_derived_{query}", where))
            for name in ("view_statements_remove", "view_postings_remove", "view_appearances_remove"):
                self._run(name, where)
        self._remove_values(values)
        self._run_many("view_identifier_remove_unused", [{"id": id_} for id_ in identifiers])
        self._run_many("view_entity_remove_unused", [{"id": id_} for id_ in entities])
        self._entities.clear()
        self._searched_values.clear()
        self._plain_values.clear()
        self._identifiers.clear()
        return props

    def remove_unused_props(self, props: Iterable[int]) -> None:
        """Remove those of some properties that no statement uses any more."""
        self._run_many("view_prop_remove_unused", [{"id": id_} for id_ in sorted(props)])
        self._props.clear()

    def marking_number(self, codes: str) -> int:
        """The number of a marking, given when it is first seen."""
        return self._given(self._markings, codes, "view_marking", {"codes": codes})

    def _entity(self, key: str) -> int:
        number = self._entities.get(key)
        if number is None:
            number, is_new = self._number_of("view_entity", {"key": key})
            if is_new:
                self._new("view_entity", (number, key))
            self._entities[key] = number
        return number

    def _prop(self, name: str, kind: str) -> int:
        number = self._props.get((name, kind))
        if number is None:
            number = self._given(self._props, (name, kind), "view_prop", {"name": name, "kind": kind})
        return number

    def _identifier(self, found: Identifier) -> int:
        key = (found.scheme, found.value, found.strength.value, found.country)
        number = self._identifiers.get(key)
        if number is None:
            names = {"scheme": key[0], "value": key[1], "strength": key[2], "country": key[3]}
            number, is_new = self._number_of("view_identifier", names)
            if is_new:
                self._new("view_identifier", (number, *key))
            self._identifiers[key] = number
        return number

    def _value(self, text: str, kind: str) -> int:
        searched = kind in SEARCHED_KINDS
        cache = self._searched_values if searched else self._plain_values
        number = cache.get(text)
        if number is None:
            digest = value_digest(text, searched=searched)
            number, is_new = self._number_of("view_value", {"digest": digest})
            if is_new:
                self._new("view_value", (number, digest, int(searched), text))
                if searched:
                    self._add_words(text, number)
            cache[text] = number
        return number

    def _add_words(self, text: str, number: int) -> None:
        block, member = number >> BLOCK_BITS, number & ((1 << BLOCK_BITS) - 1)
        if block != self._block:
            self._write_grams()  # numbers only grow: the last block gets no more members now
            self._block = block
        waiting = self._new_texts
        for word in set(words(fold(text))):
            waiting[word].append(member)

    def _number_of(self, query: str, params: Params) -> tuple[int, bool]:
        """The number of a word, and whether it was given just now."""
        row = self._one(query, params)
        return (self._next(query), True) if row is None else (int(row[0]), False)

    def _new(self, query: str, row: Row) -> None:
        self._new_words.setdefault(query, []).append(row)

    def _given(self, cache: dict[Any, int], key: object, query: str, params: Params) -> int:
        number = cache.get(key)
        if number is None:
            number, is_new = self._number_of(query, params)
            if is_new:
                self._run(f"{query}_put", {"id": number, **params})
            cache[key] = number
        return number

    def _next(self, query: str) -> int:
        self._last[query] = self._last.get(query) or self._number(f"{query}_last")
        self._last[query] += 1
        return self._last[query]

    def _remove_values(self, values: Iterable[int]) -> None:
        """Remove values that no statement uses any more, and edit each block of a 2-gram once for all of them."""
        gone: dict[tuple[str, int], set[int]] = defaultdict(set)
        unused = []
        for value in values:
            row = self._one("view_value_unused", {"id": value})
            if row is None:
                continue
            unused.append({"id": value})
            searched, text = row
            if searched:
                block, member = value >> BLOCK_BITS, value & ((1 << BLOCK_BITS) - 1)
                for gram in grams(fold(text)):
                    gone[gram, block].add(member)
        for (gram, block), members in gone.items():
            self._remove_from_gram({"gram": gram, "block": block}, members)
        self._run_many("view_value_remove", unused)

    def _remove_from_gram(self, where: Params, members: set[int]) -> None:
        row = self._one("view_gram", where)
        if row is None:
            return
        kept = [one for one in unpack(f"<{len(row[0]) // 2}H", row[0]) if one not in members]
        if kept:
            self._run("view_gram_set", {**where, "members": pack(f"<{len(kept)}H", *kept)})
        else:
            self._run("view_gram_remove", where)
