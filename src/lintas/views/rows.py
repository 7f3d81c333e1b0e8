# SPDX-License-Identifier: Apache-2.0
"""The rows that entries add to or take from the views. The store applies them; it decides nothing."""

from typing import NamedTuple

from lintas.model.ids import AlertId, MessageId
from lintas.model.reading import Derived
from lintas.views.agreements import AgreementRow
from lintas.views.case_rows import CaseDocRow
from lintas.views.desk_rows import CameRow, DueRow, OwnedRow, ReportRow, RequestRow, StepRow, VictimRow
from lintas.views.people_rows import AccessRow, AssentRow, ClassedRow, CredentialRow, DutyRow, NeedRow, OrderRow
from lintas.views.questions import QuestionRow
from lintas.views.traces import TraceDocRow


class MessageRow(NamedTuple):
    """One message, as lists show it."""

    seq: int
    id: MessageId
    kind: str
    media_type: str
    created_at: str
    originator: str
    tlp: int
    marking: str  # canonical JSON of the marking's codes
    grading: str
    size_bytes: int
    channel: str
    classes: int  # bits


class DerivedRows(NamedTuple):
    """What one message says; replaces what the same message said before."""

    seq: int
    derived: Derived


class UnreadRow(NamedTuple):
    """What some messages said is forgotten, because they are about to be read anew; together costs least."""

    seqs: tuple[int, ...]


class IntakeRow(NamedTuple):
    """One taken file, and the items cut from it, in order."""

    seq: int
    source: str
    file_name: str
    format: str
    digest: str  # SHA-256 of the file
    size_bytes: int
    read: int
    used: int
    rejected: tuple[tuple[str, str], ...]
    items: tuple[MessageId, ...]


class WatchRow(NamedTuple):
    """A standing question."""

    seq: int
    id: MessageId
    owner: str
    note: str
    created_at: str
    expires_at: str
    terms: tuple[tuple[str, str], ...]  # (scheme, canonical value)


class AlertRow(NamedTuple):
    """A watch met a message: one row per alert id, whatever is replayed."""

    id: AlertId
    seq: int
    watch: MessageId
    message: MessageId
    scheme: str
    value: str
    reason: str
    at: str


class EndedRow(NamedTuple):
    """A watch was ended, or an alert acknowledged, by a named person."""

    target: str  # id of the watch's or the alert's message
    what: str  # "watch" or "alert"
    by: str
    at: str


class ErasedRow(NamedTuple):
    """Messages whose payload, and all that was derived from it, is gone."""

    messages: tuple[MessageId, ...]


class PeerRow(NamedTuple):
    """A peer's standing was changed. What is empty stays as it was."""

    node: str
    action: str  # see `lintas.model.peering.Action`
    by: tuple[str, ...]  # pseudonyms, sorted
    channel: str
    ground: str
    incarnation: str
    seq: int
    at: str


class PeerKeysRow(NamedTuple):
    """A node's key message stands in this log: a peer's, or a later one of this node's own."""

    node: str
    country: str
    incarnation: str
    seq: int


class PeerProfileRow(NamedTuple):
    """A peer says who it is."""

    node: str
    name: str
    seq: int


class ConfirmedRow(NamedTuple):
    """One person heard a peer's words on a call and found them right."""

    node: str
    by: str
    their_person: str
    at: str
    seq: int


class DecisionRow(NamedTuple):
    """What may be released on a channel under some conditions, decided once."""

    message: MessageId
    channel: str
    conditions: str
    policy: str
    outcome: str
    rule: str
    seq: int


class SpanRow(NamedTuple):
    """A run of messages that stand next to each other, in the log and in one stream."""

    direction: str  # "out" or "in"
    channel: str  # out: ours to the peer; in: the peer's to us
    node: str  # in: the peer; out: empty, the channel tells it
    incarnation: str
    lane: str
    first: int  # counter of the first, from 1
    length: int  # how many
    seq: int  # place of the first in this log; -1 when the sender withheld them
    chain: str  # after the last, 64 hex digits
    release: int  # place of the entry that says so


class ReleasedRow(NamedTuple):
    """A released message is of a local one."""

    seq: int  # of the released message
    of: MessageId  # the local message


class ReceiptRow(NamedTuple):
    """What became of messages at their recipient, or here if it is our own receipt."""

    node: str  # who says so
    messages: tuple[MessageId, ...]
    state: str
    ground: str
    desk: str
    by: str
    at: str
    seq: int


class RejectionRow(NamedTuple):
    """What a recipient's reader could not use of one message."""

    node: str
    message: MessageId
    rejected: tuple[tuple[str, str], ...]  # (id, reason)
    total: int
    seq: int


class EvidenceRow(NamedTuple):
    """A peer sent what it should not have."""

    node: str
    what: str  # code
    reason: str
    at: str
    seq: int


class HandoverRow(NamedTuple):
    """An alert is another person's from here on."""

    target: str  # id of the alert's message
    by: str
    to: str
    at: str
    seq: int


Change = (
    MessageRow
    | DerivedRows
    | UnreadRow
    | IntakeRow
    | WatchRow
    | AlertRow
    | EndedRow
    | ErasedRow
    | PeerRow
    | PeerKeysRow
    | PeerProfileRow
    | ConfirmedRow
    | DecisionRow
    | SpanRow
    | ReleasedRow
    | ReceiptRow
    | RejectionRow
    | EvidenceRow
    | HandoverRow
    | ClassedRow
    | NeedRow
    | DutyRow
    | CredentialRow
    | OrderRow
    | AssentRow
    | AccessRow
    | RequestRow
    | StepRow
    | CaseDocRow
    | ReportRow
    | VictimRow
    | CameRow
    | OwnedRow
    | DueRow
    | AgreementRow
    | TraceDocRow
    | QuestionRow
)
