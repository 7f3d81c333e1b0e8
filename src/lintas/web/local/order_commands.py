# SPDX-License-Identifier: Apache-2.0
"""The verbs about orders."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from lintas.model.order_answers import Orders, OrderShown
from lintas.web.local import order_wire
from lintas.web.local.calling import Call
from lintas.web.local.requesting import Request
from lintas.work import orders


def show_list(call: Call, request: order_wire.OrderList) -> Orders:
    """Show what waits, and what was decided."""
    return orders.list_orders(call.services, call.viewer, before=request.before, limit=request.limit)


def show_one(call: Call, request: order_wire.OrderShow) -> OrderShown:
    """Show one order."""
    return orders.show_order(call.services, call.viewer, request.order)


ORDER_COMMANDS: Final[dict[type[Request], Callable[[Call, Any], msgspec.Struct]]] = {
    order_wire.OrderList: show_list,
    order_wire.OrderShow: show_one,
}
