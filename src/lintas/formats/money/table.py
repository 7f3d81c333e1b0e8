# SPDX-License-Identifier: Apache-2.0
"""A table of payments into a ledger's rows, some ten thousand rows at once, by a mapping of its columns."""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from lintas.formats.money.amounts import BAD, Purse
from lintas.formats.money.columns import (
    BAD_WORD,
    AccountColumn,
    AmountColumn,
    Texts,
    chain_of,
    chain_references,
    ints,
    references,
)
from lintas.formats.money.draft import LedgerDraft, Whole, clean_reference, reference_of
from lintas.formats.money.mapping import PaymentsMapping
from lintas.formats.money.plain_csv import Columns
from lintas.formats.money.running import RunningBalance
from lintas.formats.money.times import DAY_US, ZONE_OF_REGION, Times, zone_minutes
from lintas.formats.money.uniform import times_at_once
from lintas.formats.table_records import is_blank
from lintas.model.money import NEVER, UNKNOWN_MINOR, Channel, Leg, PaymentKind

CHUNK_ROWS: Final = 50_000  # rows worked on at once
_OUT: Final = frozenset({"d", "dr", "dbit", "debit", "out", "withdrawal", "payer"})
_IN: Final = frozenset({"c", "cr", "crdt", "credit", "in", "deposit", "payee"})
_LEGS: Final = {"payer": int(Leg.PAYER), "payee": int(Leg.PAYEE), "both": int(Leg.PAYER | Leg.PAYEE)}
_KINDS: Final = frozenset(PaymentKind)
_CHANNELS: Final = frozenset(Channel)


class TableOfPayments:
    """Takes rows chunk by chunk; `finish` says what must be known of all of them."""

    def __init__(self, draft: LedgerDraft, mapping: PaymentsMapping, places: dict[str, int], width: int) -> None:
        """Start.

        Args:
            places: Field -> index of its column.
            width: Columns of the table; a row with more cannot be aligned.
        """
        self._draft, self._mapping, self._places, self._width = draft, mapping, places, width
        self._purse = Purse(form=mapping.decimal, signed=mapping.is_statement)
        self._amounts = AmountColumn(self._purse, draft)
        self._accounts = AccountColumn(draft, mapping.bank)
        minutes = zone_minutes(mapping.zone) if mapping.zone else ZONE_OF_REGION.get(draft.options.region)
        start = mapping.start_us if mapping.time == "step" else 0
        self._times = Times(form=mapping.time, zone=minutes or 0, start_us=start, step_us=mapping.step_s * 1_000_000)
        if minutes is None and mapping.time in ("iso", "dmy", "mdy"):
            draft.note("Times that name no zone were read as UTC: say `zone` in a mapping if they are others.")
        self._seen: dict[str, int] = {}
        self._running = RunningBalance() if "balance" in places and mapping.is_statement else None

    def add(self, numbers: Sequence[int], rows: list[list[str]]) -> None:
        """Add rows. A broken one is refused; it spoils no other.

        Args:
            numbers: Which record of the file each is, from 1.
        """
        numbers, rows = self._aligned(numbers, rows)
        cells: list[Texts] = list(zip(*rows, strict=True))
        if rows and "" in cells[self._places["time"]]:  # as in the empty rows at the end of a spreadsheet
            kept = [place for place, row in enumerate(rows) if not is_blank(row)]
            numbers, rows = [numbers[place] for place in kept], [rows[place] for place in kept]
            cells = list(zip(*rows, strict=True))
        if rows:
            _Chunk(self, np.array(numbers, dtype=np.int64), cells).run()

    def add_columns(self, numbers: Sequence[int], found: Columns) -> None:
        """Add rows that are cut into columns already."""
        if found.records and (len(found.cells) != self._width or not found.cells[self._places["time"]].lengths.all()):
            self.add(numbers, found.rows())
        elif found.records:
            first = numbers[0]
            _Chunk(self, np.arange(first, first + found.records, dtype=np.int64), list(found.cells)).run()

    def _aligned(self, numbers: Sequence[int], rows: list[list[str]]) -> tuple[Sequence[int], list[list[str]]]:
        width = self._width
        if set(map(len, rows)) <= {width}:
            return numbers, rows
        kept: list[list[str]] = []
        which: list[int] = []
        for number, row in zip(numbers, rows, strict=True):
            if len(row) > width and any(cell.strip() for cell in row[width:]):
                self._draft.reject(f"row {number}", f"It has {len(row)} cells, the table {width} columns.")
                continue
            kept.append((row + [""] * (width - len(row)))[:width])
            which.append(number)
        return which, kept

    def finish(self) -> None:
        """Say what holds for the whole table."""
        if self._purse.cut:
            self._draft.note(
                "Some amounts are finer than is kept of their asset: the rest behind nine digits is left away.",
                self._purse.cut,
            )
        if self._running is not None:
            self._running.finish(self._draft)


class _Chunk:
    """Works out one chunk; what cannot be used of it is refused row by row."""

    def __init__(self, table: TableOfPayments, numbers: Whole, cells: list[Texts]) -> None:
        self.table, self.numbers, self.cells = table, numbers, cells
        self.draft, self.mapping = table._draft, table._mapping  # noqa: SLF001 - its own half
        self.count = len(numbers)
        self.bad = np.zeros(self.count, dtype=bool)

    def column(self, field: str) -> Texts | None:
        """The texts of a field; None where the table has no such column."""
        place = self.table._places.get(field)  # noqa: SLF001 - its own half
        return self.cells[place] if place is not None else None

    def run(self) -> None:
        """Read all columns, refuse what is bad, add the rest."""
        made = self._statement() if self.mapping.is_statement else self._transfers()
        made["row"] = self.numbers
        if not self.bad.any():
            self.draft.extend(self.count, made)
            return
        keep = ~self.bad
        self.draft.extend(int(keep.sum()), {name: values[keep] for name, values in made.items()})

    def refuse(self, wrong: "np.ndarray[tuple[int], np.dtype[np.bool_]]", why: Callable[[int], str]) -> None:
        """Refuse rows that were not refused before."""
        for place in np.nonzero(wrong & ~self.bad)[0].tolist():
            self.draft.reject(f"row {int(self.numbers[place])}", why(place))
        self.bad |= wrong

    # --- columns ------------------------------------------------------------------------------------------------------

    def accounts(self, field: str, bank: str) -> Whole:
        """Words of the keys of accounts; rows with one that cannot be read are refused."""
        numbers, banks = self.column(field), self.column(bank)
        if numbers is None:
            return np.zeros(self.count, dtype=np.int64)
        book = self.table._accounts  # noqa: SLF001 - its own half
        words = book.words(numbers, banks)
        self.refuse(words == BAD_WORD, lambda at: book.why(numbers[at], None if banks is None else banks[at]))
        return np.maximum(words, 0)

    def times(self, field: str, *, needed: bool) -> Whole:
        """Microseconds; days keep the order of the rows."""
        texts = self.column(field)
        if texts is None:
            return np.full(self.count, NEVER, dtype=np.int64)
        clock = self.column("clock") if field == "time" else None
        if clock is not None:
            texts = [f"{day.strip()} {hour.strip()}" for day, hour in zip(texts, clock, strict=True)]
        times = self.table._times  # noqa: SLF001 - its own half
        at_once = times_at_once(texts, times.zone_us) if self.mapping.time in ("iso", "dmy", "mdy") else None
        found = ints(map(times.__getitem__, texts), self.count) if at_once is None else at_once
        wrong = found == NEVER
        if not needed and wrong.any():
            wrong &= np.fromiter((bool(text.strip()) for text in texts), dtype=bool, count=self.count)
        self.refuse(wrong, lambda at: times.why(texts[at]))
        if self.mapping.time == "step":
            return np.where(found == NEVER, found, found + self.numbers)
        if self.mapping.time in ("iso", "dmy", "mdy"):
            days = (found != NEVER) & ((found + times.zone_us) % DAY_US == 0)
            found = np.where(days, found + self.numbers, found)
        return found

    def money(self, amount: str, currency: str) -> tuple[Whole, Whole]:
        """Minor units and words of currencies. Refuses what is no amount; an empty one is UNKNOWN_MINOR."""
        amounts = self.column(amount)
        assert amounts is not None, "asked only for columns that are there"
        codes: Texts | str = self.column(currency) or self.column("currency") or self.mapping.currency
        reader = self.table._amounts  # noqa: SLF001 - its own half
        decimals = self.column("decimals")
        if decimals is not None:
            minor, words = reader.shifted(amounts, codes, decimals)
            self.refuse(
                (minor == BAD) | (minor == UNKNOWN_MINOR),
                lambda at: (
                    f"Its amount {amounts[at][:40]!r} with {decimals[at][:10]!r} digits of fraction cannot be read, "
                    "is larger than any payment, or in an asset that is not known."
                ),
            )
            return minor, words
        minor, words = reader.read(amounts, codes)
        self.refuse(minor == BAD, lambda at: reader.why(amounts[at], codes if isinstance(codes, str) else codes[at]))
        return minor, words

    def words_of(self, field: str, constant: str, known: frozenset[str]) -> Whole:
        """Words of a column of codes; what is no code, even by the mapping, says nothing."""
        texts = self.column(field)
        if texts is None:
            return np.full(self.count, self.draft.word(constant), dtype=np.int64)
        said = {text: self.mapping.words.get(text.strip(), text.strip().lower()) for text in dict.fromkeys(texts)}
        codes = {text: self.draft.word(code if code in known else constant) for text, code in said.items()}
        return ints(map(codes.__getitem__, texts), self.count)

    # --- the two kinds of table ---------------------------------------------------------------------------------------

    def _transfers(self) -> dict[str, Whole]:
        payer = self._held(self.accounts("payer", "payer_bank"), "payer")
        payee = self._held(self.accounts("payee", "payee_bank"), "payee")
        self.refuse(
            (payer == 0) & (payee == 0), lambda _at: "It names no account, neither the payer's nor the payee's."
        )
        minor, currency = self.money("amount", "currency")
        self.refuse(minor <= 0, lambda _at: "It has no amount, or one of zero.")
        made = {
            "payer": payer, "payee": payee, "debit_minor": minor, "debit_currency": currency,
            "credit_minor": minor, "credit_currency": currency, "debit_at": self.times("time", needed=True),
            "credit_at": self.times("credit_time", needed=False),
        }  # fmt: skip
        if self.column("credit_amount") is not None:
            came, code = self.money("credit_amount", "credit_currency")
            self.refuse(came == 0, lambda _at: "What it says was received is zero.")
            made["credit_minor"] = np.where(came == UNKNOWN_MINOR, minor, came)
            made["credit_currency"] = np.where(came == UNKNOWN_MINOR, currency, code)
        banks = self.draft.banks()
        at_payer = banks[payer]
        made["legs"] = self._legs(at_payer, banks[payee])
        self._say_what(made, at_payer)
        return made

    def _statement(self) -> dict[str, Whole]:
        account = self._account()
        other = self.accounts("counterparty", "counterparty_bank")
        self.refuse(account == 0, lambda _at: "It names no account.")
        signed, currency = self._signed()
        at = self.times("time", needed=True)
        if self.table._running is not None:  # noqa: SLF001 - its own half
            self._follow_balance(account, signed, at, currency)
        out, minor = signed < 0, np.abs(signed)
        unknown = np.full(self.count, UNKNOWN_MINOR, dtype=np.int64)
        never = np.full(self.count, NEVER, dtype=np.int64)
        made = {
            "payer": np.where(out, account, other), "payee": np.where(out, other, account),
            "debit_minor": np.where(out, minor, unknown), "credit_minor": np.where(out, unknown, minor),
            "debit_currency": currency, "credit_currency": currency,
            "debit_at": np.where(out, at, never), "credit_at": np.where(out, never, at),
            "legs": np.where(out, int(Leg.PAYER), int(Leg.PAYEE)),
        }  # fmt: skip
        self._say_what(made, self.draft.banks()[account])
        return made

    def _account(self) -> Whole:
        if self.column("account") is not None:
            return self.accounts("account", "payer_bank")
        try:
            word = self.draft.account_word(self.draft.accounts.key(self.mapping.account, self.mapping.bank))
        except ValueError as exc:
            reason = str(exc)
            self.refuse(np.ones(self.count, dtype=bool), lambda _at: reason)
            word = 0
        return np.full(self.count, word, dtype=np.int64)

    def _signed(self) -> tuple[Whole, Whole]:
        """What each booking adds to the account: debits are below zero."""
        if self.column("amount") is not None:
            minor, currency = self.money("amount", "currency")
            directions = self.column("direction")
            if directions is not None:
                said = {text: self.mapping.words.get(text.strip(), text).strip().lower() for text in set(directions)}
                sign = {text: -1 if word in _OUT else 1 if word in _IN else 0 for text, word in said.items()}
                signs = ints(map(sign.__getitem__, directions), self.count)
                self.refuse(
                    signs == 0, lambda at: f"Its direction {directions[at][:40]!r} says neither debit nor credit."
                )
                self.refuse(minor < 0, lambda _at: "Its amount is negative, and its direction says the sign.")
                minor = minor * signs
            self.refuse(minor == 0, lambda _at: "It has no amount, or one of zero.")
            return minor, currency
        zero = np.zeros(self.count, dtype=np.int64)
        debit, currency = self.money("debit", "currency") if self.column("debit") is not None else (zero, zero)
        credit, currency_in = self.money("credit", "currency") if self.column("credit") is not None else (zero, zero)
        gone, came = np.abs(debit), credit  # banks write withdrawals with and without a minus
        self.refuse((gone != 0) & (came != 0), lambda _at: "It is debited and credited at once.")
        self.refuse((gone == 0) & (came == 0), lambda _at: "It has no amount, or one of zero.")
        self.refuse(came < 0, lambda _at: "Its credit is negative.")
        return came - gone, np.maximum(currency, currency_in)

    def _follow_balance(self, account: Whole, signed: Whole, at: Whole, currency: Whole) -> None:
        running = self.table._running  # noqa: SLF001 - its own half
        assert running is not None, "asked only where there is one"
        balance, _ = self.money("balance", "currency")
        running.miss(account[self.bad])
        keep = ~self.bad
        running.add(account[keep], currency[keep], at[keep], signed[keep], balance[keep])

    # --- what a row says besides --------------------------------------------------------------------------------------

    def _held(self, address: Whole, side: str) -> Whole:
        """Where a row names the account that a custodian keeps for an address's owner, that one stands in the ledger.

        What has no digit is a name, and names do not enter the ledger.
        """
        owners, custodians = self.column(f"{side}_owner"), self.column(f"{side}_custodian")
        if owners is None:
            return address
        owners = [text if any(map(str.isdigit, text)) else "" for text in owners]
        book = self.table._accounts  # noqa: SLF001 - its own half
        words = book.words(owners, custodians)
        self.refuse(words == BAD_WORD, lambda at: book.why(owners[at], None if custodians is None else custodians[at]))
        texts = self.draft.words
        for owner, held in set(zip(words.tolist(), address.tolist(), strict=True)):
            if owner > 0 and held > 0 and owner != held:
                self.draft.accounts.link(texts[owner], texts[held])
        return np.where(words > 0, words, address)

    def _chains(self) -> Texts:
        """The chain of each row, where no column says it: the mapping's, else that of the address or asset."""
        if self.mapping.chain:
            return [self.mapping.chain] * self.count
        sides = [self.column(field) for field in ("payee", "payer")]
        given = [texts for texts in sides if texts is not None]
        currencies = self.column("currency") or [self.mapping.currency] * self.count
        return [
            next((chain for text in row[1:] if (chain := chain_of(text, row[0]))), row[0].strip().upper())
            for row in zip(currencies, *given, strict=True)
        ]

    def _legs(self, payer_bank: Whole, payee_bank: Whole) -> Whole:
        if self.mapping.legs:
            return np.full(self.count, _LEGS[self.mapping.legs], dtype=np.int64)
        both = (payer_bank > 0) & (payer_bank == payee_bank)
        return np.where(both, _LEGS["both"], _LEGS["payer"])

    def _say_what(self, made: dict[str, Whole], bank: Whole) -> None:
        """References, kinds, channels."""
        hashes = self.column("transaction")
        if hashes is not None:
            chains = self.column("chain") or self._chains()
            made["reference"] = chain_references(
                self.draft,
                chains,
                hashes,
                self.column("index"),
                self.table._seen,  # noqa: SLF001 - its own half
            )
        else:
            made["reference"] = references(
                self.draft, bank,
                uetr=self.column("uetr"), end_to_end=self.column("end_to_end"), own=self.column("reference"),
            )  # fmt: skip
        of = self.column("of")
        if of is not None:
            made["of"] = ints((self.draft.word(_named(text.strip())) for text in of), self.count)
        kind = self.mapping.kind or (PaymentKind.CRYPTO if hashes is not None else PaymentKind.TRANSFER)
        channel = self.mapping.channel or (Channel.CHAIN if hashes is not None else Channel.UNKNOWN)
        made["kind"] = self.words_of("kind", kind, _KINDS)
        made["channel"] = self.words_of("channel", channel, _CHANNELS)


def _named(text: str) -> str:
    """A reference to another payment: as it stands in a ledger, else a UETR or end-to-end id."""
    if text.startswith(("uetr:", "e2e:", "tx:", "id:")):
        return clean_reference(text)
    return reference_of(uetr=text, end_to_end=text)
