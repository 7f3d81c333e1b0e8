# SPDX-License-Identifier: Apache-2.0
"""A system that asks a node by a key, over ASGI."""

import asyncio
from types import TracebackType
from typing import Any, Final, Self

import httpx

from lintas.model.marking import Tlp
from lintas.model.system_key_answers import SystemKeyMade
from lintas.node.node import Node
from lintas.web.app import build_app
from lintas.web.local.calling import LOCAL_VIEWER
from lintas.work.accounts import create_account
from lintas.work.accounts.api_keys import make_key

API: Final = "/api/v1"


class System:
    """One program with a key."""

    def __init__(self, node: Node, key: str = "") -> None:
        self.app = build_app(node.services, secure_cookies=False)
        self._runner = asyncio.Runner()
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://node.example")
        self.key = key

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._runner.run(self.client.aclose())
        self._runner.close()

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Send a request with the key."""
        headers = {"authorization": f"Bearer {self.key}"} if self.key else {}
        headers |= more.pop("headers", {})
        return self._runner.run(self.client.request(method, path, headers=headers, **more))

    def get(self, path: str, **more: Any) -> httpx.Response:
        """Ask."""
        return self.ask("GET", API + path, **more)

    def post(self, path: str, **more: Any) -> httpx.Response:
        """Send."""
        return self.ask("POST", API + path, **more)


def a_key(
    node: Node,
    name: str,
    *activities: str,
    role: str = "analyst",
    clearance: Tlp = Tlp.RED,
    as_role: str = "",
    days: int = 0,
) -> SystemKeyMade:
    """Make an account and a key of it."""
    account = create_account(node.services, name=name, password=None, role=role, clearance=clearance)
    return make_key(node.services, LOCAL_VIEWER, account=account, role=as_role, activities=activities, days=days)
