# SPDX-License-Identifier: Apache-2.0
"""Whose message it is: the originator as this node knows it, and what to mind about it."""

from typing import NamedTuple

from lintas.model.found import PeerHead
from lintas.ports.store import Snapshot
from lintas.work.peering.looks import Looks
from lintas.work.services import Services


class Named(NamedTuple):
    """An originator for people."""

    name: str  # organisation and country; empty when this node does not know it
    flags: tuple[str, ...]


class Namer:
    """Names originators within one snapshot, each once."""

    def __init__(self, services: Services, snapshot: Snapshot) -> None:
        self._services = services
        self._snapshot = snapshot
        self._known: dict[str, Named] = {}
        self._looks: Looks | None = None

    def name(self, node: str) -> Named:
        """Name one originator; this node itself is never flagged."""
        if node not in self._known:
            self._known[node] = self._look_up(node)
        return self._known[node]

    def _look_up(self, node: str) -> Named:
        config = self._services.config
        if node == self._services.keys.node:
            return Named(f"{config.name}, {config.country}", ())
        peer = self._snapshot.peer(node)
        if peer is None:
            return Named("", ("unknown here",))
        return Named(f"{peer.name}, {peer.country}" if peer.name else peer.country, self._flags(peer))

    def _flags(self, peer: PeerHead) -> tuple[str, ...]:
        flags = []
        if peer.is_removed:
            flags.append("removed")
        elif not peer.is_introduced:
            flags.append("unverified")
        if peer.is_suspended:
            flags.append("suspended")
        self._looks = self._looks or Looks(self._services, self._snapshot)
        flags += [f"looks like {said}" for said in self._looks.imitated_by(peer.node, peer.name)]
        return tuple(flags)
