# SPDX-License-Identifier: Apache-2.0
"""The verbs about payments."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from lintas.model.money import Method
from lintas.model.money_answers import AccountsShown, LedgerShown, PaymentsShown, TraceShown
from lintas.web.local import money_wire
from lintas.web.local.calling import Call
from lintas.web.local.requesting import Request
from lintas.work.tracing_jobs.looking import ledger_accounts, ledger_payments, ledger_status
from lintas.work.tracing_jobs.tracing import Asked, ask_trace


def trace(call: Call, request: money_wire.Trace) -> TraceShown:
    """Follow money."""
    asked = Asked(
        seeds=tuple(request.seeds),
        method=Method(request.method),
        until=request.until,
        depth=request.depth,
        backward=request.backward,
        labels=request.labels,
        currency=request.currency,
        own=tuple(request.own),
        lines=request.lines,
    )
    return ask_trace(call.services, call.viewer, asked, purpose=request.purpose, progress=call.progress)


def show_ledger(call: Call, _request: money_wire.LedgerStatus) -> LedgerShown:
    """Say how the ledger is."""
    return ledger_status(call.services, call.viewer)


def list_accounts(call: Call, request: money_wire.LedgerAccounts) -> AccountsShown:
    """List accounts."""
    return ledger_accounts(call.services, call.viewer, limit=request.limit, purpose=request.purpose)


def list_payments(call: Call, request: money_wire.LedgerPayments) -> PaymentsShown:
    """List the payments of one account."""
    return ledger_payments(
        call.services,
        call.viewer,
        request.account,
        after=request.after,
        limit=request.limit,
        purpose=request.purpose,
    )


MONEY_COMMANDS: Final[dict[type[Request], Callable[[Call, Any], msgspec.Struct]]] = {
    money_wire.Trace: trace,
    money_wire.LedgerStatus: show_ledger,
    money_wire.LedgerAccounts: list_accounts,
    money_wire.LedgerPayments: list_payments,
}
