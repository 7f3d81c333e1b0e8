# SPDX-License-Identifier: Apache-2.0
"""What a read gives back: rows that the store found for one viewer."""

from typing import NamedTuple

from lintas.model.ids import AlertId, MessageId


class Hit(NamedTuple):
    """One entity in one message that carries a searched identifier."""

    term: int  # index of the searched (scheme, value) pair
    entity: str
    schema: str
    caption: str
    prop: str
    flags: str  # space-separated
    original: str
    seq: int  # of the message


class MessageHead(NamedTuple):
    """One message as a list or a source line shows it."""

    seq: int
    id: MessageId
    kind: str
    media_type: str
    created_at: str
    originator: str
    tlp: int
    marking: str
    grading: str
    size_bytes: int
    source: str  # what the person who took it in called its source; of the first file that held it
    intake: str  # id of the first intake that held it, empty when it came alone
    erased: bool


class Fact(NamedTuple):
    """One statement with where it comes from."""

    entity: str
    prop: str
    kind: str
    value: str
    confidence: int
    valid_from: str
    valid_until: str
    lang: str
    seq: int
    n: int


class Held(NamedTuple):
    """An identifier that an entity or a message carries."""

    scheme: str
    value: str
    strength: str
    country: str
    prop: str
    flags: str
    original: str
    entity: str
    seq: int


class Appearance(NamedTuple):
    """An entity as one message presents it."""

    entity: str
    schema: str
    caption: str
    seq: int


class WatchHead(NamedTuple):
    """A watch as a list shows it."""

    seq: int
    id: MessageId
    owner: str
    note: str
    created_at: str
    expires_at: str
    ended_at: str
    terms: int


class AlertHead(NamedTuple):
    """An alert as the desk shows it."""

    seq: int
    id: AlertId
    watch: MessageId
    note: str
    message: MessageId
    originator: str
    source: str
    tlp: int
    grading: str
    scheme: str
    value: str
    reason: str
    at: str
    acknowledged_by: str
    acknowledged_at: str


class EntryHead(NamedTuple):
    """One entry of the log as stored."""

    seq: int
    id: MessageId
    header: bytes
    key_id: str
    algorithm: str
    signature: bytes


class StoredPayload(NamedTuple):
    """The erasable part of one entry as stored: `data`, or the name of a blob."""

    seq: int
    salt: bytes
    openings: bytes
    data: bytes | None
    blob: str


class CheckpointRow(NamedTuple):
    """A signed head of the log."""

    size: int
    note: str
    made_at: str
