# SPDX-License-Identifier: Apache-2.0
"""What the documents about a trace come to at one node: what it follows, what it handed on, what is outstanding.

A pure function of the documents in the order in which they came here. When a trace is final is told as Dijkstra and
Scholten tell that a computation over many machines has ended: of all that was handed to a node, one hand-off, its
*parent*, is answered for good only when nothing that the node handed on is outstanding; every other one at once. So
whatever loops there are, the opener hears of the end, and only once there is one.

Source: docs/spec/tracing-handoff.md; E. W. Dijkstra, C. S. Scholten, "Termination detection for diffusing
computations", Information Processing Letters 11 (1980).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from lintas.formats.desk.trace_fields import answer_of, handed_of, opened_of, ran_of
from lintas.limits import HANDOFF_PAYMENTS_MAX, TRACE_DOCS_MAX
from lintas.model.kept_trace import (
    HOME,
    Incoming,
    KeptTrace,
    Opened,
    Outgoing,
    Ran,
    Rules,
    Stands,
    Status,
    Told,
    TraceFact,
)

_Key = tuple[str, str]  # node, reference of the payment


def fold_trace(own: str, opener: str, ref: str, facts: Sequence[TraceFact]) -> KeptTrace:
    """Put a trace together.

    Args:
        own: This node.
        facts: Documents about the trace, in any order; they count by `seq`. Of two of one node with one id the first
            counts.
    """
    folding = _Folding(own=own, opener=opener)
    counts: dict[str, int] = {}
    seen: set[tuple[str, str]] = set()
    for fact in sorted(facts, key=lambda one: one.seq):
        counts[fact.node] = counts.get(fact.node, 0) + 1
        if (fact.node, fact.id) in seen:
            folding.pass_by(fact, "it was said under the id of an earlier document")
        elif counts[fact.node] > TRACE_DOCS_MAX:
            folding.pass_by(fact, "its author has said as much as counts")
        else:
            seen.add((fact.node, fact.id))
            folding.take(fact)
    return folding.whole(ref)


@dataclass(slots=True)
class _Folding:
    """The state while documents are taken one by one."""

    own: str
    opener: str
    opened: Opened | None = None
    rules: Rules | None = None
    incoming: dict[_Key, Incoming] = field(default_factory=dict)
    outgoing: dict[_Key, Outgoing] = field(default_factory=dict)
    parent: _Key | None = None
    ran: Ran | None = None
    stopped_by: str = ""
    stopped_why: str = ""
    idle: list[tuple[int, str]] = field(default_factory=list)

    def take(self, fact: TraceFact) -> None:
        """Take one document."""
        is_own, is_home = fact.node == self.own, fact.to == ""
        fits = is_own != (fact.to == self.own) and (is_own or not is_home)
        if not fits or (fact.what is not Told.STOPPED and is_home != (fact.what in HOME)):
            self.pass_by(fact, "it is between other nodes")
        elif why := _TAKES[fact.what, is_own](self, fact):
            self.pass_by(fact, why)

    def pass_by(self, fact: TraceFact, why: str) -> None:
        """Note what changes nothing."""
        self.idle.append((fact.seq, why))

    def begin(self, fact: TraceFact) -> str:
        """This node opened it."""
        if self.own != self.opener or self.opened is not None:
            return "the trace is another node's, or was opened before"
        self.opened = opened_of(fact.said)
        self.rules = self.opened.rules
        return ""

    def note_run(self, fact: TraceFact) -> str:
        """This node looked where the money is."""
        self.ran = ran_of(fact.said, at=fact.at)
        return ""

    def come(self, fact: TraceFact) -> str:
        """A payment was handed to this node."""
        handed = handed_of(fact.said)
        key = (fact.node, handed.reference)
        held = self.incoming.get(key)
        if held is not None and (held.stopped or handed.revision <= held.handed.revision):
            return "its author stopped it, or a revision as new as this came before"
        if held is None and sum(1 for node, _ in self.incoming if node == fact.node) >= HANDOFF_PAYMENTS_MAX:
            return "as many payments as count were handed on by its author"
        if self.own == self.opener and self.opened is None:
            return "no such trace was opened here"
        if self.rules not in (None, handed.rules):
            return "it follows the money by other rules than the trace"
        self.rules = handed.rules
        made = Incoming(node=fact.node, seq=fact.seq, at=fact.at, handed=handed, used=handed)
        self.incoming[key] = made if held is None else replace(made, kept=held.used, answer=held.answer)
        above = self.incoming.get(self.parent) if self.parent is not None else None
        if self.own != self.opener and (above is None or above.is_settled):
            self.parent = key
        return ""

    def hand(self, fact: TraceFact) -> str:
        """This node handed a payment on."""
        handed = handed_of(fact.said)
        held = self.outgoing.get((fact.to, handed.reference))
        if held is not None and handed.revision <= held.handed.revision:
            return "a revision as new as this was handed on before"
        self.outgoing[fact.to, handed.reference] = Outgoing(
            node=fact.to,
            seq=fact.seq,
            at=fact.at,
            by=fact.by,
            handed=handed,
            answer=None if held is None else held.answer,
        )
        return ""

    def answer(self, fact: TraceFact) -> str:
        """This node answered. What it refuses, it follows as it did before."""
        answer = answer_of(fact.said)
        held = self.incoming.get((fact.to, answer.reference))
        if held is None or answer.revision > held.handed.revision:
            return "no such payment was handed to this node"
        is_refused = answer.status is Status.REFUSED and answer.revision == held.handed.revision
        self.incoming[fact.to, answer.reference] = replace(
            held, answer=answer, used=held.kept if is_refused else held.used
        )
        return ""

    def hear(self, fact: TraceFact) -> str:
        """This node was answered."""
        answer = answer_of(fact.said)
        held = self.outgoing.get((fact.node, answer.reference))
        if held is None or answer.revision > held.handed.revision:
            return "no such payment was handed to its author"
        if held.answer is not None and answer.revision < held.answer.revision:
            return "a later revision was answered before"
        self.outgoing[fact.node, answer.reference] = replace(held, answer=answer)
        return ""

    def stop(self, fact: TraceFact) -> str:
        """This node follows it no longer."""
        if fact.to == "":
            self.stopped_by, self.stopped_why = fact.node, fact.said["why"]
        return ""

    def end(self, fact: TraceFact) -> str:
        """Who handed it to this node asks no more."""
        named = [key for key in self.incoming if key[0] == fact.node]
        for key in named:
            self.incoming[key] = replace(self.incoming[key], stopped=True)
        if named and self.opened is None and all(one.stopped for one in self.incoming.values()):
            self.stopped_by, self.stopped_why = fact.node, fact.said["why"]
        return "" if named else "nothing was handed on by its author"

    def whole(self, ref: str) -> KeptTrace:
        """What they come to."""
        return KeptTrace(
            opener=self.opener,
            ref=ref,
            stands=self._stands(),
            opened=self.opened,
            rules=self.rules,
            incoming=tuple(self.incoming.values()),
            outgoing=tuple(self.outgoing.values()),
            parent=self.parent,
            ran=self.ran,
            stopped_by=self.stopped_by,
            stopped_why=self.stopped_why,
            idle=tuple(self.idle),
        )

    def _stands(self) -> Stands:
        if self.stopped_by:
            return Stands.STOPPED
        if self.ran is None:
            return Stands.OPEN
        waits = self.ran.to_hand or self.ran.to_answer
        is_settled = [one.is_settled for one in self.incoming.values()]
        is_settled += [one.is_settled for one in self.outgoing.values()]
        if waits or not all(is_settled):
            return Stands.OUTSTANDING
        return Stands.FINAL


_Take = Callable[[_Folding, TraceFact], str]
_TAKES: Final[Mapping[tuple[Told, bool], _Take]] = {
    (Told.OPENED, True): _Folding.begin,
    (Told.RAN, True): _Folding.note_run,
    (Told.HANDED, True): _Folding.hand,
    (Told.HANDED, False): _Folding.come,
    (Told.TRACED, True): _Folding.answer,
    (Told.TRACED, False): _Folding.hear,
    (Told.STOPPED, True): _Folding.stop,
    (Told.STOPPED, False): _Folding.end,
}
