# SPDX-License-Identifier: Apache-2.0
"""Sign in by password or one-time link, sign out, and how this browser shows pages."""

from typing import Final

from starlette.responses import Response

from lintas.errors import NotAllowed
from lintas.policy.access import admits
from lintas.web.calls import THEMES, Call
from lintas.web.console.language import TONGUES
from lintas.web.console.page import page, see_other
from lintas.web.cookies import LANGUAGE_COOKIE, end_session_cookie, set_plain_cookie, set_session_cookie
from lintas.work.accounts import Started, session_of, show_link, sign_in, sign_out, use_link
from lintas.work.accounts.own import set_own_language

HOME: Final = "/desk"


def show_form(call: Call) -> Response:
    """Show the sign-in form; who is signed in already goes on."""
    if call.session is not None:
        return see_other(local_address(call.query("next")))
    return sign_in_page(call, after=local_address(call.query("next")))


def sign_in_page(call: Call, *, after: str, name: str = "", problem: NotAllowed | None = None) -> Response:
    """The form, with what was wrong with the last try."""
    status = 200 if problem is None else 429 if problem.rule == "throttled" else 403
    return page(
        call,
        "sign_in.html",
        title="Sign in",
        status=status,
        name=name,
        problem=problem,
        next=after,
        party=call.party,
    )


def enter(call: Call) -> Response:
    """Sign in by name and password."""
    after = local_address(call.form.text("next"))
    name = call.form.text("name")
    try:
        started = sign_in(
            call.services, name, call.form.whole("password"), code=call.form.text("code"), device=call.device
        )
    except NotAllowed as exc:
        return sign_in_page(call, after=after, name=name, problem=exc)
    return signed_in(call, started, after)


def show_one_time_link(call: Call) -> Response:
    """Show whom a link signs in; opening the page uses nothing up."""
    token = call.path("token")
    return page(call, "link.html", title="Sign in", token=token, link=show_link(call.services, token))


def use_one_time_link(call: Call) -> Response:
    """Sign in by a one-time link."""
    return signed_in(call, use_link(call.services, call.path("token"), device=call.device), HOME)


def leave(call: Call) -> Response:
    """Sign out: the session ends here, not only in the browser."""
    sign_out(call.services, call.token)
    for held in (call.console.questions, call.console.uploads, call.console.results):
        held.forget(call.owner)
    response = see_other("/sign-in")
    end_session_cookie(response, is_secure=call.console.is_secure)
    return response


def change_look(call: Call) -> Response:
    """Keep how this browser shows pages: theme and single-key shortcuts."""
    response = see_other(local_address(call.form.text("here")))
    theme = call.form.text("theme")
    set_plain_cookie(response, "lintas-theme", theme if theme in THEMES else "auto", is_secure=call.console.is_secure)
    keys = "on" if call.form.has("keys") else "off"
    set_plain_cookie(response, "lintas-keys", keys, is_secure=call.console.is_secure)
    return response


def change_language(call: Call) -> Response:
    """Keep which language pages are read in: for this browser, and for the person who is signed in."""
    response = see_other(local_address(call.form.text("here")))
    code = call.form.text("language")
    if code in TONGUES:
        set_plain_cookie(response, LANGUAGE_COOKIE, code, is_secure=call.console.is_secure)
        if call.session is not None:
            set_own_language(call.services, call.session, code)
    return response


def local_address(address: str) -> str:
    """Return an address of this console, whatever was asked for: nobody is sent elsewhere."""
    is_ours = address.startswith("/") and not address.startswith(("//", "/\\", "/enter/"))
    is_plain = address.isprintable() and address.isascii() and "\\" not in address and len(address) < 500
    return address if is_ours and is_plain else HOME


def signed_in(call: Call, started: Started, address: str) -> Response:
    """Give the browser the session that has just begun; the one before it must not live on unseen."""
    if call.session is not None:
        sign_out(call.services, call.token)  # the session before it must not live on unseen
    session = session_of(call.services, started.token, touch=False)
    if address == HOME and session is not None:
        is_of_desk = admits(call.services.packs.access, session.viewer, "watch").allowed
        address = HOME if is_of_desk else "/node"  # whose work does not begin at the Desk would be refused there
    response = see_other(address)
    set_session_cookie(response, started.token, is_secure=call.console.is_secure)
    return response
