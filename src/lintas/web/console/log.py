# SPDX-License-Identifier: Apache-2.0
"""Log: every entry, newest first, and the signed head by which anyone can hold this node to it."""

from starlette.responses import Response

from lintas.web.calls import Call
from lintas.web.console.page import attached, page
from lintas.work.proving import log_page

LINES = 100


def show(call: Call) -> Response:
    """Show a page of the log."""
    before = call.query("before")
    at = int(before) if before.isascii() and before.isdigit() and len(before) < 16 else 0
    shown = log_page(call.services, call.viewer, before=at, limit=LINES)
    return page(call, "log.html", title="Log", section="log", log=shown, before=at)


def download_checkpoint(call: Call) -> Response:
    """Give the newest signed head as a file."""
    shown = log_page(call.services, call.viewer, limit=1)
    return attached("checkpoint.txt", shown.checkpoint.encode(), "text/plain; charset=utf-8")
