# SPDX-License-Identifier: Apache-2.0
"""The example of docs/spec/message.md: one message of each kind, all of one invented node with fixed keys."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from lintas.crypto.canonical import canonical_json
from lintas.crypto.digests import commitment, salted_digest
from lintas.crypto.encoding import to_base64
from lintas.crypto.envelope import sign_header
from lintas.crypto.signing import SigningKey, node_id
from lintas.crypto.stream import chain_after, chain_start, place_digest
from lintas.formats.peer import Desk, Profile
from lintas.formats.peer.descriptor import make_descriptor
from lintas.model.header import Header, Kind, Mode, PayloadDigest
from lintas.model.header_rules import LOCAL_TYPE
from lintas.model.ids import MessageId
from lintas.model.marking import Grading, Marking, Onward, Pap, Tlp, Use
from lintas.work.alerting import alert_id
from lintas.work.appending import as_payload
from lintas.work.intake.recipe import Recipe

ROOT_KEY = SigningKey.from_seed(bytes([1]) * 32)
SIGNING_KEY = SigningKey.from_seed(bytes([2]) * 32)
LOG_KEY = SigningKey.from_seed(bytes([3]) * 32)
LOCAL_KEY = bytes(range(32))
NODE = node_id(ROOT_KEY.public)
PEER = node_id(SigningKey.from_seed(bytes([4]) * 32).public)
TLS_KEY = SigningKey.from_seed(bytes([5]) * 32)
COSIGN_KEY = SigningKey.from_seed(bytes([6]) * 32)
OLD_KEY = SigningKey.from_seed(bytes([7]) * 32)
CHANNEL = "pair." + sha256(b"channel").hexdigest()[:32]
AT = "2026-01-01T00:00:00.000Z"
INCARNATION, NEXT_INCARNATION = "0011223344556677", "8899aabbccddeeff"
TEXT = "Kiriman 4,500 ke +60 12-345 6789 / 转入陌生账户\n".encode()
PACKS = {"identifiers": b"version = 1\n", "schemata": b"version = 1\n"}
MARKING = Marking(
    tlp=Tlp.AMBER,
    pap=Pap.RED,
    recipients=frozenset({PEER}),
    purposes=frozenset({"scam", "mule_accounts"}),
    legal_basis=frozenset({"my.amla-2001.s-48"}),
    use=Use.EVIDENCE,
    onward=Onward.NONE,
    retention="case",
)
OWN = Marking(tlp=Tlp.AMBER_STRICT)


def salt(name: str) -> bytes:
    """A fixed salt; a real one is random."""
    return sha256(name.encode()).digest()[:16]


def vector(name: str, header: Header, *, key: SigningKey = SIGNING_KEY, **more: object) -> dict[str, Any]:
    """One message: from the header's fields to the signature."""
    raw = canonical_json(header.as_json())
    signed = sign_header(raw, key)
    return {
        "name": name,
        "header": raw.decode(),
        "id": signed.id,
        "key_id": signed.key_id,
        "signature": signed.signature.hex(),
        **more,
    }


def content(
    name: str,
    kind: Kind,
    data: bytes,
    *,
    marking: Marking = OWN,
    refs: Mapping[str, list[str]] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """One content message with its payload, its salt and what opens its references."""
    openings: dict[str, list[list[str]]] = {}
    for field in sorted(refs or {}):
        targets = (refs or {})[field]
        openings[field] = [[salt(f"{name} {field} {n}").hex(), target] for n, target in enumerate(targets)]
    header = Header(
        originator=NODE,
        kind=kind,
        created_at=AT,
        mode=Mode.EXERCISE,
        marking=marking,
        refs=tuple(
            (field, tuple(commitment(bytes.fromhex(salted), field, target) for salted, target in pairs))
            for field, pairs in openings.items()
        ),
        payload=PayloadDigest(digest=salted_digest(salt(name), data), size_bytes=len(data)),
        **({"media_type": LOCAL_TYPE} | more),
    )
    return vector(name, header, payload=to_base64(data), salt=salt(name).hex(), openings=openings)


def control(
    kind: Kind,
    body: dict[str, object],
    *,
    key: SigningKey = SIGNING_KEY,
    tlp: Tlp = OWN.tlp,
    name: str = "",
    **more: Any,
) -> dict[str, Any]:
    """One control message."""
    marking = Marking(tlp=tlp)
    header = Header(
        originator=NODE,
        kind=kind,
        media_type=LOCAL_TYPE,
        created_at=AT,
        mode=Mode.EXERCISE,
        marking=marking,
        body=body,
        **more,
    )
    return vector(name or kind.value, header, key=key)


def described(key: SigningKey) -> dict[str, object]:
    """A key as key entries name it."""
    return {"id": key.key_id, "algorithm": key.algorithm.value, "public": key.public.hex()}


def messages(recipe: Recipe) -> list[dict[str, Any]]:
    """One message of each kind, and an item with every field set."""
    item = content("item", Kind.ITEM, TEXT, media_type="text/plain;charset=utf-8", reading=recipe.digest)
    marked = content(
        "item with every field",
        Kind.ITEM,
        TEXT,
        marking=MARKING,
        refs={"recipients": sorted(MARKING.recipients)},
        media_type="text/plain;charset=utf-8",
        reading=recipe.digest,
        grading=Grading(source="B", information="2"),
        areas=("online_scams", "money_laundering"),
    )
    intake = {
        "by": "officer-0001",
        "source": "Hotline",
        "file_name": "slip.txt",
        "format": "text in utf-8",
        "reader": "text/1",
        "digest": sha256(TEXT).hexdigest(),
        "size_bytes": len(TEXT),
        "read": 1,
        "used": 1,
        "rejected": [],
        "notes": [],
        "items": [item["id"]],
        "layout": {
            "v": 1,
            "size": len(TEXT),
            "digest": sha256(TEXT).hexdigest(),
            "parts": [0, 0, 0, len(TEXT)],
            "glue": "",
        },
    }
    access = {
        "viewer": "officer-0001",
        "role": "duty_officer",
        "verb": "find",
        "asked": {"terms": ["+60123456789"], "filters": {}},
        "shown": [item["id"]],
        "shown_count": 1,
        "purpose": "scam",
        "policy": sha256(b"policy").hexdigest(),
        "session": "0011223344556677",
        "unmasked": True,
    }
    watch = content(
        "watch",
        Kind.WATCH,
        as_payload(
            {
                "owner": "officer-0001",
                "note": "mules",
                "expires_at": "2026-04-01T00:00:00.000Z",
                "terms": [{"scheme": "phone", "value": "+60123456789"}],
            }
        ),
    )
    alert = {
        "id": alert_id(MessageId(watch["id"]), MessageId(item["id"]), "phone", "+60123456789"),
        "watch": watch["id"],
        "message": item["id"],
        "scheme": "phone",
        "value": "+60123456789",
        "reason": "Phone number +60123456789 is watched, and Hotline says something about it.",
    }
    fired = content("alert", Kind.ALERT, as_payload(alert), refs={"about": [item["id"]], "watch": [watch["id"]]})
    return [
        item,
        marked,
        content("intake", Kind.INTAKE, as_payload(intake), refs={"about": [item["id"]]}),
        content("access", Kind.ACCESS, as_payload(access), marking=Marking(tlp=Tlp.RED)),
        watch,
        fired,
        *controls(item["id"], fired["id"], recipe.digest),
        *exchanged(item["id"]),
        *between(item["id"], fired["id"]),
    ]


def exchanged(item: str) -> list[dict[str, Any]]:
    """What travels, and what a node keeps of its peers beside it: content kinds."""
    released = content(
        "released item",
        Kind.ITEM,
        TEXT,
        marking=Marking(tlp=Tlp.AMBER, recipients=frozenset({PEER}), purposes=frozenset({"scam"})),
        refs={"recipients": [PEER], "release_of": [item]},
        media_type="text/plain;charset=utf-8",
        channel=CHANNEL,
        areas=("online_scams",),
    )
    rejection = {"message": item, "rejected": [{"id": "row 3", "reason": "The date is none."}], "total": 1}
    introduction = {"node": PEER, "by": "officer-0001", "their_person": "Duty officer Lim Contoh"}
    evidence = {
        "node": PEER,
        "what": "fork",
        "reason": "Two heads of one size have different roots.",
        "documents": [to_base64(b"one head\n"), to_base64(b"the other\n")],
        "left_out": 0,
    }
    theirs = Marking(tlp=Tlp.AMBER_STRICT, recipients=frozenset({PEER}))
    return [
        released,
        content("descriptor", Kind.DESCRIPTOR, descriptor(), marking=Marking(tlp=Tlp.CLEAR)),
        content(
            "rejection",
            Kind.REJECTION,
            as_payload(rejection),
            marking=theirs,
            refs={"recipients": [PEER]},
            channel=CHANNEL,
        ),
        content("introduction", Kind.INTRODUCTION, as_payload(introduction)),
        content("evidence", Kind.EVIDENCE, as_payload(evidence), marking=Marking(tlp=Tlp.RED)),
    ]


def key_body() -> dict[str, object]:
    """The body of a `key` message with every field."""
    return {
        "root": ROOT_KEY.public.hex(),
        "signing": [described(SIGNING_KEY)],
        "log": [described(LOG_KEY)],
        "tls": [described(TLS_KEY)],
        "cosign": [described(COSIGN_KEY)],
        "serial": 1,
        "revoked": [OLD_KEY.key_id],
        "country": "MY",
        "incarnation": INCARNATION,
    }


def descriptor() -> bytes:
    """The node's descriptor."""
    header = Header(
        originator=NODE,
        kind=Kind.KEY,
        media_type=LOCAL_TYPE,
        created_at=AT,
        mode=Mode.EXERCISE,
        marking=Marking(tlp=Tlp.CLEAR),
        body=key_body(),
    )
    desk = Desk(
        code="duty",
        name="Bilik gerakan",
        hours="00:00-24:00",
        zone="Asia/Kuala_Lumpur",
        languages=("ms", "en"),
        numbers=("+60 3-0000 0000",),
    )
    profile = Profile(
        organisation="Unit Contoh",
        country="MY",
        mode="exercise",
        endpoints=("https://lintas.example:8443",),
        versions=(1,),
        desks=(desk,),
    )
    return make_descriptor(sign_header(canonical_json(header.as_json()), ROOT_KEY), profile, 0, SIGNING_KEY)


def between(item: str, alert: str) -> list[dict[str, Any]]:
    """Control kinds of exchange."""
    stream = {"channel": CHANNEL, "incarnation": INCARNATION, "lane": "bulk", "first": 1, "count": 1}
    chain = chain_after(chain_start(CHANNEL, INCARNATION, "bulk"), [place_digest(item)])
    receipt: dict[str, object] = {
        "messages": [item],
        "state": "shown",
        "desk": "duty",
        "ground": "none",
        "by": "officer-0001",
    }
    peer: dict[str, object] = {
        "node": PEER,
        "action": "introduced",
        "by": ["officer-0001", "officer-0002"],
        "channel": CHANNEL,
        "ground": "words_heard",
        "incarnation": NEXT_INCARNATION,
    }
    decision: dict[str, object] = {
        "channel": CHANNEL,
        "conditions": sha256(b"conditions").hexdigest(),
        "policy": sha256(b"policy").hexdigest(),
        "outcome": "release",
        "rule": "released",
    }
    return [
        control(Kind.RECEIPT, receipt, channel=CHANNEL),
        control(Kind.PEER, peer),
        control(Kind.DECISION, decision),
        control(Kind.RELEASE, stream | {"chain": chain, "decision": item, "by": "officer-0001"}),
        control(Kind.RECEIVED, stream | {"chain": chain, "node": PEER}),
        control(
            Kind.RECEIVED,
            stream | {"chain": chain, "node": PEER, "withheld": [place_digest(item)]},
            name="received, withheld",
        ),
        control(Kind.HANDOVER, {"target": alert, "by": "officer-0001", "to": "officer-0002"}),
        control(Kind.OWNED, {"target": item, "action": "taken", "by": "officer-0001", "to": "officer-0001"}),
        control(
            Kind.DUE,
            {
                "target": item,
                "clock": "acknowledge",
                "due_at": "2026-03-01T03:05:00.000Z",
                "state": "missed",
                "by": "node:self",
            },
        ),
    ]


def controls(item: str, alert: str, reading: str) -> list[dict[str, Any]]:
    """One message of each control kind that has nothing to do with peers."""
    keys = key_body()
    first = {name: keys[name] for name in ("root", "signing", "log", "country", "incarnation")}
    lost: dict[str, object] = {
        "incarnation": NEXT_INCARNATION,
        "previous": INCARNATION,
        "previous_size": 7,
        "previous_root": sha256(b"root").hexdigest(),
        "ground": "disk_lost",
        "approved_by": ["officer-0001", "officer-0002"],
    }
    account: dict[str, object] = {
        "account": "officer-0001",
        "action": "created",
        "role": "duty_officer",
        "clearance": "AMBER",
    }
    return [
        control(Kind.KEY, keys, key=ROOT_KEY, tlp=Tlp.CLEAR),
        control(Kind.KEY, first, key=ROOT_KEY, tlp=Tlp.CLEAR, name="key, required fields alone"),
        control(Kind.DERIVE, {"messages": [item], "reading": reading}),
        control(Kind.ERASE, {"messages": [item], "ground": "retention", "by": "officer-0001"}),
        control(Kind.INCARNATION, lost),
        control(Kind.ENDED, {"target": alert, "what": "alert", "by": "officer-0001"}),
        control(Kind.ACCOUNT, account),
    ]
