# SPDX-License-Identifier: Apache-2.0
"""What use cases about peers answer, for pages, command line and API.

Field names are the contract of docs/design: they stay from the day they appear.
"""

import msgspec


class PeerAdded(msgspec.Struct, frozen=True):
    """What `peer add` did."""

    node: str
    name: str
    country: str
    mode: str
    standing: str
    is_new: bool  # False: it was known, and its newer descriptor was taken
    serial: int  # of its keys
    our_words: str  # to be read to the other side on the call
    imitates: list[str]  # whom its name could be taken for


class PersonHeard(msgspec.Struct, frozen=True):
    """One person here who heard a peer's words on a call."""

    by: str  # pseudonym
    their_person: str  # who read them; empty for viewers who see no content
    at: str


class LaneShown(msgspec.Struct, frozen=True):
    """Both streams of one lane."""

    lane: str
    sent: int  # places of our stream to the peer
    stored: int  # how many of them the peer says it stored
    received: int  # places of the peer's stream that are stored here


class LinkShown(msgspec.Struct, frozen=True):
    """The connections to one peer right now, as the running node knows them."""

    reads_us: bool
    we_read: bool
    last_contact: str
    last_error: str
    retry_at: str
    unproven_since: str
    unproven_late: bool


class HeadShown(msgspec.Struct, frozen=True):
    """The newest head of a peer's log that was verified and countersigned here."""

    size: int
    at: str
    note: str  # C2SP signed note


class EvidenceShown(msgspec.Struct, frozen=True):
    """What a peer sent that it should not have."""

    message: str  # the entry that keeps it
    node: str
    what: str  # code
    reason: str
    at: str


class PeerLine(msgspec.Struct, frozen=True):
    """One peer."""

    node: str
    name: str
    country: str
    mode: str
    standing: str  # unverified | live | suspended | removed
    is_introduced: bool
    ground: str  # of the last change
    added_at: str
    changed_at: str
    words: str  # of its root key; empty until it was introduced, so that they are heard and not copied
    confirmations: list[PersonHeard]
    endpoints: list[str]  # as its descriptor says
    address: str  # as set here instead; empty: the descriptor counts
    desks: list[dict[str, object]]
    serial: int  # of its keys
    incarnation: str  # of its log, as accepted here
    imitates: list[str]
    channel: str  # ours to it
    lanes: list[LaneShown]
    link: LinkShown
    head: HeadShown | None
    cosigned: bool  # whether it countersigned our newest head
    evidence: list[EvidenceShown]


class Peers(msgspec.Struct, frozen=True):
    """All peers, and what this node reads out on a call."""

    node: str
    name: str
    words: str  # of our own root key
    serial: int
    cosigned_by: list[str]  # node ids that countersigned our newest head
    peers: list[PeerLine]


class EvidenceList(msgspec.Struct, frozen=True):
    """Evidence, newest first."""

    evidence: list[EvidenceShown]


class PeerHeadAnswer(msgspec.Struct, frozen=True):
    """The newest head of a peer's log that this node countersigned."""

    node: str
    head: HeadShown | None
