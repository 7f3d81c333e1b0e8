# SPDX-License-Identifier: Apache-2.0
"""What a node says of its own keys and health. Nothing in it is secret."""

import msgspec

from lintas.model.node_answers import Health


class KeyAtRest(msgspec.Struct, frozen=True):
    """How the file of one key rests; nothing of what it holds."""

    name: str  # root | signing | log | tls | cosign | local
    state: str  # sealed | plain | elsewhere | unreadable
    mode: str  # of the file, octal
    is_open: bool = False  # others than its owner may read it
    stretching: str = ""  # of the passphrase: "scrypt 2^19"
    is_weak: bool = False  # stretched so little that a passphrase can be tried out


class KeysResting(msgspec.Struct, frozen=True):
    """What `key seal` and `key unseal` did."""

    changed: list[str]  # names of keys whose file was replaced
    keys: list[KeyAtRest]


class KeyShown(msgspec.Struct, frozen=True):
    """One key of this node; nothing secret."""

    name: str  # root | signing | log | tls | cosign
    id: str
    algorithm: str
    state: str  # in use | replaced | revoked
    since: str  # when the log first named it
    entry: int  # place of that entry


class PeerLag(msgspec.Struct, frozen=True):
    """How far one peer is behind."""

    node: str
    name: str
    standing: str
    behind: int  # places of our streams that it does not have yet
    heard_at: str  # when we last heard of it; empty for never


class KeysAndHealth(msgspec.Struct, frozen=True):
    """What `key status` and the page Keys and health show."""

    node: str
    keys: list[KeyShown]
    at_rest: list[KeyAtRest]
    rotated_at: str  # when keys last changed; empty when they never did
    serial: int
    checkpoint_size: int
    checkpoint_at: str
    checkpoint_age_s: int  # -1 when there is none
    unsigned_entries: int  # written since
    cosigned_by: list[str]  # names of peers that countersigned our newest head
    peers: list[PeerLag]
    health: Health


class KeysRotated(msgspec.Struct, frozen=True):
    """What `key rotate` did."""

    node: str
    serial: int
    made: dict[str, str]  # name of the key -> its new id
    revoked: list[str]  # ids that are revoked by it
    told: list[str]  # peers whose stream now holds the new descriptor
