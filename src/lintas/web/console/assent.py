# SPDX-License-Identifier: Apache-2.0
"""Orders that are confirmed by a passkey on the page that proposed them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from lintas.web.calls import Call
from lintas.web.console.approvals import assent_asks
from lintas.work import orders

CONFIRMED: Final = "confirmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assent:
    """One order that waits for its proposer's passkey."""

    order: str
    summary: str
    asks: str  # JSON: what the browser asks the authenticator


def assents_of(call: Call, ids: Iterable[str]) -> list[Assent]:
    """Those of some orders that wait for this person's own passkey."""
    found = []
    for order in ids:
        shown = orders.show_order(call.services, call.viewer, order)
        _, asks = assent_asks(call, shown)
        if CONFIRMED in asks:
            found.append(Assent(order=shown.id, summary=shown.line.summary, asks=asks[CONFIRMED]))
    return found
