# SPDX-License-Identifier: Apache-2.0
"""What the use cases answer, in the shapes that command line, API and pages share.

Field names are the contract of docs/design: they stay from the day they appear.
"""

import msgspec


class Rejection(msgspec.Struct, frozen=True):
    """A part of a file that could not be used."""

    file: str
    id: str
    reason: str


class Taken(msgspec.Struct, frozen=True):
    """What `take` did."""

    messages: list[str]  # ids of items, in the order of their files, duplicates included
    duplicates: int
    read: int
    used: int
    rejected: list[Rejection]
    statements: int
    identifiers: int
    seconds: float
    intakes: list[str] = []  # ids of the intake entries, one a file
    formats: list[str] = []  # what each file was read as, in words
    notes: list[str] = []
    alerts: int = 0


class Grounds(msgspec.Struct, frozen=True):
    """Who says so, when, under which marking and grading."""

    message: str
    originator: str
    taken_at: str
    marking: str  # "TLP:AMBER+STRICT"
    grading: str
    source: str = ""
    intake: str = ""


class FoundEntity(msgspec.Struct, frozen=True):
    """An entity that carries what was searched."""

    id: str
    schema: str
    caption: str
    prop: str  # property in which it was found
    messages: list[str]  # ids of the messages that say so
    snippet: str = ""  # the text around a found word
    flags: list[str] = []


class FindResult(msgspec.Struct, frozen=True):
    """One row a term, in order, misses too."""

    term: str
    scheme: str  # empty for words and for terms of no known scheme
    value: str  # canonical value that was looked up
    entities: list[FoundEntity]
    sources: list[Grounds]
    benign: list[str]  # why a hit on this value weighs little
    how: str = "exact"  # exact | prefix | words
    more: bool = False  # there are more than are shown
    note: str = ""  # "none that you may see", or what else the term could have been


class Found(msgspec.Struct, frozen=True):
    """The answer to a find."""

    results: list[FindResult]
    seconds: float = 0.0
    access: str = ""  # id of the access entry that was written before this left


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """Narrow a find; empty means all."""

    scheme: str = ""
    area: str = ""
    source: str = ""  # part of the source's name
    since: str = ""  # RFC 3339 date or time: taken at or after
    until: str = ""
    tlp: str = ""  # exactly this label


class StatementShown(msgspec.Struct, frozen=True):
    """One statement on a page."""

    prop: str
    kind: str
    value: str
    message: str
    entity: str = ""
    target: str = ""  # caption of the entity it points at
    confidence: int = -1
    valid_from: str = ""
    valid_until: str = ""


class IdentifierShown(msgspec.Struct, frozen=True):
    """One identifier on a page."""

    scheme: str
    label: str
    value: str
    strength: str
    country: str
    prop: str
    flags: list[str]
    original: str
    entity: str
    message: str
    benign: list[str]


class EntityShown(msgspec.Struct, frozen=True):
    """Everything the viewer may see of one entity, source by source."""

    id: str
    schema: str
    caption: str
    also: list[str]  # other captions that other sources give
    statements: list[StatementShown]
    incoming: list[StatementShown]
    identifiers: list[IdentifierShown]
    sources: list[Grounds]
    tlp: str  # strictest marking on the page, for the banner
    more: bool = False
    masked: bool = False  # something of it is masked for this reader
    unmasked: bool = False
    classes: list[str] = []  # protected classes of its sources


class EntityLine(msgspec.Struct, frozen=True):
    """One entity in a list."""

    id: str
    schema: str
    caption: str


class Unmasking(msgspec.Struct, frozen=True):
    """Somebody saw what is masked in a message."""

    by: str
    at: str
    purpose: str


class MessageShown(msgspec.Struct, frozen=True):
    """One message: as received, derived, rejected, marking, proof."""

    id: str
    seq: int
    kind: str
    media_type: str
    grounds: Grounds
    marking: dict[str, object]
    marking_label: str
    erased: bool
    size_bytes: int
    received: str  # the payload as text, cut at `received_cut` characters; empty when binary or erased
    received_cut: bool
    entities: list[EntityLine]
    statements: list[StatementShown]
    identifiers: list[IdentifierShown]
    intakes: list[str]
    header: str  # canonical JSON, indented for reading
    key_id: str
    notes: list[str] = []
    rejected: list[Rejection] = []  # of its intake, when this is an intake
    items: list[str] = []  # of an intake
    classes: list[str] = []  # protected classes that it is of now
    masked: bool = False  # this reader sees it masked: what it says is withheld
    unmasked: bool = False  # it would be masked, and was unmasked for this view
    watermark: bool = False  # what is printed or saved of it names who did it
    unmasked_by: list[Unmasking] = []  # who unmasked it, for those who answer for it


class ClassChanged(msgspec.Struct, frozen=True):
    """What `class add` or `class release` did."""

    code: str
    messages: list[str]  # that were named, and those of a taken file that was named
    changed: int  # entries that got or lost the class: with what was released of them, and their alerts


class IntakeLine(msgspec.Struct, frozen=True):
    """One taken file in a list."""

    id: str
    source: str
    file_name: str
    format: str
    taken_at: str
    read: int
    used: int
    rejected: int
    marking: str


class TermShown(msgspec.Struct, frozen=True):
    """One term of a watch."""

    scheme: str
    value: str


class WatchAdded(msgspec.Struct, frozen=True):
    """What `watch add` did."""

    watch: str
    terms: list[TermShown]
    expires_at: str
    already_held: int  # terms that something the viewer may see already carries: use find


class WatchShown(msgspec.Struct, frozen=True):
    """One watch in a list."""

    id: str
    owner: str
    note: str
    created_at: str
    expires_at: str
    ended_at: str
    state: str  # live | expired | ended
    terms: list[TermShown]


class AlertShown(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """One alert: one row per id, whatever is delivered again."""

    id: str
    watch: str
    term: str
    message: str
    from_: str
    reason: str
    at: str
    seq: int
    scheme: str
    source: str
    marking: str
    grading: str
    benign: list[str]
    acknowledged_by: str
    acknowledged_at: str
    from_name: str = ""  # organisation and country of the originator: "Example FIU, SG"; empty when unknown here
    from_flags: list[str] = []  # what to mind about a peer: "unverified", "suspended", "removed", "looks like …"
    owner: str = ""  # whose watch it met
    has: str = ""  # who works on it: to whom it was last handed over, else the watch's owner


class Alerts(msgspec.Struct, frozen=True):
    """Alerts in the order in which they happened."""

    alerts: list[AlertShown]


class DigestFrom(msgspec.Struct, frozen=True):
    """Alerts of one watch on what one node says."""

    node: str
    name: str
    flags: list[str]
    alerts: int


class DigestWatch(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """Alerts of one watch since a time."""

    watch: str
    owner: str
    note: str
    terms: list[TermShown]  # that were met, the latest ten
    alerts: int
    unacknowledged: int
    first_at: str
    newest_at: str
    from_: list[DigestFrom]


class Digest(msgspec.Struct, frozen=True):
    """What met the watches since a time, newest first, in numbers."""

    since: str
    alerts: int
    unacknowledged: int
    watches: list[DigestWatch]


class LogLine(msgspec.Struct, frozen=True):
    """One entry of the log, without content."""

    seq: int
    id: str
    kind: str
    created_at: str
    marking: str
    size_bytes: int
    erased: bool


class LogPage(msgspec.Struct, frozen=True):
    """A page of the log, newest first, and its newest signed head."""

    entries: list[LogLine]
    size: int
    checkpoint: str  # C2SP signed note, empty before the first
    checkpoint_size: int
    checkpoint_at: str
    next_before: int  # give it as `before` for the next page; 0 at the end
    vkey: str  # C2SP verifier key of the log


class Verified(msgspec.Struct, frozen=True):
    """What `verify` found."""

    ok: bool
    entries: int
    first_bad: str | None  # "entry 17: ..." or None
    problems: list[str]  # at most 100, first ones first
    payloads: int
    erased: int
    checkpoints: int
    root: str  # hex of the tree's root
    seconds: float


class Rebuilt(msgspec.Struct, frozen=True):
    """What `rebuild` did."""

    entries: int
    views: dict[str, int]  # rows a view
    changed: list[str]  # views that came out different from what stood there: damage that is now mended
    read_again: int  # messages derived anew with current readers, when asked
    seconds: float


class Erased(msgspec.Struct, frozen=True):
    """What `erase` did."""

    erased: list[str]
    entry: str
    also: list[str]  # alerts and intakes that held the same content


class Check(msgspec.Struct, frozen=True):
    """One line of `doctor`."""

    name: str
    ok: bool
    detail: str
    hint: str = ""


class Health(msgspec.Struct, frozen=True):
    """What `doctor` found."""

    ok: bool
    checks: list[Check]


class NoticeShown(msgspec.Struct, frozen=True):
    """How it stands with telling one target that something waits."""

    target: str  # "mail duty@agency.example"
    state: str  # due | sent | clear (nothing waits)
    tries: int  # that failed since it was last accepted
    reason: str  # why the last one did
    next_at: str  # when it is tried again
    sent_at: str  # when its server last took one


class Status(msgspec.Struct, frozen=True):
    """What `status` shows."""

    node: str
    name: str
    country: str
    mode: str
    incarnation: str
    state: str  # live | quarantined
    version: str
    entries: int
    checkpoint_size: int
    checkpoint_at: str
    messages: int
    entities: int
    statements: int
    identifiers: int
    watches: int
    alerts: int
    unacknowledged: int
    database_bytes: int
    blobs_bytes: int
    serving: str  # address of the console when a server runs, else empty
    notices: list[NoticeShown] = []
    peers: int = 0  # without those that were removed
    peers_suspended: int = 0  # of them
    alarm: str = ""  # how peers know this log otherwise than it is here; empty when none does
    policy: str = ""  # digest of the access policy in force
    policy_warning: str = ""  # that it is not the one that people approved; empty when it is
    orders_open: int = 0  # that wait for somebody: for a decision, or for a review of what was done alone


class BackedUp(msgspec.Struct, frozen=True):
    """What `backup` did."""

    file: str
    size_bytes: int
    entries: int
    checkpoint: str
    sealed: bool
    seconds: float


class Restored(msgspec.Struct, frozen=True):
    """What `restore` did."""

    node: str
    entries: int
    state: str  # quarantined | live
    incarnation: str
    detail: str


class ReleasedLine(msgspec.Struct, frozen=True):
    """One message that was given a place in one recipient's stream."""

    message: str  # the local one
    to: str  # node id
    name: str  # of the recipient
    released: str  # id under which the recipient knows it
    lane: str
    counter: int
    already: bool  # it was released to this recipient before; nothing was done


class RefusedLine(msgspec.Struct, frozen=True):
    """One message that one recipient does not get, and why."""

    message: str
    to: str
    name: str
    rule: str
    reason: str


class Shared(msgspec.Struct, frozen=True):
    """What a sharing did, or with `dry_run` would do."""

    released: list[ReleasedLine]
    refused: list[RefusedLine]
    purpose: str
    basis: str
    dry_run: bool
    order: str = ""  # that a named person has to confirm first; then nothing was released yet
    confirm_at: str = ""  # where
    notes: list[str] = []  # what the tipping-off check found, told to the financial intelligence unit alone


class OutboxShown(msgspec.Struct, frozen=True):
    """One released message on the Outbox."""

    released: str
    message: str  # the local one; empty for receipts and descriptors
    to: str
    name: str
    kind: str
    lane: str
    counter: int
    size_bytes: int
    marking: str
    at: str
    states: list[str]  # stored, shown, refused, as the recipient said
    rejected: int  # parts that the recipient's reader could not use
    reasons: list[str]  # of the first of those parts
    grounds: list[str] = []  # codes: why the recipient refused it
    desks: list[str] = []  # to which it was shown


class OutboxPage(msgspec.Struct, frozen=True):
    """Released messages, newest first."""

    lines: list[OutboxShown]
    next_before: int  # 0: there are no older ones


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


class KeysRotated(msgspec.Struct, frozen=True):
    """What `key rotate` did."""

    node: str
    serial: int
    made: dict[str, str]  # name of the key -> its new id
    revoked: list[str]  # ids that are revoked by it
    told: list[str]  # peers whose stream now holds the new descriptor
