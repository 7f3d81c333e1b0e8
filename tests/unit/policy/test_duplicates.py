# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.model.desk import Money
from lintas.policy.duplicates import SENTENCES, Reported, Told, duplicates

AT = datetime(2026, 3, 1, 22, 15, tzinfo=UTC)
PAID = Told(account="164012345678", bank="MBBEMYKL", amount=Money(2500000, "MYR"), at=AT, reference="FT26060ABC")


def told(**other: object) -> Told:
    values = {"account": PAID.account, "bank": PAID.bank, "amount": PAID.amount, "at": PAID.at} | other
    return Told(**values)  # type: ignore[arg-type]  # named by the test


def rules(a: Told, b: Told, *, people: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())) -> list[str]:
    one = Reported(ref="SG-R-1", payments=(a,), people=people[0])
    other = Reported(ref="SG-R-2", payments=(b,), people=people[1])
    return [line.rule for line in duplicates(one, [other])]


def test_a_report_to_the_hotline_and_one_to_the_police_are_seen_as_one_payment() -> None:
    hotline = told(at=AT, reference="")
    police = told(account="1640-1234-5678", at=AT + timedelta(minutes=12), reference="")
    assert rules(hotline, police) == ["same-payment"]


@pytest.mark.parametrize(
    ("other", "rule"),
    [
        (told(at=AT + timedelta(minutes=30)), "same-payment"),
        (told(at=AT - timedelta(minutes=30)), "same-payment"),
        (told(bank=""), "same-payment"),
        (told(bank="MBBEMYKLXXX"), "same-payment"),
        (Told(reference="ft26060-abc"), "same-reference"),
        (Told(reference="FT26060ABC", amount=PAID.amount), "same-reference"),
        (Told(reference="FT26060ABC", amount=Money(1, "MYR")), "same-reference-other-amount"),
        (told(at=None), "same-account-amount"),
        (told(account="164012345679"), "other-digit"),
        (told(account="164012345687"), "other-digit"),
        (told(account="16401234567"), "other-digit"),
    ],
)
def test_the_same_payment_is_seen(other: Told, rule: str) -> None:
    assert rules(PAID, other) == [rule]
    assert rules(other, PAID) == [rule]


@pytest.mark.parametrize(
    "other",
    [
        told(at=AT + timedelta(minutes=30, seconds=1)),  # a mule receives round sums from many
        told(at=AT + timedelta(days=1)),
        told(amount=Money(2500001, "MYR")),
        told(amount=Money(2500000, "SGD")),
        told(amount=None),
        told(account=""),
        told(bank="CIBBMYKL"),
        told(account="164012345699"),  # two digits
        told(account="164012345679", at=AT + timedelta(hours=1)),
        told(account="164012345679", at=None),
        Told(),
        Told(amount=PAID.amount, at=AT),
        Told(reference=""),
        Told(reference="FT26060ABD"),
    ],
)
def test_another_payment_is_not(other: Told) -> None:
    assert rules(PAID, other) == []


def test_a_short_reference_is_a_counter_and_says_nothing() -> None:
    assert rules(Told(reference="12345"), Told(reference="12345")) == []
    assert rules(Told(reference="- - -"), Told(reference="---")) == []


def test_the_same_person_with_the_same_amount_is_seen_whatever_the_account() -> None:
    who = frozenset({"phone:+6591234567"})
    other = Told(account="9", amount=PAID.amount)
    assert rules(PAID, other, people=(who, who)) == ["same-person"]
    assert rules(PAID, Told(amount=Money(1, "MYR")), people=(who, who)) == []
    assert rules(PAID, other, people=(who, frozenset({"phone:+6591234568"}))) == []
    assert rules(PAID, other) == []


def test_the_strongest_rule_and_the_likeliest_report_come_first() -> None:
    who = frozenset({"phone:+6591234567"})
    one = Reported(ref="A", payments=(PAID,), people=who)
    likely = Reported(ref="C", payments=(told(at=None),))
    surely = Reported(ref="D", payments=(told(at=None), PAID), people=who)
    person = Reported(ref="B", payments=(Told(amount=PAID.amount),), people=who)
    found = duplicates(one, [likely, person, surely, one])
    assert [(line.ref, line.rank, line.rule) for line in found] == [
        ("D", 1, "same-reference"),
        ("B", 2, "same-person"),
        ("C", 3, "same-account-amount"),
    ]
    assert {line.sentence for line in found} <= set(SENTENCES)


def test_a_report_is_no_duplicate_of_itself() -> None:
    one = Reported(ref="A", payments=(PAID,))
    assert duplicates(one, [one]) == ()


TOLD = st.builds(
    Told,
    account=st.sampled_from(["", "164012345678", "164012345679", "1640 1234 5678", "99"]),
    bank=st.sampled_from(["", "MBBEMYKL", "CIBBMYKL"]),
    amount=st.none() | st.builds(Money, st.sampled_from([1, 2500000]), st.sampled_from(["MYR", "SGD"])),
    at=st.none() | st.integers(0, 1440).map(lambda minutes: AT + timedelta(minutes=minutes)),
    reference=st.sampled_from(["", "1", "FT26060ABC", "ft26060abc"]) | st.text(max_size=8),
)


@given(st.lists(TOLD, max_size=4), st.lists(TOLD, max_size=4), st.booleans())
def test_likeness_is_symmetric_and_one_line_for_each_report(a: list[Told], b: list[Told], same: bool) -> None:
    who = frozenset({"phone:+6591234567"})
    one = Reported(ref="A", payments=tuple(a), people=who)
    other = Reported(ref="B", payments=tuple(b), people=who if same else frozenset())
    there, back = duplicates(one, [other]), duplicates(other, [one])
    assert len(there) <= 1
    assert [line[1:] for line in there] == [line[1:] for line in back]


@given(st.lists(TOLD, min_size=1, max_size=3))
def test_what_is_not_known_never_makes_a_duplicate(payments: list[Told]) -> None:
    one = Reported(ref="A", payments=tuple(payments))
    assert duplicates(one, [Reported(ref="B"), Reported(ref="C", payments=(Told(),))]) == ()
