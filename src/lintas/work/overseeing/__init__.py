# SPDX-License-Identifier: Apache-2.0
"""Who did what: for those who answer for a message, for oversight, and for each person their own."""

from lintas.model.audit import AuditQuery
from lintas.work.overseeing.board import board
from lintas.work.overseeing.exporting import export_range
from lintas.work.overseeing.opening import Opened, acknowledge_opening, open_content, waiting_openings
from lintas.work.overseeing.search import search_log
from lintas.work.overseeing.seen import own_trail, who_saw

__all__ = [
    "AuditQuery",
    "Opened",
    "acknowledge_opening",
    "board",
    "export_range",
    "open_content",
    "own_trail",
    "search_log",
    "waiting_openings",
    "who_saw",
]
