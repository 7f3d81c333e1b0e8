# SPDX-License-Identifier: Apache-2.0
"""Random ledgers whose truth is known: every bank tells everything, until a part of it is taken away.

Amounts are small and accounts few, so that money mixes, comes back and meets itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from random import Random

from lintas.model.money import NEVER, Covered, LedgerRows, Leg, Method, Seed, TraceQuery
from lintas.tracing.table import LedgerTable, from_rows
from tests.unit.tracing.ledgers import Pay, rows_of

CURRENCIES = ("SGD", "USD")
END = 1_000
Pot = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class World:
    """What happened: payments as both banks would tell them, and what every account opened with."""

    pays: tuple[Pay, ...]
    openings: dict[Pot, int]

    def statements(self) -> dict[Pot, tuple[Covered, ...]]:
        """All bookings of each account as one or two statements."""
        found: dict[Pot, tuple[Covered, ...]] = {}
        for pot, opening in self.openings.items():
            middle = (sum(map(ord, "".join(pot))) * 37) % END
            held = opening + sum(minor for at, minor in self._bookings(pot) if at < middle)
            closing = opening + sum(minor for _, minor in self._bookings(pot))
            found[pot] = (
                Covered(*pot, 0, middle, opening, held),
                Covered(*pot, middle, END + 500, held, closing),
            )
        return found

    def _bookings(self, pot: Pot) -> Iterable[tuple[int, int]]:
        for one in self.pays:
            if (one.payer, one.debit_currency) == pot:
                yield one.debit_at, -one.debit_minor
            if (one.payee, one.credit_currency) == pot:
                yield one.credit_at, one.credit_minor

    def table(self) -> LedgerTable:
        """Everything that there is to know."""
        covered = [one for several in self.statements().values() for one in several]
        return from_rows([("all", rows_of(self.pays, covered))])


def make_world(dice: Random, *, accounts: int = 6, pays: int = 30) -> World:
    """Make one: nobody spends what they do not have."""
    names = [f"TESTSG{n:02}:{n}" for n in range(accounts)]
    drafts = []
    for number in range(pays):
        payer, payee = dice.choice([*names, ""]), dice.choice([*names, *names, ""])
        if not payer and not payee:
            continue
        source = dice.choice(CURRENCIES) if dice.random() < 0.3 else "SGD"
        target = dice.choice(CURRENCIES) if dice.random() < 0.2 else source
        minor = dice.choice((0, 1, 3, dice.randrange(1, 60), dice.randrange(1, 10**5)))
        credit = minor
        if target != source:
            credit = minor * dice.randrange(1, 40) // 10
        elif dice.random() < 0.2:
            credit = minor - dice.randrange(0, min(minor, 5) + 1)
        debit_at = dice.randrange(1, END) // dice.choice((1, 50)) + 1
        drafts.append(
            Pay(
                payer=payer,
                payee=payee,
                debit_minor=minor,
                credit_minor=credit,
                debit_at=debit_at,
                credit_at=debit_at + dice.choice((0, 0, 1, 7, 100)),
                debit_currency=source,
                credit_currency=target,
                reference=f"uetr:{number}",
                kind="transfer" if payee else dice.choice(("cash_out", "transfer", "fee")),
                channel=dice.choice(("instant", "wire", "")),
            )
        )
    return World(pays=tuple(drafts), openings=_openings(drafts, names, dice))


def _openings(pays: list[Pay], names: list[str], dice: Random) -> dict[Pot, int]:
    """Give each account enough to pay what it pays, and often more."""
    found = {}
    for pot in [(name, currency) for name in names for currency in CURRENCIES]:
        # The order of equal times is not ours to know: debits first is the worst case.
        changes = [(p.debit_at, 0, -p.debit_minor) for p in pays if (p.payer, p.debit_currency) == pot]
        changes += [(p.credit_at, 1, p.credit_minor) for p in pays if (p.payee, p.credit_currency) == pot]
        balance = lowest = 0
        for *_, minor in sorted(changes):
            balance += minor
            lowest = min(lowest, balance)
        found[pot] = -lowest + dice.choice((0, 0, dice.randrange(0, 200)))
    return found


def make_seeds(dice: Random, world: World, *, count: int) -> tuple[Seed, ...]:
    """Seeds of every kind."""
    accounts = sorted({account for account, _ in world.openings})
    seeds = []
    for number in range(count):
        account, start = dice.choice(accounts), dice.randrange(0, END)
        kind = dice.choice(("amount", "amount", "everything", "payment"))
        if kind == "payment":
            into = [p for p in world.pays if p.payee]
            if into:
                one = dice.choice(into)
                seeds.append(Seed(label=str(number), account=one.payee, payment=one.reference, start=start))
                continue
        minor = dice.randrange(1, 5_000) if kind == "amount" else -1
        seeds.append(
            Seed(
                label=str(number),
                account=account,
                start=start,
                minor=minor,
                currency=dice.choice(("SGD", "SGD", "USD")),
            )
        )
    return tuple(seeds)


def make_query(dice: Random, world: World, method: Method, **more: object) -> TraceQuery:
    """One query with one to four seeds."""
    seeds = make_seeds(dice, world, count=dice.randrange(1, 5))
    labels = dice.random() < 0.5
    depth = dice.choice((0, 0, 1, 2, 3))
    asked = {"seeds": seeds, "method": method, "labels": labels, "depth": depth, **more}
    return TraceQuery(**asked)  # type: ignore[arg-type]  # a test's own fields


def torn(dice: Random, world: World, missing: float) -> LedgerTable:
    """Take rows away, with each statement that spoke of one of them: what is left is still true, and less."""
    statements = world.statements()
    # Some banks tell nothing, some everything, some lose rows here and there.
    rates = {pot: dice.choice((missing, float(dice.random() < missing))) for pot in world.openings}
    kept: list[Pay] = []
    gone: set[tuple[Pot, int]] = set()
    for one in world.pays:
        legs = 3
        for leg, pot, at in (
            (Leg.PAYER, (one.payer, one.debit_currency), one.debit_at),
            (Leg.PAYEE, (one.payee, one.credit_currency), one.credit_at),
        ):
            if not pot[0] or dice.random() < rates[pot]:
                legs &= ~leg
                gone.add((pot, at))
        if legs == Leg.PAYER:
            kept.append(replace(one, legs=legs, credit_at=dice.choice((one.credit_at, NEVER))))
        elif legs == Leg.PAYEE:
            kept.append(replace(one, legs=legs))
        elif legs:
            kept.extend((replace(one, legs=1), replace(one, legs=2)))
    covered = [
        one
        for pot, several in statements.items()
        for one in several
        if dice.random() < 0.8 and not any(where == pot and one.start <= at < one.end for where, at in gone)
    ]
    parts: dict[str, list[Pay]] = {"a": [], "b": [], "c": []}
    for one in kept:
        parts["a" if one.legs == 1 else dice.choice("bc")].append(one)
    rows: list[tuple[str, LedgerRows]] = [(name, rows_of(pays)) for name, pays in parts.items()]
    return from_rows([*rows, ("d", rows_of((), covered))])
