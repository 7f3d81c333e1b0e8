# SPDX-License-Identifier: Apache-2.0
"""Cursors as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.errors import BadInput
from lintas.model.peering import Cursor, Lane

COUNTERS = st.integers(0, 2**53 - 1)
INCARNATION = "0123456789abcdef"


@given(st.binary(min_size=8, max_size=8), COUNTERS, COUNTERS)
def test_a_cursor_comes_back_from_its_text(incarnation: bytes, alert: int, bulk: int) -> None:
    cursor = Cursor(incarnation=incarnation.hex(), alert=alert, bulk=bulk)
    assert Cursor.from_text(str(cursor)) == cursor
    assert (cursor.at(Lane.ALERT), cursor.at(Lane.BULK)) == (alert, bulk)


@given(st.text())
def test_any_text_is_a_cursor_in_its_one_form_or_refused(text: str) -> None:
    try:
        found = Cursor.from_text(text)
    except BadInput:
        return
    assert str(found) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        INCARNATION,
        f"{INCARNATION}.1",
        f"{INCARNATION}.1.2.3",
        f"{INCARNATION}.01.2",
        f"{INCARNATION}.-1.2",
        f"{INCARNATION}.1.2\n",
        f"{INCARNATION}.1.٢",
        f"{INCARNATION.upper()}.1.2",
        f"{INCARNATION[1:]}.1.2",
        f"{INCARNATION}.1.{'9' * 17}",
    ],
)
def test_another_form_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        Cursor.from_text(text)


@pytest.mark.parametrize("wrong", [{"incarnation": "ali"}, {"alert": -1}, {"bulk": -1}], ids=repr)
def test_a_cursor_cannot_be_made_of_what_is_none(wrong: dict[str, object]) -> None:
    values: dict[str, object] = {"incarnation": INCARNATION}
    with pytest.raises(BadInput):
        Cursor(**(values | wrong))  # type: ignore[arg-type]  # wrong on purpose
