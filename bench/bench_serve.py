# SPDX-License-Identifier: Apache-2.0
"""Measure a served node as its people meet it: start, memory at rest, alerts on the Desk, what is installed."""

import http.client
import os
import re
import subprocess
import sys
import threading
import time
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from queue import Queue
from typing import Final
from urllib.parse import urlsplit

from invented import identifier
from measuring import ROOT, Bench, median, quantile, resident_mb, spread

from lintas.cli.asking import have_done
from lintas.cli.client import File
from lintas.cli.demo_browser import Browser
from lintas.cli.demo_server import Server
from lintas.model.header import Mode
from lintas.model.intake_answers import Taken
from lintas.model.watch_answers import WatchAdded
from lintas.node.node import Node
from lintas.web.local import account_wire, wire

LINTAS: Final = [sys.executable, "-m", "lintas.cli.main"]
SEED: Final = 23


def run_s(*arguments: str) -> float:
    """Seconds of one command line."""
    start = time.perf_counter()
    subprocess.run([*LINTAS, *arguments], stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def answer_s(folder: Path) -> float:
    """Seconds from starting `lintas serve` to its first answer over HTTP."""
    start = time.perf_counter()
    server = Server(folder, folder.with_suffix(".log")).start()
    server.wait_ready()
    try:
        connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=20)
        connection.request("GET", "/readyz")
        assert connection.getresponse().status == http.client.OK
        connection.close()
        return time.perf_counter() - start
    finally:
        server.stop()


def children(pid: int) -> list[int]:
    """Processes that one started."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        with suppress(OSError):
            found += [int(child) for child in (task / "children").read_text(encoding="ascii").split()]
    return found


def measure_start(bench: Bench, folder: Path) -> None:
    """Start, help, memory at rest."""
    times = bench.alternate(
        {
            "serve": lambda: answer_s(folder),
            "help": lambda: run_s("--help"),
            "python": _python_s,
        }
    )
    said = spread(times["serve"])
    bench.say("serve: start to first answer", median(times["serve"]), "s", target="< 2 s", turns=said)
    bench.say("lintas --help", median(times["help"]), "s", turns=spread(times["help"]))
    bench.say("  Python alone, started and ended", median(times["python"]), "s")


def _python_s() -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", ""], check=True)
    return time.perf_counter() - start


def measure_memory(bench: Bench, server: Server, when: str) -> None:
    """Resident memory of the server and the readers it started."""
    readers = children(server.pid)
    # a reader stands behind a small process that watches over it: all that descends from the server counts
    below = [*readers, *(grandchild for reader in readers for grandchild in children(reader))]
    bench.say(f"resident memory of the server, {when}", resident_mb(server.pid), "MB", target="< 150")
    if below:
        total = sum(map(resident_mb, below))
        bench.say(f"resident memory of its {len(below)} reader processes, {when}", total, "MB")


def take(folder: Path, name: str, text: str) -> Taken:
    """Take one text through the server's socket."""
    return have_done(folder, wire.Take(source="bench"), Taken, files=[File(name=name, data=text.encode())])


class Desk:
    """An open Desk that notes when its stream says that there are alerts."""

    def __init__(self, server: Server, folder: Path) -> None:
        have_done(
            folder,
            account_wire.AccountAdd(name="Bench", role="duty_officer", clearance="TLP:RED"),
            account_wire.AccountAnswer,
        )
        link = have_done(folder, account_wire.AccountLink(name="Bench"), account_wire.LinkAnswer)
        browser = Browser(server.url)
        browser.open(link.path)
        browser.send("/enter/")
        self.told: Queue[float] = Queue()
        self._connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=60)
        cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        self._connection.request("GET", "/desk/stream", headers={"Cookie": cookies})
        self._reply = self._connection.getresponse()
        assert self._reply.status == http.client.OK, self._reply.status
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with suppress(OSError, http.client.HTTPException, AttributeError):  # the server ends the stream when it stops
            while line := self._reply.readline():
                if line.startswith(b"event: alerts"):
                    self.told.put(time.perf_counter())


def measure_alerts(bench: Bench, server: Server, folder: Path) -> None:
    """From a text taken to the alert on an open Desk."""
    tries = 3 if bench.small else 60
    phones = [identifier("phone", 6 * n, seed=SEED) for n in range(tries + 1)]
    have_done(folder, wire.WatchAdd(terms=phones), WatchAdded)
    desk = Desk(server, folder)
    take(folder, "first.txt", f"Call {phones[tries]} now.")  # starts a reader, opens the stream's first lot
    desk.told.get(timeout=30)
    taken, shown = [], []
    for number, phone in enumerate(phones[:tries]):
        start = time.perf_counter()
        found = take(folder, f"{number}.txt", f"The caller used {phone} that day.")
        taken.append((time.perf_counter() - start) * 1e3)
        assert found.alerts == 1, found
        shown.append((desk.told.get(timeout=30) - start) * 1e3)
    bench.say("take a text with one watched phone, through the socket: p50", quantile(taken, 0.5), "ms")
    bench.say("from its bytes to the Desk's stream: p50", quantile(shown, 0.5), "ms", gathered_ms=200)
    bench.say("from its bytes to the Desk's stream: p99", quantile(shown, 0.99), "ms")


def measure_installed(bench: Bench) -> None:
    """Megabytes of what each ring of requirements installs."""
    core = _names(ROOT / "requirements" / "core.txt")
    dev = _names(ROOT / "requirements" / "dev.txt") - core
    postgres = {name for name in dev if name.startswith("psycopg")}
    sizes: dict[str, int] = {}
    for found in metadata.distributions():
        name = _plain(found.metadata["Name"])
        files = (Path(str(found.locate_file(file))) for file in found.files or ())
        sizes[name] = sum(path.stat().st_size for path in files if path.is_file())
    for ring, names in (("core", core), ("postgres, besides", postgres), ("dev, besides", dev)):
        there = {name: sizes[name] for name in names if name in sizes}
        largest = sorted(there, key=lambda name: -there[name])[:3]
        said = ", ".join(f"{name} {there[name] / 1e6:.0f}" for name in largest)
        bench.say(f"installed: {ring}", sum(there.values()) / 1e6, "MB", packages=len(there), largest=f"({said})")


def _names(requirements: Path) -> set[str]:
    return {_plain(name) for name in re.findall(r"^([A-Za-z0-9._-]+)==", requirements.read_text("utf-8"), re.MULTILINE)}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def main() -> None:
    """Print one line for each figure."""
    bench = Bench("serve", "a served node: start, memory, alerts on the Desk; what is installed")
    with bench.folder() as place:
        folder = place / "node"
        Node.create(folder, name="Bench", country="MY", mode=Mode.EXERCISE)
        measure_start(bench, folder)
        server = Server(folder, place / "serve.log").start()
        server.wait_ready()
        try:
            measure_memory(bench, server, "nothing taken yet")
            measure_alerts(bench, server, folder)
            measure_memory(bench, server, "at rest after texts were taken")
        finally:
            server.stop()
    measure_installed(bench)
    bench.say("cores that all of this shared", len(os.sched_getaffinity(0)), "cores")
    bench.finish()


if __name__ == "__main__":
    main()
