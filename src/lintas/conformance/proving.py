# SPDX-License-Identifier: Apache-2.0
"""Checks of proofs, gossip and the limit of requests."""

import json
import time
from typing import Final

import msgspec

from lintas.conformance.asking import refused, told
from lintas.conformance.checking import Failed, Skipped, require
from lintas.conformance.feeding import NOTHING_SHARED
from lintas.conformance.heading import head_of
from lintas.conformance.line import Reply
from lintas.conformance.play import Play
from lintas.crypto.canonical import parse_canonical
from lintas.crypto.checkpoint import Checkpoint
from lintas.crypto.envelope import verify_header
from lintas.crypto.merkle import verify_consistency, verify_inclusion
from lintas.crypto.note import parse_note
from lintas.crypto.proof import Receipt, parse_receipt
from lintas.crypto.witness import parse_offer
from lintas.formats.peer import Gossip, ProofAnswer, decode, signed_of
from lintas.limits import GOSSIP_NOTES_MAX, PEER_REQUESTS_BURST, PEER_REQUESTS_S_MAX
from lintas.model.header import Header, Kind

_LOOK_AGAIN_S: Final = 0.5
_FLOOD: Final = 10 * PEER_REQUESTS_BURST
_BUSY_S_MAX: Final = 20.0


def check_proofs(play: Play) -> None:
    """The node's log commits to what it sent."""
    notes, received = play.notes, play.received
    if not received.sent:
        notes.skip("proof", NOTHING_SHARED)
        return
    lane = received.sent[0].batch.lane
    count = received.count(lane)
    body: dict[str, object] | None = None
    shown: Checkpoint | None = None
    with notes.check("proof.release"):
        answer = decode(ProofAnswer, _proof(play, lane, count).body)
        receipt = parse_receipt(answer.receipt.encode())
        body, shown = _release(play, answer, receipt, lane)
    if body is not None and shown is not None:
        with notes.check("proof.head"):
            _check_history(play, shown)
        with notes.check("proof.chain"):
            first, length = body["first"], body["count"]
            assert isinstance(first, int) and isinstance(length, int), "the header's schema says so"
            last = first + length - 1
            require(first <= count <= last, f"The entry is of places {first} to {last}, asked was for {count}.")
            require(body["chain"] == received.chain(lane, last), "The log says otherwise what was sent.")
    with notes.check("proof.beyond"):
        query = f"incarnation={play.welcome.incarnation}&lane={lane}&counter={count + 1_000_000}"
        refused(play.honest.get("/proof", query), 404, "unknown")


def check_gossip(play: Play) -> None:
    """Heads are swapped."""
    notes, honest = play.notes, play.honest
    with notes.check("gossip.own"):
        if not play.witnessed:
            raise Skipped("No head of ours was cosigned.")
        told_notes = decode(Gossip, _gossip(play, []).body).notes
        own = parse_note(head_of(honest.speaker, play.witnessed)).text
        require(any(parse_note(one.encode()).text == own for one in told_notes), "It is not among them.")
    with notes.check("gossip.unknown"):
        _gossip(play, [head_of(play.identities.of("stranger"), 1).decode(), "no note"])
    with notes.check("gossip.many"):
        note = head_of(honest.speaker, 1).decode()
        refused(honest.post("/gossip", msgspec.json.encode({"notes": [note] * (GOSSIP_NOTES_MAX + 1)})), (400, 413))


def check_errors(play: Play) -> None:
    """All refusals so far were told in one form."""
    with play.notes.check("errors.form"):
        for reply in play.line.refusals:
            if reply.headers.get("content-type", "").startswith("text/x.tlog.size"):
                continue
            try:
                said = json.loads(reply.body)
            except (ValueError, RecursionError):
                said = None
            is_whole = isinstance(said, dict) and all(
                isinstance(said.get(name), str) for name in ("error", "sentence", "hint")
            )
            require(is_whole, f"An answer with status {reply.status} is not of that form.")


def check_busy(play: Play) -> None:
    """Ask too much. Last of all, for the node does not listen to this peer for a while then."""
    with play.notes.check("busy.limit"):
        honest = play.honest
        honest.use(honest.greet(honest.hello()[0]))
        body = b'{"notes":[]}'
        flood = (honest.signed("POST", "/gossip", body=body) for _ in range(_FLOOD))
        began = time.monotonic()
        busy, answered = play.line.flood(flood, _BUSY_S_MAX)
        took_s = time.monotonic() - began
        time.sleep(play.patience.forgiven_s)  # so that the next run does not begin with what is left of this one
        if busy is None:
            if answered / took_s < 1.5 * PEER_REQUESTS_S_MAX:
                raise Skipped("The line or the node is too slow to ask too much.")
            raise Failed(f"{answered} requests were taken at once.")
        refused(busy, 429, "busy")
        after = busy.headers.get("retry-after", "")
        require(after.isdecimal() and int(after) >= 1, "The refusal has no Retry-After in seconds.")


def _proof(play: Play, lane: str, counter: int) -> Reply:
    """Ask until a head covers the place."""
    query = f"incarnation={play.welcome.incarnation}&lane={lane}&counter={counter}"
    deadline = time.monotonic() + play.patience.tick_s
    while True:
        reply = play.honest.get("/proof", query)
        if reply.status != 404 or time.monotonic() > deadline:
            require(reply.status == 200, f"It was answered with {told(reply)}.")
            return reply
        time.sleep(_LOOK_AGAIN_S)


def _release(play: Play, answer: ProofAnswer, receipt: Receipt, lane: str) -> tuple[dict[str, object], Checkpoint]:
    entry = signed_of(answer.entry)
    public = play.descriptor.signing.get(entry.key_id)
    if public is None:
        raise Failed("The entry is signed by a key that is none of the node's.")
    verify_header(entry, public)
    header = Header.from_json(parse_canonical(entry.header_bytes))
    body = header.body or {}
    require(header.kind is Kind.RELEASE and header.originator == play.node, "The entry is no release of this node.")
    stream = (play.received.sent[0].batch.channel, play.welcome.incarnation, lane)
    require((body["channel"], body["incarnation"], body["lane"]) == stream, "The entry is of another stream.")
    head = play.head(receipt.checkpoint)
    verify_inclusion(entry.leaf, receipt.index, head.size, receipt.path, head.root)
    return body, head


def _check_history(play: Play, shown: Checkpoint) -> None:
    """The head of a proof and the one that was shown to us before are of one log."""
    held = play.head_held
    if held is None:
        raise Skipped("No head was shown before.")
    for head in (held, shown):
        reply = play.honest.get("/checkpoint", f"from={head.size}")
        require(reply.status == 200, f"It was answered with {told(reply)}.")
        offer = parse_offer(reply.body)
        newest = play.head(offer.note)
        verify_consistency(head.size, head.root, newest.size, newest.root, offer.proof)


def _gossip(play: Play, heads: list[str]) -> Reply:
    reply = play.honest.post("/gossip", msgspec.json.encode({"notes": heads}))
    require(reply.status == 200, f"It was answered with {told(reply)}.")
    return reply
