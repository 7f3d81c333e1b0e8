# SPDX-License-Identifier: Apache-2.0
"""Payments as a ledger keeps them, and what a trace of them asks and says.

Structs rather than dataclasses: they cross the pipes of readers and of the tracing worker. Amounts are whole minor
units of their currency; times are whole microseconds since 1970 UTC.

Source: docs/spec/ledger.md, docs/spec/tracing.md.
"""

import re
from enum import IntEnum, StrEnum
from typing import Final, NewType

import msgspec

AccountKey = NewType("AccountKey", str)
"""An account's canonical identifier value: `KASITHBK:0123456789`, an IBAN, a wallet's address; or what the source
gives, where no bank is known: `123`. Empty: outside every account (cash, or nobody knows)."""

NEVER: Final = -(2**63)  # of a time: unknown
UNKNOWN_MINOR: Final = -1  # of an amount: unknown

_BIC: Final = re.compile(r"[A-Z]{4}([A-Z]{2})[A-Z0-9]{2}(?:[A-Z0-9]{3})?:", re.ASCII)
_IBAN: Final = re.compile(r"([A-Z]{2})[0-9]{2}[A-Z0-9]{10,30}", re.ASCII)


def country_of(account: str) -> str:
    """Tell where an account is kept by its bank's BIC or its IBAN: ISO 3166-1 alpha-2; empty when it does not say."""
    found = _BIC.match(account) or _IBAN.fullmatch(account)
    return found[1] if found else ""


class PaymentKind(StrEnum):
    """What a payment is, as far as its source says."""

    TRANSFER = "transfer"
    RETURN = "return"  # of an earlier payment, named in `of`: pacs.004, a refund
    FEE = "fee"  # the payee is the bank
    CASH_OUT = "cash_out"  # the payee is empty
    CASH_IN = "cash_in"  # the payer is empty
    CRYPTO = "crypto"  # on a chain; accounts are the owners' wallets
    RECALL = "recall"  # camt.056 and camt.029: words about the payment named in `of`; moves nothing


class Channel(StrEnum):
    """How a payment travels, as far as its source says: how fast the money is gone."""

    UNKNOWN = ""
    INSTANT = "instant"
    WIRE = "wire"
    CARD = "card"
    CASH = "cash"
    WALLET = "wallet"
    CHAIN = "chain"
    INTERNAL = "internal"  # within one bank


class Leg(IntEnum):
    """Whose booking a row is: bits of `LedgerRows.legs`."""

    PAYER = 1
    PAYEE = 2


class Covered(msgspec.Struct, frozen=True, array_like=True):
    """A bank says: these are all bookings of this account in [start, end). Only what is covered can be confirmed."""

    account: str
    currency: str
    start: int
    end: int
    opening: int = UNKNOWN_MINOR  # balance at `start`
    closing: int = UNKNOWN_MINOR  # balance at `end`


class LedgerRows(msgspec.Struct, frozen=True, array_like=True):
    """Payments of one message as columns: little-endian arrays, `count` items each.

    `words` holds each distinct text once; index 0 is the empty text.
    """

    count: int = 0
    words: tuple[str, ...] = ("",)
    row: bytes = b""  # int32: record in the message, from 1, as a person would count
    payer: bytes = b""  # int32 into words: an AccountKey
    payee: bytes = b""  # int32 into words
    reference: bytes = (
        b""  # int32 into words: uetr:…, e2e:…, tx:CHAIN:HASH:N, id:BANK:…; empty when none can be relied on
    )
    of: bytes = b""  # int32 into words: reference of the payment that this one returns or speaks of
    debit_at: bytes = b""  # int64: when the payer's bank booked it; NEVER when only the payee's is known
    credit_at: bytes = b""  # int64
    debit_minor: bytes = b""  # int64: what left the payer, fee included; UNKNOWN_MINOR when not known
    credit_minor: bytes = b""  # int64: what reached the payee
    debit_currency: bytes = b""  # int32 into words: ISO 4217, or the asset's code: USDT, BTC
    credit_currency: bytes = b""  # int32 into words
    kind: bytes = b""  # int32 into words: PaymentKind
    channel: bytes = b""  # int32 into words: Channel
    legs: bytes = b""  # uint8: Leg bits
    covered: tuple[Covered, ...] = ()


class Method(StrEnum):
    """Rules by which money that is mixed is told apart again."""

    FIFO = "fifo"
    LIFO = "lifo"
    PRORATA = "prorata"
    POISON = "poison"


class Seed(msgspec.Struct, frozen=True, kw_only=True):
    """Where the money is that is followed: what an account is credited from a moment on, until an amount is reached."""

    label: str  # short: what the money is called in segments, `1` … or a report's reference
    account: str
    start: int = NEVER  # NEVER: from the first booking on
    minor: int = UNKNOWN_MINOR  # UNKNOWN_MINOR: everything that it holds then or gets later
    currency: str = ""  # empty: whichever the account has
    payment: str = ""  # reference: just what this payment brings


class Segment(msgspec.Struct, frozen=True, array_like=True):
    """A part of one payment, in its order: oldest money first."""

    minor: int
    label: str  # empty: clean
    depth: int  # payments since the seed


class Injected(msgspec.Struct, frozen=True, kw_only=True):
    """What a node on the other side of a border says of a payment that came from there."""

    payment: str  # reference
    payer: str  # account, as it says; may be empty
    payee: str
    debit_at: int
    minor: int  # what left the payer, fee included
    currency: str  # that it was debited in; whoever gets it applies what it was credited as
    segments: tuple[Segment, ...]
    revision: int = 1


class TraceQuery(msgspec.Struct, frozen=True, kw_only=True):
    """One trace over the rows of some messages."""

    seeds: tuple[Seed, ...]
    method: Method
    until: int = NEVER  # NEVER: to the last row
    depth: int = 0  # payments from a seed at most; 0: no limit
    backward: bool = False  # where did it come from, instead of where did it go
    labels: bool = False  # say of each amount which seeds it is of (pro-rata: by largest remainder)
    own: tuple[
        str, ...
    ] = ()  # countries whose accounts are ours: payments to others stop at the border; empty: no border
    injected: tuple[Injected, ...] = ()
    lines_max: int = 10_000  # of flows in the answer; the largest; totals count all


class Knowledge(StrEnum):
    """How well an amount is known."""

    CONFIRMED = "confirmed"  # it is so whatever rows are missing: both banks' complete bookings show it
    INFERRED = "inferred"  # it follows from the rows, if none is missing
    UNKNOWN = "unknown"  # it came here; no row says whether it still is


class FlowLine(msgspec.Struct, frozen=True, kw_only=True):
    """Money that is followed, in one payment."""

    payment: str  # reference, or `row:MESSAGE:N`
    message: str
    row: int
    payer: str
    payee: str
    at: int  # debit, or credit when that alone is known
    credit_at: int
    currency: str
    minor: int  # of the whole payment, as it left
    credit_currency: str
    credit_minor: int  # as it came
    tainted: int  # of `minor`
    confirmed: int  # of `tainted`
    arrived: int  # of `credit_minor`
    depth: int
    kind: str
    channel: str
    labels: tuple[tuple[str, int], ...] = ()  # (seed's label, minor), sum is `tainted`
    segments: tuple[Segment, ...] = ()  # of payments that cross the border, in the debited currency
    sources: int = 1  # messages that told of it


class HeldLine(msgspec.Struct, frozen=True, kw_only=True):
    """Money that is followed and still in an account, as far as the rows say."""

    account: str
    currency: str
    minor: int
    confirmed: int  # of it
    knowledge: Knowledge
    balance: int  # what the rows leave in the account, opening balance included where known
    first_at: int  # when such money first came
    last_at: int
    depth: int  # fewest payments from a seed
    channel: str  # by which most of it came
    labels: tuple[tuple[str, int], ...] = ()


class LeftLine(msgspec.Struct, frozen=True, kw_only=True):
    """Money that is followed and left what the rows tell of."""

    why: str  # cash | fee | border | outside | depth | flight (debited, not credited yet)
    account: str  # the last known
    to: str  # the account beyond, for `border`; else empty
    currency: str
    minor: int
    confirmed: int
    payment: str = ""
    at: int = NEVER


class CurrencyLeg(msgspec.Struct, frozen=True, kw_only=True):
    """What went in and out in one currency; for what conserves, in == out to the minor unit."""

    currency: str
    seeded: int
    injected: int
    converted_in: int  # came from other currencies
    held: int
    left: int
    converted_out: int
    residue: int  # of conversions: what no minor unit of the other currency stands for

    @property
    def is_conserved(self) -> bool:
        """Whether nothing was made or lost."""
        return self.seeded + self.injected + self.converted_in == self.held + self.left + self.converted_out


class TraceResult(msgspec.Struct, frozen=True, kw_only=True):
    """What a trace says."""

    method: Method
    backward: bool
    flows: tuple[FlowLine, ...]  # in order of time, at most `lines_max`
    flows_total: int
    held: tuple[HeldLine, ...]  # largest first
    left: tuple[LeftLine, ...]
    legs: tuple[CurrencyLeg, ...]
    conserved: bool | None  # None for poison
    payments: int  # looked at, after duplicates were joined
    rows: int
    accounts: int
    limits: tuple[str, ...] = ()  # sentences: what this method and these rows cannot say
    objections: tuple[str, ...] = ()  # sentences: rows that contradict each other, and what was done about it
