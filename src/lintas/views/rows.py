# SPDX-License-Identifier: Apache-2.0
"""The rows that entries add to or take from the views. The store applies them; it decides nothing."""

from typing import NamedTuple

from lintas.model.ids import AlertId, MessageId
from lintas.model.reading import Derived


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


class DerivedRows(NamedTuple):
    """What one message says; replaces what the same message said before."""

    seq: int
    derived: Derived


class UnreadRow(NamedTuple):
    """What one message said is forgotten, because it is about to be read anew."""

    seq: int


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


Change = MessageRow | DerivedRows | UnreadRow | IntakeRow | WatchRow | AlertRow | EndedRow | ErasedRow
