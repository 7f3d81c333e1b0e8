# SPDX-License-Identifier: Apache-2.0
"""How long the node takes for each page of the desk with ten thousand open requests: from the call to its last byte.

In process, without a network: what a browser adds, laying out and drawing, is not in it.
"""

import asyncio
import re
import time
from typing import Final

import httpx
from desk_filling import account, fill
from measuring import Bench, quantile

from lintas.model.marking import Tlp
from lintas.node.node import Node
from lintas.testing import OFFICER, carry, two_nodes
from lintas.web.app import build_app
from lintas.work.accounts import create_account, create_link
from lintas.work.requests import send

SMALL: Final = 200
USUAL: Final = 10_000
ASKED: Final = {"scheme": "bank_account", "value": "0123456789", "bank": "DBSSSGSG", "country": "SG", "name": "Contoh"}
AMOUNT: Final = {"minor": 2_500_000, "currency": "SGD"}
TYPED: Final = {"amount": "25k", "currency": "SGD", "at": "now", "to_bank": "maybank", "to_account": "512345678902"}


def measure_pages(bench: Bench) -> None:
    """Open each page some times, as a supervisor."""
    count, tries = (SMALL, 3) if bench.small else (USUAL, 40)
    with bench.folder() as folder, two_nodes(folder) as (here, there):
        fill(there, count)
        to = there.services.keys.node
        asked = send(here.services, OFFICER, to=to, form="hold", fields={"account": ASKED, "amount": AMOUNT})
        carry(here, there)
        with asyncio.Runner() as runner:
            runner.run(_measure(bench, there, asked.ref, count, tries))


async def _measure(bench: Bench, node: Node, ref: str, count: int, tries: int) -> None:
    transport = httpx.ASGITransport(app=build_app(node.services, secure_cookies=False))
    async with httpx.AsyncClient(transport=transport, base_url="http://node.example") as client:
        await _enter(client, node)
        for name, address in {
            "Desk": "/desk",
            "Requests, the next due first": "/requests",
            "Requests, our turn": "/requests?show=ours",
            "Requests, ended ones too": "/requests?show=all",
            "Requests, searched by reference": f"/requests?q={ref}",
            "Requests, searched by account": f"/requests?q={account(count // 2)}",
            "Request": f"/requests/{ref}",
            "Report, empty": "/report",
        }.items():
            times = []
            for _ in range(tries + 1):
                start = time.perf_counter()
                answer = await client.get(address)
                times.append((time.perf_counter() - start) * 1e3)
                assert answer.status_code == 200, name
            _say(bench, name, times[1:], requests=count)
        secret = _secret((await client.get("/report")).text)
        times = []
        for _ in range(tries):
            start = time.perf_counter()
            answer = await client.post("/report/look", data={"form": secret, **TYPED})
            times.append((time.perf_counter() - start) * 1e3)
            assert answer.status_code == 200
        _say(bench, "Report, what was typed echoed and first requests named", times)


async def _enter(client: httpx.AsyncClient, node: Node) -> None:
    create_account(node.services, name="Aminah", password=None, role="supervisor", clearance=Tlp.RED)
    address = f"/enter/{create_link(node.services, 'Aminah')}"
    await client.post(address, data={"form": _secret((await client.get(address)).text)})


def _secret(html: str) -> str:
    found = re.search(r'name="form" value="([0-9a-f]{64})"', html)
    assert found is not None
    return found[1]


def _say(bench: Bench, name: str, times: list[float], **facts: object) -> None:
    bench.say(f"page {name}: p50", quantile(times, 0.5), "ms", **facts)
    bench.say(f"page {name}: p95", quantile(times, 0.95), "ms", target="< 150 ms")
