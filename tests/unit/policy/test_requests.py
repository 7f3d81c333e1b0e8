# SPDX-License-Identifier: Apache-2.0
"""The state machine of a request: who may say what, when; each rule is needed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import pytest

from lintas.model.desk import LOCAL_STEPS, Side, State, Step, Thread
from lintas.policy.requests import ORDERABLE, RULES, may_say

HOLD: Final = Thread(state=State.REQUESTED, power="hold", asked_minor=2_500_000, currency="MYR")
ASKER, ANSWERER = Side.ASKER, Side.ANSWERER


def money(minor: int, currency: str = "MYR") -> dict[str, Any]:
    return {"minor": minor, "currency": currency}


def in_state(state: State, **more: Any) -> Thread:
    return replace(HOLD, state=state, **more)


HELD: Final = in_state(
    State.HELD, blocked_minor=9_000_000, tainted_minor=2_500_000, ordered_by="Contoh", power_ordered="hold"
)
PARTLY: Final = replace(HELD, state=State.PARTLY, tainted_minor=1_000_000)
ORDERED: Final = in_state(State.ORDERED, ordered_by="Contoh", power_ordered="hold")

# (rule, thread, side, step, fields): the rule alone refuses it, or decides first
REFUSED: Final[tuple[tuple[str, Thread, Side, Step, Mapping[str, Any] | None], ...]] = (
    ("side", HOLD, ASKER, Step.ORDERED, {"power": "hold"}),
    ("side", ORDERED, ASKER, Step.CONFIRMED, {"blocked": money(1)}),
    ("side", HOLD, ANSWERER, Step.WITHDRAWN, {}),
    ("side", HELD, ANSWERER, Step.CORRECTED, {}),
    ("ordered-already", ORDERED, ANSWERER, Step.ORDERED, {"power": "hold"}),
    ("ordered-already", HELD, ANSWERER, Step.ORDERED, {"power": "freeze"}),
    ("acknowledged-already", in_state(State.ACKNOWLEDGED), ANSWERER, Step.ACKNOWLEDGED, {}),
    ("acknowledged-already", HELD, ANSWERER, Step.ACKNOWLEDGED, {}),
    ("in-force", ORDERED, ASKER, Step.WITHDRAWN, {}),
    ("in-force", HELD, ANSWERER, Step.REFUSED, {}),
    ("state", HOLD, ANSWERER, Step.CONFIRMED, {"blocked": money(1)}),
    ("state", ORDERED, ANSWERER, Step.RETURNED, {}),
    ("state", in_state(State.WITHDRAWN), ANSWERER, Step.ORDERED, {"power": "hold"}),
    ("no-power-asked", replace(HOLD, power=""), ANSWERER, Step.ORDERED, {"power": "hold"}),
    ("no-power-asked", replace(HOLD, power="extend"), ANSWERER, Step.ORDERED, {"power": "hold"}),
    ("power-asked", HOLD, ANSWERER, Step.ANSWERED, {"answers": {"a": 1}}),
    ("other-power", HOLD, ANSWERER, Step.ORDERED, {"power": "release"}),
    ("currency", ORDERED, ANSWERER, Step.CONFIRMED, {"blocked": money(1, "SGD"), "tainted": money(1, "SGD")}),
    ("currency", HOLD, ANSWERER, Step.ORDERED, {"power": "hold", "amount": money(1, "THB")}),
    ("nothing-blocked", ORDERED, ANSWERER, Step.CONFIRMED, {"blocked": money(0), "tainted": money(0)}),
    ("nothing-blocked", ORDERED, ANSWERER, Step.CONFIRMED, {"blocked": None, "tainted": None}),
    ("more-tainted", ORDERED, ANSWERER, Step.CONFIRMED, {"blocked": money(5), "tainted": money(6)}),
    ("no-more", PARTLY, ANSWERER, Step.CONFIRMED, {"blocked": money(9_000_000), "tainted": money(1_000_000)}),
    ("more-than-held", HELD, ANSWERER, Step.RELEASED, {"amount": money(2_500_001)}),
    ("more-than-held", HELD, ANSWERER, Step.RETURNED, {"amount": money(9_000_000)}),
    ("more-than-held", PARTLY, ANSWERER, Step.FORFEITED, {"amount": money(1_000_001)}),
    ("corrected-already", replace(HELD, reviewing=True), ASKER, Step.CORRECTED, {}),
    ("not-corrected", HELD, ANSWERER, Step.REVIEWED, {"decision": "kept"}),
)


@pytest.mark.parametrize(("rule", "thread", "side", "what", "said"), REFUSED)
def test_a_rule_refuses_what_it_is_there_for(
    rule: str, thread: Thread, side: Side, what: Step, said: Mapping[str, Any] | None
) -> None:
    decision = may_say(thread, side, what, said)
    assert (decision.allowed, decision.rule) == (False, rule)
    assert decision.reason


def test_every_rule_has_a_case() -> None:
    assert {case[0] for case in REFUSED} == set(RULES)


TALK: Final = frozenset({Step.NOTED, Step.CALL_BACK, Step.DOOR, Step.PROMISED, Step.KEPT})
AT_HOME_ASKER: Final = TALK | {Step.RECALL_SENT, Step.RECALL_ANSWERED}
OPEN_ANSWERS: Final = frozenset({Step.ORDERED, Step.GONE, Step.REFUSED})
LIFE: Final = frozenset({Step.INSTRUCTED, Step.FAILED, Step.EXTENDED, Step.RELEASED, Step.EXPIRED})
ENDS: Final = LIFE | {Step.RETURNED, Step.FORFEITED}
# What each side can say of a request for a hold, state by state, beside talk and what stays at home.
TABLE: Final[dict[State, tuple[frozenset[Step], frozenset[Step]]]] = {
    State.REQUESTED: (OPEN_ANSWERS | {Step.ACKNOWLEDGED, Step.CLARIFY}, frozenset({Step.WITHDRAWN})),
    State.ACKNOWLEDGED: (OPEN_ANSWERS | {Step.CLARIFY}, frozenset({Step.WITHDRAWN})),
    State.CLARIFYING: (OPEN_ANSWERS, frozenset({Step.WITHDRAWN, Step.CLARIFIED})),
    State.ORDERED: (LIFE | {Step.DELIVERED, Step.CONFIRMED, Step.GONE}, frozenset({Step.CORRECTED})),
    State.DELIVERED: (LIFE | {Step.CONFIRMED, Step.GONE}, frozenset({Step.CORRECTED})),
    State.HELD: (ENDS, frozenset({Step.CORRECTED})),
    State.PARTLY: (ENDS | {Step.CONFIRMED, Step.GONE}, frozenset({Step.CORRECTED})),
    State.CLOSED: (frozenset(), frozenset()),
    State.RELEASED: (frozenset({Step.INSTRUCTED}), frozenset({Step.CLOSED})),  # its bank is still to be told
    **{
        ended: (frozenset(), frozenset({Step.CLOSED}))
        for ended in (
            State.GONE,
            State.REFUSED,
            State.ANSWERED,
            State.RETURNED,
            State.FORFEITED,
            State.EXPIRED,
            State.WITHDRAWN,
        )
    },
}


@pytest.mark.parametrize("state", list(State))
def test_each_state_lets_each_side_say_just_what_the_table_says(state: State) -> None:
    thread = in_state(state)
    answers, asks = TABLE[state]
    said = {side: {what for what in Step if may_say(thread, side, what).allowed} for side in Side}
    assert said[ANSWERER] == answers | TALK
    assert said[ASKER] == asks | AT_HOME_ASKER


def test_a_form_without_a_power_is_answered_and_never_ordered() -> None:
    thread = replace(HOLD, power="")
    assert may_say(thread, ANSWERER, Step.ANSWERED, {"answers": {"a": 1}}).allowed
    assert not may_say(thread, ANSWERER, Step.ORDERED, {"power": "hold"}).allowed


@pytest.mark.parametrize("power", sorted(ORDERABLE))
def test_each_power_that_is_ordered_can_be(power: str) -> None:
    assert may_say(replace(HOLD, power=power), ANSWERER, Step.ORDERED, {"power": power}).allowed


def test_data_are_preserved_without_any_amount() -> None:
    thread = Thread(state=State.ORDERED, power="preserve")
    assert may_say(thread, ANSWERER, Step.CONFIRMED, {"blocked": None, "tainted": None}).allowed


def test_a_bank_may_hold_more_later_than_it_confirmed_first() -> None:
    said = {"blocked": money(9_000_000), "tainted": money(1_000_001)}
    assert may_say(PARTLY, ANSWERER, Step.CONFIRMED, said).allowed


def test_all_that_is_held_can_end_and_no_unit_more() -> None:
    for what in (Step.RELEASED, Step.RETURNED, Step.FORFEITED):
        assert may_say(HELD, ANSWERER, what, {"amount": money(2_500_000)}).allowed
        assert not may_say(HELD, ANSWERER, what, {"amount": money(2_500_001)}).allowed


def test_only_what_is_reviewed_can_be_decided() -> None:
    assert may_say(replace(HELD, reviewing=True), ANSWERER, Step.REVIEWED, {"decision": "kept"}).allowed


def test_a_button_is_offered_before_its_fields_are_known() -> None:
    assert may_say(ORDERED, ANSWERER, Step.CONFIRMED).allowed
    assert may_say(HELD, ANSWERER, Step.RELEASED).allowed


def test_what_stays_at_home_changes_nothing_and_can_be_said_by_its_side() -> None:
    for what in LOCAL_STEPS - {Step.INSTRUCTED}:
        assert may_say(in_state(State.CLOSED), ASKER, what).allowed
