# SPDX-License-Identifier: Apache-2.0
"""What logs and witnesses say to each other."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.crypto.checkpoint import Checkpoint, cosign_checkpoint, open_checkpoint, sign_checkpoint
from lintas.crypto.merkle import consistency_proof, leaf_hash, root_of, tiles_after, verify_consistency
from lintas.crypto.note import Note, NoteKey, NoteSignature, SignatureType, cosign_note, format_note
from lintas.crypto.signing import SigningKey
from lintas.crypto.witness import (
    Offer,
    apply_cosignature,
    format_cosignatures,
    format_offer,
    parse_cosignatures,
    parse_offer,
)
from lintas.errors import BadProof, BadSignature, LintasError, MalformedNote, OverLimit
from lintas.limits import NOTE_BYTES_MAX, NOTE_SIGNATURES_MAX

ORIGIN = "lintas:example/log/1"
LOG, PEER, OTHER = (SigningKey.from_seed(bytes([number]) * 32) for number in (1, 2, 3))
LOG_KEY = NoteKey(name=ORIGIN, type=SignatureType.ED25519, public=LOG.public)
PEER_KEY = NoteKey(name="lintas:peer/cosign", type=SignatureType.COSIGNATURE, public=PEER.public)
OTHER_KEY = NoteKey(name="lintas:other/cosign", type=SignatureType.COSIGNATURE, public=OTHER.public)
AT_S = 1_700_000_000
OLD, SIZE = 6, 11
LEAVES = [leaf_hash(bytes([number])) for number in range(SIZE)]
ROWS = {(level, index): row for level, index, row in tiles_after(0, LEAVES, lambda _level, _index: b"")}
NOTE = sign_checkpoint(Checkpoint(origin=ORIGIN, size=SIZE, root=root_of(LEAVES)), LOG)
PROOF = consistency_proof(OLD, SIZE, lambda level, number: ROWS[level, number])
OFFER = Offer(old_size=OLD, proof=PROOF, note=format_note(NOTE))
RAW = format_offer(OFFER)
LINES = format_cosignatures([cosign_note(NOTE.text, PEER_KEY.name, PEER, AT_S)])

HASHES = st.lists(st.binary(min_size=32, max_size=32), max_size=63)


@given(st.integers(1, SIZE - 1), HASHES)
def test_what_is_written_is_read_back(old_size: int, proof: list[bytes]) -> None:
    offer = Offer(old_size=old_size, proof=tuple(proof), note=OFFER.note)
    assert parse_offer(format_offer(offer)) == offer


@pytest.mark.parametrize("old_size", range(SIZE + 1))
def test_every_older_size_is_offered_and_proven(old_size: int) -> None:
    proof = consistency_proof(old_size, SIZE, lambda level, number: ROWS[level, number])
    offer = parse_offer(format_offer(Offer(old_size=old_size, proof=proof, note=OFFER.note)))
    head = offer.checkpoint
    verify_consistency(offer.old_size, root_of(LEAVES[:old_size]), head.size, head.root, offer.proof)
    with pytest.raises(BadProof):
        verify_consistency(offer.old_size, root_of(LEAVES[1:]), head.size, head.root, offer.proof)


def test_the_form_is_that_of_the_specification() -> None:
    lines = RAW.decode().split("\n")
    assert lines[0] == "old 6"
    assert [len(line) for line in lines[1 : 2 + len(PROOF)]] == [44] * len(PROOF) + [0]
    assert "\n".join(lines[2 + len(PROOF) :]).encode() == OFFER.note
    assert format_offer(Offer(old_size=0, proof=(), note=OFFER.note)) == b"old 0\n\n" + OFFER.note


@given(st.binary() | st.binary().map(lambda tail: RAW[: len(tail) * 9] + tail))
def test_any_bytes_are_refused_in_our_own_words(raw: bytes) -> None:
    with pytest.raises(LintasError):
        parse_offer(raw)


@given(st.data())
def test_a_flipped_bit_fails(data: st.DataObject) -> None:
    bit = data.draw(st.integers(0, 8 * len(RAW) - 1))
    raw = bytearray(RAW)
    raw[bit // 8] ^= 1 << bit % 8
    with pytest.raises((MalformedNote, BadSignature, BadProof)):
        check(bytes(raw))


def check(raw: bytes) -> None:
    offer = parse_offer(raw)
    head = open_checkpoint(offer.note, LOG_KEY).checkpoint
    verify_consistency(offer.old_size, root_of(LEAVES[:OLD]), head.size, head.root, offer.proof)


HASH = b"gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=\n"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        OFFER.note,
        b"old 0\n" + OFFER.note,
        b"old 00\n\n" + OFFER.note,
        b"old -1\n\n" + OFFER.note,
        b"old +1\n\n" + OFFER.note,
        b"old  1\n\n" + OFFER.note,
        b"OLD 1\n\n" + OFFER.note,
        b"1\n\n" + OFFER.note,
        b"old 12\n\n" + OFFER.note,
        b"old 0\n" + HASH + b"\n" + OFFER.note,
        b"old 11\n" + HASH + b"\n" + OFFER.note,
        b"old 6\n" + HASH * 64 + b"\n" + OFFER.note,
        b"old 6\nQUJD\n\n" + OFFER.note,
        b"old 6\n" + HASH[:-2] + b"\n\n" + OFFER.note,
        b"old 6\r\n" + HASH + b"\n" + OFFER.note,
        b"old 6\n" + HASH + b" \n\n" + OFFER.note,
        b"old \xd9\xa6\n\n" + OFFER.note,
        b"old 6\n" + HASH + b"\n",
        b"old 6\n" + HASH + b"\n" + OFFER.note + b"more\n",
        b"old 6\n" + HASH + b"\n" + b"x" * NOTE_BYTES_MAX,
    ],
)
def test_another_form_is_no_offer(raw: bytes) -> None:
    with pytest.raises(MalformedNote):
        parse_offer(raw)


def test_what_could_not_be_read_is_not_written() -> None:
    for bad in (
        replace(OFFER, old_size=SIZE + 1),
        replace(OFFER, old_size=-1),
        replace(OFFER, proof=(b"short",)),
        replace(OFFER, proof=(b"x" * 32,) * 64),
        replace(OFFER, note=b"no note"),
    ):
        with pytest.raises(MalformedNote):
            format_offer(bad)


PARTS = st.tuples(st.binary(min_size=4, max_size=4), st.binary(min_size=1, max_size=80))


@given(st.lists(PARTS, min_size=1, max_size=9))
def test_cosignatures_alone_are_read_back(parts: list[tuple[bytes, bytes]]) -> None:
    lines = tuple(NoteSignature(name="lintas:peer/cosign", key_hash=key, signature=rest) for key, rest in parts)
    assert parse_cosignatures(format_cosignatures(lines)) == lines


@given(st.binary())
def test_any_answer_is_refused_in_our_own_words(raw: bytes) -> None:
    with pytest.raises(LintasError):
        parse_cosignatures(raw)


@pytest.mark.parametrize("raw", [b"", b"\n", LINES[:-1], LINES + b"\n", b"\n" + LINES, b"x\n\n" + LINES, LINES[3:]])
def test_another_form_is_no_answer(raw: bytes) -> None:
    with pytest.raises(MalformedNote):
        parse_cosignatures(raw)


def test_a_cosignature_that_verifies_joins_the_note() -> None:
    done = apply_cosignature(NOTE, LINES, PEER_KEY)
    assert done.signatures[:1] == NOTE.signatures
    opened = open_checkpoint(format_note(done), LOG_KEY, [PEER_KEY], quorum=1)
    assert [line.at_s for line in opened.cosigned] == [AT_S]
    more = apply_cosignature(done, cosign_checkpoint(NOTE, OTHER_KEY.name, OTHER, AT_S).signatures, OTHER_KEY)
    assert len(open_checkpoint(format_note(more), LOG_KEY, [PEER_KEY, OTHER_KEY], quorum=2).cosigned) == 2


def test_a_second_line_of_the_same_cosigner_changes_nothing() -> None:
    done = apply_cosignature(NOTE, LINES, PEER_KEY)
    later = format_cosignatures([cosign_note(NOTE.text, PEER_KEY.name, PEER, AT_S + 1)])
    assert apply_cosignature(done, later, PEER_KEY) == done


def other_text() -> bytes:
    text = Checkpoint(origin=ORIGIN, size=SIZE, root=root_of(LEAVES[1:])).text
    return format_cosignatures([cosign_note(text, PEER_KEY.name, PEER, AT_S)])


def changed_time() -> bytes:
    (line,) = parse_cosignatures(LINES)
    return format_cosignatures([replace(line, signature=bytes(7) + b"\x01" + line.signature[8:])])


@pytest.mark.parametrize(
    "lines",
    [
        other_text(),
        changed_time(),
        format_cosignatures([cosign_note(NOTE.text, PEER_KEY.name, OTHER, AT_S)]),
        format_cosignatures([cosign_note(NOTE.text, OTHER_KEY.name, OTHER, AT_S)]),
        format_cosignatures(NOTE.signatures),
        LINES + other_text(),
    ],
    ids=["another text", "another time", "another key", "another cosigner", "the log's own", "a bad line behind"],
)
def test_a_cosignature_that_does_not_verify_is_refused(lines: bytes) -> None:
    with pytest.raises(BadSignature):
        apply_cosignature(NOTE, lines, PEER_KEY)


def test_a_note_takes_as_many_lines_as_readers_read_and_no_more() -> None:
    strangers = tuple(
        NoteSignature(name=f"stranger-{number}", key_hash=bytes(4), signature=b"x")
        for number in range(NOTE_SIGNATURES_MAX - 1)
    )
    full = Note(text=NOTE.text, signatures=NOTE.signatures + strangers)
    with pytest.raises(OverLimit):
        apply_cosignature(full, LINES, PEER_KEY)
    almost = replace(full, signatures=full.signatures[:-1])
    done = format_note(apply_cosignature(almost, LINES, PEER_KEY))
    assert len(open_checkpoint(done, LOG_KEY, [PEER_KEY], quorum=1).cosigned) == 1
