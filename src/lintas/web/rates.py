# SPDX-License-Identifier: Apache-2.0
"""How often one source and one account may ask; whoever asks more is told when to come back.

A stream is one request, however long it lasts. Health routes are not counted: who watches the node must hear it when
it is busy.
"""

import math
from collections.abc import Sequence
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from lintas.limits import (
    ACCOUNT_REQUESTS_BURST,
    ACCOUNT_REQUESTS_S_MAX,
    BUCKETS_MAX,
    LOCAL_REQUESTS_BURST,
    LOCAL_REQUESTS_S_MAX,
    SOURCE_REQUESTS_BURST,
    SOURCE_REQUESTS_S_MAX,
    STRANGER_REQUESTS_BURST,
    STRANGER_REQUESTS_S_MAX,
)
from lintas.ports.clock import Clock
from lintas.transport.rates import Rate, Rates
from lintas.transport.sources import LOCAL, Network, source_of

UNCOUNTED: Final = frozenset({"/healthz", "/readyz", "/metrics"})
API: Final = "/api/"  # answers there are JSON, as docs/howto/api.md says
BY_SOURCE: Final = Rate(each_s=SOURCE_REQUESTS_S_MAX, burst=SOURCE_REQUESTS_BURST)
BY_STRANGER: Final = Rate(each_s=STRANGER_REQUESTS_S_MAX, burst=STRANGER_REQUESTS_BURST)
BY_MACHINE: Final = Rate(each_s=LOCAL_REQUESTS_S_MAX, burst=LOCAL_REQUESTS_BURST)
BY_ACCOUNT: Final = Rate(each_s=ACCOUNT_REQUESTS_S_MAX, burst=ACCOUNT_REQUESTS_BURST)


class Limits:
    """The buckets of one address at which a node listens."""

    def __init__(self, clock: Clock, *, proxies: Sequence[Network] = (), by_source: Rate = BY_SOURCE) -> None:
        self._sources = Rates(clock, by_source, kept_max=BUCKETS_MAX)
        self._machine = Rates(clock, BY_MACHINE, kept_max=1)
        self._accounts = Rates(clock, BY_ACCOUNT, kept_max=BUCKETS_MAX)
        self._proxies = tuple(proxies)

    def of_source(self, scope: Scope) -> float:
        """Count a request in by where it comes from; seconds to wait, 0.0 when it may go on."""
        client = scope.get("client")
        forwarded = ",".join(Headers(scope=scope).getlist("x-forwarded-for"))
        source = source_of(client[0] if client else None, forwarded, self._proxies)
        return self._machine.spend(LOCAL) if source == LOCAL else self._sources.spend(source)

    def of_account(self, name: str) -> float:
        """Count a request in by who asks: an account, or a key of one; seconds to wait, 0.0 when it may go on."""
        return self._accounts.spend(name)


class BySource:
    """Refuses what a source asks too often, before anything is read of it."""

    def __init__(self, app: ASGIApp, *, limits: Limits) -> None:
        self.app, self.limits = app, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "http" and scope["path"] not in UNCOUNTED:
            wait_s = self.limits.of_source(scope)
            if wait_s > 0:
                await too_many(wait_s, is_api=scope["path"].startswith(API))(scope, receive, send)
                return
        await self.app(scope, receive, send)


def too_many(wait_s: float, *, is_api: bool) -> Response:
    """Say when to come back (RFC 6585 section 4)."""
    headers = retry_after(wait_s)
    if is_api:
        said = {"message": "Too many requests.", "rule": "rate", "hint": "Try again in a moment."}
        return JSONResponse({"error": said}, status_code=429, headers=headers)
    return PlainTextResponse("Too many requests. Try again in a moment.\n", status_code=429, headers=headers)


def retry_after(wait_s: float) -> dict[str, str]:
    """The header that says when; whole seconds, at least one."""
    return {"retry-after": str(max(1, math.ceil(wait_s)))}
