# SPDX-License-Identifier: Apache-2.0
"""Measure two served nodes that exchange over TLS: alerts, catching up, fan-out, being in sync, mending a loss."""

import asyncio
import json
import random
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from invented import AT, identifier
from light import Address, LightPeer, address_of, follow_all, make_peers
from linked import Held, Side, introduce, linked, memory_mb, release_small
from measuring import Bench, quantile
from relay import Passed, Relay
from sharing import measure_sharing

from lintas.crypto.signing import verify
from lintas.formats.peer import encode
from lintas.limits import FRESH_EVERY_S
from lintas.model.marking import Marking, Tlp
from lintas.model.share_answers import Shared
from lintas.node.keys import new_key
from lintas.node.node import Node
from lintas.testing import OFFICER, carry
from lintas.web.local import wire
from lintas.work.exchange import lost
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.services import no_progress

SEED: Final = 43
SETTLE_S: Final = 3.0
ID_BYTES: Final = 32  # of a message's id, if one compared lists of them


def small_messages(count: int, *, start: int = 0) -> Iterator[bytes]:
    """STIX indicators of some 300 bytes, each on a domain of its own."""
    for number in range(start, start + count):
        said = {
            "type": "indicator",
            "spec_version": "2.1",
            "id": f"indicator--00000000-0000-4000-8000-{number:012d}",
            "created": AT,
            "modified": AT,
            "name": f"Seen with case {number}",
            "pattern": f"[domain-name:value = '{identifier('domain', number, seed=SEED)}']",
            "pattern_type": "stix",
            "valid_from": AT,
        }
        yield json.dumps(said).encode()


def measure_catching_up(bench: Bench) -> None:
    """A node that was away gets all that was released to it, and checks every message."""
    count = 1_000 if bench.small else 1_000_000 if bench.full else 50_000
    with bench.folder() as folder, Relay() as relay, linked(folder, fronts=(relay.port, 0)) as (my, sg):
        relay.to = my.port
        with Node.open(my.folder) as node:
            start = time.perf_counter()
            release_small(node.services, sg.id, small_messages(count))
            took = time.perf_counter() - start
        bench.say("released to one peer, in process", count / took, "messages/s", messages=count)
        my.start()
        sg.start()
        start = time.perf_counter()
        with Held(sg) as held:
            before = [my.cpu_s(), sg.cpu_s()]
            held.wait_bulk(my.id, count)
        took = time.perf_counter() - start
        mine, theirs = (side.cpu_s() - then for side, then in zip((my, sg), before, strict=True))
        bench.say("catch-up, each message verified", count / took, "messages/s", target="> 1,500", messages=count)
        bench.say("  bare: one Ed25519 verify and one row each", bare_rate(folder, min(count, 20_000)), "messages/s")
        bench.say("  processor time of the sender", mine / count * 1e6, "µs/message")
        bench.say("  processor time of the recipient and its reader", theirs / count * 1e6, "µs/message")
        bench.say("  most memory of the recipient", sg.peak_mb(), "MB", target="< 500")
        bench.say("  most memory of the sender", my.peak_mb(), "MB", target="< 500")
        bench.say("  bytes on the wire", relay.passed().bytes_down / count, "bytes/message")


def bare_rate(folder: Path, count: int) -> float:
    """Messages a second when each is verified by the library and put into a plain table, 500 a commit."""
    key = new_key()
    texts = list(small_messages(count))
    signed = [(text, key.sign(text)) for text in texts]
    connection = sqlite3.connect(folder / "bare.sqlite", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE came (seq INTEGER PRIMARY KEY, data BLOB)")
    start = time.perf_counter()
    for at in range(0, count, 500):
        part = signed[at : at + 500]
        for text, signature in part:
            verify(key.public, text, signature)
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO came (data) VALUES (?)", [(text,) for text, _ in part])
        connection.execute("COMMIT")
    took = time.perf_counter() - start
    connection.close()
    return count / took


def measure_fan_out(bench: Bench) -> None:
    """Share with many peers at once while some of them take nothing."""
    peers, stalled, shares, rate, large = (6, 2, 4, 4, 2) if bench.small else (50, 10, 240, 4, 24)
    with bench.folder() as folder, linked(folder) as (my, _):
        light = list(make_peers(folder, peers))
        with Node.open(my.folder) as node:
            introduce(node.services, [one.descriptor for one in light])
            messages = taken(node, [f"Case {n}: {identifier('phone', n, seed=SEED)}" for n in range(shares)])
            heavy = taken(node, [f"Case {n}\n" + "lorem ipsum dolor\n" * 55_000 for n in range(large)])
            address = address_of(node.services, f"https://127.0.0.1:{my.port}")
        my.start()
        slow, quick = light[:stalled], light[stalled:]
        for one in heavy:  # far more than a connection buffers: those who read nothing are stuck in it
            my.ask(wire.Share(messages=[one], to=[peer.id for peer in slow]), Shared)
        memory = [memory_mb(my.pid, "VmRSS")]
        late = asyncio.run(_fan_out(my, quick, slow, messages, rate, address, memory))
        bench.say("fan-out: one share, to each of those who read: p50", quantile(late, 0.5), "ms", peers=peers)
        bench.say("fan-out: one share, to each of those who read: p99", quantile(late, 0.99), "ms", target="< 1 s")
        opened = sum(peer.connected for peer in slow)
        bench.say("  peers that read nothing of it", stalled, "peers", each_waits_for_mb=large, opened_feeds=opened)
        for when, mb in zip(("before anybody followed", "at the first share", "after the last"), memory, strict=True):
            bench.say(f"  memory of the server {when}", mb, "MB")
        bench.say("  most memory of the server", my.peak_mb(), "MB", shares=shares, rate_s=rate)


async def _fan_out(
    my: Side,
    quick: Sequence[LightPeer],
    slow: Sequence[LightPeer],
    messages: Sequence[str],
    rate: int,
    address: Address,
    memory: list[float],
) -> list[float]:
    """Share at a steady rate; milliseconds from when each share was due to each reader."""
    ready = asyncio.Event()
    following = asyncio.create_task(follow_all(quick, slow, address, ready))
    await ready.wait()
    await asyncio.sleep(SETTLE_S)  # what waits for those who read nothing is on its way as far as it gets
    memory.append(memory_mb(my.pid, "VmRSS"))
    to = [peer.id for peer in (*quick, *slow)]
    dues, sharing = [], []
    start = time.perf_counter() + 0.2
    for number, message in enumerate(messages):
        dues.append(start + number / rate)
        await asyncio.sleep(max(0.0, dues[-1] - time.perf_counter()))
        request = wire.Share(messages=[message], to=to)
        sharing.append(asyncio.create_task(asyncio.to_thread(my.ask, request, Shared)))
    for one in sharing:
        assert len((await one).released) == len(to)
    while any(len(peer.came) < len(messages) for peer in quick):
        assert not following.done(), following.exception()
        await asyncio.sleep(0.05)
    memory.append(memory_mb(my.pid, "VmRSS"))
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    return [(at - due) * 1e3 for peer in quick for due, at in zip(dues, peer.came, strict=True)]


def taken(node: Node, texts: Sequence[str]) -> list[str]:
    """Take texts in; their messages."""
    files = [TakenFile(name=f"{number}.txt", data=text.encode()) for number, text in enumerate(texts)]
    options = TakeOptions(marking=Marking(tlp=Tlp.AMBER))
    return list(take(node.services, OFFICER, files, options=options, progress=no_progress).messages)


def measure_mending(bench: Bench) -> None:
    """Both nodes have all of each other's, and nothing new; then each loses some of it."""
    count, losing = (400, 20) if bench.small else (20_000, 1_000)
    with ExitStack() as stack:
        folder = stack.enter_context(bench.folder())
        relays = [stack.enter_context(Relay()) for _ in range(2)]
        my, sg = stack.enter_context(linked(folder, fronts=[relay.port for relay in relays]))
        for relay, side in zip(relays, (my, sg), strict=True):
            relay.to = side.port
        with Node.open(my.folder) as one, Node.open(sg.folder) as other:
            release_small(one.services, sg.id, small_messages(count))
            release_small(other.services, my.id, small_messages(count, start=count))
            while carry(one, other) + carry(other, one):  # receipts of receipts are none: it ends
                continue
        _measure_in_sync(bench, my, sg, relays)
        questions = [lose(side, other, losing) for side, other in ((my, sg), (sg, my))]
        asked = sum(map(len, questions[0]))
        bench.say("lost at each side, of what the other sent", losing, "messages", of=count)
        bench.say("finding out: what one side asks", asked, "bytes", target="< 200,000", questions=len(questions[0]))
        bench.say("  if one compared lists of all ids", count * ID_BYTES, "bytes")
        before = [relay.passed() for relay in relays]
        start = time.perf_counter()
        my.start()
        sg.start()
        _wait_mended(my, sg)
        took = time.perf_counter() - start
        passed = [relay.passed().since(then) for relay, then in zip(relays, before, strict=True)]
        bench.say("mended on both sides, starts of both servers included", took, "s")
        for name, through in zip(("SG asks MY", "MY asks SG"), passed, strict=True):
            _say_passed(bench, f"  {name}, all that passed until then", through)


def _measure_in_sync(bench: Bench, my: Side, sg: Side, relays: Sequence[Relay]) -> None:
    """Nothing is new: what a challenge costs, and what connecting costs."""
    my.start()
    sg.start()
    quiet_s = 4.0 if bench.small else 8.0
    time.sleep(quiet_s)
    _say_passed(bench, "in sync: SG connects to MY, all that passes then", relays[0].passed())
    if not bench.small:
        before = relays[0].passed()
        time.sleep(3 * FRESH_EVERY_S)
        each = relays[0].passed().since(before)
        bench.say("in sync: a minute of silence", each.turns, "round trips", challenges=60 // FRESH_EVERY_S)
        bench.say("in sync: a minute of silence", each.bytes_up + each.bytes_down, "bytes")
    my.stop()
    sg.stop()


def _say_passed(bench: Bench, what: str, passed: Passed) -> None:
    up, down = passed.bytes_up, passed.bytes_down
    bench.say(what, passed.turns, "round trips", connections=passed.connections, bytes_up=up, bytes_down=down)


def lose(side: Side, other: Side, count: int) -> list[bytes]:
    """Remove payloads of the other's messages at random, as a failing disk would; what the node will ask for."""
    draw = random.Random(SEED)  # noqa: S311  # the same every time
    with sqlite3.connect(side.folder / "node.sqlite") as connection:
        rows = connection.execute(
            "SELECT p.seq FROM payload p JOIN entry e ON e.seq = p.seq WHERE CAST(e.header AS TEXT) LIKE ?",
            (f'%"kind":"item"%"originator":"{other.id}"%',),
        )
        seqs = draw.sample([seq for (seq,) in rows], count)
        connection.executemany("DELETE FROM payload WHERE seq = ?", [(seq,) for seq in seqs])
    connection.close()
    with Node.open(side.folder) as node:
        return [encode(question) for question in lost(node.services, other.id)]


def _wait_mended(my: Side, sg: Side) -> None:
    for side, other in ((my, sg), (sg, my)):
        with Node.open(side.folder, write=False) as node:
            ends = time.monotonic() + 600
            while node.services.store.read(lambda snapshot, of=other.id: snapshot.lost_payloads(of)):  # type: ignore[misc]  # bound now on purpose
                assert time.monotonic() < ends
                time.sleep(0.1)


def main() -> None:
    """Print one line for each figure."""
    bench = Bench("exchange", "two served nodes: share to alert, catching up, fan-out, in sync, mending")
    bench.run(
        {
            "alert": measure_sharing,
            "catch-up": measure_catching_up,
            "fan-out": measure_fan_out,
            "mend": measure_mending,
        }
    )
    bench.finish()


if __name__ == "__main__":
    main()
