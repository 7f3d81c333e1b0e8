# SPDX-License-Identifier: Apache-2.0
"""Agreements: in force is only what all their nodes said, with the same terms; each rule is needed."""

from contextlib import suppress
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.errors import LintasError, Malformed
from lintas.model.agreements import Agreement, AgreementSaid, Lane, Terms
from lintas.model.desk import Money
from lintas.model.ids import MessageId
from lintas.policy.agreements import RULES, covers, put_together, terms_of

HERE, THERE, ELSE = "lintas:here", "lintas:there", "lintas:else"
NOW: Final = "2026-03-01T03:00:00.000Z"
SAID: Final[dict[str, Any]] = {
    "nodes": [HERE, THERE],
    "forms": ["hold"],
    "powers": ["hold"],
    "max": {"minor": 5_000_000, "currency": "THB"},
    "from": "2026-01-01T07:00:00+07:00",
    "until": "2027-01-01T00:00:00Z",
    "desks": ["aoc"],
}
TERMS: Final = terms_of(SAID)


def one(number: int, node: str, what: str, *, digest: str = "d", proposer: str = HERE) -> AgreementSaid:
    return AgreementSaid(
        number, MessageId("0" * 64), node, proposer, "SG-A-00000-00000-0", what, "{}", digest, "officer-0001", NOW
    )


def agreement(*said: AgreementSaid) -> Agreement | None:
    return put_together(said, lambda _said: TERMS)


AGREED: Final = agreement(one(1, HERE, "proposed"), one(2, THERE, "accepted"))


def covered(found: Agreement | None = AGREED, **other: Any) -> str:
    assert found is not None
    case: dict[str, Any] = {
        "nodes": frozenset({HERE, THERE}),
        "form": "hold",
        "power": "hold",
        "amount": Money(5_000_000, "THB"),
        "desk": "aoc",
        "now": NOW,
    }
    return covers(found, **(case | other)).rule


def test_what_both_nodes_said_is_in_force() -> None:
    assert AGREED is not None
    assert (AGREED.state, AGREED.waits_for) == (Lane.ACCEPTED, ())
    assert covered() == "in-force"


ENDED: Final = agreement(one(1, HERE, "proposed"), one(2, THERE, "accepted"), one(3, THERE, "ended"))
REFUSED: Final[tuple[tuple[str, Agreement | None, dict[str, Any]], ...]] = (
    ("ended", ENDED, {}),
    ("not-accepted", agreement(one(1, HERE, "proposed")), {}),
    ("nodes", AGREED, {"nodes": frozenset({HERE, ELSE})}),
    ("not-yet", AGREED, {"now": "2025-12-31T23:59:59.999Z"}),
    ("over", AGREED, {"now": "2027-01-01T00:00:00.000Z"}),
    ("form", AGREED, {"form": "evidence"}),
    ("power", AGREED, {"power": "seize"}),
    ("desk", AGREED, {"desk": "fiu"}),
    ("amount", AGREED, {"amount": Money(5_000_001, "THB")}),
    ("amount", AGREED, {"amount": Money(1, "SGD")}),
    ("amount", AGREED, {"amount": None}),
)


@pytest.mark.parametrize(("rule", "found", "other"), REFUSED)
def test_each_rule_refuses_what_it_is_there_for(rule: str, found: Agreement, other: dict[str, Any]) -> None:
    assert covered(found, **other) == rule


def test_every_rule_has_a_case() -> None:
    assert {case[0] for case in REFUSED} == set(RULES)


@pytest.mark.parametrize(
    "said",
    [
        [one(2, THERE, "accepted")],
        [one(1, THERE, "proposed"), one(2, HERE, "accepted")],
        [one(1, ELSE, "proposed", proposer=ELSE), one(2, HERE, "accepted", proposer=ELSE)],
    ],
)
def test_without_the_proposers_own_word_there_is_none(said: list[AgreementSaid]) -> None:
    assert agreement(*said) is None


@pytest.mark.parametrize(
    "accepting",
    [
        one(2, THERE, "accepted", digest="other terms"),
        one(2, ELSE, "accepted"),
        one(2, HERE, "accepted"),
        one(2, THERE, "proposed"),
    ],
)
def test_nobody_accepts_for_another_or_with_other_terms(accepting: AgreementSaid) -> None:
    found = agreement(one(1, HERE, "proposed"), accepting)
    assert found is not None
    assert (found.state, found.waits_for) == (Lane.PROPOSED, (THERE,))


def test_a_stranger_ends_nothing() -> None:
    found = agreement(one(1, HERE, "proposed"), one(2, THERE, "accepted"), one(3, ELSE, "ended"))
    assert found is not None
    assert found.state is Lane.ACCEPTED


def test_what_comes_before_the_proposal_counts_all_the_same() -> None:
    found = agreement(one(1, THERE, "accepted"), one(2, HERE, "proposed"))
    assert found is not None
    assert found.state is Lane.ACCEPTED


def test_times_are_compared_as_instants() -> None:
    assert (TERMS.since, TERMS.until) == ("2026-01-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z")
    assert isinstance(TERMS, Terms)


@pytest.mark.parametrize(
    "wrong",
    [
        {"nodes": [HERE]},
        {"nodes": "both"},
        {"forms": []},
        {"powers": []},
        {"forms": ["No such!"]},
        {"max": {"minor": 0, "currency": "THB"}},
        {"max": 5},
        {"from": "soon"},
        {"until": "2026-06-01T00:00:00"},
        {"until": "2026-01-01T00:00:00Z"},
        {"until": None},
        {"more": 1},
    ],
)
def test_terms_that_are_none_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        terms_of(SAID | wrong)


@given(st.dictionaries(st.sampled_from(sorted(SAID)), st.none() | st.integers() | st.text() | st.lists(st.text())))
def test_any_terms_are_read_or_refused(wrong: dict[str, Any]) -> None:
    with suppress(LintasError):
        assert isinstance(terms_of(SAID | wrong), Terms)
