# SPDX-License-Identifier: Apache-2.0
"""Write and remove what messages say: statements, postings and 2-grams, with every word stored once.

Numbers of dictionary words are given by the one writer. They are not part of a view's content: two builds of a view are
compared by their natural keys.
"""

from collections import defaultdict
from collections.abc import Iterable
from hashlib import blake2b
from struct import pack, unpack
from typing import Any, Final

from lintas.matching.grams import fold, grams
from lintas.model.identifier import Identifier
from lintas.model.reading import Derived
from lintas.store.rows import Params, Rows

SEARCHED_KINDS: Final = frozenset({"name", "text", "string"})
BLOCK_BITS: Final = 12  # 4096 values a block: members fit 16 bits, and a full block of one 2-gram is 8 kB


def value_digest(text: str, *, searched: bool) -> bytes:
    """Name a value by 16 bytes, so that long texts have a short unique key; a searched text is another value."""
    person = b"searched" if searched else b"plain"
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16, person=person).digest()


class DerivedWrites(Rows):
    """Part of one transaction; number caches live as long as it does."""

    def start_derived(self) -> None:
        """Forget numbers of a transaction that did not commit."""
        self._last: dict[str, int] = {}
        self._entities: dict[str, int] = {}
        self._props: dict[tuple[str, str], int] = {}
        self._values: dict[bytes, int] = {}
        self._identifiers: dict[tuple[str, str], int] = {}
        self._markings: dict[str, int] = {}
        self._grams: dict[tuple[str, int], list[int]] = defaultdict(list)

    def put_derived(self, seq: int, derived: Derived) -> None:
        """Keep all that one message says."""
        numbers = [self._entity(entity.key) for entity in derived.entities]
        self._run_many(
            "view_appearance_put",
            [
                {"seq": seq, "entity": number, "schema": entity.schema, "caption": entity.caption}
                for number, entity in zip(numbers, derived.entities, strict=True)
            ],
        )
        statements = []
        for n, said in enumerate(derived.statements):
            statements.append(
                {
                    "seq": seq,
                    "n": n,
                    "entity": numbers[said.entity],
                    "prop": self._prop(said.prop, said.kind),
                    "value": self._value(said.value, searched=said.kind in SEARCHED_KINDS),
                    "confidence": said.confidence,
                    "valid_from": said.valid_from,
                    "valid_until": said.valid_until,
                    "lang": said.lang,
                }
            )
        self._run_many("view_statement_put", statements)
        self._run_many(
            "view_posting_put",
            [
                {
                    "identifier": self._identifier(posted.identifier),
                    "seq": seq,
                    "entity": numbers[posted.entity],
                    "prop": posted.prop,
                    "flags": " ".join(posted.identifier.flags),
                    "original": posted.original,
                }
                for posted in derived.postings
            ],
        )

    def write_grams(self) -> None:
        """Write the 2-grams of new values; called before the commit, and before anything reads or removes them."""
        waiting, self._grams = self._grams, defaultdict(list)
        self._run_many(
            "view_gram_put",
            [
                {"gram": gram, "block": block, "members": pack(f"<{len(members)}H", *members)}
                for (gram, block), members in waiting.items()
            ],
        )

    def remove_derived(self, seq: int) -> None:
        """Remove all that one message says, and every word that nothing else uses."""
        self.write_grams()
        values = [row[0] for row in self._all("view_derived_values", {"seq": seq})]
        entities = self._all("view_derived_entities", {"seq": seq})
        identifiers = self._all("view_derived_identifiers", {"seq": seq})
        for name in ("view_statements_remove", "view_postings_remove", "view_appearances_remove"):
            self._run(name, {"seq": seq})
        for value in values:
            self._remove_value(value)
        self._run_many("view_identifier_remove_unused", [{"id": id_} for (id_,) in identifiers])
        self._run_many("view_entity_remove_unused", [{"id": id_} for (id_,) in entities])
        self._entities.clear()
        self._values.clear()
        self._identifiers.clear()

    def marking_number(self, codes: str) -> int:
        """The number of a marking, given when it is first seen."""
        return self._given(self._markings, codes, "view_marking", {"codes": codes})

    def _entity(self, key: str) -> int:
        return self._given(self._entities, key, "view_entity", {"key": key})

    def _prop(self, name: str, kind: str) -> int:
        return self._given(self._props, (name, kind), "view_prop", {"name": name, "kind": kind})

    def _identifier(self, found: Identifier) -> int:
        params = {"scheme": found.scheme, "value": found.value}
        more = {"strength": found.strength.value, "country": found.country}
        return self._given(self._identifiers, (found.scheme, found.value), "view_identifier", params, more)

    def _value(self, text: str, *, searched: bool) -> int:
        digest = value_digest(text, searched=searched)
        cached = self._values.get(digest)
        if cached is not None:
            return cached
        row = self._one("view_value", {"digest": digest})
        if row is None:
            number = self._next("view_value")
            self._run("view_value_put", {"id": number, "digest": digest, "searched": int(searched), "text": text})
            if searched:
                block, member = number >> BLOCK_BITS, number & ((1 << BLOCK_BITS) - 1)
                for gram in grams(fold(text)):
                    self._grams[gram, block].append(member)
        else:
            number = int(row[0])
        self._values[digest] = number
        return number

    def _given(self, cache: dict[Any, int], key: object, query: str, params: Params, more: Params | None = None) -> int:
        number = cache.get(key)
        if number is None:
            row = self._one(query, params)
            if row is None:
                number = self._next(query)
                self._run(f"{query}_put", {"id": number, **params, **(more or {})})
            else:
                number = int(row[0])
            cache[key] = number
        return number

    def _next(self, query: str) -> int:
        self._last[query] = self._last.get(query) or self._number(f"{query}_last")
        self._last[query] += 1
        return self._last[query]

    def _remove_value(self, value: int) -> None:
        row = self._one("view_value_unused", {"id": value})
        if row is None:
            return
        searched, text = row
        if searched:
            self._remove_from_grams(grams(fold(text)), value)
        self._run("view_value_remove", {"id": value})

    def _remove_from_grams(self, found: Iterable[str], value: int) -> None:
        block, member = value >> BLOCK_BITS, value & ((1 << BLOCK_BITS) - 1)
        for gram in found:
            where = {"gram": gram, "block": block}
            row = self._one("view_gram", where)
            if row is None:
                continue
            kept = [one for one in unpack(f"<{len(row[0]) // 2}H", row[0]) if one != member]
            if kept:
                self._run("view_gram_set", {**where, "members": pack(f"<{len(kept)}H", *kept)})
            else:
                self._run("view_gram_remove", where)
