# SPDX-License-Identifier: Apache-2.0
"""What the areas of checks share: who asks, who answers, and what came so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from lintas.conformance.asking import Asker
from lintas.conformance.checking import Notes
from lintas.conformance.identity import Identities
from lintas.conformance.line import Line
from lintas.conformance.received import Received
from lintas.conformance.sample import Sample
from lintas.crypto.checkpoint import Checkpoint, log_origin, open_checkpoint
from lintas.crypto.note import NoteKey, SignatureType
from lintas.errors import BadSignature
from lintas.formats.peer import Welcome
from lintas.formats.peer.descriptor import OpenedDescriptor
from lintas.limits import CHECKPOINT_EVERY_S, HEARTBEAT_S, PEER_REQUESTS_BURST, PEER_REQUESTS_S_MAX
from lintas.model.ids import NodeId

TEXT: Final = b"Conformance test: pay 4,500 to nobody.\n"  # of every item that the tool sends


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long things that take their time are waited for. Seconds."""

    heartbeat_s: float = 2.0 * HEARTBEAT_S
    feed_s: float = 20.0  # for what is there already
    tick_s: float = 2.5 * CHECKPOINT_EVERY_S  # for a newer head
    forgiven_s: float = PEER_REQUESTS_BURST / PEER_REQUESTS_S_MAX  # until a peer may ask as much as ever
    is_quick: bool = False  # leave out what takes longer than all the rest


@dataclass(slots=True, kw_only=True)
class Play:
    """One run against one node."""

    line: Line
    identities: Identities
    notes: Notes
    patience: Patience
    descriptor: OpenedDescriptor
    honest: Asker
    welcome: Welcome
    received: Received
    head_held: Checkpoint | None = None  # the newest head of the node's log that was verified
    witnessed: int = 0  # entries of our newest head that the node cosigned
    liars: dict[str, Asker] = field(default_factory=dict)  # those that greeted and told their lie

    @property
    def node(self) -> str:
        """Who is tested."""
        return self.descriptor.node

    @property
    def signing(self) -> Mapping[str, bytes]:
        """The keys that the node may sign with."""
        return {key: raw for key, raw in self.descriptor.signing.items() if key not in self.descriptor.revoked}

    @property
    def origin(self) -> str:
        """The name of the node's log."""
        return log_origin(self.descriptor.node, self.welcome.incarnation)

    def head(self, note: bytes) -> Checkpoint:
        """What a head of the node's log says, once its signature verified.

        Raises:
            MalformedNote, BadSignature: It is none.
        """
        for public in self.descriptor.log.values():
            key = NoteKey(name=self.origin, type=SignatureType.ED25519, public=public)
            try:
                return open_checkpoint(note, key).checkpoint
            except BadSignature:
                continue
        raise BadSignature("The head is not signed by the node's log under its own name.")


def asker(line: Line, identities: Identities, name: str, node: str) -> Asker:
    """One of the tool's peers, and what it can say to a node."""
    speaker, secret = identities.of(name), identities.secret(name, "salt")

    def salt(what: str) -> bytes:
        return sha256(secret + node.encode() + what.encode()).digest()[:16]

    channel = "pair." + sha256(secret + b"channel" + node.encode()).hexdigest()[:32]
    sample = Sample(
        speaker=speaker,
        to=NodeId(node),
        channel=channel,
        text=TEXT,
        salt=salt,
        stranger=identities.of("stranger").signing,
    )
    return Asker(line, speaker, node, sample)
