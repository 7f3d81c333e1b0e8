# SPDX-License-Identifier: Apache-2.0
"""The strip of clocks on every page: what ran out unseen, then what runs out next; and one button that says `seen`."""

from starlette.responses import Response

from lintas.web.calls import Call
from lintas.web.console.page import see_other
from lintas.web.console.sign_in import local_address
from lintas.work.clocks import see_due


def see_clock(call: Call) -> Response:
    """Say that one saw a clock warn or run out, and go back to where one was."""
    form = call.form
    see_due(call.services, call.viewer, form.text("target"), form.text("clock"), form.text("item"), form.text("due_at"))
    return see_other(local_address(form.text("here")))
