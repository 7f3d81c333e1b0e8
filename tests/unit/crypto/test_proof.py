# SPDX-License-Identifier: Apache-2.0
"""Receipts that prove an entry offline."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.crypto.checkpoint import Checkpoint, cosign_checkpoint, sign_checkpoint
from lintas.crypto.merkle import inclusion_proof, leaf_hash, root_of, tiles_after
from lintas.crypto.note import NoteKey, SignatureType, format_note
from lintas.crypto.proof import Receipt, format_receipt, parse_receipt, verify_receipt
from lintas.crypto.signing import SigningKey
from lintas.errors import BadProof, BadSignature, LintasError, MalformedNote
from lintas.limits import NOTE_BYTES_MAX

LOG = SigningKey.from_seed(bytes([1]) * 32)
PEER = SigningKey.from_seed(bytes([2]) * 32)
LOG_KEY = NoteKey(name="lintas:example/log/1", type=SignatureType.ED25519, public=LOG.public)
PEER_KEY = NoteKey(name="peer.example", type=SignatureType.COSIGNATURE, public=PEER.public)
LEAVES = [leaf_hash(bytes([number])) for number in range(11)]
ROWS = {(level, index): row for level, index, row in tiles_after(0, LEAVES, lambda _level, _index: b"")}
NOTE = cosign_checkpoint(
    sign_checkpoint(Checkpoint(origin=LOG_KEY.name, size=len(LEAVES), root=root_of(LEAVES)), LOG),
    PEER_KEY.name,
    PEER,
    1_700_000_000,
)


def receipt_of(index: int) -> Receipt:
    path = inclusion_proof(index, len(LEAVES), lambda level, number: ROWS[level, number])
    return Receipt(index=index, path=path, checkpoint=format_note(NOTE))


RECEIPT = receipt_of(6)
RAW = format_receipt(RECEIPT)


@pytest.mark.parametrize("index", range(len(LEAVES)))
def test_every_entry_is_proven_by_its_own_receipt_only(index: int) -> None:
    receipt = parse_receipt(format_receipt(receipt_of(index)))
    for other, leaf in enumerate(LEAVES):
        if other == index:
            assert verify_receipt(receipt, leaf, LOG_KEY, [PEER_KEY], quorum=1).checkpoint.size == len(LEAVES)
        else:
            with pytest.raises(BadProof):
                verify_receipt(receipt, leaf, LOG_KEY)


@given(st.none() | st.binary(), st.integers(0, 2**63 - 1), st.lists(st.binary(min_size=32, max_size=32), max_size=63))
def test_what_is_written_is_read_back(extra: bytes | None, index: int, path: list[bytes]) -> None:
    receipt = replace(RECEIPT, extra=extra, index=index, path=tuple(path))
    assert parse_receipt(format_receipt(receipt)) == receipt


def test_the_form_is_that_of_the_specification() -> None:
    lines = format_receipt(replace(RECEIPT, extra=b"more")).decode().split("\n")
    assert lines[:3] == ["c2sp.org/tlog-proof@v1", "extra bW9yZQ==", "index 6"]
    assert [len(line) for line in lines[3:8]] == [44, 44, 44, 44, 0]
    assert "\n".join(lines[8:]).encode() == RECEIPT.checkpoint


def test_a_log_of_one_entry_needs_no_hashes() -> None:
    note = sign_checkpoint(Checkpoint(origin=LOG_KEY.name, size=1, root=LEAVES[0]), LOG)
    receipt = Receipt(index=0, path=(), checkpoint=format_note(note))
    verify_receipt(parse_receipt(format_receipt(receipt)), LEAVES[0], LOG_KEY)


@given(st.data())
def test_a_flipped_bit_fails(data: st.DataObject) -> None:
    bit = data.draw(st.integers(0, 8 * len(RAW) - 1))
    raw = bytearray(RAW)
    raw[bit // 8] ^= 1 << bit % 8
    with pytest.raises((MalformedNote, BadSignature, BadProof)):
        verify_receipt(parse_receipt(bytes(raw)), LEAVES[6], LOG_KEY, [PEER_KEY], quorum=1)


@given(st.binary() | st.binary().map(lambda tail: RAW[: len(tail) * 9] + tail))
def test_any_bytes_are_refused_in_our_own_words(raw: bytes) -> None:
    with pytest.raises(LintasError):
        parse_receipt(raw)


def test_a_missing_quorum_or_another_log_is_refused() -> None:
    with pytest.raises(BadSignature):
        verify_receipt(RECEIPT, LEAVES[6], LOG_KEY, [PEER_KEY], quorum=2)
    with pytest.raises(BadSignature):
        verify_receipt(RECEIPT, LEAVES[6], replace(LOG_KEY, public=PEER.public))
    with pytest.raises(BadSignature):
        verify_receipt(RECEIPT, LEAVES[6], replace(LOG_KEY, name="lintas:example/log/2"))


HASH = b"gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=\n"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        RAW.replace(b"@v1", b"@v2"),
        RAW.replace(b"c2sp", b" c2sp"),
        RAW.replace(b"index 6", b"index 06"),
        RAW.replace(b"index 6", b"index -6"),
        RAW.replace(b"index 6", b"index  6"),
        RAW.replace(b"index 6", b"index 6 "),
        RAW.replace(b"index 6", b"index"),
        RAW.replace(b"index 6\n", b""),
        RAW.replace(b"index 6", b"index 6\nindex 6"),
        RAW.replace(b"index 6", b"index 6\nextra AAAA"),
        RAW.replace(b"index 6", b"extra A\nindex 6"),
        RAW.replace(b"index 6", b"extra AAAA\nextra AAAA\nindex 6"),
        RAW.replace(b"index 6", b"index 6\nAAAA"),
        RAW.replace(b"index 6\n", b"index 6\n" + HASH * 64),
        RAW.replace(b"index 6\n", b"index 6\n" + HASH[:-1] + b" \n"),
        RAW.replace(b"\n\n", b"\n", 1),
        RAW.replace(b"\n\n", b"\n\n\n", 1),
        RAW.replace(b"\n", b"\r\n"),
        RAW + b"\n",
        RAW[:-1],
        RAW + b"x" * NOTE_BYTES_MAX,
    ],
)
def test_other_forms_are_refused(raw: bytes) -> None:
    with pytest.raises(MalformedNote):
        parse_receipt(raw)


@pytest.mark.parametrize(
    "receipt",
    [
        replace(RECEIPT, index=-1),
        replace(RECEIPT, index=2**63),
        replace(RECEIPT, path=(b"short",)),
        replace(RECEIPT, path=(bytes(32),) * 64),
        replace(RECEIPT, checkpoint=b"no note"),
    ],
)
def test_what_could_not_be_read_back_is_not_written(receipt: Receipt) -> None:
    with pytest.raises(MalformedNote):
        format_receipt(receipt)
