# SPDX-License-Identifier: Apache-2.0
"""What stands between a request and a page's function: session, access policy, origin, form and its secret.

Errors come out as pages.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from lintas.errors import LintasError, NotAllowed
from lintas.policy.access import RULES
from lintas.web.calls import Call, Console
from lintas.web.console.kept import kept_page
from lintas.web.cookies import form_token, session_cookie_name, session_token, set_form_cookie, set_session_cookie
from lintas.web.forms import SECRET_FIELD, Form, read_form
from lintas.web.problems import problem_page
from lintas.web.rates import too_many
from lintas.web.route_spec import RouteSpec
from lintas.web.sizes import FORM_BYTES_MAX
from lintas.work.access import admit, durable_at_end, record_refusal
from lintas.work.accounts import is_form_secret, session_of
from lintas.work.accounts.secret_tokens import new_token

FORM_HEADER: Final = "x-lintas-form"
_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")


def guarded(spec: RouteSpec, console: Console) -> Callable[[Request], Awaitable[Response]]:
    """Wrap one route's function."""

    async def respond(request: Request, spec: RouteSpec = spec) -> Response:
        call = await open_call(request, console, rotate=not spec.is_stream)
        try:
            if spec.may == "signed_in" and call.session is None:
                return await _kept(request, call) if spec.keeps and _is_page(request) else _refused(request)
            if call.session is not None and (wait_s := console.limits.of_account(call.session.viewer.id)) > 0:
                return too_many(wait_s, is_api=False)
            if call.session is not None and spec.activity:
                admit(console.services, call.session.viewer, spec.activity)
            if call.session is not None and call.session.is_limited and not spec.is_for_recovery:
                return _to_recover(request)
            if spec.is_stream:
                return await spec.stream(call)
            if request.method == "POST":
                _check_origin(request)
                form = await read_form(request, bytes_max=spec.bytes_max)
                call = _with_form(call, form)
                if spec.keeps is not None and _is_stale(call):
                    spec = replace(spec, does=spec.keeps)  # another session's form: shown again, and nothing is done
                else:
                    _check_secret(call)
            response = await _run(spec, call)
        except LintasError as exc:
            response = await run_in_threadpool(_problem, spec, call, exc)
        bind_forms(call, response)
        _give_fresh(call, response)
        return response

    return respond


def _problem(spec: RouteSpec, call: Call, error: LintasError) -> Response:
    """Say what went wrong. What the policy refused a signed-in person stands in the log before they hear of it."""
    if isinstance(error, NotAllowed) and error.rule in RULES and call.session is not None:
        try:
            record_refusal(call.services, call.viewer, error.rule, spec.name)
        except LintasError as failed:
            error = failed
    return problem_page(call, error)


def bind_forms(call: Call, response: Response) -> None:
    """Give a browser without a session what the forms of this page are bound to."""
    is_known = form_token(call.request, is_secure=call.console.is_secure) == call.token
    if call.session is None and not is_known and response.headers.get("content-type", "").startswith("text/html"):
        set_form_cookie(response, call.token, is_secure=call.console.is_secure)


async def _run(spec: RouteSpec, call: Call) -> Response:
    if not spec.is_costly:
        return await run_in_threadpool(_answer, spec, call)
    async with call.console.sign_ins.one():
        return await run_in_threadpool(_answer, spec, call)


def _answer(spec: RouteSpec, call: Call) -> Response:
    with durable_at_end():
        return spec.page(call)


async def open_call(request: Request, console: Console, *, rotate: bool = False) -> Call:
    """Say who asks: the session that the cookie opens, or nobody yet."""
    token = session_token(request, is_secure=console.is_secure)
    session = await run_in_threadpool(session_of, console.services, token, rotate=rotate) if token else None
    if session is None:
        token = form_token(request, is_secure=console.is_secure) or new_token(console.services.keys)
    return Call(request=request, console=console, token=token, session=session)


def _with_form(call: Call, form: Form) -> Call:
    return Call(request=call.request, console=call.console, token=call.token, session=call.session, form=form)


def _give_fresh(call: Call, response: Response) -> None:
    """Let the browser keep its session's fresh token, unless the page itself began or ended a session."""
    name = session_cookie_name(is_secure=call.console.is_secure).encode()
    is_said = any(key == b"set-cookie" and value.startswith(name + b"=") for key, value in response.raw_headers)
    if call.session is not None and call.session.fresh and not is_said:
        set_session_cookie(response, call.session.fresh, is_secure=call.console.is_secure)


async def _kept(request: Request, call: Call) -> Response:
    """Give back what a form of a session that ended held, for the person who sent it: nothing of it was done."""
    if not request.headers.get("content-type", "").startswith(_FORMS):
        return _refused(request)
    _check_origin(request)
    form = await read_form(request, bytes_max=FORM_BYTES_MAX)
    response = await run_in_threadpool(kept_page, _with_form(call, form))
    bind_forms(call, response)
    return response


def _is_page(request: Request) -> bool:
    return request.method == "POST" and request.headers.get("hx-request") != "true"


def _is_stale(call: Call) -> bool:
    """Whether a whole page's form was made for another session of this browser."""
    return _is_page(call.request) and not is_form_secret(call.bound, call.form.text(SECRET_FIELD))


def _to_recover(request: Request) -> Response:
    """Send somebody who came in by a recovery code to the one page that they may use."""
    if request.method in {"GET", "HEAD"} and request.headers.get("hx-request") != "true":
        return Response(status_code=303, headers={"location": "/me"})
    headers = {"hx-redirect": "/me"}
    return PlainTextResponse("Enrol a passkey or codes first: open /me.\n", status_code=403, headers=headers)


def _refused(request: Request) -> Response:
    """Send a person to the sign-in page, and tell a script or a form plainly."""
    is_page = request.method in {"GET", "HEAD"} and "text/event-stream" not in request.headers.get("accept", "")
    if is_page and request.headers.get("hx-request") != "true":
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        address = "/sign-in" if wanted == "/" else f"/sign-in?next={quote(wanted, safe='')}"
        return Response(status_code=303, headers={"location": address})
    return PlainTextResponse("Sign in first.\n", status_code=401, headers={"hx-redirect": "/sign-in"})


def _check_origin(request: Request) -> None:
    """Refuse a form that another site sent, before its body is read (OWASP: Fetch Metadata, else Origin).

    Raises:
        NotAllowed: The browser says that another site sent it.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        is_ours = site in {"same-origin", "none"}
    else:
        origin = request.headers.get("origin")
        is_ours = origin is None or urlsplit(origin).netloc == request.headers.get("host", "")
    if not is_ours:
        raise NotAllowed(
            "This form was sent by another site.", rule="form", hint="Open the page here and send it again."
        )


def _check_secret(call: Call) -> None:
    given = call.form.text(SECRET_FIELD) or call.request.headers.get(FORM_HEADER, "")
    if not is_form_secret(call.bound, given):
        raise NotAllowed(
            "This form is too old, or was not made for you.",
            rule="form",
            hint="Open its page again: you may have signed in or out since.",
        )
