# SPDX-License-Identifier: Apache-2.0
"""Prove to a recipient that our log commits to what it was sent; check what a sender proves.

The `release` entry that ends at or after a place holds the hash chain of the stream up to there, so one proof that this
entry is in the log proves every message before it.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from lintas.crypto.canonical import parse_canonical
from lintas.crypto.envelope import verify_header
from lintas.crypto.merkle import inclusion_proof, verify_inclusion
from lintas.crypto.proof import Receipt, format_receipt, parse_receipt
from lintas.crypto.stream import chain_after, chain_start, place_digest
from lintas.errors import BadInput, BadSignature, HeadConflict, OverLimit, PeerRefused, UnknownTerm
from lintas.formats.peer import ProofAnswer, decode, encode, envelope_of, signed_of
from lintas.limits import HEADER_BYTES_MAX, NOTE_BYTES_MAX
from lintas.model.found import PeerNote, SpanHead
from lintas.model.header import Header, Kind, Signed
from lintas.ports.store import Snapshot
from lintas.work.peering import accuse, signing_ever
from lintas.work.proving.entries import signed_of as stored_signed
from lintas.work.proving.heads import origin
from lintas.work.services import Services
from lintas.work.streams import channel_from
from lintas.work.witness.faults import accuse_log
from lintas.work.witness.heads import Head, count_cosigners, open_head, witnessed_peer
from lintas.work.witness.witnessing import contradiction

_ANSWER_BYTES_MAX: Final = 2 * (HEADER_BYTES_MAX + NOTE_BYTES_MAX)  # JSON escapes the note's newlines and base64 grows


def prove_release(services: Services, node: str, incarnation: str, lane: str, counter: int) -> bytes:
    """Prove that our log holds what a peer was sent up to a place.

    Args:
        node: The peer that asks; only of its own stream.
        incarnation: The life of our log in which the place was given.
        lane: `alert` or `bulk`.
        counter: Of the place, from 1.

    Returns:
        JSON with the `release` entry that ends at or after the place, and its tlog-proof under our newest head.

    Raises:
        UnknownTerm: There is no such place, or no head covers it yet: heads are signed at ticks.
        NotAllowed: Nothing is exchanged with this peer.
        Quarantined: This node was restored and has not shown that it is current.
    """

    def prove(snapshot: Snapshot) -> bytes:
        channel = witnessed_peer(services, snapshot, node).channel
        span = snapshot.span_at("out", channel, incarnation=incarnation, lane=lane, counter=counter)
        if span is None:
            raise UnknownTerm("Your stream has no such place.")
        row = snapshot.checkpoint()
        if row is None or row.size <= span.release or not row.note.startswith(origin(services, snapshot) + "\n"):
            raise UnknownTerm("No signed head covers that place yet.", hint="Heads are signed at ticks; ask again.")
        path = inclusion_proof(span.release, row.size, snapshot.tile)
        receipt = format_receipt(Receipt(index=span.release, path=path, checkpoint=row.note.encode()))
        entry = stored_signed(next(snapshot.entries(span.release, span.release + 1)))
        return encode(ProofAnswer(entry=envelope_of(entry), receipt=receipt.decode()))

    return services.store.read(prove)


def head_in(raw: bytes) -> bytes:
    """The signed head in an answer of `prove_release`: give it to `note_head` before `check_proof`.

    Raises:
        Malformed, MalformedNote, OverLimit: The answer cannot be read.
    """
    return parse_receipt(_answer(raw).receipt.encode()).checkpoint


def check_proof(services: Services, node: str, raw: bytes, *, incarnation: str, lane: str, quorum: int = 1) -> int:
    """Check a peer's proof that its log holds what it sent us.

    Args:
        node: The peer that sent the stream and the proof.
        raw: Its answer, from `prove_release`.
        quorum: How many nodes must have verified the head: this one, which holds it, and others by their cosignatures.

    Returns:
        The counter up to which the stream that we hold is proven.

    Raises:
        HeadConflict: The proof is under another head than the one held here: see to the head first (`note_head`).
        UnknownTerm: Not yet: we hold nothing of that stream, or not as much as the proof covers, or too few have
            cosigned the head.
        PeerRefused: The proof contradicts what was sent or is none; it is kept as evidence, the peer is suspended.
        NotAllowed, Quarantined: As `prove_release`.
    """
    asked = _Stream(node, incarnation, lane)
    try:
        return services.store.read(lambda snapshot: _check(services, snapshot, asked, raw, quorum))
    except _TwoHeadsError as exc:
        notes = [exc.held.encode(), exc.shown]
        raise accuse_log(services, node, "fork", contradiction(exc.held, exc.shown), notes) from None
    except PeerRefused as exc:
        accuse(services, node, exc.what, exc.message, [raw])
        raise


class _Stream(NamedTuple):
    """Which stream of which peer a proof is asked for."""

    node: str
    incarnation: str
    lane: str


class _TwoHeadsError(Exception):
    """The proof is under a head that contradicts the one that is held."""

    def __init__(self, held: str, shown: bytes) -> None:
        self.held, self.shown = held, shown


def _check(services: Services, snapshot: Snapshot, asked: _Stream, raw: bytes, quorum: int) -> int:
    peer = witnessed_peer(services, snapshot, asked.node)
    channel = channel_from(snapshot, peer)
    if not channel:
        raise UnknownTerm("Nothing of that stream came here yet.")
    try:
        answer = _answer(raw)
        receipt = parse_receipt(answer.receipt.encode())
        head = open_head(snapshot, peer, receipt.checkpoint)
        _check_held(head, snapshot.peer_note(head.origin))
        entry = signed_of(answer.entry)
        body = _release_body(services, snapshot, asked, channel, entry)
        verify_inclusion(entry.leaf, receipt.index, head.size, receipt.path, head.root)
    except (HeadConflict, PeerRefused):
        raise
    except BadSignature as exc:
        raise PeerRefused(f"A proof came with a false signature: {exc.message}", what="signature") from exc
    except (BadInput, OverLimit) as exc:
        raise PeerRefused(f"What came as a proof is none: {exc.message}", what="proof") from exc
    last = int(body["first"]) + int(body["count"]) - 1
    if _chain_here(snapshot, asked, channel, last) != body["chain"]:
        raise PeerRefused(
            f"The peer's log says otherwise than its {asked.lane} stream what the first {last} messages were.",
            what="chain",
        )
    if (seen := 1 + count_cosigners(services, snapshot, head)) < quorum:
        raise UnknownTerm(f"{seen} nodes have verified that head, {quorum} are asked for.")
    return last


def _check_held(head: Head, held: PeerNote | None) -> None:
    size = 0 if held is None else held.size
    if held is None or size != head.size:
        raise HeadConflict(f"The proof is under a head of {head.size} entries, held here is {size}.", size=size)
    if held.root != head.root:
        raise _TwoHeadsError(held.note, head.raw)


def _release_body(
    services: Services, snapshot: Snapshot, asked: _Stream, channel: str, entry: Signed
) -> Mapping[str, Any]:
    """The body of a release entry of the asked stream, once its signature verified."""
    # a key that was revoked since still signed what the log is proven to hold
    public = signing_ever(snapshot, asked.node).get(entry.key_id)
    if public is None:
        raise BadSignature("The release is signed with a key that is not known here.")
    verify_header(entry, public)
    header = Header.from_json(parse_canonical(entry.header_bytes))
    body = header.body or {}
    is_asked = header.kind is Kind.RELEASE and header.originator == asked.node and header.mode == services.config.mode
    if not is_asked or (body["channel"], body["incarnation"], body["lane"]) != (channel, *asked[1:]):
        raise PeerRefused("The entry that came as a proof is no release of that stream.", what="proof")
    return body


def _chain_here(snapshot: Snapshot, asked: _Stream, channel: str, last: int) -> str:
    """The chain over what came here, up to one place.

    Raises:
        UnknownTerm: That much has not come yet.
    """

    def run_at(counter: int) -> SpanHead:
        found = snapshot.span_at("in", channel, incarnation=asked.incarnation, lane=asked.lane, counter=counter)
        if found is None:
            raise UnknownTerm("The proof covers places that have not come here yet.")
        return found

    run = run_at(last)
    if run.first + run.length - 1 == last:
        return run.chain
    start = chain_start(channel, asked.incarnation, asked.lane) if run.first == 1 else run_at(run.first - 1).chain
    return chain_after(start, _places(snapshot, run)[: last - run.first + 1])


def _places(snapshot: Snapshot, run: SpanHead) -> Sequence[str]:
    if run.seq < 0:  # the sender withheld them: what stands in for them came instead
        withheld: list[str] = json.loads(next(snapshot.entries(run.release, run.release + 1)).header)["body"][
            "withheld"
        ]
        return withheld
    return [place_digest(entry.id) for entry in snapshot.entries(run.seq, run.seq + run.length)]


def _answer(raw: bytes) -> ProofAnswer:
    return decode(ProofAnswer, raw, bytes_max=_ANSWER_BYTES_MAX)
