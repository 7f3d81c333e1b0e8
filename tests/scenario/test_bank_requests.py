# SPDX-License-Identifier: Apache-2.0
"""A request that asks where money went on to is asked of the bank by the node, where the agency named the law."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lintas.model.desk import Step
from tests.scenario.test_bank_questions import BIC, LAW, Desk
from tests.scenario.threads import ask, head_of, say

pytestmark = [pytest.mark.slow]


def opened(folder: Path, law: str) -> Iterator[Desk]:
    made = Desk(folder, trace_law=law)
    try:
        made.begin()
        yield made
    finally:
        made.close()
        made.bank.stop()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """With a law that the agency named."""
    yield from opened(tmp_path, LAW)


@pytest.fixture
def lawless(tmp_path: Path) -> Iterator[Desk]:
    """Without."""
    yield from opened(tmp_path, "")


def test_a_request_that_somebody_took_is_asked_by_itself(desk: Desk) -> None:
    desk.look()
    assert desk.shown() == []  # nobody has it yet
    say(desk.node, desk.ref, Step.ACKNOWLEDGED, desk.asker)
    desk.look()
    (shown,) = desk.shown()
    assert (shown.about, shown.law, shown.by, shown.state) == (desk.ref, LAW, "node:self", "done")
    assert shown.start == "2026-03-01T01:00:00.000Z"  # an hour before the payment
    desk.restart()
    desk.look(after_s=600)
    assert len(desk.shown()) == len(desk.items()) == 1


def test_a_request_without_a_time_is_asked_some_days_back(desk: Desk) -> None:
    ref = ask(desk.asker, desk.node, form="trace")
    say(desk.node, ref, Step.ACKNOWLEDGED, desk.asker)
    desk.look()
    assert [one.start for one in desk.shown()] == ["2026-02-26T03:00:00.000Z"]


def test_a_request_that_makes_no_question_holds_nothing_else_up(desk: Desk) -> None:
    odd = {"account": {"scheme": "bank_account", "value": ":", "bank": BIC, "country": "MY", "name": ""}}
    elsewhere = {"account": {"scheme": "bank_account", "value": "1", "bank": "OTHRMYKL", "country": "MY", "name": ""}}
    for more in (odd, elsewhere):
        say(desk.node, ask(desk.asker, desk.node, form="trace", more=more), Step.ACKNOWLEDGED, desk.asker)
    say(desk.node, ask(desk.asker, desk.node, form="hold"), Step.ACKNOWLEDGED, desk.asker)
    say(desk.node, desk.ref, Step.ACKNOWLEDGED, desk.asker)
    desk.look()
    assert [(one.about, one.state) for one in desk.shown()] == [(desk.ref, "done")]


def test_without_a_law_nobody_is_asked_by_itself(lawless: Desk) -> None:
    say(lawless.node, lawless.ref, Step.ACKNOWLEDGED, lawless.asker)
    lawless.look()
    assert lawless.shown() == [] and head_of(lawless.node, lawless.ref).form == "trace"


def test_two_lines_that_look_at_once_ask_once(desk: Desk) -> None:
    say(desk.node, desk.ref, Step.ACKNOWLEDGED, desk.asker)
    other = desk.new_line()
    desk.look()
    other.look()
    assert len(desk.shown()) == len(desk.items()) == 1
