# SPDX-License-Identifier: Apache-2.0
"""Put the console together: routes, headers, files, and what stands in memory."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

from lintas import __version__
from lintas.limits import FILE_BYTES_MAX
from lintas.transport.sources import Network
from lintas.web.api.calls import Api
from lintas.web.api.document import openapi
from lintas.web.api.gate import guarded as guarded_by_key
from lintas.web.api.gate import problem as json_problem
from lintas.web.calls import Call, Console
from lintas.web.console.labels import labels_of
from lintas.web.console.language import later
from lintas.web.gate import bind_forms, guarded, open_call
from lintas.web.headers import SecurityHeaders
from lintas.web.held import Held
from lintas.web.problems import TITLES, plain_problem
from lintas.web.rates import BySource, Limits
from lintas.web.rendering import PACKAGE, Pages
from lintas.web.routes import API, API_ROUTES, ROUTES
from lintas.web.streams import Streams
from lintas.web.turns import Turns
from lintas.work.accounts.passwords import HASHES_AT_ONCE_MAX
from lintas.work.services import Services

Answer = Callable[[Request, Exception], Awaitable[Response]]

QUESTIONS_PER_SESSION_MAX: Final = 50
UPLOADS_PER_SESSION_MAX: Final = 2
RESULTS_PER_SESSION_MAX: Final = 20
SHARINGS_PER_SESSION_MAX: Final = 20
HELD_BYTES_MAX: Final = 2 * FILE_BYTES_MAX  # uploads that wait for a mapping, of all sessions
SIGN_INS_WAITING_MAX: Final = 40  # about 4 s of waiting
ASSET_S: Final = 365 * 24 * 3600


def build_app(services: Services, *, secure_cookies: bool, proxies: Sequence[Network] = ()) -> Starlette:
    """Build the console of one node.

    `app.state.streams.close()` ends all live streams, from any thread: call it before waiting for connections to end.

    Args:
        proxies: Whose X-Forwarded-For counts; `trusted_proxies` in node.toml.
        secure_cookies: Whether browsers reach the node by https; False only on a loopback address.
    """
    console = Console(
        services=services,
        pages=Pages(
            services.config,
            node=services.keys.node,
            version=__version__,
            labels=labels_of(services.packs),
            now=services.clock.now,
        ),
        streams=Streams(),
        questions=Held(services.clock, services.keys, each_max=QUESTIONS_PER_SESSION_MAX, bytes_max=HELD_BYTES_MAX),
        uploads=Held(services.clock, services.keys, each_max=UPLOADS_PER_SESSION_MAX, bytes_max=HELD_BYTES_MAX),
        results=Held(services.clock, services.keys, each_max=RESULTS_PER_SESSION_MAX, bytes_max=HELD_BYTES_MAX),
        sharings=Held(services.clock, services.keys, each_max=SHARINGS_PER_SESSION_MAX, bytes_max=HELD_BYTES_MAX),
        sign_ins=Turns(at_once=HASHES_AT_ONCE_MAX, waiting_max=SIGN_INS_WAITING_MAX),
        limits=Limits(services.clock, proxies=proxies),
        is_secure=secure_cookies,
    )

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        console.streams.close()

    app = _Headed(
        secure=secure_cookies,
        routes=[*_routes(console), *_assets()],
        middleware=[Middleware(BySource, limits=console.limits)],
        exception_handlers={HTTPException: _no_route(console), Exception: _unforeseen(console)},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False  # it would send people to whatever host the request named
    app.state.streams = console.streams
    return app


class _Headed(Starlette):
    """An application whose every answer carries the headers: those to errors that nobody foresaw, too."""

    def __init__(self, *, secure: bool, **more: Any) -> None:
        super().__init__(**more)
        self._is_secure = secure

    def build_middleware_stack(self) -> ASGIApp:
        """Put the headers around everything: Starlette answers unforeseen errors outside of what it is given."""
        return SecurityHeaders(super().build_middleware_stack(), secure=self._is_secure)


def _routes(console: Console) -> list[BaseRoute]:
    api = Api(services=console.services, document=_described, limits=console.limits, turns=console.sign_ins)
    return [
        *(Route(spec.path, guarded(spec, console), methods=[spec.method], name=spec.name) for spec in ROUTES),
        *(Route(spec.path, guarded_by_key(spec, api), methods=[spec.method], name=spec.name) for spec in API_ROUTES),
    ]


@cache
def _described() -> bytes:
    return openapi(API_ROUTES)


class _Assets(StaticFiles):
    """The built script and sheet. Their address carries their hash, so browsers may keep them."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Give one file."""
        response = await super().get_response(path, scope)
        if response.status_code == 200 and b"v=" in scope.get("query_string", b""):
            response.headers["cache-control"] = f"public, max-age={ASSET_S}, immutable"
        return response


def _assets() -> list[BaseRoute]:
    folder = Path(str(resources.files(PACKAGE).joinpath("static")))
    return [Mount("/static", _Assets(directory=folder), name="static")] if folder.is_dir() else []


def _no_route(console: Console) -> Answer:
    async def respond(request: Request, exc: Exception) -> Response:
        assert isinstance(exc, HTTPException)
        message = {404: later("There is no such page."), 405: later("This page does not take that method.")}.get(
            exc.status_code, TITLES.get(exc.status_code, later("That did not work."))
        )
        if is_asked_by_a_system(request):
            return json_problem(exc.status_code, message, headers=exc.headers)
        call = await open_call(request, console)
        response = await run_in_threadpool(plain_problem, call, exc.status_code, message, "")
        bind_forms(call, response)
        return response

    return respond


def _unforeseen(console: Console) -> Answer:
    async def respond(request: Request, exc: Exception) -> Response:
        # The store is not asked who this is: it may be what broke. So the page holds no form.
        if is_asked_by_a_system(request):
            return json_problem(500, "Something went wrong that nobody foresaw.")
        call = Call(request=request, console=console, token="", session=None)
        return await run_in_threadpool(plain_problem, call, 500, later("Something went wrong that nobody foresaw."), "")

    return respond


def is_asked_by_a_system(request: Request) -> bool:
    """Whether an answer is for a program rather than for a person."""
    return request.url.path.startswith(f"{API}/")
