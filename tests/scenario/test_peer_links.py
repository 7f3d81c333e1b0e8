# SPDX-License-Identifier: Apache-2.0
"""Two real nodes over real TLS, each with its loops: what is shared is there at once, whatever the line does."""

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from lintas.crypto.signing import SigningKey
from lintas.errors import LinkFailed
from lintas.limits import PEER_FEEDS_MAX
from lintas.model.marking import Marking, Tlp
from lintas.model.peering import Lane, Standing
from lintas.node.node import Node
from lintas.node.peer_link import LinkPace
from lintas.testing import OFFICER, FakeClock, two_nodes
from lintas.transport.client import PeerClient
from lintas.transport.sse import Event
from lintas.web.peer.feeds import Pace
from lintas.work.exchange import make_hello, read_welcome
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.peering import keys_of, remove_peer, resume_peer, suspend_peer
from lintas.work.proving import make_checkpoint, verify
from lintas.work.services import no_progress
from lintas.work.sharing import share
from tests.faults.proxy import Fault, FaultProxy, Kind
from tests.scenario.meeting import Served, held, meet, served, until

QUIET = LinkPace(fresh_s=0.1, gossip_s=0.2, proof_s=5.0, retry_first_s=0.02, retry_longest_s=0.2)


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[tuple[Node, Node]]:
    with two_nodes(tmp_path) as pair:
        yield pair


def run(story: Coroutine[Any, Any, None]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(240):
            await story

    asyncio.run(bounded())


async def shared(node: Node, to: str, text: str) -> str:
    """Take a text and share it; returns the local message."""

    def job() -> str:
        file = TakenFile(name="note.txt", data=text.encode())
        options = TakeOptions(marking=Marking(tlp=Tlp.AMBER))
        (message,) = take(node.services, OFFICER, [file], options=options, progress=no_progress).messages
        done = share(node.services, OFFICER, [message], to=[to])
        assert done.refused == []
        return str(message)

    return await asyncio.to_thread(job)


async def arrived(node: Node, sender: str, count: int) -> None:
    await until(node, lambda: held(node, sender).at(Lane.BULK) >= count)
    assert held(node, sender).at(Lane.BULK) == count


async def whole(*some: Node) -> None:
    for node in some:
        checked = await asyncio.to_thread(verify, node.services, progress=no_progress)
        assert checked.ok, checked.problems


def is_cosigned(node: Node, size: int, by: str) -> bool:
    row = node.services.store.read(lambda snapshot: snapshot.checkpoint_at(size))
    return row is not None and f"{by}/cosign" in row.note


async def reading(node: Node, sender: str) -> None:
    await until(node, lambda: node.services.links.state(sender).we_read)


def pinned(caller: Node, asked: Served) -> PeerClient:
    keys = caller.services.store.read(lambda snapshot: keys_of(snapshot, asked.id))
    return PeerClient(
        url=asked.url,
        node=asked.id,
        pins=lambda: keys.tls,
        key=caller.services.keys.signing,
        clock=caller.services.clock,
    )


async def greeted(caller: Node, asked: Served) -> PeerClient:
    """A client of our own with a session, beside the loops."""
    client, random = pinned(caller, asked), caller.services.keys.random
    hello = await asyncio.to_thread(make_hello, caller.services, asked.id, random(16).hex())
    reply = await client.greet("/peer/v1/hello", hello, random(16).hex())
    welcome = await asyncio.to_thread(read_welcome, caller.services, asked.id, hello, reply.body)
    client.use_session(welcome.session)
    return client


def test_what_is_shared_arrives_both_ways_and_is_receipted(nodes: tuple[Node, Node]) -> None:
    async def story() -> None:
        here, there = nodes
        async with served(here) as a, served(there) as b:
            meet(here, b)
            meet(there, a)
            await shared(here, b.id, "Call +60 12-345 6789")
            await shared(there, a.id, "Call +65 8123 4567")
            await arrived(there, a.id, 1)
            await arrived(here, b.id, 1)
            await until(here, lambda: here.services.links.state(b.id).reads_us)
        await whole(here, there)

    run(story())


def test_a_node_that_accepts_nobody_pushes_and_reads(nodes: tuple[Node, Node]) -> None:
    async def story() -> None:
        here, there = nodes
        async with served(here, listens=False) as a, served(there) as b:
            meet(here, b)
            await shared(here, b.id, "Call +60 12-345 6789")
            await arrived(there, a.id, 1)
            await shared(there, a.id, "Call +65 8123 4567")
            await arrived(here, b.id, 1)
            assert not there.services.links.state(a.id).we_read
        await whole(here, there)

    run(story())


def test_feed_and_push_at_once_store_each_message_once(nodes: tuple[Node, Node]) -> None:
    async def story() -> None:
        here, there = nodes
        async with served(here, push="always") as a, served(there) as b:
            meet(here, b)
            meet(there, a)
            for number in range(12):
                await shared(here, b.id, f"Call +60 12-345 67{number:02}")
            await arrived(there, a.id, 12)
        await whole(here, there)

    run(story())


def test_a_server_with_another_key_is_told_nothing(nodes: tuple[Node, Node]) -> None:
    async def story() -> None:
        here, there = nodes
        async with served(here) as a, served(there) as b:
            meet(there, a, url=b.url)  # its own address: a server that has not the peer's key
            await until(there, lambda: "does not have the peer's key" in there.services.links.state(a.id).last_error)
            assert there.services.links.state(b.id).last_contact == ""

    run(story())


def test_a_cut_line_loses_and_doubles_nothing(nodes: tuple[Node, Node]) -> None:
    async def story() -> None:
        here, there = nodes
        async with served(here) as a, served(there):
            host, port = a.url.removeprefix("https://").split(":")
            with FaultProxy((host, int(port)), seed=1) as proxy:
                meet(there, a, url="https://{}:{}".format(*proxy.address))
                for number in range(10):
                    await shared(here, str(there.services.keys.node), f"Call +60 12-345 67{number:02}")
                    if number % 3 == 0:
                        await arrived(there, a.id, number + 1)
                        await reading(there, a.id)
                        await asyncio.to_thread(proxy.cut)
                await arrived(there, a.id, 10)
                assert proxy.counts.resets >= 4
        await whole(here, there)

    run(story())


@pytest.mark.parametrize(
    "fault",
    [
        Fault(kind=Kind.RESET, way="down", after_bytes=2_500),
        Fault(kind=Kind.RESET, way="up", after_bytes=900),
        Fault(kind=Kind.HALF_CLOSE, way="down", after_bytes=3_000),
        Fault(kind=Kind.REFUSE),
        Fault(kind=Kind.DRIP, way="down", bytes_s=60_000),
        Fault(kind=Kind.DELAY, delay_s=0.01, jitter_s=0.02),
    ],
    ids=lambda fault: f"{fault.kind}-{fault.way}",
)
def test_a_bad_line_only_makes_it_later(nodes: tuple[Node, Node], fault: Fault) -> None:
    async def story() -> None:
        here, there = nodes
        for number in range(3):
            await shared(here, str(there.services.keys.node), f"Call +60 12-345 67{number:02}")
        async with served(here) as a, served(there):
            host, port = a.url.removeprefix("https://").split(":")
            with FaultProxy((host, int(port)), seed=2, faults=[fault] * 4) as proxy:
                meet(there, a, url="https://{}:{}".format(*proxy.address))
                await arrived(there, a.id, 3)
        await whole(here, there)

    run(story())


def test_a_feed_is_resumed_from_the_cursor_without_loss(nodes: tuple[Node, Node]) -> None:
    async def story() -> None:
        here, there = nodes
        counters: dict[str, list[int]] = {"alert": [], "bulk": []}
        async with served(here) as a:
            client = await greeted(there, a)
            cursor = str(held(there, a.id))
            for number in range(4):
                await shared(here, str(there.services.keys.node), f"Call +60 12-345 67{number:02}")
            while not cursor.endswith(".4"):
                async with client.feed("/peer/v1/feed", f"after={cursor}") as events:
                    event = await batch_of(events)  # and hangs up
                said, cursor = json.loads(event.data)["signed"], event.id
                counters[said["lane"]] += range(said["first"], said["first"] + len(said["places"]))
            await client.aclose()
        assert counters["bulk"] == [1, 2, 3, 4]
        assert counters["alert"] == list(range(1, len(counters["alert"]) + 1))

    run(story())


async def batch_of(events: Any) -> Event:
    async for event in events:
        if event is not None and event.name == "batch":
            assert isinstance(event, Event)
            return event
    raise AssertionError("the feed ended")


def test_a_silent_feed_beats_and_a_new_head_is_told(nodes: tuple[Node, Node]) -> None:
    async def story() -> None:
        here, there = nodes
        async with served(here, pace=Pace(heartbeat_s=0.02)) as a:
            client = await greeted(there, a)
            async with client.feed("/peer/v1/feed", f"after={held(there, a.id)}") as events:
                comments = 0
                async for event in events:
                    comments += event is None
                    if comments == 5:
                        await asyncio.to_thread(make_checkpoint, here.services)
                    if event is not None and event.name == "head" and comments >= 5:
                        break
                assert event is not None
                note = here.services.store.read(lambda snapshot: snapshot.checkpoint())
                assert note is not None
                assert event.data.decode() == note.note
            await client.aclose()

    run(story())


def test_the_oldest_feed_of_a_peer_ends_when_it_opens_too_many(nodes: tuple[Node, Node]) -> None:
    async def story() -> None:
        here, there = nodes
        async with served(here) as a:
            clients = [await greeted(there, a) for _ in range(PEER_FEEDS_MAX + 1)]
            after = f"after={held(there, a.id)}"
            async with clients[0].feed("/peer/v1/feed", after) as oldest:
                await anext(oldest)
                async with clients[1].feed("/peer/v1/feed", after), clients[2].feed("/peer/v1/feed", after) as newest:
                    await anext(newest)
                    async with asyncio.timeout(60):
                        async for _ in oldest:
                            continue  # until it ends
            for client in clients:
                await client.aclose()

    run(story())


async def to_the_end(events: AsyncIterator[Event | None]) -> None:
    async for _ in events:
        continue


LARGE = 30  # messages of a size of which a batch holds one or two
SPACE = " " * 700_000  # costs no index anything


def test_a_reader_that_stalls_holds_up_nobody_and_is_hung_up_on(nodes: tuple[Node, Node]) -> None:
    async def story() -> None:
        here, there = nodes
        for number in range(LARGE):
            await shared(here, str(there.services.keys.node), f"{number}{SPACE}")
        async with served(here, pace=Pace(stalled_s=3.0)) as a, served(there):
            stalling = await greeted(there, a)
            async with stalling.feed("/peer/v1/feed", f"after={held(there, a.id)}") as events:
                await anext(events)  # and reads no more
                (stalled,) = a.feeds._open
                meet(there, a)
                await arrived(there, a.id, LARGE)
                await until(here, lambda: stalled not in a.feeds._open)  # to read again sooner would save it
                with pytest.raises(LinkFailed):
                    await to_the_end(events)
            await stalling.aclose()
            # where the machine is slow, the other one may have stalled for a moment too
            await until(here, lambda: here.services.links.state(str(there.services.keys.node)).reads_us)
        await whole(here, there)

    run(story())


def test_a_stalled_reader_holds_no_more_than_what_is_on_its_way(nodes: tuple[Node, Node]) -> None:
    async def story() -> None:
        here, there = nodes
        for number in range(LARGE):
            await shared(here, str(there.services.keys.node), f"{number}{SPACE}")
        async with served(here) as a:
            client = await greeted(there, a)
            async with client.feed("/peer/v1/feed", f"after={held(there, a.id)}") as events:
                seen = [await anext(events)]
                (feed,) = a.feeds._open
                at, stands = feed.cursor, 0
                while stands < 40:  # two seconds in which it sends one and the same batch
                    await asyncio.sleep(0.05)
                    stands = stands + 1 if feed.is_sending and feed.cursor == at else 0
                    at = feed.cursor
                assert at.at(Lane.BULK) < LARGE // 2  # the rest waits in the store, not in memory
                async for event in events:
                    seen.append(event)
                    if event is not None and event.id.endswith(f".{LARGE}"):
                        break
            await client.aclose()
        assert sum(event is not None and event.name == "batch" for event in seen) >= LARGE // 2

    run(story())


def test_a_suspended_peer_is_cut_off_at_once_and_comes_back_when_resumed(nodes: tuple[Node, Node]) -> None:
    async def story() -> None:
        here, there = nodes
        async with served(here) as a, served(there) as b:
            meet(there, a)
            await reading(there, a.id)
            await until(here, lambda: here.services.links.state(b.id).reads_us)
            await asyncio.to_thread(suspend_peer, here.services, OFFICER, b.id, "asked_by_peer")
            await until(here, lambda: not here.services.links.state(b.id).reads_us)
            await until(there, lambda: "suspended" in there.services.links.state(a.id).last_error)
            await asyncio.to_thread(resume_peer, here.services, OFFICER, b.id, "cleared")
            await shared(here, b.id, "Call +60 12-345 6789")
            await arrived(there, a.id, 1)
        await whole(here, there)

    run(story())


def test_loops_end_for_a_removed_peer(nodes: tuple[Node, Node]) -> None:
    async def story() -> None:
        here, there = nodes
        async with served(here) as a, served(there):
            meet(there, a)
            await reading(there, a.id)
            await asyncio.to_thread(remove_peer, there.services, OFFICER, a.id, "no_longer")
            await until(there, lambda: not there.services.links.state(a.id).we_read)
            assert there.services.links.state(a.id).retry_at == ""

    run(story())


def test_a_peer_that_comes_back_wakes_whoever_waited_for_it(nodes: tuple[Node, Node]) -> None:
    """The next try would be an hour away: its greeting says that it is there again."""
    hours = LinkPace(retry_first_s=3600, retry_longest_s=3600)

    async def story() -> None:
        here, there = nodes
        async with served(here, link=hours) as a:
            with FaultProxy(("127.0.0.1", 9), seed=3) as nobody:
                meet(here, Served(node=there, url="https://{}:{}".format(*nobody.address), loops=a.loops, door=None))
                there_id = str(there.services.keys.node)
                await until(here, lambda: here.services.links.state(there_id).retry_at != "")
                async with served(there) as b:
                    host, port = b.url.removeprefix("https://").split(":")
                    nobody.lead_to((host, int(port)))
                    meet(there, a)
                    await reading(here, b.id)

    run(story())


def test_heads_are_countersigned_and_what_came_is_proven(nodes: tuple[Node, Node]) -> None:
    async def story() -> None:
        here, there = nodes
        async with served(here) as a, served(there) as b:
            meet(here, b)
            meet(there, a)
            await shared(here, b.id, "Call +60 12-345 6789")
            await arrived(there, a.id, 1)
            await until(there, lambda: there.services.links.state(a.id).unproven_since != "")
            row = await asyncio.to_thread(make_checkpoint, here.services)
            assert row is not None
            here.services.events.publish("peers")
            await until(there, lambda: there.services.links.state(a.id).unproven_since == "")
            await until(
                here,
                lambda: is_cosigned(here, row.size, b.id),
            )

    run(story())


def test_a_node_that_accepts_nobody_has_its_heads_countersigned_too(nodes: tuple[Node, Node]) -> None:
    async def story() -> None:
        here, there = nodes
        row = await asyncio.to_thread(make_checkpoint, here.services)
        assert row is not None
        async with served(here, listens=False), served(there) as b:
            meet(here, b)
            await until(
                here,
                lambda: is_cosigned(here, row.size, b.id),
            )

    run(story())


def test_what_stays_unproven_for_too_long_is_an_alarm(tmp_path: Path) -> None:
    clock = FakeClock()
    swift = LinkPace(fresh_s=5.0, proof_s=0.05, retry_first_s=0.02, retry_longest_s=0.2)

    async def story(here: Node, there: Node) -> None:
        async with served(here) as a, served(there, link=swift) as b:
            meet(there, a)
            await shared(here, b.id, "Call +60 12-345 6789")
            await arrived(there, a.id, 1)
            await until(there, lambda: there.services.links.state(a.id).unproven_since != "")
            assert not there.services.links.state(a.id).unproven_late
            clock.forward(seconds=1)
            await until(there, lambda: there.services.links.state(a.id).unproven_late)
            await asyncio.to_thread(make_checkpoint, here.services)
            here.services.events.publish("peers")
            await until(there, lambda: not there.services.links.state(a.id).unproven_late)

    with two_nodes(tmp_path, clock=clock) as (here, there):
        run(story(here, there))


def test_a_peer_is_asked_again_while_its_feed_is_silent(nodes: tuple[Node, Node]) -> None:
    async def story() -> None:
        here, there = nodes
        greetings = 0

        def count() -> None:
            nonlocal greetings
            greetings += 1

        async with served(here) as a, served(there, link=QUIET) as b:
            end = here.services.events.subscribe(f"contact {b.id}", count)
            meet(there, a)
            await until(there, lambda: greetings >= 4)
            end()
            assert there.services.links.state(a.id).last_error == ""

    run(story())


def test_a_peer_of_another_key_than_its_session_is_refused(nodes: tuple[Node, Node]) -> None:
    async def story() -> None:
        here, there = nodes
        async with served(here) as a:
            client = await greeted(there, a)
            client._key = SigningKey.from_seed(b"\7" * 32)
            with pytest.raises(Exception, match="401"):
                await client.get("/peer/v1/checkpoint", "from=0")
            await client.aclose()
        peer = here.services.store.read(lambda snapshot: snapshot.peer(str(there.services.keys.node)))
        assert peer is not None
        assert peer.standing is Standing.UNVERIFIED

    run(story())
