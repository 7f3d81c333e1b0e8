# SPDX-License-Identifier: Apache-2.0
"""Which peers a person means."""

from collections.abc import Sequence

from lintas.errors import UnknownTerm
from lintas.model.found import PeerHead
from lintas.model.peering import Standing
from lintas.ports.store import Snapshot


def peers_called(snapshot: Snapshot, names: Sequence[str]) -> list[PeerHead]:
    """Peers by what people call them, each once.

    Raises:
        UnknownTerm: There is none of that name, or more than one.
    """
    return list({peer.node: peer for peer in (_peer(snapshot, name) for name in names)}.values())


def _peer(snapshot: Snapshot, name: str) -> PeerHead:
    """A peer by its id, a beginning of it that only one has, its name, or our channel to it."""
    plain = name.strip()
    present = [peer for peer in snapshot.peers() if peer.standing is not Standing.REMOVED]
    # ids first: what a peer calls itself is its own choice, and may be another's id
    found = [peer for peer in present if plain in {peer.node, peer.channel}] or [
        peer for peer in present if plain == peer.name or (len(plain) >= 11 and peer.node.startswith(plain))
    ]
    if len(found) != 1:
        many = "More than one peer is" if found else "No peer is"
        raise UnknownTerm(f"{many} called {plain[:80]!r}.", hint="lintas peer list DIR shows them; use the node id.")
    return found[0]
