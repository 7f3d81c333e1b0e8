# SPDX-License-Identifier: Apache-2.0
"""Requests between desks: send one, say what is done with it, show it.

Source: docs/spec/desk.md.
"""

from lintas.work.requests.previewing import preview_request
from lintas.work.requests.saying import say, say_for_bank
from lintas.work.requests.sending import send
from lintas.work.requests.showing import list_requests, search_requests, show_request

__all__ = [
    "list_requests",
    "preview_request",
    "say",
    "say_for_bank",
    "search_requests",
    "send",
    "show_request",
]
