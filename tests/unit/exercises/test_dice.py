# SPDX-License-Identifier: Apache-2.0
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.exercises.cast import luhn
from lintas.exercises.dice import Dice


@given(st.text(max_size=20), st.integers(1, 2**64))
def test_a_draw_is_below_its_limit_and_the_same_again(name: str, limit: int) -> None:
    draw = Dice(name).below(limit)
    assert 0 <= draw < limit
    assert Dice(name).below(limit) == draw


def test_each_side_falls_about_as_often() -> None:
    dice = Dice("fair")
    falls = Counter(dice.below(6) for _ in range(6_000))
    assert set(falls) == set(range(6))
    assert all(850 < count < 1_150 for count in falls.values())


def test_what_is_drawn_from_a_fork_moves_nothing_else() -> None:
    plain, forked = Dice("one"), Dice("one")
    forked.fork("other").below(10**9)
    assert [plain.below(1_000) for _ in range(20)] == [forked.below(1_000) for _ in range(20)]
    assert Dice("one").fork("a").below(2**60) != Dice("one").fork("b").below(2**60)


@given(st.lists(st.integers(), max_size=30))
def test_shuffling_keeps_everything(items: list[int]) -> None:
    assert sorted(Dice("shuffle").shuffled(items)) == sorted(items)


@pytest.mark.parametrize("limit", [0, -1, 2**64 + 1])
def test_a_draw_of_nothing_is_a_mistake(limit: int) -> None:
    with pytest.raises(AssertionError):
        Dice("none").below(limit)


def test_a_card_number_has_the_check_digit_of_its_standard() -> None:
    assert luhn("7992739871") == "79927398713"  # the example of ISO/IEC 7812-1, annex B


@given(st.integers(0, 100))
def test_a_uuid_is_one_of_version_four(seed: int) -> None:
    found = Dice(str(seed)).uuid4()
    assert len(found) == 36
    assert found[14] == "4"
    assert found[19] in "89ab"
