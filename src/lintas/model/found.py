# SPDX-License-Identifier: Apache-2.0
"""What a read gives back: rows that the store found for one viewer."""

from typing import Final, NamedTuple

from lintas.model.ids import AlertId, MessageId
from lintas.model.peering import Standing

MASKED: Final = "▒▒▒"  # stands for what a reader may not see of a message that they may know of


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
    classes: int = 0  # bits of its protected classes
    masked: int = 0  # those of them for which this reader sees it masked


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
    owner: str  # whose watch it met; empty once the watch is erased
    has: str  # to whom it was last handed over, else the owner
    masked: int = 0  # bits of classes for which this reader sees the message masked


class AlertTally(NamedTuple):
    """Alerts of one watch on messages of one originator, counted."""

    watch: MessageId
    originator: str
    alerts: int
    unacknowledged: int
    first_at: str
    newest_at: str


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


class PeerHead(NamedTuple):
    """A peer as the node knows it."""

    node: str
    name: str  # organisation, from its newest descriptor
    country: str
    channel: str  # ours to it
    is_introduced: bool
    is_suspended: bool
    is_removed: bool
    ground: str  # of the last change, a code
    incarnation: str  # of its log, as accepted here
    changed_at: str
    added_at: str
    keys_seq: int  # its newest key entry
    profile_seq: int  # its newest descriptor

    @property
    def standing(self) -> Standing:
        """How it stands."""
        if self.is_removed:
            return Standing.REMOVED
        if self.is_suspended:
            return Standing.SUSPENDED
        return Standing.LIVE if self.is_introduced else Standing.UNVERIFIED


class Confirmation(NamedTuple):
    """One person heard a peer's words on a call and found them right."""

    by: str
    their_person: str
    at: str


class DecisionHead(NamedTuple):
    """A stored decision of release."""

    message: MessageId
    outcome: str
    rule: str


class SpanHead(NamedTuple):
    """A run of messages that stand next to each other, in the log and in one stream."""

    incarnation: str
    lane: str
    first: int
    length: int  # how many
    seq: int
    chain: str
    release: int


class TipHead(NamedTuple):
    """Where a stream ends."""

    counter: int
    chain: str
    release: int  # place of the entry that holds this chain


class ReceiptHead(NamedTuple):
    """What a recipient says became of a message."""

    node: str
    state: str
    ground: str
    desk: str
    by: str
    at: str
    seq: int = -1  # of the receipt


class OutboxLine(NamedTuple):
    """One released message, as the Outbox lists it."""

    seq: int
    message: MessageId
    of: MessageId  # the local message; empty for receipts and descriptors
    node: str  # recipient
    kind: str
    lane: str
    counter: int
    incarnation: str
    size_bytes: int
    tlp: int
    at: str
    states: str  # space-separated: stored shown refused
    rejected: int  # parts that the recipient's reader could not use


class PeerNote(NamedTuple):
    """The newest head of another node's log that this node has verified and cosigned."""

    node: str
    origin: str
    size: int
    root: bytes
    note: str
    at: str


class EvidenceHead(NamedTuple):
    """What a peer sent that it should not have."""

    seq: int
    message: MessageId
    node: str
    what: str
    reason: str
    at: str
