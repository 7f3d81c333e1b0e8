# SPDX-License-Identifier: Apache-2.0
"""How an order stands, who may still answer it with what, and why not: pure rules over what was said to it.

An order is what a named person proposes to do. It is done once and only with what it needs: the proposer's own
assertion, and where a second person is needed, that person's. What was done alone waits for a review until a person
gives one; time settles nothing but that an order which nobody completed lapses.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from lintas.limits import GROUND_CHARS_MIN

PERSONAL: Final = ("confirmed", "approved", "refused", "alone", "reviewed", "objected")  # verdicts that people give
OWN: Final = frozenset({"confirmed", "alone"})  # of who does it; all others are of somebody else


class OrderState(StrEnum):
    """How an order stands."""

    PROPOSED = "proposed"  # waits for the passkey of who proposed it
    CONFIRMED = "confirmed"  # waits for a second person
    APPROVED = "approved"  # may be carried out, by a command of its own
    DONE = "done"
    REFUSED = "refused"
    LAPSED = "lapsed"
    ALONE = "alone"  # was done alone, waits for a review
    ESCALATED = "escalated"  # as above, and its time for a review has passed
    REVIEWED = "reviewed"  # was done alone; a second person found it right
    OBJECTED = "objected"  # was done alone; a second person found it wrong


OPEN: Final = frozenset({OrderState.PROPOSED, OrderState.CONFIRMED, OrderState.APPROVED})
UNREVIEWED: Final = frozenset({OrderState.ALONE, OrderState.ESCALATED})


class Said(NamedTuple):
    """What somebody said to an order."""

    verdict: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """What the rules ask about an order."""

    by: str  # who proposed it; `local:` when it came with the node's folder
    session: str  # in which it was proposed; empty on the command line
    expires_at: str  # RFC 3339 UTC with milliseconds
    needs_second: bool
    may_alone: bool  # the access pack and the law profile both allow break-glass for it
    ground: str
    said: Sequence[Said]

    @property
    def actor(self) -> str:
        """Who does it: who confirmed it, until then who proposed it."""
        return next((one.by for one in self.said if one.verdict in OWN), self.by)

    @property
    def state(self) -> OrderState:
        """How it stands."""
        verdicts = {one.verdict for one in self.said}
        for verdict in ("objected", "reviewed", "escalated"):
            if verdict in verdicts:
                return OrderState(verdict)
        if "done" in verdicts:
            return OrderState.ALONE if "alone" in verdicts else OrderState.DONE
        for verdict in ("refused", "lapsed"):
            if verdict in verdicts:
                return OrderState(verdict)
        if "confirmed" not in verdicts:
            return OrderState.PROPOSED
        return OrderState.APPROVED if self.is_ready else OrderState.CONFIRMED

    @property
    def is_ready(self) -> bool:
        """Whether it has all that it needs to be done."""
        actor = self.actor
        verdicts = {one.verdict for one in self.said if one.by == actor}
        if "alone" in verdicts:
            return True
        seconds = {one.by for one in self.said if one.verdict == "approved" and one.by not in {actor, self.by}}
        return "confirmed" in verdicts and (not self.needs_second or bool(seconds))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """Who answers."""

    id: str
    session: str
    stands_for: frozenset[str]
    may_act: str  # why they may not do themselves what is ordered; empty when they may
    may_approve: str  # why they may not answer what others propose; empty when they may


def refusal(order: OrderFacts, who: Answering, verdict: str, *, now: str) -> tuple[str, str] | None:
    """Why somebody may not answer an order with a verdict: (rule, sentence); None when they may."""
    if verdict not in PERSONAL:
        return "verdict", "that is no answer of a person"
    if settled := _settled(order, verdict, now):
        return settled
    if verdict in OWN:
        return _own(order, who, verdict)
    if verdict == "refused" and who.id == order.actor:
        return None  # whoever proposed it takes it back
    return _other(order, who, verdict)


def _settled(order: OrderFacts, verdict: str, now: str) -> tuple[str, str] | None:
    state = order.state
    if verdict in {"reviewed", "objected"}:
        if state not in UNREVIEWED:
            return "settled", "there is nothing to review: it was not done alone, or it was reviewed already"
        return None  # a review has no end: silence settles nothing
    if state not in OPEN:
        return "settled", f"it is settled: {_STATE_WORDS[state]}"
    if now >= order.expires_at:
        return "stale", "its time is over: propose it anew, so that everybody sees what stands now"
    return None


def _own(order: OrderFacts, who: Answering, verdict: str) -> tuple[str, str] | None:
    if not order.by.startswith("local:") and who.id != order.by:
        return "not-yours", "only who proposed it confirms it"
    if who.may_act:
        return "role", who.may_act
    if verdict == "confirmed":
        return ("settled", "you have confirmed it already") if order.state is not OrderState.PROPOSED else None
    if order.actor != who.id and order.state is not OrderState.PROPOSED:
        return "not-yours", "somebody else confirmed it"
    if not order.needs_second:
        return "alone", "it needs no second person: confirm it"
    if not order.may_alone:
        return "alone", "this is not done alone: the access policy or the law profile does not allow it"
    if len(order.ground.strip()) < GROUND_CHARS_MIN:
        return "ground", "whoever acts alone writes down why first: propose it anew with a ground"
    return None


def _other(order: OrderFacts, who: Answering, verdict: str) -> tuple[str, str] | None:
    people = {order.actor, order.by}
    if who.id in people:
        return "self-approval", "nobody answers for a second person what they do themselves"
    if who.session and who.session == order.session:
        return "same-session", "it was proposed in this very session: the second person signs in for themselves"
    if people & who.stands_for:
        return "deputy", "you stand in for the person who does it: a deputy is no second person"
    if who.may_approve:
        return "role", who.may_approve
    if verdict == "approved":
        if order.state is OrderState.PROPOSED:
            return "unconfirmed", "who proposed it has not confirmed it with their own passkey yet"
        if any(one == ("approved", who.id) for one in order.said):
            return "settled", "you have approved it already"
    return None


_STATE_WORDS: Final = {
    OrderState.DONE: "it was done",
    OrderState.REFUSED: "it was refused",
    OrderState.LAPSED: "its time ended before it was done",
    OrderState.ALONE: "it was done alone",
    OrderState.ESCALATED: "it was done alone",
    OrderState.REVIEWED: "it was done alone, and reviewed",
    OrderState.OBJECTED: "it was done alone, and somebody objected",
}
