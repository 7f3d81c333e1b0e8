# SPDX-License-Identifier: Apache-2.0
"""The scenario golden-hours: victims pay, mules pass on within minutes, and desks have an hour.

Source: docs/spec/exercises.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from lintas.errors import BadInput
from lintas.exercises.background import HOUR, live
from lintas.exercises.books import Books
from lintas.exercises.cast import Cast, in_order, whole
from lintas.exercises.dice import Dice
from lintas.exercises.injects import Injected, inject
from lintas.exercises.lands import LANDS, LARGER, USUAL
from lintas.exercises.network import MINUTE, Network, recruit, run_off, take_in
from lintas.exercises.world import Account, Inject, Report, Role, World
from lintas.limits import EXERCISE_SCALE_MAX

SCENARIO: Final = "golden-hours"
FIRST_DAY: Final = 1_772_409_600  # 2 March 2026, 00:00 UTC
_DAY_S: Final = 86_400
_BEFORE_S: Final = 30 * HOUR  # of ordinary life, before the first victim pays
_AFTER_S: Final = 5 * HOUR
_WITHIN_MINUTES: Final = 120  # all crimes begin
_KINDS: Final = ("official_call", "investment", "job")
_LOSSES: Final = (4, 22)  # times a month's least salary, of each payment of a victim


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is wanted."""

    seed: int
    scale: int = 1
    nodes: tuple[str, ...] = ()  # countries; empty: the usual four, more of them from scale 3 on
    injects: tuple[Inject, ...] = ()
    starts_at: int = 0  # when the first victim pays; 0: a day and hour by the seed
    bases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # of the law pack: `SG>MY` -> codes


def make_world(order: Order) -> World:
    """Make everything that happens.

    Raises:
        BadInput: A country or an inject cannot be had, or the scale is out of range.
    """
    nodes = _nodes(order)
    dice = Dice(f"{SCENARIO}/{order.seed}/{order.scale}/{','.join(nodes)}")
    first = order.starts_at or FIRST_DAY + dice.below(28) * _DAY_S + dice.between(1, 9) * HOUR
    cast = Cast(dice.fork("cast"))
    live(cast, dice.fork("life"), nodes, order.scale, start=first - _BEFORE_S, end=first + _AFTER_S)
    draft = Injected(order.injects, nodes, first)
    for number in range(1, 2 + order.scale):
        _crime(cast, dice.fork(f"network {number}"), draft, number, first)
    inject(cast, dice.fork("injects"), draft)
    planned = World(
        scenario=SCENARIO,
        seed=order.seed,
        scale=order.scale,
        nodes=nodes,
        injects=order.injects,
        starts_at=first - _BEFORE_S,
        first_hour_at=first,
        ends_at=max(first + _AFTER_S, max(move.credit_at for move in cast.moves) + MINUTE),
        holders=cast.holders,
        accounts=cast.accounts,
        moves=in_order(cast.moves),
        reports=tuple(sorted(draft.reports, key=lambda report: (report.at, report.ref))),
        notes=tuple(draft.notes),
        skew_s=draft.skew_s,
        offline=draft.offline,
        thai_bank=draft.thai_bank,
        networks=len(draft.networks),
        wrong_accounts=tuple(draft.wrong_accounts),
        bases={f"{here}>{to}": order.bases.get(f"{here}>{to}", ()) for here in nodes for to in nodes if here != to},
    )
    return _that_happen(planned)


def _that_happen(planned: World) -> World:
    """Leave out what nobody could pay, so that every bank's books tell of the same payments."""
    books = Books(planned)
    books.forward(planned.ends_at)
    refused = {move.id for move in books.refused}
    return replace(planned, moves=tuple(move for move in planned.moves if move.id not in refused))


def _nodes(order: Order) -> tuple[str, ...]:
    if not 1 <= order.scale <= EXERCISE_SCALE_MAX:
        raise BadInput(f"An exercise has a scale from 1 to {EXERCISE_SCALE_MAX}.")
    joined = sum(order.scale >= least for least in (3, 5, 7))
    nodes = tuple(dict.fromkeys(order.nodes)) or (*USUAL, *LARGER[:joined])
    if unknown := sorted(set(nodes) - set(LANDS)):
        raise BadInput(f"An exercise knows no country {unknown[0][:8]!r}.", hint=f"It knows {', '.join(LANDS)}.")
    return nodes


def _crime(cast: Cast, dice: Dice, draft: Injected, number: int, first: int) -> None:
    """One network, its victims, and what they report."""
    start = first + (number - 1) * dice.between(4, 9) % _WITHIN_MINUTES * MINUTE
    route = _route(dice, draft.nodes, number)
    exits = tuple(one for one in draft.nodes if one not in route) or (route[2],)
    shared = draft.share(number)
    network = Network(label=f"N{number}", route=route, exits=exits, shared=shared)
    recruit(cast, dice, network)
    draft.networks.append(network)
    for place in range(dice.between(1, 2)):
        at = start + place * dice.between(3, 8) * MINUTE
        _victim(cast, dice, draft, network, at, is_quick=number == 1 and place == 0)
    run_off(cast, dice, network)


def _route(dice: Dice, nodes: tuple[str, ...], number: int) -> tuple[str, str, str]:
    """Which countries a network crosses. The first one is of SG, MY and TH, where they play."""
    order = [one for one in ("SG", "MY", "TH") if one in nodes] if number == 1 else dice.shuffled(nodes)
    order = [*order, *(one for one in dice.shuffled(nodes) if one not in order)]
    return order[0], order[1 % len(order)], order[2 % len(order)]


def _victim(cast: Cast, dice: Dice, draft: Injected, network: Network, at: int, *, is_quick: bool) -> None:
    """Somebody pays once to three times, and tells a desk minutes later."""
    land = LANDS[network.route[0]]
    victim = cast.person(land, Role.VICTIM)
    label = draft.next_victim()
    payments = dice.between(1, 3)
    losses = [whole(land, land.salary[0] * dice.between(*_LOSSES) // 2) for _ in range(payments + 1)]
    own = cast.account(victim, cast.house(land, "bank"), sum(losses) + whole(land, land.salary[1]))
    when, moves = at, []
    for place in range(payments):
        mule: Account = network.first[place % len(network.first)]
        if place == payments - 1 and payments > 1:
            mule = network.second[0]  # a part goes over the border at once
        moves.append(take_in(cast, network, own, mule, when, losses[place], f"{label}.{place + 1}"))
        when = moves[-1].credit_at + dice.between(60, 300)
    told_at = moves[-1].credit_at + (dice.between(3, 6) if is_quick else dice.between(4, 35)) * MINUTE
    report = Report(
        ref=draft.next_report(),
        node=network.route[0],
        victim=victim.id,
        label=label,
        units=tuple(move.unit for move in moves),
        moves=tuple(move.id for move in moves),
        at=told_at,
        how=dice.pick(("phone", "counter", "online")),
        account=moves[0].payee,
        kind=dice.pick(_KINDS),
        language=land.language,
    )
    draft.reports.append(report)
    draft.wallets[label] = own
    draft.further[label] = losses[payments]
