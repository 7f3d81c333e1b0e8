# SPDX-License-Identifier: Apache-2.0
"""Take in what a peer sends: the same intake as for files, without a person.

What is true if we die: a batch is in the log whole, with its readings, alerts and receipts, or not at all; the sender
sends it again, and what is held already changes nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby, islice
from typing import Final, NamedTuple

from lintas.crypto.stream import chain_after
from lintas.errors import LintasError, NotAllowed, PeerRefused, Quarantined
from lintas.formats.reader_names import current_reader
from lintas.limits import BATCH_MESSAGES_MAX, PAYLOAD_INLINE_BYTES_MAX, REASON_CHARS_MAX
from lintas.model.bookings import BOOKINGS_TYPE
from lintas.model.desk import DESK_TYPE
from lintas.model.found import PeerHead
from lintas.model.header import Kind
from lintas.model.header_rules import MESSAGES_MAX
from lintas.model.ids import MessageId
from lintas.model.peering import Cursor, ReceiptState
from lintas.model.reading import Derived, ReadOptions, Rejected
from lintas.ports.readers import DeriveJob
from lintas.ports.store import Snapshot, Transaction
from lintas.work.alerting import fire_watches
from lintas.work.appending import Prepared, append, prepare_control
from lintas.work.cases.carrying import keep_to_lists
from lintas.work.exchange.answers import check_answers
from lintas.work.exchange.opening import Came, Expected, OpenedBatch, open_batch
from lintas.work.exchange.receipts import place_receipts
from lintas.work.intake.recipe import Recipe, reader_packs, recipe_for
from lintas.work.peering import accept_descriptor, accuse, check_descriptor, keys_of
from lintas.work.services import Services
from lintas.work.streams import channel_from, known_peer, may_exchange, our_cursor, stream_end

_READERS: Final = (
    ("application/stix+json", "stix/1"),
    ("application/xml;form=", "payments/1"),
    ("text/csv;form=payments", "payments/1"),
    ("text/plain;form=mt940", "payments/1"),
    ("application/json;form=transfers", "payments/1"),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "payments/1"),
    (BOOKINGS_TYPE, "payments/1"),
    ("text/csv", "table/1"),
    ("text/plain", "text/1"),
    (DESK_TYPE, "desk/1"),
    ("image/", "picture/1"),
)
# A restored peer says so honestly: people decide; what of its earlier life was on its way meanwhile comes late.
# New keys are told by whoever fetches the peer's descriptor.
UNSUSPECTED: Final = frozenset({"incarnation", "key", "stale"})


class Arrived(NamedTuple):
    """What became of a batch."""

    cursor: Cursor  # how far we have the peer's streams now
    messages: int  # stored now; 0 when all of it was held already
    alerts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What our readers made of the items of a batch."""

    recipes: Mapping[str, Recipe]  # by reader
    derived: Mapping[MessageId, tuple[str, Derived]]  # (reader, what it says)
    rejected: Mapping[MessageId, Sequence[Rejected]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A batch that was checked and read before its turn came."""

    expected: Expected
    batch: OpenedBatch
    read: _Read


def open_ahead(services: Services, node: str, document: bytes) -> Ready | None:
    """Check and read a batch while the one before it is being stored; None where that cannot be done yet.

    Nothing is decided by it: whatever is wrong is found again, and told, when the batch has its turn.
    """
    try:
        peer, expected = services.store.read(lambda snapshot: expected_of(services, snapshot, node))
        batch = open_batch(document, expected)
        read = _readings(services, peer, [one for one in batch.places if one is not None])
    except LintasError:
        return None
    return Ready(expected=expected, batch=batch, read=read)


def receive_batch(services: Services, node: str, document: bytes, ready: Ready | None = None) -> Arrived:
    """Store what a peer sent; durable, with a receipt on its way, when this returns. The same batch twice is no error.

    Args:
        ready: What `open_ahead` made of this very document; not used if the peer's keys changed since.

    Raises:
        PeerRefused: It breaks the protocol. Evidence is kept, and the peer suspended until a person resumes it;
            except for `incarnation`, where people decide first whether to follow, for `stale`, which was on its way
            when they did, and for `key`: the peer may have changed its keys, which its descriptor tells.
        NotAllowed: This peer is not one to receive from.
        Quarantined: This node was restored and takes nothing yet.
    """
    peer, expected = services.store.read(lambda snapshot: expected_of(services, snapshot, node))
    if ready is not None and ready.expected != expected:
        ready = None
    try:
        batch = open_batch(document, expected) if ready is None else ready.batch
        _check_incarnation(services, peer, batch)
        return _store(services, peer, expected, batch, None if ready is None else ready.read)
    except PeerRefused as exc:
        if exc.what not in UNSUSPECTED:
            accuse(services, node, exc.what, exc.message, [document])
        raise


def expected_of(services: Services, snapshot: Snapshot, node: str) -> tuple[PeerHead, Expected]:
    """A peer that something may be taken from, and what a batch of it must say.

    Raises:
        UnknownTerm: There is no such peer.
        NotAllowed: Nothing is taken from it.
        Quarantined: This node was restored and takes nothing yet.
    """
    peer = known_peer(snapshot, node)
    if snapshot.meta("state") != "live":
        raise Quarantined
    if not may_exchange(services, peer):
        raise NotAllowed(f"This peer is {peer.standing.value}: nothing is taken from it.", rule="standing")
    return peer, Expected(
        node=node,
        me=services.keys.node,
        mode=services.config.mode.value,
        channel=channel_from(snapshot, peer),
        keys=keys_of(snapshot, node).signing,
    )


def _check_incarnation(services: Services, peer: PeerHead, batch: OpenedBatch) -> None:
    if batch.incarnation == peer.incarnation:
        return
    is_old = services.store.read(
        lambda snapshot: snapshot.tip("in", batch.channel, incarnation=batch.incarnation, lane=batch.lane.value)
    )
    if is_old is not None:
        raise PeerRefused("The batch is of an earlier life of the peer's log.", what="stale")
    raise PeerRefused(
        "The batch is of a life of the peer's log that nobody here has accepted.",
        what="incarnation",
        hint="Two people accept it: lintas peer roll DIR NODE.",
    )


def _store(services: Services, peer: PeerHead, expected: Expected, batch: OpenedBatch, read: _Read | None) -> Arrived:
    while True:
        skip = services.store.read(lambda snapshot: _follows(snapshot, peer, batch))
        if skip == len(batch.places):
            cursor = services.store.read(lambda snapshot: our_cursor(snapshot, peer.node))
            return Arrived(cursor=cursor, messages=0, alerts=0)
        if read is None:  # only now: what is held already is not read again
            read = _readings(services, peer, [one for one in batch.places if one is not None])
        fresh = _prepared(services, batch, read, skip)
        commit = partial(
            _commit, services, peer=peer, expected=expected, batch=batch, read=read, fresh=fresh, skip=skip
        )
        try:
            arrived = services.store.write(commit)
        except _MovedMeanwhile:
            continue  # another connection brought some of it: seen now, so this ends
        services.events.publish("log")
        services.events.publish("streams")
        if arrived.alerts:
            services.events.publish("alerts")
        return arrived


class _MovedMeanwhile(Exception):
    """The stream grew between our look and our commit."""


def _follows(snapshot: Snapshot, peer: PeerHead, batch: OpenedBatch) -> int:
    """How many messages of a batch are held already.

    Raises:
        PeerRefused: It does not begin where ours ends, or says otherwise what is held.
    """
    end = stream_end(snapshot, "in", batch.channel, incarnation=peer.incarnation, lane=batch.lane)
    if batch.first > end.counter + 1:
        raise PeerRefused(
            f"The {batch.lane.value} stream goes on at {batch.first}, after {end.counter} messages: some are missing.",
            what="gap",
        )
    held = min(end.counter, batch.last) - batch.first + 1
    if held == len(batch.places) and batch.last < end.counter:
        known = snapshot.span_at(
            "in", batch.channel, incarnation=peer.incarnation, lane=batch.lane.value, counter=batch.last
        )
        is_end = known is not None and known.first + known.length - 1 == batch.last
        if known is None or not is_end or known.chain == chain_after(batch.before, batch.digests):
            return held
    elif chain_after(batch.before, batch.digests[:held]) == end.chain:
        return held
    raise PeerRefused(
        f"The {batch.lane.value} stream says otherwise what its first {end.counter} messages were.", what="fork"
    )


def _prepared(services: Services, batch: OpenedBatch, read: _Read, skip: int) -> list[Prepared]:
    """Messages of a batch as entries of our log: under their sender's signature, not ours."""
    fresh = []
    for came in batch.places[skip:]:
        if came is None:
            continue
        blob = ""
        if came.payload is not None and len(came.payload.data) > PAYLOAD_INLINE_BYTES_MAX:
            blob = came.header["payload"]["digest"]
            # If we die after this, the blob is an orphan that the next start sweeps.
            services.blobs.put(blob, came.payload.data)
        found = read.derived.get(came.signed.id)
        fresh.append(
            Prepared(
                signed=came.signed,
                header=came.header,
                payload=came.payload,
                blob=blob,
                derived=None if found is None else found[1],
            )
        )
    return fresh


def _commit(
    services: Services,
    tx: Transaction,
    *,
    peer: PeerHead,
    expected: Expected,
    batch: OpenedBatch,
    read: _Read,
    fresh: Sequence[Prepared],
    skip: int,
) -> Arrived:
    _check_still(services, tx, peer, expected)
    if _follows(tx, peer, batch) != skip:
        raise _MovedMeanwhile
    _check_channel(tx, peer, batch.channel)
    if any(tx.entry_by_id(one.id) is not None for one in fresh):
        raise PeerRefused("A message stands in the stream a second time.", what="replay")
    check_answers(tx, peer, fresh)
    descriptors = [one.payload.data for one in fresh if one.header["kind"] == Kind.DESCRIPTOR and one.payload]
    for document in descriptors:
        check_descriptor(services, peer.node, document)
    _append_runs(services, tx, peer, batch, fresh, skip)
    _append_readings(services, tx, read, fresh)
    keep_to_lists(services, tx, fresh)
    items = [one for one in fresh if one.header["kind"] == Kind.ITEM]
    alerts = fire_watches(services, tx, items, called(services, peer))
    for document in descriptors:
        accept_descriptor(services, tx, peer.node, document)
    told = [one.id for one in fresh if one.header["kind"] in (Kind.ITEM, Kind.DESCRIPTOR)]
    rejected = {one.id: read.rejected[one.id] for one in fresh if one.id in read.rejected}
    place_receipts(services, tx, peer, told, ReceiptState.STORED, rejected=rejected)
    return Arrived(cursor=our_cursor(tx, peer.node), messages=len(fresh), alerts=alerts)


def _check_still(services: Services, tx: Transaction, peer: PeerHead, expected: Expected) -> None:
    """Ask again what was asked before the batch was read, which takes a while: people may have decided since.

    Raises:
        NotAllowed: The peer was suspended or removed.
        PeerRefused: It has other keys now, or another life of its log is followed.
    """
    now, wanted = expected_of(services, tx, peer.node)
    if now.incarnation != peer.incarnation:
        raise PeerRefused("The batch is of an earlier life of the peer's log.", what="stale")
    if wanted.keys != expected.keys:
        raise PeerRefused("The peer has changed its keys while its batch was read.", what="key")


def _check_channel(tx: Transaction, peer: PeerHead, channel: str) -> None:
    """Streams go by their channel alone, so no two peers may have one, and nobody ours."""
    if channel_from(tx, peer) == channel:
        return
    others = [one for one in tx.peers() if one.node != peer.node]
    if any(channel in (one.channel, *tx.channels_from(one.node)) for one in others) or channel == peer.channel:
        raise PeerRefused("The batch comes on a channel that is another's.", what="channel")


def _append_runs(
    services: Services,
    tx: Transaction,
    peer: PeerHead,
    batch: OpenedBatch,
    fresh: Sequence[Prepared],
    skip: int,
) -> None:
    """Append messages, and after each run of them the entry that says which places of the stream they have."""
    waiting, chain, number = iter(fresh), batch.before, batch.first
    chain = chain_after(chain, batch.digests[:skip])
    number += skip
    for is_withheld, run in groupby(range(skip, len(batch.places)), key=lambda at: batch.places[at] is None):
        for part in _parts(list(run), MESSAGES_MAX if is_withheld else BATCH_MESSAGES_MAX):
            digests = [batch.digests[at] for at in part]
            chain = chain_after(chain, digests)
            body: dict[str, object] = {
                "chain": chain,
                "channel": batch.channel,
                "count": len(part),
                "first": number,
                "incarnation": batch.incarnation,
                "lane": batch.lane.value,
                "node": peer.node,
            }
            if is_withheld:
                body["withheld"] = digests
            else:
                for entry in islice(waiting, len(part)):
                    append(tx, entry)
            append(tx, prepare_control(services, Kind.RECEIVED, body))
            number += len(part)


def _parts(whole: Sequence[int], most: int) -> Iterator[Sequence[int]]:
    for start in range(0, len(whole), most):
        yield whole[start : start + most]


def _readings(services: Services, peer: PeerHead, came: Sequence[Came]) -> _Read:
    """Read the items of a batch in the sandbox, numbers as the sender's country writes them."""
    packs = reader_packs(services.packs)
    options = ReadOptions(region=peer.country)
    recipes: dict[str, Recipe] = {}
    jobs: list[DeriveJob] = []
    whose: list[MessageId] = []
    derived: dict[MessageId, tuple[str, Derived]] = {}
    rejected: dict[MessageId, Sequence[Rejected]] = {}
    for one in came:
        if one.kind is not Kind.ITEM or one.payload is None:
            continue
        reader = reader_for(one.header["media_type"])
        if not reader:
            rejected[one.signed.id] = [
                Rejected("message", "No reader here knows this media type; it is kept as it came.")
            ]
            continue
        if reader not in recipes:
            recipes[reader] = recipe_for(services.keys, reader, options, packs)
        jobs.append(DeriveJob(reader, one.payload.data, one.header["media_type"], options, packs))
        whose.append(one.signed.id)
    for message, job, outcome in zip(whose, jobs, services.readers.derive_each(jobs), strict=True):
        if isinstance(outcome, LintasError):
            rejected[message] = [Rejected("message", outcome.message[:REASON_CHARS_MAX])]
            continue
        derived[message] = (job.reader, outcome)
        if outcome.rejected:
            rejected[message] = outcome.rejected
    return _Read(recipes=recipes, derived=derived, rejected=rejected)


def reader_for(media_type: str) -> str:
    """The reader of a media type; empty when there is none."""
    for start, reader in _READERS:
        if media_type.startswith(start):
            return current_reader(reader)
    return ""


def _append_readings(services: Services, tx: Transaction, read: _Read, fresh: Sequence[Prepared]) -> None:
    """Say in the log what the items were read with here, so that a replay derives the same."""
    by_reader: dict[str, list[MessageId]] = {}
    for entry in fresh:
        if entry.id in read.derived:
            by_reader.setdefault(read.derived[entry.id][0], []).append(entry.id)
    for reader, messages in by_reader.items():
        recipe = read.recipes[reader]
        recipe.keep(tx)
        for start in range(0, len(messages), MESSAGES_MAX):
            body = {"messages": messages[start : start + MESSAGES_MAX], "reading": recipe.digest}
            append(tx, prepare_control(services, Kind.DERIVE, body))


def called(services: Services, peer: PeerHead) -> str:
    """A peer as a sentence names it."""
    doubt = "" if peer.is_introduced else ", not introduced"
    return f"{peer.name} ({peer.country}, {peer.node[:14]}…{doubt})"
