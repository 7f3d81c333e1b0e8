# SPDX-License-Identifier: Apache-2.0
"""What a peer says, made from its keys alone: messages and batches, good or with one thing changed.

The vectors of docs/spec/peer.md are made with the same code from fixed keys, so that what is played against a node is
what the specification shows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from lintas.crypto.canonical import canonical_json
from lintas.crypto.digests import commitment, salted_digest
from lintas.crypto.envelope import sign_header
from lintas.crypto.signing import SigningKey, node_id
from lintas.crypto.stream import chain_after, chain_start, place_digest
from lintas.formats.peer import Batch, Place, place_of, withheld
from lintas.model.header import Header, Kind, Mode, Payload, PayloadDigest, Signed
from lintas.model.header_rules import LOCAL_TYPE
from lintas.model.ids import NodeId
from lintas.model.marking import Marking, Tlp

AT: Final = "2026-01-01T00:00:00.000Z"  # informative in every header, and fixed so that the same bytes come each time
ROLES: Final = ("signing", "log", "tls", "cosign")


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """All keys of one node of mode exercise."""

    name: str = ""
    country: str
    incarnation: str  # of its log
    root: SigningKey
    signing: SigningKey
    log: SigningKey
    tls: SigningKey
    cosign: SigningKey

    @property
    def id(self) -> NodeId:
        """The node's id."""
        return node_id(self.root.public)

    def keys(self) -> dict[str, Any]:
        """The body of its `key` message."""
        said: dict[str, Any] = {"root": self.root.public.hex(), "country": self.country, "serial": 0}
        for role in ROLES:
            key: SigningKey = getattr(self, role)
            said[role] = [{"id": key.key_id, "algorithm": "ed25519", "public": key.public.hex()}]
        return said | {"incarnation": self.incarnation}

    def key_message(self, key: SigningKey | None = None, **changed: Any) -> Signed:
        """Its `key` message; a changed field of None is left out."""
        said = {name: value for name, value in (self.keys() | changed).items() if value is not None}
        return self.signed(Kind.KEY, key=key or self.root, body=said, marking=Marking(tlp=Tlp.CLEAR))

    def signed(self, kind: Kind, *, key: SigningKey | None = None, **more: Any) -> Signed:
        """A signed header."""
        values: dict[str, Any] = {
            "media_type": LOCAL_TYPE,
            "mode": Mode.EXERCISE,
            "marking": Marking(tlp=Tlp.AMBER_STRICT),
        }
        header = Header(originator=self.id, kind=kind, created_at=AT, **(values | more))
        return sign_header(canonical_json(header.as_json()), key or self.signing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One speaker's streams to one recipient."""

    speaker: Speaker
    to: NodeId
    channel: str
    text: bytes  # of every item
    salt: Callable[[str], bytes]  # 16 bytes for a name
    stranger: SigningKey  # of nobody
    head: str = ""

    def item(self, name: str, **more: Any) -> tuple[Signed, Payload]:
        """A released item."""
        opens = self.salt(f"{name} recipient")
        local = sha256(name.encode()).hexdigest()
        values: dict[str, Any] = {
            "media_type": "text/plain;charset=utf-8",
            "channel": self.channel,
            "marking": Marking(tlp=Tlp.AMBER, purposes=frozenset({"scam"})),
            "refs": (
                ("recipients", (commitment(opens, "recipients", self.to),)),
                ("release_of", (commitment(self.salt(f"{name} local"), "release_of", local),)),
            ),
            "payload": PayloadDigest(digest=salted_digest(self.salt(name), self.text), size_bytes=len(self.text)),
        }
        message = self.speaker.signed(Kind.ITEM, **(values | more))
        openings = canonical_json({"recipients": [[opens.hex(), self.to]]})
        return message, Payload(salt=self.salt(name), data=self.text, openings=openings)

    def receipt(self, message: str) -> Signed:
        """A receipt for a message."""
        body = {"messages": [message], "state": "stored", "desk": "none", "ground": "none", "by": "node:self"}
        return self.speaker.signed(Kind.RECEIPT, channel=self.channel, body=body)

    def start(self, lane: str = "alert") -> str:
        """The chain before a stream's first place."""
        return chain_start(self.channel, self.speaker.incarnation, lane)

    def three(self) -> tuple[tuple[Place, Place, Place], list[str]]:
        """An item, a receipt and a withheld place, and their digests."""
        (item, payload), (gone, _) = self.item("item"), self.item("erased item")
        receipt = self.receipt(item.id)
        digests = [place_digest(one.id) for one in (item, receipt, gone)]
        return (place_of(item, payload), place_of(receipt), withheld(digests[2], "erased")), digests

    def batch(
        self, places: Sequence[Place] | None = None, *, digests: Sequence[str] | None = None, **changed: Any
    ) -> Batch:
        """A batch of the alert stream, with its chain made to fit what is changed; of `three` where nothing is said."""
        usual: Sequence[Place] = ()
        known: Sequence[str] = ()
        if places is None or digests is None:
            usual, known = self.three()
        before = changed.get("before", self.start(changed.get("lane", "alert")))
        said: dict[str, Any] = {
            "v": 1,
            "sender": self.speaker.id,
            "to": self.to,
            "mode": "exercise",
            "channel": self.channel,
            "incarnation": self.speaker.incarnation,
            "lane": "alert",
            "first": 1,
            "before": before,
            "after": chain_after(before, known if digests is None else digests),
            "places": tuple(usual if places is None else places),
            "head": self.head,
        }
        return Batch(**(said | changed))
