# SPDX-License-Identifier: Apache-2.0
"""What may be found: each question takes the viewer's scope and never shows a row above it."""

import json
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from lintas.matching.grams import fold as fold_text
from lintas.matching.grams import holds, holds_phrase, is_unspaced, query_grams
from lintas.model.found import MASKED, Appearance, Fact, Held, Hit, MessageHead
from lintas.model.ids import MessageId
from lintas.model.scope import Scope
from lintas.store.derived import BLOCK_BITS, value_digest
from lintas.store.rows import Rows
from lintas.views.rows import IntakeRow

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_LAST: Final = "\U0010ffff"
_TERMS_JOINED_FROM: Final = 200  # terms from which one join beats one query a term (measured: about 150)
_CANDIDATES_MAX: Final = 20_000  # texts looked at for one word search, newest first; more common words must be narrowed


class FindTables(Rows):
    """Reads of the views."""

    def hits(self, terms: Sequence[tuple[int, str, str]], *, scope: Scope, limit: int) -> Iterator[Hit]:
        """Entities that carry any of many (index, scheme, canonical value) terms; `limit` rows a term at most."""
        if len(terms) < _TERMS_JOINED_FROM:
            for n, scheme, value in terms:
                params = {**scope.sql, "scheme": scheme, "value": value, "limit": limit}
                for row in self._each("find_hits_one", params):
                    yield _hit(n, *row)
            return
        self._run("find_terms_open")
        self._run("find_terms_clear")
        # in the order of the index, so that each of its pages is read once
        self._fill("find_term_put", sorted(terms, key=lambda term: term[1:]))
        rows = self._each("find_hits_many", {**scope.sql})  # term by term, oldest first
        for _, of_term in groupby(rows, key=itemgetter(0)):
            for row in reversed(deque(of_term, maxlen=limit)):
                yield _hit(*row)

    def identifiers_from(self, prefix: str, *, scheme: str, scope: Scope, limit: int) -> list[tuple[str, str]]:
        """(scheme, value) of identifiers whose value starts with a prefix; `scheme` empty for all."""
        name = "find_identifiers_of_scheme_from" if scheme else "find_identifiers_from"
        params = {**scope.sql, "low": prefix, "high": prefix + _LAST, "limit": limit}
        if scheme:
            params["scheme"] = scheme
        return [(row[0], row[1]) for row in self._all(name, params)]

    def worded(self, words: Sequence[str], *, phrase: bool, scope: Scope, limit: int) -> list[Fact]:
        """Statements whose text has all folded words (`phrase`: one after the other), newest first."""
        found: list[Fact] = []
        has = holds_phrase if phrase else holds
        for value in self._values_with(words):
            row = self._one("find_value_text", {"id": value})
            if row is None or not has(fold_text(row[0]), tuple(words)):
                continue
            params = {**scope.sql, "value": value, "limit": limit - len(found)}
            found += [_fact(fact) for fact in self._all("find_facts_of_value", params)]
            if len(found) >= limit:
                break
        return found

    def has_class(self, bits: int) -> bool:
        """Whether any message is of one of some classes; for the node's own checks, never for a person."""
        return self._one("find_class_any", {"bits": bits}) is not None

    def places_of(self, kind: str) -> list[int]:
        """Where entries of one kind stand; it tells no content."""
        return [seq for (seq,) in self._all("find_places_of", {"kind": kind})]

    def heads(self, seqs: Iterable[int], *, scope: Scope) -> dict[int, MessageHead]:
        """Messages by their place in the log."""
        found = {}
        for seq in set(seqs):
            row = self._one("find_head", {**scope.sql, "seq": seq})
            if row is not None:
                found[seq] = _head(row)
        return found

    def head(self, message: MessageId, *, scope: Scope) -> MessageHead | None:
        """One message; None says "none that you may see"."""
        row = self._one("find_head_by_id", {**scope.sql, "id": bytes.fromhex(message)})
        return None if row is None else _head(row)

    def appearances(self, entity: str, *, scope: Scope, limit: int) -> list[Appearance]:
        """How each message presents one entity, newest first."""
        params = {**scope.sql, "key": entity, "limit": limit}
        return [_appearance(row) for row in self._all("find_appearances", params)]

    def entities_of(self, seq: int, *, scope: Scope, limit: int) -> list[Appearance]:
        """Entities that one message presents."""
        return [_appearance(row) for row in self._all("find_entities_of", _in(seq, scope, limit))]

    def facts_about(self, entity: str, *, scope: Scope, limit: int) -> list[Fact]:
        """Statements about one entity, by property, newest first; sources never overwrite each other."""
        params = {**scope.sql, "key": entity, "limit": limit}
        return [_fact(row) for row in self._all("find_facts_about", params)]

    def facts_in(self, seq: int, *, scope: Scope, limit: int) -> list[Fact]:
        """Statements that one message makes."""
        return [_fact(row) for row in self._all("find_facts_in", _in(seq, scope, limit))]

    def facts_pointing_at(self, entity: str, *, scope: Scope, limit: int) -> list[Fact]:
        """Statements of other entities whose value is this entity."""
        params = {**scope.sql, "digest": value_digest(entity, searched=False), "limit": limit}
        return [_fact(row) for row in self._all("find_facts_pointing_at", params)]

    def captions(self, entities: Sequence[str], *, scope: Scope) -> dict[str, Appearance]:
        """The newest appearance of each of some entities."""
        found = {}
        for key in set(entities):
            row = self._one("find_appearances", {**scope.sql, "key": key, "limit": 1})
            if row is not None:
                found[key] = _appearance(row)
        return found

    def held_by(self, entity: str, *, scope: Scope, limit: int) -> list[Held]:
        """Identifiers that one entity carries."""
        params = {**scope.sql, "key": entity, "limit": limit}
        return [_held(row) for row in self._all("find_held_by", params)]

    def held_in(self, seq: int, *, scope: Scope, limit: int) -> list[Held]:
        """Identifiers in one message."""
        return [_held(row) for row in self._all("find_held_in", _in(seq, scope, limit))]

    def intakes_of(self, seq: int, *, scope: Scope) -> list[MessageId]:
        """The intakes that held one item."""
        rows = self._all("find_intakes_of", {**scope.sql, "seq": seq})
        return [MessageId(row[0].hex()) for row in rows]

    def intake(self, message: MessageId, *, scope: Scope) -> IntakeRow | None:
        """One taken file."""
        row = self._one("find_intake", {**scope.sql, "id": bytes.fromhex(message)})
        if row is None:
            return None
        items = self._all("find_intake_items", {**scope.sql, "seq": row[0]})
        return _intake(row, tuple(MessageId(item.hex()) for (item,) in items))

    def intakes(self, *, scope: Scope, before: int, limit: int) -> list[tuple[MessageHead, IntakeRow]]:
        """Taken files, newest first, with seq < before; their items are left empty."""
        rows = self._all("find_intakes", {**scope.sql, "before": before, "limit": limit})
        heads = self.heads([row[0] for row in rows], scope=scope)
        return [(heads[row[0]], _intake(row, ())) for row in rows]

    def counts(self, *, scope: Scope) -> dict[str, int]:
        """How many messages, entities, statements and identifiers the viewer may see, each capped at 1,000,000."""
        names = ("messages", "entities", "statements", "identifiers")
        return {name: self._number(f"count_{name}", {**scope.sql}) for name in names}

    def _values_with(self, words: Sequence[str]) -> Iterator[int]:
        """Numbers of values that have the 2-grams of all words, newest first, at most _CANDIDATES_MAX."""
        wanted = {gram for word in words for gram in query_grams(word)}
        found: NDArray[np.int64] | None = None
        # Rare 2-grams first: each later one need only be read in the blocks that are left.
        for gram in sorted(wanted, key=lambda g: self._number("find_gram_weight", {"gram": g})):
            found = self._narrow(found, gram)
            if found.size == 0:
                return
        for word in words:
            if is_unspaced(word) and len(word) == 1:
                found = self._narrow(found, word)
        if found is not None:
            yield from (int(number) for number in found[::-1][:_CANDIDATES_MAX])

    def _narrow(self, found: "NDArray[np.int64] | None", gram: str) -> "NDArray[np.int64]":
        import numpy as np  # noqa: PLC0415  # a command line that searches no words does not pay for it

        if len(gram) == 1:  # one character of an unspaced script: every 2-gram that starts with it
            blocks = self._all("find_grams_from", {"low": gram, "high": gram + _LAST})
        elif found is None:
            blocks = self._all("find_gram", {"gram": gram})
        else:
            low, high = int(found[0]) >> BLOCK_BITS, int(found[-1]) >> BLOCK_BITS
            blocks = self._all("find_gram_in", {"gram": gram, "low": low, "high": high})
        if not blocks:
            return np.empty(0, dtype=np.int64)
        offsets = np.frombuffer(b"".join(packed for _, packed in blocks), dtype="<u2").astype(np.int64)
        starts = np.array([block << BLOCK_BITS for block, _ in blocks], dtype=np.int64)
        joined = offsets | np.repeat(starts, [len(packed) // 2 for _, packed in blocks])
        if len(gram) == 1:
            joined = np.unique(joined)
        if found is None:
            return joined
        places = np.minimum(np.searchsorted(joined, found), joined.size - 1)  # both ascend, and few are found by now
        met: NDArray[np.int64] = found[joined[places] == found]
        return met


def _in(seq: int, scope: Scope, limit: int) -> dict[str, int | str]:
    return {**scope.sql, "seq": seq, "limit": limit}


def _hit(n: int, key: str, schema: str | None, caption: str | None, *rest: Any) -> Hit:
    prop, flags, original, seq, masked = rest
    if masked:
        return Hit(n, key, schema or "", MASKED, prop, flags, MASKED, seq)
    return Hit(n, key, schema or "", caption or key, prop, flags, original, seq)


def _fact(row: tuple[Any, ...]) -> Fact:
    *said, masked = row
    fact = Fact(*said)
    if not masked:
        return fact
    # what it points at is an entity's key, which says nothing by itself
    value = fact.value if fact.kind == "entity" else MASKED
    return fact._replace(value=value, valid_from="", valid_until="", lang="")


def _held(row: tuple[Any, ...]) -> Held:
    *said, masked = row
    return Held(*said)._replace(value=MASKED, original=MASKED) if masked else Held(*said)


def _appearance(row: tuple[Any, ...]) -> Appearance:
    *said, masked = row
    return Appearance(*said)._replace(caption=MASKED) if masked else Appearance(*said)


def _head(row: tuple[Any, ...]) -> MessageHead:
    seq, id_, kind, media_type, created_at, originator, tlp, marking, grading, size_bytes, *more = row
    source, intake, erased, classes, masked = more
    return MessageHead(
        seq=seq,
        id=MessageId(id_.hex()),
        kind=kind,
        media_type=media_type,
        created_at=created_at,
        originator=originator,
        tlp=tlp,
        marking=marking,
        grading=grading,
        size_bytes=size_bytes,
        source=MASKED if masked and source else source,
        intake=intake.hex() if intake else "",
        erased=bool(erased),
        classes=classes,
        masked=masked,
    )


def _intake(row: tuple[Any, ...], items: tuple[MessageId, ...]) -> IntakeRow:
    seq, source, file_name, format_, digest, size_bytes, read, used, rejected, masked = row
    if masked:
        source, file_name, rejected = MASKED, MASKED, "[]"
    return IntakeRow(
        seq=seq,
        source=source,
        file_name=file_name,
        format=format_,
        digest=digest,
        size_bytes=size_bytes,
        read=read,
        used=used,
        rejected=tuple((str(id_), str(reason)) for id_, reason in json.loads(rejected)),
        items=items,
    )
