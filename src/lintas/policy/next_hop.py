# SPDX-License-Identifier: Apache-2.0
"""Whose bank to ask next: accounts of which more money is followed than is known for certain.

Money that arrived in an account of which its own bank told nothing may be there or gone; money that another bank says
came from it may have been mixed with what nobody told of. So each such account is a question to its bank, the one with
the most money first.

Source: docs/design/hold-list.md, "Whose bank to ask next".
"""

from typing import NamedTuple

from lintas.model.money import NEVER, TraceResult, country_of


class NextHop(NamedTuple):
    """One account whose bank would know more."""

    account: str
    country: str
    currency: str
    unsure: int  # minor units that are followed into or out of it and not certain
    since: int  # microseconds since 1970 UTC: when such money first came or went; NEVER where nobody knows
    last: int  # and last


def next_hops(result: TraceResult) -> tuple[NextHop, ...]:
    """Accounts to ask about, the one with the most money that is not certain first."""
    unsure: dict[tuple[str, str], int] = {}
    since: dict[tuple[str, str], int] = {}
    last: dict[tuple[str, str], int] = {}

    def add(account: str, currency: str, minor: int, at: int, until: int) -> None:
        if not account or minor <= 0:
            return
        key = (account, currency)
        unsure[key] = unsure.get(key, 0) + minor
        known = since.get(key, NEVER)
        since[key] = at if known == NEVER else known if at == NEVER else min(known, at)
        last[key] = max(last.get(key, NEVER), until)

    for held in result.held:
        add(held.account, held.currency, held.minor - held.confirmed, held.first_at, held.last_at)
    for flow in result.flows:
        add(flow.payer, flow.currency, flow.tainted - flow.confirmed, flow.at, flow.at)
    found = [
        NextHop(account, country_of(account), currency, minor, since[key], last[key])
        for key, minor in unsure.items()
        for account, currency in (key,)
    ]
    return tuple(sorted(found, key=lambda one: (-one.unsure, one.account, one.currency)))
