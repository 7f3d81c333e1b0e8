# SPDX-License-Identifier: Apache-2.0
"""Headers that a reader must refuse: each with one defect, named for it."""

import json
from hashlib import sha256
from typing import Any

from lintas.crypto.canonical import canonical_json
from tools.message_example import CHANNEL, NODE, PEER, salt


def bad_headers(good: list[dict[str, Any]]) -> dict[str, bytes]:
    """Headers that must be refused, named for their defect; canonical JSON unless the name says otherwise."""
    by_name: dict[str, dict[str, Any]] = {one["name"]: json.loads(one["header"]) for one in good}
    item, full = by_name["item"], by_name["item with every field"]
    erase, key, lost, ended = (by_name[name] for name in ("erase", "key", "incarnation", "ended"))
    released, release, receipt, peer = (by_name[name] for name in ("released item", "release", "receipt", "peer"))

    assent, need, duty, credential = (by_name[name] for name in ("assent", "need", "duty", "credential"))

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
        "channel_in_capitals": released | {"channel": CHANNEL.upper()},
        "channel_of_a_watch": by_name["watch"] | {"channel": CHANNEL},
        "channel_of_an_erasure": erase | {"channel": CHANNEL},
        "channel_unknown": item | {"channel": "everyone"},
        "commitment_in_capitals": full | {"refs": {"recipients": [full["refs"]["recipients"][0].upper()]}},
        "commitments_none": full | {"refs": {"recipients": []}},
        "commitment_twice": full | {"refs": {"recipients": full["refs"]["recipients"] * 2}},
        "control_with_a_payload": erase | {"payload": item["payload"]},
        "control_with_areas": erase | {"areas": ["online_scams"]},
        "control_with_references": erase | {"refs": full["refs"]},
        "control_without_a_body": without(erase, "body"),
        "assent_in_words": said(assent, verdict="yes, go ahead"),
        "assent_of_no_order": said(assent, order="the last one"),
        "assent_with_padding": said(assent, signature=assent["body"]["signature"] + "=="),
        "class_unknown": said(by_name["classed"], **{"class": "royal"}),
        "credential_without_an_algorithm": said(credential, algorithm=0),
        "duty_at_no_time": said(duty, starts_at="tonight"),
        "duty_of_a_name": said(duty, person="Ali bin Contoh"),
        "duty_what_unknown": said(duty, what="holiday"),
        "need_list_that_like_reads": said(need, list="case_17"),
        "need_messages_none": said(need, messages=[]),
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
        "key_revoked_list_empty": said(key, revoked=[]),
        "key_revoked_list_not_sorted": said(key, revoked=["f" * 64, "0" * 64]),
        "key_serial_negative": said(key, serial=-1),
        "key_tls_list_empty": said(key, tls=[]),
        "keys_none": said(key, signing=[]),
        "kind_unknown": item | {"kind": "rumour"},
        "marking_class_unknown": marked(classes=["royal"]),
        "marking_classes_none": marked(classes=[]),
        "marking_classes_not_sorted": marked(classes=["victim", "child"]),
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
        "peer_changed_by_nobody": said(peer, by=[]),
        "peer_named_in_clear": said(peer, node="Unit Contoh"),
        "receipt_ground_in_free_text": said(receipt, ground="We do not read this."),
        "receipt_on_the_local_channel": receipt | {"channel": "local"},
        "rejection_on_the_local_channel": by_name["rejection"] | {"channel": "local"},
        "release_first_zero": said(release, first=0),
        "release_lane_unknown": said(release, lane="express"),
        "release_of_no_messages": said(release, count=0),
        "release_with_what_was_withheld": said(release, withheld=["0" * 64]),
        "released_item_with_a_reading": released | {"reading": item["reading"]},
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
