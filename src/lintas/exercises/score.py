# SPDX-License-Identifier: Apache-2.0
"""The score of an exercise: what was held, against what truly was where. A pure function of the world and the record.

Source: docs/spec/exercises.md, "The score".
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from lintas.errors import BadInput
from lintas.exercises.books import Books
from lintas.exercises.lands import rate_of
from lintas.exercises.papers import rfc3339
from lintas.exercises.record import Done, Record, seconds
from lintas.exercises.truth import holds_at_once, lost
from lintas.exercises.world import Report, World


@dataclass(slots=True)
class _Hold:
    done: Done
    parts: list[tuple[str, int, int]]  # unit, blocked, rightly
    rightly: int
    is_over: bool = False
    was_decided: bool = False
    expires_at: int = 0


@dataclass(slots=True)
class _Tally:
    holds: dict[str, _Hold] = field(default_factory=dict)
    missed: list[str] = field(default_factory=list)
    basis_errors: list[Done] = field(default_factory=list)
    protected: set[str] = field(default_factory=set)


def score_of(world: World, record: Record) -> dict[str, Any]:
    """Score what was done.

    Raises:
        BadInput: The record is of another exercise, or names what it does not have.
    """
    if (record.scenario, record.seed, record.scale) != (world.scenario, world.seed, world.scale) or (
        record.nodes,
        record.injects,
    ) != (world.nodes, tuple(str(one) for one in world.injects)):
        raise BadInput("The record is of another exercise.", hint="Score it with the folder that it was played from.")
    books, tally = Books(world), _Tally()
    reports = {report.ref: report for report in world.reports}
    for done in record.events:
        _expire(books, tally, done.at_s)
        books.forward(done.at_s)
        _count(world, books, tally, reports, done)
    _expire(books, tally, seconds(record.ended_at))
    return _told(world, record, tally, reports)


def _count(world: World, books: Books, tally: _Tally, reports: dict[str, Report], done: Done) -> None:
    match done.what:
        case "held":
            tally.holds[done.hold] = _held(books, tally, reports, done)
        case "extended":
            hold = _known(tally, done)
            hold.expires_at, hold.was_decided = _time(done.expires_at), False
        case "released":
            hold = _known(tally, done)
            _free(books, hold)
            hold.was_decided = True
        case "expired":
            hold = _known(tally, done)
            if not hold.is_over and not hold.was_decided:
                tally.missed.append(done.hold)
            _free(books, hold)
        case "asked":
            pair = f"{done.node}>{done.to}"
            if done.to != done.node and done.basis not in world.bases.get(pair, ()):
                tally.basis_errors.append(done)
        case "refused" if done.ground == "no_basis":
            tally.basis_errors.append(done)
        case "protected":
            tally.protected.add(done.holder)


def _held(books: Books, tally: _Tally, reports: dict[str, Report], done: Done) -> _Hold:
    if done.hold in tally.holds or not done.hold:
        raise BadInput(f"The record names the hold {done.hold[:40]!r} twice.")
    if done.report not in reports:
        raise BadInput(f"The exercise has no report {done.report[:40]!r}.")
    units = (done.unit,) if done.unit else reports[done.report].units
    rest, parts = done.minor, []
    for unit in units:
        there = books.of_units(done.account, done.currency).get(unit, 0)
        wanted = min(rest, max(0, there - books.kept(done.account, done.currency, unit)))
        if wanted:
            held = books.hold(done.account, done.currency, wanted, unit)
            parts.append((unit, held.minor, held.rightly))
            rest -= held.minor
    if rest:
        held = books.hold(done.account, done.currency, rest, units[-1])
        parts.append((units[-1], held.minor, held.rightly))
    expires_at = _time(done.expires_at) if done.expires_at else 0
    return _Hold(done=done, parts=parts, rightly=sum(part[2] for part in parts), expires_at=expires_at)


def _expire(books: Books, tally: _Tally, now: int) -> None:
    """Holds that ran out by a time, whether or not anybody wrote it down."""
    due = [hold for hold in tally.holds.values() if not hold.is_over and 0 < hold.expires_at <= now]
    for hold in sorted(due, key=lambda hold: (hold.expires_at, hold.done.hold)):
        books.forward(hold.expires_at)
        tally.missed.append(hold.done.hold)
        _free(books, hold)


def _free(books: Books, hold: _Hold) -> None:
    if hold.is_over:
        return
    hold.is_over = True
    for unit, blocked, rightly in hold.parts:
        books.release(hold.done.account, hold.done.currency, blocked, unit, rightly)


def _known(tally: _Tally, done: Done) -> _Hold:
    hold = tally.holds.get(done.hold)
    if hold is None:
        raise BadInput(f"The record says what became of the hold {done.hold[:40]!r} before it was made.")
    return hold


def _time(text: str) -> int:
    try:
        return seconds(text)
    except ValueError as exc:
        raise BadInput(f"{text[:40]!r} is no time.") from exc


def _told(world: World, record: Record, tally: _Tally, reports: dict[str, Report]) -> dict[str, Any]:
    confirmed: dict[str, int] = defaultdict(int)
    rightly: dict[str, int] = defaultdict(int)
    for hold in tally.holds.values():
        confirmed[hold.done.currency] += hold.done.minor
        rightly[hold.done.currency] += hold.rightly
    reachable: dict[str, int] = defaultdict(int)
    for _, held in holds_at_once(world):
        reachable[held.currency] += held.minor
    paid = lost(world)
    wrong = [_wrong(hold) for hold in tally.holds.values() if hold.done.minor > hold.rightly]
    wanted = {holder.id for holder in world.holders.values() if holder.trafficked}
    return {
        "v": 1,
        "mode": "exercise",
        "scenario": world.scenario,
        "seed": world.seed,
        "scale": world.scale,
        "nodes": list(world.nodes),
        "injects": [str(one) for one in world.injects],
        "desks": record.desks,
        "ended_at": record.ended_at,
        "held": {
            code: {"confirmed": confirmed[code], "rightly": rightly[code]} for code in sorted(confirmed)
        },
        "reachable": dict(sorted(reachable.items())),
        "lost": paid,
        "share_of_reachable": share(rightly, reachable),
        "share_of_lost": share(rightly, paid),
        "minutes_per_hop": _minutes_per_hop(tally, reports),
        "holds": [_shown(hold) for hold in tally.holds.values()],
        "wrong_holds": wrong,
        "missed_expiries": sorted(set(tally.missed)),
        "basis_errors": [{"at": one.at, "node": one.node, "to": one.to, "basis": one.basis, "request": one.request}
                         for one in tally.basis_errors],
        "protected": {"wanted": len(wanted), "done": len(wanted & tally.protected)},
    }  # fmt: skip


def share(part: dict[str, int], of: dict[str, int]) -> float | None:
    """One amount of another, over all currencies by the exercise's rates, in cents; None of nothing."""
    whole = cents(of)
    return round(cents(part) / whole, 4) if whole else None


def cents(amounts: dict[str, int]) -> int:
    """Amounts in several currencies as US cents, each rounded down."""
    return sum(minor * rate_of(code)[1] // rate_of(code)[0] for code, minor in amounts.items())


def _wrong(hold: _Hold) -> dict[str, Any]:
    done = hold.done
    return {
        "hold": done.hold,
        "at": done.at,
        "node": done.node,
        "report": done.report,
        "account": done.account,
        "currency": done.currency,
        "minor": done.minor - hold.rightly,
        "of": done.minor,
    }


def _shown(hold: _Hold) -> dict[str, Any]:
    done = hold.done
    return {
        "hold": done.hold,
        "at": done.at,
        "node": done.node,
        "report": done.report,
        "unit": done.unit,
        "account": done.account,
        "currency": done.currency,
        "asked": done.asked,
        "confirmed": done.minor,
        "rightly": hold.rightly,
        "hop": done.hop,
        "expires_at": rfc3339(hold.expires_at) if hold.expires_at else "",
    }


def _minutes_per_hop(tally: _Tally, reports: dict[str, Report]) -> list[dict[str, Any]]:
    """From a report to the first hold confirmed at each depth; and how much later than at the depth before."""
    first: dict[int, dict[str, int]] = defaultdict(dict)
    for hold in tally.holds.values():
        if hold.rightly:
            passed = hold.done.at_s - reports[hold.done.report].at
            known = first[hold.done.hop]
            known[hold.done.report] = min(passed, known.get(hold.done.report, passed))
    rows: list[dict[str, Any]] = []
    before = 0.0
    for hop in sorted(first):
        minutes = _minutes(first[hop].values())
        rows.append({"hop": hop, "minutes": minutes, "more": round(max(0.0, minutes - before), 1)})
        before = minutes
    return rows


def _minutes(passed: Iterable[int]) -> float:
    return round(median(passed) / 60, 1)
