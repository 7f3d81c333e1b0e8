# SPDX-License-Identifier: Apache-2.0
"""Cosignatures that peers gave to our heads: kept below the head, and shown with every receipt under it."""

from lintas.crypto.note import Note, format_note, parse_note
from lintas.crypto.witness import apply_cosignature, parse_cosignatures, parse_offer
from lintas.errors import BadSignature, OverLimit, UnknownTerm
from lintas.ports.store import Transaction
from lintas.work.proving.heads import origin
from lintas.work.services import Services
from lintas.work.witness.heads import cosigner_keys, note_text, witnessed_peer


def keep_cosignature(services: Services, node: str, raw: bytes) -> None:
    """Keep a peer's cosignature on one of our heads; durable when this returns.

    The lines that stand there already stay. A note has at most NOTE_SIGNATURES_MAX lines: what comes after is left out,
    since a quorum is reached long before. If we die before the commit, the peer's line comes again with its next head.

    Args:
        node: The peer whose line it is; lines of others are passed over.
        raw: Our head as a note, with the peer's line.

    Raises:
        MalformedNote: It is no note.
        UnknownTerm: It is no head of this log, or there is no such peer.
        BadSignature: The peer did not cosign it.
        NotAllowed: Nothing is exchanged with this peer.
        Quarantined: This node was restored and has not shown that it is current.
    """
    note = parse_note(raw)
    is_news = services.store.write(lambda tx: _keep(services, tx, node, note))
    if is_news:
        services.events.publish("peers")


def keep_answer(services: Services, node: str, body: bytes, answer: bytes) -> None:
    """Keep what a peer answered to an offer of our newest head.

    Args:
        body: The offer that was sent, from `offer_checkpoint`.
        answer: Signature lines.

    Raises:
        MalformedNote, UnknownTerm, BadSignature, NotAllowed, Quarantined: As `keep_cosignature`.
    """
    lines = parse_cosignatures(answer)
    offered = parse_note(parse_offer(body).note)
    keep_cosignature(services, node, format_note(Note(text=offered.text, signatures=lines)))


def _keep(services: Services, tx: Transaction, node: str, note: Note) -> bool:
    peer = witnessed_peer(services, tx, node)
    kept = _own(services, tx, note)
    for key in cosigner_keys(tx, peer.node):
        lines = [line for line in note.signatures if (line.name, line.key_hash) == (key.name, key.hash)]
        if not lines:
            continue
        try:
            done = apply_cosignature(kept, lines, key)
        except OverLimit:
            return False
        if done != kept:
            tx.put_cosigned(int(kept.text.split("\n")[1]), note_text(done))
        return done != kept
    raise BadSignature("The peer did not cosign this head.")


def _own(services: Services, tx: Transaction, note: Note) -> Note:
    """Our own head with the text of a note, with the lines that are kept of it."""
    name, size, *_ = (*note.text.split("\n"), "")
    if name == origin(services, tx) and size.isascii() and size.isdecimal() and len(size) <= 19:
        row = tx.checkpoint_at(int(size))
        held = None if row is None else parse_note(row.note.encode())
        if held is not None and held.text == note.text:
            return held
    raise UnknownTerm("That is no head of this log.")
