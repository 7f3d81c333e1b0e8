# SPDX-License-Identifier: Apache-2.0
from contextlib import suppress
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.errors import BadInput
from lintas.model.marking import Grading, Marking, Onward, Pap, Protected, Tlp, Use, class_bits, classes_of

CODES = st.sampled_from(["scam", "mule_accounts", "my.amla-2001", "trafficking"])
MARKINGS = st.builds(
    Marking,
    tlp=st.sampled_from(Tlp),
    pap=st.sampled_from(Pap),
    recipients=st.frozensets(st.sampled_from(["lintas:a", "lintas:b", "lintas:c"])),
    purposes=st.frozensets(CODES),
    legal_basis=st.frozensets(CODES),
    use=st.sampled_from(Use),
    onward=st.sampled_from(Onward),
    retention=st.sampled_from(["standard", "case", "short"]),
    classes=st.frozensets(st.sampled_from(Protected)),
)


@given(MARKINGS, MARKINGS)
def test_joining_is_the_same_both_ways(one: Marking, two: Marking) -> None:
    assert one.strictest(two) == two.strictest(one)


@given(MARKINGS, MARKINGS, MARKINGS)
def test_joining_three_is_the_same_in_any_order(one: Marking, two: Marking, three: Marking) -> None:
    assert one.strictest(two).strictest(three) == one.strictest(two.strictest(three))


@given(MARKINGS)
def test_a_marking_joined_with_itself_is_itself(one: Marking) -> None:
    assert one.strictest(one) == one


@given(MARKINGS, MARKINGS)
def test_what_either_forbids_stays_forbidden(one: Marking, two: Marking) -> None:
    joined = one.strictest(two)
    assert joined.tlp >= max(one.tlp, two.tlp)
    assert joined.pap >= max(one.pap, two.pap)
    assert joined.recipients <= one.recipients & two.recipients
    assert joined.purposes <= one.purposes & two.purposes
    assert joined.legal_basis >= one.legal_basis | two.legal_basis
    assert (joined.use is Use.EVIDENCE) == (one.use is two.use is Use.EVIDENCE)
    assert (joined.onward is Onward.CONSENT) == (one.onward is two.onward is Onward.CONSENT)
    assert joined.classes == one.classes | two.classes


def test_purposes_that_exclude_each_other_leave_none() -> None:
    """Not all of them: none named means for none."""
    scam, drugs = (Marking(tlp=Tlp.GREEN, purposes=frozenset({code})) for code in ("scam", "drugs"))
    assert scam.strictest(drugs).strictest(scam).purposes == frozenset()


@pytest.mark.parametrize("field", ["recipients", "purposes", "legal_basis"])
@pytest.mark.parametrize(
    ("one", "two", "tlp"),
    [
        ("", "", Tlp.GREEN),
        ("a", "a", Tlp.GREEN),
        ("ab", "ab", Tlp.GREEN),
        ("a", "b", Tlp.RED),
        ("ab", "cd", Tlp.RED),
    ],
)
def test_lists_that_exclude_each_other_keep_it_home(field: str, one: str, two: str, tlp: Tlp) -> None:
    """What joining leaves empty would otherwise be for whoever shares to fill."""
    left, right = (replace(Marking(tlp=Tlp.GREEN), **{field: frozenset(codes)}) for codes in (one, two))  # type: ignore[arg-type]  # the name is one of the three above
    assert left.strictest(right).tlp is tlp


def test_a_list_that_joining_would_lose_keeps_it_home_too() -> None:
    bare, named = Marking(tlp=Tlp.GREEN), frozenset({"a"})
    assert bare.strictest(replace(bare, recipients=named)).tlp is Tlp.RED
    assert bare.strictest(replace(bare, purposes=named)).tlp is Tlp.RED
    assert bare.strictest(replace(bare, legal_basis=named)).tlp is Tlp.GREEN  # a basis is kept by joining
    assert replace(bare, legal_basis=named).strictest(replace(bare, legal_basis=named | {"b"})).tlp is Tlp.RED
    assert replace(bare, purposes=named).strictest(replace(bare, purposes=named | {"b"})).tlp is Tlp.GREEN


@given(MARKINGS)
def test_codes_come_back(one: Marking) -> None:
    assert Marking.from_codes(one.codes(), one.recipients) == one


@given(MARKINGS)
def test_codes_tell_everything_but_the_recipients(one: Marking) -> None:
    left_out = {"recipients"} if one.classes else {"recipients", "classes"}
    assert set(one.codes()) == {field.name for field in fields(Marking)} - left_out
    assert not any(recipient in repr(one.codes()) for recipient in one.recipients)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("tlp", "ORANGE"),
        ("tlp", "amber"),
        ("tlp", 2),
        ("pap", "AMBER_STRICT"),
        ("use", "court"),
        ("onward", "all"),
        ("purposes", "scam"),
        ("purposes", ["Ask Ali"]),
        ("purposes", [1]),
        ("legal_basis", None),
        ("classes", ["royal"]),
        ("classes", "victim"),
        ("classes", [1]),
        ("retention", ""),
        ("retention", "ten years"),
        ("retention", "x" * 65),
    ],
)
def test_a_code_that_is_none_is_refused(field: str, value: object) -> None:
    with pytest.raises(BadInput):
        Marking.from_codes(Marking(tlp=Tlp.GREEN).codes() | {field: value})


@given(st.frozensets(st.sampled_from(Protected)))
def test_classes_come_back_from_their_number(classes: frozenset[Protected]) -> None:
    assert classes_of(class_bits(classes)) == classes


def test_the_number_of_each_class_is_fixed_because_views_hold_it() -> None:
    assert {one.value: one.bit for one in Protected} == {
        "victim": 1,
        "child": 2,
        "witness": 4,
        "holder": 8,
        "ct": 16,
        "str": 32,
    }


def test_a_marking_without_a_class_is_written_as_before_there_were_classes() -> None:
    plain = Marking(tlp=Tlp.GREEN)
    assert "classes" not in plain.codes()
    assert replace(plain, classes=frozenset({Protected.VICTIM, Protected.CHILD})).codes()["classes"] == [
        "child",
        "victim",
    ]


@pytest.mark.parametrize("field", sorted(Marking(tlp=Tlp.GREEN).codes()))
def test_a_missing_code_is_refused(field: str) -> None:
    codes = Marking(tlp=Tlp.GREEN).codes()
    del codes[field]
    with pytest.raises(BadInput):
        Marking.from_codes(codes)


@pytest.mark.parametrize(
    ("text", "tlp"),
    [
        ("CLEAR", Tlp.CLEAR),
        ("TLP:WHITE", Tlp.CLEAR),
        ("white", Tlp.CLEAR),
        ("TLP:GREEN", Tlp.GREEN),
        ("tlp:amber", Tlp.AMBER),
        (" TLP : AMBER ", Tlp.AMBER),
        ("TLP:AMBER+STRICT", Tlp.AMBER_STRICT),
        ("amber+strict", Tlp.AMBER_STRICT),
        ("AMBER_STRICT", Tlp.AMBER_STRICT),
        ("Amber Strict", Tlp.AMBER_STRICT),
        ("tlp-amber-strict", Tlp.AMBER_STRICT),
        ("ambeRstrict", Tlp.AMBER_STRICT),
        ("TLP RED", Tlp.RED),
    ],
)
def test_a_label_is_read_in_each_usual_spelling(text: str, tlp: Tlp) -> None:
    assert Tlp.from_text(text) is tlp


@pytest.mark.parametrize("text", ["", "TLP", "TLP:", "ORANGE", "RED AMBER", "STRICT", "3", "рed", "TLP:AMBERX"])
def test_what_is_no_label_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        Tlp.from_text(text)


@pytest.mark.parametrize("tlp", Tlp)
def test_a_label_as_first_writes_it_comes_back(tlp: Tlp) -> None:
    assert Tlp.from_text(tlp.label) is tlp
    assert tlp.label.startswith("TLP:")


@given(st.text())
def test_reading_any_text_as_a_label_raises_only_our_error(text: str) -> None:
    with suppress(BadInput):
        assert isinstance(Tlp.from_text(text), Tlp)


@pytest.mark.parametrize("source", "ABCDEF")
@pytest.mark.parametrize("information", "123456")
def test_a_grading_comes_back(source: str, information: str) -> None:
    found = Grading.from_text(f" {source.lower()}{information} ")
    assert (found, found.code) == (Grading(source=source, information=information), f"{source}{information}")


def test_what_nobody_graded_is_f6() -> None:
    assert Grading().code == "F6"


@pytest.mark.parametrize("text", ["", "B", "2", "G1", "A7", "A0", "B22", "BB2", "2B", "B-2", "AB1", "Ａ1"])
def test_what_is_no_grading_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        Grading.from_text(text)
