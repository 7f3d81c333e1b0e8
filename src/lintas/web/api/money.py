# SPDX-License-Identifier: Apache-2.0
"""What systems can ask about payments: each function hands on to the use case that the pages use."""

from typing import Annotated, Literal

import msgspec

from lintas.limits import LEDGER_ACCOUNT_CHARS_MAX, LEDGER_SHOWN_MAX, TRACE_DEPTH_MAX, TRACE_LINES_MAX, TRACE_SEEDS_MAX
from lintas.model.money import Method
from lintas.model.money_answers import AccountsShown, LedgerShown, PaymentsShown, TraceShown
from lintas.web.api.calls import ApiCall
from lintas.web.api.wire import Text
from lintas.work.tracing_jobs.looking import ledger_accounts, ledger_payments, ledger_status
from lintas.work.tracing_jobs.tracing import Asked, ask_trace

_SHOWN = Annotated[int, msgspec.Meta(ge=1, le=LEDGER_SHOWN_MAX)]
_SEED = Annotated[str, msgspec.Meta(min_length=1, max_length=LEDGER_ACCOUNT_CHARS_MAX + 64)]
_COUNTRY = Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$")]


class TraceBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where the money is that is followed, and how."""

    seeds: Annotated[list[_SEED], msgspec.Meta(min_length=1, max_length=TRACE_SEEDS_MAX)]  # ACCOUNT[@FROM][:AMOUNT]
    method: Literal["fifo", "lifo", "prorata", "poison"] = "fifo"
    until: Annotated[str, msgspec.Meta(max_length=40)] = ""  # date, to its end (UTC), or RFC 3339
    depth: Annotated[int, msgspec.Meta(ge=0, le=TRACE_DEPTH_MAX)] = 0  # payments from a seed at most; 0: no limit
    backward: bool = False  # where it came from
    labels: bool = False  # say of each amount which seed it is of
    currency: Annotated[str, msgspec.Meta(max_length=12)] = ""  # of the seeds' amounts
    own: Annotated[list[_COUNTRY], msgspec.Meta(max_length=50)] = []  # a struct copies it
    lines: Annotated[int, msgspec.Meta(ge=0, le=TRACE_LINES_MAX)] = 10_000
    purpose: Text = ""


class AccountsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How many accounts."""

    limit: _SHOWN = 100
    purpose: Text = ""


class PaymentsQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which account, and which of its payments."""

    account: Annotated[str, msgspec.Meta(min_length=1, max_length=LEDGER_ACCOUNT_CHARS_MAX)]
    after: Annotated[int, msgspec.Meta(ge=0)] = 0
    limit: _SHOWN = 100
    purpose: Text = ""


def trace(call: ApiCall) -> TraceShown:
    """Follow money."""
    said: TraceBody = call.body
    asked = Asked(
        seeds=tuple(said.seeds),
        method=Method(said.method),
        until=said.until,
        depth=said.depth,
        backward=said.backward,
        labels=said.labels,
        currency=said.currency,
        own=tuple(said.own),
        lines=said.lines,
    )
    return ask_trace(call.services, call.viewer, asked, purpose=said.purpose)


def status(call: ApiCall) -> LedgerShown:
    """Say how the ledger is."""
    return ledger_status(call.services, call.viewer)


def accounts(call: ApiCall) -> AccountsShown:
    """List accounts."""
    asked: AccountsQuery = call.query
    return ledger_accounts(call.services, call.viewer, limit=asked.limit, purpose=asked.purpose)


def payments(call: ApiCall) -> PaymentsShown:
    """List payments."""
    asked: PaymentsQuery = call.query
    return ledger_payments(
        call.services, call.viewer, asked.account, after=asked.after, limit=asked.limit, purpose=asked.purpose
    )
