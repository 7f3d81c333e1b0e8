# SPDX-License-Identifier: Apache-2.0
"""Requests of the local socket about this node's own keys."""

from lintas.web.local.requesting import Request


class KeyStatus(Request, frozen=True, kw_only=True):
    """Say which keys count, how they rest, and how the node is."""
