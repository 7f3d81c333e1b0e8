# SPDX-License-Identifier: Apache-2.0
"""The example of docs/spec/peer.md: two invented nodes with fixed keys, and what MY sends to SG.

MY's log has five entries: its keys, three messages in the alert stream to SG, and the `release` entry behind them.
"""

from dataclasses import replace
from hashlib import sha256
from typing import Any

from lintas.conformance.sample import Sample, Speaker
from lintas.crypto.checkpoint import Checkpoint, cosign_checkpoint, log_origin, sign_checkpoint
from lintas.crypto.merkle import root_of
from lintas.crypto.note import format_note
from lintas.crypto.signing import SigningKey
from lintas.crypto.stream import chain_after, chain_start
from lintas.formats.peer import (
    Ack,
    Descriptor,
    Desk,
    Hello,
    Profile,
    TipWire,
    Welcome,
    envelope_of,
    sign_document,
)
from lintas.model.header import Kind, Signed

AT_S = 1_767_225_600
INCARNATION, SG_INCARNATION = "0011223344556677", "8899aabbccddeeff"
CHANNEL = "pair." + sha256(b"channel of MY to SG").hexdigest()[:32]
CHALLENGE, SESSION = sha256(b"challenge").hexdigest()[:32], sha256(b"session").hexdigest()[:32]
TEXT = "Kiriman 4,500 ke +60 12-345 6789 / 转入陌生账户\n".encode()


def salt(name: str) -> bytes:
    """A fixed salt; a real one is random."""
    return sha256(name.encode()).digest()[:16]


def node(first: int, country: str, incarnation: str) -> Speaker:
    """A node whose seeds are five repeated bytes."""
    root, signing, log, tls, cosign = (SigningKey.from_seed(bytes([first + n]) * 32) for n in range(5))
    return Speaker(
        country=country, incarnation=incarnation, root=root, signing=signing, log=log, tls=tls, cosign=cosign
    )


MY, SG = node(1, "MY", INCARNATION), node(11, "SG", SG_INCARNATION)
STRANGER = SigningKey.from_seed(bytes([99]) * 32)


SAMPLE = Sample(speaker=MY, to=SG.id, channel=CHANNEL, text=TEXT, salt=salt, stranger=STRANGER)
ITEM, ITEM_PAYLOAD = SAMPLE.item("item")
GONE, _ = SAMPLE.item("erased item")
RECEIPT = SAMPLE.receipt(ITEM.id)
START = SAMPLE.start()
PLACES, DIGESTS = SAMPLE.three()
CHAIN = chain_after(START, DIGESTS)
RELEASE = MY.signed(
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
SAMPLE = replace(SAMPLE, head=format_note(NOTE).decode())


def profile(sender: Speaker, **changed: Any) -> Profile:
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


def descriptor(sender: Speaker, keys: Signed | None = None, *, key: SigningKey | None = None, **changed: Any) -> bytes:
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
