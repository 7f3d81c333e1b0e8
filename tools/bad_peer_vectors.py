# SPDX-License-Identifier: Apache-2.0
"""What a peer must refuse: each with one defect, named for it, with the code of its refusal."""

import json
from typing import Any

from lintas.conformance.bad_batches import resigned
from lintas.crypto.signing import SigningKey
from lintas.formats.peer import (
    encode,
    sign_document,
)
from tools.peer_example import (
    ACK,
    AT_S,
    CHALLENGE,
    HELLO,
    INCARNATION,
    MY,
    SESSION,
    SG,
    STRANGER,
    WELCOME,
    descriptor,
    profile,
)


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
