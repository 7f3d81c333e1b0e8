# SPDX-License-Identifier: Apache-2.0
"""One walk over every address of the console: each answer carries the headers, whoever asks and however it ends."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import pytest
from starlette.routing import Mount, Route

from lintas.node.node import Node
from lintas.testing import FakeClock
from lintas.web.app import build_app
from lintas.web.headers import ALWAYS, CONTENT_SECURITY_POLICY, FILE_POLICY, NO_STORE, STRICT_TRANSPORT
from tests.scenario.browsing import Browser, officer
from tests.scenario.giving import take_text

Headers = dict[str, str]
POLICIES = {CONTENT_SECURITY_POLICY, FILE_POLICY}


async def _head(app: Any, method: str, path: str, cookie: str, body: bytes = b"") -> tuple[int, Headers]:
    """Ask and return status and headers as soon as they are there; nobody waits for the rest, of a stream for ever."""
    found: asyncio.Future[tuple[int, Headers]] = asyncio.get_running_loop().create_future()
    left = asyncio.Event()

    async def receive() -> dict[str, object]:
        if not left.is_set():
            left.set()
            return {"type": "http.request", "body": body, "more_body": False}
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start" and not found.done():
            headers = {name.decode().lower(): value.decode() for name, value in message["headers"]}
            found.set_result((message["status"], headers))

    path, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "https",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(b"host", b"node.example"), (b"cookie", cookie.encode())],
        "client": ("127.0.0.1", 1),
        "server": ("node.example", 443),
    }
    call: Callable[..., Awaitable[None]] = app
    task = asyncio.ensure_future(call(scope, receive, send))
    waited: set[asyncio.Future[Any]] = {task, found}
    done, _ = await asyncio.wait(waited, timeout=30, return_when=asyncio.FIRST_COMPLETED)
    assert done, f"{method} {path} says nothing"
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return await found


def addresses(app: Any) -> list[tuple[str, str]]:
    """Every method and address that the application has, placeholders filled."""
    found = []
    for route in app.routes:
        if isinstance(route, Route):
            parts = [("x" if part.startswith("{") else part) for part in route.path.split("/")]
            found += [(method, "/".join(parts)) for method in sorted(route.methods or {"GET"})]
        else:
            assert isinstance(route, Mount), route
            found.append(("GET", f"{route.path}/app.css"))
    more = [("GET", "/nowhere"), ("PUT", "/desk"), ("DELETE", "/"), ("GET", "/static/none"), ("POST", "/healthz")]
    return found + more


def wrong(headers: Headers, *, secure: bool) -> list[str]:
    """What an answer lacks or should not have."""
    found = [name for name, value in ALWAYS if name != "content-security-policy" and headers.get(name) != value]
    if headers.get("content-security-policy") not in POLICIES:
        found.append("content-security-policy")
    if (
        headers.get("content-disposition", "").startswith("attachment")
        and "sandbox" not in headers["content-security-policy"]
    ):
        found.append("an attachment that a browser may show")
    if secure and headers.get(STRICT_TRANSPORT[0]) != STRICT_TRANSPORT[1]:
        found.append(STRICT_TRANSPORT[0])
    if "cache-control" not in headers:
        found.append(NO_STORE[0])
    found += [
        f"{name}: {headers[name]}"
        for name in ("server", "x-powered-by", "access-control-allow-origin")
        if name in headers
    ]
    return found


@pytest.mark.parametrize("is_signed_in", [False, True])
def test_every_answer_carries_the_headers(node: Node, *, is_signed_in: bool) -> None:
    officer(node)
    message = take_text(node.services, "call +60123456789").messages[0]
    with Browser(node, secure=True) as browser:
        if is_signed_in:
            browser.enter(node)
        cookie = "; ".join(f"{name}={value}" for name, value in browser.client.cookies.items())

        async def walk() -> dict[str, tuple[int, list[str]]]:
            extra = [("GET", f"/message/{message}/{what}") for what in ("file", "entry", "receipt")]
            said = {}
            for method, path in [*addresses(browser.app), *extra]:
                status, headers = await _head(browser.app, method, path, cookie)
                said[f"{method} {path}"] = (status, wrong(headers, secure=True))
            return said

        said = asyncio.run(walk())
    assert {what: lacks for what, (_, lacks) in said.items() if lacks} == {}
    statuses = {status for status, _ in said.values()}
    assert {404, 405} <= statuses
    assert (401 in statuses or 303 in statuses) if not is_signed_in else 200 in statuses


def test_an_error_that_nobody_foresaw_carries_them_too(node: Node, clock: FakeClock) -> None:
    app = build_app(node.services, secure_cookies=True)

    async def broken(_request: object) -> None:
        raise RuntimeError("nobody foresaw this")

    app.router.routes.insert(0, Route("/broken", broken))
    status, headers = asyncio.run(_head(app, "GET", "/broken", ""))
    assert status == 500
    assert wrong(headers, secure=True) == []


def test_what_is_refused_for_being_asked_too_often_carries_them(node: Node) -> None:
    from lintas.web.rates import Limits

    app = build_app(node.services, secure_cookies=True)
    limits = next(one.kwargs["limits"] for one in app.user_middleware if "limits" in one.kwargs)
    assert isinstance(limits, Limits)
    while limits.of_source({"type": "http", "headers": [], "client": ("127.0.0.1", 1)}) == 0.0:
        pass
    status, headers = asyncio.run(_head(app, "GET", "/desk", ""))
    assert status == 429
    assert wrong(headers, secure=True) == []
