# SPDX-License-Identifier: Apache-2.0
"""The keys of a node, as its newest key entry in this log gives them; and our channel to it.

A key entry of a peer is a foreign entry: the peer's root signed it, and this log keeps it as it came. So whoever reads
this log later finds the keys that each signature of that peer was checked with.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from lintas.errors import NodeDamaged, UnknownTerm
from lintas.formats.peer.descriptor import read_keys
from lintas.model.header import Mode, Signed
from lintas.model.ids import MessageId, NodeId
from lintas.ports.store import Snapshot
from lintas.work.proving.entries import signed_of
from lintas.work.services import Services

_KEPT: Final = 2_048  # key messages whose verified reading is kept: four for each of PEERS_MAX
_SOURCE: Final = "lintas channel v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerKeys:
    """A node's keys, verified under its root. Maps go from key id to raw public key; revoked keys are in none."""

    node: NodeId
    root: bytes
    signing: Mapping[str, bytes]
    log: Mapping[str, bytes]
    tls: frozenset[bytes]  # raw public keys
    cosign: Mapping[str, bytes]
    serial: int
    revoked: frozenset[str]
    country: str
    mode: Mode
    incarnation: str  # of the node's log when it signed these keys
    message: MessageId
    signed: Signed

    @property
    def body(self) -> dict[str, object]:
        """What the key message says, in its order."""
        body: dict[str, object] = json.loads(self.signed.header_bytes)["body"]
        return body


def keys_of(snapshot: Snapshot, node: str) -> PeerKeys:
    """The keys of a peer, or of this node, that count now.

    Raises:
        UnknownTerm: No key entry of that node stands here.
    """
    found = newest_key_message(snapshot, node)
    if found is None:
        raise UnknownTerm("The keys of that node are not known here.", hint="lintas peer add DIR FILE")
    return read_message(found)


def own_keys(services: Services, snapshot: Snapshot) -> PeerKeys:
    """The keys of this node.

    Raises:
        NodeDamaged: Its log names none.
    """
    found = newest_key_message(snapshot, services.keys.node)
    if found is None:
        raise NodeDamaged("This node's log names no keys of it.", hint="lintas rebuild DIR, then lintas verify DIR")
    return read_message(found)


def signing_ever(snapshot: Snapshot, node: str) -> dict[str, bytes]:
    """Every key that a node ever signed entries with, those revoked too.

    For entries that a log is proven to hold: they were signed when their key still counted.
    """
    found: dict[str, bytes] = {}
    for seq in snapshot.key_places(node):
        found |= read_keys(signed_of(next(snapshot.entries(seq, seq + 1)))).signing
    return found


def newest_key_message(snapshot: Snapshot, node: str) -> Signed | None:
    """The newest key entry of a node, as it was signed."""
    for seq in snapshot.key_places(node)[-1:]:
        return signed_of(next(snapshot.entries(seq, seq + 1)))
    return None


@lru_cache(maxsize=_KEPT)
def read_message(signed: Signed) -> PeerKeys:
    """Read a key message and verify it; a pure function of its bytes, so it is kept for all nodes of a process."""
    keys = read_keys(signed)
    return PeerKeys(
        node=keys.node,
        root=keys.root,
        signing=_without(keys.signing, keys.revoked),
        log=_without(keys.log, keys.revoked),
        tls=frozenset(_without(keys.tls, keys.revoked).values()),
        cosign=_without(keys.cosign, keys.revoked),
        serial=keys.serial,
        revoked=keys.revoked,
        country=keys.country,
        mode=keys.mode,
        incarnation=keys.incarnation,
        message=signed.id,
        signed=signed,
    )


def _without(keys: Mapping[str, bytes], revoked: Iterable[str]) -> dict[str, bytes]:
    gone = frozenset(revoked)
    return {key: public for key, public in keys.items() if key not in gone}


def channel_of(services: Services, node: str) -> str:
    """Our channel to a peer: a code of our own for each, which tells nobody else with whom it is."""
    tag = services.keys.taken_tag(node.encode(), source=_SOURCE, marking=b"")
    return f"pair.{tag[:16].hex()}"
