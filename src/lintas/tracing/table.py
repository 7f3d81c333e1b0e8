# SPDX-License-Identifier: Apache-2.0
"""Rows of many messages as one table of columns: what every trace reads.

Rows stand in the order of their messages' ids, then of their place in the message, so that the same messages give the
same table whatever order they are handed over in.

Source: docs/spec/ledger.md.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lintas.errors import BadInput, OverLimit
from lintas.limits import TRACE_ROWS_MAX
from lintas.model.money import Covered, LedgerRows

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
UInt8 = NDArray[np.uint8]
UInt64 = NDArray[np.uint64]

_WORDS: Final = ("payer", "payee", "reference", "of", "debit_currency", "credit_currency", "kind", "channel")
_WIDE: Final = ("debit_at", "credit_at", "debit_minor", "credit_minor")


def order_hash(reference: str) -> int:
    """Give the number by which payments of one moment are ordered: nobody can choose it, every node finds the same."""
    return int.from_bytes(sha256(reference.encode()).digest()[:8], "big")


def row_reference(message: str, row: int) -> str:
    """Name a payment that has no reference of its own."""
    return f"row:{message}:{row}"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LedgerTable:
    """Columns of equal length; words are places in `words`, 0 is the empty text."""

    words: Sequence[str]
    messages: tuple[str, ...]
    message: Int32  # place in `messages`
    row: Int32
    payer: Int32
    payee: Int32
    reference: Int32
    of: Int32
    debit_currency: Int32
    credit_currency: Int32
    kind: Int32
    channel: Int32
    debit_at: Int64
    credit_at: Int64
    debit_minor: Int64
    credit_minor: Int64
    legs: UInt8
    covered: tuple[Covered, ...] = ()
    hash_of: Callable[[str], int] = order_hash

    @property
    def count(self) -> int:
        """Rows in all."""
        return len(self.row)


def from_rows(rows: Iterable[tuple[str, LedgerRows]]) -> LedgerTable:
    """Put the rows of messages under each other.

    Args:
        rows: (message id, its rows); a message once.

    Raises:
        BadInput: columns that do not fit each other.
        OverLimit: more than TRACE_ROWS_MAX rows.

    Shape: time and memory grow with rows and words.
    """
    parts = sorted(rows, key=lambda one: one[0])
    total = sum(one.count for _, one in parts)
    if total > TRACE_ROWS_MAX:
        raise OverLimit(f"{total} payments are more than one trace looks at ({TRACE_ROWS_MAX})")
    places: dict[str, int] = {"": 0}
    columns: dict[str, list[NDArray[Any]]] = {name: [] for name in (*_WORDS, *_WIDE, "row", "legs", "message")}
    covered: set[tuple[str, str, int, int, int, int]] = set()
    for number, (_, one) in enumerate(parts):
        mapped = np.array([places.setdefault(word, len(places)) for word in one.words], dtype=np.int32)
        for name in _WORDS:
            columns[name].append(_words(name, one, mapped))
        for name in _WIDE:
            columns[name].append(_column(name, one, "<i8"))
        columns["row"].append(_column("row", one, "<i4"))
        columns["legs"].append(_column("legs", one, "u1"))
        columns["message"].append(np.full(one.count, number, dtype=np.int32))
        covered.update((c.account, c.currency, c.start, c.end, c.opening, c.closing) for c in one.covered)
    whole: dict[str, Any] = {
        name: np.concatenate(arrays) if arrays else np.zeros(0, dtype=_dtype(name)) for name, arrays in columns.items()
    }
    return LedgerTable(
        words=list(places),
        messages=tuple(message for message, _ in parts),
        covered=tuple(Covered(*one) for one in sorted(covered)),
        **whole,
    )


def grown(table: LedgerTable, more: LedgerTable) -> LedgerTable:
    """Give the rows of two tables of different messages as one: what opening all of them together gives.

    Only the numbers of words may be others. Every word of `table` is looked at once, none is copied.

    Shape: time grows with the rows of both; memory for one column of both beside what they hold.
    """
    assert set(table.messages).isdisjoint(more.messages), "a message is in one of them"
    new = set(more.words)
    held = {word: place for place, word in enumerate(table.words) if word in new}
    added = [word for word in more.words if word not in held]
    held |= {word: len(table.words) + place for place, word in enumerate(added)}
    mapped = np.array([held[word] for word in more.words], dtype=np.int32)
    messages = tuple(sorted((*table.messages, *more.messages)))
    place_of = {message: place for place, message in enumerate(messages)}
    old_message, new_message = (
        np.array([place_of[message] for message in one.messages], dtype=np.int32)[one.message] for one in (table, more)
    )
    at = np.searchsorted(old_message, new_message)  # each message's rows stay together

    def joined(name: str) -> NDArray[Any]:
        column = getattr(more, name)
        return np.insert(getattr(table, name), at, mapped[column] if name in _WORDS else column)

    columns: dict[str, Any] = {name: joined(name) for name in (*_WORDS, *_WIDE, "row", "legs")}
    covered = {(c.account, c.currency, c.start, c.end, c.opening, c.closing) for c in (*table.covered, *more.covered)}
    return LedgerTable(
        words=[*table.words, *added],
        messages=messages,
        message=np.insert(old_message, at, new_message),
        covered=tuple(Covered(*one) for one in sorted(covered)),
        hash_of=table.hash_of,
        **columns,
    )


def _dtype(name: str) -> type[np.generic]:
    if name in _WIDE:
        return np.int64
    return np.uint8 if name == "legs" else np.int32


def _column(name: str, rows: LedgerRows, kind: str) -> NDArray[Any]:
    raw = getattr(rows, name)
    size = np.dtype(kind).itemsize
    if len(raw) != rows.count * size:
        raise BadInput(f"column {name} holds {len(raw)} bytes, not {rows.count * size}")
    return np.frombuffer(raw, dtype=kind).astype(_dtype(name), copy=False)


def _words(name: str, rows: LedgerRows, mapped: Int32) -> Int32:
    found = _column(name, rows, "<i4")
    if rows.count and (int(found.min()) < 0 or int(found.max()) >= len(mapped)):
        raise BadInput(f"column {name} points beyond the words")
    joined: Int32 = mapped[found]
    return joined
