# SPDX-License-Identifier: Apache-2.0
"""Go on with a kept trace: run it, hand on what may go, answer what was handed here. The one way for people and node.

What is true if we die: nothing is written before the one transaction that ends a step; in it stand what was run,
each payment that was handed on with its place in the other node's stream, and each answer, or none of them. Whoever
looks next finds the same documents, runs the same trace and does what was left. Budgets are counted from the documents
themselves, in the same transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from lintas.errors import NodeBusy, NotAllowed
from lintas.formats.desk.trace_fields import answer_said, handed_said, ran_said
from lintas.limits import DESK_SAY_TRIES_MAX
from lintas.model.desk import Doc
from lintas.model.header import Mode
from lintas.model.kept_trace import Answer, KeptTrace, Ran, Stands, Told
from lintas.model.marking import Tlp
from lintas.model.money import TraceResult
from lintas.model.peering import Standing
from lintas.model.scope import Scope
from lintas.model.trace_found import TraceHead
from lintas.model.viewer import Viewer
from lintas.policy.access import scope_of_kept
from lintas.ports.store import Snapshot, Transaction
from lintas.views.trace_plan import Place, Plan, disowned, plan, refusals
from lintas.views.trace_result import Outcome, has_several, outcome_of, query_of
from lintas.work.desk import Draft, Written, prepare_doc, send_in, write_in
from lintas.work.lists import follow_in
from lintas.work.services import Services, as_text
from lintas.work.streams import SELF
from lintas.work.tracing_jobs.standing import trace_in
from lintas.work.tracing_jobs.tracing import trace_once

HANDS: Final = "trace.hand_off"
TOPICS: Final = ("log", "streams", "traces")


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Who goes on with a trace: a person, or the node with what a person may see."""

    reader: Viewer  # with whose rights it is run
    person: Viewer | None = None  # who releases what goes; None: the node, as far as the law pack lets it
    runs: bool = True  # False: it only refuses what may not be followed
    named: Mapping[str, str] = field(default_factory=dict)  # payment or country -> node that the person chose
    only: frozenset[str] = frozenset()  # payments that the person releases; empty: all
    purpose: str = ""
    basis: str = ""

    @property
    def by(self) -> str:
        """Who writes the documents."""
        return self.person.id if self.person is not None else SELF


@dataclass(frozen=True, slots=True, kw_only=True)
class Advanced:
    """What a step came to."""

    trace: KeptTrace
    result: TraceResult | None = None  # None: nothing is followed here
    outcome: Outcome | None = None
    plan: Plan | None = None


class _Moved(Exception):
    """Something was said of the trace meanwhile, or a budget was used."""


class _Stays(Exception):
    """The release decision keeps something here."""

    def __init__(self, key: str, decision: tuple[str, str]) -> None:
        super().__init__(key)
        self.key, self.decision = key, decision


def advance(services: Services, head: TraceHead, speaker: Speaker) -> Advanced:
    """Run a trace, and say what there is to say.

    Raises:
        NotAllowed: The speaker may not.
        NotInstalled: What tracing needs is not installed.
        NodeBusy: Others say so much of this trace that nothing could be said between.
    """
    stays: dict[str, tuple[str, str]] = {}
    for _ in range(DESK_SAY_TRIES_MAX):
        try:
            done = _step(services, head, speaker, stays)
        except _Moved:
            continue
        except _Stays as exc:
            stays[exc.key] = exc.decision
            continue
        if done is not None:
            return done
    raise NodeBusy("So much is said of this trace that nothing could be said between.", hint="Try it again.")


def run_in_name(
    services: Services, trace: KeptTrace, reader: Viewer, *, within: Scope | None = None
) -> tuple[TraceResult, Outcome]:
    """Run a trace with what one reader may see.

    Args:
        within: Of it, what this scope shows; None: all, for the eyes of the reader alone.
    """
    country = services.config.country
    result = trace_once(services, reader, query_of(trace, country), within=within)
    by_source = None
    if has_several(trace):
        by_source = trace_once(services, reader, query_of(trace, country, by_source=True), within=within)
    return result, outcome_of(trace, result, by_source, country)


def _step(
    services: Services, head: TraceHead, speaker: Speaker, stays: Mapping[str, tuple[str, str]]
) -> Advanced | None:
    """One round; None when there was something to refuse first, and the rest is to be looked at anew."""

    def look(snapshot: Snapshot) -> tuple[KeptTrace, Place, int, Scope]:
        trace = trace_in(services, snapshot, head)
        lists = frozenset(snapshot.lists_on(head.seq))
        within = scope_of_kept(services.packs.access, speaker.reader, lists)
        return trace, place_of(services, snapshot, trace, speaker, stays), _mark(snapshot, head), within

    trace, place, mark, within = services.store.read(look)
    refused = refusals(trace, place)
    if refused:
        _refuse(services, head, speaker, refused, mark)
        return None
    if not speaker.runs or not trace.is_here or trace.stands is Stands.STOPPED:
        return Advanced(trace=trace)
    result, outcome = run_in_name(services, trace, speaker.reader, within=within)
    if refused := disowned(trace, result, place):
        _refuse(services, head, speaker, refused, mark)
        return None
    planned = plan(trace, outcome, place)
    answers = [(node, one) for node, one in planned.answers if _key(node, one) not in stays]
    to_answer = planned.to_answer + len(planned.answers) - len(answers)
    drafts = [_draft(head, Told.HANDED, handed_said(one), speaker, to=node) for node, one in planned.hands]
    drafts += [_draft(head, Told.TRACED, answer_said(one), speaker, to=node) for node, one in answers]
    ran = _ran(services, speaker, result, outcome, to_hand=planned.to_hand, to_answer=to_answer)
    if trace.ran is None or _differs(trace.ran, ran):
        drafts.append(_draft(head, Told.RAN, ran_said(ran), speaker))
    if drafts:
        _write(services, head, speaker, drafts, mark)
        trace = services.store.read(lambda snapshot: trace_in(services, snapshot, head))
    return Advanced(trace=trace, result=result, outcome=outcome, plan=replace(planned, to_answer=to_answer))


def _refuse(
    services: Services, head: TraceHead, speaker: Speaker, refused: Sequence[tuple[str, Answer]], mark: int
) -> None:
    """Refuse what is not followed here, so that the next round runs without it; it stands so, whether it may leave."""
    drafts = [_draft(head, Told.TRACED, answer_said(answer), speaker, to=node) for node, answer in refused]
    _write(services, head, speaker, drafts, mark, must_leave=False)


def _write(
    services: Services,
    head: TraceHead,
    speaker: Speaker,
    drafts: list[Draft],
    mark: int,
    *,
    must_leave: bool = True,
) -> None:
    """Write documents in one transaction, if nothing was said of the trace since `mark`.

    Args:
        must_leave: What may not leave is not written at all; False: it stands here all the same.
    """
    profile = services.packs.law.of(services.config.country)
    purpose, basis = speaker.purpose or profile.default_purpose, speaker.basis or profile.default_basis
    ready: list[tuple[Draft, Written]] = []
    for one in drafts:
        to = str(one.said["to"])
        goes = frozenset({to}) - {""}
        made = replace(one, to=goes, purposes=frozenset({purpose}) - {""}, bases=frozenset({basis}) - {""})
        ready.append((one, prepare_doc(services, made if goes else one)))

    def job(tx: Transaction) -> None:
        if _mark(tx, head) != mark:
            raise _Moved
        viewer = speaker.person or node_speaker(services, tx, head)
        for draft, written in ready:
            write_in(services, tx, written)
            follow_in(services, tx, head.message, [written.entry.id], by=speaker.by)
            to = str(draft.said["to"])
            if not to:
                continue
            try:
                send_in(services, tx, viewer, written.entry.id, to=to, activity=HANDS, purpose=purpose, basis=basis)
            except NotAllowed as exc:
                if must_leave:
                    raise _Stays(_key_of(draft), (exc.rule or "release", exc.message)) from exc

    services.store.write(job)
    for topic in TOPICS:
        services.events.publish(topic)


def node_speaker(services: Services, snapshot: Snapshot, head: TraceHead) -> Viewer:
    """The node as it passes on what the law pack lets it; it sees what this one trace is restricted to."""
    lists = frozenset(snapshot.lists_on(head.seq))
    return Viewer(id=SELF, clearance=Tlp.RED, role=min(services.packs.access.activities[HANDS].roles), lists=lists)


def place_of(
    services: Services,
    snapshot: Snapshot,
    trace: KeptTrace,
    speaker: Speaker,
    stays: Mapping[str, tuple[str, str]],
) -> Place:
    """Where the node stands, for the plan of a trace."""
    own, today = services.keys.node, _today(services)
    size = snapshot.size()
    peers = {
        one.node: one.country
        for one in snapshot.peers()
        if one.standing is Standing.LIVE
        or (services.config.mode is Mode.EXERCISE and one.standing is Standing.UNVERIFIED)
    }
    return Place(
        law=services.packs.law.handoff_of(services.config.country),
        country=services.config.country,
        peers=peers,
        spent={node: snapshot.trace_spent(own, node, since=today, until=size) for node in peers},
        arrived={
            one.seq: snapshot.trace_spent(one.node, own, since=f"{one.at[:10]}T", until=one.seq)
            for one in trace.incoming
            if not one.is_settled
        },
        is_person=speaker.person is not None,
        countries={one.node: one.country for one in snapshot.peers()},
        named=speaker.named,
        only=speaker.only,
        kept=stays,
    )


def _mark(snapshot: Snapshot, head: TraceHead) -> int:
    """What changes whenever something is said of a trace."""
    now = snapshot.trace_of(head.opener, head.ref)
    return -1 if now is None else now.changed


def _today(services: Services) -> str:
    return as_text(services.clock.now())[:10] + "T"


def _draft(head: TraceHead, what: Told, fields: Mapping[str, Any], speaker: Speaker, *, to: str = "") -> Draft:
    said = {"opener": head.opener, "what": what.value, "to": to, "fields": dict(fields)}
    return Draft(doc=Doc.TRACE, ref=head.ref, said=said, by=speaker.by)


def _ran(
    services: Services, speaker: Speaker, result: TraceResult, outcome: Outcome, *, to_hand: int, to_answer: int
) -> Ran:
    return Ran(
        viewer=speaker.reader.id,
        at=as_text(services.clock.now()),
        rows=result.rows,
        payments=result.payments,
        accounts=result.accounts,
        conserved=result.conserved,
        digest=outcome.digest,
        totals=outcome.totals,
        to_hand=to_hand,
        to_answer=to_answer,
    )


def _differs(one: Ran, other: Ran) -> bool:
    return replace(one, at="") != replace(other, at="")


def _key(node: str, answer: Answer) -> str:
    return f"{node} {answer.reference}"


def _key_of(draft: Draft) -> str:
    fields = draft.said["fields"]
    if draft.said["what"] == Told.HANDED:
        return str(fields["payment"]["reference"])
    return f"{draft.said['to']} {fields['reference']}"
