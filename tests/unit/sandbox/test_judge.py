# SPDX-License-Identifier: Apache-2.0
"""What a reader process answered is checked before it is used."""

import pytest

from lintas.model.identifier import Identifier
from lintas.model.reading import Container, Derived, Entity, Posting, Slice, Statement
from lintas.sandbox.judge import is_sound, is_sound_container

ONE = (Entity("k", "Person", "A. Example"),)


def holding(*spans: tuple[int, int], derived: Derived | None = None, read: int = 1) -> Container:
    return Container("text/1", "text", (Slice(spans, "text/plain", "", derived or Derived()),), (), read)


def test_numbers_that_point_at_something_are_sound() -> None:
    posting = Posting(0, Identifier("phone", "+61491570006"), "phone")
    assert is_sound(Derived())
    assert is_sound(Derived(entities=ONE, statements=(Statement(0, "name", "x"),), postings=(posting,)))
    assert is_sound_container(holding((0, 4), (4, 6), (0, 0), (10, 0)), 10)


@pytest.mark.parametrize("number", [-(2**63), -1, 1, 2**63])
def test_a_statement_about_nothing_is_not_sound(number: int) -> None:
    said = Derived(entities=ONE, statements=(Statement(0, "name", "x"), Statement(number, "name", "x")))
    assert not is_sound(said)
    assert not is_sound_container(holding((0, 1), derived=said), 10)


@pytest.mark.parametrize("number", [-1, 1, 99])
def test_a_posting_of_nothing_is_not_sound(number: int) -> None:
    assert not is_sound(Derived(entities=ONE, postings=(Posting(number, Identifier("phone", "1"), "phone"),)))


def test_a_statement_without_any_entity_is_not_sound() -> None:
    assert not is_sound(Derived(statements=(Statement(0, "name", "x"),)))


@pytest.mark.parametrize("span", [(0, 11), (10, 1), (11, 0), (-1, 5), (3, -1), (2**63, 1)])
def test_a_piece_outside_the_file_is_not_sound(span: tuple[int, int]) -> None:
    assert not is_sound_container(holding((0, 1), span), 10)


def test_a_count_below_zero_is_not_sound() -> None:
    assert not is_sound(Derived(read=-1))
    assert not is_sound_container(holding((0, 1), read=-1), 10)
