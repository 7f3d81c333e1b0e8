# SPDX-License-Identifier: Apache-2.0
"""Measure what a node does besides taking and finding: rebuild, verify, access entries, extraction, alerts."""

import threading
import time
from typing import Final

from invented import identifier, invented_bundle
from measuring import Bench, data_folder, median, quantile, spread

from lintas.formats.identifiers import extract
from lintas.model.header import Mode
from lintas.node.node import Node
from lintas.testing import OFFICER
from lintas.work.access import record_access
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.keeping import rebuild
from lintas.work.proving import verify
from lintas.work.services import Services, no_progress
from lintas.work.watching import add_watch, wait_alerts

SEED: Final = 31
CALLERS: Final = (1, 8, 32)


def the_file(bench: Bench) -> TakenFile:
    """ATT&CK for ICS, or an invented bundle where it is not here."""
    folder = data_folder()
    found = sorted(folder.rglob("ics-attack-18.1.json")) if folder and not bench.small else []
    if not found:
        return TakenFile(name="invented.json", data=invented_bundle(50 if bench.small else 2_000))
    return TakenFile(name=found[0].name, data=found[0].read_bytes())


def measure_keeping(bench: Bench, services: Services) -> None:
    """Rebuild and verify a log that holds one real file."""
    taken = take(services, OFFICER, [the_file(bench)], options=TakeOptions(), progress=no_progress)
    entries = services.store.read(lambda snapshot: snapshot.size())

    def rebuild_once() -> float:
        start = time.perf_counter()
        rebuilt = rebuild(services, progress=no_progress)
        assert not rebuilt.changed, rebuilt.changed
        return time.perf_counter() - start

    def verify_once() -> float:
        start = time.perf_counter()
        assert verify(services, progress=no_progress).ok
        return time.perf_counter() - start

    times = bench.alternate({"rebuild": rebuild_once, "verify": verify_once})
    rebuilt, verified = median(times["rebuild"]), median(times["verify"])
    bench.say(
        "rebuild, views compared before and after", entries / rebuilt, "entries/s", seconds=spread(times["rebuild"])
    )
    bench.say("rebuild, views compared before and after", taken.statements / rebuilt, "statements/s")
    bench.say(
        "verify: signatures, payloads, heads, views", entries / verified, "entries/s", seconds=spread(times["verify"])
    )


def measure_access(bench: Bench, services: Services) -> None:
    """Write access entries alone, by several callers at once: they share commits."""
    each = 10 if bench.small else 200

    def call() -> None:
        for number in range(each):
            record_access(services, OFFICER, "find", {"terms": [str(number)]}, [], purpose="bench")

    for callers in CALLERS:
        threads = [threading.Thread(target=call) for _ in range(callers)]
        start = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds = time.perf_counter() - start
        bench.say(f"access entries, {callers} callers at once", each * callers / seconds, "entries/s")


def measure_extract(bench: Bench, services: Services) -> None:
    """Find identifiers in running text: one identifier in about every hundred characters."""
    text = " ".join(
        f"On day {n} the caller used {identifier('phone', 6 * n, seed=SEED)} and sent the victim to "
        f"{identifier('domain', n, seed=SEED)}, then asked for a transfer of {n * 37} to a new account there."
        for n in range(50 if bench.small else 2_000)
    )
    found = 0

    def extract_once() -> float:
        nonlocal found
        start = time.perf_counter()
        found = len(extract(text, packs=services.packs, region="MY"))
        return time.perf_counter() - start

    took = median(bench.alternate({"extract": extract_once})["extract"])
    bench.say("extract identifiers from text", len(text) / 1e6 / took, "MB/s", found=found)


def measure_alerts(bench: Bench, services: Services) -> None:
    """From a text's bytes to the alert in the hands of who waits for it, in one process."""
    tries = 5 if bench.small else 200
    phones = [identifier("phone", 6 * n, seed=SEED) for n in range(tries)]
    add_watch(services, OFFICER, phones)
    after = ""
    taken, shown = [], []
    for number, phone in enumerate(phones):
        told: list[tuple[float, str]] = []
        waiting = threading.Thread(target=_wait, args=(services, after, told))
        waiting.start()
        file = TakenFile(name=f"{number}.txt", data=f"The caller used {phone} that day.".encode())
        start = time.perf_counter()
        take(services, OFFICER, [file], options=TakeOptions(), progress=no_progress)
        taken.append((time.perf_counter() - start) * 1e3)
        waiting.join()
        at, after = told[0]
        shown.append((at - start) * 1e3)
    bench.say("take a text with one watched phone: p50", quantile(taken, 0.5), "ms")
    bench.say("from its bytes to the alert, access entry included: p50", quantile(shown, 0.5), "ms")
    bench.say("from its bytes to the alert, access entry included: p99", quantile(shown, 0.99), "ms")


def _wait(services: Services, after: str, told: list[tuple[float, str]]) -> None:
    found = wait_alerts(services, OFFICER, after=after, wait_s=60)
    told.append((time.perf_counter(), found.alerts[-1].id))


def main() -> None:
    """Print one line for each figure."""
    bench = Bench("keep", "rebuild, verify, access entries, extraction, alerts in process")
    with bench.folder() as folder:
        Node.create(folder / "node", name="Bench", country="MY", mode=Mode.EXERCISE)
        with Node.open(folder / "node") as node:
            measure_keeping(bench, node.services)
            measure_access(bench, node.services)
            measure_extract(bench, node.services)
            measure_alerts(bench, node.services)
    bench.finish()


if __name__ == "__main__":
    main()
