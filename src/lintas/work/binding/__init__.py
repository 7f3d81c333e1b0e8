# SPDX-License-Identifier: Apache-2.0
"""When an act binds, the order that it then takes, and what an order that is done allows.

It stands apart from `work.orders`, because the use cases ask it that orders carry out.
"""

from lintas.work.binding.grants import granted
from lintas.work.binding.needing import approvers, check_unordered, is_bound, must_order, needs_second
from lintas.work.binding.order import Order, activity_of, load, may_alone

__all__ = [
    "Order",
    "activity_of",
    "approvers",
    "check_unordered",
    "granted",
    "is_bound",
    "load",
    "may_alone",
    "must_order",
    "needs_second",
]
