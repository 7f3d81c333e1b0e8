# SPDX-License-Identifier: Apache-2.0
"""In which order accounts are asked to be held: by what can be expected to be there still. Rule v1.

expected = confirmed x share(minutes since it was confirmed) + rest x share(minutes since its last credit)

`share` halves with each half-life of the channel by which the money came, and falls in a straight line between, in
whole parts per million, so that anybody can do the sum on paper. What is gone, and what no hold reaches, is not on the
list. Every part of the sum stands on the line; the list orders and proposes, and a person decides.

Source: docs/design/hold-list.md.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

from lintas.formats.recovery import Recovery
from lintas.model.money import NEVER, FlowLine, HeldLine, Knowledge, LeftLine, TraceResult, country_of

RULE: Final = "hold-list/1"
MILLION: Final = 1_000_000
_MINUTE: Final = 60 * 1_000_000  # microseconds
_HALVINGS_MAX: Final = 60  # beyond, no part of a million is left


class HoldLine(NamedTuple):
    """One account, with every part of the sum."""

    account: str
    country: str  # where it is kept; empty when the account does not say
    currency: str
    minor: int  # followed, and still there as far as the rows say
    confirmed: int  # of it
    knowledge: str
    channel: str
    half_life: int  # minutes
    half_life_confirmed: bool
    minutes_confirmed: int  # since the confirmed part was known to be there
    share_confirmed: int  # parts per million
    minutes: int  # since the last credit
    share: int  # parts per million, of the rest
    expected: int  # minor units
    place: int  # by the rule, from 1

    @property
    def in_words(self) -> str:
        """The sum, as a person would check it."""
        rest = self.minor - self.confirmed
        parts = []
        if self.confirmed:
            parts.append(f"{self.confirmed} x {_percent(self.share_confirmed)} after {self.minutes_confirmed} min")
        if rest or not parts:
            parts.append(f"{rest} x {_percent(self.share)} after {self.minutes} min")
        return f"{' + '.join(parts)} = {self.expected} (half gone in {self.half_life} min)"


def may_be_held(result: TraceResult) -> tuple[HeldLine, ...]:
    """What of a trace a hold may reach: money in accounts, and money that went over the border into an account there.

    Whether that is still in the account beyond, no row here says: it counts from its credit, and in the currency that
    it came in, where a row here tells that. A trace that looks backward reaches nothing: it says where money was.
    """
    if result.backward:
        return ()
    how = {flow.payment: flow for flow in result.flows}
    found = list(result.held)
    beyond: dict[tuple[str, str], HeldLine] = {}
    for left in result.left:
        if left.why != "border" or not left.to:
            continue
        flow = how.get(left.payment)
        at = left.at if flow is None else max(left.at, flow.at)
        currency, minor = _as_credited(left, flow)
        before = beyond.get((left.to, currency))
        is_larger = before is None or minor > before.minor
        channel = (flow.channel if flow is not None else "") if is_larger else before.channel if before else ""
        beyond[left.to, currency] = HeldLine(
            account=left.to,
            currency=currency,
            minor=minor + (before.minor if before else 0),
            confirmed=0,
            knowledge=Knowledge.UNKNOWN,
            balance=0,
            first_at=min(at, before.first_at) if before else at,
            last_at=max(at, before.last_at) if before else at,
            depth=min(flow.depth if flow else 0, before.depth) if before else (flow.depth if flow else 0),
            channel=channel,
        )
    return (*found, *beyond.values())


def _as_credited(left: LeftLine, flow: FlowLine | None) -> tuple[str, int]:
    """What came of money that went over the border, as a boundary is converted: rounded down."""
    if flow is None or flow.credit_minor <= 0 or flow.minor <= 0 or flow.credit_currency in ("", left.currency):
        return left.currency, left.minor
    return flow.credit_currency, left.minor * flow.credit_minor // flow.minor


def hold_list(
    held: Iterable[HeldLine], rule: Recovery, *, now: int, until: int = NEVER, sort: str = "rule"
) -> tuple[HoldLine, ...]:
    """Order accounts by what can be expected to be there.

    Args:
        now: Microseconds since 1970 UTC.
        until: Up to when the trace looked: what it calls confirmed was there then. NEVER: nothing tells.
        sort: `rule`; `amount`, `newest` or `account`, as an officer may want it; `off` leaves the trace's own order.

    Returns:
        One line an account and currency; `place` is always that of the rule.
    """
    made = [_line(one, rule, now, until) for one in held if one.minor > 0]
    ranked = sorted(made, key=lambda line: (-line.expected, -line.minor, line.account, line.currency))
    places = {(line.account, line.currency): place for place, line in enumerate(ranked, start=1)}
    lines = [line._replace(place=places[line.account, line.currency]) for line in made]
    if sort != "off":
        lines.sort(key=_ORDERS[sort])
    return tuple(lines)


SORTS: Final = ("rule", "amount", "newest", "account", "off")
_ORDERS: Final[Mapping[str, Callable[[HoldLine], tuple[int | str, ...]]]] = {
    "rule": lambda line: (line.place,),
    "amount": lambda line: (-line.minor, line.place),
    "newest": lambda line: (line.minutes, line.place),
    "account": lambda line: (line.account, line.currency),
}


def share_left(minutes: int, half_life: int) -> int:
    """How much is still there, in parts per million: halved each half-life, in a straight line between."""
    if half_life <= 0:
        return 0 if minutes > 0 else MILLION
    halvings, rest = divmod(max(0, minutes), half_life)
    if halvings >= _HALVINGS_MAX:
        return 0
    return (MILLION * (2 * half_life - rest)) // ((2 * half_life) << halvings)


def _line(held: HeldLine, rule: Recovery, now: int, until: int) -> HoldLine:
    half = rule.half_life(held.channel)
    confirmed = min(held.confirmed, held.minor) if held.knowledge is not Knowledge.UNKNOWN else 0
    since = _minutes(held.last_at, now)
    known_at = held.last_at if until == NEVER else max(held.last_at, min(until, now))
    since_known = _minutes(known_at, now)
    share, share_known = share_left(since, half.minutes), share_left(since_known, half.minutes)
    expected = (confirmed * share_known + (held.minor - confirmed) * share) // MILLION
    return HoldLine(
        account=held.account,
        country=country_of(held.account),
        currency=held.currency,
        minor=held.minor,
        confirmed=confirmed,
        knowledge=held.knowledge.value,
        channel=held.channel,
        half_life=half.minutes,
        half_life_confirmed=half.confirmed,
        minutes_confirmed=since_known,
        share_confirmed=share_known,
        minutes=since,
        share=share,
        expected=expected,
        place=0,
    )


def _minutes(at: int, now: int) -> int:
    return 0 if at == NEVER else max(0, now - at) // _MINUTE


def _percent(share: int) -> str:
    return f"{share // 10_000}.{share // 1_000 % 10} %"
