# SPDX-License-Identifier: Apache-2.0
"""Show peers our newest head, and countersign theirs once it is shown to continue the one that we hold.

Source: C2SP tlog-witness ("add-checkpoint"); architecture, section 5.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from lintas.crypto.checkpoint import cosign_checkpoint, parse_checkpoint
from lintas.crypto.merkle import EMPTY_ROOT, consistency_proof, verify_consistency
from lintas.crypto.note import parse_note
from lintas.crypto.witness import Offer, format_cosignatures, format_offer, parse_offer
from lintas.errors import BadInput, BadProof, HeadConflict, PeerRefused, UnknownTerm
from lintas.model.found import PeerNote
from lintas.ports.store import Snapshot, Transaction
from lintas.work.proving.heads import origin
from lintas.work.services import Services, as_text
from lintas.work.witness.faults import accuse_log
from lintas.work.witness.heads import (
    COSIGNER,
    Head,
    held_note,
    note_text,
    open_head,
    with_known_lines,
    witnessed_peer,
)

_ROUNDS_MAX: Final = 8  # heads that a log may sign while we ask about one: ticks are 10 s, so a round apart at most

Fetch = Callable[[int], bytes | None]
"""Ask the log's owner for `GET checkpoint?from=SIZE`: the body, or None when it answers that its log is shorter."""


class _Seen(NamedTuple):
    """What became of an offer in its transaction."""

    answer: bytes
    forked_from: str  # the note that it contradicts; empty when it continues what is held


def offer_checkpoint(services: Services, node: str, from_size: int) -> bytes:
    """Our newest head and the proof that it continues an earlier one, for a peer to verify and cosign.

    Args:
        node: The peer that asks or is asked.
        from_size: Entries of the head that it holds; 0 for none.

    Returns:
        The body of add-checkpoint.

    Raises:
        BadInput: `from_size` is larger than our newest head: whoever holds such a head shows it (`gossip_in`).
        UnknownTerm: There is no such peer, or no head of this life of the log yet.
        NotAllowed: Nothing is exchanged with this peer.
        Quarantined: This node was restored and has not shown that it is current.
    """

    def make(snapshot: Snapshot) -> bytes:
        witnessed_peer(services, snapshot, node)
        row = snapshot.checkpoint()
        if row is None or not row.note.startswith(origin(services, snapshot) + "\n"):
            raise UnknownTerm("This log has no signed head yet.", hint="Heads are signed at ticks; ask again.")
        if not 0 <= from_size <= row.size:
            raise BadInput(
                f"You ask from {from_size} entries on; the newest head of this log has {row.size}.",
                hint="If you hold a larger head that this log signed, show it: the log was rolled back.",
            )
        proof = consistency_proof(from_size, row.size, snapshot.tile)
        return format_offer(Offer(old_size=from_size, proof=proof, note=row.note.encode()))

    return services.store.read(make)


def witness_checkpoint(services: Services, node: str, body: bytes) -> bytes:
    """Verify that a peer's head continues the one that we hold, keep it, and cosign it.

    The head is durable before the cosignature leaves: were it the other way round, a crash between the two would let
    this node cosign two histories. Check and write are one transaction, so two offers at once cannot roll each other
    back. If we die after the commit, the peer asks again and is cosigned again.

    Args:
        node: Whose log it is; it made the request, or was asked.
        body: Of add-checkpoint.

    Returns:
        Our signature line.

    Raises:
        MalformedNote: Not the form of add-checkpoint.
        BadSignature: The peer's log did not sign the head.
        BadProof: The first head of a log comes with a proof that shows nothing.
        HeadConflict: The proof starts elsewhere than at the head that we hold; carries its size.
        PeerRefused: It contradicts the head that we hold (`fork`); both are kept as evidence, the peer is suspended.
        UnknownTerm: There is no such peer, or nobody here accepted this life of its log.
        NotAllowed: Nothing is exchanged with this peer.
        Quarantined: This node was restored and has not shown that it is current.
    """
    offer = parse_offer(body)
    seen = services.store.write(lambda tx: _witness(services, tx, node, offer))
    if seen.forked_from:
        raise accuse_log(
            services, node, "fork", contradiction(seen.forked_from, offer.note), [seen.forked_from.encode(), offer.note]
        )
    services.events.publish("peers")
    return seen.answer


def wanted_from(services: Services, node: str, note: bytes) -> int | None:
    """From which size on to ask a peer for the proof of a head of its log that it has sent; None for no need.

    Then: fetch `checkpoint?from=SIZE` and give the answer to `witness_checkpoint`; or let `note_head` do all of it.

    Raises:
        PeerRefused: The head contradicts the one that we hold (`fork`); both are kept, the peer is suspended.
        MalformedNote, BadSignature, UnknownTerm, NotAllowed, Quarantined: As `witness_checkpoint`.
    """
    head, held = _compared(services, node, note)
    if held is None:
        return 0
    return None if head.is_same_tree(held) else held.size


def note_head(services: Services, node: str, note: bytes, *, fetch: Fetch) -> bytes | None:
    """See that a head of a peer's log, from wherever it came, belongs to the one history that we hold.

    A larger head is witnessed; a smaller one is proven to be earlier, or it is a fork. The peer is asked as often as
    that takes: once as a rule, never when the head is the one that is held.

    Args:
        node: Whose log it is; not who brought the head.
        fetch: Asks that peer.

    Returns:
        The peer's newest head with our cosignature, to be sent to it; None when nothing new was cosigned.

    Raises:
        PeerRefused: The peer shows another history (`fork`), or a shorter one than it has signed (`rollback`), or
            answers another question (`malformed`). For the first two both heads are kept, and the peer is suspended.
        MalformedNote, BadSignature, UnknownTerm, NotAllowed, Quarantined: As `witness_checkpoint`.
    """
    is_new = False
    for _ in range(_ROUNDS_MAX):
        head, held = _compared(services, node, note)
        if held is not None and head.is_same_tree(held):
            break
        if held is None or head.size > held.size:
            body = _newest(services, node, head.raw, 0 if held is None else held.size, fetch)
            shown = parse_offer(body)
            if shown.checkpoint.size < head.size:
                raise accuse_log(services, node, "rollback", _shrunk(head.raw, shown.note), [head.raw, shown.note])
            is_new |= _try_witness(services, node, body)
        else:
            shown = parse_offer(_newest(services, node, head.raw, head.size, fetch))
            _check_continues(services, node, head, shown)
            if shown.checkpoint.size < held.size:
                # It may have been asked before we held as much, so it is asked again: from what we hold on.
                is_new |= _try_witness(
                    services, node, _newest(services, node, held.note.encode(), held.size, fetch, shown)
                )
            note = shown.note
    found = services.store.read(lambda snapshot: held_note(snapshot, node))
    return found.note.encode() if is_new and found is not None else None


def peer_head(services: Services, node: str) -> PeerNote:
    """The newest head of a peer's log that was verified here: what a restored node needs to show that it is current.

    Raises:
        UnknownTerm: There is no such peer, or no head of it was verified yet.
    """
    found = services.store.read(lambda snapshot: held_note(snapshot, node))
    if found is None:
        raise UnknownTerm("No head of this peer's log was verified here yet.")
    return found


def _witness(services: Services, tx: Transaction, node: str, offer: Offer) -> _Seen:
    peer = witnessed_peer(services, tx, node)
    head = open_head(tx, peer, offer.note)
    held = tx.peer_note(head.origin)
    size, root = (0, EMPTY_ROOT) if held is None else (held.size, held.root)
    if held is not None and head.size == size and head.root != root:
        return _Seen(b"", held.note)
    if offer.old_size != size:
        raise HeadConflict(f"The head held here has {size} entries, the proof starts at {offer.old_size}.", size=size)
    try:
        verify_consistency(size, root, head.size, head.root, offer.proof)
    except BadProof:
        if held is None:
            raise
        # the log's owner alone can make this proof, and it was asked for this one: it cannot
        return _Seen(b"", held.note)
    now = services.clock.now()
    kept = cosign_checkpoint(
        with_known_lines(services, tx, head),
        services.keys.node + COSIGNER,
        services.keys.cosign,
        int(now.timestamp()),
    )
    note = note_text(kept)
    tx.put_peer_note(
        PeerNote(node=node, origin=head.origin, size=head.size, root=head.root, note=note, at=as_text(now))
    )
    return _Seen(format_cosignatures(kept.signatures[-1:]), "")


def _compared(services: Services, node: str, note: bytes) -> tuple[Head, PeerNote | None]:
    """A head and the one that is held of the same log; of one size they are equal, or it is a fork."""

    def look(snapshot: Snapshot) -> tuple[Head, PeerNote | None]:
        head = open_head(snapshot, witnessed_peer(services, snapshot, node), note)
        return head, snapshot.peer_note(head.origin)

    head, held = services.store.read(look)
    if held is not None and head.size == held.size and head.root != held.root:
        notes = [held.note.encode(), note]
        raise accuse_log(services, node, "fork", contradiction(held.note, note), notes)
    return head, held


def _newest(
    services: Services, node: str, signed: bytes, start: int, fetch: Fetch, besides: Offer | None = None
) -> bytes:
    """What the peer offers when asked from a size on that its log has signed, or nothing was held.

    Args:
        signed: The head by which it is known that its log has that many entries.
        besides: A smaller head that it showed as its newest.

    Raises:
        PeerRefused: It says that it has less, or answers another question.
    """
    body = fetch(start)
    if body is None:
        other = () if besides is None else (besides.note,)
        raise accuse_log(services, node, "rollback", _shrunk(signed, *other), [signed, *other])
    offer = parse_offer(body)
    services.store.read(lambda snapshot: open_head(snapshot, witnessed_peer(services, snapshot, node), offer.note))
    if offer.old_size != start:
        raise PeerRefused(f"Asked from {start} entries on, the peer answered from {offer.old_size}.", what="malformed")
    return body


def _try_witness(services: Services, node: str, body: bytes) -> bool:
    try:
        witness_checkpoint(services, node, body)
    except HeadConflict:
        return False  # another connection brought a head meanwhile: the next round sees it
    return True


def _check_continues(services: Services, node: str, head: Head, shown: Offer) -> None:
    newest = shown.checkpoint
    try:
        verify_consistency(head.size, head.root, newest.size, newest.root, shown.proof)
    except BadProof:
        notes = [head.raw, shown.note]
        raise accuse_log(services, node, "fork", contradiction(head.raw.decode(), shown.note), notes) from None


def _shrunk(signed: bytes, *shown: bytes) -> str:
    """The sentence of a rollback."""
    sizes = [parse_checkpoint(parse_note(note).text).size for note in (signed, *shown)]
    now = f"shows one of {sizes[1]} as its newest" if shown else "says that it has no more of it"
    return f"Its log signed a head of {sizes[0]} entries and {now}."


def contradiction(one: str, other: bytes) -> str:
    """The sentence of a fork; the same two heads give the same one."""
    first, second = (parse_checkpoint(note.text) for note in (parse_note(one.encode()), parse_note(other)))
    said = (f"{head.size} entries with root {head.root.hex()[:16]}" for head in (first, second))
    return f"Its log signed two histories: {' and '.join(said)}."
