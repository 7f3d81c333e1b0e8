# SPDX-License-Identifier: Apache-2.0
"""Columns of texts into columns of numbers, many rows at once: each distinct text is understood once.

A value that cannot be used is BAD_WORD (accounts), BAD (amounts) or NEVER (times); the row is refused with its reason.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from lintas.formats.money.amounts import BAD, Amounts, Purse, currency_code
from lintas.formats.money.draft import NOTHING, LedgerDraft, Whole, clean_reference, reference_of
from lintas.formats.money.uniform import amounts_at_once
from lintas.formats.money.written import KnownTexts, Written
from lintas.limits import LEDGER_REFERENCE_CHARS_MAX

BAD_WORD: Final = -1
_CACHED_MAX: Final = 500_000
Texts = Sequence[str]


class AccountColumn(dict[str | tuple[str, str], int]):
    """Account, or account and bank -> word of its key."""

    def __init__(self, draft: LedgerDraft, bank: str) -> None:
        super().__init__()
        self._draft, self._bank = draft, bank
        self._known = KnownTexts()
        self.reasons: dict[str | tuple[str, str], str] = {}

    def __missing__(self, said: str | tuple[str, str]) -> int:
        number, bank = (said, self._bank) if isinstance(said, str) else (said[0], said[1] or self._bank)
        try:
            found = self._draft.account_word(self._draft.accounts.key(number, bank))
        except ValueError as exc:
            self.reasons[said] = str(exc)
            found = BAD_WORD
        if len(self) >= _CACHED_MAX:
            self.clear()
        self[said] = found
        return found

    def words(self, numbers: Texts, banks: Texts | None) -> Whole:
        """Read a column, with the column of banks where there is one."""
        if banks is None:
            if isinstance(numbers, Written):
                at_once = self._known.read(numbers, self.__getitem__)
                if at_once is not None:
                    return at_once
            return ints(map(self.__getitem__, numbers), len(numbers))
        return ints(map(self.__getitem__, zip(numbers, banks, strict=True)), len(numbers))

    def why(self, number: str, bank: str | None) -> str:
        """Say why an account cannot be used."""
        return self.reasons.get(number if bank is None else (number, bank), "Its account cannot be read.")


class AmountColumn:
    """Amounts, each in its row's currency."""

    def __init__(self, purse: Purse, draft: LedgerDraft) -> None:
        self._purse, self._draft = purse, draft
        self._codes: dict[str, str] = {}

    def code(self, text: str) -> str:
        """The code of a currency as a row names it."""
        found = self._codes.get(text)
        if found is None:
            found = currency_code(text)
            if len(self._codes) < 10_000:
                self._codes[text] = found
        return found

    def read(self, amounts: Texts, currencies: Texts | str) -> tuple[Whole, Whole]:
        """Minor units, and the words of the currencies. An empty amount is UNKNOWN_MINOR, or zero if signs are read."""
        count = len(amounts)
        if isinstance(currencies, str) or len(set(currencies)) == 1:
            one = self.code(currencies if isinstance(currencies, str) else currencies[0])
            held = self._of(one)
            at_once = amounts_at_once(amounts, held.plain_digits)
            minor = ints(map(held.__getitem__, amounts), count) if at_once is None else at_once
            return minor, np.full(count, self._draft.word(one), dtype=np.int64)
        table = {
            text: self._of(self.code(text)) for text in dict.fromkeys(currencies)
        }  # in their order: words are numbered
        minor = ints((table[code][text] for text, code in zip(amounts, currencies, strict=True)), count)
        words = {text: self._draft.word(held.currency) for text, held in table.items() if held.exponent is not None}
        return minor, ints((words.get(code, 0) for code in currencies), count)

    def shifted(self, amounts: Texts, currencies: Texts | str, decimals: Texts) -> tuple[Whole, Whole]:
        """The same for whole numbers of an asset's smallest unit, each with how many digits stand behind the point."""
        moved = [_moved(text, digits) for text, digits in zip(amounts, decimals, strict=True)]
        return self.read(moved, currencies)

    def _of(self, code: str) -> Amounts:
        return self._purse.of(code)

    def why(self, amount: str, currency: str) -> str:
        """Say why an amount cannot be used."""
        return self._purse.why(amount, self.code(currency))


def _moved(text: str, digits: str) -> str:
    text, digits = text.strip(), digits.strip()
    if not digits:
        return text
    if not (text.isdecimal() and text.isascii() and digits.isdecimal() and len(digits) <= 2 and len(text) <= 60):
        return "?"
    places = int(digits)
    if places == 0:
        return text
    padded = text.rjust(places + 1, "0")
    fraction = padded[-places:].rstrip("0")
    return f"{padded[:-places].lstrip('0') or '0'}.{fraction[:18].ljust(4, '0')}" if fraction else padded[:-places]


def ints(values: Iterable[int], count: int) -> Whole:
    """Numbers as an array."""
    return np.fromiter(values, dtype=np.int64, count=count)


def references(
    draft: LedgerDraft, banks: Whole, *, uetr: Texts | None, end_to_end: Texts | None, own: Texts | None
) -> Whole:
    """Words of references, the best that each row has.

    Args:
        banks: Number of each row's bank whose `own` reference it is.
    """
    count = len(banks)
    if uetr is None and end_to_end is None and own is None:
        return np.zeros(count, dtype=np.int64)
    word, names = draft.word, draft.bank_names()
    if uetr is None and end_to_end is None and own is not None and _are_plain(own):
        starts = [f"id:{name}:" for name in names]
        if count and bool((banks == banks[0]).all()):
            start = starts[int(banks[0])]
            return draft.new_words([start + text for text in own])
        return draft.new_words([starts[bank] + text for bank, text in zip(banks.tolist(), own, strict=True)])
    empty = [""] * count
    return ints(
        (
            word(reference_of(uetr=one.strip(), end_to_end=two.strip(), bank=names[bank], own=three.strip()))
            for bank, one, two, three in zip(
                banks.tolist(), uetr or empty, end_to_end or empty, own or empty, strict=True
            )
        ),
        count,
    )


def _are_plain(texts: Texts) -> bool:
    """Say whether all texts can be used as they are."""
    joined = "".join(texts)
    return (
        joined.isprintable()
        and " " not in joined
        and all(texts)
        and max(map(len, texts)) <= LEDGER_REFERENCE_CHARS_MAX - 20
        and NOTHING.isdisjoint(map(str.upper, texts))
    )


def chain_of(address: str, asset: str) -> str:
    """The chain that an address or an asset is of; empty when neither says it."""
    text = address.strip()
    if text[:2] in ("0x", "0X"):
        return "ETHEREUM"
    if len(text) == 34 and text[0] == "T":
        return "TRON"
    return {"BTC": "BITCOIN", "ETH": "ETHEREUM", "TRX": "TRON"}.get(currency_code(asset), "")


def chain_references(
    draft: LedgerDraft, chains: Texts, hashes: Texts, indexes: Texts | None, seen: dict[str, int]
) -> Whole:
    """Words of `tx:CHAIN:HASH:N`; N is what the file says, else the how-manieth of that transaction it is in it."""
    made: list[int] = []
    for place, (chain, text) in enumerate(zip(chains, hashes, strict=True)):
        hash_ = text.strip()
        if not hash_:
            made.append(0)
            continue
        stem = f"tx:{chain.strip().upper()}:{hash_.lower() if hash_[:2] in ('0x', '0X') else hash_}"
        index = indexes[place].strip() if indexes is not None else ""
        if not index:
            index = str(seen.get(stem, 0))
            seen[stem] = int(index) + 1
        made.append(draft.word(clean_reference(f"{stem}:{index}")))
    return np.array(made, dtype=np.int64)


__all__ = [
    "BAD",
    "BAD_WORD",
    "AccountColumn",
    "AmountColumn",
    "Texts",
    "chain_of",
    "chain_references",
    "ints",
    "references",
]
