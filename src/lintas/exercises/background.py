# SPDX-License-Identifier: Apache-2.0
"""Ordinary life around a crime: salaries, rents, shops, wallets, money sent home."""

from typing import Final

from lintas.exercises.cast import Cast, whole
from lintas.exercises.dice import Dice
from lintas.exercises.lands import LANDS, Land
from lintas.exercises.world import Account, Role
from lintas.model.money import Channel, PaymentKind

HOUR: Final = 3_600
PEOPLE_PER_SCALE: Final = 10  # in each country
PAID_EACH: Final = (3, 7)  # at shops in the days of the exercise


def live(cast: Cast, dice: Dice, nodes: tuple[str, ...], scale: int, *, start: int, end: int) -> list[Account]:
    """Let people in each country earn and spend from `start` to `end`; returns their accounts."""
    everybody: list[Account] = []
    for code in nodes:
        land = LANDS[code]
        people = [_household(cast, dice, land) for _ in range(PEOPLE_PER_SCALE * scale)]
        employers = [_firm(cast, dice, land, Role.EMPLOYER, name) for name in land.employers]
        shops = [_firm(cast, dice, land, Role.SHOP, name) for name in land.shops]
        for place, account in enumerate(people):
            employer = employers[place % len(employers)]
            earn(cast, dice, land, employer, account, start + dice.between(0, (end - start) // 2))
            _spend(cast, dice, land, account, shops, people, start=start, end=end)
        everybody += people
    _send_home(cast, dice, everybody, start=start, end=end)
    return everybody


def earn(cast: Cast, dice: Dice, land: Land, employer: Account, account: Account, at: int) -> None:
    """Pay somebody's salary."""
    amount = whole(land, dice.between(*land.salary))
    cast.pay(employer, account, at, amount, lag=(2, 40), channel=Channel.WIRE, note="SALARY")


def _household(cast: Cast, dice: Dice, land: Land) -> Account:
    holder = cast.person(land, Role.INNOCENT)
    opening = whole(land, dice.between(land.salary[0] // 10, land.salary[1]))
    return cast.account(holder, cast.house(land, "bank", "wallet"), opening)


def _firm(cast: Cast, dice: Dice, land: Land, role: Role, name: str) -> Account:
    opening = whole(land, land.salary[1] * dice.between(300, 900))
    return cast.account(cast.firm(land, role, name), cast.house(land, "bank"), opening)


def _spend(
    cast: Cast,
    dice: Dice,
    land: Land,
    account: Account,
    shops: list[Account],
    people: list[Account],
    *,
    start: int,
    end: int,
) -> None:
    for _ in range(dice.between(*PAID_EACH)):
        amount = whole(land, dice.between(max(1, land.salary[0] // 400), max(2, land.salary[0] // 30)))
        at = start + dice.below(end - start)
        cast.pay(account, dice.pick(shops), at, amount, lag=(1, 60), channel=Channel.CARD, note="PURCHASE")
    if dice.chance(40):
        landlord = dice.pick(people)
        if landlord.key != account.key:
            rent = whole(land, max(1, land.salary[0] // dice.between(3, 6)))
            cast.pay(account, landlord, start + dice.below(end - start), rent, note="RENT")
    if dice.chance(30):
        cash = whole(land, max(1, land.salary[0] // dice.between(15, 40)))
        at = start + dice.below(end - start)
        cast.pay(account, None, at, cash, kind=PaymentKind.CASH_OUT, channel=Channel.CASH, note="ATM")


def _send_home(cast: Cast, dice: Dice, people: list[Account], *, start: int, end: int) -> None:
    """One in eight sends a little to somebody in another country."""
    for account in people:
        there = dice.pick(people)
        if there.country == account.country or not dice.chance(25):
            continue
        land = LANDS[account.country]
        amount = whole(land, max(1, land.salary[0] // dice.between(5, 20)))
        at = start + dice.below(end - start)
        cast.pay(account, there, at, amount, lag=(20, 900), channel=Channel.WIRE, note="FAMILY SUPPORT")
