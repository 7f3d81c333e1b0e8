# SPDX-License-Identifier: Apache-2.0
"""Orders: what binds is proposed, answered by passkeys, and done once with what it needs.

Source: docs/spec/orders.md.
"""

from lintas.work.binding import is_bound, must_order
from lintas.work.orders.actions import ACTIONS
from lintas.work.orders.answering import answer, carry_out_in, challenge, finish_in
from lintas.work.orders.asking import send_or_propose
from lintas.work.orders.proposing import propose, propose_again
from lintas.work.orders.settling import settle_orders
from lintas.work.orders.showing import list_orders, show_order, waiting_orders

__all__ = [
    "ACTIONS",
    "answer",
    "carry_out_in",
    "challenge",
    "finish_in",
    "is_bound",
    "list_orders",
    "must_order",
    "propose",
    "propose_again",
    "send_or_propose",
    "settle_orders",
    "show_order",
    "waiting_orders",
]
