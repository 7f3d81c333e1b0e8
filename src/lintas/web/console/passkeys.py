# SPDX-License-Identifier: Apache-2.0
"""Sign in by passkey, and by a recovery code after a loss."""

from starlette.responses import JSONResponse, Response

from lintas.errors import NotAllowed
from lintas.web.calls import Call
from lintas.web.console.page import page
from lintas.web.console.sign_in import local_address, sign_in_page, signed_in
from lintas.work.accounts.passkey_entry import begin_passkey, sign_in_by_passkey
from lintas.work.accounts.signing_in import recover


def ask_anybody(call: Call) -> Response:
    """Give the page's script what it asks the authenticator."""
    return JSONResponse(begin_passkey(call.services, call.party))


def enter(call: Call) -> Response:
    """Sign in whoever's passkey answered."""
    after = local_address(call.form.text("next"))
    try:
        started = sign_in_by_passkey(call.services, call.form.whole("answer"), party=call.party, device=call.device)
    except NotAllowed as exc:
        return sign_in_page(call, problem=exc, after=after)
    return signed_in(call, started, after)


def show_recover(call: Call) -> Response:
    """Show the form for a recovery code."""
    return page(call, "recover.html", title="Use a recovery code", name="", problem=None)


def recover_access(call: Call) -> Response:
    """Open a session that can only enrol anew."""
    name = call.form.text("name")
    try:
        started = recover(call.services, name, call.form.whole("password"), call.form.text("code"), device=call.device)
    except NotAllowed as exc:
        status = 429 if exc.rule == "throttled" else 403
        return page(call, "recover.html", title="Use a recovery code", status=status, name=name, problem=exc)
    return signed_in(call, started, "/me")
