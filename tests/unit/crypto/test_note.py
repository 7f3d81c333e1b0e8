# SPDX-License-Identifier: Apache-2.0
"""Signed notes, checkpoints and their cosignatures."""

import base64
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.crypto.checkpoint import (
    Checkpoint,
    cosign_checkpoint,
    log_origin,
    open_checkpoint,
    parse_checkpoint,
    sign_checkpoint,
)
from lintas.crypto.merkle import EMPTY_ROOT
from lintas.crypto.note import (
    Note,
    NoteKey,
    NoteSignature,
    SignatureType,
    cosign_note,
    format_note,
    parse_note,
    parse_vkey,
    sign_note,
    verify_note,
)
from lintas.crypto.signing import SigningKey
from lintas.errors import BadSignature, LintasError, MalformedKey, MalformedNote
from lintas.limits import NOTE_BYTES_MAX, NOTE_SIGNATURES_MAX

ORIGIN = log_origin("lintas:example", "1")
LOG = SigningKey.from_seed(bytes([1]) * 32)
PEER = SigningKey.from_seed(bytes([2]) * 32)
OTHER = SigningKey.from_seed(bytes([3]) * 32)
LOG_KEY = NoteKey(name=ORIGIN, type=SignatureType.ED25519, public=LOG.public)
PEER_KEY = NoteKey(name="peer.example", type=SignatureType.COSIGNATURE, public=PEER.public)
OTHER_KEY = NoteKey(name="other.example", type=SignatureType.COSIGNATURE, public=OTHER.public)
ROOT = bytes(range(32))
AT_S = 1_700_000_000
CHECKPOINT = Checkpoint(origin=ORIGIN, size=42, root=ROOT)
NOTE = cosign_checkpoint(sign_checkpoint(CHECKPOINT, LOG), "peer.example", PEER, AT_S)
RAW = format_note(NOTE)

NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"], exclude_characters="+"), min_size=1)
LINES = st.text(st.characters(exclude_categories=["Cs", "Cc"]))
TEXTS = st.lists(LINES).map(lambda lines: "".join(f"{line}\n" for line in lines) + "end\n")


@given(TEXTS, NAMES, st.integers(0, 2**63 - 1))
def test_what_is_written_is_read_back_and_verified(text: str, name: str, at_s: int) -> None:
    note = Note(text=text, signatures=(sign_note(text, name, LOG), cosign_note(text, name, PEER, at_s)))
    again = parse_note(format_note(note))
    assert again == note
    keys = (
        NoteKey(name=name, type=SignatureType.ED25519, public=LOG.public),
        NoteKey(name=name, type=SignatureType.COSIGNATURE, public=PEER.public),
    )
    assert [line.at_s for line in verify_note(again, keys)] == [None, at_s]


@given(st.data())
def test_a_flipped_bit_fails(data: st.DataObject) -> None:
    bit = data.draw(st.integers(0, 8 * len(RAW) - 1))
    raw = bytearray(RAW)
    raw[bit // 8] ^= 1 << bit % 8
    with pytest.raises((MalformedNote, BadSignature)):
        open_checkpoint(bytes(raw), LOG_KEY, [PEER_KEY], quorum=1)


@given(st.binary() | st.binary().map(lambda tail: RAW[: len(tail) * 7] + tail) | st.text().map(str.encode))
def test_any_bytes_are_refused_in_our_own_words(raw: bytes) -> None:
    with pytest.raises(LintasError):
        open_checkpoint(raw, LOG_KEY)


@given(st.text())
def test_any_text_as_a_key_or_checkpoint_is_refused_in_our_own_words(text: str) -> None:
    with pytest.raises(MalformedKey):
        parse_vkey(text)
    with pytest.raises(MalformedKey):
        parse_vkey(f"name+00000000+{text}")
    try:
        parse_checkpoint(text)
    except MalformedNote:
        return
    assert text.count("\n") > 2


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"text\n",
        b"text\n\n",
        RAW[:-1],
        RAW + b"\n",
        RAW + b"text\n",
        RAW.replace(b"\n\n", b"\n"),
        RAW.replace("\N{EM DASH}".encode(), b"-"),
        RAW.replace("\N{EM DASH}".encode(), "\N{EN DASH}".encode()),
        RAW.replace("\N{EM DASH} ".encode(), "\N{EM DASH}".encode()),
        RAW.replace(b"\n", b"\r\n"),
        RAW.replace(b"42", b"4\t2"),
        RAW.replace(b"42", b"4\x002"),
        RAW.replace(b"42", b"4\xff"),
        RAW.replace(b"peer.example", b"peer+example"),
        RAW.replace(b"peer.example", "peer\N{NO-BREAK SPACE}example".encode()),
        RAW.replace(b"peer.example", b""),
        RAW[:-2] + b"\n",
        "text\n\n\N{EM DASH} name AAAAAA==\n".encode(),  # four bytes of key, none of signature
        "text\n\n\N{EM DASH} name AAAAAAB=\n".encode(),  # bits after the end
        "text\n\n\N{EM DASH} name AAAAAAA= \n".encode(),
        b"x" * (NOTE_BYTES_MAX + 1),
        b"text\n\n" + "\N{EM DASH} name AAAAAAA=\n".encode() * (NOTE_SIGNATURES_MAX + 1),
    ],
)
def test_other_forms_are_refused(raw: bytes) -> None:
    with pytest.raises(MalformedNote):
        parse_note(raw)


def test_the_text_goes_to_the_last_empty_line() -> None:
    raw = "a\n\n\N{EM DASH} x AAAAAAA=\n\n\n\N{EM DASH} name AAAAAAA=\n".encode()
    note = parse_note(raw)
    assert note.text == "a\n\n\N{EM DASH} x AAAAAAA=\n\n"
    assert [line.name for line in note.signatures] == ["name"]
    assert format_note(note) == raw


@pytest.mark.parametrize(
    "note",
    [
        Note(text="text\n", signatures=()),
        replace(NOTE, text="no newline at the end"),
        replace(NOTE, text="tab\tinside\n"),
        replace(NOTE, text="\ud800\n"),
        replace(NOTE, signatures=(NoteSignature(name="a b", key_hash=bytes(4), signature=b"x"),)),
        replace(NOTE, signatures=(NoteSignature(name="a", key_hash=bytes(3), signature=b"xy"),)),
        replace(NOTE, signatures=(NoteSignature(name="a", key_hash=bytes(4), signature=b""),)),
    ],
)
def test_what_could_not_be_read_back_is_not_written(note: Note) -> None:
    with pytest.raises(MalformedNote):
        format_note(note)


def test_unknown_signatures_are_passed_over_and_known_ones_must_hold() -> None:
    stranger = NoteSignature(name="stranger", key_hash=b"abcd", signature=b"whatever")
    namesake = NoteSignature(name=ORIGIN, key_hash=b"abcd", signature=b"whatever")
    same_hash = NoteSignature(name="stranger", key_hash=LOG_KEY.hash, signature=b"whatever")
    noisy = replace(NOTE, signatures=(stranger, namesake, same_hash, *NOTE.signatures))
    assert [line.key for line in verify_note(noisy, [LOG_KEY, PEER_KEY])] == [LOG_KEY, PEER_KEY]
    forged = NoteSignature(name=ORIGIN, key_hash=LOG_KEY.hash, signature=bytes(64))
    with pytest.raises(BadSignature):
        verify_note(replace(NOTE, signatures=(*NOTE.signatures, forged)), [LOG_KEY])
    with pytest.raises(BadSignature):
        verify_note(NOTE, [OTHER_KEY])
    with pytest.raises(BadSignature):
        verify_note(NOTE, [])


def test_a_signature_given_twice_counts_once() -> None:
    doubled = replace(NOTE, signatures=NOTE.signatures * 2)
    assert len(verify_note(doubled, [LOG_KEY, PEER_KEY])) == 2


def test_key_ids_are_those_of_the_specification() -> None:
    """Made with sha256sum and base64 from C2SP signed-note: SHA-256(name, newline, type, key), first four bytes."""
    key = NoteKey(name="example.com/log", type=SignatureType.ED25519, public=LOG.public)
    assert key.hash.hex() == "9be5d3c6"
    assert key.vkey == "example.com/log+9be5d3c6+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c"
    assert parse_vkey(key.vkey) == key
    assert replace(key, type=SignatureType.COSIGNATURE).hash != key.hash
    assert parse_vkey(PEER_KEY.vkey) == PEER_KEY


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\n", "a\N{IDEOGRAPHIC SPACE}b", "\x00"])
def test_names_that_no_line_can_carry_are_refused(name: str) -> None:
    with pytest.raises(MalformedKey):
        NoteKey(name=name, type=SignatureType.ED25519, public=LOG.public)
    with pytest.raises(MalformedKey):
        sign_note("text\n", name, LOG)


def vkey(name: str, key_hash: str, raw: bytes) -> str:
    return f"{name}+{key_hash}+{base64.b64encode(raw).decode()}"


@pytest.mark.parametrize(
    "text",
    [
        LOG_KEY.vkey[:-1],
        LOG_KEY.vkey + "=",
        vkey(ORIGIN, "00000000", b"\x01" + LOG.public),
        vkey(ORIGIN, LOG_KEY.hash.hex().upper() + " ", b"\x01" + LOG.public),
        vkey("other", LOG_KEY.hash.hex(), b"\x01" + LOG.public),
        vkey(ORIGIN, LOG_KEY.hash.hex(), b"\x02" + LOG.public),
        vkey(ORIGIN, LOG_KEY.hash.hex(), b"\x01" + LOG.public[:-1]),
        vkey(ORIGIN, LOG_KEY.hash.hex(), b""),
        vkey(ORIGIN, "1d6e4a36", b"\x01" + bytes(32)),
    ],
)
def test_damaged_verifier_keys_are_refused(text: str) -> None:
    with pytest.raises(MalformedKey):
        parse_vkey(text)


def test_a_checkpoint_opens_with_its_log_and_a_quorum() -> None:
    signed = open_checkpoint(RAW, LOG_KEY, [PEER_KEY, OTHER_KEY], quorum=1)
    assert signed.checkpoint == CHECKPOINT
    assert [(line.key, line.at_s) for line in signed.cosigned] == [(PEER_KEY, AT_S)]
    assert open_checkpoint(RAW, LOG_KEY).cosigned == ()
    with pytest.raises(BadSignature):
        open_checkpoint(RAW, LOG_KEY, [PEER_KEY, OTHER_KEY], quorum=2)


def test_one_key_under_two_names_is_one_cosigner() -> None:
    twice = cosign_checkpoint(NOTE, "alias.example", PEER, AT_S)
    alias = replace(PEER_KEY, name="alias.example")
    with pytest.raises(BadSignature):
        open_checkpoint(format_note(twice), LOG_KEY, [PEER_KEY, alias], quorum=2)


def test_the_log_is_not_its_own_cosigner() -> None:
    by_itself = cosign_checkpoint(sign_checkpoint(CHECKPOINT, LOG), "peer.example", LOG, AT_S)
    own = NoteKey(name="peer.example", type=SignatureType.COSIGNATURE, public=LOG.public)
    with pytest.raises(BadSignature):
        open_checkpoint(format_note(by_itself), LOG_KEY, [own], quorum=1)


def test_a_cosignature_alone_or_another_logs_signature_is_not_enough() -> None:
    alone = replace(NOTE, signatures=NOTE.signatures[1:])
    with pytest.raises(BadSignature):
        open_checkpoint(format_note(alone), LOG_KEY, [PEER_KEY], quorum=1)
    elsewhere = Note(text=CHECKPOINT.text, signatures=(sign_note(CHECKPOINT.text, "lintas:other/log/1", OTHER),))
    other_log = NoteKey(name="lintas:other/log/1", type=SignatureType.ED25519, public=OTHER.public)
    with pytest.raises(BadSignature):
        open_checkpoint(format_note(elsewhere), other_log)


def test_a_cosignature_is_bound_to_its_time() -> None:
    line = NOTE.signatures[1]
    later = (AT_S + 1).to_bytes(8, "big") + line.signature[8:]
    beyond = (2**63).to_bytes(8, "big") + line.signature[8:]
    for signature in (later, beyond, line.signature[:-1], b"", line.signature[8:]):
        moved = replace(NOTE, signatures=(NOTE.signatures[0], replace(line, signature=signature)))
        with pytest.raises(BadSignature):
            verify_note(moved, [PEER_KEY])


def test_extension_lines_of_others_are_read_past_but_never_written() -> None:
    extended = replace(CHECKPOINT, extensions=("more", "lines"))
    assert parse_checkpoint(extended.text) == extended
    with pytest.raises(MalformedNote):
        sign_checkpoint(extended, LOG)


def test_an_empty_log_has_a_checkpoint_too() -> None:
    empty = Checkpoint(origin=ORIGIN, size=0, root=EMPTY_ROOT)
    assert open_checkpoint(format_note(sign_checkpoint(empty, LOG)), LOG_KEY).checkpoint == empty


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "origin\n42\n",
        CHECKPOINT.text[:-1],
        CHECKPOINT.text + "\n",
        CHECKPOINT.text + "\nmore\n",
        CHECKPOINT.text.replace("42", "042"),
        CHECKPOINT.text.replace("42", "-42"),
        CHECKPOINT.text.replace("42", "4_2"),
        CHECKPOINT.text.replace("42", "0"),
        CHECKPOINT.text.replace("42", str(2**63)),
        CHECKPOINT.text.replace(ORIGIN, ""),
        f"{ORIGIN}\n42\n{base64.b64encode(ROOT[:-1]).decode()}\n",
        f"{ORIGIN}\n42\n{ROOT.hex()}\n",
    ],
)
def test_other_texts_are_no_checkpoint(text: str) -> None:
    with pytest.raises(MalformedNote):
        parse_checkpoint(text)
    with pytest.raises(MalformedNote):
        cosign_checkpoint(replace(NOTE, text=text), "peer.example", PEER, AT_S)


@pytest.mark.parametrize("origin", ["", "two\nlines", "a\n1"])
def test_an_origin_that_no_line_can_carry_is_not_signed(origin: str) -> None:
    with pytest.raises(MalformedNote):
        sign_checkpoint(replace(CHECKPOINT, origin=origin), LOG)
