# SPDX-License-Identifier: Apache-2.0
"""The example of docs/spec/peer.md: two invented nodes with fixed keys, and what MY sends to SG.

MY's log has five entries: its keys, three messages in the alert stream to SG, and the `release` entry behind them.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from lintas.crypto.canonical import canonical_json
from lintas.crypto.checkpoint import Checkpoint, cosign_checkpoint, log_origin, sign_checkpoint
from lintas.crypto.digests import commitment, salted_digest
from lintas.crypto.envelope import sign_header
from lintas.crypto.merkle import root_of
from lintas.crypto.note import format_note
from lintas.crypto.signing import SigningKey, node_id
from lintas.crypto.stream import chain_after, chain_start, place_digest
from lintas.formats.peer import (
    Ack,
    Batch,
    Descriptor,
    Desk,
    Hello,
    Place,
    Profile,
    TipWire,
    Welcome,
    envelope_of,
    place_of,
    sign_document,
    withheld,
)
from lintas.model.header import Header, Kind, Mode, Payload, PayloadDigest, Signed
from lintas.model.header_rules import LOCAL_TYPE
from lintas.model.ids import NodeId
from lintas.model.marking import Marking, Tlp

AT = "2026-01-01T00:00:00.000Z"
AT_S = 1_767_225_600
INCARNATION, SG_INCARNATION = "0011223344556677", "8899aabbccddeeff"
CHANNEL = "pair." + sha256(b"channel of MY to SG").hexdigest()[:32]
CHALLENGE, SESSION = sha256(b"challenge").hexdigest()[:32], sha256(b"session").hexdigest()[:32]
TEXT = "Kiriman 4,500 ke +60 12-345 6789 / 转入陌生账户\n".encode()


def salt(name: str) -> bytes:
    """A fixed salt; a real one is random."""
    return sha256(name.encode()).digest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """All keys of one node."""

    country: str
    incarnation: str
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
        for role in ("signing", "log", "tls", "cosign"):
            key: SigningKey = getattr(self, role)
            said[role] = [{"id": key.key_id, "algorithm": "ed25519", "public": key.public.hex()}]
        return said | {"incarnation": self.incarnation}

    def key_message(self, key: SigningKey | None = None, **changed: Any) -> Signed:
        """Its `key` message."""
        said = {name: value for name, value in (self.keys() | changed).items() if value is not None}
        return signed(self, Kind.KEY, key=key or self.root, body=said, marking=Marking(tlp=Tlp.CLEAR))


def node(first: int, country: str, incarnation: str) -> Node:
    """A node whose seeds are five repeated bytes."""
    root, signing, log, tls, cosign = (SigningKey.from_seed(bytes([first + n]) * 32) for n in range(5))
    return Node(country=country, incarnation=incarnation, root=root, signing=signing, log=log, tls=tls, cosign=cosign)


MY, SG = node(1, "MY", INCARNATION), node(11, "SG", SG_INCARNATION)
STRANGER = SigningKey.from_seed(bytes([99]) * 32)


def signed(sender: Node, kind: Kind, *, key: SigningKey | None = None, **more: Any) -> Signed:
    """A signed header."""
    values: dict[str, Any] = {"media_type": LOCAL_TYPE, "mode": Mode.EXERCISE, "marking": Marking(tlp=Tlp.AMBER_STRICT)}
    header = Header(originator=sender.id, kind=kind, created_at=AT, **(values | more))
    return sign_header(canonical_json(header.as_json()), key or sender.signing)


def item(name: str, **more: Any) -> tuple[Signed, Payload]:
    """A released item from MY to SG."""
    opens = salt(f"{name} recipient")
    values: dict[str, Any] = {
        "media_type": "text/plain;charset=utf-8",
        "channel": CHANNEL,
        "marking": Marking(tlp=Tlp.AMBER, purposes=frozenset({"scam"})),
        "refs": (
            ("recipients", (commitment(opens, "recipients", SG.id),)),
            ("release_of", (commitment(salt(f"{name} local"), "release_of", sha256(name.encode()).hexdigest()),)),
        ),
        "payload": PayloadDigest(digest=salted_digest(salt(name), TEXT), size_bytes=len(TEXT)),
    }
    message = signed(MY, Kind.ITEM, **(values | more))
    openings = canonical_json({"recipients": [[opens.hex(), SG.id]]})
    return message, Payload(salt=salt(name), data=TEXT, openings=openings)


ITEM, ITEM_PAYLOAD = item("item")
GONE, _ = item("erased item")
RECEIPT = signed(
    MY,
    Kind.RECEIPT,
    channel=CHANNEL,
    body={"messages": [ITEM.id], "state": "stored", "desk": "none", "ground": "none", "by": "node:self"},
)
START = chain_start(CHANNEL, INCARNATION, "alert")
DIGESTS = [place_digest(one.id) for one in (ITEM, RECEIPT, GONE)]
CHAIN = chain_after(START, DIGESTS)
RELEASE = signed(
    MY,
    Kind.RELEASE,
    body={
        "channel": CHANNEL,
        "incarnation": INCARNATION,
        "lane": "alert",
        "first": 1,
        "count": 3,
        "chain": CHAIN,
        "decision": sha256(b"decision").hexdigest(),
        "by": "officer-0001",
    },
)
LOG = [MY.key_message(), ITEM, RECEIPT, GONE, RELEASE]
LEAVES = [one.leaf for one in LOG]
NOTE = sign_checkpoint(Checkpoint(origin=log_origin(MY.id, INCARNATION), size=len(LOG), root=root_of(LEAVES)), MY.log)
COSIGNED = cosign_checkpoint(NOTE, f"{SG.id}/cosign", SG.cosign, AT_S)
PLACES = (place_of(ITEM, ITEM_PAYLOAD), place_of(RECEIPT), withheld(DIGESTS[2], "erased"))


def batch(places: tuple[Place, ...] = PLACES, *, digests: list[str] | None = None, **changed: Any) -> Batch:
    """The batch, with its chain made to fit what is changed."""
    before = changed.get("before", START)
    said: dict[str, Any] = {
        "v": 1,
        "sender": MY.id,
        "to": SG.id,
        "mode": "exercise",
        "channel": CHANNEL,
        "incarnation": INCARNATION,
        "lane": "alert",
        "first": 1,
        "before": before,
        "after": chain_after(before, DIGESTS if digests is None else digests),
        "places": places,
        "head": format_note(NOTE).decode(),
    }
    return Batch(**(said | changed))


def profile(sender: Node, **changed: Any) -> Profile:
    """Who a node says it is."""
    desk = Desk(
        code="duty",
        name="Duty desk",
        hours="00:00-24:00",
        zone="Asia/Kuala_Lumpur" if sender is MY else "Asia/Singapore",
        languages=("ms", "en"),
        numbers=("+00 0000 0000",),
    )
    said: dict[str, Any] = {
        "organisation": f"Unit Contoh {sender.country}",
        "country": sender.country,
        "mode": "exercise",
        "endpoints": (f"https://{sender.country.lower()}.lintas.example:8443",),
        "versions": (1,),
        "desks": (desk,),
    }
    return Profile(**(said | changed))


def descriptor(sender: Node, keys: Signed | None = None, *, key: SigningKey | None = None, **changed: Any) -> bytes:
    """A node's descriptor; nothing is checked."""
    said: dict[str, Any] = {
        "v": 1,
        "node": sender.id,
        "keys": envelope_of(keys or sender.key_message()),
        "profile": profile(sender),
        "serial": 0,
    }
    return sign_document("descriptor", Descriptor(**(said | changed)), key or sender.signing)


HELLO = Hello(
    v=1,
    sender=SG.id,
    to=MY.id,
    mode="exercise",
    challenge=CHALLENGE,
    incarnation=SG_INCARNATION,
    got="",
    tips=(),
    head="",
    endpoints=False,
)
WELCOME = Welcome(
    v=1,
    sender=MY.id,
    to=SG.id,
    mode="exercise",
    challenge=CHALLENGE,
    incarnation=INCARNATION,
    got="",
    tips=(
        TipWire(lane="alert", counter=3, chain=CHAIN),
        TipWire(lane="bulk", counter=0, chain=chain_start(CHANNEL, INCARNATION, "bulk")),
    ),
    head=format_note(NOTE).decode(),
    endpoints=True,
    session=SESSION,
    standing="unverified",
)
CURSOR = f"{INCARNATION}.3.0"
ACK = Ack(v=1, sender=SG.id, to=MY.id, cursor=CURSOR)
