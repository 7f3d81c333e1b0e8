# SPDX-License-Identifier: Apache-2.0
"""What a node says next of a trace: what it refuses, hands on and answers, and what waits for a person or stays.

Pure: what the documents come to, what a run came to, and the law of the node -> what is to be written. The node does
it in one transaction, so that whoever is told of an end can rely on it.

Source: docs/spec/tracing-handoff.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from lintas.formats.law import HandOffRow
from lintas.model.kept_trace import Answer, Handed, Incoming, KeptTrace, Stands, Status
from lintas.model.money import TraceResult, country_of
from lintas.policy.handoff import (
    WAITS,
    Answering,
    Handing,
    Taking,
    may_answer,
    may_hand,
    may_take,
    peer_for,
)
from lintas.views.trace_result import Outcome, sources_of

QUIET: Final = frozenset({"unchanged", "nothing", "own-country"})  # why nothing is handed on that nobody asks about


class Place(NamedTuple):
    """Where a node stands: what its plan depends on besides the documents."""

    law: HandOffRow
    country: str
    peers: Mapping[str, str]  # node -> country, of those that exchange with this one
    spent: Mapping[str, int]  # node -> payments handed to it today
    arrived: Mapping[int, int]  # place of a payment that came -> how many came from its node that day, up to it
    is_person: bool  # a named officer releases what goes
    countries: Mapping[str, str] = {}  # node -> country, of all that it knows; those of `peers` unless given
    named: Mapping[str, str] = {}  # reference of a payment, or a country -> node that a person chose
    only: frozenset[str] = frozenset()  # references of payments that the person releases; empty: all
    kept: Mapping[str, tuple[str, str]] = {}  # reference -> (rule, reason): the release decision keeps it here


class Kept(NamedTuple):
    """A payment over the border that is not handed on, and why."""

    handed: Handed
    rule: str
    reason: str

    @property
    def waits(self) -> bool:
        """Whether a person can let it go."""
        return self.rule in WAITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be written, in order."""

    hands: tuple[tuple[str, Handed], ...]  # (node, payment)
    answers: tuple[tuple[str, Answer], ...]
    kept: tuple[Kept, ...]
    to_answer: int  # answers that wait for a person

    @property
    def to_hand(self) -> int:
        """Payments that wait for a person."""
        return sum(1 for one in self.kept if one.waits)


def refusals(trace: KeptTrace, place: Place) -> tuple[tuple[str, Answer], ...]:
    """What was handed to this node and is not followed; asked before a run, which then leaves it out."""
    found = []
    for one in trace.incoming:
        is_answered = one.answer is not None and one.answer.revision == one.handed.revision
        if one.stopped or (is_answered and trace.stands is not Stands.STOPPED) or one.is_settled:
            continue
        decision = may_take(
            Taking(
                law=place.law,
                own=place.country,
                handed=one.handed,
                before=one.kept,
                rules=trace.rules,
                is_stopped=trace.stands is Stands.STOPPED,
                spent=place.arrived.get(one.seq, 0),
            )
        )
        if not decision.allowed:
            found.append((one.node, _refusal(one, decision.rule)))
    return tuple(found)


def disowned(trace: KeptTrace, result: TraceResult, place: Place) -> tuple[tuple[str, Answer], ...]:
    """What was handed to this node by one whose payment it is not, as its own rows tell after a run."""
    flows = {one.payment: one for one in result.flows}
    found = []
    first = {one.handed.reference: one.key for one in sources_of(trace)}
    for one in trace.incoming:
        flow = flows.get(one.handed.reference)
        if flow is None or one.used is None or one.stopped:
            continue
        decision = may_take(
            Taking(
                law=place.law,
                own=place.country,
                handed=one.used,
                before=None,
                rules=trace.rules,
                is_stopped=False,
                spent=0,
                there=(place.countries or place.peers).get(one.node, ""),
                payer=country_of(flow.payer),
                is_first=first.get(one.handed.reference) == one.key,
            )
        )
        if decision.rule in ("not-theirs", "claimed"):
            found.append((one.node, _refusal(one, decision.rule)))
    return tuple(found)


def _refusal(one: Incoming, rule: str) -> Answer:
    return Answer(
        reference=one.handed.reference,
        revision=one.handed.revision,
        status=Status.REFUSED,
        final=True,
        ground=rule,
    )


def plan(trace: KeptTrace, outcome: Outcome, place: Place) -> Plan:
    """Say what is next, of a trace whose refusals were said."""
    hands, kept = _hands(trace, outcome, place)
    newly = {(node, handed.reference) for node, handed in hands}
    is_over = all(one.is_settled or one.key in newly for one in trace.outgoing) and not newly
    is_over = is_over and not any(one.waits for one in kept)
    answers, to_answer = _answers(trace, outcome, place, is_over=is_over)
    return Plan(hands=tuple(hands), answers=tuple(answers), kept=tuple(kept), to_answer=to_answer)


def _hands(trace: KeptTrace, outcome: Outcome, place: Place) -> tuple[list[tuple[str, Handed]], list[Kept]]:
    hands: list[tuple[str, Handed]] = []
    kept: list[Kept] = []
    spent = dict(place.spent)
    before = {one.handed.reference: one for one in trace.outgoing}
    for handed in outcome.border:
        there = country_of(handed.payee)
        earlier = before.get(handed.reference)
        named = place.named.get(handed.reference) or place.named.get(there, "")
        node, peers = peer_for(there, place.peers, earlier.node if earlier is not None else named)
        decision = may_hand(
            Handing(
                law=place.law,
                own=place.country,
                handed=handed,
                before=None if earlier is None else earlier.handed,
                to=node,
                peers=peers,
                is_person=place.is_person and (not place.only or handed.reference in place.only),
                is_stopped=trace.stands is Stands.STOPPED,
                is_backward=False,
                spent=spent.get(node, 0),
            )
        )
        if decision.allowed and handed.reference in place.kept:
            kept.append(Kept(handed, *place.kept[handed.reference]))
        elif decision.allowed:
            hands.append((node, handed))
            spent[node] = spent.get(node, 0) + 1
        elif decision.rule not in QUIET:
            kept.append(Kept(handed, decision.rule, decision.reason))
    return hands, kept


def _answers(
    trace: KeptTrace, outcome: Outcome, place: Place, *, is_over: bool
) -> tuple[list[tuple[str, Answer]], int]:
    """What is new to say of what came: of the trace's parent only at the end, that it is the end."""
    said: dict[tuple[str, str], Incoming] = {one.key: one for one in trace.incoming}
    found: list[tuple[str, Answer]] = []
    waiting = 0
    for node, made in outcome.answers:
        one = said[node, made.reference]
        if one.stopped or made.revision != one.handed.revision:
            continue  # nobody asks any more; or its newest revision was refused, which is said
        answer = replace(made, final=is_over or one.key != trace.parent)
        if one.answer == answer:
            continue
        decision = may_answer(Answering(law=place.law, is_person=place.is_person, is_refusal=False))
        if decision.allowed:
            found.append((node, answer))
        else:
            waiting += 1
    return found, waiting
