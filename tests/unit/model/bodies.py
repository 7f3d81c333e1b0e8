# SPDX-License-Identifier: Apache-2.0
"""Bodies of control messages: how to draw them, and a good one of each kind."""

from typing import Any

from hypothesis import strategies as st

from lintas.model.header_rules import VERDICTS
from lintas.model.ids import NodeId
from lintas.model.marking import Protected, Tlp

NODE = NodeId("lintas:" + "a" * 52)
CHANNEL = "pair." + "0" * 32
AT = "2026-03-01T03:00:00.000Z"
DIGESTS = st.binary(min_size=32, max_size=32).map(bytes.hex)
CODES = st.from_regex(r"[a-z0-9][a-z0-9_.-]{0,63}", fullmatch=True)
PEOPLE = st.sampled_from(["officer-0001", "officer-0002", "local:cli"])
INCARNATIONS = st.binary(min_size=8, max_size=8).map(bytes.hex)
KEYS = st.lists(
    st.fixed_dictionaries({"algorithm": st.just("ed25519"), "id": DIGESTS, "public": DIGESTS}),
    min_size=1,
    max_size=3,
    unique_by=lambda key: str(key["id"]),
)
MESSAGES = st.lists(DIGESTS, min_size=1, max_size=5, unique=True)
CHANNELS = st.binary(min_size=16, max_size=16).map(lambda raw: f"pair.{raw.hex()}")
NODES = st.from_regex(r"lintas:[a-z2-7]{52}", fullmatch=True)
BASE64URL = st.from_regex(r"[A-Za-z0-9_-]{1,40}", fullmatch=True)
TIMES = st.datetimes().map(lambda moment: f"{moment:%Y-%m-%dT%H:%M:%S}.000Z".rjust(24, "0"))
STREAM = {
    "chain": DIGESTS,
    "channel": CHANNELS,
    "count": st.integers(1, 2**53 - 1),
    "first": st.integers(1, 2**53 - 1),
    "incarnation": INCARNATIONS,
    "lane": st.sampled_from(["alert", "bulk"]),
}
BODY_VALUES: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "key": {
        "country": st.sampled_from(["MY", "SG"]),
        "incarnation": INCARNATIONS,
        "log": KEYS,
        "root": DIGESTS,
        "signing": KEYS,
    },
    "derive": {"messages": MESSAGES, "reading": DIGESTS},
    "erase": {"by": PEOPLE, "ground": CODES, "messages": MESSAGES},
    "incarnation": {
        "approved_by": st.lists(PEOPLE, min_size=2, max_size=3, unique=True).map(sorted),
        "ground": CODES,
        "incarnation": INCARNATIONS,
        "previous": INCARNATIONS,
        "previous_root": DIGESTS,
        "previous_size": st.integers(0, 2**53 - 1),
    },
    "ended": {"by": PEOPLE, "target": DIGESTS, "what": st.sampled_from(["alert", "watch"])},
    "account": {"account": PEOPLE, "action": CODES, "clearance": st.sampled_from(list(Tlp.__members__)), "role": CODES},
    "peer": {
        "action": CODES,
        "by": st.lists(PEOPLE, min_size=1, max_size=3, unique=True).map(sorted),
        "channel": CHANNELS,
        "ground": CODES,
        "incarnation": INCARNATIONS,
        "node": NODES,
    },
    "decision": {
        "channel": CHANNELS,
        "conditions": DIGESTS,
        "outcome": st.sampled_from(["refuse", "release"]),
        "policy": DIGESTS,
        "rule": CODES,
    },
    "release": STREAM | {"by": PEOPLE, "decision": DIGESTS},
    "received": STREAM | {"node": NODES},
    "receipt": {"by": PEOPLE, "desk": CODES, "ground": CODES, "messages": MESSAGES, "state": CODES},
    "handover": {"by": PEOPLE, "target": DIGESTS, "to": PEOPLE},
    "owned": {
        "action": st.sampled_from(["taken", "offered", "accepted", "declined"]),
        "by": PEOPLE,
        "target": DIGESTS,
    },
    "due": {
        "by": PEOPLE,
        "clock": CODES,
        "due_at": TIMES,
        "state": st.sampled_from(["warned", "missed", "seen"]),
        "target": DIGESTS,
    },
    "assent": {"by": PEOPLE, "order": DIGESTS, "verdict": st.sampled_from(VERDICTS)},
    "credential": {
        "account": PEOPLE,
        "action": st.sampled_from(["added", "ended"]),
        "algorithm": st.sampled_from([-7, -8, -257]),
        "by": PEOPLE,
        "credential": BASE64URL,
        "public": BASE64URL,
        "vouched_by": st.just("") | DIGESTS,
    },
    "need": {
        "action": st.sampled_from(["opened", "joined", "left", "closed", "restricted", "freed"]),
        "by": PEOPLE,
        "list": st.from_regex(r"[a-z0-9][a-z0-9-]{0,39}", fullmatch=True),
    },
    "duty": {
        "action": st.sampled_from(["set", "ended"]),
        "by": PEOPLE,
        "ends_at": TIMES,
        "id": DIGESTS,
        "person": PEOPLE,
        "stands_for": st.just("") | PEOPLE,
        "starts_at": TIMES,
        "what": st.sampled_from(["shift", "deputy"]),
    },
    "classed": {
        "action": st.sampled_from(["added", "released"]),
        "by": PEOPLE,
        "class": st.sampled_from([one.value for one in Protected]),
        "messages": st.lists(DIGESTS, min_size=1, max_size=3, unique=True).map(sorted),
    },
}
MORE_VALUES: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "key": {
        "cosign": KEYS,
        "revoked": st.lists(DIGESTS, min_size=1, max_size=3, unique=True).map(sorted),
        "serial": st.integers(0, 2**53 - 1),
        "tls": KEYS,
    },
    "received": {"withheld": MESSAGES},
    "owned": {"to": PEOPLE},
    "due": {"item": CODES},
    "account": {
        "opens": st.lists(st.sampled_from([one.value for one in Protected]), min_size=1, unique=True).map(sorted)
    },
    "need": {
        "messages": st.lists(DIGESTS, min_size=1, max_size=3, unique=True).map(sorted),
        "person": PEOPLE,
    },
    "assent": {
        "authenticator": BASE64URL,
        "client": BASE64URL,
        "credential": BASE64URL,
        "effects": st.integers(0, 2**53 - 1),
        "signature": BASE64URL,
    },
}


def bodies(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(BODY_VALUES[kind], optional=MORE_VALUES.get(kind, {}))


ONE_KEY = {"algorithm": "ed25519", "id": "0" * 64, "public": "1" * 64}
GOOD_BODIES: dict[str, dict[str, object]] = {
    "key": {"country": "MY", "incarnation": "0" * 16, "log": [ONE_KEY], "root": "2" * 64, "signing": [ONE_KEY]},
    "derive": {"messages": ["0" * 64], "reading": "1" * 64},
    "erase": {"by": "officer-0001", "ground": "retention", "messages": ["0" * 64]},
    "incarnation": {
        "approved_by": ["officer-0001", "officer-0002"],
        "ground": "disk_lost",
        "incarnation": "0" * 16,
        "previous": "1" * 16,
        "previous_root": "2" * 64,
        "previous_size": 7,
    },
    "ended": {"by": "officer-0001", "target": "0" * 64, "what": "alert"},
    "account": {"account": "officer-0001", "action": "created", "clearance": "AMBER", "role": "analyst"},
    "peer": {
        "action": "introduced",
        "by": ["officer-0001", "officer-0002"],
        "channel": CHANNEL,
        "ground": "words_heard",
        "incarnation": "0" * 16,
        "node": NODE,
    },
    "decision": {
        "channel": CHANNEL,
        "conditions": "0" * 64,
        "outcome": "refuse",
        "policy": "1" * 64,
        "rule": "recipient",
    },
    "release": {
        "by": "officer-0001",
        "chain": "0" * 64,
        "channel": CHANNEL,
        "count": 2,
        "decision": "1" * 64,
        "first": 1,
        "incarnation": "0" * 16,
        "lane": "bulk",
    },
    "received": {
        "chain": "0" * 64,
        "channel": CHANNEL,
        "count": 2,
        "first": 1,
        "incarnation": "0" * 16,
        "lane": "alert",
        "node": NODE,
    },
    "receipt": {
        "by": "node:self",
        "desk": "none",
        "ground": "none",
        "messages": ["0" * 64],
        "state": "stored",
    },
    "handover": {"by": "officer-0001", "target": "0" * 64, "to": "officer-0002"},
    "owned": {"action": "taken", "by": "officer-0001", "target": "0" * 64, "to": "officer-0001"},
    "due": {"by": "node:self", "clock": "acknowledge", "due_at": AT, "state": "missed", "target": "0" * 64},
    "assent": {"by": "officer-0001", "order": "0" * 64, "verdict": "approved"},
    "credential": {
        "account": "officer-0001",
        "action": "added",
        "algorithm": -7,
        "by": "officer-0001",
        "credential": "AAAA",
        "public": "pQEC",
        "vouched_by": "",
    },
    "need": {"action": "opened", "by": "officer-0001", "list": "case-1"},
    "duty": {
        "action": "set",
        "by": "officer-0001",
        "ends_at": AT,
        "id": "0" * 64,
        "person": "officer-0002",
        "stands_for": "officer-0001",
        "starts_at": AT,
        "what": "deputy",
    },
    "classed": {"action": "added", "by": "officer-0001", "class": "victim", "messages": ["0" * 64]},
}
