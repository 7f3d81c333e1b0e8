# SPDX-License-Identifier: Apache-2.0
"""The next messages that a peer has not got yet, as one signed batch: alerts first.

Nothing is kept per reader: each asks with its own cursor, so a reader that stalls costs nobody anything.
"""

import json
from collections.abc import Collection, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from lintas.crypto.envelope import encode_envelope, sign_header
from lintas.crypto.stream import chain_after, chain_start, place_digest
from lintas.errors import BadInput, NotAllowed, Quarantined, UnknownTerm
from lintas.formats.peer import Batch, Place, place_of, sign_document, withheld
from lintas.limits import BATCH_BYTES_WANTED, BATCH_MESSAGES_MAX
from lintas.model.found import EntryHead, PeerHead, SpanHead, StoredPayload
from lintas.model.header import Kind, Payload
from lintas.model.peering import Cursor, Lane
from lintas.ports.store import Snapshot
from lintas.work.payloads import bytes_of
from lintas.work.peering import own_keys
from lintas.work.proving.entries import signed_of
from lintas.work.services import Services
from lintas.work.streams import StillAllowed, incarnation_of, known_peer, may_exchange

_SPANS_AT_ONCE: Final = 500  # runs looked at for one batch: a run of one message each at worst
_Chains: TypeAlias = dict[int, tuple[int, str]]  # by first counter of a run: a counter in it, and the chain there


class Outgoing(NamedTuple):
    """One batch on its way."""

    document: bytes
    cursor: Cursor  # the recipient's, once it has stored this
    messages: int


class GivenAgain(NamedTuple):
    """Batches of places that a recipient had and lost."""

    documents: list[bytes]
    more: bool  # some of the ranges wait for the next request


def next_batch(services: Services, node: str, cursor: Cursor) -> Outgoing | None:
    """The next batch for a peer that has everything up to a cursor; None when there is nothing more.

    Raises:
        UnknownTerm: There is no such peer.
        NotAllowed: Nothing may go to it.
        BadInput: The cursor is beyond what we ever sent it.
        Quarantined: This node was restored and sends nothing yet.
    """
    return services.store.read(lambda snapshot: _next(services, snapshot, node, cursor))


def give_again(
    services: Services, node: str, incarnation: str, lane: Lane, ranges: Sequence[tuple[int, int]]
) -> GivenAgain:
    """Places of a stream once more, for a recipient that lost what it had; as much as one answer holds.

    Args:
        ranges: (first counter, how many), each at least 1.

    Raises:
        UnknownTerm: There is no such peer, or no such place in its stream.
        NotAllowed: Nothing may go to it.
        Quarantined: This node was restored and sends nothing yet.
    """

    def give(snapshot: Snapshot) -> GivenAgain:
        peer = _allowed_peer(services, snapshot, node)
        tip = snapshot.tip("out", peer.channel, incarnation=incarnation, lane=lane.value)
        end = 0 if tip is None else tip.counter
        if any(first + count - 1 > end for first, count in ranges):
            raise UnknownTerm(f"That stream has {end} places.")
        documents: list[bytes] = []
        size = 0
        chains: _Chains = {}
        for first, count in ranges:
            after = first - 1
            while after < first + count - 1:
                if size >= BATCH_BYTES_WANTED:
                    return GivenAgain(documents, more=True)
                cursor = Cursor(incarnation=incarnation, **{lane.value: after})
                batch = _batch(services, snapshot, peer, cursor, lane, most=first + count - 1 - after, chains=chains)
                documents.append(batch.document)
                size += len(batch.document)
                after += batch.messages
        return GivenAgain(documents, more=False)

    return services.store.read(give)


def incarnation_event(services: Services, node: str, cursor: Cursor) -> bytes | None:
    """The signed end of an earlier life of this log, for a recipient that has all of it; None when there is none.

    Returns:
        The envelope of the `incarnation` entry that follows the cursor's life.
    """

    def find(snapshot: Snapshot) -> bytes | None:
        if cursor.incarnation == incarnation_of(snapshot):
            return None
        for seq in snapshot.places_of(Kind.INCARNATION.value):
            entry = next(snapshot.entries(seq, seq + 1))
            if json.loads(entry.header)["body"]["previous"] == cursor.incarnation:
                return encode_envelope(signed_of(entry))
        return None

    check_allowed(services, node)
    return services.store.read(find)


def check_allowed(services: Services, node: str) -> PeerHead:
    """A peer that something may go to now.

    Raises:
        UnknownTerm: There is no such peer.
        NotAllowed: Nothing may go to it.
        Quarantined: This node was restored and sends nothing yet.
    """
    return services.store.read(lambda snapshot: _allowed_peer(services, snapshot, node))


def _allowed_peer(services: Services, snapshot: Snapshot, node: str) -> PeerHead:
    peer = known_peer(snapshot, node)
    if snapshot.meta("state") != "live":
        raise Quarantined
    if not may_exchange(services, peer):
        raise NotAllowed(f"This peer is {peer.standing.value}: nothing goes to it.", rule="standing")
    return peer


def _next(services: Services, snapshot: Snapshot, node: str, cursor: Cursor) -> Outgoing | None:
    peer = _allowed_peer(services, snapshot, node)
    for lane in Lane:
        after = cursor.at(lane)
        tip = snapshot.tip("out", peer.channel, incarnation=cursor.incarnation, lane=lane.value)
        end = 0 if tip is None else tip.counter
        if after > end and cursor.incarnation == incarnation_of(snapshot):
            raise BadInput(
                f"You say that you have {after} messages of the {lane.value} stream, it has {end}.",
                hint="This node may have been rolled back: keep your heads of its log.",
            )
        if after < end:
            return _batch(services, snapshot, peer, cursor, lane)
    return None


def _batch(
    services: Services,
    snapshot: Snapshot,
    peer: PeerHead,
    cursor: Cursor,
    lane: Lane,
    *,
    most: int = BATCH_MESSAGES_MAX,
    chains: _Chains | None = None,
) -> Outgoing:
    after, incarnation = cursor.at(lane), cursor.incarnation
    spans = snapshot.spans(
        "out", peer.channel, incarnation=incarnation, lane=lane.value, after=after, limit=_SPANS_AT_ONCE
    )
    before = _chain_at(snapshot, peer.channel, incarnation, lane, spans[0], after, {} if chains is None else chains)
    entries = _entries(snapshot, spans, after, min(most, BATCH_MESSAGES_MAX))
    payloads = {seq: row for run in _runs(entries) for seq, row in snapshot.payload_rows(*run).items()}
    still = StillAllowed(services, snapshot, peer)
    counting = own_keys(services, snapshot).signing
    places: list[Place] = []
    digests: list[str] = []
    size = 0
    for entry in entries:
        place, grown = _place(services, entry, payloads.get(entry.seq), still, peer, counting)
        if places and size + grown > BATCH_BYTES_WANTED:
            break
        places.append(place)
        digests.append(place_digest(entry.id))
        size += grown
    checkpoint = snapshot.checkpoint()
    batch = Batch(
        v=1,
        sender=services.keys.node,
        to=peer.node,
        mode=services.config.mode.value,
        channel=peer.channel,
        incarnation=incarnation,
        lane=lane.value,
        first=after + 1,
        before=before,
        after=chain_after(before, digests),
        places=tuple(places),
        head=checkpoint.note if checkpoint is not None else "",
    )
    moved = {lane.value: after + len(places)}
    return Outgoing(
        document=sign_document("batch", batch, services.keys.signing),
        cursor=Cursor(
            incarnation=incarnation, alert=moved.get("alert", cursor.alert), bulk=moved.get("bulk", cursor.bulk)
        ),
        messages=len(places),
    )


def _chain_at(
    snapshot: Snapshot, channel: str, incarnation: str, lane: Lane, span: SpanHead, after: int, chains: _Chains
) -> str:
    """The chain at a counter that lies before or within a run.

    Args:
        chains: What was found so far of one stream; many holes in one run are then looked at once.
    """
    counter, chain = chains.get(span.first, (after + 1, ""))
    if counter > after:
        counter = span.first - 1
        if span.first == 1:
            chain = chain_start(channel, incarnation, lane.value)
        else:
            previous = snapshot.span_at("out", channel, incarnation=incarnation, lane=lane.value, counter=counter)
            assert previous is not None, "counters are dense"
            chain = previous.chain
    known = snapshot.entries(span.seq + counter + 1 - span.first, span.seq + after + 1 - span.first)
    chains[span.first] = after, chain_after(chain, [place_digest(entry.id) for entry in known])
    return chains[span.first][1]


def _entries(snapshot: Snapshot, spans: Sequence[SpanHead], after: int, most: int) -> list[EntryHead]:
    found: list[EntryHead] = []
    for span in spans:
        skipped = max(0, after + 1 - span.first)
        wanted = min(span.length - skipped, most - len(found))
        found += snapshot.entries(span.seq + skipped, span.seq + skipped + wanted)
        if len(found) == most:
            break
    return found


def _runs(entries: Sequence[EntryHead]) -> list[tuple[int, int]]:
    """(first, last + 1) of places that follow each other closely: one question each to the store."""
    runs: list[tuple[int, int]] = []
    for entry in entries:
        if runs and entry.seq - runs[-1][1] < _NEAR:
            runs[-1] = (runs[-1][0], entry.seq + 1)
        else:
            runs.append((entry.seq, entry.seq + 1))
    return runs


_NEAR: Final = 8  # entries between two released messages that are read along rather than asked for apart


def _place(
    services: Services,
    entry: EntryHead,
    row: StoredPayload | None,
    still: "StillAllowed",
    peer: PeerHead,
    counting: Collection[str],
) -> tuple[Place, int]:
    """One place, and about how many bytes it takes."""
    header: dict[str, Any] = json.loads(entry.header)
    ground = "erased" if "payload" in header and row is None else still.refusal(header, entry.id)
    if ground:
        return withheld(place_digest(entry.id), ground), 200
    signed = signed_of(entry)
    if entry.key_id not in counting:
        # Its key was revoked since, and counts nowhere any more. The id is the header's, so its place stays as it is.
        signed = sign_header(entry.header, services.keys.signing)
    if row is None:
        return place_of(signed), 2 * len(entry.header)
    data = bytes_of(services, row)
    payload = Payload(salt=row.salt, data=data, openings=row.openings)
    place = place_of(signed, payload, openings=_openings_for(peer.node, row.openings))
    return place, 2 * (len(entry.header) + len(data))


def _openings_for(node: str, openings: bytes) -> dict[str, list[list[str]]]:
    """What the recipient may open: that it is a recipient. What the message is of stays closed."""
    said: dict[str, list[list[str]]] = json.loads(openings)
    mine = [pair for pair in said.get("recipients", []) if pair[1] == node]
    return {"recipients": mine} if mine else {}
