# SPDX-License-Identifier: Apache-2.0
"""Keep a connection to every peer that something may go to: one task each, so that one peer's trouble is its own."""

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from typing import Final, NamedTuple

import structlog

from lintas.errors import LintasError
from lintas.formats.peer.descriptor import read_descriptor
from lintas.model.found import PeerHead
from lintas.node.peer_link import LinkPace, PeerLink
from lintas.ports.store import Snapshot
from lintas.transport.workers import Workers
from lintas.work.payloads import bytes_of
from lintas.work.peering import announce, keys_of
from lintas.work.services import Services
from lintas.work.streams import may_exchange

SELF: Final = "loops"  # in whose name the workers look at the list of peers

log = structlog.get_logger("lintas.peering")


class _Wanted(NamedTuple):
    """A peer to be connected to."""

    node: str
    url: str
    pins: frozenset[bytes]


class PeerLoops:
    """The connections of one node. `run` on one event loop; the rest from any thread."""

    def __init__(
        self,
        services: Services,
        workers: Workers,
        *,
        push: str = "auto",
        pace: LinkPace | None = None,
        random_source: Callable[[], float] | None = None,
    ) -> None:
        """Connect to nobody yet.

        Args:
            workers: Threads that are shared with the peer address.
            push: `always`, or `auto`: where peers cannot fetch from us, because we publish no address.
            pace: How long to wait for what.
            random_source: Jitters the waits between tries: 0 up to, not including, 1.
        """
        self._services, self._workers, self._pace = services, workers, pace or LinkPace()
        self._is_pushing = push == "always" or not services.config.peer_url
        self._random = random_source or random.SystemRandom().random
        self._links: dict[str, PeerLink] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._ending: set[asyncio.Task[None]] = set()
        self._profiles: dict[tuple[str, int], str] = {}
        self._changed = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def run(self) -> None:
        """Keep the connections until cancelled."""
        self._loop = asyncio.get_running_loop()
        end = self._services.events.subscribe("peers", self.look_again)
        try:
            while True:
                self._changed.clear()
                try:
                    wanted = await self._workers.run(SELF, self._look)
                except LintasError as exc:
                    log.warning("peers.unread", kind=type(exc).__name__)
                else:
                    self._adjust({one.node: one for one in wanted})
                await self._changed.wait()
        finally:
            end()
            self._adjust({})
            await asyncio.gather(*self._ending, return_exceptions=True)

    def look_again(self) -> None:
        """Something about peers changed: who there is, how they stand, where they are."""
        self._call(self._changed.set)

    def hear(self, node: str, note: bytes) -> None:
        """Somebody brought a head of a peer's log that differs from the one held here: the peer is to prove it."""
        link = self._links.get(node)
        if link is not None:
            self._call(lambda: link.heads.hear(note))

    def _call(self, call: Callable[[], None]) -> None:
        loop = self._loop
        if loop is not None:
            with suppress(RuntimeError):  # the loop has ended with the server; who publishes must not hear of it
                loop.call_soon_threadsafe(call)

    def _look(self) -> list[_Wanted]:
        announce(self._services)  # whoever was added, or was not told the newest addresses and keys
        return self._services.store.read(self._wanted)

    def _wanted(self, snapshot: Snapshot) -> list[_Wanted]:
        found = []
        for peer in snapshot.peers():
            if not may_exchange(self._services, peer):
                continue
            url = snapshot.address_of(peer.node) or self._published(snapshot, peer)
            if url:
                found.append(_Wanted(peer.node, url, keys_of(snapshot, peer.node).tls))
        return found

    def _published(self, snapshot: Snapshot, peer: PeerHead) -> str:
        """The first address in a peer's newest descriptor; empty when it accepts no connections."""
        known = self._profiles.get((peer.node, peer.profile_seq))
        if known is not None:
            return known
        row = snapshot.payload_rows(peer.profile_seq, peer.profile_seq + 1).get(peer.profile_seq)
        endpoints = () if row is None else read_descriptor(bytes_of(self._services, row)).profile.endpoints
        url = endpoints[0] if endpoints else ""
        self._profiles[peer.node, peer.profile_seq] = url
        return url

    def _adjust(self, wanted: dict[str, _Wanted]) -> None:
        """End tasks of peers that are not wanted any more or moved; start those that are missing."""
        for node, task in list(self._tasks.items()):
            one = wanted.get(node)
            if one is not None and one.url == self._links[node].url and not task.done():
                self._links[node].update(one.pins)
                continue
            self._links[node].end()
            task.cancel()  # it ends when what it has begun in a thread is done; nobody waits for that
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)
            del self._tasks[node], self._links[node]
        for node, one in wanted.items():
            if node not in self._tasks:
                link = PeerLink(
                    self._services,
                    self._workers,
                    node=node,
                    url=one.url,
                    pins=one.pins,
                    is_pushing=self._is_pushing,
                    pace=self._pace,
                    random_source=self._random,
                    hear=self.hear,
                )
                self._links[node] = link
                self._tasks[node] = asyncio.create_task(link.run(), name=f"peer {node}")
