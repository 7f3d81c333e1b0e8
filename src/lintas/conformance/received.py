# SPDX-License-Identifier: Apache-2.0
"""What came on the feed, batch by batch, and the rules that it must keep.

It is judged here with nothing of a node's own code but the formats: two readers that agree say more than one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from lintas.conformance.checking import Failed, require
from lintas.crypto.canonical import parse_canonical
from lintas.crypto.digests import commitment, salted_digest
from lintas.crypto.envelope import verify_header
from lintas.crypto.stream import chain_after, chain_start, place_digest
from lintas.errors import LintasError
from lintas.formats.peer import (
    Batch,
    Place,
    PlacePayload,
    TipWire,
    Withheld,
    decode,
    open_document,
    opened,
    peek_document,
)
from lintas.limits import BATCH_BYTES_MAX
from lintas.model.header import TRAVELLING, Header, Payload, Signed
from lintas.model.header_rules import LANES
from lintas.transport.sse import Event

_KINDS: Final = frozenset(TRAVELLING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One batch as it came."""

    document: bytes
    batch: Batch
    cursor: str  # the event's id

    @property
    def digests(self) -> list[str]:
        """The digests of its places."""
        return [digest_of(place) for place in self.batch.places]


@dataclass(slots=True, kw_only=True)
class Received:
    """The node's two streams to one recipient, from their start."""

    sent: list[Sent] = field(default_factory=list)

    def take(self, event: Event) -> None:
        """Add a batch.

        Raises:
            Failed: It cannot be read.
        """
        try:
            batch = decode(Batch, peek_document(event.data)[1])
        except LintasError as exc:
            raise Failed(f"A batch of the feed cannot be read: {exc.message}") from exc
        self.sent.append(Sent(document=event.data, batch=batch, cursor=event.id))

    def count(self, lane: str) -> int:
        """How many places of a lane came."""
        return sum(len(one.batch.places) for one in self.sent if one.batch.lane == lane)

    def digests(self, lane: str) -> list[str]:
        """The digests of a lane's places, in the order in which they came."""
        return [digest for one in self.sent if one.batch.lane == lane for digest in one.digests]

    def chain(self, lane: str, upto: int) -> str:
        """The chain over the first places of a lane, made from what came.

        Raises:
            Failed: So much did not come.
        """
        digests = self.digests(lane)
        require(upto <= len(digests) and bool(self.sent), f"Only {len(digests)} places of the {lane} lane came.")
        batch = self.sent[0].batch
        return chain_after(chain_start(batch.channel, batch.incarnation, lane), digests[:upto])


def digest_of(place: Place) -> str:
    """What the chain takes of a place.

    Raises:
        Failed: The message in it cannot be read.
    """
    if isinstance(place.withheld, Withheld):
        return place.withheld.place
    return place_digest(message_in(place)[0].id)


def message_in(place: Place) -> tuple[Signed, Payload | None]:
    """The message of a place that is not withheld.

    Raises:
        Failed: It cannot be read.
    """
    try:
        found = opened(place)
    except LintasError as exc:
        raise Failed(f"A message cannot be read: {exc.message}") from exc
    assert found is not None, "it is not withheld"
    return found


def check_signatures(received: Received, keys: Mapping[str, bytes]) -> None:
    """Every batch is signed by one of some keys.

    Raises:
        BadSignature: One is not.
    """
    for one in received.sent:
        open_document("batch", one.document, keys=keys, bytes_max=BATCH_BYTES_MAX)


def check_addresses(received: Received, *, node: str, me: str, incarnation: str) -> None:
    """Every batch says the same of whom it is from and for.

    Raises:
        Failed: One does not.
    """
    for one in received.sent:
        batch = one.batch
        require((batch.sender, batch.to) == (node, me), "A batch is from or for another node.")
        require(batch.mode == "exercise", f"A batch is of mode {batch.mode}.")
        require(batch.incarnation == incarnation, "A batch is of another incarnation than the welcome.")
    require(len({one.batch.channel for one in received.sent}) <= 1, "Batches come on several channels.")


def check_counters(received: Received) -> None:
    """Counters are dense.

    Raises:
        Failed: One is left out or stands twice.
    """
    ends = dict.fromkeys(LANES, 0)
    for one in received.sent:
        batch = one.batch
        wanted = ends[batch.lane] + 1
        require(batch.first == wanted, f"A batch of the {batch.lane} lane begins at {batch.first}, not at {wanted}.")
        ends[batch.lane] += len(batch.places)


def check_chains(received: Received, tips: Sequence[TipWire]) -> None:
    """Chains follow from the places.

    Raises:
        Failed: One does not.
    """
    chains: dict[str, list[str]] = {}
    for one in received.sent:
        batch = one.batch
        known = chains.setdefault(batch.lane, [chain_start(batch.channel, batch.incarnation, batch.lane)])
        require(batch.before == known[-1], f"A batch of the {batch.lane} lane goes on from another chain.")
        for digest in one.digests:
            known.append(chain_after(known[-1], [digest]))
        require(batch.after == known[-1], f"The chain after a batch of the {batch.lane} lane does not follow.")
    for tip in tips:
        if tip.lane in chains and tip.counter < len(chains[tip.lane]):
            require(chains[tip.lane][tip.counter] == tip.chain, f"The welcome's tip of {tip.lane} has another chain.")


def check_messages(received: Received, keys: Mapping[str, bytes], *, node: str, me: str) -> None:
    """Every message is what a recipient may take.

    Raises:
        Failed: One is not.
    """
    for one in received.sent:
        for place in one.batch.places:
            if not isinstance(place.withheld, Withheld):
                _check_message(place, one.batch, keys, node=node, me=me)


def _check_message(place: Place, batch: Batch, keys: Mapping[str, bytes], *, node: str, me: str) -> None:
    signed, payload = message_in(place)
    public = keys.get(signed.key_id)
    if public is None:
        raise Failed("A message is signed by a key that is none of the node's.")
    verify_header(signed, public)
    header = Header.from_json(parse_canonical(signed.header_bytes))
    require(header.originator == node, "A message is of another originator.")
    require(header.channel == batch.channel, "A message is of another channel than its batch.")
    require(header.mode.value == batch.mode, "A message is of another mode.")
    require(header.kind in _KINDS, f"A message of kind {header.kind.value} does not travel.")
    require((header.payload is None) == (payload is None), "A payload is missing, or one is there that should not be.")
    if header.payload is None or payload is None:
        return
    is_same = salted_digest(payload.salt, payload.data) == header.payload.digest
    require(is_same and len(payload.data) == header.payload.size_bytes, "A payload is not the one that was signed.")
    _check_openings(place, dict(header.refs), me)


def _check_openings(place: Place, refs: Mapping[str, tuple[str, ...]], me: str) -> None:
    assert isinstance(place.payload, PlacePayload), "it has a payload"
    targets = []
    for name, pairs in place.payload.openings.items():
        for salt, target in pairs:
            fits = commitment(bytes.fromhex(salt), name, target) in refs.get(name, ())
            require(fits, "An opening opens none of the message's references.")
            targets.append((name, target))
    require(("recipients", me) in targets, "A message does not open us as its recipient.")
    require(all(pair == ("recipients", me) for pair in targets), "A message opens more than that we are a recipient.")
