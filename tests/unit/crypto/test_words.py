# SPDX-License-Identifier: Apache-2.0
"""Fingerprints as words, held to the list's own check and to people's typing."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mnemonic import Mnemonic

from lintas.crypto.words import same_words, words_of

ROOTS = st.binary(min_size=32, max_size=32)


def test_the_words_of_a_known_key_stay_the_same() -> None:
    """The digest of 32 zero bytes; both sides must read out the same for ever."""
    root = bytes(32)
    assert hashlib.sha256(root).hexdigest()[:32] == "66687aadf862bd776c8fc18b8e9f8e20"
    assert words_of(root) == Mnemonic("english").to_mnemonic(bytes.fromhex("66687aadf862bd776c8fc18b8e9f8e20"))
    assert len(words_of(root).split(" ")) == 12


@given(ROOTS)
def test_the_words_hold_128_bits_of_the_digest(root: bytes) -> None:
    assert bytes(Mnemonic("english").to_entropy(words_of(root))) == hashlib.sha256(root).digest()[:16]


@given(ROOTS, st.sampled_from([" ", "  ", "\n", "\t", "\u00a0"]), st.booleans())
def test_case_and_spaces_do_not_matter(root: bytes, space: str, is_upper: bool) -> None:
    typed = space + space.join(words_of(root).split()) + space
    assert same_words(typed.upper() if is_upper else typed, root)


@given(ROOTS, ROOTS)
def test_two_keys_share_no_words(one: bytes, two: bytes) -> None:
    assert same_words(words_of(one), two) == (one == two)


@given(ROOTS, st.integers(0, 10))
def test_two_words_in_another_order_are_refused(root: bytes, place: int) -> None:
    words = words_of(root).split()
    swapped = [*words[:place], words[place + 1], words[place], *words[place + 2 :]]
    assert same_words(" ".join(swapped), root) == (swapped == words)


@pytest.mark.parametrize("cut", [0, 1, 11])
def test_missing_or_further_words_are_refused(cut: int) -> None:
    words = words_of(bytes(32)).split()
    assert not same_words(" ".join(words[:cut]), bytes(32))
    assert not same_words(" ".join([*words, "abandon"]), bytes(32))


@given(st.text())
def test_any_text_is_refused_without_an_error(typed: str) -> None:
    assert not same_words(typed, bytes(32))
