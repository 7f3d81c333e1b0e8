# SPDX-License-Identifier: Apache-2.0
"""Who asks too often is told when to come back: at the console, at the peer address, by source and by account."""

import asyncio
from collections.abc import Callable, Mapping

import httpx
from starlette.types import ASGIApp

from lintas.config.proxies import read_proxies
from lintas.limits import (
    ACCOUNT_REQUESTS_BURST,
    SOURCE_REQUESTS_BURST,
    SOURCE_REQUESTS_S_MAX,
    STRANGER_REQUESTS_BURST,
)
from lintas.node.node import Node
from lintas.testing import FakeClock
from lintas.transport.workers import Workers
from lintas.web.app import build_app
from lintas.web.peer.app import build_peer_app
from lintas.web.rates import UNCOUNTED
from tests.scenario.browsing import Browser, officer


class Caller:
    """Somebody at an address; each call is a request of its own."""

    def __init__(self, app: ASGIApp, client: tuple[str, int]) -> None:
        self._transport = httpx.ASGITransport(app=app, client=client, raise_app_exceptions=False)

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        async def ask() -> httpx.Response:
            async with httpx.AsyncClient(transport=self._transport, base_url="http://node.example") as client:
                return await client.get(path, headers=headers)

        return asyncio.run(ask())


ELSEWHERE = ("198.51.100.7", 50000)
PROXY = ("192.0.2.5", 50000)


def statuses(ask: Callable[[], int], times: int) -> list[int]:
    return [ask() for _ in range(times)]


def test_one_source_is_slowed_and_another_is_not(node: Node, clock: FakeClock) -> None:
    app = build_app(node.services, secure_cookies=True)
    one, other = Caller(app, ELSEWHERE), Caller(app, ("198.51.100.8", 1))
    found = statuses(lambda: one.get("/sign-in").status_code, SOURCE_REQUESTS_BURST + 3)
    assert (set(found[:SOURCE_REQUESTS_BURST]), found[SOURCE_REQUESTS_BURST:]) == ({200}, [429] * 3)
    refused = one.get("/static/app.css")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    assert "content-security-policy" in refused.headers
    assert other.get("/sign-in").status_code == 200
    clock.forward(seconds=1)
    found = statuses(lambda: one.get("/sign-in").status_code, SOURCE_REQUESTS_S_MAX + 1)
    assert found.count(429) == 1


def test_health_is_told_to_a_source_that_is_slowed(node: Node) -> None:
    client = Caller(build_app(node.services, secure_cookies=True), ELSEWHERE)
    statuses(lambda: client.get("/nowhere").status_code, SOURCE_REQUESTS_BURST)
    assert client.get("/nowhere").status_code == 429
    for path in UNCOUNTED - {"/metrics"}:
        assert client.get(path).status_code == 200


def test_an_invented_source_counts_only_behind_a_trusted_proxy(node: Node) -> None:
    for proxies, slowed in (((), True), (read_proxies(["192.0.2.0/24"]), False)):
        client = Caller(build_app(node.services, secure_cookies=True, proxies=proxies), PROXY)
        numbers = iter(range(10_000))
        found = statuses(
            lambda client=client, numbers=numbers: (
                client.get(  # type: ignore[misc]  # a default binds them now
                    "/nowhere", headers={"x-forwarded-for": f"203.0.113.{next(numbers) % 200}"}
                ).status_code
            ),
            SOURCE_REQUESTS_BURST + 1,
        )
        assert (429 in found) == slowed


def test_an_api_is_told_in_json(node: Node) -> None:
    client = Caller(build_app(node.services, secure_cookies=True), ELSEWHERE)
    statuses(lambda: client.get("/nowhere").status_code, SOURCE_REQUESTS_BURST)
    refused = client.get("/api/v1/nothing")
    assert (refused.status_code, refused.headers["content-type"]) == (429, "application/json")
    assert refused.json()["error"]["rule"] == "rate"


def test_one_account_is_slowed_however_many_addresses_it_has(node: Node, clock: FakeClock) -> None:
    for name in ("Contoh Satu", "Contoh Dua"):
        officer(node, name, password=None)
    with Browser(node) as one, Browser(node) as other:
        one.enter(node, "Contoh Satu")
        other.enter(node, "Contoh Dua")
        other.client._transport = one.client._transport  # both reach one console
        found = statuses(lambda: one.get("/sign-in").status, ACCOUNT_REQUESTS_BURST + 2)
        assert found[-1] == 429
        assert other.get("/desk").status == 200
        clock.forward(seconds=60)
        assert one.get("/desk").status == 200


def test_a_stranger_at_the_peer_address_is_slowed(node: Node, clock: FakeClock) -> None:
    app = build_peer_app(node.services, workers=Workers(), hear=lambda _node, _head: None)
    one, other = Caller(app, ELSEWHERE), Caller(app, ("198.51.100.8", 1))

    def ask() -> int:
        return one.get("/peer/v1/descriptor").status_code

    found = statuses(ask, STRANGER_REQUESTS_BURST + 2)
    assert (set(found[:STRANGER_REQUESTS_BURST]), set(found[STRANGER_REQUESTS_BURST:])) == ({200}, {429})
    refused = one.get("/peer/v1/feed", headers={"lintas-to": node.services.keys.node})
    assert (refused.status_code, int(refused.headers["retry-after"]) >= 1) == (429, True)
    assert other.get("/peer/v1/descriptor").status_code == 200
    clock.forward(seconds=60)
    assert ask() == 200
