# SPDX-License-Identifier: Apache-2.0
"""Batches that every node must refuse: each with one defect, named for it, with the code of its refusal."""

import json
from hashlib import sha256
from typing import Any

import msgspec

from lintas.conformance.sample import Sample
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


def bad_batches(sample: Sample) -> dict[str, tuple[str, bytes]]:
    """Name → (code, document)."""
    return _bad_frames(sample) | _bad_fields(sample) | _bad_messages(sample) | _bad_chains(sample)


def _bad_frames(sample: Sample) -> dict[str, tuple[str, bytes]]:
    """Documents that are no signed batch."""
    key = sample.speaker.signing
    good, raw = sign_document("batch", sample.batch(), key), encode(sample.batch())
    said = json.loads(raw)
    without_head = {name: value for name, value in said.items() if name != "head"}
    return {
        "signature_flipped": ("signature", flipped(good)),
        "signed_by_the_log_key": ("key", sign_document("batch", sample.batch(), sample.speaker.log)),
        "signed_by_a_stranger": ("key", sign_document("batch", sample.batch(), sample.stranger)),
        "signed_as_a_welcome": ("signature", resigned("welcome", raw, key)),
        "signed_bytes_changed": ("signature", good.replace(b'"first":1', b'"first":2', 1)),
        "frame_with_a_newline": ("malformed", good + b"\n"),
        "frame_with_another_field": ("malformed", good[:-1] + b',"more":1}'),
        "spelled_with_a_space": ("malformed", resigned("batch", raw.replace(b'"v":1', b'"v": 1'), key)),
        "field_twice": ("malformed", resigned("batch", raw.replace(b'"v":1', b'"v":1,"v":1'), key)),
        "field_unknown": ("malformed", sign_document("batch", said | {"note": "x"}, key)),
        "field_missing": ("malformed", sign_document("batch", without_head, key)),
        "version_unknown": ("malformed", sign_document("batch", said | {"v": 2}, key)),
        "place_null": ("malformed", sign_document("batch", said | {"places": [None]}, key)),
        "place_with_both": (
            "malformed",
            sign_document("batch", said | {"places": [said["places"][0] | said["places"][2]]}, key),
        ),
    }


def _bad_fields(sample: Sample) -> dict[str, tuple[str, bytes]]:
    """Batches that say what they may not."""
    (*_, gone), digests = sample.three()

    def of(what: str, changed: Batch) -> tuple[str, bytes]:
        return what, sign_document("batch", changed, sample.speaker.signing)

    return {
        "lane_unknown": of("malformed", sample.batch(before=sample.start(), lane="express")),
        "first_zero": of("malformed", sample.batch(first=0)),
        "places_none": of("malformed", sample.batch((), digests=[])),
        "places_too_many": of("malformed", sample.batch((gone,) * 501, digests=[digests[2]] * 501)),
        "to_another_node": of("address", sample.batch(to=sample.speaker.id)),
        "from_another_node": of("address", sample.batch(sender=sample.to)),
        "mode_live": of("mode", sample.batch(mode="live")),
        "channel_local": of("malformed", sample.batch(channel="local")),
    }


def _bad_messages(sample: Sample) -> dict[str, tuple[str, bytes]]:
    """Batches with a message that is not what it should be."""
    (whole, receipt, gone), digests = sample.three()
    message, own_payload = sample.item("item")
    envelope, payload = whole.envelope, whole.payload
    assert isinstance(envelope, Envelope) and isinstance(payload, PlacePayload)

    def of(what: str, changed: Batch) -> tuple[str, bytes]:
        return what, sign_document("batch", changed, sample.speaker.signing)

    def with_message(what: str, one: Signed, its: Payload | None = own_payload) -> tuple[str, bytes]:
        return of(what, sample.batch((place_of(one, its),), digests=[place_digest(one.id)]))

    def with_payload(what: str, **changed: Any) -> tuple[str, bytes]:
        place = Place(envelope=envelope, payload=msgspec.structs.replace(payload, **changed))
        return of(what, sample.batch((place, receipt, gone)))

    changed_header = msgspec.structs.replace(envelope, payload=envelope.payload.replace(b'"AMBER"', b'"GREEN"', 1))
    altered = sha256(changed_header.payload).hexdigest()
    salt = sample.salt("item recipient")
    me = sample.speaker.id
    to_other = sample.item("item", refs=(("recipients", (commitment(salt, "recipients", me),)),))[0]
    opened = canonical_json({"recipients": [[salt.hex(), me]]})
    local = sample.item("item", channel="local", reading="0" * 64, refs=())[0]
    other = canonical_json(json.loads(message.header_bytes) | {"originator": sample.to})
    return {
        "message_signed_by_a_stranger": with_message("signature", sample.item("item", key=sample.stranger)[0]),
        "message_header_changed": of(
            "altered",
            sample.batch((Place(envelope=changed_header, payload=whole.payload),), digests=[place_digest(altered)]),
        ),
        "message_of_another_channel": with_message("channel", sample.item("item", channel="pair." + "0" * 32)[0]),
        "message_of_another_node": with_message("channel", sign_header(other, sample.speaker.signing)),
        "message_of_another_mode": with_message("mode", sample.item("item", mode=Mode.LIVE)[0]),
        "message_that_is_local": with_message("channel", local),
        "message_twice": of("replay", sample.batch((whole, whole), digests=[digests[0]] * 2)),
        "payload_changed": with_payload("altered", data=own_payload.data.replace(b"4,500", b"5,400")),
        "payload_cut_short": with_payload("altered", data=own_payload.data[:-1]),
        "payload_missing": with_message("altered", message, None),
        "payload_beside_a_control_message": of(
            "altered", sample.batch((whole, Place(envelope=receipt.envelope, payload=whole.payload), gone))
        ),
        "salt_changed": with_payload("altered", salt="0" * 32),
        "opening_of_something_else": with_payload("altered", openings={"recipients": (("0" * 32, sample.to),)}),
        "recipient_not_opened": with_payload("recipient", openings={}),
        "recipient_is_another": with_message(
            "recipient",
            to_other,
            Payload(salt=own_payload.salt, data=own_payload.data, openings=opened),
        ),
    }


def _bad_chains(sample: Sample) -> dict[str, tuple[str, bytes]]:
    """Batches whose chain does not follow from what they hold."""
    (whole, receipt, gone), _ = sample.three()

    def of(changed: Batch) -> tuple[str, bytes]:
        return "chain", sign_document("batch", changed, sample.speaker.signing)

    return {
        "chain_start_changed": of(sample.batch(before="0" * 64)),
        "chain_after_changed": of(sample.batch(after="0" * 64)),
        "places_in_another_order": of(sample.batch((receipt, whole, gone))),
        "place_left_out": of(sample.batch((whole, gone))),
        "withheld_place_changed": of(sample.batch((whole, receipt, withheld("0" * 64, "erased")))),
    }
