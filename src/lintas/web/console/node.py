# SPDX-License-Identifier: Apache-2.0
"""Node: what this installation is and holds, in numbers; the one page that an operator needs."""

from starlette.responses import Response

from lintas.web.calls import Call
from lintas.web.console.page import page
from lintas.work.keeping import status


def show(call: Call) -> Response:
    """Show the node in numbers, never content."""
    return page(call, "node.html", title="Node", section="node", status_of=status(call.services))
