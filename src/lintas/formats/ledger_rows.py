# SPDX-License-Identifier: Apache-2.0
"""Payments as columns, in and out of bytes; and whether columns are what they claim to be.

They were made by a reader process that foreign bytes may have taken over, so nothing counts before `read_rows` has seen
it: every number points at a word that is there, and no amount or time is absurd.

Source: docs/spec/ledger.md.
"""

from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import msgspec

from lintas.errors import Malformed
from lintas.limits import (
    BALANCE_MINOR_MAX,
    LEDGER_ACCOUNT_CHARS_MAX,
    LEDGER_REFERENCE_CHARS_MAX,
    LEDGER_ROWS_MAX,
    LEDGER_US_MAX,
    LEDGER_US_MIN,
    PAYMENT_MINOR_MAX,
)
from lintas.model.money import NEVER, UNKNOWN_MINOR, Channel, Covered, LedgerRows, PaymentKind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

WORD_COLUMNS: Final = (
    "payer",
    "payee",
    "reference",
    "of",
    "debit_currency",
    "credit_currency",
    "kind",
    "channel",
)  # int32 into words
WIDTHS: Final = {
    "row": 4,
    **dict.fromkeys(WORD_COLUMNS, 4),
    "debit_at": 8,
    "credit_at": 8,
    "debit_minor": 8,
    "credit_minor": 8,
    "legs": 1,
}  # bytes of one item
_TYPES: Final = {4: "<i4", 8: "<i8", 1: "u1"}
_CURRENCY_CHARS_MAX: Final = 12  # of a code: ISO 4217 has three, assets of chains more
_CHARS_MAX: Final = {
    "payer": LEDGER_ACCOUNT_CHARS_MAX,
    "payee": LEDGER_ACCOUNT_CHARS_MAX,
    "reference": LEDGER_REFERENCE_CHARS_MAX,
    "of": LEDGER_REFERENCE_CHARS_MAX,
    "debit_currency": _CURRENCY_CHARS_MAX,
    "credit_currency": _CURRENCY_CHARS_MAX,
}
_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(LedgerRows)


def write_rows(rows: LedgerRows) -> bytes:
    """Columns as bytes: what `Derived.ledger` holds."""
    return _ENCODER.encode(rows)


def rows_digest(data: bytes) -> str:
    """Name the rows of one message by their bytes: rows that a later reading changed have another."""
    return sha256(data).hexdigest()


def read_rows(data: bytes) -> LedgerRows:
    """Read columns, and check all of them.

    Raises:
        Malformed: They are none; the message says what is wrong.
    """
    try:
        rows = _DECODER.decode(data)
    except (msgspec.MsgspecError, ValueError, RecursionError) as exc:
        raise Malformed("These are no payments as columns.") from exc
    wrong = _wrong_in(rows)
    if wrong:
        raise Malformed(f"These payments as columns do not hold together: {wrong}.")
    return rows


class RowNumbers(msgspec.Struct, frozen=True, array_like=True):
    """The columns of `LedgerRows` as they stand, for who needs no word of them."""

    count: int
    words: msgspec.Raw
    row: bytes
    payer: bytes
    payee: bytes
    reference: bytes
    of: bytes
    debit_at: bytes
    credit_at: bytes


_NUMBERS: Final = msgspec.msgpack.Decoder(RowNumbers)


def read_numbers(data: bytes) -> RowNumbers:
    """Read the numbers of rows that `read_rows` has seen.

    Raises:
        Malformed: They are none.
    """
    try:
        rows = _NUMBERS.decode(data)
    except (msgspec.MsgspecError, ValueError, RecursionError) as exc:
        raise Malformed("These are no payments as columns.") from exc
    for name in RowNumbers.__struct_fields__[2:]:
        if len(getattr(rows, name)) != rows.count * WIDTHS[name]:
            raise Malformed(f"These payments as columns do not hold together: column {name} has another length.")
    return rows


def column(rows: LedgerRows | RowNumbers, name: str) -> "NDArray[np.signedinteger[Any]]":
    """One column as an array; it shares the bytes."""
    import numpy as np  # noqa: PLC0415  # costs time at import, and most nodes hold no payments

    found: NDArray[np.signedinteger[Any]] = np.frombuffer(getattr(rows, name), dtype=_TYPES[WIDTHS[name]])
    return found


def _wrong_in(rows: LedgerRows) -> str:
    if not 0 <= rows.count <= LEDGER_ROWS_MAX:
        return f"{rows.count:,} rows, and at most {LEDGER_ROWS_MAX:,} are kept"
    for name, width in WIDTHS.items():
        if len(getattr(rows, name)) != rows.count * width:
            return f"column {name} has another length"
    if not rows.words or rows.words[0] != "":
        return "the first word is not the empty one"
    return _wrong_words(rows) or _wrong_numbers(rows) or _wrong_covered(rows.covered)


def _wrong_words(rows: LedgerRows) -> str:
    import numpy as np  # noqa: PLC0415  # as above

    lengths = np.fromiter(map(len, rows.words), dtype=np.int32, count=len(rows.words))
    for name in WORD_COLUMNS if rows.count else ():
        numbers = column(rows, name)
        if numbers.min() < 0 or numbers.max() >= len(rows.words):
            return f"column {name} names a word that is not there"
        if name in _CHARS_MAX and lengths[numbers].max() > _CHARS_MAX[name]:
            return f"a text of column {name} is too long"
    for name, known in (("kind", PaymentKind), ("channel", Channel)):
        said = {rows.words[number] for number in np.unique(column(rows, name)).tolist()}
        if said - set(known):
            return f"column {name} says {min(said - set(known))!r:.40}"
    return ""


def _wrong_numbers(rows: LedgerRows) -> str:
    if not rows.count:
        return ""
    for name in ("debit_minor", "credit_minor"):
        minor = column(rows, name)
        if minor.min() < UNKNOWN_MINOR or minor.max() > PAYMENT_MINOR_MAX:
            return f"an amount of column {name} cannot be"
    for name in ("debit_at", "credit_at"):
        times = column(rows, name)
        known = times[times != NEVER]
        if known.size and (known.min() < LEDGER_US_MIN or known.max() > LEDGER_US_MAX):
            return f"a time of column {name} cannot be"
    if column(rows, "row").min() < 1:
        return "a record is numbered below 1"
    return "legs are not of payer and payee" if column(rows, "legs").max() > 3 else ""


def _wrong_covered(covered: tuple[Covered, ...]) -> str:
    for one in covered:
        if len(one.account) > LEDGER_ACCOUNT_CHARS_MAX or len(one.currency) > _CURRENCY_CHARS_MAX:
            return "a statement's account or currency is too long"
        if not LEDGER_US_MIN <= one.start <= one.end <= LEDGER_US_MAX:
            return "a statement's times cannot be"
        if max(abs(one.opening), abs(one.closing)) > BALANCE_MINOR_MAX:
            return "a statement's balance cannot be"
    return ""
