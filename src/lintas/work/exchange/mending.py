# SPDX-License-Identifier: Apache-2.0
"""Get back from a peer what this node's disk lost of its messages.

The entry stands in our log, so what comes again is held against the header that was signed: nothing can be slipped in.
Counters are dense, so the question is a list of holes: a few bytes for each, whatever the streams hold besides.

If we die before the commit, the holes are as they were; after it, those of one answer are filled.
"""

import json
from bisect import bisect_left
from collections.abc import Sequence
from itertools import groupby
from typing import Final, NamedTuple

from lintas.errors import LintasError, PeerRefused
from lintas.formats.peer import Again
from lintas.limits import PAYLOAD_INLINE_BYTES_MAX
from lintas.model.header import Kind, Payload
from lintas.model.ids import MessageId
from lintas.model.peering import Lane
from lintas.model.reading import Derived
from lintas.model.scope import WHOLE
from lintas.ports.readers import DeriveJob
from lintas.ports.store import Snapshot, Transaction
from lintas.views.rows import DerivedRows, UnreadRow
from lintas.work.exchange.opening import Came, open_batch
from lintas.work.exchange.receiving import UNSUSPECTED, expected_of
from lintas.work.intake.recipe import open_recipe
from lintas.work.peering import accuse
from lintas.work.rereading import current_readings
from lintas.work.services import Services
from lintas.work.streams import channel_from, known_peer

RANGES_MAX: Final = 1_000  # holes in one question, as docs/spec/peer.md bounds it
_SPANS_AT_ONCE: Final = 10_000


class _Filled(NamedTuple):
    """One payload that came back."""

    seq: int
    message: MessageId
    payload: Payload
    blob: str


def lost(services: Services, node: str) -> list[Again]:
    """What this node lost of a peer's messages, as questions for the peer: payloads that no erasure explains.

    Raises:
        UnknownTerm: There is no such peer.
    """
    return services.store.read(lambda snapshot: _lost(snapshot, node))


def mend(services: Services, node: str, documents: Sequence[bytes]) -> int:
    """Put back what a peer gave again; returns how many messages. What does not fit the signed headers is refused.

    Raises:
        PeerRefused: A batch breaks the protocol, or holds other messages than those that were lost. Evidence is kept,
            and the peer suspended until a person resumes it.
    """
    try:
        return _mend(services, node, documents)
    except PeerRefused as exc:
        if exc.what not in UNSUSPECTED:
            accuse(services, node, exc.what, exc.message, documents)
        raise


def _mend(services: Services, node: str, documents: Sequence[bytes]) -> int:
    found: list[_Filled] = []
    for document in documents:
        expected = services.store.read(lambda snapshot: expected_of(services, snapshot, node)[1])
        batch = open_batch(document, expected)
        came = [(number, one) for number, one in enumerate(batch.places, start=batch.first) if one is not None]
        found += services.store.read(
            lambda snapshot, batch=batch, came=came: [  # type: ignore[misc]  # bound now on purpose
                one
                for number, message in came
                if (one := _fits(snapshot, batch.channel, batch.incarnation, batch.lane, number, message))
            ]
        )
    for one in found:
        if one.blob:
            services.blobs.put(one.blob, one.payload.data)
    derived = _derive(services, found)
    filled = services.store.write(lambda tx: _fill(tx, found, derived))
    if filled:
        services.events.publish("log")
    return filled


def _lost(snapshot: Snapshot, node: str) -> list[Again]:
    peer = known_peer(snapshot, node)
    channel, seqs = channel_from(snapshot, peer), snapshot.lost_payloads(node)
    questions = []
    for lane in Lane if seqs and channel else ():
        counters = _counters(snapshot, channel, peer.incarnation, lane, seqs)
        ranges = _ranges(counters)
        questions += [
            Again(incarnation=peer.incarnation, lane=lane.value, ranges=tuple(ranges[start : start + RANGES_MAX]))
            for start in range(0, len(ranges), RANGES_MAX)
        ]
    return questions


def _counters(snapshot: Snapshot, channel: str, incarnation: str, lane: Lane, seqs: Sequence[int]) -> list[int]:
    """Counters, in one lane, of messages by their places in our log, which are in order."""
    found: list[int] = []
    after = 0
    while spans := snapshot.spans(
        "in", channel, incarnation=incarnation, lane=lane.value, after=after, limit=_SPANS_AT_ONCE
    ):
        for span in spans:
            inside = seqs[bisect_left(seqs, span.seq) : bisect_left(seqs, span.seq + span.length)]
            found += [span.first + seq - span.seq for seq in inside if span.seq >= 0]
        after = spans[-1].first + spans[-1].length - 1
    return sorted(found)


def _ranges(counters: Sequence[int]) -> list[tuple[int, int]]:
    runs = [
        [number for _, number in run] for _, run in groupby(enumerate(counters), key=lambda pair: pair[1] - pair[0])
    ]
    return [(run[0], len(run)) for run in runs]


def _fits(snapshot: Snapshot, channel: str, incarnation: str, lane: Lane, counter: int, came: Came) -> _Filled | None:
    """A message that stands in our log at that counter, if its payload is missing here.

    Raises:
        PeerRefused: Another message stands there.
    """
    span = snapshot.span_at("in", channel, incarnation=incarnation, lane=lane.value, counter=counter)
    if span is None or span.seq < 0:
        return None
    seq = span.seq + counter - span.first
    if next(snapshot.entries(seq, seq + 1)).id != came.signed.id:
        raise PeerRefused(f"Message {counter} of the {lane.value} stream was another one.", what="fork")
    if came.payload is None or snapshot.payload(seq) is not None:
        return None
    is_large = len(came.payload.data) > PAYLOAD_INLINE_BYTES_MAX
    return _Filled(seq, came.signed.id, came.payload, came.header["payload"]["digest"] if is_large else "")


def _derive(services: Services, found: Sequence[_Filled]) -> dict[int, Derived]:
    """Say again what the messages say, read as they were read when they came."""

    def jobs(snapshot: Snapshot) -> list[tuple[int, DeriveJob]]:
        readings = current_readings(snapshot)
        made = []
        for one in found:
            header = json.loads(next(snapshot.entries(one.seq, one.seq + 1)).header)
            if header["kind"] == Kind.ITEM and one.message in readings:
                recipe = open_recipe(readings[one.message], snapshot.pack)
                job = DeriveJob(recipe.reader, one.payload.data, header["media_type"], recipe.options, recipe.packs)
                made.append((one.seq, job))
        return made

    pairs = services.store.read(jobs)
    outcomes = services.readers.derive_each([job for _, job in pairs])
    return {seq: said for (seq, _), said in zip(pairs, outcomes, strict=True) if not isinstance(said, LintasError)}


def _fill(tx: Transaction, found: Sequence[_Filled], derived: dict[int, Derived]) -> int:
    heads = tx.heads([one.seq for one in found], scope=WHOLE)
    filled: set[int] = set()
    for one in found:
        head = heads.get(one.seq)
        if one.seq in filled or tx.payload(one.seq) is not None or head is None or head.erased:
            continue  # filled or erased meanwhile
        tx.restore_payload(one.seq, one.payload, one.blob)
        filled.add(one.seq)
    tx.apply([UnreadRow(tuple(seq for seq in derived if seq in filled))])
    tx.apply(DerivedRows(seq, said) for seq, said in derived.items() if seq in filled)
    return len(filled)
