# SPDX-License-Identifier: Apache-2.0
"""What nodes on the other side of a border say of payments that came from there, matched with our own rows.

Source: docs/spec/tracing.md, rule T11.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from lintas.limits import PAYMENT_MINOR_MAX
from lintas.model.money import Injected, Leg, Method, Segment, TraceQuery, country_of
from lintas.tracing.pots import clean, cut, merged
from lintas.tracing.seeding import ANY_LABEL
from lintas.tracing.settling import Move

_DEPTH_MAX: Final = 10**6  # payments from a seed that another node may say; more is no trace


class Brought(NamedTuple):
    """The whole of a payment as it left the other side, in its order."""

    segments: tuple[Segment, ...]
    currency: str


@dataclass(slots=True, kw_only=True)
class Injections:
    """What is injected, by payment."""

    by_payment: dict[int, Brought] = field(default_factory=dict)
    objections: list[str] = field(default_factory=list)


def injections(
    query: TraceQuery, find: Callable[[str], Iterable[int]], move_of: Callable[[int], Move | None]
) -> Injections:
    """Match what is said with our rows; a payment that is injected no longer takes anything from a pot of ours."""
    found = Injections()
    if not query.injected:
        return found
    newest: dict[str, Injected] = {}
    for one in query.injected:
        held = newest.get(one.payment)
        if held is None or one.revision > held.revision:
            newest[one.payment] = one
    for reference, one in sorted(newest.items()):
        told = [move for number in find(reference) if (move := move_of(number)) is not None]
        matches = [move for move in told if move.target is not None and move.is_in_time]
        if not matches:
            found.objections.append(f"no row of ours tells that payment {reference} arrived")
            continue
        move = matches[0]
        if country_of(move.payer) in query.own and move.payer:
            found.objections.append(
                f"payment {reference} left an account of ours: what another node says of it is void"
            )
            continue
        move.source = None
        found.by_payment[move.number] = Brought(_whole(one, move, found, query), one.currency)
    return found


def _whole(one: Injected, move: Move, found: Injections, query: TraceQuery) -> tuple[Segment, ...]:
    """Fit the segments to the whole of the debit: what the other side says it is, or our own row of its bank."""
    whole = min(max(one.minor, 0), PAYMENT_MINOR_MAX)
    if move.legs & Leg.PAYER and move.is_known and move.debit_currency == one.currency:
        whole = move.debit
    told = [
        Segment(part.minor, (part.label if query.labels else ANY_LABEL), min(max(part.depth, 0), _DEPTH_MAX))
        if part.label and not (query.depth and part.depth > query.depth)
        else Segment(part.minor, "", 0)
        for part in one.segments
        if part.minor > 0
    ]
    total = sum(part.minor for part in told)
    if total > whole:
        found.objections.append(f"payment {one.payment}: {total} is said of it, and it left with {whole}: capped")
    first, _ = cut(told, whole)
    followed = [part for part in first if part.label]
    if query.method is Method.POISON and followed:
        return (Segment(whole, followed[0].label, min(part.depth for part in followed)),)
    return tuple(merged([*first, *clean(whole - sum(part.minor for part in first))]))
