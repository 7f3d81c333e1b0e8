# SPDX-License-Identifier: Apache-2.0
"""What a peer must refuse: each with one defect, named for it, with the code of its refusal."""

import json
from hashlib import sha256
from typing import Any

import msgspec

from lintas.crypto.canonical import canonical_json
from lintas.crypto.digests import commitment
from lintas.crypto.encoding import from_base64, to_base64
from lintas.crypto.envelope import pae, sign_header
from lintas.crypto.signing import SigningKey
from lintas.crypto.stream import place_digest
from lintas.formats.peer import (
    Batch,
    Envelope,
    Place,
    PlacePayload,
    encode,
    place_of,
    sign_document,
    withheld,
)
from lintas.model.header import Mode, Payload, Signed
from lintas.model.ids import NodeId
from tools.peer_example import (
    ACK,
    AT_S,
    CHALLENGE,
    DIGESTS,
    HELLO,
    INCARNATION,
    ITEM,
    ITEM_PAYLOAD,
    MY,
    PLACES,
    SESSION,
    SG,
    STRANGER,
    TEXT,
    WELCOME,
    batch,
    descriptor,
    item,
    profile,
    salt,
)


def resigned(what: str, raw: bytes, key: SigningKey) -> bytes:
    """A document around any bytes."""
    signature = to_base64(key.sign(pae(f"application/vnd.lintas.{what}+json", raw)))
    return b'{"keyid":"ed25519:%b","sig":"%b","signed":%b}' % (key.key_id.encode(), signature.encode(), raw)


def flipped(document: bytes) -> bytes:
    """A document whose signature has one other bit."""
    said = json.loads(document)
    signature = from_base64(said["sig"])
    changed = to_base64(bytes([signature[0] ^ 1]) + signature[1:])
    return document.replace(said["sig"].encode(), changed.encode(), 1)


def bad_batches() -> dict[str, tuple[str, bytes]]:
    """Batches that must be refused, named for their one defect, each with the code of its refusal."""
    good = sign_document("batch", batch(), MY.signing)
    raw = encode(batch())
    said = json.loads(raw)
    whole, receipt, gone = PLACES
    envelope, payload = whole.envelope, whole.payload
    assert isinstance(envelope, Envelope) and isinstance(payload, PlacePayload)

    def of(what: str, changed: Batch, key: SigningKey = MY.signing) -> tuple[str, bytes]:
        return what, sign_document("batch", changed, key)

    def with_message(what: str, message: Signed, payload: Payload | None = ITEM_PAYLOAD) -> tuple[str, bytes]:
        return of(what, batch((place_of(message, payload),), digests=[place_digest(message.id)]))

    def with_payload(what: str, **changed: Any) -> tuple[str, bytes]:
        place = Place(envelope=envelope, payload=msgspec.structs.replace(payload, **changed))
        return of(what, batch((place, receipt, gone)))

    changed_header = msgspec.structs.replace(envelope, payload=envelope.payload.replace(b'"AMBER"', b'"GREEN"', 1))
    altered = sha256(changed_header.payload).hexdigest()
    elsewhere = commitment(salt("item recipient"), "recipients", MY.id)
    to_other = item("item", refs=(("recipients", (elsewhere,)),))[0]
    opened = canonical_json({"recipients": [[salt("item recipient").hex(), MY.id]]})
    return {
        "signature_flipped": ("signature", flipped(good)),
        "signed_by_the_log_key": of("key", batch(), MY.log),
        "signed_by_a_stranger": of("key", batch(), STRANGER),
        "signed_as_a_welcome": ("signature", resigned("welcome", raw, MY.signing)),
        "signed_bytes_changed": ("signature", good.replace(b'"first":1', b'"first":2', 1)),
        "frame_with_a_newline": ("malformed", good + b"\n"),
        "frame_with_another_field": ("malformed", good[:-1] + b',"more":1}'),
        "spelled_with_a_space": ("malformed", resigned("batch", raw.replace(b'"v":1', b'"v": 1'), MY.signing)),
        "field_twice": ("malformed", resigned("batch", raw.replace(b'"v":1', b'"v":1,"v":1'), MY.signing)),
        "field_unknown": ("malformed", sign_document("batch", said | {"note": "x"}, MY.signing)),
        "field_missing": (
            "malformed",
            sign_document("batch", {n: v for n, v in said.items() if n != "head"}, MY.signing),
        ),
        "version_unknown": ("malformed", sign_document("batch", said | {"v": 2}, MY.signing)),
        "lane_unknown": of("malformed", batch(lane="express")),
        "first_zero": of("malformed", batch(first=0)),
        "places_none": of("malformed", batch((), digests=[])),
        "places_too_many": of("malformed", batch((gone,) * 501, digests=[DIGESTS[2]] * 501)),
        "place_null": ("malformed", sign_document("batch", said | {"places": [None]}, MY.signing)),
        "place_with_both": (
            "malformed",
            sign_document("batch", said | {"places": [said["places"][0] | said["places"][2]]}, MY.signing),
        ),
        "to_another_node": of("address", batch(to=MY.id)),
        "from_another_node": of("address", batch(sender=SG.id)),
        "mode_live": of("mode", batch(mode="live")),
        "channel_local": of("malformed", batch(channel="local")),
        "message_signed_by_a_stranger": with_message("signature", item("item", key=STRANGER)[0]),
        "message_header_changed": of(
            "altered",
            batch((Place(envelope=changed_header, payload=whole.payload),), digests=[place_digest(altered)]),
        ),
        "message_of_another_channel": with_message("channel", item("item", channel="pair." + "0" * 32)[0]),
        "message_of_another_node": with_message("channel", signed_as(SG.id)),
        "message_of_another_mode": with_message("mode", item("item", mode=Mode.LIVE)[0]),
        "message_that_is_local": with_message("channel", item("item", channel="local", reading="0" * 64, refs=())[0]),
        "message_twice": of("replay", batch((whole, whole), digests=[DIGESTS[0]] * 2)),
        "payload_changed": with_payload("altered", data=TEXT.replace(b"4,500", b"5,400")),
        "payload_cut_short": with_payload("altered", data=TEXT[:-1]),
        "payload_missing": with_message("altered", ITEM, None),
        "payload_beside_a_control_message": of(
            "altered", batch((whole, Place(envelope=receipt.envelope, payload=whole.payload), gone))
        ),
        "salt_changed": with_payload("altered", salt="0" * 32),
        "opening_of_something_else": with_payload("altered", openings={"recipients": (("0" * 32, SG.id),)}),
        "recipient_not_opened": with_payload("recipient", openings={}),
        "recipient_is_another": with_message(
            "recipient", to_other, Payload(salt=salt("item"), data=TEXT, openings=opened)
        ),
        "chain_start_changed": of("chain", batch(before="0" * 64)),
        "chain_after_changed": of("chain", batch(after="0" * 64)),
        "places_in_another_order": of("chain", batch((receipt, whole, gone))),
        "place_left_out": of("chain", batch((whole, gone))),
        "withheld_place_changed": of("chain", batch((whole, receipt, withheld("0" * 64, "erased")))),
    }


def signed_as(other: NodeId) -> Signed:
    """An item that names another originator, signed with MY's key."""
    said = json.loads(ITEM.header_bytes) | {"originator": other}
    return sign_header(canonical_json(said), MY.signing)


def bad_greetings() -> dict[str, tuple[str, bytes]]:
    """Greetings, answers and descriptors that must be refused."""
    hello, welcome = json.loads(encode(HELLO)), json.loads(encode(WELCOME))

    def greeting(**changed: Any) -> bytes:
        return sign_document("hello", hello | changed, SG.signing)

    def keys(**changed: Any) -> tuple[str, bytes]:
        code = changed.pop("code")
        return code, descriptor(MY, MY.key_message(**changed))

    def named(key: SigningKey) -> list[dict[str, str]]:
        return [{"id": key.key_id, "algorithm": "ed25519", "public": key.public.hex()}]

    tip = {"lane": "bulk", "counter": 0, "chain": "0" * 64}
    return {
        "hello_signed_by_a_stranger": ("signature", sign_document("hello", HELLO, STRANGER)),
        "hello_challenge_short": ("malformed", greeting(challenge=CHALLENGE[:30])),
        "hello_challenge_in_capitals": ("malformed", greeting(challenge="AB" * 16)),
        "hello_got_no_cursor": ("malformed", greeting(got="0.0")),
        "hello_tips_three": ("malformed", greeting(tips=[tip, tip, tip])),
        "hello_tip_negative": ("malformed", greeting(tips=[tip | {"counter": -1}])),
        "hello_mode_unknown": ("malformed", greeting(mode="test")),
        "hello_version_unknown": ("malformed", greeting(v=2)),
        "welcome_without_a_session": (
            "malformed",
            sign_document("welcome", {n: v for n, v in welcome.items() if n != "session"}, MY.signing),
        ),
        "welcome_standing_unknown": (
            "malformed",
            sign_document("welcome", welcome | {"standing": "friend"}, MY.signing),
        ),
        "welcome_signed_as_a_hello": ("signature", resigned("hello", encode(WELCOME), MY.signing)),
        "ack_cursor_with_a_leading_zero": (
            "malformed",
            sign_document("ack", json.loads(encode(ACK)) | {"cursor": f"{INCARNATION}.03.0"}, SG.signing),
        ),
        "descriptor_signed_by_the_root": ("signature", descriptor(MY, key=MY.root)),
        "descriptor_keys_signed_by_another_root": keys(code="signature", key=SG.root),
        "descriptor_root_of_another_node": keys(code="signature", key=SG.root, root=SG.root.public.hex()),
        "descriptor_key_by_another_id": keys(code="signature", log=[named(MY.log)[0] | {"id": "0" * 64}]),
        "descriptor_one_key_for_two_uses": keys(code="malformed", tls=named(MY.log)),
        "descriptor_key_of_small_order": keys(code="malformed", tls=[named(MY.tls)[0] | {"public": "0" * 64}]),
        "descriptor_signing_key_revoked": keys(code="signature", revoked=[MY.signing.key_id]),
        "descriptor_address_without_a_tls_key": keys(code="malformed", tls=None),
        "descriptor_of_another_node": ("malformed", descriptor(MY, node=SG.id)),
        "descriptor_of_another_mode": ("malformed", descriptor(MY, profile=profile(MY, mode="live"))),
        "descriptor_of_another_country": ("malformed", descriptor(MY, profile=profile(MY, country="SG"))),
        "descriptor_address_without_tls": (
            "malformed",
            descriptor(MY, profile=profile(MY, endpoints=("http://my.lintas.example",))),
        ),
        "descriptor_name_turned_round": (
            "malformed",
            descriptor(MY, profile=profile(MY, organisation="Unit \u202eContoh")),
        ),
        "descriptor_versions_unknown": ("malformed", descriptor(MY, profile=profile(MY, versions=(2,)))),
    }


def bad_requests(good: list[dict[str, Any]]) -> dict[str, tuple[str, dict[str, Any]]]:
    """Requests that must be refused."""
    hello, feed, gossip = good

    def headers(of: dict[str, Any], **changed: str) -> dict[str, Any]:
        said = {name.replace("_", "-"): value for name, value in changed.items()}
        return of | {"headers": {name: value for name, value in (of["headers"] | said).items() if value}}

    def parameters(old: str, new: str) -> dict[str, Any]:
        return headers(feed, signature_input=feed["headers"]["signature-input"].replace(old, new))

    return {
        "body_changed": ("signature", gossip | {"body": '{"notes":[""]}'}),
        "body_and_digest_changed": (
            "signature",
            headers(gossip | {"body": ""}, content_digest=feed["headers"]["content-digest"]),
        ),
        "method_changed": ("signature", gossip | {"method": "PUT"}),
        "path_changed": ("signature", gossip | {"path": "/peer/v1/inbox"}),
        "query_changed": ("signature", feed | {"query": f"after={INCARNATION}.3.0"}),
        "addressee_changed": ("signature", headers(feed, lintas_to=SG.id)),
        "signature_of_another_request": ("signature", headers(feed, signature=hello["headers"]["signature"])),
        "nonce_changed": ("signature", parameters(f"{SESSION}.1", f"{SESSION}.2")),
        "nonce_with_a_leading_zero": ("malformed", parameters(f"{SESSION}.1", f"{SESSION}.01")),
        "key_unknown": ("signature", parameters(SG.signing.key_id, STRANGER.key_id)),
        "component_missing": ("malformed", parameters(' "lintas-to"', "")),
        "components_in_another_order": ("malformed", parameters('"@method" "@path"', '"@path" "@method"')),
        "algorithm_missing": ("malformed", parameters(';alg="ed25519"', "")),
        "created_missing": ("malformed", parameters(f";created={AT_S}", "")),
        "tag_of_something_else": ("malformed", parameters("lintas-peer-v1", "other")),
        "digest_missing": ("malformed", headers(feed, content_digest="")),
        "signature_missing": ("malformed", headers(feed, signature="")),
    }
