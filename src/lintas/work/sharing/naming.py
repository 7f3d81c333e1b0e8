# SPDX-License-Identifier: Apache-2.0
"""Which messages and which peers a person means."""

from collections.abc import Sequence
from typing import Final

from lintas.errors import OverLimit, UnknownTerm
from lintas.model.found import MessageHead, PeerHead
from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.model.peering import Standing
from lintas.model.scope import Scope
from lintas.ports.store import Snapshot
from lintas.work.finding.message import head_or_unknown

MESSAGES_MAX: Final = 10_000  # messages of one sharing: they are written in one transaction, which others wait for


def messages_meant(snapshot: Snapshot, messages: Sequence[str], scope: Scope) -> tuple[MessageHead, ...]:
    """Each message once, in the order of their first naming, those of taken files one by one.

    Args:
        messages: Ids of local messages; the id of a taken file means all its messages.

    Raises:
        UnknownTerm: There is no such message that this scope shows.
        OverLimit: They are more than MESSAGES_MAX.
    """
    found: dict[MessageId, MessageHead] = {}
    for text in messages:
        head = head_or_unknown(snapshot, text, scope)
        intake = snapshot.intake(head.id, scope=scope) if head.kind == Kind.INTAKE else None
        if intake is None:
            found.setdefault(head.id, head)
        else:
            found |= {one: head_or_unknown(snapshot, one, scope) for one in intake.items if one not in found}
        if len(found) > MESSAGES_MAX:
            raise OverLimit(
                f"These are more than the {MESSAGES_MAX:,} messages of one sharing.", hint="Share in parts."
            )
    return tuple(found.values())


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
