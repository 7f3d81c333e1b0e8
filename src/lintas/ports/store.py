# SPDX-License-Identifier: Apache-2.0
"""The store: one log, its views, and no read of content without a viewer's clearance.

`scope` is always what `policy.access.scope_of` gives for a viewer: what it hides does not exist for
that read. Reads see one snapshot; writes are one transaction, acknowledged only when durable.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

from lintas.model.found import (
    AlertHead,
    AlertTally,
    Appearance,
    CheckpointRow,
    Confirmation,
    DecisionHead,
    EntryHead,
    EvidenceHead,
    Fact,
    Held,
    Hit,
    MessageHead,
    OutboxLine,
    PeerHead,
    PeerNote,
    ReceiptHead,
    SpanHead,
    StoredPayload,
    TipHead,
    WatchHead,
)
from lintas.model.header import Payload, Signed
from lintas.model.ids import MessageId
from lintas.model.scope import Scope
from lintas.ports.accounts import AccountReads, AccountWrites
from lintas.ports.agreements import AgreementReads
from lintas.ports.cases import CaseReads
from lintas.ports.desk import DeskReads
from lintas.ports.identity import IdentityReads, IdentityWrites
from lintas.ports.ledger_reads import LedgerReads
from lintas.ports.notices import NoticeReads, NoticeWrites
from lintas.ports.people import PeopleReads
from lintas.ports.questions import QuestionReads
from lintas.ports.sign_in import SignInReads, SignInWrites
from lintas.ports.traces import TraceReads
from lintas.views.rows import Change, IntakeRow

T = TypeVar("T")


class LogReads(Protocol):
    """Entries, payloads, tiles and checkpoints: the log proper."""

    def size(self) -> int:
        """How many entries the log has."""

    def entries(self, start: int, stop: int) -> Iterator[EntryHead]:
        """Entries with start <= seq < stop, in order."""

    def entry_by_id(self, message: MessageId) -> EntryHead | None:
        """The entry of one message."""

    def payload(self, seq: int) -> StoredPayload | None:
        """The payload row of one entry; None when it has none or it was erased."""

    def payload_rows(self, start: int, stop: int) -> dict[int, StoredPayload]:
        """Payload rows with start <= seq < stop."""

    def sharing(self, seq: int) -> list[tuple[int, MessageId]]:
        """(place, id) of entries whose payloads have their bytes from one entry's, and are erased with it."""

    def lost_payloads(self, originator: str) -> list[int]:
        """Where content of a peer stands whose payload is missing though no erasure took it, in order."""

    def blob_names(self) -> Iterator[str]:
        """Names of all blobs that some payload row needs."""

    def tile(self, level: int, number: int) -> bytes:
        """Hashes of one tile, full or partial; empty when there is none."""

    def tiles(self) -> Iterator[tuple[int, int, bytes]]:
        """All tiles, in order of level and number."""

    def checkpoint(self) -> CheckpointRow | None:
        """The newest checkpoint."""

    def checkpoint_at(self, size: int) -> CheckpointRow | None:
        """The checkpoint of one size."""

    def checkpoints(self) -> Iterator[CheckpointRow]:
        """All checkpoints, oldest first."""

    def pack(self, digest: str) -> bytes | None:
        """A pack, option set or recipe by the SHA-256 of its bytes."""

    def packs(self) -> Iterator[tuple[str, bytes]]:
        """All of them: (digest, bytes)."""

    def taken(self, tag: bytes) -> int | None:
        """The entry that already holds the same bytes from the same source under the same marking."""

    def meta(self, name: str) -> str | None:
        """One value of the node's own state: node, mode, incarnation, state, schema."""


class FindReads(Protocol):
    """What may be found; every query takes the viewer's scope."""

    def hits(self, terms: Sequence[tuple[int, str, str]], *, scope: Scope, limit: int) -> Iterator[Hit]:
        """Entities that carry any of many (index, scheme, canonical value) terms; `limit` rows a term at most."""

    def identifiers_from(self, prefix: str, *, scheme: str, scope: Scope, limit: int) -> list[tuple[str, str]]:
        """(scheme, value) of identifiers whose value starts with a prefix; `scheme` empty for all."""

    def worded(self, words: Sequence[str], *, phrase: bool, scope: Scope, limit: int) -> list[Fact]:
        """Statements whose text has all folded words (`phrase`: one after the other), newest first."""

    def has_class(self, bits: int) -> bool:
        """Whether any message is of one of some classes; for the node's own checks, never for a person."""

    def places_of(self, kind: str) -> list[int]:
        """Where entries of one kind stand; it tells no content."""

    def heads(self, seqs: Iterable[int], *, scope: Scope) -> dict[int, MessageHead]:
        """Messages by their place in the log."""

    def head(self, message: MessageId, *, scope: Scope) -> MessageHead | None:
        """One message; None says "none that you may see"."""

    def appearances(self, entity: str, *, scope: Scope, limit: int) -> list[Appearance]:
        """How each message presents one entity, newest first."""

    def entities_of(self, seq: int, *, scope: Scope, limit: int) -> list[Appearance]:
        """Entities that one message presents."""

    def facts_about(self, entity: str, *, scope: Scope, limit: int) -> list[Fact]:
        """Statements about one entity, by property, newest first; sources never overwrite each other."""

    def facts_in(self, seq: int, *, scope: Scope, limit: int) -> list[Fact]:
        """Statements that one message makes."""

    def facts_pointing_at(self, entity: str, *, scope: Scope, limit: int) -> list[Fact]:
        """Statements of other entities whose value is this entity."""

    def captions(self, entities: Sequence[str], *, scope: Scope) -> dict[str, Appearance]:
        """The newest appearance of each of some entities."""

    def held_by(self, entity: str, *, scope: Scope, limit: int) -> list[Held]:
        """Identifiers that one entity carries."""

    def held_in(self, seq: int, *, scope: Scope, limit: int) -> list[Held]:
        """Identifiers in one message."""

    def intakes_of(self, seq: int, *, scope: Scope) -> list[MessageId]:
        """The intakes that held one item."""

    def intake(self, message: MessageId, *, scope: Scope) -> IntakeRow | None:
        """One taken file."""

    def intakes(self, *, scope: Scope, before: int, limit: int) -> list[tuple[MessageHead, IntakeRow]]:
        """Taken files, newest first, with seq < before; their rejections and items are left empty."""

    def counts(self, *, scope: Scope) -> dict[str, int]:
        """How many messages, entities, statements and identifiers the viewer may see, each capped at 1,000,000."""


class WatchReads(Protocol):
    """Standing questions and what met them.

    Watches are read whole, because the node itself fires them; what a page shows of them is first held against `heads`.
    """

    def watches(self, *, owner: str = "") -> list[WatchHead]:
        """Watches, newest first; of one owner, or all."""

    def watch(self, message: MessageId) -> WatchHead | None:
        """One watch."""

    def watch_terms(self, message: MessageId) -> list[tuple[str, str]]:
        """The (scheme, value) terms of one watch."""

    def watching(self, terms: Iterable[tuple[str, str]], *, at: str) -> list[tuple[str, str, WatchHead]]:
        """Live watches on any of some (scheme, value) pairs, at a time (RFC 3339)."""

    def has_watches(self) -> bool:
        """Whether any watch is live."""

    def alerts(
        self, *, scope: Scope, after: int, limit: int, newest: bool = False, person: str = ""
    ) -> list[AlertHead]:
        """Alerts with seq > after in order, or the newest first; all, or those that one person has."""

    def alert(self, alert: str, *, scope: Scope) -> AlertHead | None:
        """One alert."""

    def alert_tallies(self, since: str, *, scope: Scope) -> list[AlertTally]:
        """Alerts that happened since a time (RFC 3339), counted by watch and originator."""

    def alert_values(self, watch: MessageId, since: str, *, scope: Scope, limit: int) -> list[tuple[str, str]]:
        """The (scheme, value) pairs that met one watch since a time (RFC 3339), the latest first."""

    def alerts_about(self, seqs: Sequence[int]) -> list[tuple[str, MessageId]]:
        """(alert id, its message id) of alerts that some messages caused."""


class PeerReads(Protocol):
    """Peers, streams, receipts. Read by the node itself; what a page shows of messages is first held against `heads`.

    Streams are named by their sender's channel: ours to a peer (`out`), a peer's to us (`in`).
    """

    def peers(self) -> list[PeerHead]:
        """All peers, removed ones too, by name."""

    def peer(self, node: str) -> PeerHead | None:
        """One peer."""

    def peer_of_channel(self, channel: str) -> PeerHead | None:
        """The peer that one of our channels leads to."""

    def key_places(self, node: str) -> list[int]:
        """Where the key entries of a node stand, oldest first; this node's own too."""

    def confirmations(self, node: str) -> list[Confirmation]:
        """Who heard a peer's words since it was last added, oldest first; one row a person."""

    def decision(self, channel: str, *, conditions: str, policy: str) -> DecisionHead | None:
        """What was decided once for some conditions."""

    def tip(self, direction: str, channel: str, *, incarnation: str, lane: str) -> TipHead | None:
        """Where a stream ends; None when nothing stands in it."""

    def spans(
        self, direction: str, channel: str, *, incarnation: str, lane: str, after: int, limit: int
    ) -> list[SpanHead]:
        """Runs of a stream whose last counter is beyond `after`, in order."""

    def span_at(self, direction: str, channel: str, *, incarnation: str, lane: str, counter: int) -> SpanHead | None:
        """The run that holds one counter."""

    def channels_from(self, node: str) -> list[str]:
        """Channels on which a peer has sent to us."""

    def releases_of(self, message: MessageId) -> list[tuple[int, MessageId, str]]:
        """(place, id, channel) of the released messages of one local message."""

    def receipts(self, message: MessageId) -> list[ReceiptHead]:
        """What recipients say of one released message, oldest first."""

    def rejections(self, message: MessageId) -> list[tuple[str, tuple[tuple[str, str], ...], int]]:
        """(node, ((id, reason), …), how many in all) of what recipients could not use of one released message."""

    def outbox(self, *, scope: Scope, channel: str, before: int, limit: int) -> list[OutboxLine]:
        """Released messages with seq < before, newest first; of one channel or, when empty, of all."""

    def stored_upto(self, channel: str, *, incarnation: str, lane: str) -> int:
        """How many places of one of our streams the recipient says it stored: the highest counter with a receipt."""

    def evidence(self, node: str, *, limit: int) -> list[EvidenceHead]:
        """What a peer sent that it should not have, newest first; empty for all peers."""

    def peer_notes(self) -> list[PeerNote]:
        """The newest verified head of each other log."""

    def peer_note(self, origin: str) -> PeerNote | None:
        """The newest verified head of one log, by its origin line."""

    def address_of(self, node: str) -> str:
        """The address that this node's operator set for a peer, instead of the one in its descriptor; or empty."""

    def handed_to(self, target: str) -> str:
        """Who has an alert (by the id of its message) since it was last handed over; empty when nobody was named."""


class PeerWrites(PeerReads, Protocol):
    """The node's own state beside the views: heads of others, addresses. No view: they are no part of this log."""

    def put_peer_note(self, row: PeerNote) -> None:
        """Keep the newest verified head of another log; replaces the earlier one of the same origin."""

    def put_cosigned(self, size: int, note: str) -> None:
        """Replace the note of our own checkpoint of one size by the same with more cosignatures."""

    def set_address(self, node: str, url: str) -> None:
        """Set or, with an empty address, forget where a peer is reached."""


class Snapshot(
    LogReads,
    FindReads,
    WatchReads,
    AccountReads,
    IdentityReads,
    SignInReads,
    PeerReads,
    NoticeReads,
    PeopleReads,
    DeskReads,
    AgreementReads,
    CaseReads,
    LedgerReads,
    TraceReads,
    QuestionReads,
    Protocol,
):
    """One consistent read of everything."""


class Transaction(Snapshot, AccountWrites, IdentityWrites, SignInWrites, PeerWrites, NoticeWrites, Protocol):
    """One write: everything in it becomes durable together, or nothing does."""

    def append(self, signed: Signed, payload: Payload | None, blob: str, same_as: int | None = None) -> int:
        """Add an entry and its payload; returns its seq.

        Args:
            blob: Names the file when the payload's bytes are one.
            same_as: The entry whose payload has the same bytes: they stand once, and are erased from both together.

        Raises:
            UnknownTerm: The payload of `same_as` was erased.
        """

    def restore_payload(self, seq: int, payload: Payload, blob: str) -> None:
        """Put the payload of an entry back that was lost, not erased; the caller has held it against the header."""

    def apply(self, changes: Iterable[Change]) -> None:
        """Apply what entries change in the views."""

    def remember_taken(self, tag: bytes, seq: int) -> None:
        """Notice the same bytes next time; erased with the payload."""

    def put_pack(self, digest: str, data: bytes) -> None:
        """Keep a pack, option set or recipe; the same digest twice is one row."""

    def remove_pack(self, digest: str) -> None:
        """Forget a recipe that repeats what a file said; that it is gone already is no error."""

    def put_checkpoint(self, row: CheckpointRow) -> None:
        """Keep a signed head."""

    def put_meta(self, name: str, value: str) -> None:
        """Set one value of the node's own state."""

    def erase_payloads(self, seqs: Iterable[int]) -> list[str]:
        """Remove payloads, what shares their bytes, and taken tags; returns the blobs that no row needs any more."""

    def empty_views(self) -> None:
        """Remove every row of every view, in this transaction."""

    def views_digest(self) -> dict[str, tuple[int, str]]:
        """Per view: how many rows, and a SHA-256 over them in natural keys, so that two builds can be compared."""


class Store(Protocol):
    """The port. `write` runs jobs of many callers in one commit and returns when it is durable."""

    def read(self, job: Callable[[Snapshot], T]) -> T:
        """Run a job on one snapshot."""

    def write(self, job: Callable[[Transaction], T]) -> T:
        """Run a job in a transaction; when this returns, what it did is on disk."""

    def begin(self, job: Callable[[Transaction], T]) -> Callable[[], T]:
        """Hand a job over, in the order of calls; what comes back waits until it is on disk, or raises its error."""

    def backup(self, target: str, *, progress: Callable[[int, int], None]) -> None:
        """Copy the whole database, as of one moment, to a file."""

    def settle(self) -> bool:
        """Fold the journal into the database and cut it off, so that erased bytes stand in no file.

        Returns:
            Whether it could: a long read that is open keeps the journal; who keeps the node then tries again.
        """

    def check(self) -> list[str]:
        """Ask the engine whether its files hold together; empty means they do."""

    def size_bytes(self) -> int:
        """Bytes on disk."""

    def close(self) -> None:
        """Finish what was accepted, then let go of the files."""
