# SPDX-License-Identifier: Apache-2.0
"""A network of mules, by published behaviour: in minutes over five or six accounts and two borders, then out.

Source: docs/spec/exercises.md; splitting below limits, gathering, commissions kept and exits follow what anti-scam
centres of the region publish about mule accounts.
"""

from dataclasses import dataclass, field, replace
from typing import Final

from lintas.exercises.cast import Cast, whole
from lintas.exercises.chain import tron_address
from lintas.exercises.dice import Dice
from lintas.exercises.lands import LANDS, USDT, House, Land
from lintas.exercises.world import Account, Move, Role
from lintas.model.money import Channel, PaymentKind

MINUTE: Final = 60
HOP_S: Final = (25, 210)  # from a credit to the debit that follows
MACHINE_S: Final = (120, 900)  # between two withdrawals: another machine, another card
KEEP_PERCENT: Final = (1, 4)  # a mule's commission
CASH_UNITS: Final = {"MYR": 5_000, "SGD": 5_000, "THB": 30_000, "CNY": 20_000}


@dataclass(slots=True)
class Network:
    """One network, and where its money is during its making."""

    label: str  # N1
    route: tuple[str, str, str]  # countries: victims and L1, L2 and L3, L4 and out
    exits: tuple[str, ...]  # countries where traders pay out
    shared: Account | None = None  # an L2 account that another network uses too
    first: list[Account] = field(default_factory=list)
    second: list[Account] = field(default_factory=list)
    gather: Account | None = None
    last: list[Account] = field(default_factory=list)
    coming: dict[str, list[tuple[int, int]]] = field(default_factory=dict)  # account -> (when, minor) of what came


def recruit(cast: Cast, dice: Dice, network: Network) -> None:
    """Give the network its accounts."""
    home, middle, far = (LANDS[code] for code in network.route)
    network.first = [_mule(cast, dice, home, "bank") for _ in range(2)]
    network.second = [_mule(cast, dice, middle, "bank", "wallet") for _ in range(dice.between(2, 3))]
    network.second.append(_mule(cast, dice, home, "bank", "wallet"))
    if network.shared is not None:
        network.second[0] = network.shared
    network.gather = _mule(cast, dice, middle, "bank")
    network.last = [_mule(cast, dice, far, "bank") for _ in range(2)]


def take_in(cast: Cast, network: Network, victim: Account, mule: Account, at: int, minor: int, unit: str) -> Move:
    """Let a victim pay; a part of a victim's money starts here."""
    move = cast.pay(victim, mule, at, minor, note="INVESTMENT", unit=unit, network=network.label)
    _came(network, mule, move)
    return move


def run_off(cast: Cast, dice: Dice, network: Network) -> None:
    """Send on what came: L1 to L2, L2 together, over the border, out."""
    assert network.gather is not None, "the network was recruited"
    for mule in network.first:
        for at, minor in network.coming.pop(mule.key, []):
            _split(cast, dice, network, mule, network.second, at, minor)
    for mule in network.second:
        for at, minor in network.coming.pop(mule.key, []):
            _pass_on(cast, dice, network, mule, network.gather, at, minor)
    pile = sorted(network.coming.pop(network.gather.key, []))
    for start in range(0, len(pile), 2):  # two by two: what comes is gathered before it goes on
        part = pile[start : start + 2]
        at, minor = part[-1][0], sum(one[1] for one in part)
        _split(cast, dice, network, network.gather, network.last, at, minor)
    for place, mule in enumerate(network.last):
        for at, minor in network.coming.pop(mule.key, []):
            _leave(cast, dice, network, mule, at, minor, by_coin=place == 0)


def _mule(cast: Cast, dice: Dice, land: Land, *kinds: str) -> Account:
    holder = cast.person(land, Role.MULE)
    opening = whole(land, dice.between(1, max(2, land.salary[0] // 20)))
    return cast.account(holder, cast.house(land, *kinds), opening)


def _came(network: Network, account: Account, move: Move) -> None:
    network.coming.setdefault(account.key, []).append((move.credit_at, move.credit_minor))


def _less_commission(dice: Dice, minor: int) -> int:
    return minor * (100 - dice.between(*KEEP_PERCENT)) // 100


def _split(
    cast: Cast, dice: Dice, network: Network, mule: Account, targets: list[Account], at: int, minor: int
) -> None:
    """Smurf: several payments below what an instant rail looks at, uneven, a minute or so apart."""
    left = _less_commission(dice, minor)
    limit = whole(LANDS[mule.country], LANDS[mule.country].limit) * 9 // 10
    order = dice.shuffled(targets)
    parts = max(len(order) - dice.below(2), -(-left // limit), 1)
    when = at + dice.between(*HOP_S)
    for number in range(parts):
        share = left // (parts - number)
        amount = left if number == parts - 1 else share * dice.between(80, 100) // 100
        if amount <= 0:
            break
        target = order[number % len(order)]
        move = cast.pay(mule, target, when, amount, note="TRANSFER", network=network.label)
        _came(network, target, move)
        left -= amount
        when = move.debit_at + dice.between(8, 70)


def _pass_on(cast: Cast, dice: Dice, network: Network, mule: Account, target: Account, at: int, minor: int) -> None:
    move = cast.pay(
        mule, target, at + dice.between(*HOP_S), _less_commission(dice, minor), note="TRANSFER", network=network.label
    )
    _came(network, target, move)


def _leave(cast: Cast, dice: Dice, network: Network, mule: Account, at: int, minor: int, *, by_coin: bool) -> None:
    """Out: coins at an exchange; a trader who pays out elsewhere; cash at machines for the rest."""
    left = _less_commission(dice, minor)
    land = LANDS[mule.country]
    exchange = next((one for one in land.houses if one.kind == "exchange"), None)
    when = at + dice.between(*HOP_S)
    if by_coin and exchange is not None:
        _by_coin(cast, dice, network, mule, exchange, when, left * 7 // 10)
        left -= left * 7 // 10
    elif network.exits:
        there = dice.pick(network.exits)
        trader = _trader(cast, dice, LANDS[there])
        part = left * 6 // 10
        move = cast.pay(
            mule, trader, when, part, lag=(15, 90), channel=Channel.WIRE, note="GOODS", network=network.label
        )
        _cash(cast, dice, network, trader, move.credit_at + dice.between(1_200, 5_400), move.credit_minor * 9 // 10)
        left -= part
    _cash(cast, dice, network, mule, when + dice.between(180, 2_400), left)


def _trader(cast: Cast, dice: Dice, land: Land) -> Account:
    holder = cast.firm(land, Role.TRADER, dice.pick(land.shops))
    return cast.account(holder, cast.house(land, "bank"), whole(land, land.salary[1] * dice.between(2, 9)))


def _cash(cast: Cast, dice: Dice, network: Network, account: Account, at: int, minor: int) -> None:
    """Withdraw in amounts that a machine gives."""
    land = LANDS[account.country]
    most = whole(land, CASH_UNITS.get(land.currency, land.salary[1]))
    when, left = at, minor
    while left > 0:
        amount = min(most, left)
        move = cast.pay(
            account, None, when, amount, kind=PaymentKind.CASH_OUT, channel=Channel.CASH, note="ATM",
            network=network.label,
        )  # fmt: skip
        left -= amount
        when = move.debit_at + dice.between(*MACHINE_S)


def _by_coin(cast: Cast, dice: Dice, network: Network, mule: Account, exchange: House, at: int, minor: int) -> None:
    """Pay in at an exchange, change into coins, and send them to a wallet that nobody keeps for its owner."""
    client = cast.account(cast.holders[mule.holder], exchange, 0)
    coins = cast.add(replace(client, key=f"{exchange.bic}:C{client.number}", currency=USDT))
    paid = cast.pay(mule, client, at, minor, lag=(5, 25), note="DEPOSIT", network=network.label)
    bought = cast.pay(
        client,
        coins,
        paid.credit_at + dice.between(60, 1_500),
        paid.credit_minor,
        lag=(1, 2),
        channel=Channel.INTERNAL,
        note="BUY USDT",
        network=network.label,
    )
    out_at = cast.free(coins.key, bought.credit_at + dice.between(20, 120))
    cast.plan(
        Move(
            id=dice.uuid4(),
            end_to_end=dice.hex(64),  # as the chain names the transaction
            payer=coins.key,
            payee=tron_address(dice.hex(40)),
            debit_at=out_at,
            credit_at=out_at,
            minor=bought.credit_minor,
            currency=USDT,
            credit_minor=bought.credit_minor,
            credit_currency=USDT,
            kind=PaymentKind.CRYPTO,
            channel=Channel.CHAIN,
            note="USDT",
            network=network.label,
        )
    )
