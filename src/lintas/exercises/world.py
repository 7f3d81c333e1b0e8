# SPDX-License-Identifier: Apache-2.0
"""What an exercise's world holds: people, accounts, planned payments, reports.

Times are whole seconds since 1970 UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from lintas.model.money import Channel, PaymentKind


class Role(StrEnum):
    """What somebody is in the story."""

    VICTIM = "victim"
    MULE = "mule"
    INNOCENT = "innocent"
    EMPLOYER = "employer"
    SHOP = "shop"
    TRADER = "trader"  # pays out elsewhere what is paid in here
    PLATFORM = "platform"


class Inject(StrEnum):
    """What makes an exercise hard. Source: docs/spec/exercises.md."""

    WRONG_DIGIT = "wrong_digit"
    INNOCENT_SALARY = "innocent_salary"
    TWO_CASES = "two_cases"
    DUPLICATE_REPORT = "duplicate_report"
    CLOCK_SKEW = "clock_skew"
    THAI_ANSWER = "thai_answer"
    NODE_OFFLINE = "node_offline"
    TRAFFICKED_MULE = "trafficked_mule"
    STILL_BELIEVES = "still_believes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds accounts."""

    id: str
    role: Role
    country: str
    name: str  # as written there
    latin: str
    phone: str
    trafficked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account in one currency. Coins that an exchange keeps for a client stand in an account of their own."""

    key: str  # BIC:NUMBER
    holder: str
    country: str
    currency: str
    opening: int  # minor, at the start

    @property
    def bic(self) -> str:
        """Of the bank that keeps it."""
        return self.key.partition(":")[0]

    @property
    def number(self) -> str:
        """As the bank writes it."""
        return self.key.partition(":")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One payment as it is planned. It happens if the payer's account still holds enough."""

    id: str  # UETR
    end_to_end: str
    payer: str  # account; empty: cash
    payee: str  # account, a wallet's address; empty: cash
    debit_at: int
    credit_at: int
    minor: int
    currency: str
    credit_minor: int
    credit_currency: str
    kind: PaymentKind = PaymentKind.TRANSFER
    channel: Channel = Channel.INSTANT
    note: str = ""
    unit: str = ""  # of the victim whose payment this is
    network: str = ""

    @property
    def reference(self) -> str:
        """As a ledger names it."""
        return f"uetr:{self.id}" if self.kind is not PaymentKind.CRYPTO else f"tx:TRON:{self.end_to_end}:0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a victim, or who speaks for them, tells a desk."""

    ref: str  # R1
    node: str
    victim: str  # holder
    label: str  # V1
    units: tuple[str, ...]
    moves: tuple[str, ...]  # ids of the payments that it tells of
    at: int
    how: str  # phone | counter | online
    account: str  # that it names: not always the right one
    kind: str  # of the forms pack
    language: str
    duplicate_of: str = ""
    corrected_at: int = 0  # when the right account is told; 0: it was right


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A paper that somebody wrote."""

    node: str
    name: str
    at: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything, and when it happens."""

    scenario: str
    seed: int
    scale: int
    nodes: tuple[str, ...]
    injects: tuple[Inject, ...]
    starts_at: int
    first_hour_at: int  # when the first victim pays
    ends_at: int
    holders: Mapping[str, Holder]
    accounts: Mapping[str, Account]
    moves: tuple[Move, ...]  # in order of debit
    reports: tuple[Report, ...]  # in order of time
    notes: tuple[Note, ...]
    skew_s: Mapping[str, int]  # by bank: its clock less the true time
    offline: Mapping[str, tuple[int, int]]  # by node: from, to
    thai_bank: str  # that answers with a letter; empty: none
    networks: int
    wrong_accounts: tuple[str, ...] = ()
    bases: Mapping[str, tuple[str, ...]]  # `SG>MY` -> codes of the law pack

    def country_of(self, account: str) -> str:
        """Where an account is kept; empty for a wallet or cash."""
        known = self.accounts.get(account)
        return known.country if known is not None else ""
