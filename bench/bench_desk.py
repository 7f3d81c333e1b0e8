# SPDX-License-Identifier: Apache-2.0
"""The desk: from sending a request to the other desk's alert; lists and searches among a million requests and cases.

What a user would pick instead stands beside it: a register that is searched line by line, as a spreadsheet is.
"""

import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from desk_filling import account, case_reference, case_title, fill, peer, reference
from desk_pages import measure_pages
from linked import Side, linked
from measuring import Bench, quantile

from lintas.model.desk_answers import RequestList
from lintas.model.header import Mode
from lintas.model.watch_answers import Alerts
from lintas.node.node import Node
from lintas.testing import OFFICER
from lintas.web.local import request_wire, wire
from lintas.work.cases import list_cases
from lintas.work.requests import list_requests, search_requests
from lintas.work.watching import add_watch

SMALL: Final = 2_000
USUAL: Final = 1_000_000
WATCHED: Final = "DBSSSGSG:0123456789"
SENT: Final = 100


def measure_sending(bench: Bench) -> None:
    """Send requests one by one, as officers do; wait for each at the other desk."""
    count = 5 if bench.small else SENT
    with bench.folder() as folder, linked(folder) as (my, sg):
        with Node.open(sg.folder) as node:
            add_watch(node.services, OFFICER, [WATCHED])
        my.start()
        sg.start()
        late: list[float] = []
        answered: list[float] = []
        _send(my, sg, 0, late, answered)  # readers are started, the feed is open
        late.clear()
        answered.clear()
        for number in range(1, count + 1):
            _send(my, sg, number, late, answered)
        listed = sg.ask(request_wire.RequestLines(limit=100), RequestList).lines
        assert len(listed) == min(count + 1, 100)
        bench.say("a request sent, on disk here: p50", quantile(answered, 0.5), "ms", requests=count)
        bench.say("a request sent, on disk here: p95", quantile(answered, 0.95), "ms")
        bench.say("send to the other desk's alert: p50", quantile(late, 0.5), "ms")
        bench.say(
            "send to the other desk's alert: p95", quantile(late, 0.95), "ms", target="< 1 s", most=f"{max(late):.0f}"
        )


def _send(my: Side, sg: Side, number: int, late: list[float], answered: list[float]) -> None:
    there = sg.ask(wire.AlertList(), Alerts).alerts
    after = there[-1].id if there else ""
    seen: list[float] = []

    def wait() -> None:
        found = sg.ask(wire.AlertList(after=after, wait_s=30), Alerts).alerts
        assert found, "no alert in 30 s"
        seen.append(time.perf_counter())

    waiting = threading.Thread(target=wait)
    waiting.start()
    start = time.perf_counter()
    fields = {
        "account": {"scheme": "bank_account", "value": "0123456789", "bank": "DBSSSGSG", "country": "SG", "name": ""},
        "amount": {"minor": 100_000 + number, "currency": "SGD"},
    }
    my.ask(request_wire.RequestSend(to=sg.id, form="hold", fields=fields), request_wire.RequestSent)
    answered.append((time.perf_counter() - start) * 1e3)
    waiting.join()
    late.append((seen[0] - start) * 1e3)


def measure_searching(bench: Bench) -> None:
    """Ask lists and searches as pages do, each with its access entry."""
    count, tries = (SMALL, 5) if bench.small else (USUAL, 100)
    with bench.folder() as folder:
        Node.create(folder / "node", name="Bench", country="SG", mode=Mode.EXERCISE)
        with Node.open(folder / "node") as node:
            start = time.perf_counter()
            fill(node, count)
            took = time.perf_counter() - start
            bench.say(f"fill the views with {count:,} requests and as many cases", 2 * count / took, "documents/s")
            services = node.services
            spread = count // tries

            def requests(*, state: str = "", node: str = "", newest: bool = False) -> int:
                return len(list_requests(services, OFFICER, state=state, node=node, newest=newest).lines)

            def found(text: str) -> int:
                return len(search_requests(services, OFFICER, text).lines)

            def cases(words: str) -> int:
                return len(list_cases(services, OFFICER, words=words).cases)

            asked: dict[str, Callable[[int], int]] = {
                "requests, due first": lambda _: requests(),
                "requests in a state that none has": lambda _: requests(state="held"),
                "requests of one node, due first": lambda n: requests(node=peer(n)),
                "requests, newest first": lambda _: requests(newest=True),
                "a request by its reference": lambda n: found(reference(n * spread)),
                "a request by its account": lambda n: found(account(n * spread)),
                "a case by its reference": lambda n: cases(case_reference(n * spread)),
                "a case by words of its title": lambda n: cases(case_title(n * spread)),
                "cases, newest first": lambda _: cases(""),
            }
            for what, ask in asked.items():
                times = [_timed(ask, number, least=0 if "none has" in what else 1) for number in range(tries)]
                bench.say(f"{what}: p50", quantile(times, 0.5), "ms", tries=tries)
                bench.say(f"{what}: p95", quantile(times, 0.95), "ms", target="< 150 ms")
        _measure_register(bench, folder, count, tries)


def _timed(ask: Callable[[int], int], number: int, *, least: int) -> float:
    start = time.perf_counter()
    assert ask(number) >= least, f"nothing was found at {number}"
    return (time.perf_counter() - start) * 1e3


def _measure_register(bench: Bench, folder: Path, count: int, tries: int) -> None:
    """A table of requests that is searched as a spreadsheet or a chat is: by any part of a line."""
    connection = sqlite3.connect(folder / "register.sqlite")
    connection.execute("CREATE TABLE register (line TEXT)")
    lines = ((f"{reference(n)} hold {account(n)} SGD {1000 + n / 100:.2f} open",) for n in range(count))
    connection.executemany("INSERT INTO register VALUES (?)", lines)
    connection.commit()
    times = []
    for number in range(min(tries, 20)):
        wanted = f"%{account(number * (count // tries))}%"
        start = time.perf_counter()
        assert connection.execute("SELECT line FROM register WHERE line LIKE ?", (wanted,)).fetchall()
        times.append((time.perf_counter() - start) * 1e3)
    connection.close()
    bench.say("  a register searched line by line (SQLite, LIKE), by account: p95", quantile(times, 0.95), "ms")


def main() -> None:
    """Print one line for each figure."""
    bench = Bench("desk", "requests from one desk to another; lists and searches among a million of them")
    bench.run({"sending": measure_sending, "searching": measure_searching, "pages": measure_pages})
    bench.finish()


if __name__ == "__main__":
    main()
