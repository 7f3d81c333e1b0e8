# SPDX-License-Identifier: Apache-2.0
"""What oversight, and those who answer for a message, are shown of the log: who did what, when and why; no content."""

from typing import Any

import msgspec


class AuditLine(msgspec.Struct, frozen=True):
    """One entry of the log as an act of somebody."""

    seq: int
    id: str  # of the entry
    at: str
    kind: str
    action: str  # what was done: the verb of an access, the action of an order or of a control entry
    person: str = ""  # pseudonym; several joined by ", "; empty for what the node does by itself
    name: str = ""  # of one person, for those who may know it; stays in this node
    role: str = ""  # that they acted in, where the entry says so
    purpose: str = ""
    policy: str = ""  # digest of the access policy that let them
    session: str = ""
    unmasked: bool = False
    shown: int = 0  # messages
    asked: dict[str, Any] = {}  # what was asked for: never what was found
    outcome: str = "done"  # done | refused
    rule: str = ""
    target: str = ""  # id of the message, order or entry that it is about
    codes: dict[str, str] = {}  # what else the entry says, in codes
    answered_by: str = ""  # who acknowledged that oversight opened content
    answered_at: str = ""
    originator: str = ""  # of what a peer signed; empty for this node's own
    erased: bool = False  # what was asked was erased


class AuditQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is searched for; all that is given must hold."""

    person: str = ""  # pseudonym, or the name of an account
    verb: str = ""  # of accesses: find, message, opened, refused, unmask ...
    kind: str = ""  # of entries
    words: str = ""  # each stands in the purpose, the ground or what was asked
    message: str = ""  # id of a message that was shown, or of the entry itself
    since: str = ""  # RFC 3339 date or time
    until: str = ""
    policy: str = ""  # beginning of a policy's digest
    unmasked: bool = False  # what is masked was shown
    decisions: bool = False  # orders, and what people said to them

    def has_any(self) -> bool:
        """Whether anything is asked for."""
        return self != AuditQuery()


class AuditPage(msgspec.Struct, frozen=True):
    """One page of a search of the log, newest first."""

    lines: list[AuditLine]
    next_before: int  # 0 when there is no more
    looked_at: int  # entries that were looked through for this page
    size: int  # entries of the log


class PeerSeen(msgspec.Struct, frozen=True):
    """What a peer signed about one copy of a message."""

    node: str
    name: str
    released: str  # id of the copy that went there
    state: str  # stored | shown | refused ...
    ground: str
    desk: str
    by: str  # the peer's own pseudonym: its agency can resolve it
    at: str  # by the peer's clock
    receipt: str  # id of the entry of this log that the peer signed
    entry: int  # its place in this log
    key: str  # key that signed it, as its descriptor names it
    covered_by: int  # entries of our newest signed head if that covers the receipt; 0 while none does
    cosigned_by: list[str]  # peers that countersigned that head
    head: int  # entries of the newest head of the peer's own log that we hold; 0 for none
    head_at: str


class SeenPage(msgspec.Struct, frozen=True):
    """Who saw one message, here and at peers."""

    message: str
    marking: str
    lines: list[AuditLine]
    next_before: int
    peers: list[PeerSeen]
    waiting: list[str]  # peers to which a copy went that signed nothing yet


class OversightBoard(msgspec.Struct, frozen=True):
    """What stands on the Oversight page beside a search."""

    opened: list[AuditLine]  # content that oversight opened, newest first
    unmasked: list[AuditLine]
    refused: list[AuditLine]
    alone: list[AuditLine]  # orders done by one person alone that nobody has reviewed
    size: int
    signed: int  # entries of the newest signed head
    cosigned_by: list[str]
    alarm: str
    state: str


class AuditExport(msgspec.Struct, frozen=True):
    """A range of the log as events, with what it is checked by."""

    file_name: str
    data: bytes  # zip
    count: int
    first: int
    last: int
    sha256: str  # of the events
