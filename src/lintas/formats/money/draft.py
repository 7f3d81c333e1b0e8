# SPDX-License-Identifier: Apache-2.0
"""Payments of one file, gathered as columns, and frozen into the rows of a ledger."""

import itertools
import re
import sys
from array import array
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lintas.errors import Malformed, OverLimit
from lintas.formats.money.accounts import AccountBook
from lintas.formats.packs import Packs
from lintas.limits import LEDGER_REFERENCE_CHARS_MAX, LEDGER_REJECTED_MAX, LEDGER_ROWS_MAX, REASON_CHARS_MAX
from lintas.model.money import NEVER, UNKNOWN_MINOR, Covered, LedgerRows, PaymentKind
from lintas.model.reading import ReadOptions, Rejected

_UUID: Final = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}", re.ASCII)
_BIC8: Final = re.compile(r"[A-Z]{6}[A-Z0-9]{2}:", re.ASCII)
NOTHING: Final = frozenset({"NOTPROVIDED", "NONREF", "NOREF", "NONE", "N/A", "NA", "-"})  # said in place of a reference
COLUMNS: Final = (
    ("row", "i"), ("payer", "i"), ("payee", "i"), ("reference", "i"), ("of", "i"), ("debit_at", "q"),
    ("credit_at", "q"), ("debit_minor", "q"), ("credit_minor", "q"), ("debit_currency", "i"),
    ("credit_currency", "i"), ("kind", "i"), ("channel", "i"), ("legs", "B"),
)  # fmt: skip
Whole = NDArray[np.int64]


class Payment(NamedTuple):
    """One payment, before it becomes a row."""

    row: int
    payer: str
    payee: str
    reference: str
    debit_minor: int
    debit_currency: str
    legs: int
    debit_at: int = NEVER
    credit_at: int = NEVER
    credit_minor: int = UNKNOWN_MINOR
    credit_currency: str = ""  # empty: the debited one
    of: str = ""
    kind: str = PaymentKind.TRANSFER
    channel: str = ""


class LedgerDraft:
    """Collects payments, what cannot be used, and what banks say to be complete."""

    def __init__(self, *, options: ReadOptions, packs: Packs) -> None:
        self.options = options
        self.packs = packs
        self.accounts = AccountBook(packs.identifiers, options.region)
        self.covered: list[Covered] = []
        self.notes: dict[str, int] = {}  # sentence -> how often
        self.says: list[tuple[str, str]] = []  # of the file: property, value
        self._words: dict[str, int] = {"": 0}
        self._texts = [""]  # of the words
        self._banks: dict[int, int] = {}  # word that is a key of an account -> the number of its bank
        self._bank_numbers: dict[str, int] = {"": 0}
        self._columns = {name: array(code) for name, code in COLUMNS}
        self._rejected: list[Rejected] = []
        self.count = 0

    def word(self, text: str) -> int:
        """The number of a text."""
        found = self._words.get(text)
        if found is None:
            found = self._words[text] = len(self._texts)
            self._texts.append(text)
        return found

    def add(self, payment: Payment) -> None:
        """Add one payment."""
        self._room(1)
        columns, word = self._columns, self.word
        columns["row"].append(payment.row)
        columns["payer"].append(word(payment.payer))
        columns["payee"].append(word(payment.payee))
        columns["reference"].append(word(payment.reference))
        columns["of"].append(word(payment.of))
        columns["debit_at"].append(payment.debit_at)
        columns["credit_at"].append(payment.credit_at)
        columns["debit_minor"].append(payment.debit_minor)
        columns["credit_minor"].append(payment.credit_minor)
        columns["debit_currency"].append(word(payment.debit_currency))
        columns["credit_currency"].append(word(payment.credit_currency or payment.debit_currency))
        columns["kind"].append(word(payment.kind))
        columns["channel"].append(word(payment.channel))
        columns["legs"].append(payment.legs)

    def extend(self, count: int, columns: dict[str, Whole]) -> None:
        """Add many payments, column by column; what is left out is unknown or empty."""
        self._room(count)
        unknown = {"debit_at": NEVER, "credit_at": NEVER, "debit_minor": UNKNOWN_MINOR, "credit_minor": UNKNOWN_MINOR}
        for name, code in COLUMNS:
            values = columns.get(name)
            if values is None:
                values = np.full(count, unknown.get(name, 0), dtype=np.int64)
            self._columns[name].frombytes(np.ascontiguousarray(values, dtype=code).tobytes())

    def _room(self, count: int) -> None:
        self.count += count
        if self.count > LEDGER_ROWS_MAX:
            raise OverLimit(f"The file has more than {LEDGER_ROWS_MAX:,} payments.", hint="Split the file.")

    def reject(self, id_: str, reason: str) -> None:
        """Say of a row why it cannot be used.

        Raises:
            Malformed: So many cannot be used that the file is another than it is read as.
        """
        if len(self._rejected) >= LEDGER_REJECTED_MAX:
            raise Malformed(
                f"More than {LEDGER_REJECTED_MAX:,} of its rows cannot be used. The first: {self._rejected[0].reason}",
                hint="It may be another format, or need another mapping.",
            )
        self._rejected.append(Rejected(id_, reason[:REASON_CHARS_MAX]))

    @property
    def rejected(self) -> tuple[Rejected, ...]:
        """What cannot be used."""
        return tuple(self._rejected)

    @property
    def units(self) -> int:
        """Units that were read: payments, rows that cannot be used, and totals and balances that are wrong."""
        return self.count + len(self._rejected)

    def note(self, sentence: str, times: int = 1) -> None:
        """Keep a sentence for people; how often it held is counted."""
        if sentence in self.notes or len(self.notes) < 100:
            self.notes[sentence] = self.notes.get(sentence, 0) + times

    def rows(self) -> LedgerRows:
        """Freeze the payments."""
        if sys.byteorder == "big":
            for column in self._columns.values():
                column.byteswap()
        made = {name: column.tobytes() for name, column in self._columns.items()}
        return LedgerRows(count=self.count, words=tuple(self._texts), covered=tuple(self.covered), **made)

    def column(self, name: str) -> "array[int]":
        """One column as it is so far."""
        return self._columns[name]

    @property
    def words(self) -> Sequence[str]:
        """All texts so far."""
        return self._texts

    def banks(self) -> Whole:
        """Word -> number of the bank that keeps the account of that key; 0 where no BIC is known."""
        found = np.zeros(len(self._texts), dtype=np.int64)
        found[list(self._banks)] = list(self._banks.values())
        return found

    def account_word(self, key: str) -> int:
        """The number of an account's key."""
        word = self.word(key)
        if word not in self._banks:
            bank = key[:8] if _BIC8.match(key) else ""
            self._banks[word] = self._bank_numbers.setdefault(bank, len(self._bank_numbers))
        return word

    def new_words(self, texts: list[str]) -> Whole:
        """The numbers of texts that are nearly always new, as references are."""
        first, count = len(self._texts), len(texts)
        found = np.fromiter(map(self._words.setdefault, texts, range(first, first + count)), np.int64, count)
        if len(self._words) == first + count:
            self._texts.extend(texts)
            return found
        # Some were met before, or stand twice: the new ones are numbered without gaps.
        is_new = found == np.arange(first, first + count)
        place = np.cumsum(is_new) + first - 1
        found = np.where(found >= first, place[np.maximum(found - first, 0)], found)
        new = list(itertools.compress(texts, is_new.tolist()))
        self._words.update(zip(new, range(first, first + len(new)), strict=True))
        self._texts.extend(new)
        return found

    def bank_names(self) -> list[str]:
        """Number of a bank -> its BIC; nothing for 0."""
        return list(self._bank_numbers)


def reference_of(*, uetr: str = "", end_to_end: str = "", bank: str = "", own: str = "") -> str:
    """The reference of a payment: its UETR, else its end-to-end id, else what its bank calls it; else nothing.

    Args:
        bank: BIC or key of the bank whose `own` reference it is.
    """
    if _UUID.fullmatch(uetr):
        return f"uetr:{uetr.lower()}"
    if end_to_end and end_to_end.upper() not in NOTHING:
        return clean_reference(f"e2e:{end_to_end}")
    if own and own.upper() not in NOTHING:
        return clean_reference(f"id:{bank[:8]}:{own}")
    return ""


def other_name(end_to_end: str, reference: str) -> str:
    """What a transfer is called besides its reference: its end-to-end id, where that is another word."""
    name = reference_of(end_to_end=end_to_end)
    return name if name != reference else ""


def clean_reference(text: str) -> str:
    """A reference as it may stand in a ledger; empty when it may not: too long, or with characters nobody can see."""
    return text if len(text) <= LEDGER_REFERENCE_CHARS_MAX and text.isprintable() else ""
