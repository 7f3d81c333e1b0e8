# SPDX-License-Identifier: Apache-2.0
"""Nodes that reach each other over real sockets and real TLS, on one event loop."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from lintas.model.peering import Cursor
from lintas.node.node import Node
from lintas.node.peer_link import LinkPace
from lintas.node.peering import PeerLoops
from lintas.transport.workers import Workers
from lintas.web.local.server import PeerDoor, bind, url_of
from lintas.web.peer.feeds import Feeds, Pace
from lintas.work.streams import our_cursor

WAIT_S = 90.0  # that a busy machine may take; no test waits for it to pass
TOPICS = ("log", "alerts", "streams", "peers")
SWIFT = LinkPace(fresh_s=5.0, gossip_s=0.2, proof_s=5.0, retry_first_s=0.02, retry_longest_s=0.2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A node as its peers reach it."""

    node: Node
    url: str  # empty when it accepts no connections
    loops: PeerLoops
    door: PeerDoor | None

    @property
    def feeds(self) -> Feeds:
        assert self.door is not None
        return self.door.feeds

    @property
    def id(self) -> str:
        return str(self.node.services.keys.node)


@asynccontextmanager
async def served(
    node: Node, *, listens: bool = True, push: str = "auto", pace: Pace | None = None, link: LinkPace = SWIFT
) -> AsyncIterator[Served]:
    """Serve a node's peer address on a free port and run its loops."""
    workers = Workers()
    loops = PeerLoops(node.services, workers, push=push, pace=link, random_source=lambda: 0.5)
    tasks = [asyncio.create_task(loops.run())]
    door, url = None, ""
    if listens:
        listening = bind("127.0.0.1", 0)
        url = url_of(listening, scheme="https")
        door = PeerDoor(node.services, workers, loops, pace=pace)
        tasks.append(asyncio.create_task(door.server.serve(sockets=[listening])))
    try:
        yield Served(node=node, url=url, loops=loops, door=door)
    finally:
        tasks[0].cancel()
        if door is not None:
            door.feeds.close()
            door.server.should_exit = True
        await asyncio.gather(*tasks, return_exceptions=True)


def meet(one: Node, other: Served, url: str | None = None) -> None:
    """Tell a node where another is."""
    one.services.store.write(lambda tx: tx.set_address(other.id, other.url if url is None else url))
    one.services.events.publish("peers")


async def until(node: Node, is_true: Callable[[], bool]) -> None:
    """Wait until something is so at a node; asked again whenever anything changed there, or a little later."""
    loop, changed = asyncio.get_running_loop(), asyncio.Event()

    def wake() -> None:
        loop.call_soon_threadsafe(changed.set)

    ends = [node.services.events.subscribe(topic, wake) for topic in TOPICS]
    try:
        async with asyncio.timeout(WAIT_S):
            while not await asyncio.to_thread(is_true):
                try:
                    async with asyncio.timeout(0.05):  # how a link is tells no event
                        await changed.wait()
                except TimeoutError:
                    continue
                changed.clear()
    finally:
        for end in ends:
            end()


def held(node: Node, sender: str) -> Cursor:
    """How far a node has another's streams."""
    return node.services.store.read(lambda snapshot: our_cursor(snapshot, sender))
