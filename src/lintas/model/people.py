# SPDX-License-Identifier: Apache-2.0
"""What the views know of named people: duties, lists, passkeys, orders, and who read what."""

from typing import NamedTuple

from lintas.model.ids import MessageId


class DutyHead(NamedTuple):
    """A shift, or a time in which somebody stands in for another."""

    id: str  # 64 hex digits
    seq: int
    what: str  # shift | deputy
    person: str
    stands_for: str  # empty for a shift
    starts_at: str  # RFC 3339 UTC with milliseconds
    ends_at: str
    ended_at: str  # empty unless it was ended before its time

    def is_on(self, now: str) -> bool:
        """Whether it holds at a time in the same form."""
        return self.starts_at <= now < (self.ended_at or self.ends_at)


class NeedListHead(NamedTuple):
    """A need-to-know list."""

    name: str  # code
    opened_by: str
    opened_at: str
    closed_at: str  # empty while it stands; what it restricts stays restricted
    members: tuple[str, ...]
    messages: int  # that it restricts


class CredentialHead(NamedTuple):
    """A passkey."""

    id: str  # base64url of the credential id
    seq: int
    account: str
    algorithm: int  # COSE
    public: str  # base64url of the COSE_Key
    vouched_by: str  # id of the order under which it was added; empty for a person's first
    added_at: str
    ended_at: str  # empty while it stands


class AssentHead(NamedTuple):
    """What somebody said to an order."""

    seq: int
    order: MessageId
    verdict: str
    by: str
    at: str
    credential: str  # empty when no passkey answered


class OrderHead(NamedTuple):
    """What a named person proposes to do; the rest stands in its payload."""

    id: MessageId
    seq: int
    action: str  # activity of the access policy
    by: str
    at: str
    expires_at: str
    ground: str  # written for break-glass; else empty
    classes: int  # bits of what it is about


class AccessHead(NamedTuple):
    """One access entry."""

    seq: int
    id: MessageId
    viewer: str
    verb: str
    purpose: str
    policy: str  # digest of the access pack
    at: str
    shown: int  # messages
    answered_by: str = ""  # who acknowledged that oversight opened content
    answered_at: str = ""
