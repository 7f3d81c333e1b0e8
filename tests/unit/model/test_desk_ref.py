# SPDX-License-Identifier: Apache-2.0
"""References: read as people type them, and never taken for another one."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.errors import BadInput, LintasError
from lintas.model.desk import Doc
from lintas.model.desk_ref import ALPHABET, LETTERS, is_ref, make_ref, read_ref

COUNTRIES = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=2)
DOCS = st.sampled_from(list(Doc))
REFS = st.builds(
    lambda country, doc, drawn: make_ref(country, doc, lambda count: drawn[:count]),
    COUNTRIES,
    DOCS,
    st.binary(min_size=10, max_size=10),
)


@given(REFS)
def test_a_reference_reads_as_itself(ref: str) -> None:
    assert is_ref(ref)
    assert read_ref(ref) == ref
    assert len(ref) == 18


@given(REFS)
def test_it_is_read_in_any_case_without_dashes_and_with_look_alikes(ref: str) -> None:
    body = ref[5:].replace("0", "O").replace("1", "l")
    assert read_ref(f"  {ref[:2].lower()} {ref[3].lower()} {body.replace('-', '').lower()} ") == ref
    assert read_ref(ref.replace("-", "\u2013")) == ref


@given(REFS, st.integers(5, 17), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(ref: str, place: int, char: str) -> None:
    wrong = ref[:place] + char + ref[place + 1 :]
    if wrong == ref or ref[place] == "-":
        return
    assert not is_ref(wrong)
    with pytest.raises(BadInput):
        read_ref(wrong)


@given(REFS, st.integers(5, 15))
def test_two_characters_that_change_places_are_noticed(ref: str, place: int) -> None:
    one, two = ref[place], ref[place + 1]
    if "-" in (one, two) or one == two or {one, two} == {"0", "Z"}:  # that one pair Luhn's algorithm misses
        return
    assert not is_ref(ref[:place] + two + one + ref[place + 2 :])


@given(REFS, DOCS)
def test_a_reference_is_of_one_kind(ref: str, doc: Doc) -> None:
    assert is_ref(ref, doc) == (ref[3] == LETTERS[doc])


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    assert is_ref(text) in (True, False)
    with suppress(LintasError):
        assert is_ref(read_ref(text))


@pytest.mark.parametrize(
    "text", ["", "SG", "SG-R-7K3QF-9D2MX", "SG-X-7K3QF-9D2MX-4", "12-R-7K3QF-9D2MX-4", "SG-R-7K3QF-9D2MX-44"]
)
def test_what_is_no_reference_is_refused(text: str) -> None:
    assert not is_ref(text)
    with pytest.raises(BadInput):
        read_ref(text)


def test_the_letters_i_l_o_and_u_stand_in_none() -> None:
    assert not set("ILOU") & set(ALPHABET)
    assert len(ALPHABET) == len(set(ALPHABET)) == 32
