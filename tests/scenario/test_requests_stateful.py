# SPDX-License-Identifier: Apache-2.0
"""Two desks and their banks do what they like, in any order of delivery: nothing is held twice, lost or forgotten."""

import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any, Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from lintas.errors import LintasError
from lintas.model.desk import HOLDING, State, Step
from lintas.model.desk_answers import RequestShown
from lintas.model.ids import MessageId
from lintas.model.scope import WHOLE
from lintas.node.node import Node
from lintas.ports.store import Snapshot
from lintas.testing import FakeClock, carry
from lintas.work.keeping import rebuild
from lintas.work.requests import claims_on, correct, say, send, show_request
from lintas.work.requests.settling import settle_requests
from lintas.work.services import no_progress
from tests.scenario.asking import OFFICER, SIGNER, Desks, baht, fields, two_desks

ACCOUNTS: Final = ("1234567890", "5550001112")
AMOUNTS: Final = (1_000_000, 2_500_000)
ANSWERS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("acknowledged", {}),
    ("clarify", {}),
    ("ordered", {"whole": True}),
    ("ordered", {"whole": False}),
    ("delivered", {"bank": "KASITHBK"}),
    ("failed", {"bank": "KASITHBK", "reason": "no_money"}),
    ("gone", {"amount": baht(400_000)}),
    ("released", {}),
    ("released", {"amount": baht(300_000)}),
    ("returned", {"amount": baht(200_000)}),
    ("forfeited", {}),
    ("reviewed", {"decision": "kept"}),
    ("reviewed", {"decision": "released"}),
    ("noted", {}),
)
ASKS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("clarified", {}),
    ("withdrawn", {}),
    ("closed", {}),
    ("noted", {}),
    ("door", {"door": "x", "how": "phone"}),
)


class TwoDesks(RuleBasedStateMachine):
    """What people, banks, the network and time do to two nodes."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.clock = FakeClock()
        self.refs: list[str] = []
        self.own: list[str] = []  # what the answering desk asks of itself

    @initialize()
    def begin(self) -> None:
        self.open = self.stack.enter_context(ExitStack())
        self.desks: Desks = self.open.enter_context(two_desks(self.folder, self.clock))

    @rule(account=st.sampled_from(ACCOUNTS), amount=st.sampled_from(AMOUNTS))
    def ask(self, account: str, amount: int) -> None:
        to = self.desks.answers.services.keys.node
        if len(self.refs) < 4:
            try:
                shown = send(self.desks.asks.services, OFFICER, to=to, form="hold", fields=fields(amount, account))
            except LintasError:
                return  # refused too often
            assert shown.is_new == (shown.ref not in self.refs)
            self.refs = [*dict.fromkeys([*self.refs, shown.ref])]

    @rule(account=st.sampled_from(ACCOUNTS), amount=st.sampled_from(AMOUNTS))
    def ask_itself(self, account: str, amount: int) -> None:
        if len(self.own) < 2:
            try:
                shown = send(
                    self.desks.answers.services, OFFICER, to="own", form="hold", fields=fields(amount, account)
                )
            except LintasError:
                return  # refused too often
            assert shown.line.is_own and shown.is_new == (shown.ref not in self.own)
            self.own = [*dict.fromkeys([*self.own, shown.ref])]

    @precondition(lambda self: self.refs or self.own)
    @rule(data=st.data(), what=st.sampled_from(ANSWERS))
    def answer(self, data: st.DataObject, what: tuple[str, dict[str, Any]]) -> None:
        self._say(self.desks.answers, data.draw(st.sampled_from(self.refs + self.own)), *what)

    @precondition(lambda self: self.own)
    @rule(data=st.data(), what=st.sampled_from(ASKS))
    def go_on_at_home(self, data: st.DataObject, what: tuple[str, dict[str, Any]]) -> None:
        self._say(self.desks.answers, data.draw(st.sampled_from(self.own)), *what)

    @precondition(lambda self: self.refs)
    @rule(data=st.data(), what=st.sampled_from(ASKS))
    def go_on(self, data: st.DataObject, what: tuple[str, dict[str, Any]]) -> None:
        self._say(self.desks.asks, data.draw(st.sampled_from(self.refs)), *what)

    @precondition(lambda self: self.refs or self.own)
    @rule(data=st.data(), blocked=st.sampled_from([0, 500_000, 1_000_000, 9_000_000]), whole=st.booleans())
    def bank_confirms(self, data: st.DataObject, blocked: int, *, whole: bool) -> None:
        tainted = data.draw(st.sampled_from([None, blocked // 2, blocked, blocked + 1]))
        given = {
            "bank": "KASITHBK",
            "bank_ref": "K-1",
            "blocked": baht(blocked),
            "tainted": None if tainted is None else baht(tainted),
            "whole": whole,
        }
        self._say(self.desks.answers, data.draw(st.sampled_from(self.refs + self.own)), "confirmed", given)

    @precondition(lambda self: self.refs or self.own)
    @rule(data=st.data())
    def was_wrong(self, data: st.DataObject) -> None:
        ref = data.draw(st.sampled_from(self.refs + self.own))
        node = self.desks.answers if ref in self.own else self.desks.asks
        try:
            correct(node.services, OFFICER, ref, why="wrong_digit")
        except LintasError:
            return

    @rule()
    def network_there(self) -> None:
        carry(self.desks.asks, self.desks.answers)

    @rule()
    def network_back(self) -> None:
        carry(self.desks.answers, self.desks.asks)

    @rule(hours=st.sampled_from([1, 13, 80]))
    def time_passes(self, hours: int) -> None:
        self.clock.forward(hours=hours)
        for node in (self.desks.asks, self.desks.answers):
            settle_requests(node.services)

    @rule(hours=st.sampled_from([0, 80]))
    def nodes_go_down_and_up(self, hours: int) -> None:
        self.open.close()
        self.clock.forward(hours=hours)
        self.desks = self.open.enter_context(two_desks(self.folder, self.clock))
        for node in (self.desks.asks, self.desks.answers):
            settle_requests(node.services)

    @invariant()
    def nothing_is_held_that_no_bank_confirmed(self) -> None:
        for ref in self.refs + self.own:
            for node in (self.desks.asks, self.desks.answers):
                shown = self._seen(node, ref)
                if shown is None:
                    continue
                money = shown.amounts
                assert 0 <= money.held <= money.tainted <= money.blocked
                counted = [one.what for one in shown.steps if one.counts]
                if money.held or shown.state in HOLDING:
                    assert "confirmed" in counted
                _orders_one_by_one(counted)

    @invariant()
    def a_block_is_claimed_no_further_than_it_reaches(self) -> None:
        for ref in self.refs + self.own:
            if self._seen(self.desks.answers, ref) is None:
                continue
            claims = claims_on(self.desks.answers.services, SIGNER, ref)
            blocks = [line for line in claims.lines if line.whole and line.held]
            of_claims = sum(line.held for line in blocks)
            assert of_claims <= sum({line.blocked for line in blocks})

    @invariant()
    def nothing_in_force_is_past_its_end(self) -> None:
        for ref in self.refs + self.own:
            shown = self._seen(self.desks.answers, ref)
            if shown is not None and shown.state in (*HOLDING, State.ORDERED, State.DELIVERED):
                assert shown.expires_at, "what was ordered ends"
                assert datetime_text(self.clock) < shown.expires_at
                assert "expiry" in {due.clock for due in shown.dues}

    def teardown(self) -> None:
        try:
            self.desks.carry()
            for ref in self.own:
                assert self._seen(self.desks.asks, ref) is None, "what a desk asks of itself stays there"
                shown = show_request(self.desks.answers.services, SIGNER, ref)
                of_it = [MessageId(one) for one in (shown.line.message, *(step.message for step in shown.steps))]
                sent = self.desks.answers.services.store.read(partial(_released_of, of_it))
                assert sent == []
            for ref in self.refs:
                here, there = (self._seen(node, ref) for node in (self.desks.asks, self.desks.answers))
                assert here is not None
                assert there is not None
                assert (here.state, here.amounts, here.expires_at) == (there.state, there.amounts, there.expires_at)
                of_both = [
                    [(one.doc, one.counts) for one in shown.steps if not one.is_local] for shown in (here, there)
                ]
                assert sorted(of_both[0]) == sorted(of_both[1])
            for node in (self.desks.asks, self.desks.answers):
                before = node.services.store.write(lambda tx: tx.views_digest())
                rebuild(node.services, progress=no_progress)
                assert before == node.services.store.write(lambda tx: tx.views_digest())
        finally:
            self.stack.close()

    def _say(self, node: Node, ref: str, what: str, given: dict[str, Any]) -> None:
        ground = "too_small" if what == "refused" else ""
        viewer = OFFICER if node is self.desks.asks else SIGNER
        try:
            say(node.services, viewer, ref, what, given, ground=ground)
        except LintasError:
            return

    def _seen(self, node: Node, ref: str) -> RequestShown | None:
        if not node.services.store.read(lambda snapshot: snapshot.requests_called(ref, scope=WHOLE)):
            return None  # it has not come yet
        return show_request(node.services, SIGNER if node is self.desks.answers else OFFICER, ref)


def _released_of(messages: list[MessageId], snapshot: Snapshot) -> list[MessageId]:
    """Those of some messages that went to anybody."""
    return [one for one in messages if snapshot.releases_of(one)]


def _orders_one_by_one(counted: list[str]) -> None:
    """Nothing is ordered while an order is in force."""
    is_ordered = False
    for what in counted:
        if what == Step.ORDERED:
            assert not is_ordered
            is_ordered = True
        elif what in (Step.FAILED, Step.RELEASED, Step.RETURNED, Step.FORFEITED, Step.EXPIRED):
            is_ordered = is_ordered and what != Step.FAILED


def datetime_text(clock: FakeClock) -> str:
    """Now, as views write times."""
    return clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")


TestTwoDesks = TwoDesks.TestCase
TestTwoDesks.settings = settings(
    max_examples=10, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
