# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.policy.tipping import RULES, STOPPED, Carried, tipping_off


def test_what_carries_nothing_of_a_report_meets_no_rule() -> None:
    assert tipping_off(Carried()) == ()


@pytest.mark.parametrize(
    ("carried", "rule"),
    [
        (Carried(is_str=True), "str-item"),
        (Carried(held_only=1), "held-only"),
        (Carried(held_only=7), "held-only"),
        (Carried(words=("STR",)), "words"),
    ],
)
def test_each_rule_has_a_name_and_a_sentence(carried: Carried, rule: str) -> None:
    (found,) = tipping_off(carried)
    assert found.rule == rule
    assert len(found.reason) > 20


def test_all_rules_that_are_met_are_told_in_order() -> None:
    met = tipping_off(Carried(is_str=True, held_only=2, words=("STR",)))
    assert tuple(one.rule for one in met) == RULES


def test_one_value_and_many_are_told_as_people_say_it() -> None:
    one, many = (tipping_off(Carried(held_only=n))[0].reason for n in (1, 2))
    assert one.startswith("1 value in it is ")
    assert many.startswith("2 values in it are ")


@given(st.booleans(), st.integers(0, 10), st.lists(st.text(min_size=1, max_size=20), max_size=3))
def test_more_in_a_text_never_meets_fewer_rules(is_str: bool, held_only: int, words: list[str]) -> None:
    some = {one.rule for one in tipping_off(Carried(is_str=is_str, held_only=held_only, words=tuple(words)))}
    more = Carried(is_str=True, held_only=held_only + 1, words=("STR", *words))
    assert some <= {one.rule for one in tipping_off(more)}


def test_the_sentence_for_others_tells_no_rule() -> None:
    assert not any(word in STOPPED for word in ("suspicious", "report", "class", "value", "word"))
