# SPDX-License-Identifier: Apache-2.0
"""What tracing and the ledger answer, for pages, command line and API: times are RFC 3339, amounts minor units.

Field names are the contract of docs/design: they stay from the day they appear.
"""

import msgspec


class LabelShown(msgspec.Struct, frozen=True):
    """A part of an amount, and the seed that it is of."""

    label: str
    amount_minor: int


class FlowShown(msgspec.Struct, frozen=True, kw_only=True):
    """Money that is followed, in one payment."""

    payment: str
    message: str
    row: int
    payer: str
    payee: str
    at: str
    credit_at: str
    currency: str
    amount_minor: int  # of the whole payment, as it left
    credit_currency: str
    credit_minor: int
    tainted_minor: int  # of `amount_minor`
    confirmed_minor: int  # of `tainted_minor`
    arrived_minor: int  # of `credit_minor`
    depth: int
    kind: str
    channel: str
    sources: int
    labels: list[LabelShown] = []


class HeldShown(msgspec.Struct, frozen=True, kw_only=True):
    """Money that is followed and still in an account."""

    account: str
    currency: str
    amount_minor: int
    confirmed_minor: int  # of it
    knowledge: str  # confirmed | inferred | unknown
    balance_minor: int
    first_at: str
    last_at: str
    depth: int
    channel: str
    labels: list[LabelShown] = []


class LeftShown(msgspec.Struct, frozen=True, kw_only=True):
    """Money that is followed and left what the payments tell of."""

    why: str  # cash | fee | border | outside | depth | flight
    account: str
    to: str
    currency: str
    amount_minor: int
    confirmed_minor: int
    payment: str
    at: str


class CurrencyShown(msgspec.Struct, frozen=True, kw_only=True):
    """What went in and out in one currency."""

    currency: str
    seeded_minor: int
    injected_minor: int
    converted_in_minor: int
    held_minor: int
    left_minor: int
    converted_out_minor: int
    residue_minor: int


class TraceShown(msgspec.Struct, frozen=True, kw_only=True):
    """A trace."""

    method: str
    backward: bool
    seeds: list[str]  # as they were understood
    flows: list[FlowShown]
    flows_total: int
    held: list[HeldShown]
    left: list[LeftShown]
    currencies: list[CurrencyShown]
    conserved: bool | None  # null for a method that does not conserve
    messages: int  # that the trace may read and read
    payments: int
    rows: int
    accounts: int
    limits: list[str]
    objections: list[str]
    seconds: float


class LedgerShown(msgspec.Struct, frozen=True, kw_only=True):
    """How the ledger is, as far as a viewer may see."""

    installed: bool
    hint: str
    messages: int
    missing: int  # messages whose payments are not in it yet
    payments: int
    first_at: str
    last_at: str
    size_bytes: int  # of them, on disk


class AccountShown(msgspec.Struct, frozen=True, kw_only=True):
    """One account in one currency."""

    account: str
    currency: str
    paid: int
    paid_minor: int
    received: int
    received_minor: int
    first_at: str
    last_at: str


class AccountsShown(msgspec.Struct, frozen=True, kw_only=True):
    """Accounts of the ledger, those that moved most first."""

    accounts: list[AccountShown]
    messages: int


class PaymentShown(msgspec.Struct, frozen=True, kw_only=True):
    """One row: a payment as one message tells it."""

    message: str
    row: int
    reference: str
    of: str
    payer: str
    payee: str
    debit_at: str
    credit_at: str
    debit_minor: int | None
    credit_minor: int | None
    debit_currency: str
    credit_currency: str
    kind: str
    channel: str
    told_by: str  # payer | payee | both: whose bank booked it; empty when none did


class PaymentsShown(msgspec.Struct, frozen=True, kw_only=True):
    """Payments of one account, in order of time."""

    account: str
    payments: list[PaymentShown]
    after: int  # how many were left out before these
    more: bool
