# SPDX-License-Identifier: Apache-2.0
"""Silence has a next door: the ladder with filled forms, doors that were tried, presence, words for a call."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from lintas.errors import NotAllowed, UnknownTerm, WrongUse
from lintas.formats.iso20022.recall import read_recall
from lintas.formats.letters import letter_html, letter_json, letter_text
from lintas.model.desk import Step
from lintas.model.marking import Tlp
from lintas.model.viewer import Viewer
from lintas.node.node import Node
from lintas.testing import OFFICER, FakeClock, carry, two_nodes
from lintas.work.clocks import (
    call_back,
    hear_words,
    keep_promise,
    list_due,
    presence_of,
    promise_call,
    settle_clocks,
    show_calls,
    show_ladder,
    try_door,
)
from tests.scenario.threads import ACCOUNT, ask, say

OPERATOR = Viewer(id="operator-0001", clearance=Tlp.RED, role="operator")
ANALYST = Viewer(id="analyst-0001", clearance=Tlp.RED, role="analyst")


@pytest.fixture
def pair(tmp_path: Path, clock: FakeClock) -> Iterator[tuple[Node, Node]]:
    """The asking desk, of SG, and the one that is silent, of MY."""
    with two_nodes(tmp_path, clock=clock) as (here, there):
        yield there, here


def test_after_ten_silent_minutes_the_officer_sees_the_ladder(pair: tuple[Node, Node], clock: FakeClock) -> None:
    asker, _ = pair
    ref = ask(*pair)
    shown = show_ladder(asker.services, OFFICER, ref)
    assert not shown.is_silent
    assert not any(one.is_due for one in shown.rungs)
    clock.forward(minutes=10)
    shown = show_ladder(asker.services, OFFICER, ref)
    assert (shown.is_silent, shown.place) == (True, "MY")
    assert [one.code for one in shown.rungs] == ["second_desk", "bank_recall", "fiu", "ncb", "igrip"]
    assert [one.is_due for one in shown.rungs] == [True, True, False, False, False]
    clock.forward(minutes=20)
    assert all(one.is_due for one in show_ladder(asker.services, OFFICER, ref).rungs)


def test_an_acknowledged_request_is_not_silent(pair: tuple[Node, Node], clock: FakeClock) -> None:
    ref = ask(*pair)
    clock.forward(minutes=11)
    say(pair[1], ref, Step.ACKNOWLEDGED, pair[0])
    assert not show_ladder(pair[0].services, OFFICER, ref).is_silent


def test_each_rung_s_form_is_filled_from_the_request(pair: tuple[Node, Node], clock: FakeClock) -> None:
    ref = ask(*pair)
    rungs = {one.code: one for one in show_ladder(pair[0].services, OFFICER, ref).rungs}
    letter = rungs["igrip"].letter
    assert letter is not None
    text = letter_text(letter)
    assert text.startswith("EXERCISE EXERCISE EXERCISE\n")
    for part in ("TLP:AMBER", "Sample crime desk (SG)", ref, ACCOUNT["value"], "MYR 25,000.00", "I-GRIP"):
        assert part in text
    assert json.loads(letter_json(letter))["fields"]["amount"] == {"minor": 2_500_000, "currency": "MYR"}
    page = letter_html(letter)
    assert "<h1>Stop payment through INTERPOL I-GRIP</h1>" in page
    assert "<script" not in page
    assert rungs["ncb"].letter is not None
    assert rungs["ncb"].letter.missing == ("Why",), "what a person still has to write is said"
    assert rungs["second_desk"].letter is not None
    assert rungs["second_desk"].letter.form == "hold", "the same request once more"


def test_a_letter_shows_a_hostile_name_as_text(pair: tuple[Node, Node]) -> None:
    from dataclasses import replace

    ref = ask(*pair)
    letter = show_ladder(pair[0].services, OFFICER, ref).rungs[0].letter
    assert letter is not None
    evil = replace(letter, rows=(("Name", "<img src=x onerror=alert(1)>"),))
    assert "<img" not in letter_html(evil)
    assert "&lt;img" in letter_html(evil)


def test_the_recall_rung_holds_a_camt_056_for_the_own_bank(pair: tuple[Node, Node]) -> None:
    ref = ask(*pair, more={"reference": "E2E-2026-0001", "from_bank": "DBSSSGSG"})
    rung = next(one for one in show_ladder(pair[0].services, OFFICER, ref).rungs if one.code == "bank_recall")
    assert rung.camt_problem == ""
    recall = read_recall(rung.camt)
    (payment,) = recall.payments
    assert (recall.case, recall.bank.bic, payment.end_to_end) == (ref, "DBSSSGSG", "E2E-2026-0001")
    assert payment.amount is not None
    assert (payment.amount.minor, payment.amount.currency, payment.to_account) == (2_500_000, "MYR", ACCOUNT["value"])
    again = next(one for one in show_ladder(pair[0].services, OFFICER, ref).rungs if one.code == "bank_recall")
    assert read_recall(again.camt).id == recall.id, "a bank drops what it has already"


def test_doors_that_were_tried_stand_in_the_thread_and_stay_at_home(pair: tuple[Node, Node], clock: FakeClock) -> None:
    asker, answerer = pair
    ref = ask(*pair)
    clock.forward(minutes=10)
    try_door(asker.services, OFFICER, ref, "second_desk", "phone", outcome="no_answer")
    clock.forward(minutes=1)
    try_door(asker.services, OFFICER, ref, "second_desk", "phone", outcome="reached")
    try_door(asker.services, OFFICER, ref, "bank_recall", "message")
    tries = {one.code: one.tries for one in show_ladder(asker.services, OFFICER, ref).rungs}
    assert [(one.by, one.how, one.outcome) for one in tries["second_desk"]] == [
        (OFFICER.id, "phone", "no_answer"),
        (OFFICER.id, "phone", "reached"),
    ]
    assert tries["second_desk"][0].at < tries["second_desk"][1].at
    assert [one.outcome for one in tries["bank_recall"]] == [""]
    assert carry(asker, answerer) == 0


@pytest.mark.parametrize(
    ("door", "how", "outcome"),
    [("no_such", "phone", ""), ("fiu", "", ""), ("fiu", "shouting", ""), ("fiu", "phone", "perhaps")],
)
def test_a_door_way_or_outcome_that_nobody_knows_is_refused(
    pair: tuple[Node, Node], door: str, how: str, outcome: str
) -> None:
    ref = ask(*pair)
    with pytest.raises(UnknownTerm):
        try_door(pair[0].services, OFFICER, ref, door, how, outcome=outcome)


def test_the_ladder_is_for_the_desk_that_asks_and_for_who_may_see_requests(pair: tuple[Node, Node]) -> None:
    asker, answerer = pair
    ref = ask(*pair)
    with pytest.raises(NotAllowed):
        show_ladder(answerer.services, OFFICER, ref)
    with pytest.raises(NotAllowed):
        show_ladder(asker.services, OPERATOR, ref)
    with pytest.raises(NotAllowed):
        try_door(asker.services, ANALYST, ref, "fiu", "form")
    with pytest.raises(UnknownTerm):
        show_ladder(asker.services, OFFICER, "0" * 64)


def test_presence_is_honest_about_what_is_not_known(pair: tuple[Node, Node], clock: FakeClock) -> None:
    asker, answerer = pair
    node = answerer.services.keys.node
    shown = presence_of(asker.services, OFFICER, node, form="hold")
    (desk,) = shown.desks
    assert (desk.code, desk.is_open, desk.is_confirmed, desk.number) == ("nsrc", True, True, "997")
    assert (shown.link, shown.last_heard) == ("never", "")
    assert (shown.acknowledged_at, shown.acknowledged_in_s, shown.unacknowledged) == ("", -1, 0)
    ref = ask(*pair)
    assert presence_of(asker.services, OFFICER, node).unacknowledged == 1
    clock.forward(minutes=2)
    say(answerer, ref, Step.ACKNOWLEDGED, asker)
    shown = presence_of(asker.services, OFFICER, node)
    assert (shown.acknowledged_in_s, shown.unacknowledged) == (120, 0)
    assert shown.acknowledged_at == "2026-03-01T03:02:00.000Z"
    asker.services.links.note(node, we_read=True, last_contact="2026-03-01T03:02:00.000Z")
    assert presence_of(asker.services, OFFICER, node).link == "live"
    asker.services.links.note(node, we_read=False, last_error="The server cannot be reached.")
    assert presence_of(asker.services, OFFICER, node).link == "failing"
    back = presence_of(answerer.services, OFFICER, asker.services.keys.node, form="fiu")
    assert all(one.is_open is None for one in back.desks), "a desk whose hours nobody told is neither open nor closed"
    with pytest.raises(UnknownTerm):
        presence_of(asker.services, OFFICER, f"lintas:{'a' * 52}")
    with pytest.raises(NotAllowed):
        presence_of(asker.services, OPERATOR, node)


def test_both_officers_read_out_a_word_that_only_their_desks_have(pair: tuple[Node, Node], clock: FakeClock) -> None:
    asker, answerer = pair
    ref = ask(*pair)
    drawn = call_back(answerer.services, OFFICER, ref)
    carry(answerer, asker)
    there = show_calls(asker.services, OFFICER, ref)
    (call,) = there.calls
    assert (call.ours, call.theirs) == (drawn.theirs, drawn.ours)
    assert len({drawn.ours, drawn.theirs, ""}) == 3
    assert ("997", "pack") in {(one.number, one.says) for one in there.numbers}
    (number,) = show_calls(answerer.services, OFFICER, ref).numbers
    assert (number.number, number.says) == ("+6561234567", "request")
    hear_words(asker.services, OFFICER, ref, call.id, same=True)
    (call,) = show_calls(asker.services, OFFICER, ref).calls
    assert (call.state, call.ours, call.theirs) == ("heard", "", "")
    with pytest.raises(WrongUse):
        hear_words(asker.services, OFFICER, ref, call.id, same=True)
    assert show_calls(answerer.services, OFFICER, ref).calls[0].state == "open", "each desk hears for itself"
    clock.forward(minutes=10)
    (call,) = show_calls(answerer.services, OFFICER, ref).calls
    assert (call.state, call.ours, call.theirs) == ("expired", "", "")
    with pytest.raises(UnknownTerm):
        hear_words(asker.services, OFFICER, ref, "0" * 32, same=True)


def test_a_caller_without_the_word_is_written_down(pair: tuple[Node, Node]) -> None:
    asker, _ = pair
    ref = ask(*pair)
    call = call_back(asker.services, OFFICER, ref)
    hear_words(asker.services, OFFICER, ref, call.id, same=False)
    assert show_calls(asker.services, OFFICER, ref).calls[0].state == "differed"
    again = call_back(asker.services, OFFICER, ref)
    assert (again.state, again.id != call.id) == ("open", True)


def test_a_promised_call_has_a_clock_until_it_is_made(pair: tuple[Node, Node], clock: FakeClock) -> None:
    asker, _ = pair
    ref = ask(*pair)
    with pytest.raises(WrongUse):
        promise_call(asker.services, OFFICER, ref, clock.now(), "NSRC, about the second account")
    at = clock.now() + timedelta(minutes=30)
    promise = promise_call(asker.services, OFFICER, ref, at, "NSRC, about the second account")
    due = [one for one in list_due(asker.services, OFFICER, 9) if one.clock == "promise"]
    assert [(one.item, one.is_ours) for one in due] == [(promise, True)]
    clock.forward(minutes=31)
    settle_clocks(asker.services)
    assert any(one.clock == "promise" and one.is_unseen for one in list_due(asker.services, OFFICER, 9))
    (shown,) = show_calls(asker.services, OFFICER, ref).promises
    assert (shown.is_kept, shown.is_ours, shown.to) == (False, True, "NSRC, about the second account")
    keep_promise(asker.services, OFFICER, ref, promise)
    assert show_calls(asker.services, OFFICER, ref).promises[0].is_kept
    assert not any(one.clock == "promise" and not one.is_over for one in list_due(asker.services, OFFICER, 9))
    with pytest.raises(WrongUse):
        keep_promise(asker.services, OFFICER, ref, promise)
    with pytest.raises(UnknownTerm):
        keep_promise(asker.services, OFFICER, ref, "0" * 32)
