# SPDX-License-Identifier: Apache-2.0
"""Cookies: the session's, the one that binds forms before there is one, and three that choose the look.

SameSite=Lax, not Strict: an officer who opens a link from a terminal or a chat must arrive signed in. Forms are guarded
by their own secret.
"""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from lintas.limits import SESSION_S_MAX, SIGN_IN_ELSEWHERE_S_MAX

LOOK_S: Final = 365 * 24 * 3600
LANGUAGE_COOKIE: Final = "lintas-language"


def session_cookie_name(*, is_secure: bool) -> str:
    """Return the name; the prefix makes browsers refuse it without https, or from a neighbouring host (RFC 6265bis)."""
    return "__Host-lintas" if is_secure else "lintas"


def form_cookie_name(*, is_secure: bool) -> str:
    """Return the name of the cookie that forms are bound to before anyone is signed in."""
    return "__Host-lintas-form" if is_secure else "lintas-form"


def session_token(request: Request, *, is_secure: bool) -> str:
    """Return the session's token, empty when there is none."""
    return request.cookies.get(session_cookie_name(is_secure=is_secure), "")


def form_token(request: Request, *, is_secure: bool) -> str:
    """Return what forms are bound to before there is a session, empty when there is none."""
    return request.cookies.get(form_cookie_name(is_secure=is_secure), "")


def set_session_cookie(response: Response, token: str, *, is_secure: bool) -> None:
    """Give the browser its session."""
    name = session_cookie_name(is_secure=is_secure)
    response.set_cookie(name, token, max_age=SESSION_S_MAX, path="/", secure=is_secure, httponly=True, samesite="lax")


def end_session_cookie(response: Response, *, is_secure: bool) -> None:
    """Take the session back from the browser."""
    name = session_cookie_name(is_secure=is_secure)
    response.delete_cookie(name, path="/", secure=is_secure, httponly=True, samesite="lax")


def set_form_cookie(response: Response, token: str, *, is_secure: bool) -> None:
    """Give the browser what its forms are bound to."""
    name = form_cookie_name(is_secure=is_secure)
    response.set_cookie(name, token, path="/", secure=is_secure, httponly=True, samesite="strict")


def set_plain_cookie(response: Response, name: str, value: str, *, is_secure: bool) -> None:
    """Keep a choice of look; it says nothing about anyone."""
    response.set_cookie(name, value, max_age=LOOK_S, path="/", secure=is_secure, httponly=True, samesite="lax")


def elsewhere_cookie_name(*, is_secure: bool) -> str:
    """Return the name of the cookie that binds a sign-in elsewhere to this browser."""
    return "__Host-lintas-oidc" if is_secure else "lintas-oidc"


def elsewhere_secret(request: Request, *, is_secure: bool) -> str:
    """Return the secret of a sign-in elsewhere that is on its way, empty when there is none."""
    return request.cookies.get(elsewhere_cookie_name(is_secure=is_secure), "")


def set_elsewhere_cookie(response: Response, secret: str, *, is_secure: bool) -> None:
    """Give the browser the secret of a sign-in elsewhere. Lax: it comes back from another site, by a plain link."""
    name = elsewhere_cookie_name(is_secure=is_secure)
    age = SIGN_IN_ELSEWHERE_S_MAX
    response.set_cookie(name, secret, max_age=age, path="/", secure=is_secure, httponly=True, samesite="lax")


def end_elsewhere_cookie(response: Response, *, is_secure: bool) -> None:
    """Take the secret back: it is used once."""
    name = elsewhere_cookie_name(is_secure=is_secure)
    response.delete_cookie(name, path="/", secure=is_secure, httponly=True, samesite="lax")
