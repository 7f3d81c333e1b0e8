# SPDX-License-Identifier: Apache-2.0
"""Sealed bytes and streams. The passphrase is tried with the private keys: it costs a second each time."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.crypto.sealing import open_sealed, open_stream, recipient_of, seal, seal_stream, seal_with_passphrase
from lintas.errors import LintasError, MalformedKey, OverLimit, SealBroken, StorageFailed
from lintas.limits import PASSPHRASE_SEALED_BYTES_MAX

# Made for these tests, and guarding nothing.
ALPHA = "AGE-SECRET-KEY-1D7469WRL47C742DYSRRZZ7QGWC29JSAADCLSE7ZFH9584JFDE4ZQPEKEX4"
BETA = "AGE-SECRET-KEY-1KQSMEVELDQPHLCDRDV5V5EDSVHMSCHLHXWY8KZUW0V6ZTNDJ9GVSG2605V"
GAMMA = "AGE-SECRET-KEY-1FRKA3NLCGF56H7HVNQZKZ9ULSG3HZ3SPZ0TR55J4GWG2U83DFKPQET2YAY"
TO_ALPHA = [recipient_of(ALPHA)]
LARGE = bytes(range(256)) * 1_000  # four chunks of 64 KiB


class Broken(io.RawIOBase):
    """A stream of a disk that refuses."""

    def __init__(self, failure: Exception) -> None:
        self.failure = failure

    def read(self, _size: int = -1) -> bytes:
        raise self.failure

    def write(self, _data: object) -> int:
        raise self.failure


@given(st.binary(max_size=2_000))
def test_each_recipient_opens_alone_and_nobody_else(data: bytes) -> None:
    sealed = seal(data, [recipient_of(ALPHA), recipient_of(BETA)])
    assert open_sealed(sealed, [ALPHA]) == open_sealed(sealed, [GAMMA, BETA]) == data
    with pytest.raises(SealBroken):
        open_sealed(sealed, [GAMMA])


def test_a_flipped_bit_anywhere_breaks_the_seal() -> None:
    sealed = seal(b"data", TO_ALPHA)
    for place in range(len(sealed)):
        altered = bytearray(sealed)
        altered[place] ^= 1 << place % 8
        with pytest.raises(SealBroken):
            open_sealed(bytes(altered), [ALPHA])


@given(st.binary())
def test_any_bytes_are_refused_in_our_own_words(raw: bytes) -> None:
    with pytest.raises(SealBroken):
        open_sealed(raw, [ALPHA])
    with pytest.raises(SealBroken):
        open_stream(io.BytesIO(raw), io.BytesIO(), [ALPHA])


def test_a_stream_is_read_back_and_by_the_other_way_too() -> None:
    sealed, opened = io.BytesIO(), io.BytesIO()
    seal_stream(io.BytesIO(LARGE), sealed, TO_ALPHA)
    open_stream(io.BytesIO(sealed.getvalue()), opened, [ALPHA])
    assert opened.getvalue() == open_sealed(sealed.getvalue(), [ALPHA]) == LARGE


@pytest.mark.parametrize("cut", [1, 16, 10_000, 65_552, 200_000])
def test_a_cut_stream_is_refused(cut: int) -> None:
    sealed = seal(LARGE, TO_ALPHA)
    with pytest.raises(SealBroken):
        open_stream(io.BytesIO(sealed[:-cut]), io.BytesIO(), [ALPHA])


def test_a_stream_for_somebody_else_is_refused() -> None:
    with pytest.raises(SealBroken):
        open_stream(io.BytesIO(seal(LARGE, TO_ALPHA)), io.BytesIO(), [BETA])


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), StorageFailed()])
def test_a_streams_own_failure_comes_out_as_it_is(failure: OSError | LintasError) -> None:
    sealed = seal(LARGE, TO_ALPHA)
    with pytest.raises(type(failure)) as caught:
        seal_stream(Broken(failure), io.BytesIO(), TO_ALPHA)
    assert caught.value is failure
    with pytest.raises(type(failure)):
        seal_stream(io.BytesIO(LARGE), Broken(failure), TO_ALPHA)
    with pytest.raises(type(failure)):
        open_stream(Broken(failure), io.BytesIO(), [ALPHA])
    with pytest.raises(type(failure)):
        open_stream(io.BytesIO(sealed), Broken(failure), [ALPHA])


@pytest.mark.parametrize(
    "text", ["", "age1", "AGE-SECRET-KEY-1", "ssh-ed25519 AAAA", ALPHA[:-1], TO_ALPHA[0].upper()[:-1]]
)
def test_keys_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(MalformedKey):
        seal(b"", [text])
    with pytest.raises(MalformedKey):
        open_sealed(b"", [text])


def test_nobody_is_no_recipient_and_no_key_opens_nothing() -> None:
    with pytest.raises(MalformedKey):
        seal(b"data", [])
    with pytest.raises(MalformedKey):
        open_stream(io.BytesIO(), io.BytesIO(), [])


def test_what_is_too_large_for_memory_is_not_sealed_under_a_passphrase() -> None:
    with pytest.raises(OverLimit):
        seal_with_passphrase(bytes(PASSPHRASE_SEALED_BYTES_MAX + 1), "correct horse")
