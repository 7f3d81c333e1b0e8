# SPDX-License-Identifier: Apache-2.0
"""Requests of the local socket about what banks are asked."""

from lintas.web.local.requesting import Request


class BankAsk(Request, frozen=True, kw_only=True):
    """Have a bank asked for the bookings of one account."""

    about: str
    account: str
    law: str
    bank: str = ""
    currency: str = ""
    start: str = ""
    until: str = ""
    authority: str = ""


class BankList(Request, frozen=True, kw_only=True):
    """Show what banks were asked."""

    about: str = ""


class BankDrop(Request, frozen=True, kw_only=True):
    """End a question."""

    ref: str


class BankNext(Request, frozen=True, kw_only=True):
    """List whose banks to ask next in a trace; ask them, where a law is named."""

    trace: str
    law: str = ""


AnyBankRequest = BankAsk | BankList | BankDrop | BankNext
