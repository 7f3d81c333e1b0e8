# SPDX-License-Identifier: Apache-2.0
"""Where things of a flow of money stand in its drawing: accounts as lanes by depth, payments between them by time.

Pure numbers: the template draws them, and says in words what each is. Time runs to the right; the distance between two
moments grows with the logarithm of the time between them, so that minutes and days fit one drawing. Widths are shares
of all that is followed in a currency. The table beside it has every fact that is drawn.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from math import log2
from typing import Final

from lintas.model.money import country_of
from lintas.model.money_answers import FlowShown, HeldShown, TraceShown

LANES_MAX: Final = 60  # accounts that are drawn; the table has all
FLOWS_MAX: Final = 240  # payments
_LANE: Final = 46.0  # height of an account
_HEAD: Final = 30.0  # of the times above
_LAYER: Final = 24.0  # of a layer's name
_LEFT: Final = 16.0
_RIGHT: Final = 150.0  # room for what is still there
_STEP: Final = 16.0  # least distance of two moments
_NARROW: Final = 780.0  # the moments are drawn apart when they need less
_WIDE: Final = 1_500.0  # and pushed together when they need more
_THICK: Final = 22.0  # all that is followed
_TICK: Final = 96.0  # least distance of two times that are written
_NAME: Final = 250.0  # room that an account's name needs

Key = tuple[str, str]  # account, or why the money left where there is none, and its currency


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """What an account holds of the money between two moments."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One account."""

    account: str  # empty where money left all accounts
    why: str  # of such: cash or outside
    country: str
    is_abroad: bool
    is_seed: bool
    name_x: float
    name_end: bool  # the name ends there
    y: float  # of its middle
    x: float
    end_x: float
    bands: tuple[Band, ...]
    held: tuple[int, ...]  # places in the trace's list of what is held
    knowledge: str  # of what is held; empty when nothing is


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """One payment."""

    flow: int  # place in the trace's list of payments
    path: str
    width: float
    knowledge: str  # confirmed | partly | inferred
    step: int  # which moment it began at
    border: str  # country that it went to; empty within one
    border_x: float
    border_y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """Accounts that are as many payments from where the money was first."""

    depth: int
    y: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """The whole."""

    width: float
    height: float
    layers: tuple[Layer, ...]
    lanes: tuple[Lane, ...]
    arrows: tuple[Arrow, ...]
    moments: tuple[str, ...]  # RFC 3339, one a step
    ticks: tuple[tuple[float, str], ...]  # where, and which moment
    accounts: int  # of all payments, drawn or not
    payments: int


def draw(trace: TraceShown, seeds: Iterable[str], own: str) -> Drawing | None:
    """Lay a trace out; None where nothing is followed.

    Args:
        seeds: Accounts that it began in.
        own: This node's country.
    """
    total = {one.currency: one.seeded_minor + one.injected_minor + one.converted_in_minor for one in trace.currencies}
    shares = [_share(flow.tainted_minor, total.get(flow.currency, 0)) for flow in trace.flows]
    kept = _kept(trace.flows, shares)
    first = frozenset(seeds)
    depths = _depths(trace, kept, first)
    if not depths:
        return None
    moments = sorted({at for place in kept for at in _times(trace.flows[place])})
    xs = _columns(moments)
    width = (xs[moments[-1]] if len(moments) > 1 else _LEFT + _NARROW) + _RIGHT
    layers, heights, height = _rows(depths, trace, kept)
    lanes = tuple(
        _lane(trace, account, heights[account], kept, xs, total, width, is_seed=account in first, own=own)
        for account in heights
    )
    arrows = tuple(
        _arrow(trace.flows[place], place, heights, xs, shares[place], moments)
        for place in sorted(kept, key=lambda one: -shares[one])
    )
    return Drawing(
        width=width,
        height=height,
        layers=layers,
        lanes=lanes,
        arrows=tuple(sorted(arrows, key=lambda one: (one.step, one.flow))),
        moments=tuple(moments),
        ticks=_ticks(moments, xs),
        accounts=len({name for flow in trace.flows for name in (flow.payer, flow.payee) if name}),
        payments=trace.flows_total,
    )


def knowledge_of(minor: int, confirmed: int) -> str:
    """How well an amount is known: what is confirmed of it in part is neither."""
    return "confirmed" if confirmed >= minor else "partly" if confirmed else "inferred"


def _share(minor: int, total: int) -> float:
    return min(1.0, minor / total) if total > 0 else 0.0


def _kept(flows: Sequence[FlowShown], shares: Sequence[float]) -> frozenset[int]:
    """The largest payments, as long as their accounts have room."""
    kept: set[int] = set()
    accounts: set[str] = set()
    for place in sorted(range(len(flows)), key=lambda one: (-shares[one], one))[:FLOWS_MAX]:
        ends = {_from(flows[place]), _to(flows[place])}
        if len(accounts | ends) <= LANES_MAX:
            accounts |= ends
            kept.add(place)
    return frozenset(kept)


def _from(flow: FlowShown) -> str:
    return flow.payer or "?in"


def _to(flow: FlowShown) -> str:
    """Where a payment goes: its account, or the way out of all of them."""
    return flow.payee or ("?cash" if flow.kind == "cash_out" else "?outside")


def _times(flow: FlowShown) -> tuple[str, str]:
    at = flow.at or flow.credit_at
    return at, max(at, flow.credit_at)


def _depths(trace: TraceShown, kept: frozenset[int], seeds: frozenset[str]) -> dict[str, int]:
    """Account -> fewest payments from where the money was first."""
    found: dict[str, int] = {}
    for place in kept:
        flow = trace.flows[place]
        for name, depth in ((_to(flow), flow.depth), (_from(flow), max(0, flow.depth - 1))):
            found[name] = min(depth, found.get(name, depth))
    for name in seeds:  # one that a peer handed on stands below whoever paid it
        found.setdefault(name, 0)
    for held in trace.held:
        if held.account not in found and len(found) < LANES_MAX:
            found[held.account] = held.depth
    return found


def _columns(moments: Sequence[str]) -> dict[str, float]:
    """Where each moment stands; the empty one, of payments without any time, comes first."""
    gaps = [0.0] * bool(moments)
    for before, after in pairwise(moments):
        seconds = (_moment(after) - _moment(before)).total_seconds() if before else 0.0
        gaps.append(_STEP * (1 + log2(1 + seconds / 60)))
    whole = sum(gaps)
    scale = min(max(1.0, _NARROW / whole), _WIDE / whole) if whole else 1.0
    found, x = {}, _LEFT
    for at, gap in zip(moments, gaps, strict=True):
        x += gap * scale
        found[at] = round(x, 1)
    return found


def _moment(at: str) -> datetime:
    return datetime.fromisoformat(at)


def _rows(
    depths: Mapping[str, int], trace: TraceShown, kept: frozenset[int]
) -> tuple[tuple[Layer, ...], dict[str, float], float]:
    came: dict[str, str] = {}
    for place in sorted(kept):
        flow = trace.flows[place]
        came.setdefault(_from(flow), _times(flow)[0])
        came.setdefault(_to(flow), _times(flow)[1])
    layers, heights, y = [], {}, _HEAD
    outs = [name for name in depths if name.startswith("?") and name != "?in"]
    for depth in sorted({depth for name, depth in depths.items() if name not in outs}):
        inside = sorted(
            (name for name, one in depths.items() if one == depth and name not in outs),
            key=lambda name: (came.get(name, ""), name),
        )
        layers.append(Layer(depth=depth, y=y, height=_LAYER + _LANE * len(inside)))
        y += _LAYER
        for name in inside:
            heights[name] = y + _LANE * 0.66
            y += _LANE
    if outs:
        layers.append(Layer(depth=-1, y=y, height=_LAYER + _LANE * len(outs)))
        y += _LAYER
        for name in sorted(outs):
            heights[name] = y + _LANE * 0.66
            y += _LANE
    return tuple(layers), heights, y + 8


def _lane(
    trace: TraceShown,
    name: str,
    y: float,
    kept: frozenset[int],
    xs: Mapping[str, float],
    total: Mapping[str, int],
    width: float,
    *,
    is_seed: bool,
    own: str,
) -> Lane:
    account = "" if name.startswith("?") else name
    held = tuple(place for place, one in enumerate(trace.held) if account and one.account == account)
    end = width - _RIGHT + 12
    changes = _changes(trace, name, kept, xs, total)
    start = sum(_share(trace.held[place].amount_minor, total.get(trace.held[place].currency, 0)) for place in held)
    start = max(0.0, start - sum(by for _, by in changes))
    first = min((x for x, _ in changes), default=_LEFT)
    country = country_of(account)
    is_late = first > max(width - _NAME, _NAME)
    return Lane(
        account=account,
        why=name[1:] if not account else "",
        country=country,
        is_abroad=bool(country) and country != own,
        is_seed=is_seed,
        name_x=round(min(first, width - 12), 1),
        name_end=is_late,
        y=y,
        x=first,
        end_x=end,
        bands=tuple(_bands(changes, start, y, end)) if account else (),
        held=held,
        knowledge=_worst([trace.held[place] for place in held]),
    )


def _changes(
    trace: TraceShown, name: str, kept: frozenset[int], xs: Mapping[str, float], total: Mapping[str, int]
) -> list[tuple[float, float]]:
    """When the money of an account changed, and by how much of all."""
    found: dict[float, float] = defaultdict(float)
    for place in kept:
        flow = trace.flows[place]
        left, came = (xs[at] for at in _times(flow))
        if _from(flow) == name:
            found[left] -= _share(flow.tainted_minor, total.get(flow.currency, 0))
        if _to(flow) == name:
            is_here = flow.arrived_minor and flow.credit_currency in total
            code = flow.credit_currency if is_here else flow.currency
            minor = flow.arrived_minor if is_here else flow.tainted_minor
            found[came] += _share(minor, total.get(code, 0))
    return sorted(found.items())


def _bands(changes: Sequence[tuple[float, float]], start: float, y: float, end: float) -> Iterable[Band]:
    now, x = start, _LEFT if start > 0 else 0.0
    for at, by in (*changes, (end, 0.0)):
        height = round(_THICK * min(1.0, now), 1)
        if height >= 0.1 and at > x:
            yield Band(x=round(x, 1), y=round(y - height / 2, 1), width=round(at - x, 1), height=max(1.5, height))
        now, x = max(0.0, now + by), at


def _worst(held: Sequence[HeldShown]) -> str:
    known = {one.knowledge for one in held}
    return next((one for one in ("unknown", "inferred", "confirmed") if one in known), "")


def _arrow(
    flow: FlowShown,
    place: int,
    heights: Mapping[str, float],
    xs: Mapping[str, float],
    share: float,
    moments: Sequence[str],
) -> Arrow:
    left, came = _times(flow)
    x1, y1, y2 = xs[left], heights[_from(flow)], heights[_to(flow)]
    x2 = max(xs[came], x1 + 10)
    middle = (x1 + x2) / 2 if x2 - x1 > 30 else x1 + 15
    if y1 == y2:  # to itself
        path = f"M{x1:.1f} {y1:.1f}C{x1 + 8:.1f} {y1 - 22:.1f} {x2 - 2:.1f} {y1 - 22:.1f} {x2:.1f} {y1:.1f}"
    else:
        path = f"M{x1:.1f} {y1:.1f}C{middle:.1f} {y1:.1f} {middle:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
    there = country_of(flow.payee)
    return Arrow(
        flow=place,
        path=path,
        width=round(max(1.5, _THICK * share), 1),
        knowledge=knowledge_of(flow.tainted_minor, flow.confirmed_minor),
        step=moments.index(left),
        border=there if there and there != country_of(flow.payer) else "",
        border_x=round((x1 + x2) / 2, 1),
        border_y=round((y1 + y2) / 2, 1),
    )


def _ticks(moments: Sequence[str], xs: Mapping[str, float]) -> tuple[tuple[float, str], ...]:
    found: list[tuple[float, str]] = []
    for at in moments:
        if not found or xs[at] - found[-1][0] >= _TICK:
            found.append((xs[at], at))
    return tuple(found)
