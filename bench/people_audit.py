# SPDX-License-Identifier: Apache-2.0
"""Measure what access entries cost: finds and pages a second with them and without, for 1, 2 and 8 callers at once.

"Without" is a node whose store and keys are doubles of this bench: whatever use cases write is neither signed nor
written. No setting of the product does that.
"""

import asyncio
import dataclasses
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, cast

from bench_find import many_terms
from filling import fill
from measuring import Bench, median, spread

from lintas.crypto.signing import SigningKey
from lintas.model.header import Kind, Mode
from lintas.model.marking import Tlp
from lintas.node.node import Node
from lintas.ports.keys import Keys
from lintas.ports.store import Snapshot, Store
from lintas.testing import OFFICER
from lintas.web.app import build_app
from lintas.work.accounts import create_account, create_link, use_link
from lintas.work.finding import find
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.services import Services, no_progress
from lintas.work.watching import add_watch

SMALL, USUAL = 3_000, 100_000
CALLERS: Final = (1, 2, 8)
TARGET: Final = "< 20"
COOKIE: Final = "lintas"
PAGES: Final = 200  # of one turn; below what one account may ask at once


class WritesNothing:
    """The store, of which only reads are done."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def write(self, _job: Callable[[Any], object]) -> int:
        """Say that it is done."""
        return 0

    def begin(self, _job: Callable[[Any], object]) -> Callable[[], int]:
        """Say that it will be done."""
        return lambda: 0


class SignsNothing:
    """The keys, whose signature is no signature."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self.signing = _NoKey(keys.signing)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._keys, name)


class _NoKey:
    def __init__(self, key: SigningKey) -> None:
        self.algorithm, self.key_id, self.public = key.algorithm, key.key_id, key.public

    def sign(self, _data: bytes) -> bytes:
        return bytes(64)


def without_entries(services: Services) -> Services:
    """The same node, which answers and keeps no entry of it."""
    store, keys = WritesNothing(services.store), SignsNothing(services.keys)
    return dataclasses.replace(services, store=cast("Store", store), keys=cast("Keys", keys))


def rate(callers: int, each: int, ask: Callable[[int], object]) -> float:
    """Calls a second, with so many callers at once."""
    begin = threading.Barrier(callers + 1)

    def work(first: int) -> None:
        begin.wait()
        for number in range(first, first + each):
            ask(number)

    with ThreadPoolExecutor(callers) as pool:
        waiting = [pool.submit(work, caller * each) for caller in range(callers)]
        begin.wait()
        start = time.perf_counter()
        for one in waiting:
            one.result()
        return callers * each / (time.perf_counter() - start)


def compare(bench: Bench, what: str, sides: Sequence[Callable[[], float]]) -> None:
    """Say how much of the rate without entries is lost with them; each turn measures both, one after the other."""
    rates = bench.alternate({"with": sides[0], "without": sides[1]})
    lost = [100 * (1 - a / b) for a, b in zip(rates["with"], rates["without"], strict=True)]
    bench.say(f"{what}: with entries", median(rates["with"]), "/s", turns=spread(rates["with"]))
    bench.say(f"{what}: without", median(rates["without"]), "/s", turns=spread(rates["without"]))
    bench.say(f"{what}: entries cost", median(lost), "% of it", target=TARGET, turns=spread(lost))


def measure_finds(bench: Bench, node: Node, held: int) -> None:
    """One value a find, and a hundred values a find, as a duty officer pastes them."""
    bare = without_entries(node.services)
    for terms, finds in ((1, 400), (20, 200), (200, 40)):
        written, _ = many_terms(held, 4_000)
        for callers in CALLERS:
            each = max(2, (finds // (20 if bench.small else 1)) // callers)

            def ask(services: Services, number: int, terms: int = terms, written: list[str] = written) -> None:
                start = number * terms % (len(written) - terms)
                find(services, OFFICER, written[start : start + terms], purpose="bench")

            def turn(services: Services, callers: int = callers, each: int = each, ask: Any = ask) -> float:
                return rate(callers, each, lambda number: ask(services, number))

            name = f"find {terms} value{'s' if terms > 1 else ''}, {callers} at once"
            compare(bench, name, (lambda t=turn: t(node.services), lambda t=turn: t(bare)))  # type: ignore[misc]  # bound now


class Visitor:
    """A browser's cookie and a bare ASGI call: what a page costs, and nothing of a client."""

    def __init__(self, services: Services, token: str) -> None:
        self._app = build_app(services, secure_cookies=False)
        self._token = token

    async def get(self, path: str) -> None:
        """Read one page whole."""
        headers = [(b"host", b"node.example"), (b"cookie", f"{COOKIE}={self._token}".encode())]
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": headers,
            "client": ("127.0.0.1", 1),
            "server": ("node.example", 80),
            "root_path": "",
        }
        status: list[int] = []

        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                status.append(message["status"])

        await self._app(scope, receive, send)
        assert status == [200], (path, status)

    def rate(self, callers: int, each: int, paths: Sequence[str]) -> float:
        """Pages a second, with so many open at once."""

        async def one(first: int) -> None:
            for number in range(first, first + each):
                await self.get(paths[number % len(paths)])

        async def run() -> float:
            start = time.perf_counter()
            await asyncio.gather(*(one(caller * each) for caller in range(callers)))
            return callers * each / (time.perf_counter() - start)

        return asyncio.run(run())


def measure_pages(bench: Bench, node: Node) -> None:
    """Pages of entities, the log and the Desk, through the console's own gate."""
    services = node.services
    create_account(services, name="Bench", password=None, role="case_officer", clearance=Tlp.RED)
    token = use_link(services, create_link(services, "Bench")).token
    bare = without_entries(services)
    pages = {"message": _messages(services), "log": ["/log"], "desk": ["/desk"]}
    for name, paths in pages.items():
        for callers in CALLERS:
            each = max(2, (10 if bench.small else PAGES) // callers)

            def turn(of: Services, callers: int = callers, each: int = each, paths: Sequence[str] = paths) -> float:
                visitor = Visitor(of, token)  # a fresh one: a console admits an account only so often
                visitor.rate(1, 1, paths)
                return visitor.rate(callers, each, paths)

            compare(bench, f"page {name}, {callers} at once", (lambda t=turn: t(services), lambda t=turn: t(bare)))  # type: ignore[misc]  # bound now


def _messages(services: Services) -> list[str]:
    def gather(snapshot: Snapshot) -> list[str]:
        places = snapshot.places_of(Kind.ITEM.value)[:50]
        return [f"/message/{entry.id}" for seq in places for entry in snapshot.entries(seq, seq + 1)]

    return services.store.read(gather)


def main() -> None:
    """Print one line for each figure."""
    bench = Bench("people_audit", "what access entries cost of finds and pages")
    held = SMALL if bench.small else USUAL
    with bench.folder() as folder:
        Node.create(folder / "node", name="Bench", country="MY", mode=Mode.EXERCISE)
        with Node.open(folder / "node") as node:
            take_texts(node.services)
            fill(node, held)
            node.services.store.settle()
            bench.run(
                {
                    "finds": lambda it: measure_finds(it, node, held),
                    "pages": lambda it: measure_pages(it, node),
                }
            )
    bench.finish()


def take_texts(services: Services) -> None:
    """Take real messages in: a page of one needs its entry and its payload."""
    add_watch(services, OFFICER, ["+60125550001"])  # so that the Desk has something to show
    files = [
        TakenFile(name=f"{n}.txt", data=f"Report {n}: call +60 12 555 {n:04d}, account 512345{n:06d}".encode())
        for n in range(50)
    ]
    take(services, OFFICER, files, options=TakeOptions(), progress=no_progress)


if __name__ == "__main__":
    main()
