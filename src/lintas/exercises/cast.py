# SPDX-License-Identifier: Apache-2.0
"""A world while it is being made: who is in it, which accounts they hold, what is going to be paid."""

from collections.abc import Iterable

from lintas.exercises.dice import Dice
from lintas.exercises.lands import LANDS, House, Land, changed, exponent_of
from lintas.exercises.world import Account, Holder, Move, Role
from lintas.model.money import Channel, PaymentKind

_ACCOUNT_TRIES = 50


class Cast:
    """Holders, accounts and payments so far. No pot has two events in one second: their order is plain."""

    def __init__(self, dice: Dice) -> None:
        self.dice = dice
        self.holders: dict[str, Holder] = {}
        self.accounts: dict[str, Account] = {}
        self.moves: list[Move] = []
        self._busy: set[tuple[str, int]] = set()

    def person(self, land: Land, role: Role, *, trafficked: bool = False) -> Holder:
        """Let somebody live there."""
        place = self.dice.below(len(land.given))
        given, latin, family = land.given[place], land.latin[place], self.dice.pick(land.family)
        initial = chr(ord("A") + self.dice.below(26))
        name = f"{family}{given}{initial}" if land.code == "CN" else f"{given} {family} {initial}"
        side = f"{latin} Contoh {initial}" if not family.isascii() else f"{latin} {family} {initial}"
        return self._keep(land, role, name, side, trafficked=trafficked)

    def firm(self, land: Land, role: Role, name: str) -> Holder:
        """Let somebody trade there."""
        number = len(self.holders) + 1
        return self._keep(land, role, f"{name} {number}", f"Example firm {land.code} {number}", trafficked=False)

    def _keep(self, land: Land, role: Role, name: str, latin: str, *, trafficked: bool) -> Holder:
        phone = f"{land.phone}{self.dice.below(10)}"
        id_ = f"H{len(self.holders) + 1:05d}"
        made = Holder(id=id_, role=role, country=land.code, name=name, latin=latin, phone=phone, trafficked=trafficked)
        self.holders[id_] = made
        return made

    def house(self, land: Land, *kinds: str) -> House:
        """A house of one of these kinds; any bank where there is none."""
        fitting = [one for one in land.houses if one.kind in (kinds or ("bank",))]
        return self.dice.pick(fitting or [one for one in land.houses if one.kind == "bank"])

    def account(self, holder: Holder, house: House, opening: int) -> Account:
        """Open an account.

        Args:
            opening: Minor units at the start.
        """
        for _ in range(_ACCOUNT_TRIES):
            key = f"{house.bic}:{self._number(house)}"
            if key not in self.accounts:
                break
        else:
            raise AssertionError("a bank has more numbers than an exercise has accounts")
        return self.add(
            Account(
                key=key,
                holder=holder.id,
                country=house.country,
                currency=LANDS[house.country].currency,
                opening=opening,
            )
        )

    def add(self, account: Account) -> Account:
        """Have an account that is known already."""
        self.accounts[account.key] = account
        return account

    def _number(self, house: House) -> str:
        if house.country == "CN":
            return luhn(f"620000{self.dice.digits(house.digits - 7)}")
        return self.dice.digits(house.digits)

    def pay(
        self,
        payer: Account | None,
        payee: Account | None,
        at: int,
        minor: int,
        *,
        lag: tuple[int, int] = (1, 3),
        kind: PaymentKind = PaymentKind.TRANSFER,
        channel: Channel = Channel.INSTANT,
        note: str = "",
        unit: str = "",
        network: str = "",
    ) -> Move:
        """Plan a payment: in the payer's currency, changed into the payee's by the exercise's rates.

        Args:
            at: When it is debited, or the first free second after.
            minor: What leaves the payer.
            lag: Seconds until it is credited, least and most.
        """
        held = payer or payee
        assert held is not None and minor > 0, "a payment has somebody's account and an amount"
        debit_at = self._free(payer.key, at) if payer is not None else at
        after = debit_at + (self.dice.between(*lag) if payee is not None else 0)
        credit_at = self._free(payee.key, after) if payee is not None else after
        target = payee.currency if payee is not None else held.currency
        source = payer.currency if payer is not None else held.currency
        move = Move(
            id=self.dice.uuid4(),
            end_to_end=f"EX{self.dice.hex(14).upper()}",
            payer=payer.key if payer is not None else "",
            payee=payee.key if payee is not None else "",
            debit_at=debit_at,
            credit_at=credit_at,
            minor=minor,
            currency=source,
            credit_minor=minor if source == target else changed(minor, source, target),
            credit_currency=target,
            kind=kind,
            channel=channel,
            note=note,
            unit=unit,
            network=network,
        )
        self.moves.append(move)
        return move

    def plan(self, move: Move) -> Move:
        """Plan a payment that `pay` cannot say: coins."""
        self.moves.append(move)
        return move

    def free(self, account: str, at: int) -> int:
        """Take the first second from a time on in which nothing else happens to an account."""
        return self._free(account, at)

    def _free(self, account: str, at: int) -> int:
        while (account, at) in self._busy:
            at += 1
        self._busy.add((account, at))
        return at


def luhn(number: str) -> str:
    """Add the check digit of a card's number. Source: ISO/IEC 7812-1, annex B."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return number + str(-total % 10)


def whole(land: Land, units: int) -> int:
    """So many whole units of a country's money, in minor units."""
    return int(units * 10 ** exponent_of(land.currency))


def in_order(moves: Iterable[Move]) -> tuple[Move, ...]:
    """By the time of debit, then by id."""
    return tuple(sorted(moves, key=lambda move: (move.debit_at, move.id)))
