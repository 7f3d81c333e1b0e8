# SPDX-License-Identifier: Apache-2.0
"""Turn the arrays that two runs left behind into an outcome: the largest lines, and the sums of all.

Source: docs/spec/tracing.md.
"""

from collections.abc import Container, Iterable, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lintas.limits import TRACE_LINES_MAX
from lintas.model.money import NEVER, Method, Segment, TraceResult
from lintas.tracing.answering import Outcome, Standing, answer
from lintas.tracing.book import WHY
from lintas.tracing.columns import EXCHANGE, NOWHERE, WATCHED
from lintas.tracing.following import Came, Spent, Sums
from lintas.tracing.kernels import arrivals, last_own, residues
from lintas.tracing.pots import clean, labels_of
from lintas.tracing.reference import SHORT, unfilled
from lintas.tracing.running import Asked, Run, follow
from lintas.tracing.seeding import ANY_LABEL
from lintas.tracing.settling import Doubts, Pot, doubt, until_of
from lintas.tracing.table import Int64

_BORDER, _CASH, _DEPTH, _FEE, _FLIGHT, _OUTSIDE = range(len(WHY))
_LOW: Final = 2**32 - 1


def trace_book(asked: Asked) -> TraceResult:
    """Run a query and write its answer."""
    book = asked.book
    doubts = Doubts(found={})
    openings = asked.openings()
    main = follow(asked, asked.prepare(openings, None))
    came = np.zeros(len(asked.pots), dtype=bool)
    landed = _landed(asked, main)
    came[book.target[landed.payments]] = True
    came[main.steps.pot[main.steps.found > 0]] = True
    asked.touched = came
    known = asked.known(np.flatnonzero(came).tolist(), doubts) if book.covered else {}
    sure = follow(asked, asked.prepare(np.zeros(len(asked.pots), dtype=np.int64), known)) if known else None
    return Gathering(asked, main, sure, landed).answer(doubts)


class Landed(NamedTuple):
    """Payments that brought something followed into a pot."""

    payments: NDArray[np.int64]
    come: Int64  # what arrived
    minor: Int64  # with what seeds claimed


def _arrived(asked: Asked, run: Run, payments: NDArray[np.int64]) -> Int64:
    """Give what arrives of some payments, before seeds claimed; of what never arrives it says nothing."""
    found = run.found
    arrived: Int64 = arrivals(payments, found.tainted, run.pays) if asked.is_shares else found.arrived[payments]
    for number, minor in asked.brought.items():
        arrived[payments == number] = minor
    return arrived


def _landed(asked: Asked, run: Run) -> Landed:
    book, found = asked.book, run.found
    flows = np.flatnonzero(found.tainted)
    flows = flows[(book.target[flows] >= 0) & (book.view.credit_at[flows] <= until_of(asked.query))]
    payments = np.union1d(flows, found.watched[found.landed > 0].astype(np.int64))
    come = _arrived(asked, run, payments)
    minor = come.copy()
    which = np.flatnonzero((run.pays.flags[payments] & WATCHED) > 0)
    minor[which] = found.landed[np.searchsorted(found.watched, payments[which])]
    there = minor > 0
    return Landed(payments[there], come[there], minor[there])


class Gathering:
    """Two runs of one query, and what is read out of them."""

    def __init__(self, asked: Asked, main: Run, sure: Run | None, landed: Landed) -> None:
        self._asked = asked
        self._main = main
        self._sure = sure
        self._landed = landed
        self._most = min(asked.query.lines_max, TRACE_LINES_MAX)
        self._held_total = 0
        self._is_poison = asked.query.method is Method.POISON

    def answer(self, doubts: Doubts) -> TraceResult:
        """Write the answer."""
        asked, main, book = self._asked, self._main, self._asked.book
        flows = np.flatnonzero(main.found.tainted)
        arrived = self._arrivals(main, flows)
        size = np.maximum(main.found.tainted[flows], arrived)
        left, why, minor = self._left()
        chosen = _largest(minor, left * len(WHY) + why, self._most)
        lines = {(int(left[at]), WHY[why[at]]): int(minor[at]) for at in chosen}
        held, held_sums = self._held()
        currency = book.view.debit_currency[left]
        legs = self._legs()
        claims = [one for several in asked.seeding.of_pot().values() for one in several]
        for claim, rest in zip(claims, main.claims.left.tolist(), strict=True):
            claim.left = None if rest < 0 else rest
        largest = _largest(size, flows, self._most)
        listed = flows[largest].tolist()
        outcome = Outcome(
            spent=self._spent(listed, arrived[largest].tolist()),
            left=lines,
            held=held,
            legs=legs,
            sure_spent=self._sure_spent(listed),
            sure_left={key: self._sure_left(*key) for key in lines} if self._sure is not None else {},
            sure_held=self._sure_held(held),
            held_sums=held_sums,
            left_sums=self._by_word(currency, minor),
            flows_total=len(flows),
            left_total=len(left),
            held_total=self._held_total,
            accounts=len(book.of_account),
            objections=(
                *book.payments.objections,
                *self._doubts(doubts),
                *asked.seeding.objections,
                *asked.injected.objections,
                *unfilled([claims]),
            ),
            is_virtual=any(claim.virtual for claim in claims),
        )
        wanted = {*outcome.spent, *(number for number, _ in lines)}
        moves = {number: move for number in wanted if (move := asked.move_of(number)) is not None}
        return answer(book.payments, moves, asked.query, outcome)

    def _arrivals(self, run: Run, payments: NDArray[np.int64]) -> Int64:
        """Give what arrived of some payments until the end; what is on its way has not."""
        view = self._asked.book.view
        there = (view.sink[payments] >= 0) | (view.credit_at[payments] <= until_of(self._asked.query))
        arrived: Int64 = np.where(there, _arrived(self._asked, run, payments), 0)
        return arrived

    def _spent(self, numbers: list[int], arrived: list[int]) -> dict[int, Spent]:
        """What is followed in some payments, with segments where the loops kept them."""
        query, found, view = self._asked.query, self._main.found, self._asked.book.view
        spent = {
            number: Spent(tainted=int(found.tainted[number]), arrived=come, depth=int(found.depth[number]))
            for number, come in zip(numbers, arrived, strict=True)
        }
        kept = self._segments(self._main.records, spent)
        for number, one in spent.items():
            brought = self._asked.injected.by_payment.get(number)
            segments = list(brought.segments) if brought is not None else kept.get(number, [])
            if query.labels:
                one.labels = labels_of(segments)
            if view.sink[number] == _BORDER and query.method in {Method.PRORATA, Method.POISON}:
                # All of one label and depth, clean last: as numbers they say it all.
                rest = int(view.debit[number]) - one.tainted
                segments = [Segment(one.tainted, ANY_LABEL, one.depth), *clean(rest)]
            if view.sink[number] == _BORDER:
                one.segments = tuple(segments)
        return spent

    def _segments(self, records: Int64, wanted: Container[int]) -> dict[int, list[Segment]]:
        """Read records of (owner, minor, label, depth)."""
        found: dict[int, list[Segment]] = {}
        count = int(records[0, 0])
        for owner, minor, label, depth in records[:, 1 : count + 1].T.tolist():
            if owner in wanted:
                found.setdefault(owner, []).append(Segment(minor, self._asked.labels[label], depth))
        return found

    def _sure_spent(self, numbers: list[int]) -> dict[int, int]:
        if self._sure is None:
            return {}
        return {number: int(self._sure.found.tainted[number]) for number in numbers}

    def _left(self) -> tuple[Int64, NDArray[np.int8], Int64]:
        """All that left what the rows tell of: (payment, place in WHY, minor)."""
        found = self._main.found
        tainted = np.flatnonzero(found.tainted)
        brought = np.array(list(self._asked.injected.by_payment), dtype=np.int64)
        tainted = tainted[~np.isin(tainted, brought)]
        beyond = np.flatnonzero(found.beyond) if self._asked.query.depth else np.zeros(0, dtype=np.int64)
        parts = [(beyond, np.full(len(beyond), _DEPTH), found.beyond[beyond])]
        for why, minor in enumerate(self._left_of(tainted, self._main)):
            there = minor > 0
            parts.append((tainted[there], np.full(int(there.sum()), why), minor[there]))
        payment, reason, minor = (np.concatenate([part[column] for part in parts]) for column in range(3))
        return payment, reason.astype(np.int8), minor

    def _left_of(self, payments: NDArray[np.int64], run: Run) -> list[Int64]:
        """By place in WHY: what of these payments left, that was followed."""
        view, flags = self._asked.book.view, self._asked.pays.flags[payments]
        tainted, arrived, sink = run.found.tainted[payments], self._arrivals(run, payments), view.sink[payments]
        is_sunk = sink >= 0
        is_back = is_sunk | (view.credit_at[payments] <= until_of(self._asked.query))
        keeps = ((flags & EXCHANGE) == 0) & ((flags & NOWHERE) == 0)
        fee = np.where(keeps & is_back, tainted - arrived, 0)
        left = [np.where(is_sunk & (sink == why), tainted - fee, 0) for why in range(len(WHY))]
        left[_FEE] = left[_FEE] + fee
        left[_FLIGHT] = np.where(is_back, 0, tainted)
        return left

    def _sure_left(self, number: int, why: str) -> int:
        assert self._sure is not None
        place = WHY.index(why)
        if place == _DEPTH:
            return int(self._sure.found.beyond[number])
        return int(self._left_of(np.array([number], dtype=np.int64), self._sure)[place][0])

    def _held(self) -> tuple[dict[Pot, Standing], dict[str, int]]:
        """The pots where most is held, and the sums of all."""
        asked, pots = self._asked, self._main.pots
        places = np.flatnonzero(pots.taint)
        minor = pots.taint[places]
        if self._is_poison:
            minor = pots.base[places] + asked.stands([asked.end] * len(places), places.tolist())
            places, minor = places[minor > 0], minor[minor > 0]
        self._held_total = len(places)
        inside = places < len(asked.book.pots)
        sums = _sums(asked.book.currency[places[inside]], minor[inside], asked.book.currencies)
        for pot, one in zip(
            (asked.pots[place] for place in places[~inside].tolist()), minor[~inside].tolist(), strict=True
        ):
            sums[pot[1]] = sums.get(pot[1], 0) + one
        least = np.partition(minor, -self._most)[-self._most] if 0 < self._most < len(minor) else 0
        enough = np.flatnonzero(minor >= least)
        order = sorted(enough.tolist(), key=lambda at: (-int(minor[at]), asked.pots[places[at]]))[: self._most]
        chosen = places[order]
        balances = pots.base[chosen] + asked.stands([asked.end] * len(chosen), chosen.tolist())
        came = self._came(chosen)
        told = self._told(chosen)
        lots = self._segments(self._main.held, set(chosen.tolist()))
        found = {}
        for at, place in enumerate(chosen.tolist()):
            parts = lots.get(place, [])
            depth = min((one.depth for one in parts if one.label), default=int(pots.depth[place]))
            found[asked.pots[place]] = Standing(
                minor=int(minor[order[at]]),
                balance=int(balances[at]),
                depth=depth,
                labels=labels_of(parts) if asked.query.labels else {},
                came=came[place],
                told=told[at],
            )
        return found, sums

    def _told(self, chosen: NDArray[np.int64]) -> list[int | None]:
        """The last moment of which each pot's own bank tells."""
        book, asked = self._asked.book, self._asked
        inside = np.where(chosen < len(book.pots), chosen, 0)
        last = last_own(
            asked.end, inside, book.first, book.events, book.at, book.legs.code, book.view.legs, asked.pays.flags
        )
        found: list[int | None] = []
        for place, moment in zip(chosen.tolist(), last.tolist(), strict=True):
            moments = [one.end - 1 for one in book.covered.get(place, ())]
            if place < len(book.pots) and moment != NEVER:
                moments.append(moment)
            found.append(max(moments, default=None))
        return found

    def _came(self, chosen: NDArray[np.int64]) -> dict[int, Came]:
        """When and by which channel followed money came to some pots."""
        book, payments = self._asked.book, self._asked.book.payments
        slot = np.full(len(self._asked.pots), -1, dtype=np.int64)
        slot[chosen] = np.arange(len(chosen))
        inside = slot[book.target[self._landed.payments]] >= 0
        landed = self._landed.payments[inside]
        at, moment = slot[book.target[landed]], book.view.credit_at[landed]
        first, last = np.full(len(chosen), 2**62), np.full(len(chosen), -(2**62))
        np.minimum.at(first, at, moment)
        np.maximum.at(last, at, moment)
        came = {
            place: Came(first_at=int(first[number]), last_at=int(last[number]))
            for number, place in enumerate(chosen.tolist())
        }
        keys = at * len(payments.table.words) + payments.channel[landed]
        distinct, inverse = np.unique(keys, return_inverse=True)
        sums = np.bincount(inverse, weights=self._landed.minor[inside], minlength=len(distinct))
        for key, minor in zip(distinct.tolist(), sums.tolist(), strict=True):
            place, channel = divmod(key, len(payments.table.words))
            came[int(chosen[place])].channels[payments.table.words[channel]] = int(minor)
        for place, moment_, minor in zip(*(c.tolist() for c in self._noted()), strict=True):
            if place in came and minor:
                one = came[place]
                one.first_at, one.last_at = min(one.first_at, moment_), max(one.last_at, moment_)
                one.channels[""] = one.channels.get("", 0) + minor
        return came

    def _noted(self) -> tuple[NDArray[np.int32], Int64, Int64]:
        steps = self._main.steps
        return steps.pot, steps.at, steps.found

    def _sure_held(self, held: Iterable[Pot]) -> dict[Pot, int]:
        """What is certainly held: of pots whose stretch reaches the end."""
        if self._sure is None:
            return {}
        asked, pots = self._asked, self._sure.pots
        found = {}
        for pot in held:
            place = asked.place_of(pot)
            if pots.taint[place]:
                stands = int(asked.stands([asked.end], [place])[0])
                found[pot] = int(pots.base[place]) + stands if self._is_poison else int(pots.taint[place])
        return found

    def _by_word(self, words: NDArray[np.int32], minor: Int64) -> dict[str, int]:
        return _sums(words, minor, self._asked.book.payments.table.words)

    def _legs(self) -> dict[str, Sums]:
        """Sums of each currency."""
        asked, found, view = self._asked, self._main.found, self._asked.book.view
        landed = self._landed
        legs: dict[str, Sums] = {}

        def add(name: str, parts: dict[str, int]) -> None:
            for currency, minor in parts.items():
                sums = legs.setdefault(currency, Sums())
                setattr(sums, name, getattr(sums, name) + minor)

        steps = self._main.steps
        add("seeded", _summed((asked.pots[place][1] for place in steps.pot.tolist()), steps.found))
        add("seeded", self._by_word(view.credit_currency[landed.payments], landed.minor - landed.come))
        brought = np.array(list(asked.brought), dtype=np.int64)
        add(
            "injected",
            self._by_word(view.credit_currency[brought], np.array(list(asked.brought.values()), dtype=np.int64)),
        )
        changed = np.flatnonzero((found.tainted > 0) & ((asked.pays.flags & EXCHANGE) > 0) & (view.sink < 0))
        changed = changed[view.credit_at[changed] <= until_of(asked.query)]
        changed = changed[~np.isin(changed, brought)]
        out, into = view.debit_currency[changed], view.credit_currency[changed]
        left, arrived = found.tainted[changed], self._arrivals(self._main, changed)
        add("converted_out", self._by_word(out, left))
        add("converted_in", self._by_word(into, arrived))
        add("residue", self._by_word(out, residues(left, arrived, view.debit[changed], view.credit[changed])))
        return legs

    def _doubts(self, doubts: Doubts) -> list[str]:
        """Say what is wrong with the rows, each kind once."""
        told = dict(self._asked.book.doubted)
        for what, names in doubts.found.items():
            told[what] = len(names), names[0]
        if self._asked.short:
            told[SHORT] = len(self._asked.short), " ".join(min(self._asked.short))
        return [doubt(what, *told[what]) for what in sorted(told)]


def _sums(places: NDArray[np.int32], minor: Int64, words: Sequence[str]) -> dict[str, int]:
    """Sum amounts by words, exactly: halves never overflow."""
    found: dict[str, int] = {}
    for place in np.unique(places).tolist():
        some = minor[places == place]
        total = (int((some >> 32).sum()) << 32) + int((some & _LOW).sum())
        if total:
            found[words[place]] = found.get(words[place], 0) + total
    return found


def _summed(currencies: Iterable[str], minor: Int64) -> dict[str, int]:
    found: dict[str, int] = {}
    for currency, one in zip(currencies, minor.tolist(), strict=True):
        if one:
            found[currency] = found.get(currency, 0) + one
    return found


def _largest(size: Int64, key: Int64, most: int) -> NDArray[np.intp]:
    """Give the places of the largest, equals by key."""
    places = np.arange(len(size))
    if len(size) > most:
        least = np.partition(size, len(size) - most)[len(size) - most] if most else 2**62
        above, equal = np.flatnonzero(size > least), np.flatnonzero(size == least)
        equal = equal[np.argsort(key[equal], kind="stable")[: max(0, most - len(above))]]
        places = np.concatenate((above, equal))
    return places[np.lexsort((key[places], -size[places]))]
