# SPDX-License-Identifier: Apache-2.0
"""What a file of payments says besides its rows: its accounts as things with identifiers, and the file itself.

Names of holders are not said: they stay in the payload. Accounts join what other messages say of them by identifiers.
"""

import itertools
from datetime import UTC, datetime
from typing import Final

import msgspec
import numpy as np

from lintas.formats.currencies import CURRENCIES, said_amount
from lintas.formats.identifiers import canonical
from lintas.formats.money.amounts import ASSETS
from lintas.formats.money.draft import LedgerDraft
from lintas.formats.packs import Packs
from lintas.formats.reader_draft import Draft
from lintas.formats.schemata import schemata_of
from lintas.limits import LEDGER_ENTITIES_MAX
from lintas.model.identifier import Identifier
from lintas.model.money import NEVER
from lintas.model.reading import Derived

_STATEMENTS_MAX: Final = 200 * LEDGER_ENTITIES_MAX
_ADDRESSES_MAX: Final = 100  # shown with one customer's account
_CURRENCIES_SHOWN: Final = 20
_ENCODER: Final = msgspec.msgpack.Encoder()


def derived_of(ledger: LedgerDraft, *, stem: str, title: str) -> Derived:
    """Say a whole file.

    Args:
        stem: Digest of the payload; it makes the keys of entities, the same at every reading.
        title: `pacs.008`, `bank table`.
    """
    options, packs = ledger.options, ledger.packs
    draft = Draft(options=options, packs=packs, statements_max=_STATEMENTS_MAX)
    _say_file(draft, ledger, stem, title)
    _say_accounts(draft, ledger, stem, packs)
    for sentence, times in ledger.notes.items():
        draft.note(sentence if times == 1 else f"{sentence} ({times:,} times)")
    derived = draft.derived(read=ledger.units, rejected=ledger.rejected)
    if not ledger.count and not ledger.covered:
        return derived
    return msgspec.structs.replace(derived, ledger=_ENCODER.encode(ledger.rows()))


def _say_file(draft: Draft, ledger: LedgerDraft, stem: str, title: str) -> None:
    file = draft.entity(f"{stem}-payments", "File", f"{title}: {ledger.count:,} payments")
    draft.say(file, "payments", str(ledger.count), "number")
    for prop, value in ledger.says:
        draft.say(file, prop, value)
    if not ledger.count:
        return
    words = ledger.words
    debit = np.frombuffer(ledger.column("debit_minor").tobytes(), dtype=np.int64)
    currency = np.frombuffer(ledger.column("debit_currency").tobytes(), dtype=np.int32)
    for index in np.flatnonzero(np.bincount(currency))[:_CURRENCIES_SHOWN].tolist():
        chosen = debit[(currency == index) & (debit > 0)]
        total = int(np.sum(chosen >> 32)) * 2**32 + int(np.sum(chosen & 0xFFFFFFFF))  # sums that 64 bits may not hold
        draft.say(file, "total", _said(total, words[index]))
    times = np.frombuffer((ledger.column("debit_at") + ledger.column("credit_at")).tobytes(), dtype=np.int64)
    times = times[times != NEVER]
    if len(times):
        draft.say(file, "startDate", _day(int(times.min())), "date")
        draft.say(file, "endDate", _day(int(times.max())), "date")
    told = (text[5:] for text in words if text.startswith("uetr:"))  # of payments, and of those that they speak of
    for value in itertools.islice(told, LEDGER_ENTITIES_MAX):
        found = canonical("uetr", value, packs=ledger.packs)
        if isinstance(found, Identifier):
            draft.post(file, "transactionNumber", found, value)


def _say_accounts(draft: Draft, ledger: LedgerDraft, stem: str, packs: Packs) -> None:
    places = schemata_of(packs)
    known = ledger.accounts.known
    for number, (key, account) in enumerate(known.items(), 1):
        if number > LEDGER_ENTITIES_MAX:
            left = len(known) - LEDGER_ENTITIES_MAX
            draft.note(f"{left:,} further accounts stand in the ledger only: a search by account does not show them.")
            return
        identifier = account.identifier
        place = places.scheme_columns.get(identifier.scheme) if identifier else None
        schema = places.groups[place.group] if place else "BankAccount"
        prop = place.prop if place else "accountNumber"
        entity = draft.entity(f"{stem}-a{number}", schema, key)
        draft.say(entity, prop, identifier.value if identifier else key, "identifier")
        if identifier:
            draft.post(entity, prop, identifier, account.original)
        for address in sorted(ledger.accounts.addresses.get(key, ()))[:_ADDRESSES_MAX]:
            held = known[address].identifier
            draft.say(entity, "publicKey", address, "identifier")
            if held:
                draft.post(entity, "publicKey", held, known[address].original)


def _said(minor: int, code: str) -> str:
    if code in CURRENCIES:
        return said_amount(minor, code)
    exponent = ASSETS.get(code, 0)
    whole, part = divmod(minor, 10**exponent)
    return f"{code} {whole:,}" + (f".{part:0{exponent}d}" if exponent else "")


def _day(us: int) -> str:
    return datetime.fromtimestamp(us // 1_000_000, UTC).date().isoformat()
