# SPDX-License-Identifier: Apache-2.0
"""What the function of a system's request is given: whose key it came with, and what it says."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from lintas.model.viewer import Viewer
from lintas.web.rates import Limits
from lintas.web.turns import Turns
from lintas.work.accounts.api_keys import OpenedKey
from lintas.work.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """What all requests of systems share."""

    services: Services
    document: Callable[[], bytes]  # what describes the addresses, made when first asked for
    limits: Limits
    turns: Turns  # for what anybody can make costly


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiCall:
    """One request, after the gate: key, activity and shape are checked."""

    request: Request
    api: Api
    key: OpenedKey | None
    query: Any  # of the route's own type
    body: Any  # of the route's own type, or bytes

    @property
    def services(self) -> Services:
        """The node's services."""
        return self.api.services

    @property
    def viewer(self) -> Viewer:
        """Who asks, within what the key was made for."""
        assert self.key is not None, "what reads content stands behind the gate"
        return self.key.viewer

    def path(self, name: str) -> str:
        """One part of the address."""
        return str(self.request.path_params[name])


ApiFunction = Callable[[ApiCall], msgspec.Struct | Response]
