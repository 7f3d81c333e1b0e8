# SPDX-License-Identifier: Apache-2.0
"""Many peers in one process: each has its own keys, greets and follows its feed as the protocol says, and keeps no log.

What they measure is the node that serves them; they check only that their messages are theirs.
"""

import asyncio
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from lintas.crypto.signing import SigningKey
from lintas.errors import LintasError
from lintas.formats.peer import PROTOCOL_VERSION, Hello, Welcome, decode, peek_document, sign_document
from lintas.limits import HELLO_BYTES_MAX
from lintas.model.header import Mode
from lintas.node.clock import SystemClock
from lintas.node.node import Node
from lintas.transport.client import PeerClient
from lintas.work.peering import describe
from lintas.work.services import Services
from lintas.work.streams import incarnation_of

AGAIN_S: Final = 1.0  # until a stalled reader that was hung up on comes back


@dataclass(slots=True, kw_only=True)
class LightPeer:
    """One peer, and when each of its messages came."""

    id: str
    key: SigningKey
    descriptor: bytes
    incarnation: str
    came: list[float] = field(default_factory=list)  # of each place of its bulk stream, in order
    connected: int = 0  # feeds that it has opened


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """The node that they follow."""

    url: str
    node: str
    incarnation: str
    tls: frozenset[bytes]


def make_peers(folder: Path, count: int) -> Iterator[LightPeer]:
    """Make peers; their folders are needed no more afterwards."""
    for number in range(count):
        place = folder / f"peer{number}"
        Node.create(place, name=f"Bench peer {number}", country="SG", mode=Mode.EXERCISE)
        with Node.open(place) as node:
            services = node.services
            yield LightPeer(
                id=services.keys.node,
                key=services.keys.signing,
                descriptor=describe(services),
                incarnation=services.store.read(incarnation_of),
            )


def address_of(services: Services, url: str) -> Address:
    """Where the peers connect to, and whom they expect there."""
    keys = services.keys
    incarnation = services.store.read(incarnation_of)
    return Address(url=url, node=keys.node, incarnation=incarnation, tls=frozenset({keys.tls.public}))


async def follow_all(
    reading: Sequence[LightPeer], stalled: Sequence[LightPeer], address: Address, ready: asyncio.Event
) -> None:
    """Follow the node's feeds until cancelled: some peers read, some open their feed and take nothing of it.

    Args:
        ready: Is set when all are connected.
    """
    missing = {peer.id for peer in (*reading, *stalled)}

    def connected(peer: LightPeer) -> None:
        peer.connected += 1
        missing.discard(peer.id)
        if not missing:
            ready.set()

    async with asyncio.TaskGroup() as group:
        for peer in reading:
            group.create_task(_read(peer, address, connected))
        for peer in stalled:
            group.create_task(_stall(peer, address, connected))


async def _read(peer: LightPeer, address: Address, connected: Callable[[LightPeer], None]) -> None:
    client = _client(peer, address)
    try:
        await _greet(peer, address, client)
        async with client.feed("/peer/v1/feed", f"after={address.incarnation}.0.0") as events:
            connected(peer)
            async for event in events:
                if event is not None and event.name == "batch":
                    at = time.perf_counter()
                    said = json.loads(peek_document(event.data)[1])
                    assert said["to"] == peer.id, "a message for somebody else"
                    if said["lane"] == "bulk":
                        assert said["first"] == len(peer.came) + 1, "counters are dense"
                        peer.came += [at] * len(said["places"])
    finally:
        await client.aclose()


async def _stall(peer: LightPeer, address: Address, connected: Callable[[LightPeer], None]) -> None:
    """Open the feed and read nothing after its head; come back whenever the node hangs up."""
    while True:
        client = _client(peer, address)
        try:
            await _greet(peer, address, client)
            async with client.feed("/peer/v1/feed", f"after={address.incarnation}.0.0"):
                connected(peer)
                await asyncio.sleep(50)  # the node gives up after 45 s
        except LintasError:
            await asyncio.sleep(AGAIN_S)
        finally:
            await client.aclose()


def _client(peer: LightPeer, address: Address) -> PeerClient:
    return PeerClient(url=address.url, node=address.node, pins=lambda: address.tls, key=peer.key, clock=SystemClock())


async def _greet(peer: LightPeer, address: Address, client: PeerClient) -> None:
    challenge = peer.key.sign(b"bench %f" % time.time()).hex()
    hello = Hello(
        v=PROTOCOL_VERSION,
        sender=peer.id,
        to=address.node,
        mode="exercise",
        challenge=challenge[:32],
        incarnation=peer.incarnation,
        got="",
        tips=(),
        head="",
        endpoints=False,
    )
    reply = await client.greet("/peer/v1/hello", sign_document("hello", hello, peer.key), challenge[32:64])
    welcome = decode(Welcome, peek_document(reply.body, bytes_max=HELLO_BYTES_MAX)[1])
    client.use_session(welcome.session)
