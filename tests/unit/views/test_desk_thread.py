# SPDX-License-Identifier: Apache-2.0
"""A thread is what its documents come to: the same for both desks, and nobody can put a document into the past."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from lintas.limits import DESK_STEPS_MAX
from lintas.model.desk import HOLDING, LOCAL_STEPS, Asked, Clock, Money, Side, State, Step, StepFact, Thread
from lintas.model.ids import MessageId
from lintas.views.desk_thread import fold_thread

AT: Final = "2026-03-01T03:00:00.000Z"
LATER: Final = "2026-03-04T03:00:00.000Z"
ASKED: Final = Asked(
    seq=1,
    message=MessageId("00" * 32),
    id="a" * 32,
    form="hold",
    power="hold",
    at=AT,
    amount=Money(2_500_000, "MYR"),
    levels={"acknowledge": 300, "act": 1800, "answer": 7200},
    fast=False,
)


def money(minor: int) -> dict[str, Any]:
    return {"minor": minor, "currency": "MYR"}


FIELDS: Final[dict[Step, dict[str, Any]]] = {
    Step.ORDERED: {"authority": "Contoh", "power": "hold", "expires_at": LATER, "amount": None, "clock": ""},
    Step.EXTENDED: {"expires_at": "2026-03-09T03:00:00+08:00"},
    Step.CONFIRMED: {"blocked": money(9_000_000), "tainted": money(2_500_000)},
    Step.GONE: {"amount": money(100)},
    Step.RELEASED: {"amount": None},
    Step.RETURNED: {"amount": None},
    Step.FORFEITED: {"amount": None},
    Step.CORRECTED: {"review_s": 43_200, "why": "wrong_digit"},
    Step.REVIEWED: {"decision": "kept"},
    Step.PROMISED: {"at": LATER, "to": "x"},
    Step.KEPT: {"promise": "b" * 32},
}


def step(
    number: int, side: Side, what: Step, *after: str, fields: dict[str, Any] | None = None, seq: int = 0
) -> StepFact:
    name = f"{number:032x}"
    said = {"ground": ""} | (FIELDS.get(what, {}) if fields is None else fields)
    return StepFact(
        seq=seq or number + 10,
        message=MessageId(name * 2),
        side=side,
        id=name,
        after=after or (ASKED.id,),
        what=what,
        by="officer-0001",
        at=AT,
        said=said,
    )


def chain(side: Side, *whats: Step, first: int = 1) -> list[StepFact]:
    """Steps of one side, each after the one before it."""
    made: list[StepFact] = []
    for number, what in enumerate(whats, start=first):
        made.append(step(number, side, what, *([made[-1].id] if made else [])))
    return made


def held() -> list[StepFact]:
    return chain(Side.ANSWERER, Step.ACKNOWLEDGED, Step.ORDERED, Step.DELIVERED, Step.CONFIRMED)


def numbered(steps: Sequence[StepFact]) -> list[StepFact]:
    return [replace(one, seq=seq) for seq, one in enumerate(steps, start=2)]


STEPS = st.lists(
    st.tuples(st.sampled_from(list(Side)), st.sampled_from(list(Step)), st.lists(st.integers(1, 40), max_size=3)),
    max_size=25,
)


def made_of(drawn: list[tuple[Side, Step, list[int]]]) -> list[StepFact]:
    """Steps as two nodes write them, and as liars do: what they come after may be anything."""
    return [
        step(number, side, what, *(f"{one:032x}" for one in after))
        for number, (side, what, after) in enumerate(drawn, start=1)
    ]


def test_a_hold_goes_its_whole_way() -> None:
    states = [fold_thread(ASKED, held()[:count]).state for count in range(5)]
    assert states == [State.REQUESTED, State.ACKNOWLEDGED, State.ORDERED, State.DELIVERED, State.HELD]
    thread = fold_thread(ASKED, held())
    assert (thread.blocked_minor, thread.tainted_minor, thread.held_minor) == (9_000_000, 2_500_000, 2_500_000)
    assert [(due.clock, due.at, due.side) for due in thread.dues] == [(Clock.EXPIRY, LATER, Side.ANSWERER)]


@given(STEPS, st.data())
def test_both_desks_come_to_the_same_however_documents_came(drawn: list[Any], data: st.DataObject) -> None:
    steps = made_of(drawn)
    sides = {side: [one for one in steps if one.side is side] for side in Side}
    left, order = {side: list(ones) for side, ones in sides.items()}, []
    while any(left.values()):
        side = data.draw(st.sampled_from([one for one in Side if left[one]]))
        order.append(left[side].pop(0))
    assert fold_thread(ASKED, numbered(order)) == fold_thread(ASKED, numbered(steps))


@given(STEPS)
def test_no_documents_break_it_and_nothing_is_held_that_no_bank_confirmed(drawn: list[Any]) -> None:
    steps = made_of(drawn)
    thread = fold_thread(ASKED, steps)
    assert 0 <= thread.held_minor <= thread.tainted_minor <= thread.blocked_minor
    counted = (
        {one.what for one in steps}
        if not thread.idle
        else {one.what for one in steps if one.id not in dict(thread.idle)}
    )
    if thread.state in HOLDING or thread.held_minor:
        assert {Step.CONFIRMED, Step.ORDERED} <= counted
    assert len(thread.heads) <= 2


@given(STEPS, st.lists(st.tuples(st.sampled_from(list(Step)), st.lists(st.integers(1, 40), max_size=3)), max_size=8))
def test_what_the_asking_desk_sends_later_never_changes_what_the_answering_desk_did(
    drawn: list[Any], later: list[Any]
) -> None:
    """Whatever it says comes after: a liar could otherwise withdraw a hold before it was made."""
    steps = made_of(drawn)
    before = fold_thread(ASKED, steps)
    # the answering desk acted on what it had seen: its newest document comes after all of it
    last = step(1_000, Side.ANSWERER, Step.NOTED, *before.heads)
    more = [
        step(2_000 + number, Side.ASKER, what, *(f"{one:032x}" for one in after))
        for number, (what, after) in enumerate(later)
    ]
    after_all = fold_thread(ASKED, [*steps, last, *more])
    counted = {one.id for one in steps if one.side is Side.ANSWERER} - set(dict(before.idle)) - set(before.waiting)
    assert not counted & (set(dict(after_all.idle)) | set(after_all.waiting))


def test_a_withdrawal_that_crosses_an_order_changes_nothing() -> None:
    ordered = chain(Side.ANSWERER, Step.ACKNOWLEDGED, Step.ORDERED)
    withdrawn = step(9, Side.ASKER, Step.WITHDRAWN, ASKED.id)
    for order in ([*ordered, withdrawn], [withdrawn, *ordered]):
        thread = fold_thread(ASKED, numbered(order))
        assert thread.state is State.ORDERED
        assert thread.crossed
        assert [id_ for id_, _ in thread.idle] == [withdrawn.id]


def test_a_withdrawal_that_was_seen_counts() -> None:
    withdrawn = step(9, Side.ASKER, Step.WITHDRAWN, ASKED.id)
    ordered = step(10, Side.ANSWERER, Step.ORDERED, withdrawn.id)
    assert fold_thread(ASKED, [withdrawn, ordered]).state is State.WITHDRAWN


def test_a_late_withdrawal_cannot_be_dated_back_before_what_was_acted_on() -> None:
    asked_back = step(1, Side.ANSWERER, Step.CLARIFY, ASKED.id)
    told = step(2, Side.ASKER, Step.CLARIFIED, asked_back.id)
    ordered = step(3, Side.ANSWERER, Step.ORDERED, told.id)
    liar = step(4, Side.ASKER, Step.WITHDRAWN, ASKED.id)
    assert fold_thread(ASKED, [asked_back, told, ordered, liar]).state is State.ORDERED


def test_an_erased_document_stops_nothing_that_came_after_it() -> None:
    whole = held()
    assert fold_thread(ASKED, whole[1:]).state is State.HELD


def test_a_document_id_used_twice_counts_once() -> None:
    acknowledged = step(1, Side.ANSWERER, Step.ACKNOWLEDGED)
    again = replace(step(1, Side.ANSWERER, Step.REFUSED), seq=50)
    assert fold_thread(ASKED, [acknowledged, again]).state is State.ACKNOWLEDGED
    of_the_request = replace(step(2, Side.ANSWERER, Step.REFUSED), id=ASKED.id)
    assert fold_thread(ASKED, [of_the_request]).state is State.REQUESTED


def test_a_side_that_floods_crowds_the_other_out_of_nothing() -> None:
    flood = [step(number, Side.ASKER, Step.NOTED, seq=number) for number in range(2, DESK_STEPS_MAX + 50)]
    answers = [replace(one, id=f"f{one.id[1:]}", after=(), seq=one.seq + 10_000) for one in held()]
    assert fold_thread(ASKED, [*flood, *answers]).state is State.HELD


def test_who_names_what_comes_later_waits_and_counts_nothing() -> None:
    first = step(1, Side.ASKER, Step.WITHDRAWN, f"{2:032x}")
    second = step(2, Side.ANSWERER, Step.NOTED, f"{1:032x}")
    thread = fold_thread(ASKED, [first, second])
    assert thread.state is State.REQUESTED
    assert set(thread.waiting) == {first.id, second.id}


def test_parts_that_end_are_taken_from_what_is_held() -> None:
    part = step(9, Side.ANSWERER, Step.RETURNED, fields={"amount": money(500_000)})
    thread = fold_thread(ASKED, [*held(), part])
    assert (thread.state, thread.held_minor, thread.returned_minor) == (State.HELD, 2_000_000, 500_000)
    rest = step(10, Side.ANSWERER, Step.RELEASED, fields={"amount": money(2_000_000)})
    thread = fold_thread(ASKED, [*held(), part, rest])
    assert (thread.state, thread.held_minor, thread.released_minor) == (State.RELEASED, 0, 2_000_000)


def test_a_bank_that_tells_nothing_apart_holds_no_more_than_was_asked() -> None:
    told = step(9, Side.ANSWERER, Step.CONFIRMED, fields={"blocked": money(9_000_000), "tainted": None})
    thread = fold_thread(ASKED, [*held()[:3], told])
    assert (thread.blocked_minor, thread.held_minor, thread.state) == (9_000_000, 2_500_000, State.HELD)


def test_less_than_was_asked_is_held_in_part_and_more_may_come() -> None:
    some = step(9, Side.ANSWERER, Step.CONFIRMED, fields={"blocked": money(1_000), "tainted": money(1_000)})
    assert fold_thread(ASKED, [*held()[:3], some]).state is State.PARTLY
    more = step(10, Side.ANSWERER, Step.CONFIRMED)
    assert fold_thread(ASKED, [*held()[:3], some, more]).state is State.HELD


def test_a_block_that_turns_out_to_be_none_is_held_no_more() -> None:
    thread = fold_thread(ASKED, [*held(), step(9, Side.ANSWERER, Step.FAILED)])
    assert (thread.state, thread.held_minor, thread.ordered_by) == (State.ACKNOWLEDGED, 0, "")
    assert Clock.ACT in {due.clock for due in thread.dues}
    assert Clock.EXPIRY not in {due.clock for due in thread.dues}


def test_a_correction_starts_the_review_clock_and_a_review_ends_it() -> None:
    corrected = step(9, Side.ASKER, Step.CORRECTED)
    thread = fold_thread(ASKED, [*held(), corrected])
    assert thread.reviewing
    assert [due.clock for due in thread.dues] == [Clock.REVIEW, Clock.EXPIRY]
    reviewed = step(10, Side.ANSWERER, Step.REVIEWED, corrected.id)
    thread = fold_thread(ASKED, [*held(), corrected, reviewed])
    assert not thread.reviewing
    assert thread.state is State.HELD


def test_an_extension_moves_the_end_whatever_zone_it_is_said_in() -> None:
    thread = fold_thread(ASKED, [*held(), step(9, Side.ANSWERER, Step.EXTENDED)])
    assert thread.expires_at == "2026-03-08T19:00:00.000Z"


def test_promises_run_until_they_are_kept() -> None:
    promised = replace(step(1, Side.ANSWERER, Step.PROMISED), id="b" * 32)
    assert Clock.PROMISE in {due.clock for due in fold_thread(ASKED, [promised]).dues}
    kept = step(2, Side.ANSWERER, Step.KEPT)
    assert Clock.PROMISE not in {due.clock for due in fold_thread(ASKED, [promised, kept]).dues}


def test_what_stays_at_home_is_never_what_the_next_document_comes_after() -> None:
    for what in LOCAL_STEPS:
        side = Side.ASKER if what in {Step.RECALL_SENT, Step.RECALL_ANSWERED} else Side.ANSWERER
        assert fold_thread(ASKED, [step(1, side, what)]).heads == (ASKED.id,)


def test_clocks_run_by_the_levels_of_the_request() -> None:
    thread: Thread = fold_thread(ASKED, [])
    assert [(due.clock, due.at[11:19]) for due in thread.dues] == [
        (Clock.ACKNOWLEDGE, "03:05:00"),
        (Clock.ACT, "03:30:00"),
        (Clock.ANSWER, "05:00:00"),
    ]


def baht(minor: int) -> dict[str, Any]:
    return {"minor": minor, "currency": "THB"}


def test_no_amount_stands_without_its_currency() -> None:
    asked = replace(ASKED, amount=None)
    gone = step(1, Side.ANSWERER, Step.GONE, fields={"amount": baht(100)})
    assert (fold_thread(asked, [gone]).gone_minor, fold_thread(asked, [gone]).currency) == (100, "THB")


def test_one_confirmation_is_in_one_currency_also_where_nobody_named_an_amount() -> None:
    asked = replace(ASKED, amount=None)
    ordered = step(1, Side.ANSWERER, Step.ORDERED)
    mixed = step(2, Side.ANSWERER, Step.CONFIRMED, fields={"blocked": baht(900), "tainted": money(500)})
    thread = fold_thread(asked, [ordered, mixed])
    assert (thread.state, thread.held_minor, [one for one, _ in thread.idle]) == (State.ORDERED, 0, [mixed.id])


def test_what_was_ordered_in_one_currency_is_confirmed_in_it_or_ordered_anew() -> None:
    asked = replace(ASKED, amount=None)
    ordered = step(1, Side.ANSWERER, Step.ORDERED, fields=FIELDS[Step.ORDERED] | {"amount": baht(500)})
    other = step(2, Side.ANSWERER, Step.CONFIRMED)
    failed = step(3, Side.ANSWERER, Step.FAILED, fields={})
    anew = step(4, Side.ANSWERER, Step.ORDERED, fields=FIELDS[Step.ORDERED] | {"amount": money(500)})
    thread = fold_thread(asked, [ordered, other, failed, anew, replace(other, seq=20, id="5" * 32)])
    assert [one for one, _ in thread.idle] == [other.id]
    assert (thread.state, thread.currency) == (State.HELD, "MYR")


def test_a_bank_that_tells_nothing_apart_can_confirm_more_later() -> None:
    fields = {"blocked": money(1_000_000), "tainted": None}
    more = {"blocked": money(2_000_000), "tainted": None}
    steps = [
        step(1, Side.ANSWERER, Step.ORDERED),
        step(2, Side.ANSWERER, Step.CONFIRMED, fields=fields),
        step(3, Side.ANSWERER, Step.CONFIRMED, fields=more),
        step(4, Side.ANSWERER, Step.CONFIRMED, fields=more),
    ]
    thread = fold_thread(ASKED, steps)
    assert (thread.state, thread.held_minor, [one for one, _ in thread.idle]) == (
        State.PARTLY,
        2_000_000,
        [f"{4:032x}"],
    )
