# SPDX-License-Identifier: Apache-2.0
"""The rules of orders, played by a machine: people, verdicts, time and repetitions in any order."""

from dataclasses import replace
from typing import Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from lintas.policy.orders import OPEN, PERSONAL, UNREVIEWED, Answering, OrderFacts, OrderState, Said, refusal

PEOPLE: Final = ("ana", "budi", "citra", "dewi")
START, END = 10, 100
SESSIONS: Final = {"ana": "s1", "budi": "s2", "citra": "s1", "dewi": "s4"}  # citra sits at ana's open session
DEPUTIES: Final = {"dewi": frozenset({"ana"})}


def at(minute: int) -> str:
    """A time as text; text order is time."""
    return f"2026-03-01T00:{minute:04d}"


class Orders(RuleBasedStateMachine):
    """One order; what the rules let through is said, and done as soon as it may be."""

    @initialize(second=st.booleans(), alone=st.booleans(), ground=st.sampled_from(["", "the child is at risk"]))
    def propose(self, second: bool, alone: bool, ground: str) -> None:
        self.now = START
        self.done = 0
        self.doings: list[tuple[Said, ...]] = []
        self.order = OrderFacts(
            by="ana",
            session="s1",
            expires_at=at(END),
            needs_second=second,
            may_alone=alone,
            ground=ground,
            said=(),
        )

    @rule(who=st.sampled_from(PEOPLE), verdict=st.sampled_from(PERSONAL), approves=st.booleans(), acts=st.booleans())
    def answer(self, who: str, verdict: str, approves: bool, acts: bool) -> None:
        person = Answering(
            id=who,
            session=SESSIONS[who],
            stands_for=DEPUTIES.get(who, frozenset()),
            may_act="" if acts else "not with that role",
            may_approve="" if approves else "not with that role",
        )
        before = self.order.state
        if refusal(self.order, person, verdict, now=at(self.now)) is not None:
            return
        assert approves or who == "ana"
        self.order = replace(self.order, said=(*self.order.said, Said(verdict, who)))
        if verdict in {"confirmed", "approved", "alone"}:
            assert self.now < END
            assert before in OPEN
            if self.order.is_ready:
                self.doings.append(tuple(self.order.said))
                self.order = replace(self.order, said=(*self.order.said, Said("done", self.order.actor)))
                self.done += 1
        elif verdict in {"reviewed", "objected"}:
            assert before in UNREVIEWED

    @rule(minutes=st.integers(1, 80))
    def pass_time(self, minutes: int) -> None:
        before = self.order.state
        self.now += minutes
        assert self.order.state is before  # by itself time changes nothing

    @rule()
    def tick(self) -> None:
        """The node's clock: only what it may."""
        state = self.order.state
        if state in OPEN and self.now >= END:
            self.order = replace(self.order, said=(*self.order.said, Said("lapsed", "node:self")))
        elif state is OrderState.ALONE and self.now >= END:
            self.order = replace(self.order, said=(*self.order.said, Said("escalated", "node:self")))

    @invariant()
    def never_done_twice(self) -> None:
        assert getattr(self, "done", 0) <= 1

    @invariant()
    def never_done_without_what_it_needs(self) -> None:
        for said in getattr(self, "doings", []):
            own = [one for one in said if one.by == "ana"]
            others = {one.by for one in said if one.verdict == "approved"}
            if any(one.verdict == "alone" for one in own):
                assert self.order.may_alone and self.order.ground and self.order.needs_second
                continue
            assert any(one.verdict == "confirmed" for one in own)
            if self.order.needs_second:
                assert others & {"budi"}, "neither the same session nor the deputy counts"
                assert others <= {"budi"}

    @invariant()
    def never_lost_and_never_settled_by_silence(self) -> None:
        order = getattr(self, "order", None)
        if order is None:
            return
        said = {one.verdict for one in order.said}
        if "alone" in said and not said & {"reviewed", "objected"}:
            assert order.state in UNREVIEWED
        if order.state is OrderState.REVIEWED:
            assert any(one.verdict == "reviewed" and one.by == "budi" for one in order.said)
        if not self.done and not said & {"refused", "lapsed"}:
            assert order.state in OPEN

    @invariant()
    def a_refused_order_is_never_done(self) -> None:
        order = getattr(self, "order", None)
        if order is not None and order.state in {OrderState.REFUSED, OrderState.LAPSED}:
            assert self.done == 0


TestOrders = Orders.TestCase


def test_a_review_after_an_escalation_still_counts() -> None:
    order = OrderFacts(
        by="ana",
        session="s1",
        expires_at=at(END),
        needs_second=True,
        may_alone=True,
        ground="it cannot wait",
        said=(Said("alone", "ana"), Said("done", "ana"), Said("escalated", "node:self")),
    )
    budi = Answering(id="budi", session="s2", stands_for=frozenset(), may_act="", may_approve="")
    assert order.state is OrderState.ESCALATED
    assert refusal(order, budi, "reviewed", now=at(5_000)) is None
    assert replace(order, said=(*order.said, Said("objected", "budi"))).state is OrderState.OBJECTED
