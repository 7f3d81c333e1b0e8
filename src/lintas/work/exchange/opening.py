# SPDX-License-Identifier: Apache-2.0
"""Check a batch as it came, before anything of it is written: every rule of docs/spec/peer.md, "Receiving", in order.

Who breaks one is told which; nothing of the batch is kept.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from lintas.crypto.canonical import parse_canonical
from lintas.crypto.digests import commitment, salted_digest
from lintas.crypto.envelope import verify_fresh
from lintas.crypto.stream import chain_after, chain_start, place_digest
from lintas.errors import BadInput, LintasError, PeerRefused
from lintas.formats.peer import Batch, Place, decode, open_document, opened, peek_document
from lintas.limits import BATCH_BYTES_MAX, BATCH_MESSAGES_MAX, RELEASE_BYTES_MAX
from lintas.model.header import TRAVELLING, Header, Kind, Payload, Signed
from lintas.model.header_rules import LOCAL_CHANNEL
from lintas.model.peering import Lane

_KINDS: Final = frozenset(kind.value for kind in TRAVELLING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """One message that holds together, as it came."""

    signed: Signed
    header: Mapping[str, Any]
    payload: Payload | None

    @property
    def kind(self) -> Kind:
        """What it is."""
        return Kind(self.header["kind"])


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedBatch:
    """A batch whose every message holds together. Whether it follows what is held here is not asked yet."""

    channel: str
    incarnation: str
    lane: Lane
    first: int
    before: str
    digests: tuple[str, ...]  # one a place
    places: tuple[Came | None, ...]  # None: withheld
    head: str

    @property
    def last(self) -> int:
        """Counter of the last place."""
        return self.first + len(self.places) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What a batch from one peer must say."""

    node: str
    me: str
    mode: str
    channel: str  # empty before the first batch
    keys: Mapping[str, bytes]  # its signing keys by id


def open_batch(document: bytes, expected: Expected) -> OpenedBatch:
    """Read a batch and check every signature and digest in it.

    Raises:
        PeerRefused: It breaks the protocol; `what` says how.
    """
    if len(document) > BATCH_BYTES_MAX:
        raise PeerRefused(f"The batch has more than {BATCH_BYTES_MAX:,} bytes.", what="size")
    batch = _read(document, expected)
    _check_address(batch, expected)
    places: list[Came | None] = []
    digests: list[str] = []
    for number, place in enumerate(batch.places, start=batch.first):
        try:
            came = _open_place(place, expected, batch.channel)
        except PeerRefused:
            raise
        except LintasError as exc:
            raise PeerRefused(f"Message {number} of the {batch.lane} stream: {exc.message}", what="altered") from exc
        places.append(came)
        digests.append(_withheld(place) if came is None else place_digest(came.signed.id))
    ids = [one.signed.id for one in places if one is not None]
    if len(set(ids)) != len(ids):
        raise PeerRefused("One message stands in the batch twice.", what="replay")
    if batch.first == 1 and batch.before != chain_start(batch.channel, batch.incarnation, batch.lane):
        raise PeerRefused("The stream does not begin where every stream begins.", what="chain")
    if chain_after(batch.before, digests) != batch.after:
        raise PeerRefused("The chain of the batch does not follow from its messages.", what="chain")
    return OpenedBatch(
        channel=batch.channel,
        incarnation=batch.incarnation,
        lane=Lane(batch.lane),
        first=batch.first,
        before=batch.before,
        digests=tuple(digests),
        places=tuple(places),
        head=batch.head,
    )


def _withheld(place: Place) -> str:
    assert not isinstance(place.withheld, msgspec.UnsetType), "a place is one or the other"
    return place.withheld.place


def _read(document: bytes, expected: Expected) -> Batch:
    try:
        key, _ = peek_document(document)
    except BadInput as exc:
        raise PeerRefused(f"The batch cannot be read: {exc.message}", what="malformed") from exc
    if key not in expected.keys:
        raise PeerRefused(
            "The batch is signed with a key of this peer that is not known here.",
            what="key",
            hint="A peer that changed its keys says so in its descriptor.",
        )
    try:
        raw = open_document("batch", document, keys=expected.keys, bytes_max=BATCH_BYTES_MAX)
    except LintasError as exc:
        raise PeerRefused(f"The batch is not signed by this peer: {exc.message}", what="signature") from exc
    try:
        return decode(Batch, raw)
    except LintasError as exc:
        raise PeerRefused(f"The batch cannot be read: {exc.message}", what="malformed") from exc


def _check_address(batch: Batch, expected: Expected) -> None:
    if batch.sender != expected.node or batch.to != expected.me:
        raise PeerRefused("The batch is from or for another node.", what="address")
    if batch.mode != expected.mode:
        raise PeerRefused("The batch is of another mode: live and exercise never mix.", what="mode")
    if batch.channel == LOCAL_CHANNEL or (expected.channel and batch.channel != expected.channel):
        raise PeerRefused("The batch comes on another channel than this peer's.", what="channel")
    if not 1 <= len(batch.places) <= BATCH_MESSAGES_MAX:
        raise PeerRefused(f"A batch has 1 to {BATCH_MESSAGES_MAX} messages.", what="size")


def _open_place(place: Place, expected: Expected, channel: str) -> Came | None:
    found = opened(place)
    if found is None:
        return None
    signed, payload = found
    public = expected.keys.get(signed.key_id)
    if public is None:
        raise PeerRefused("A message is signed by a key that is not one of this peer's.", what="signature")
    verify_fresh(signed, public)
    header: dict[str, Any] = parse_canonical(signed.header_bytes)
    Header.from_json(header)
    if header["originator"] != expected.node or header["channel"] != channel:
        raise PeerRefused("A message is of another node or channel than its batch.", what="channel")
    if header["mode"] != expected.mode:
        raise PeerRefused("A message is of another mode: live and exercise never mix.", what="mode")
    if header["kind"] not in _KINDS:
        raise PeerRefused(f"A message of kind {header['kind']} does not travel.", what="kind")
    _check_payload(payload, header, expected.me)
    return Came(signed=signed, header=header, payload=payload)


def _check_payload(payload: Payload | None, header: Mapping[str, Any], me: str) -> None:
    said = header.get("payload")
    if said is None or payload is None:
        if (said is None) != (payload is None):
            raise PeerRefused("A message comes without its payload, or with one that it has not.", what="altered")
        return
    if said["size_bytes"] > RELEASE_BYTES_MAX:
        raise PeerRefused(f"A payload has more than {RELEASE_BYTES_MAX:,} bytes.", what="size")
    if len(payload.data) != said["size_bytes"] or salted_digest(payload.salt, payload.data) != said["digest"]:
        raise PeerRefused("A payload is not the one that was signed.", what="altered")
    _check_openings(json.loads(payload.openings), header["refs"], me)


def _check_openings(openings: Mapping[str, Any], refs: Mapping[str, list[str]], me: str) -> None:
    """Openings fit the header's commitments, and one of them says that we are a recipient."""
    is_for_me = False
    for field, pairs in openings.items():
        for salt, target in pairs:
            if commitment(bytes.fromhex(salt), field, target) not in refs.get(field, ()):
                raise PeerRefused("What a message refers to is not what was signed.", what="altered")
            is_for_me = is_for_me or (field == "recipients" and target == me)
    if not is_for_me:
        raise PeerRefused("A message does not name this node as its recipient.", what="recipient")
