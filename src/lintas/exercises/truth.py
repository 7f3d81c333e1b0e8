# SPDX-License-Identifier: Apache-2.0
"""What truly happened in an exercise, and what could have been held: `truth.json`. Source: docs/spec/exercises.md."""

from collections import defaultdict
from typing import Any, Final

from lintas.exercises.books import Books, Held, Moved
from lintas.exercises.lands import USDT
from lintas.exercises.papers import rfc3339
from lintas.exercises.world import Report, World

_MINUTE: Final = 60

Place = tuple[str, str]  # account, currency


def truth_of(world: World) -> dict[str, Any]:
    """Run the world with nobody acting, and again with everybody acting at once."""
    books = Books(world)
    whereabouts = _run(world, books)
    ideal = holds_at_once(world)
    return {
        "v": 1,
        "mode": "exercise",
        "scenario": world.scenario,
        "seed": world.seed,
        "units": _units(world),
        "moves": [_moved(one) for one in books.moved],
        "whereabouts": [
            {"at": rfc3339(at), "account": account, "currency": currency, "unit": unit, "minor": minor}
            for at, unit, account, currency, minor in whereabouts
        ],
        "minutes": _minutes(whereabouts, books.moved),
        "reachable": _reachable(world, ideal),
        "lost": lost(world),
        "holders": _holders(world),
        "accounts": _accounts(world, books.moved),
        "wrong_accounts": list(world.wrong_accounts),
        "bases": {pair: list(codes) for pair, codes in sorted(world.bases.items())},
    }


def holds_at_once(world: World) -> list[tuple[Report, Held]]:
    """What would be held if, at each report, all that can be held of what was reported were held in that second."""
    books = Books(world)
    done: list[tuple[Report, Held]] = []
    told: dict[str, Report] = {}
    for report in world.reports:
        books.forward(report.at)
        for unit in report.units:
            told.setdefault(unit, report)
        for (account, currency), units in list(books.pots()):
            if not can_be_held(world, account, currency):
                continue
            for unit in sorted(units.keys() & told.keys()):
                held = books.hold(account, currency, units[unit] - books.kept(account, currency, unit), unit)
                if held.minor:
                    done.append((told[unit], held))
    return done


def can_be_held(world: World, account: str, currency: str) -> bool:
    """Whether a desk of the exercise could have it held: an account of a playing state, in the money of a state."""
    return currency != USDT and world.country_of(account) in world.nodes


def lost(world: World) -> dict[str, int]:
    """What victims paid, by the currency in which it left them."""
    found: dict[str, int] = defaultdict(int)
    for move in world.moves:
        if move.unit:
            found[move.currency] += move.minor
    return dict(sorted(found.items()))


def _run(world: World, books: Books) -> list[tuple[int, str, str, str, int]]:
    """Let everything happen; say where each victim's money was from when on: (at, unit, account, currency, minor)."""
    lines = []
    was: dict[tuple[Place, str], int] = {}
    while (at := books.next_at()) is not None:
        books.forward(at)
        for place in sorted(books.touched):
            now = books.of_units(*place)
            before = {unit for (where, unit), minor in was.items() if where == place and minor}
            for unit in sorted(now.keys() | before):
                if was.get((place, unit), 0) != now.get(unit, 0):
                    was[place, unit] = now.get(unit, 0)
                    lines.append((at, unit, *place, now.get(unit, 0)))
        books.touched.clear()
    return lines


def _minutes(lines: list[tuple[int, str, str, str, int]], moved: list[Moved]) -> list[dict[str, Any]]:
    """The same at full minutes, of the units that moved, with what left all accounts beside it."""
    out: dict[int, list[tuple[str, str, str, int]]] = defaultdict(list)
    for at, unit, account, currency, minor in lines:
        out[-(-at // _MINUTE) * _MINUTE].append((unit, account, currency, minor))
    gone: dict[int, list[tuple[str, str, str, int]]] = defaultdict(list)
    for one in moved:
        if not one.move.payee:
            gone[-(-one.move.credit_at // _MINUTE) * _MINUTE].append((one.unit, "cash", one.move.currency, one.minor))
    now: dict[str, dict[tuple[str, str], int]] = defaultdict(dict)
    rows = []
    for at in sorted(out.keys() | gone.keys()):
        for unit, account, currency, minor in out[at]:
            now[unit][_shown(account, currency), currency] = minor
        for unit, account, currency, minor in gone[at]:
            now[unit][account, currency] = now[unit].get((account, currency), 0) + minor
        units = sorted({one[0] for one in (*out[at], *gone[at])})
        where = [[unit, *place, minor] for unit in units for place, minor in sorted(now[unit].items()) if minor]
        rows.append({"at": rfc3339(at), "where": where})
    return rows


def _shown(account: str, currency: str) -> str:
    return f"chain:{currency}" if ":" not in account else account


def _units(world: World) -> list[dict[str, Any]]:
    by_unit = {unit: report for report in reversed(world.reports) for unit in report.units}
    labels = {unit: unit.partition(".")[0] for unit in by_unit}
    return [
        {
            "unit": move.unit,
            "victim": labels[move.unit],
            "network": move.network,
            "report": by_unit[move.unit].ref,
            "payment": move.reference,
            "payer": move.payer,
            "account": move.payee,
            "at": rfc3339(move.credit_at),
            "minor": move.credit_minor,
            "currency": move.credit_currency,
        }
        for move in world.moves
        if move.unit
    ]


def _moved(one: Moved) -> dict[str, Any]:
    move = one.move
    return {
        "payment": move.reference,
        "unit": one.unit,
        "payer": move.payer,
        "payee": move.payee,
        "debit_at": rfc3339(move.debit_at),
        "credit_at": rfc3339(move.credit_at),
        "minor": one.minor,
        "currency": move.currency,
        "arrived": one.arrived,
        "credit_currency": move.credit_currency,
        "hop": one.hop,
        "kind": str(move.kind),
    }


def _reachable(world: World, ideal: list[tuple[Report, Held]]) -> dict[str, Any]:
    by_unit: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    by_currency: dict[str, int] = defaultdict(int)
    for _, held in ideal:
        by_unit[held.unit][held.currency] += held.minor
        by_currency[held.currency] += held.minor
    holds = [
        {
            "report": report.ref,
            "unit": held.unit,
            "account": held.account,
            "node": world.country_of(held.account),
            "currency": held.currency,
            "minor": held.minor,
            "at": rfc3339(held.at),
        }
        for report, held in ideal
    ]
    return {
        "holds": holds,
        "by_unit": {unit: dict(sorted(found.items())) for unit, found in sorted(by_unit.items())},
        "by_currency": dict(sorted(by_currency.items())),
    }


def _holders(world: World) -> list[dict[str, Any]]:
    kept: dict[str, list[str]] = defaultdict(list)
    for account in world.accounts.values():
        kept[account.holder].append(account.key)
    return [
        {
            "holder": holder.id,
            "role": str(holder.role),
            "accounts": sorted(kept[holder.id]),
            "protected": holder.trafficked,
        }
        for holder in world.holders.values()
    ]


def _accounts(world: World, moved: list[Moved]) -> list[dict[str, Any]]:
    touched = {account for one in moved for account in (one.move.payer if one.hop else "", one.move.payee)}
    return [
        {
            "account": account.key,
            "holder": account.holder,
            "node": account.country,
            "currency": account.currency,
            "opening": account.opening,
            "clean": account.key not in touched,
        }
        for account in world.accounts.values()
    ]
