# SPDX-License-Identifier: Apache-2.0
"""Checks of what the node does with batches that the tool gives it.

The tool's stream to a node follows from its secret alone: from the cursor in a welcome it makes the chain again.
"""

import time
from collections.abc import Sequence
from typing import Final, NamedTuple

from lintas.conformance.asking import Asker, code_of, cursor_in, refused, told
from lintas.conformance.checking import Failed, require
from lintas.conformance.feeding import cursor_of
from lintas.conformance.line import Reply
from lintas.conformance.play import Play
from lintas.conformance.received import message_in
from lintas.crypto.canonical import parse_canonical
from lintas.crypto.stream import chain_after, chain_start, place_digest
from lintas.formats.peer import (
    Ack,
    Batch,
    Place,
    Withheld,
    decode,
    open_document,
    peek_document,
    place_of,
    sign_document,
)
from lintas.limits import HELLO_BYTES_MAX
from lintas.model.header import Header, Kind
from lintas.model.peering import Cursor, Lane

LANE: Final = Lane.BULK


class Told(NamedTuple):
    """Consecutive places of the tool's own stream."""

    document: bytes
    messages: tuple[str, ...]  # their ids
    last: int


def told_batch(asker: Asker, first: int, count: int = 1, **changed: object) -> Told:
    """The batch of some places of the bulk lane."""
    messages = [asker.sample.item(f"place {number}") for number in range(1, first + count)]
    digests = [place_digest(signed.id) for signed, _ in messages]
    before = chain_after(asker.sample.start(LANE.value), digests[: first - 1])
    places = [place_of(signed, payload) for signed, payload in messages[first - 1 :]]
    said: dict[str, object] = {"lane": LANE.value, "first": first, "before": before}
    batch = asker.sample.batch(places, digests=digests[first - 1 :], **(said | changed))
    ids = tuple(str(signed.id) for signed, _ in messages[first - 1 :])
    return Told(sign_document("batch", batch, asker.speaker.signing), ids, first + count - 1)


def held_of(asker: Asker, got: str) -> int:
    """How much of the tool's stream the node has, as its welcome says.

    Raises:
        Failed: It has a stream that the tool never began.
    """
    if not got:
        return 0
    cursor = Cursor.from_text(got)
    if cursor.incarnation != asker.speaker.incarnation:
        raise Failed("The welcome names an incarnation of our log that never was.")
    return cursor.at(LANE)


def check_inbox(play: Play) -> None:
    """Good batches, once and twice, and what comes back for them."""
    notes, honest = play.notes, play.honest
    held = 0
    given: Told | None = None
    with notes.check("inbox.good"):
        held = held_of(honest, play.welcome.got)
        given = told_batch(honest, held + 1)
        _acked(play, honest.post("/inbox", given.document), held + 1)
    if given is None or notes.found["inbox.good"][0] != "ok":
        return
    with notes.check("inbox.idempotent"):
        _acked(play, honest.post("/inbox", given.document), held + 1)
    with notes.check("inbox.partly_held"):
        _acked(play, honest.post("/inbox", told_batch(honest, held + 1, 2).document), held + 2)
    with notes.check("inbox.receipt"):
        _hear_receipt(play, given.messages)
    with notes.check("inbox.incarnation"):
        life = "0123456789abcdef"
        start = chain_start(honest.sample.channel, life, Lane.ALERT.value)
        signed, payload = honest.sample.item("another life")
        digests = [place_digest(signed.id)]
        batch = honest.sample.batch((place_of(signed, payload),), digests=digests, incarnation=life, before=start)
        reply = honest.post("/inbox", sign_document("batch", batch, honest.speaker.signing))
        refused(reply, 409, "incarnation")
        is_said = cursor_in(reply).startswith(f"{honest.speaker.incarnation}.")
        require(is_said, "The refusal does not say how far it has our streams.")


def _acked(play: Play, reply: Reply, wanted: int) -> None:
    require(reply.status == 200, f"It was answered with {told(reply)}.")
    raw = open_document("ack", reply.body, keys=play.signing, bytes_max=HELLO_BYTES_MAX)
    ack, me = decode(Ack, raw), play.honest.speaker
    require((ack.sender, ack.to) == (play.node, me.id), "The ack is from or for another node.")
    cursor = Cursor.from_text(ack.cursor)
    is_right = cursor.incarnation == me.incarnation and cursor.at(LANE) == wanted
    require(is_right, f"The ack's cursor is {cursor}; {wanted} places of the bulk lane were given.")


def _hear_receipt(play: Play, messages: Sequence[str]) -> None:
    """Read on until the node says that it has stored what it was given."""
    with play.line.stream(play.honest.signed("GET", "/feed", f"after={cursor_of(play)}")) as got:
        if isinstance(got, Reply):
            raise Failed(f"The feed was answered with {told(got)}.")
        for event in got.until(time.monotonic() + play.patience.feed_s):
            if event.name != "batch":
                continue
            batch = decode(Batch, peek_document(event.data)[1])
            if any(_is_receipt(place, messages) for place in batch.places):
                require(batch.lane == Lane.ALERT.value, "The receipt came in the bulk lane.")
                return
    raise Failed("No receipt came in time.")


def _is_receipt(place: Place, messages: Sequence[str]) -> bool:
    if isinstance(place.withheld, Withheld):
        return False
    header = Header.from_json(parse_canonical(message_in(place)[0].header_bytes))
    body = header.body or {}
    about = body.get("messages")
    is_stored = header.kind is Kind.RECEIPT and body.get("state") == "stored"
    return is_stored and isinstance(about, list) and set(messages) <= set(about)


def is_standing(reply: Reply) -> bool:
    """Whether an answer says that nothing is exchanged."""
    return reply.status == 403 and code_of(reply) == "standing"
