# SPDX-License-Identifier: Apache-2.0
"""One route of the console: address, method, function, who may do it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from starlette.responses import Response

from lintas.web.calls import Call
from lintas.web.sizes import FORM_BYTES_MAX

PageFunction = Callable[[Call], Response]
StreamFunction = Callable[[Call], Awaitable[Response]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteSpec:
    """One route. POST always asks for the form's secret: there is no switch for it."""

    path: str
    method: Literal["GET", "POST"] = "GET"
    name: str
    does: PageFunction | None = None  # runs in a worker thread
    streams: StreamFunction | None = None  # runs on the event loop
    may: Literal["public", "signed_in"] = "signed_in"
    activity: str = ""  # of the access pack: the gate asks before the function; empty for public routes alone
    bytes_max: int = FORM_BYTES_MAX
    is_for_recovery: bool = False  # whether a session that a recovery code opened reaches it
    is_costly: bool = False  # anyone can make it work hard, so it waits its turn
    keeps: PageFunction | None = None  # shows a form again with what was sent, when its secret is another session's

    def __post_init__(self) -> None:
        assert bool(self.activity) == (self.may == "signed_in"), f"who may {self.method} {self.path}?"

    @property
    def is_stream(self) -> bool:
        """Whether its answer does not end by itself."""
        return self.streams is not None

    @property
    def page(self) -> PageFunction:
        """The function of a page."""
        assert self.does is not None, "a route has a function"
        return self.does

    @property
    def stream(self) -> StreamFunction:
        """The function of a stream."""
        assert self.streams is not None, "only asked of streams"
        return self.streams
