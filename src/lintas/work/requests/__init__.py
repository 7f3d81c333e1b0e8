# SPDX-License-Identifier: Apache-2.0
"""Requests between desks: send one, say what is done with it, show it.

Source: docs/spec/desk.md.
"""

from lintas.work.requests.claims import claims_on
from lintas.work.requests.correcting import correct
from lintas.work.requests.previewing import preview_request
from lintas.work.requests.saying import say
from lintas.work.requests.sending import send
from lintas.work.requests.showing import list_requests, search_requests, show_request

__all__ = [
    "claims_on",
    "correct",
    "list_requests",
    "preview_request",
    "say",
    "search_requests",
    "send",
    "show_request",
]
