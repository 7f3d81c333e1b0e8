# SPDX-License-Identifier: Apache-2.0
"""Two invented nodes with fixed keys, and messages between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lintas.crypto.canonical import canonical_json
from lintas.crypto.digests import commitment, salted_digest
from lintas.crypto.envelope import sign_header
from lintas.crypto.signing import SigningKey, node_id
from lintas.crypto.stream import chain_after, chain_start, place_digest
from lintas.formats.peer import Batch, Desk, Place, Profile, place_of, withheld
from lintas.model.header import Header, Kind, Mode, Payload, PayloadDigest, Signed
from lintas.model.header_rules import LOCAL_TYPE
from lintas.model.ids import NodeId
from lintas.model.marking import Marking, Tlp

AT = "2026-03-01T03:00:00.000Z"
INCARNATION = "0011223344556677"
CHANNEL = "pair." + "ab" * 16
SALT = bytes(range(16))
DESK = Desk(
    code="duty",
    name="Bilik gerakan 值班",
    hours="00:00-24:00",
    zone="Asia/Kuala_Lumpur",
    languages=("ms", "en"),
    numbers=("+60 3-0000 0000",),
)


def described(key: SigningKey) -> dict[str, object]:
    return {"id": key.key_id, "algorithm": "ed25519", "public": key.public.hex()}


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeOfTest:
    """All keys of one node."""

    root: SigningKey
    signing: SigningKey
    log: SigningKey
    tls: SigningKey
    cosign: SigningKey
    country: str

    @property
    def id(self) -> NodeId:
        return node_id(self.root.public)

    @property
    def keys(self) -> dict[str, bytes]:
        return {self.signing.key_id: self.signing.public}

    def key_body(self) -> dict[str, object]:
        return {
            "root": self.root.public.hex(),
            "signing": [described(self.signing)],
            "log": [described(self.log)],
            "tls": [described(self.tls)],
            "cosign": [described(self.cosign)],
            "serial": 2,
            "country": self.country,
            "incarnation": INCARNATION,
        }

    def key_message(self, *, key: SigningKey | None = None, body: Mapping[str, object] | None = None) -> Signed:
        """The `key` message; None as a value leaves a field of the body out."""
        said = {name: value for name, value in (self.key_body() | dict(body or {})).items() if value is not None}
        return sign_header(canonical_json(a_header(self, Kind.KEY, body=said).as_json()), key or self.root)

    def profile(self, **changed: Any) -> Profile:
        values: dict[str, Any] = {
            "organisation": "Unit Contoh",
            "country": self.country,
            "mode": "exercise",
            "endpoints": ("https://lintas.example:8443",),
            "versions": (1,),
            "desks": (DESK,),
        }
        return Profile(**(values | changed))


def a_node(first: int, country: str) -> NodeOfTest:
    root, signing, log, tls, cosign = (SigningKey.from_seed(bytes([first + n]) * 32) for n in range(5))
    return NodeOfTest(root=root, signing=signing, log=log, tls=tls, cosign=cosign, country=country)


MY, SG = a_node(1, "MY"), a_node(11, "SG")


def a_header(node: NodeOfTest, kind: Kind, **more: Any) -> Header:
    values: dict[str, Any] = {"originator": node.id, "kind": kind, "media_type": LOCAL_TYPE, "created_at": AT}
    return Header(**(values | {"mode": Mode.EXERCISE, "marking": Marking(tlp=Tlp.GREEN)} | more))


def an_item(data: bytes, *, number: int = 0) -> tuple[Signed, Payload]:
    """A released item from MY to SG."""
    salt = number.to_bytes(16, "big")
    header = a_header(
        MY,
        Kind.ITEM,
        media_type="text/plain;charset=utf-8",
        channel=CHANNEL,
        refs=(("recipients", (commitment(SALT, "recipients", SG.id),)),),
        payload=PayloadDigest(digest=salted_digest(salt, data), size_bytes=len(data)),
    )
    openings = canonical_json({"recipients": [[SALT.hex(), SG.id]]})
    signed = sign_header(canonical_json(header.as_json()), MY.signing)
    return signed, Payload(salt=salt, data=data, openings=openings)


def a_receipt(number: int = 0) -> Signed:
    body: dict[str, object] = {
        "by": "node:self",
        "desk": "none",
        "ground": "none",
        "messages": [f"{number:064x}"],
        "state": "stored",
    }
    return sign_header(canonical_json(a_header(MY, Kind.RECEIPT, channel=CHANNEL, body=body).as_json()), MY.signing)


def a_batch(places: tuple[Place, ...] | None = None, **changed: Any) -> Batch:
    """A batch from MY to SG: an item, a receipt, and a place that is withheld."""
    item, receipt = an_item("Kiriman 转入\n".encode()), a_receipt()
    gone = place_digest("0" * 64)
    start = chain_start(CHANNEL, INCARNATION, "bulk")
    values: dict[str, Any] = {
        "v": 1,
        "sender": MY.id,
        "to": SG.id,
        "mode": "exercise",
        "channel": CHANNEL,
        "incarnation": INCARNATION,
        "lane": "bulk",
        "first": 1,
        "before": start,
        "after": chain_after(start, [place_digest(item[0].id), place_digest(receipt.id), gone]),
        "places": places or (place_of(*item), place_of(receipt), withheld(gone, "erased")),
        "head": "",
    }
    return Batch(**(values | changed))
