# SPDX-License-Identifier: Apache-2.0
"""Requests of the local socket about payments: traces, and what the ledger holds."""

from typing import Annotated, Literal

import msgspec

from lintas.web.local.requesting import Request


class Trace(Request, frozen=True, kw_only=True):
    """Follow money."""

    seeds: list[str]  # ACCOUNT[@FROM][:AMOUNT]
    method: Literal["fifo", "lifo", "prorata", "poison"] = "fifo"
    until: str = ""
    depth: Annotated[int, msgspec.Meta(ge=0)] = 0
    backward: bool = False
    labels: bool = False
    currency: str = ""
    own: list[str] = []  # noqa: RUF012  # a struct copies it
    lines: Annotated[int, msgspec.Meta(ge=0)] = 10_000
    purpose: str = ""


class LedgerStatus(Request, frozen=True, kw_only=True):
    """Say how the ledger is."""


class LedgerAccounts(Request, frozen=True, kw_only=True):
    """List accounts, those that moved most first."""

    limit: Annotated[int, msgspec.Meta(ge=1)] = 100
    purpose: str = ""


class LedgerPayments(Request, frozen=True, kw_only=True):
    """List the payments of one account."""

    account: str
    after: Annotated[int, msgspec.Meta(ge=0)] = 0
    limit: Annotated[int, msgspec.Meta(ge=1)] = 100
    purpose: str = ""


AnyMoneyRequest = Trace | LedgerStatus | LedgerAccounts | LedgerPayments
