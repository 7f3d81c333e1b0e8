# SPDX-License-Identifier: Apache-2.0
"""Write the test vectors of docs/spec/message.md. Every byte follows from this script; a test compares.

Usage: .venv/bin/python tools/make_message_vectors.py [FOLDER]
"""

import json
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from lintas.crypto.canonical import canonical_json
from lintas.crypto.digests import commitment, salted_digest, same_bytes_tag
from lintas.crypto.encoding import to_base64
from lintas.crypto.envelope import sign_header
from lintas.crypto.signing import SigningKey, node_id
from lintas.model.header import Header, Kind, Mode, PayloadDigest
from lintas.model.header_rules import LOCAL_TYPE
from lintas.model.ids import MessageId
from lintas.model.marking import Grading, Marking, Onward, Pap, Tlp, Use
from lintas.model.reading import ReadOptions
from lintas.work.alerting import alert_id
from lintas.work.appending import as_payload
from lintas.work.intake.recipe import Recipe

FOLDER = Path(__file__).parents[1] / "docs" / "spec" / "vectors" / "message"
ROOT_KEY = SigningKey.from_seed(bytes([1]) * 32)
SIGNING_KEY = SigningKey.from_seed(bytes([2]) * 32)
LOG_KEY = SigningKey.from_seed(bytes([3]) * 32)
LOCAL_KEY = bytes(range(32))
NODE = node_id(ROOT_KEY.public)
PEER = node_id(SigningKey.from_seed(bytes([4]) * 32).public)
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
    kind: Kind, body: dict[str, object], *, key: SigningKey = SIGNING_KEY, tlp: Tlp = OWN.tlp
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
    )
    return vector(kind.value, header, key=key)


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
        "verb": "find",
        "asked": {"terms": ["+60123456789"], "filters": {}},
        "shown": [item["id"]],
        "shown_count": 1,
        "purpose": "scam",
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
    ]


def controls(item: str, alert: str, reading: str) -> list[dict[str, Any]]:
    """One message of each control kind."""
    keys: dict[str, object] = {
        "root": ROOT_KEY.public.hex(),
        "signing": [described(SIGNING_KEY)],
        "log": [described(LOG_KEY)],
        "country": "MY",
        "incarnation": INCARNATION,
    }
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
        control(Kind.DERIVE, {"messages": [item], "reading": reading}),
        control(Kind.ERASE, {"messages": [item], "ground": "retention", "by": "officer-0001"}),
        control(Kind.INCARNATION, lost),
        control(Kind.ENDED, {"target": alert, "what": "alert", "by": "officer-0001"}),
        control(Kind.ACCOUNT, account),
    ]


def bad_headers(good: list[dict[str, Any]]) -> dict[str, bytes]:
    """Headers that must be refused, named for their defect; canonical JSON unless the name says otherwise."""
    by_name: dict[str, dict[str, Any]] = {one["name"]: json.loads(one["header"]) for one in good}
    item, full = by_name["item"], by_name["item with every field"]
    erase, key, lost, ended = (by_name[name] for name in ("erase", "key", "incarnation", "ended"))

    def without(value: dict[str, Any], name: str) -> dict[str, Any]:
        return {field: said for field, said in value.items() if field != name}

    def marked(**codes: object) -> dict[str, Any]:
        return full | {"marking": full["marking"] | codes}

    def said(value: dict[str, Any], **body: object) -> dict[str, Any]:
        return value | {"body": value["body"] | body}

    changed = {
        "access_with_a_reading": by_name["access"] | {"reading": item["reading"]},
        "access_with_another_media_type": by_name["access"] | {"media_type": "text/plain"},
        "area_in_free_text": item | {"areas": ["Ali bin Contoh"]},
        "areas_not_sorted": full | {"areas": sorted(full["areas"], reverse=True)},
        "area_twice": full | {"areas": ["online_scams", "online_scams"]},
        "body_beside_a_payload": item | {"body": {}},
        "body_with_a_name": said(erase, by="Ali bin Contoh"),
        "body_with_an_unknown_field": said(erase, note="checked"),
        "body_without_a_field": erase | {"body": without(erase["body"], "ground")},
        "channel_unknown": item | {"channel": "everyone"},
        "commitment_in_capitals": full | {"refs": {"recipients": [full["refs"]["recipients"][0].upper()]}},
        "commitments_none": full | {"refs": {"recipients": []}},
        "commitment_twice": full | {"refs": {"recipients": full["refs"]["recipients"] * 2}},
        "control_with_a_payload": erase | {"payload": item["payload"]},
        "control_with_areas": erase | {"areas": ["online_scams"]},
        "control_with_references": erase | {"refs": full["refs"]},
        "control_without_a_body": without(erase, "body"),
        "ended_what_unknown": said(ended, what="case"),
        "field_missing": without(item, "channel"),
        "field_unknown": item | {"subject": "slip"},
        "grading_in_small_letters": full | {"grading": "b2"},
        "grading_unknown": item | {"grading": "G1"},
        "incarnation_approved_by_one": said(lost, approved_by=["officer-0001"]),
        "incarnation_approvals_not_sorted": said(lost, approved_by=["officer-0002", "officer-0001"]),
        "item_without_a_payload": without(item, "payload"),
        "item_without_a_reading": without(item, "reading"),
        "key_of_another_algorithm": said(key, signing=[key["body"]["signing"][0] | {"algorithm": "rsa"}]),
        "keys_none": said(key, signing=[]),
        "kind_unknown": item | {"kind": "rumour"},
        "marking_code_unknown": marked(tlp="ORANGE"),
        "marking_purpose_in_free_text": marked(purposes=["ask Ali"]),
        "marking_purposes_not_sorted": marked(purposes=["scam", "mule_accounts"]),
        "marking_with_recipients_in_clear": marked(recipients=[PEER]),
        "marking_without_a_field": full | {"marking": without(full["marking"], "pap")},
        "media_type_in_free_text": item | {"media_type": "text/plain; title=Ali"},
        "messages_none": said(erase, messages=[]),
        "messages_too_many": said(erase, messages=[sha256(b"%d" % n).hexdigest() for n in range(201)]),
        "mode_unknown": item | {"mode": "test"},
        "originator_in_capitals": item | {"originator": NODE.upper()},
        "payload_digest_short": item | {"payload": item["payload"] | {"digest": item["payload"]["digest"][:32]}},
        "payload_size_negative": item | {"payload": item["payload"] | {"size_bytes": -1}},
        "payload_size_true": item | {"payload": item["payload"] | {"size_bytes": True}},
        "payload_with_a_salt": item | {"payload": item["payload"] | {"salt": salt("item").hex()}},
        "size_as_text": said(lost, previous_size="7"),
        "time_impossible": item | {"created_at": "2026-02-30T00:00:00.000Z"},
        "time_of_another_zone": item | {"created_at": "2026-01-01T08:00:00.000+08:00"},
        "time_without_milliseconds": item | {"created_at": "2026-01-01T00:00:00Z"},
        "version_true": item | {"v": True},
        "version_unknown": item | {"v": 2},
    }
    raw = {name: canonical_json(value) for name, value in changed.items()}
    good_bytes = canonical_json(item)
    return raw | {
        "bytes_not_utf8": good_bytes.replace(b'"local"', b'"loc\xffl"'),
        "bytes_with_a_field_twice": good_bytes.replace(b'{"areas":[],', b'{"areas":[],"areas":[],'),
        "bytes_with_a_float": good_bytes.replace(b'"v":1}', b'"v":1.0}'),
        "bytes_with_spaces": json.dumps(item, sort_keys=True).encode(),
        "bytes_in_another_order": json.dumps(dict(reversed(item.items())), separators=(",", ":")).encode(),
        "bytes_cut_short": good_bytes[:-1],
        "bytes_of_a_list": b"[" + good_bytes + b"]",
    }


def make(folder: Path) -> None:
    """Write all vectors below a folder."""
    recipe = Recipe(reader="text/1", options=ReadOptions(region="MY", mapping=""), packs=PACKS)
    good = messages(recipe)
    keys = {
        "root_public": ROOT_KEY.public.hex(),
        "signing_public": SIGNING_KEY.public.hex(),
        "log_public": LOG_KEY.public.hex(),
        "local_key": LOCAL_KEY.hex(),
        "node": NODE,
        "packs": {name: {"data": data.decode(), "sha256": sha256(data).hexdigest()} for name, data in PACKS.items()},
        "recipe": recipe.raw.decode(),
        "recipe_sha256": recipe.digest,
    }
    more = {"areas": ["online_scams"], "grading": "B2", "media_type": "text/plain", "recipients": [PEER]}
    marking = canonical_json({**MARKING.codes(), **more})
    tag = same_bytes_tag(LOCAL_KEY, TEXT, "Hotline", marking)
    tags = [{"data": to_base64(TEXT), "source": "Hotline", "handling": marking.decode(), "tag": tag.hex()}]
    (folder / "bad").mkdir(parents=True, exist_ok=True)
    for name, value in {"keys": keys, "messages": good, "taken_tags": tags}.items():
        text = json.dumps(value, indent=1, ensure_ascii=False) + "\n"
        (folder / f"{name}.json").write_text(text, encoding="utf-8")
    for name, raw in bad_headers(good).items():
        (folder / "bad" / f"{name}.json").write_bytes(raw)


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
