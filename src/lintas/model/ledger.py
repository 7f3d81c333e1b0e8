# SPDX-License-Identifier: Apache-2.0
"""What the ledger of payments says of itself: its messages, accounts and bookings.

Structs rather than dataclasses: they cross the pipe of the tracing worker. Times are whole microseconds since 1970 UTC,
amounts whole minor units.
"""

from typing import NamedTuple

import msgspec

from lintas.model.ids import MessageId


class LedgerMessage(NamedTuple):
    """One message that holds payments, as the view knows it."""

    seq: int
    message: MessageId
    digest: str  # of its rows, as its reader gave them: see `formats.ledger_rows`
    rows: int
    first_at: int  # NEVER: no row has a time
    last_at: int
    accounts: int


class LedgerAccount(msgspec.Struct, frozen=True, array_like=True):
    """One account in one currency, over the rows of some messages; duplicates are counted as they stand there.

    Sums are at most BALANCE_MINOR_MAX: what is more is more than one account can come to.
    """

    account: str
    currency: str
    paid: int  # payments out of it
    paid_minor: int
    received: int  # payments into it
    received_minor: int
    first_at: int
    last_at: int


class LedgerPayment(msgspec.Struct, frozen=True, array_like=True):
    """One row: a payment as one message tells it."""

    message: str
    row: int  # record in the message, from 1
    reference: str
    of: str
    payer: str
    payee: str
    debit_at: int  # NEVER: not known
    credit_at: int
    debit_minor: int  # UNKNOWN_MINOR: not known
    credit_minor: int
    debit_currency: str
    credit_currency: str
    kind: str
    channel: str
    legs: int


class LedgerStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How the ledger is."""

    installed: bool  # whether what traces is there
    hint: str  # how to install it; empty when it is
    messages: int  # whose rows are whole
    size_bytes: int
    worker: bool  # whether the tracing worker runs
    opened_messages: int = 0  # of the table that it keeps open
    opened_rows: int = 0
