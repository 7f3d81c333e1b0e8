# SPDX-License-Identifier: Apache-2.0
"""What may be handed on, followed and answered: each rule, alone and before those that come after it."""

from dataclasses import replace
from importlib.resources import files
from typing import Any, Final

import pytest

from lintas.errors import BadPack
from lintas.formats.law import NO_HANDOFF, HandOffRow, parse_law
from lintas.limits import HANDOFF_SEGMENTS_MAX
from lintas.model.kept_trace import Handed, Rules
from lintas.model.money import Method, Segment
from lintas.policy.handoff import (
    HAND_RULES,
    TAKE_RULES,
    WAITS,
    Answering,
    Handing,
    Taking,
    may_answer,
    may_hand,
    may_take,
    next_handed,
    peer_for,
)

TEXT: Final = files("lintas.packs").joinpath("law.toml").read_bytes()
LAW: Final = HandOffRow(is_unattended=True, source="invented", confirmed=True, per_day=3, revisions=2, hops=2, rounds=1)
RULES: Final = Rules(method=Method.FIFO)
NODE: Final = "lintas:" + "a" * 52
HANDED: Final = Handed(
    reference="uetr:1",
    minor=100,
    asset="SGD",
    payee="CONTSGSG:1",
    at="2026-03-01T00:00:00.000000Z",
    segments=(Segment(60, "*", 1), Segment(40, "", 0)),
    revision=1,
    hops=1,
    rounds=0,
    rules=RULES,
)


def handing(**changes: Any) -> Handing:
    values: dict[str, Any] = {
        "law": LAW,
        "own": "MY",
        "handed": HANDED,
        "before": None,
        "to": NODE,
        "peers": 1,
        "is_person": False,
        "is_stopped": False,
        "is_backward": False,
        "spent": 0,
    }
    return Handing(**(values | changes))


def taking(**changes: Any) -> Taking:
    values: dict[str, Any] = {
        "law": LAW,
        "own": "SG",
        "handed": HANDED,
        "before": None,
        "rules": RULES,
        "is_stopped": False,
        "spent": 1,
    }
    return Taking(**(values | changes))


CLEAN: Final = replace(HANDED, segments=(Segment(100, "", 0),))
MANY: Final = replace(HANDED, segments=tuple(Segment(1, "*", number) for number in range(1, HANDOFF_SEGMENTS_MAX + 2)))
HAND: Final[dict[str, dict[str, Any]]] = {
    "stopped": {"is_stopped": True},
    "backward": {"is_backward": True},
    "no-country": {"handed": replace(HANDED, payee="123")},
    "own-country": {"own": "SG"},
    "nothing": {"handed": CLEAN},
    "unchanged": {"before": HANDED, "handed": replace(HANDED, revision=2)},
    "no-reference": {"handed": replace(HANDED, reference="row:aa:1")},
    "segments": {"handed": MANY},
    "no-peer": {"to": "", "peers": 0},
    "several-peers": {"to": "", "peers": 2},
    "hops": {"handed": replace(HANDED, hops=3)},
    "rounds": {"handed": replace(HANDED, rounds=2)},
    "revisions": {"handed": replace(HANDED, revision=3), "before": CLEAN},
    "per-day": {"spent": 3},
    "unattended": {"law": replace(LAW, confirmed=False)},
}
TAKE: Final[dict[str, dict[str, Any]]] = {
    "stopped": {"is_stopped": True},
    "older": {"before": HANDED},
    "other-rules": {"rules": Rules(method=Method.LIFO)},
    "foreign": {"own": "TH"},
    "other-payment": {"before": replace(HANDED, minor=99), "handed": replace(HANDED, revision=2)},
    "hops": {"handed": replace(HANDED, hops=3)},
    "rounds": {"handed": replace(HANDED, rounds=2)},
    "revisions": {"handed": replace(HANDED, revision=3)},
    "per-day": {"spent": 4},
    "not-theirs": {"there": "TH", "payer": "MY"},
    "claimed": {"there": "TH", "is_first": False},
}


def test_what_the_law_lets_is_allowed() -> None:
    assert may_hand(handing()).allowed
    assert may_take(taking()).allowed
    assert may_answer(Answering(LAW, is_person=False, is_refusal=False)).allowed


@pytest.mark.parametrize("rule", HAND_RULES)
def test_each_reason_keeps_a_payment_here(rule: str) -> None:
    decision = may_hand(handing(**HAND[rule]))
    assert (decision.allowed, decision.rule) == (False, rule)
    assert decision.reason
    assert not may_hand(handing(**(HAND[rule] | {"is_person": True}))).allowed or rule == "unattended"


@pytest.mark.parametrize("rule", TAKE_RULES)
def test_each_reason_refuses_what_was_handed_here(rule: str) -> None:
    decision = may_take(taking(**TAKE[rule]))
    assert (decision.allowed, decision.rule) == (False, rule)
    assert decision.reason


def test_whose_payment_it_is_by_the_row_here_may_hand_it_on_after_another() -> None:
    assert may_take(taking(there="MY", payer="MY", is_first=False)).allowed


@pytest.mark.parametrize("number", range(len(HAND_RULES) - 1))
def test_the_first_reason_that_holds_is_told(number: int) -> None:
    earlier = HAND_RULES[number]
    both = {"law": replace(LAW, confirmed=False)} | HAND[earlier]
    assert may_hand(handing(**both)).rule == earlier


@pytest.mark.parametrize("changes", [{"confirmed": False}, {"is_unattended": False}])
def test_a_machine_hands_and_answers_nothing_without_a_confirmed_law(changes: dict[str, bool]) -> None:
    law = replace(LAW, **changes)  # type: ignore[arg-type]  # fields of it
    assert may_hand(handing(law=law)).rule == "unattended"
    assert may_hand(handing(law=law, is_person=True)).allowed
    assert may_answer(Answering(law, is_person=False, is_refusal=False)).rule == "unattended"
    assert may_answer(Answering(law, is_person=True, is_refusal=False)).allowed
    assert may_answer(Answering(law, is_person=False, is_refusal=True)).allowed, "a refusal tells of no account"


def test_a_revision_to_nothing_goes_where_something_went_before() -> None:
    assert may_hand(handing(handed=replace(CLEAN, revision=2), before=HANDED)).allowed
    assert may_hand(handing(handed=replace(CLEAN, revision=3), before=replace(CLEAN, revision=2))).rule == "unchanged"


def test_only_what_a_person_can_mend_waits_for_one() -> None:
    assert set(HAND_RULES) >= WAITS
    for rule in WAITS:
        assert not may_hand(handing(**HAND[rule])).allowed


def test_revisions_count_on() -> None:
    assert next_handed(HANDED, None).revision == 1
    assert next_handed(HANDED, replace(HANDED, revision=7)).revision == 8


def test_a_payment_goes_to_the_one_node_of_its_country_or_to_whom_a_person_names() -> None:
    peers = {"a": "SG", "b": "TH", "c": "TH"}
    assert peer_for("SG", peers) == ("a", 1)
    assert peer_for("TH", peers) == ("", 2)
    assert peer_for("TH", peers, "c") == ("c", 2)
    assert peer_for("TH", peers, "a") == ("", 2), "a node of another country is not asked"
    assert peer_for("VN", peers) == ("", 0)


def test_the_pack_that_comes_with_lintas_lets_no_machine_and_sets_budgets() -> None:
    law = parse_law(TEXT)
    row = law.handoff_of("SG")
    assert not row.lets_machines
    assert row.per_day > 0
    assert row.hops > 1


def test_a_country_has_its_own_row_and_others_the_default() -> None:
    own = b"""
[handoff.SG]
unattended = "yes"
source = "x"
confirmed = true
per_day = 1
revisions = 2
hops = 3
rounds = 4
"""
    law = parse_law(TEXT + own)
    assert law.handoff_of("SG") == HandOffRow(
        is_unattended=True, source="x", confirmed=True, per_day=1, revisions=2, hops=3, rounds=4
    )
    assert law.handoff_of("MY").per_day == 500


@pytest.mark.parametrize(
    "row",
    [
        'unattended = "maybe"\nsource = "x"\nconfirmed = true\nper_day = 1\nrevisions = 2\nhops = 3\nrounds = 4',
        'unattended = "yes"\nconfirmed = true\nper_day = 1\nrevisions = 2\nhops = 3\nrounds = 4',
        'unattended = "yes"\nsource = "x"\nconfirmed = true\nper_day = -1\nrevisions = 2\nhops = 3\nrounds = 4',
        'unattended = "yes"\nsource = "x"\nconfirmed = true\nper_day = 1\nrevisions = 0\nhops = 3\nrounds = 4',
        'unattended = "yes"\nsource = "x"\nconfirmed = true\nper_day = 1\nrevisions = 2\nhops = 1000\nrounds = 4',
    ],
)
def test_a_row_that_is_none_is_refused(row: str) -> None:
    with pytest.raises(BadPack):
        parse_law(TEXT + f"\n[handoff.SG]\n{row}\n".encode())


def test_a_row_of_no_country_is_refused() -> None:
    row = 'unattended = "yes"\nsource = "x"\nconfirmed = true\nper_day = 1\nrevisions = 2\nhops = 3\nrounds = 4'
    with pytest.raises(BadPack):
        parse_law(TEXT + f"\n[handoff.Singapore]\n{row}\n".encode())


def test_without_a_pack_nothing_is_let() -> None:
    assert not may_hand(handing(law=NO_HANDOFF, is_person=True)).allowed
