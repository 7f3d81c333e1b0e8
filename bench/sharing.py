# SPDX-License-Identifier: Apache-2.0
"""From one Share request at a node to the alert in the hands of who waits at another; and the plain way beside it."""

import json
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import httpx
from invented import identifier
from linked import Side, free_port, linked
from measuring import Bench, quantile

from lintas.crypto.signing import SigningKey
from lintas.crypto.tls import make_certificate
from lintas.model.marking import Marking, Tlp
from lintas.model.share_answers import Shared
from lintas.model.watch_answers import Alerts
from lintas.node.keys import new_key
from lintas.node.node import Node
from lintas.testing import OFFICER
from lintas.web.local import wire
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.services import no_progress
from lintas.work.watching import add_watch

RATE_S: Final = 100  # messages a second
CALLERS: Final = 16  # people who share at the same time, at most
POLL_S: Final = 1.0
SEED: Final = 41


def measure_sharing(bench: Bench) -> None:
    """Share at a steady rate; the plain way in turns with it."""
    seconds = 2 if bench.small else 60
    rate = 20 if bench.small else RATE_S
    with bench.folder() as folder, linked(folder) as (my, sg):
        messages = _filled(my, sg, seconds * rate + 1)
        my.start()
        sg.start()
        _share(my, sg, messages[-1])
        _watch(sg, 1, {})  # the reader is started, the feed open
        cpu = my.cpu_s(), sg.cpu_s()
        late, shared = _share_and_see(my, sg, messages[:-1], rate)
        used = [side.cpu_s() - before for side, before in zip((my, sg), cpu, strict=True)]
        posted, polled = _plain(folder, [text_of(n) for n in range(len(messages) - 1)], rate)
        bench.say("a share answered, on disk at MY: p50", quantile(shared, 0.5), "ms", rate_s=rate, seconds=seconds)
        bench.say("a share answered, on disk at MY: p99", quantile(shared, 0.99), "ms")
        bench.say("share to visible alert at SG: p50", quantile(late, 0.5), "ms", target="< 100 ms")
        most = f"{max(late):.0f}"
        bench.say("share to visible alert at SG: p99", quantile(late, 0.99), "ms", target="< 1 s", most=most)
        bench.say("  plain POST into a table over TLS: p50", quantile(posted, 0.5), "ms")
        bench.say("  plain POST into a table over TLS: p99", quantile(posted, 0.99), "ms")
        bench.say(f"  visible to who polls it every {POLL_S:.0f} s: p50", quantile(polled, 0.5), "ms")
        bench.say(f"  visible to who polls it every {POLL_S:.0f} s: p99", quantile(polled, 0.99), "ms")
        for side, seconds_used in zip((my, sg), used, strict=True):
            bench.say(f"processor time a message, {side.name}", seconds_used / len(late) * 1e3, "ms")
            bench.say(f"most memory of the server, {side.name}", side.peak_mb(), "MB")


def text_of(number: int) -> str:
    """A message that says something of a number which SG watches, and of one more."""
    return f"Case {number}: the caller used {_watched(0)}, then {identifier('phone', number + 100, seed=SEED)}."


def _watched(number: int) -> str:
    return identifier("phone", number, seed=SEED)


def _filled(my: Side, sg: Side, count: int) -> list[str]:
    """Let MY hold messages, and SG watch what they say."""
    with Node.open(my.folder) as node:
        files = [TakenFile(name=f"{n}.txt", data=text_of(n).encode()) for n in range(count)]
        taken = take(
            node.services, OFFICER, files, options=TakeOptions(marking=Marking(tlp=Tlp.AMBER)), progress=no_progress
        )
    with Node.open(sg.folder) as node:
        add_watch(node.services, OFFICER, [_watched(0)])
    assert len(taken.messages) == count
    return list(taken.messages)


def _share(my: Side, sg: Side, message: str) -> str:
    """Share one message; on disk at MY when this returns its released id."""
    (line,) = my.ask(wire.Share(messages=[message], to=[sg.id]), Shared).released
    assert not line.already
    return line.released


def _share_and_see(my: Side, sg: Side, messages: Sequence[str], rate: int) -> tuple[list[float], list[float]]:
    """Milliseconds from when each share was due: to its alert at SG, and to its answer at MY."""
    released: dict[str, float] = {}
    lock = threading.Lock()
    seen: dict[str, float] = {}
    watching = threading.Thread(target=_watch, args=(sg, len(messages), seen))

    def share_one(number: int, due: float) -> float:
        message = _share(my, sg, messages[number])
        at = time.perf_counter()
        with lock:
            released[message] = due
        return (at - due) * 1e3

    watching.start()
    shared = steadily(share_one, len(messages), rate)
    watching.join()
    return [(seen[message] - due) * 1e3 for message, due in released.items()], shared


def _watch(sg: Side, count: int, seen: dict[str, float]) -> None:
    """Wait for alerts as a desk does, each wait from the last one seen; note when each message was first shown."""
    there = sg.ask(wire.AlertList(), Alerts).alerts
    after = there[-1].id if there else ""
    while len(seen) < count:
        found = sg.ask(wire.AlertList(after=after, wait_s=30), Alerts).alerts
        at = time.perf_counter()
        assert found, f"{count - len(seen)} of {count} never came"
        after = found[-1].id
        for one in found:
            seen.setdefault(one.message, at)


def steadily(call: Callable[[int, float], float], count: int, rate: int) -> list[float]:
    """Begin a call at each tick, whether or not earlier ones have ended; each is told when it was due."""
    with ThreadPoolExecutor(CALLERS) as threads:
        start = time.perf_counter() + 0.2
        begun = []
        for number in range(count):
            due = start + number / rate
            time.sleep(max(0.0, due - time.perf_counter()))
            begun.append(threads.submit(call, number, due))
        return [one.result() for one in begun]


def _plain(folder: Path, texts: Sequence[str], rate: int) -> tuple[list[float], list[float]]:
    """Post the same messages to a small server; milliseconds to each answer, and until a poll shows each."""
    place = folder / "plain"
    place.mkdir()
    key: SigningKey = new_key()
    certificate, private = make_certificate(key, "plain")
    (place / "tls.crt").write_bytes(certificate)
    (place / "tls.key").write_bytes(private)
    port = free_port()
    server = subprocess.Popen([sys.executable, str(Path(__file__).with_name("plain.py")), str(place), str(port)])
    try:
        trust = ssl.create_default_context(cafile=str(place / "tls.crt"))
        trust.check_hostname = False
        with httpx.Client(base_url=f"https://127.0.0.1:{port}", verify=trust, timeout=30) as client:
            _until_it_answers(client)
            return _post_and_poll(client, texts, rate)
    finally:
        server.terminate()
        server.wait(10)


def _until_it_answers(client: httpx.Client) -> None:
    for _ in range(100):
        try:
            client.get("/came", params={"after": 0})
        except httpx.ConnectError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the plain server did not start")


def _post_and_poll(client: httpx.Client, texts: Sequence[str], rate: int) -> tuple[list[float], list[float]]:
    dues: dict[str, float] = {}
    seen: dict[str, float] = {}

    def post(number: int, due: float) -> float:
        dues[str(number)] = due
        client.post("/came", content=json.dumps({"id": str(number), "text": texts[number]})).raise_for_status()
        return (time.perf_counter() - due) * 1e3

    def poll() -> None:
        after = 0
        while len(seen) < len(texts):
            time.sleep(POLL_S)
            for seq, id_ in client.get("/came", params={"after": after}).json():
                seen[id_] = time.perf_counter()
                after = seq

    polling = threading.Thread(target=poll)
    polling.start()
    posted = steadily(post, len(texts), rate)
    polling.join()
    return posted, [(seen[id_] - due) * 1e3 for id_, due in dues.items()]
