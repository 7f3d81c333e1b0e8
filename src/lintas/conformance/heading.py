# SPDX-License-Identifier: Apache-2.0
"""Checks of heads: what the node shows of its log, and what it says to heads of the tool's.

The tool's log has leaves that follow from its keys, so that any of its sizes can be proven without a store.
"""

import time
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from typing import Final

from lintas.conformance.asking import Asker, refused, told
from lintas.conformance.checking import Failed, Skipped, require
from lintas.conformance.line import Reply
from lintas.conformance.play import Play
from lintas.conformance.sample import Speaker
from lintas.crypto.checkpoint import Checkpoint, cosign_checkpoint, log_origin, sign_checkpoint
from lintas.crypto.encoding import from_decimal
from lintas.crypto.merkle import consistency_proof, leaf_hash, root_of, tiles_after, verify_consistency
from lintas.crypto.note import Note, NoteKey, SignatureType, cosign_note, format_note, parse_note, verify_note
from lintas.crypto.signing import SigningKey
from lintas.crypto.witness import Offer, format_offer, parse_cosignatures, parse_offer

_LEAVES_MAX: Final = 1_000_000  # a tool that ran so often needs another folder
_LOOK_AGAIN_S: Final = 0.5  # between looks for a newer head


@lru_cache(maxsize=256)
def leaves(log: bytes, size: int, branch: int) -> tuple[bytes, ...]:
    """The leaves of the tool's log; those of another branch differ from the second on."""
    return tuple(
        leaf_hash(sha256(log + number.to_bytes(8, "big") + bytes([branch if number else 0])).digest())
        for number in range(size)
    )


def head_of(speaker: Speaker, size: int, *, branch: int = 0, key: SigningKey | None = None) -> bytes:
    """A signed head of the tool's log."""
    root = root_of(leaves(speaker.log.public, size, branch))
    head = Checkpoint(origin=log_origin(speaker.id, speaker.incarnation), size=size, root=root)
    return format_note(sign_checkpoint(head, key or speaker.log))


def offer_of(speaker: Speaker, old: int, size: int, *, branch: int = 0, key: SigningKey | None = None) -> bytes:
    """A head of the tool's log with the proof that it continues an older one of its branch."""
    known = leaves(speaker.log.public, size, branch)
    rows = {(level, index): row for level, index, row in tiles_after(0, known, lambda _level, _index: b"")}
    proof = consistency_proof(old, size, lambda level, index: rows[level, index])
    return format_offer(Offer(old_size=old, proof=proof, note=head_of(speaker, size, branch=branch, key=key)))


def check_shown(play: Play) -> None:
    """The node's own head."""
    notes, honest = play.notes, play.honest
    first: Checkpoint | None = None
    raw = b""
    with notes.check("heads.offer"):
        offer = parse_offer(_first_offer(play).body)
        require(offer.old_size == 0 and not offer.proof, "An offer from size 0 has nothing to prove.")
        first, raw = play.head(offer.note), offer.note
        play.head_held = first
    with notes.check("heads.beyond"):
        refused(honest.get("/checkpoint", f"from={2**40}"), 400)
    if first is None:
        return
    with notes.check("heads.cosignature"):
        reply = honest.post("/cosignature", _cosigned(honest, raw, honest.speaker.cosign))
        require(reply.status == 204, f"It was answered with {told(reply)}.")
    with notes.check("heads.cosignature_false"):
        false = honest.post("/cosignature", _cosigned(honest, raw, honest.sample.stranger))
        require(400 <= false.status < 500, f"It was answered with {told(false)}.")


def _first_offer(play: Play) -> Reply:
    """The newest head from size 0; a node that has just begun signs its first one at the next tick."""
    deadline = time.monotonic() + play.patience.tick_s
    while True:
        reply = play.honest.get("/checkpoint", "from=0")
        if reply.status != 404 or time.monotonic() > deadline:
            require(reply.status == 200, f"It was answered with {told(reply)}.")
            return reply
        time.sleep(_LOOK_AGAIN_S)


def check_growth(play: Play) -> None:
    """A later head continues the first; the node's log grew by what was given to it meanwhile."""
    with play.notes.check("heads.consistent"):
        held = play.head_held
        if held is None:
            raise Skipped("No first head was shown.")
        deadline = time.monotonic() + play.patience.tick_s
        while True:
            reply = play.honest.get("/checkpoint", f"from={held.size}")
            require(reply.status == 200, f"It was answered with {told(reply)}.")
            offer = parse_offer(reply.body)
            head = play.head(offer.note)
            require(offer.old_size == held.size, f"Asked from {held.size}, it answered from {offer.old_size}.")
            verify_consistency(held.size, held.root, head.size, head.root, offer.proof)
            if head.size > held.size:
                play.head_held = head
                return
            if time.monotonic() > deadline:
                raise Skipped("The log did not grow: nothing was there to prove.")
            time.sleep(_LOOK_AGAIN_S)


def check_witness(play: Play) -> None:
    """What the node says to heads of ours."""
    notes, honest = play.notes, play.honest
    speaker, held = honest.speaker, 0
    with notes.check("heads.cosigns"):
        reply = honest.post("/checkpoint", offer_of(speaker, 0, 1))
        if reply.status == 409:  # it holds one of an earlier run
            held = _size_in(reply.body)
            reply = honest.post("/checkpoint", offer_of(speaker, held, held + 1))
        require(reply.status == 200, f"It was answered with {told(reply)}.")
        held += 1
        _check_line(play, reply.body, head_of(speaker, held))
    if notes.found["heads.cosigns"][0] != "ok":
        return
    with notes.check("heads.conflict"):
        reply = honest.post("/checkpoint", offer_of(speaker, 0, held + 1))
        require(reply.status == 409, f"It was answered with {told(reply)}.")
        kind = reply.headers.get("content-type", "").partition(";")[0]
        require(kind == "text/x.tlog.size", f"The answer is {kind}, not text/x.tlog.size.")
        require(_size_in(reply.body) == held, f"It says that it holds {_size_in(reply.body)} entries, it holds {held}.")
    with notes.check("heads.continues"):
        reply = honest.post("/checkpoint", offer_of(speaker, held, held + 2))
        require(reply.status == 200, f"It was answered with {told(reply)}.")
        held += 2
        _check_line(play, reply.body, head_of(speaker, held))
    play.witnessed = held
    with notes.check("heads.stranger"):
        reply = honest.post("/checkpoint", offer_of(speaker, held, held + 1, key=honest.sample.stranger))
        require(400 <= reply.status < 500, f"It was answered with {told(reply)}.")
    with notes.check("heads.malformed"):
        refused(honest.post("/checkpoint", b"old 1\n\nno note\n"), 400, "malformed")


def _size_in(body: bytes) -> int:
    try:
        size = from_decimal(body.decode("ascii").removesuffix("\n"))
    except ValueError:
        raise Failed("The 409 does not say the size that is held.") from None
    require(size < _LEAVES_MAX, f"It says that it holds {size:,} entries of our log.")
    return size


def _check_line(play: Play, answer: bytes, note: bytes) -> None:
    """A cosignature on one of our heads.

    Raises:
        Failed, BadSignature, MalformedNote: It is none.
    """
    name = f"{play.node}/cosign"
    keys = [
        NoteKey(name=name, type=SignatureType.COSIGNATURE, public=public) for public in play.descriptor.cosign.values()
    ]
    require(bool(keys), "The descriptor names no cosign key.")
    verify_note(Note(text=parse_note(note).text, signatures=parse_cosignatures(answer)), keys)


def _cosigned(honest: Asker, raw: bytes, key: SigningKey) -> bytes:
    """The node's head with a line in our name."""
    note, name = parse_note(raw), f"{honest.speaker.id}/cosign"
    at_s = int(time.time())
    if key is honest.speaker.cosign:
        return format_note(cosign_checkpoint(note, name, key, at_s))
    # the right name and key hash around another key's signature
    right = cosign_note(note.text, name, honest.speaker.cosign, at_s)
    wrong = cosign_note(note.text, name, key, at_s)
    return format_note(replace(note, signatures=(*note.signatures, replace(right, signature=wrong.signature))))
