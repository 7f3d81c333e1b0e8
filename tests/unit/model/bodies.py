# SPDX-License-Identifier: Apache-2.0
"""Bodies of control messages: how to draw them, and a good one of each kind."""

from typing import Any

from hypothesis import strategies as st

from lintas.model.ids import NodeId
from lintas.model.marking import Tlp

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
}
MORE_VALUES: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "key": {
        "cosign": KEYS,
        "revoked": st.lists(DIGESTS, min_size=1, max_size=3, unique=True).map(sorted),
        "serial": st.integers(0, 2**53 - 1),
        "tls": KEYS,
    },
    "received": {"withheld": MESSAGES},
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
}
