# SPDX-License-Identifier: Apache-2.0
"""My access: who one is to this node, what one signs in with, and where one is signed in."""

from typing import Final

from starlette.responses import JSONResponse, Response

from lintas.errors import LintasError
from lintas.web.calls import Call
from lintas.web.console.language import later
from lintas.web.console.page import page, see_other
from lintas.web.problems import status_of
from lintas.work import orders
from lintas.work.accounts import Session
from lintas.work.accounts.codes import Offer, offer_codes, turn_off, turn_on
from lintas.work.accounts.own import end_other_sessions, end_own_session, show_own
from lintas.work.accounts.passkeys import begin_enrolment, end_passkey, enrol, rename_passkey
from lintas.work.accounts.recovery import make_recovery_codes
from lintas.work.overseeing import own_trail

TRAIL_LINES = 20

_DONE: Final = {
    "passkey": later("Your passkey is enrolled. Sign in with it from now on."),
    "named": later("Named."),
    "ended": later("That passkey signs nothing here any more."),
    "codes": later("Codes are on: with your password, you are asked for one from now on."),
    "codes-off": later("Codes are off."),
    "session": later("That session has ended."),
    "others": later("You are signed in here alone."),
}


def show(call: Call) -> Response:
    """Show it."""
    return _me(call)


def ask_passkey(call: Call) -> Response:
    """Give the page's script what it asks the authenticator."""
    return JSONResponse(begin_enrolment(call.services, call.viewer.id, call.party))


def add_passkey(call: Call) -> Response:
    """Take a passkey that the authenticator made."""
    try:
        enrol(
            call.services,
            call.viewer.id,
            call.form.whole("answer"),
            label=call.form.text("label"),
            party=call.party,
        )
    except LintasError as exc:
        return _me(call, exc)
    return see_other("/me?done=passkey")


def vouch(call: Call) -> Response:
    """Propose one more passkey; one that is enrolled already confirms it."""
    said = {"do": "passkey", "account": call.viewer.id}
    try:
        order = orders.propose(call.services, call.viewer, "own.access", said)
    except LintasError as exc:
        return _me(call, exc)
    return see_other(f"/approvals/{order.id}")


def name_passkey(call: Call) -> Response:
    """Call one's passkey something else."""
    try:
        rename_passkey(call.services, call.viewer.id, call.path("passkey"), call.form.text("label"))
    except LintasError as exc:
        return _me(call, exc)
    return see_other("/me?done=named")


def drop_passkey(call: Call) -> Response:
    """End one's passkey."""
    try:
        end_passkey(call.services, call.viewer.id, call.path("passkey"), by=call.viewer.id)
    except LintasError as exc:
        return _me(call, exc)
    return see_other("/me?done=ended")


def offer_app(call: Call) -> Response:
    """Show a secret to put into an app."""
    return _offered(call, offer_codes(call.services, call.viewer.id), is_wrong=False)


def turn_app_on(call: Call) -> Response:
    """Turn codes on once one was shown."""
    try:
        again = turn_on(call.services, call.viewer.id, call.form.text("offer"), call.form.text("code"))
    except LintasError as exc:
        return _me(call, exc)
    return see_other("/me?done=codes") if again is None else _offered(call, again, is_wrong=True)


def turn_app_off(call: Call) -> Response:
    """Turn codes off."""
    try:
        turn_off(call.services, call.viewer.id, call.form.text("code"))
    except LintasError as exc:
        return _me(call, exc)
    return see_other("/me?done=codes-off")


def make_recovery(call: Call) -> Response:
    """Show fresh recovery codes, once."""
    try:
        codes = make_recovery_codes(call.services, call.viewer.id)
    except LintasError as exc:
        return _me(call, exc)
    return page(call, "recovery.html", title="Recovery codes", codes=codes)


def end_one(call: Call) -> Response:
    """End one of one's sessions."""
    try:
        end_own_session(call.services, _session(call), call.path("session"))
    except LintasError as exc:
        return _me(call, exc)
    return see_other("/me?done=session")


def end_others(call: Call) -> Response:
    """End all of one's sessions but this one."""
    end_other_sessions(call.services, _session(call))
    return see_other("/me?done=others")


def _me(call: Call, problem: LintasError | None = None) -> Response:
    return page(
        call,
        "me.html",
        title="My access",
        section="me",
        status=200 if problem is None else status_of(problem),
        me=show_own(call.services, _session(call)),
        trail=own_trail(call.services, call.viewer, TRAIL_LINES),
        party=call.party,
        done=call.language.sentence(_DONE.get(call.query("done"), "")),
        problem=problem,
    )


def _offered(call: Call, offer: Offer, *, is_wrong: bool) -> Response:
    status = 403 if is_wrong else 200
    return page(call, "codes.html", title="Codes of an app", status=status, offer=offer, is_wrong=is_wrong)


def _session(call: Call) -> Session:
    assert call.session is not None, "the page stands behind the gate"
    return call.session
