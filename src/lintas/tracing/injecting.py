# SPDX-License-Identifier: Apache-2.0
"""What nodes on the other side of a border say of payments that came from there, matched with our own rows.

Source: docs/spec/tracing.md, rules T1 and T11.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from lintas.limits import PAYMENT_MINOR_MAX
from lintas.model.money import NEVER, Injected, Leg, Method, Segment, TraceQuery, country_of
from lintas.tracing.joining import TWO_DAYS_US, Payments
from lintas.tracing.pots import clean, cut, merged
from lintas.tracing.seeding import ANY_LABEL
from lintas.tracing.settling import Move, is_foreign

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
    for reference, one in sorted(_newest(query).items()):
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


def _newest(query: TraceQuery) -> dict[str, Injected]:
    """Give of each payment what counts: the highest revision, of equals the first."""
    newest: dict[str, Injected] = {}
    for one in query.injected:
        held = newest.get(one.payment)
        if held is None or one.revision > held.revision:
            newest[one.payment] = one
    return newest


def clocked(payments: Payments, query: TraceQuery) -> Payments:
    """T1 over a border: where the payer's bank booked a payment later than ours by its clock, the later time counts.

    Otherwise this node would put it elsewhere among the other bookings of its account than the node that it came from.
    Gives the same payments where no clock differs.
    """
    if query.backward or not query.injected:
        return payments
    told = {reference: one for reference, one in _newest(query).items() if one.debit_at != NEVER}
    debits: dict[int, int] = {}
    objections: list[str] = []
    for reference, numbers in payments.find(told).items():
        moment = told[reference].debit_at
        number = next((one for one in numbers if _comes_from_abroad(payments, one, query)), None)
        if number is None:
            continue
        debit_at, credit_at = int(payments.debit_at[number]), int(payments.credit_at[number])
        counted = max(debit_at, credit_at)  # a time that is unknown is less than all others
        if counted == NEVER or max(moment, credit_at) == counted:
            continue
        if abs(moment - counted) > TWO_DAYS_US:
            objections.append(f"payment {reference}: the time that is said of its debit cannot be that of this payment")
            continue
        debits[number] = moment
    if not debits and not objections:
        return payments
    moments = payments.debit_at.copy()
    moments[list(debits)] = list(debits.values())
    return replace(payments, debit_at=moments, objections=(*payments.objections, *objections))


def _comes_from_abroad(payments: Payments, number: int, query: TraceQuery) -> bool:
    """Whether a payment is credited here, and when it was debited is for others to say."""
    words = payments.table.words
    payer, payee = words[payments.payer[number]], words[payments.payee[number]]
    knows = int(payments.legs[number]) & Leg.PAYER and payments.debit_at[number] != NEVER
    return bool(payee) and not is_foreign(payee, query.own) and not knows and country_of(payer) not in query.own


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
