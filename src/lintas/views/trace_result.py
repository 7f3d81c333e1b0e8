# SPDX-License-Identifier: Apache-2.0
"""What a run means to other nodes: payments over the border with what is in them, and what came of each that came.

Pure: a result and what was handed to this node -> what may be handed on and answered. Answers hold amounts by currency
and country alone. Where money came in by several payments, a second run that tells them apart by label says which
amounts are of which; its sums are those of the first.

Source: docs/spec/tracing-handoff.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

import msgspec

from lintas.limits import TRACE_LINES_MAX
from lintas.model.kept_trace import Answer, Handed, Incoming, KeptTrace, Rules, Status, Totals
from lintas.model.moments import moment_text, moment_us
from lintas.model.money import (
    NEVER,
    Channel,
    FlowLine,
    HeldLine,
    Injected,
    Knowledge,
    LeftLine,
    Seed,
    Segment,
    TraceQuery,
    TraceResult,
    country_of,
)
from lintas.policy.handoff import next_handed

OWN_SEEDS: Final = "0"  # label of what this node's own seeds put in, where the sources are told apart


def query_of(trace: KeptTrace, country: str, *, by_source: bool = False) -> TraceQuery:
    """What this node asks its ledger: its own seeds, and what was handed to it.

    Args:
        by_source: Tell apart by label by which payment the money came, and not of which seed it is.
    """
    assert trace.rules is not None, "nothing is followed here"
    rules, seeds = trace.rules, () if trace.opened is None else trace.opened.seeds
    sources = sources_of(trace)
    injected = [_injected(one, str(number) if by_source else "") for number, one in enumerate(sources, start=1)]
    return TraceQuery(
        seeds=tuple(_relabelled(one) for one in seeds) if by_source else seeds,
        method=rules.method,
        until=moment_us(rules.until) if rules.until else NEVER,
        depth=rules.depth,
        labels=rules.labels or by_source,
        own=(country,),
        injected=tuple(injected),
        lines_max=TRACE_LINES_MAX,
    )


def sources_of(trace: KeptTrace) -> list[Incoming]:
    """The payments that were handed to this node and are followed, in one order.

    Of several nodes that hand on the same payment the first counts, until it is known whose it is.
    """
    first: dict[str, Incoming] = {}
    for one in sorted(trace.incoming, key=lambda one: one.seq):
        if one.used is not None:
            first.setdefault(one.handed.reference, one)
    return sorted(first.values(), key=lambda one: one.key)


def has_several(trace: KeptTrace) -> bool:
    """Whether money came into this node in more ways than one, so that a run by source is needed."""
    return len(sources_of(trace)) + (trace.opened is not None) > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run means to other nodes."""

    border: tuple[Handed, ...]  # as each would be handed on now, in its next revision
    answers: tuple[tuple[str, Answer], ...]  # (node, answer); none of them final yet
    totals: tuple[Totals, ...]  # of all that is followed here
    digest: str


def outcome_of(trace: KeptTrace, result: TraceResult, by_source: TraceResult | None, country: str) -> Outcome:
    """Say what a run means.

    Args:
        by_source: The run of `query_of(by_source=True)`, where `has_several`.
        country: This node's.
    """
    assert trace.rules is not None, "nothing is followed here"
    assert (by_source is not None) == has_several(trace), "the second run stands beside the first exactly where needed"
    split = by_source or result
    sources = sources_of(trace)
    flows = {one.payment: one for one in split.flows}
    border = _border(trace, result, flows, sources, country)
    answers: list[tuple[str, Answer]] = []
    for number, one in enumerate(sources, start=1):
        label = str(number) if by_source is not None else None
        answers.append((one.node, _answer(one, split, flows, label, country)))
    came = _came(sources, flows)
    if trace.opened is not None:
        for leg in result.legs:
            came[leg.currency] = came.get(leg.currency, 0) + leg.seeded
    return Outcome(
        border=border,
        answers=tuple(answers),
        totals=_totals(split, flows, None, came, country),
        digest=sha256(msgspec.msgpack.encode(result)).hexdigest(),
    )


def _injected(one: Incoming, label: str) -> Injected:
    used = one.used
    assert used is not None, "only what is followed is a source"
    segments = used.segments
    if label:
        segments = tuple(Segment(part.minor, label if part.label else "", part.depth) for part in segments)
    return Injected(
        payment=used.reference,
        payer="",
        payee=used.payee,
        debit_at=moment_us(used.at) if used.at else NEVER,
        minor=used.minor,
        currency=used.asset,
        segments=segments,
        revision=used.revision,
    )


def _relabelled(seed: Seed) -> Seed:
    return msgspec.structs.replace(seed, label=OWN_SEEDS)


def _border(
    trace: KeptTrace,
    result: TraceResult,
    flows: Mapping[str, FlowLine],
    sources: Sequence[Incoming],
    country: str,
) -> tuple[Handed, ...]:
    """Payments over the border with what is in them now; those of which nothing is followed any more, too."""
    assert trace.rules is not None, "nothing is followed here"
    before = {one.handed.reference: one.handed for one in trace.outgoing}
    found: dict[str, Handed] = {}
    for flow in result.flows:
        there = country_of(flow.payee)
        if not flow.segments or there in ("", country):
            continue
        hops, rounds = _way(trace, flows.get(flow.payment), sources)
        found[flow.payment] = Handed(
            reference=flow.payment,
            minor=flow.minor,
            asset=flow.currency,
            payee=flow.payee,
            at=_moment(flow.at),
            segments=flow.segments,
            revision=1,
            hops=hops,
            rounds=rounds,
            rules=trace.rules,
        )
    for reference, one in before.items():
        if reference not in found and one.tainted:
            found[reference] = replace(one, segments=(Segment(one.minor, "", 0),))
    return tuple(next_handed(one, before.get(reference)) for reference, one in sorted(found.items()))


def _way(trace: KeptTrace, flow: FlowLine | None, sources: Sequence[Incoming]) -> tuple[int, int]:
    """How many borders the money in a payment has passed, and how often it came back to where it had been."""
    labels = {label for label, minor in flow.labels if minor} if flow is not None else set()
    used = [one for number, one in enumerate(sources, start=1) if str(number) in labels] if labels else list(sources)
    ways = [(one.used.hops, one.used.rounds + _came_back(trace, one)) for one in used if one.used is not None]
    if trace.opened is not None and (not ways or OWN_SEEDS in labels):
        ways.append((0, 0))
    return 1 + max((hops for hops, _ in ways), default=0), max((rounds for _, rounds in ways), default=0)


def _came_back(trace: KeptTrace, one: Incoming) -> int:
    """Whether the money had been at this node before it came by a payment."""
    assert one.used is not None, "only what is followed is a source"
    hops = one.used.hops
    return int(trace.opened is not None or any(other.used and other.used.hops < hops for other in trace.incoming))


def _answer(
    one: Incoming, result: TraceResult, flows: Mapping[str, FlowLine], label: str | None, country: str
) -> Answer:
    used = one.used
    assert used is not None, "only what is followed is answered so"
    flow = flows.get(used.reference)
    if flow is None and used.tainted:
        return Answer(reference=used.reference, revision=used.revision, status=Status.NOT_FOUND)
    came = {} if flow is None else {flow.credit_currency: flow.arrived}
    is_less = flow is not None and flow.credit_currency == used.asset and flow.credit_minor < used.minor
    return Answer(
        reference=used.reference,
        revision=used.revision,
        status=Status.CAPPED if is_less else Status.FOUND,
        totals=_totals(result, flows, label, came, country) if used.tainted else (),
    )


def _came(sources: Sequence[Incoming], flows: Mapping[str, FlowLine]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in sources:
        flow = flows.get(one.handed.reference)
        if flow is not None:
            found[flow.credit_currency] = found.get(flow.credit_currency, 0) + flow.arrived
    return found


def _totals(
    result: TraceResult, flows: Mapping[str, FlowLine], label: str | None, came: Mapping[str, int], country: str
) -> tuple[Totals, ...]:
    """Amounts by currency, of one source or of all."""
    sums: dict[str, dict[str, int]] = {asset: {"came": minor} for asset, minor in came.items() if minor}
    gone: dict[str, dict[str, int]] = {}

    def add(asset: str, name: str, minor: int) -> None:
        if minor:
            of = sums.setdefault(asset, {})
            of[name] = of.get(name, 0) + minor

    for held in result.held:
        minor, confirmed = _of_held(held, label)
        if not country_of(held.account) and held.channel == Channel.CHAIN:
            add(held.currency, "crypto", minor)
            continue
        add(held.currency, "still_here", minor)
        add(held.currency, "confirmed", confirmed)
        add(held.currency, "unknown", minor if held.knowledge is Knowledge.UNKNOWN else 0)
    for left in result.left:
        minor = _of_left(left, flows, label)
        there = country_of(left.to) if left.why == "border" else ""
        if there and there != country:
            add(left.currency, "came", 0)
            of = gone.setdefault(left.currency, {})
            of[there] = of.get(there, 0) + minor
        else:
            add(left.currency, _name_of(left, flows), minor)
    assets = sorted({*sums, *(asset for asset, of in gone.items() if any(of.values()))})
    zero = dict.fromkeys(("came", "still_here", "confirmed", "unknown", "cash", "crypto", "other"), 0)
    return tuple(
        Totals(
            asset=asset,
            **(zero | sums.get(asset, {})),
            gone_on=tuple(sorted((there, minor) for there, minor in gone.get(asset, {}).items() if minor)),
        )
        for asset in assets
    )


def _name_of(left: LeftLine, flows: Mapping[str, FlowLine]) -> str:
    if left.why == "cash":
        return "cash"
    flow = flows.get(left.payment)
    return "crypto" if left.why == "outside" and flow is not None and flow.channel == Channel.CHAIN else "other"


def _of_held(held: HeldLine, label: str | None) -> tuple[int, int]:
    """(minor, confirmed) of one source. Of what is confirmed of all, only what cannot be another's is its."""
    if label is None:
        return held.minor, held.confirmed
    minor = sum(part for one, part in held.labels if one == label)
    return minor, max(0, held.confirmed - (held.minor - minor))


def _of_left(left: LeftLine, flows: Mapping[str, FlowLine], label: str | None) -> int:
    """What of it is of one source, rounded down: no answer says more than its rows."""
    if label is None:
        return left.minor
    flow = flows.get(left.payment)
    if flow is None or not flow.tainted:
        return 0
    share = sum(part for one, part in flow.labels if one == label)
    return left.minor * share // flow.tainted


def _moment(us: int) -> str:
    try:
        return "" if us == NEVER else moment_text(us)
    except OverflowError:
        return ""


def rules_of(*, query: TraceQuery) -> Rules:
    """The rules of a query, as they travel."""
    return Rules(method=query.method, depth=query.depth, labels=query.labels, until=_moment(query.until))
