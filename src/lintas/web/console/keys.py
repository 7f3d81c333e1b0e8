# SPDX-License-Identifier: Apache-2.0
"""Keys and health: which keys count, how they rest, who vouches for the log, and what is not as it should be."""

from typing import Final

from starlette.responses import Response

from lintas.web.calls import Call
from lintas.web.console.language import later
from lintas.web.console.page import page
from lintas.work.keeping import keys_and_health

RESTS: Final = {
    "sealed": later("sealed under a passphrase"),
    "plain": later("plain: whoever reads the folder has it"),
    "elsewhere": later("not in this folder"),
    "unreadable": later("cannot be read"),
}


def show(call: Call) -> Response:
    """Show keys and health; nothing secret, no content."""
    found = keys_and_health(call.services, call.viewer)
    rests = {key.name: key for key in found.at_rest}
    return page(call, "keys.html", title="Keys and health", section="node", found=found, rests=rests, words=RESTS)
