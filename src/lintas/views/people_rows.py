# SPDX-License-Identifier: Apache-2.0
"""The rows that entries about named people add to the views."""

from typing import NamedTuple

from lintas.model.ids import MessageId


class ClassedRow(NamedTuple):
    """Messages were put into a protected class, or released from it."""

    messages: tuple[MessageId, ...]
    bit: int
    is_added: bool


class NeedRow(NamedTuple):
    """A need-to-know list changed."""

    list: str
    action: str  # opened | joined | left | closed | restricted | freed
    person: str
    messages: tuple[MessageId, ...]
    by: str
    at: str


class DutyRow(NamedTuple):
    """A shift or a deputy was set, or ended."""

    id: str
    seq: int
    what: str
    person: str
    stands_for: str
    starts_at: str
    ends_at: str
    is_ended: bool
    at: str


class CredentialRow(NamedTuple):
    """A passkey was added, or ended."""

    id: str
    seq: int
    account: str
    algorithm: int
    public: str
    vouched_by: str
    is_ended: bool
    at: str


class OrderRow(NamedTuple):
    """Somebody proposed something."""

    id: MessageId
    seq: int
    action: str
    by: str
    at: str
    expires_at: str
    ground: str
    classes: int


class AssentRow(NamedTuple):
    """Somebody said something to an order."""

    seq: int
    order: MessageId
    verdict: str
    by: str
    at: str
    credential: str


class AccessRow(NamedTuple):
    """Somebody read something."""

    seq: int
    viewer: str
    verb: str
    purpose: str
    policy: str
    at: str
    shown: tuple[MessageId, ...]
