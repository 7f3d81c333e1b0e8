# SPDX-License-Identifier: Apache-2.0
"""What was typed when the session had ended: given back to the browser that sent it, kept nowhere else."""

from starlette.responses import Response

from lintas.web.calls import Call
from lintas.web.console.page import page
from lintas.web.forms import SECRET_FIELD


def kept_page(call: Call) -> Response:
    """Show that nothing was done and nothing is lost, with all fields in a form that goes on after signing in."""
    return page(
        call,
        "kept.html",
        title="You are signed out, and nothing is lost",
        status=401,
        address=call.request.url.path,
        fields=[(name, value) for name, value in call.form.fields if name != SECRET_FIELD],
        has_files=bool(call.form.uploads),
    )
