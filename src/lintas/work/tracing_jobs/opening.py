# SPDX-License-Identifier: Apache-2.0
"""Keep a trace: open one, look at it again, release what waits, stop it.

What is true if we die: `open_trace` has its document in the log before it runs anything; a trace that was opened and
not run is run when the node looks again. What a release does stands in one transaction: see `advancing`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lintas.errors import BadInput, NotAllowed, UnknownTerm
from lintas.formats.desk.trace_fields import opened_said
from lintas.limits import TRACE_DEPTH_MAX, TRACE_SEEDS_KEPT_MAX
from lintas.model.desk import Doc
from lintas.model.desk_ref import read_ref
from lintas.model.kept_trace import Opened, Rules, Stands, Told
from lintas.model.moments import moment_text
from lintas.model.money import NEVER, Method, Seed, TraceResult, country_of
from lintas.model.trace_answers import KeptTraceDone, KeptTraceShown, StayLine
from lintas.model.trace_found import TraceHead
from lintas.model.viewer import Viewer
from lintas.ports.store import Snapshot, Transaction
from lintas.views.trace_plan import Kept
from lintas.work.access import permit, record_access, scope_of
from lintas.work.cases.saying import case_or_unknown
from lintas.work.desk import Draft, new_ref, own_in, prepare_doc, send_in, write_in
from lintas.work.desk.writing import Written
from lintas.work.lists import follow_in
from lintas.work.services import Services
from lintas.work.sharing.naming import peers_called
from lintas.work.tracing_jobs.advancing import HANDS, TOPICS, Advanced, Speaker, advance, run_in_name
from lintas.work.tracing_jobs.seeds import Currencies, read_moment, read_seeds
from lintas.work.tracing_jobs.standing import shown_in, trace_in, trace_or_unknown
from lintas.work.tracing_jobs.tracing import known_accounts

KEEPS = "trace.keep"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A trace as a person wants it kept."""

    seeds: tuple[str, ...]  # ACCOUNT[@FROM][:AMOUNT]
    method: Method = Method.FIFO
    until: str = ""  # date (to its end) or RFC 3339
    depth: int = 0
    labels: bool = False
    currency: str = ""  # of the seeds' amounts
    title: str = ""
    case: str = ""  # reference
    request: str = ""
    report: str = ""


def open_trace(services: Services, viewer: Viewer, wanted: Wanted) -> KeptTraceDone:
    """Keep a trace, run it once, and hand on what the law pack lets the node hand on; on disk when this returns.

    An account may be followed of which no payment has come yet: the trace goes on when it does.

    Raises:
        NotAllowed: The policy refuses.
        BadInput: A seed, a time or a reference is none.
        UnknownTerm: There is no such case that the viewer may see.
        NotInstalled: What follows money is not installed here; the trace is kept all the same.
    """
    permit(services, viewer, KEEPS)
    scope = scope_of(services, viewer, "trace.read")
    opened = _opened(services, viewer, wanted)

    def look(snapshot: Snapshot) -> str:
        if opened.case:
            case_or_unknown(snapshot, opened.case, scope)
        return new_ref(services, snapshot, Doc.TRACE)

    ref = services.store.read(look)
    said = {"opener": services.keys.node, "what": Told.OPENED.value, "to": "", "fields": opened_said(opened)}
    written = prepare_doc(services, Draft(doc=Doc.TRACE, ref=ref, said=said, by=viewer.id))

    def job(tx: Transaction) -> TraceHead:
        write_in(services, tx, written)
        own_in(services, tx, written.entry.id, viewer.id)
        if opened.case:
            follow_in(services, tx, case_or_unknown(tx, opened.case, scope).message, [written.entry.id], by=viewer.id)
        head = tx.trace_of(services.keys.node, ref)
        assert head is not None, "it was just written"
        return head

    head = services.store.write(job)
    for topic in TOPICS:
        services.events.publish(topic)
    return _done(services, viewer, head, advance(services, head, Speaker(reader=viewer)))


def run_trace(services: Services, viewer: Viewer, trace: str) -> KeptTraceDone:
    """Run a trace with what this person may see; from then on the node looks again in their name.

    Raises:
        UnknownTerm: There is no such trace that this viewer may see.
        NotAllowed: The policy refuses.
        NotInstalled: What follows money is not installed here.
    """
    permit(services, viewer, KEEPS)
    head = _head(services, viewer, trace)
    return _done(services, viewer, head, advance(services, head, Speaker(reader=viewer)))


def release_trace(
    services: Services,
    viewer: Viewer,
    trace: str,
    *,
    payments: Sequence[str] = (),
    to: str = "",
    purpose: str = "",
    basis: str = "",
) -> KeptTraceDone:
    """Run a trace, hand on what waits at the border, and give the answers that wait, as a named person.

    Args:
        payments: References of those that are handed on; empty: all.
        to: Node that they go to, by id or name, where there are several of its country.
        purpose: Code; the law profile's usual one when empty.
        basis: Code of the legal basis; as above.

    Raises:
        UnknownTerm: There is no such trace that this viewer may see, or no such node.
        NotAllowed: The policy refuses.
        NotInstalled: What follows money is not installed here.
    """
    permit(services, viewer, HANDS)
    head = _head(services, viewer, trace)
    named: Mapping[str, str] = {}
    if to:
        (peer,) = services.store.read(lambda snapshot: peers_called(snapshot, [to]))
        named = {peer.country: peer.node}
    speaker = Speaker(reader=viewer, person=viewer, named=named, only=frozenset(payments), purpose=purpose, basis=basis)
    return _done(services, viewer, head, advance(services, head, speaker))


def look_at_trace(services: Services, viewer: Viewer, trace: str) -> tuple[KeptTraceShown, TraceResult | None]:
    """Run a trace with what this person may see, and write nothing of it; None where nothing is followed here.

    Raises:
        UnknownTerm: There is no such trace that this viewer may see.
        NotAllowed: The policy refuses.
        NotInstalled: What follows money is not installed here.
    """
    head = _head(services, viewer, trace)
    kept = services.store.read(lambda snapshot: trace_in(services, snapshot, head))
    shown = services.store.read(lambda snapshot: shown_in(services, snapshot, head))
    record_access(services, viewer, "trace", {"ref": head.ref}, [head.message])
    return shown, run_in_name(services, kept, viewer)[0] if kept.is_here else None


def stop_trace(services: Services, viewer: Viewer, trace: str, *, why: str = "") -> KeptTraceDone:
    """Follow it no longer: whoever it was handed to is told, and what was handed here is refused.

    Args:
        why: Code, or empty.

    Raises:
        UnknownTerm: There is no such trace that this viewer may see.
        NotAllowed: The policy refuses, or it was stopped already.
    """
    permit(services, viewer, HANDS)
    head = _head(services, viewer, trace)
    kept = services.store.read(lambda snapshot: trace_in(services, snapshot, head))
    if kept.stands is Stands.STOPPED:
        raise NotAllowed("It was stopped already.", rule="stopped")
    told = sorted({one.node for one in kept.outgoing})
    profile = services.packs.law.of(services.config.country)
    written: list[tuple[str, Written]] = []
    for node in ("", *told):
        said = {"opener": head.opener, "what": Told.STOPPED.value, "to": node, "fields": {"why": why}}
        purposes, bases = frozenset({profile.default_purpose}) - {""}, frozenset({profile.default_basis}) - {""}
        draft = Draft(doc=Doc.TRACE, ref=head.ref, said=said, by=viewer.id)
        if node:
            draft = replace(draft, to=frozenset({node}), purposes=purposes, bases=bases)
        written.append((node, prepare_doc(services, draft)))

    def job(tx: Transaction) -> list[str]:
        unsent = []
        for node, one in written:
            write_in(services, tx, one)
            follow_in(services, tx, head.message, [one.entry.id], by=viewer.id)
            if node:
                try:
                    send_in(services, tx, viewer, one.entry.id, to=node, activity=HANDS)
                except NotAllowed as exc:
                    unsent.append(exc.message)  # it is stopped here all the same, and they are told why not
        return unsent

    unsent = services.store.write(job)
    for topic in TOPICS:
        services.events.publish(topic)
    done = _done(services, viewer, head, advance(services, head, Speaker(reader=viewer, person=viewer)))
    return KeptTraceDone(shown=done.shown, answered=done.answered, objections=unsent)


def _opened(services: Services, viewer: Viewer, wanted: Wanted) -> Opened:
    if len(wanted.seeds) > TRACE_SEEDS_KEPT_MAX:
        raise BadInput(f"A kept trace has at most {TRACE_SEEDS_KEPT_MAX} seeds.")
    if not 0 <= wanted.depth <= TRACE_DEPTH_MAX:
        raise BadInput(f"Money is followed over at most {TRACE_DEPTH_MAX:,} payments.")
    known = known_accounts(services, viewer)
    try:
        seeds = read_seeds(wanted.seeds, known, currency=wanted.currency)
    except UnknownTerm:
        seeds = read_seeds(wanted.seeds, _or_to_come(known, wanted.currency), currency=wanted.currency)
    own = services.config.country
    if abroad := [one.account for one in seeds if country_of(one.account) not in ("", own)]:
        raise BadInput(
            f"The account {abroad[0]:.80} is kept in another country.",
            hint="Follow the account here that paid it: its own node goes on.",
        )
    until = read_moment(wanted.until, is_end=True)
    return Opened(
        rules=Rules(
            method=wanted.method,
            depth=wanted.depth,
            labels=wanted.labels,
            until="" if until == NEVER else moment_text(until),
        ),
        seeds=seeds,
        title=wanted.title.strip(),
        case=read_ref(wanted.case) if wanted.case else "",
        request=read_ref(wanted.request) if wanted.request else "",
        report=read_ref(wanted.report) if wanted.report else "",
    )


def _or_to_come(known: Currencies, currency: str) -> Currencies:
    """Accounts as they are known, and others as if they were: their payments are to come."""

    def found(names: Sequence[str]) -> Mapping[str, Sequence[str]]:
        held = known(names)
        return {name: held.get(name) or (currency.upper(),) for name in names}

    return found


def _head(services: Services, viewer: Viewer, trace: str) -> TraceHead:
    scope = scope_of(services, viewer, "trace.read")
    return services.store.read(lambda snapshot: trace_or_unknown(snapshot, trace, scope))


def _done(services: Services, viewer: Viewer, head: TraceHead, done: Advanced) -> KeptTraceDone:
    shown = services.store.read(lambda snapshot: shown_in(services, snapshot, head))
    record_access(services, viewer, "trace", {"ref": head.ref}, [head.message])
    if done.plan is None or done.result is None:
        return KeptTraceDone(shown=shown)
    return KeptTraceDone(
        shown=shown,
        handed=[one.reference for _, one in done.plan.hands],
        answered=[one.reference for _, one in done.plan.answers],
        kept=[stay_line(one) for one in done.plan.kept],
        limits=list(done.result.limits),
        objections=list(done.result.objections),
    )


def stay_line(one: Kept) -> StayLine:
    """A payment over the border that is not handed on, as pages and verbs show it."""
    return StayLine(
        reference=one.handed.reference,
        payee=one.handed.payee,
        country=country_of(one.handed.payee),
        minor=one.handed.minor,
        asset=one.handed.asset,
        tainted=one.handed.tainted,
        rule=one.rule,
        reason=one.reason,
        waits=one.waits,
    )


__all__ = [
    "KEEPS",
    "Seed",
    "Wanted",
    "look_at_trace",
    "open_trace",
    "release_trace",
    "run_trace",
    "stay_line",
    "stop_trace",
]
