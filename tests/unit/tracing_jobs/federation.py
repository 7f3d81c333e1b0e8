# SPDX-License-Identifier: Apache-2.0
"""Nodes that hand each other what they follow, without network, disk or clock: for laws that hold for all ledgers.

Each node has the rows of its own banks, and says what the node of the product would say: the same fold, run, plan and
documents. Documents of one node to another keep their order; between the others any order is drawn.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from lintas.formats.desk import encode_doc, parse_doc
from lintas.formats.desk.trace_fields import answer_said, handed_said, opened_said, ran_said
from lintas.formats.law import HandOffRow
from lintas.model.desk import DeskDoc, Doc
from lintas.model.desk_ref import make_ref
from lintas.model.ids import MessageId
from lintas.model.kept_trace import Handed, KeptTrace, Opened, Ran, Rules, Told, TraceFact
from lintas.model.money import LedgerRows, Method, Seed, TraceResult
from lintas.tracing.reference import trace as trace_slowly
from lintas.tracing.table import from_rows
from lintas.views.trace_fold import fold_trace
from lintas.views.trace_plan import Place, disowned, plan, refusals
from lintas.views.trace_result import has_several, outcome_of, query_of

OPEN: Final = HandOffRow(
    is_unattended=True,
    source="invented for tests",
    confirmed=True,
    per_day=10**9,
    revisions=10_000,
    hops=100,
    rounds=100,
)
REF: Final = make_ref("MY", Doc.TRACE, bytes)
AT: Final = "2026-01-02T00:00:00.000Z"
Tracer = Callable[[Sequence[tuple[str, LedgerRows]], Any], TraceResult]


def node_of(country: str) -> str:
    """The node of a country."""
    return "lintas:" + country.lower() * 26


def slowly(rows: Sequence[tuple[str, LedgerRows]], query: Any) -> TraceResult:
    """The tracer that is written from the rules."""
    return trace_slowly(from_rows(rows), query)


@dataclass(slots=True, kw_only=True)
class Member:
    """One node."""

    country: str
    rows: list[tuple[str, LedgerRows]]  # (message, its rows)
    law: HandOffRow = OPEN
    facts: list[TraceFact] = field(default_factory=list)
    result: TraceResult | None = None
    lies: Callable[[Handed], Handed] | None = None  # what it says in place of what it should

    @property
    def id(self) -> str:
        """Its node id."""
        return node_of(self.country)


@dataclass(slots=True, kw_only=True)
class Federation:
    """All nodes, and what is on its way between them."""

    members: dict[str, Member]  # node -> member
    opener: str
    random: Random
    tracer: Tracer = slowly
    on_way: dict[tuple[str, str], list[tuple[str, dict[str, Any]]]] = field(default_factory=dict)
    said: int = 0
    documents: list[tuple[str, bytes]] = field(default_factory=list)

    @classmethod
    def of(cls, rows: Mapping[str, Sequence[tuple[str, LedgerRows]]], opener: str, random: Random) -> "Federation":
        """Nodes of countries, each with rows."""
        members = [Member(country=country, rows=list(one)) for country, one in rows.items()]
        return cls(members={one.id: one for one in members}, opener=node_of(opener), random=random)

    def trace_at(self, member: Member) -> KeptTrace:
        """What the trace comes to at a node."""
        return fold_trace(member.id, self.opener, REF, member.facts)

    def open(self, seeds: Sequence[Seed], method: Method, *, depth: int = 0, labels: bool = False) -> None:
        """Follow money from the opener on."""
        rules = Rules(method=method, depth=depth, labels=labels)
        opened = Opened(rules=rules, seeds=tuple(seeds))
        self.say(self.members[self.opener], "", Told.OPENED, opened_said(opened))

    def say(self, member: Member, to: str, what: Told, fields: dict[str, Any]) -> None:
        """Let a node say something: it goes through bytes, as between real nodes."""
        self.said += 1
        doc = DeskDoc(
            Doc.TRACE,
            REF,
            f"{self.said:032x}",
            (),
            "node:self",
            AT,
            {"opener": self.opener, "what": what.value, "to": to, "fields": fields},
        )
        raw = encode_doc(doc)
        if to:
            self.documents.append((member.id, raw))
        self._take(member, member.id, raw)
        if to:
            self.on_way.setdefault((member.id, to), []).append((doc.id, json.loads(raw)))

    def _take(self, member: Member, node: str, raw: bytes) -> None:
        doc = parse_doc(raw)
        member.facts.append(
            TraceFact(
                seq=len(member.facts),
                message=MessageId(doc.id * 2),
                node=node,
                to=doc.said["to"],
                id=doc.id,
                what=Told(doc.said["what"]),
                by=doc.by,
                at=doc.at,
                said=doc.said["fields"],
            )
        )

    def deliver(self) -> Member | None:
        """Let one document arrive; says where. None when nothing is on its way."""
        waiting = sorted(key for key, docs in self.on_way.items() if docs)
        if not waiting:
            return None
        node, to = self.random.choice(waiting)
        _, value = self.on_way[node, to].pop(0)
        member = self.members.get(to)
        if member is not None:
            self._take(member, node, json.dumps(value).encode())
        return member

    def advance(self, member: Member) -> None:
        """Let a node look at the trace, and say what there is to say."""
        peers = {node: one.country for node, one in self.members.items() if node != member.id}
        place = Place(law=member.law, country=member.country, peers=peers, spent={}, arrived={}, is_person=False)
        for node, answer in refusals(self.trace_at(member), place):
            self.say(member, node, Told.TRACED, answer_said(answer))
        while True:
            trace = self.trace_at(member)
            if not trace.is_here:
                return
            result = self.tracer(member.rows, query_of(trace, member.country))
            refused = disowned(trace, result, place)
            for node, answer in refused:
                self.say(member, node, Told.TRACED, answer_said(answer))
            if not refused:
                break
        split = (
            self.tracer(member.rows, query_of(trace, member.country, by_source=True)) if has_several(trace) else None
        )
        outcome = outcome_of(trace, result, split, member.country)
        planned = plan(trace, outcome, place)
        member.result = result
        for node, handed in planned.hands:
            said = handed if member.lies is None else member.lies(handed)
            self.say(member, node, Told.HANDED, handed_said(said))
        for node, answer in planned.answers:
            self.say(member, node, Told.TRACED, answer_said(answer))
        ran = Ran(
            viewer="officer-0001",
            at=AT,
            rows=result.rows,
            payments=result.payments,
            accounts=result.accounts,
            conserved=result.conserved,
            digest=outcome.digest,
            totals=outcome.totals,
            to_hand=planned.to_hand,
            to_answer=planned.to_answer,
        )
        self.say(member, "", Told.RAN, ran_said(ran))

    def run(self, *, most: int = 20_000) -> int:
        """Go on until nothing is on its way; says after how many documents."""
        self.advance(self.members[self.opener])
        count = 0
        dirty: list[Member] = []
        while True:
            member = self.deliver()
            if member is not None:
                count += 1
                assert count < most, "nodes that keep to the rules come to an end"
                if member not in dirty:
                    dirty.append(member)
                if self.random.random() < 0.5:
                    continue  # several may come before a node looks
            if dirty:
                self.advance(dirty.pop(self.random.randrange(len(dirty))))
            elif member is None:
                return count
