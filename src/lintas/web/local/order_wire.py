# SPDX-License-Identifier: Apache-2.0
"""Requests of the local socket about orders. None answers one: that takes a passkey, which the console asks for."""

from lintas.web.local.requesting import Request


class OrderList(Request, frozen=True, kw_only=True):
    """Show what waits for a decision, and what was decided."""

    before: int = 0
    limit: int = 50


class OrderShow(Request, frozen=True, kw_only=True):
    """Show one order."""

    order: str


AnyOrderRequest = OrderList | OrderShow
