# SPDX-License-Identifier: Apache-2.0
"""Digests of packs."""

from hypothesis import given
from hypothesis import strategies as st

from lintas.sandbox.packset import SETS_KEPT_MAX, PackShelf

SETS = st.dictionaries(st.sampled_from(["a", "b", "ab", "benign/x"]), st.binary(max_size=4), max_size=4)


@given(SETS, SETS)
def test_two_sets_have_one_digest_only_if_they_are_equal(one: dict[str, bytes], two: dict[str, bytes]) -> None:
    shelf = PackShelf()
    assert (shelf.of(one).digest == shelf.of(two).digest) == (one == two)


def test_a_set_that_was_changed_in_place_is_another_set() -> None:
    shelf = PackShelf()
    packs = {"identifiers": b"one"}
    before = shelf.of(packs)
    packs["identifiers"] = b"two"
    assert shelf.of(packs).digest != before.digest
    assert before.contents == {"identifiers": b"one"}


def test_the_same_set_is_hashed_once() -> None:
    shelf = PackShelf()
    packs = {"identifiers": b"one", "benign": b"two"}
    assert shelf.of(packs) is shelf.of(dict(packs))


def test_many_sets_are_not_all_kept() -> None:
    shelf = PackShelf()
    for number in range(5 * SETS_KEPT_MAX):
        shelf.of({"identifiers": f"version {number}".encode()})
    assert len(shelf._sets) <= SETS_KEPT_MAX
