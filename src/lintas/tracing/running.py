# SPDX-License-Identifier: Apache-2.0
"""One query over an opened book: what it adds to the book, as arrays, and the two runs of the compiled loops.

Source: docs/spec/tracing.md, rules T4, T5, T11, T15.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lintas.model.money import Leg, Method, Segment, TraceQuery
from lintas.tracing.book import Book
from lintas.tracing.columns import (
    BEGIN,
    END,
    EVERYTHING,
    VIRTUAL,
    VOID,
    WATCHED,
    Brought,
    Claims,
    Found,
    Legs,
    Pays,
    Pots,
    Steps,
)
from lintas.tracing.injecting import injections
from lintas.tracing.kernels import follow_shares, lowest, stand_at
from lintas.tracing.lots import follow_lots
from lintas.tracing.pots import arriving, tainted_of
from lintas.tracing.reference import known_opening, last_moment, named, undisturbed
from lintas.tracing.seeding import BEFORE, Claim, Credit, resolve
from lintas.tracing.settling import Doubts, Move, Pot, until_of
from lintas.tracing.stretches import Booking, Stretch, stretches
from lintas.tracing.table import Int64

Sure = Mapping[int, Sequence[Stretch]]  # by pot


class Run(NamedTuple):
    """What one run of the loops reads and writes beside the book."""

    found: Found
    pots: Pots
    steps: Steps
    claims: Claims
    brought: Brought
    pays: Pays  # of the book, with what is watched
    records: Int64  # (payment, minor, label, depth) of segments; column 0 counts
    held: Int64  # (pot, minor, label, depth) of lots
    is_sure: bool  # only what is certain counts


def follow(asked: "Asked", run: Run) -> Run:
    """Follow all events once."""
    query, method = asked.query, asked.query.method
    shared = (
        asked.begin,
        asked.end,
        asked.legs,
        run.pays,
        run.pots,
        run.steps,
        run.claims,
        run.brought,
        run.found,
        query.depth,
    )
    if asked.is_shares:
        follow_shares(*shared, method is Method.POISON, run.is_sure)
        return run
    keep = 0 if run.is_sure else 2 if query.labels else 1 if query.own else 0
    records, held = follow_lots(*shared, method is Method.LIFO, run.is_sure, keep)
    return run._replace(records=records, held=held)


class Asked:
    """A query beside the book that it reads."""

    def __init__(self, book: Book, query: TraceQuery) -> None:
        self.book = book
        self.query = query
        self.begin = 0
        self.end = int(np.searchsorted(book.at, until_of(query), side="right"))
        self.is_shares = query.method in {Method.PRORATA, Method.POISON}
        self.legs: Legs = book.legs
        self.pays = book.pays
        references = book.payments.find(named(query))
        self.injected = injections(query, lambda name: references.get(name, []), self.move_of)
        self._void()
        accounts = {seed.account for seed in query.seeds}
        pots_of = {account: book.of_account[account] for account in accounts if account in book.of_account}

        def credited_by(reference: str) -> tuple[int, Pot, int] | None:
            for number in references.get(reference, []):
                move = self.move_of(number)
                if move is not None and move.target is not None and move.is_in_time:
                    return number, move.target, move.credit
            return None

        self.seeding = resolve(query, pots_of, self._credits_to, credited_by)
        known = {claim.pot for claim in self.seeding.claims}
        self.pots = (*book.pots, *sorted(pot for pot in known if pot not in book.place_of))
        self._new_places = {pot: len(book.pots) + place for place, pot in enumerate(self.pots[len(book.pots) :])}
        if not self.injected.by_payment and all(claim.payment is None for claim in self.seeding.claims):
            first = min((claim.start for claim in self.seeding.claims), default=BEFORE)
            self.begin = min(self.end, int(np.searchsorted(book.at, first)))
        last = int(book.at[self.end - 1]) if self.end else BEFORE
        self.until = last_moment(query, last, self.seeding)
        labels = {claim.label for claim in self.seeding.claims}
        labels |= {part.label for one in self.injected.by_payment.values() for part in one.segments if part.label}
        self.labels = ["", *sorted(labels)]
        self._label_of = {label: place for place, label in enumerate(self.labels)}
        self.short: list[Pot] = []
        self.touched = np.zeros(0, dtype=bool)  # pots to which followed money came, once it is known
        self.brought: dict[int, int] = {}  # by injected payment: what arrives of it
        self._claims_by_pot = self.seeding.of_pot()

    def place_of(self, pot: Pot) -> int:
        """Give a pot's number, of the book or of this query alone."""
        place = self.book.place_of.get(pot)
        return self._new_places[pot] if place is None else place

    def move_of(self, number: int) -> Move | None:
        """Give one payment as the slow form sees it; None where it does not count."""
        book = self.book
        if book.source[number] < 0 and book.target[number] < 0:
            return None
        until = until_of(self.query)
        move = book.move(number, until)
        is_late = move.debit_at > until or (move.source is None and not move.is_in_time)
        return None if is_late else move

    def events_of(self, place: int) -> NDArray[np.int64]:
        """Give the events of a pot within the query's time."""
        if place >= len(self.book.pots):
            return np.zeros(0, dtype=np.int64)
        book = self.book
        events = book.events[book.first[place] : book.first[place + 1]]
        within: NDArray[np.int64] = events[: np.searchsorted(events, self.end)].astype(np.int64)
        if len(self.injected.by_payment):
            code = book.legs.code[within]
            within = within[((code & 1) == 1) | ((self.pays.flags[code >> 1] & VOID) == 0)]
        return within

    def _minor_of(self, events: NDArray[np.int64]) -> Int64:
        code = self.legs.code[events]
        minor: Int64 = np.where(code & 1 == 1, self.pays.credit[code >> 1], -self.pays.debit[code >> 1])
        return minor

    def _void(self) -> None:
        """Take away the debits of payments of which another node says what they bring."""
        voids = [number for number in self.injected.by_payment if self.book.source[number] >= 0]
        if not voids:
            return
        flags = self.pays.flags.copy()
        flags[voids] |= VOID
        before = self.legs.before.copy()
        for place in {int(self.book.source[number]) for number in voids}:
            events = self.book.events[self.book.first[place] : self.book.first[place + 1]]
            code = self.legs.code[events]
            out = ((code & 1) == 0) & ((flags[code >> 1] & VOID) > 0)
            minor = np.where(out, self.pays.debit[code >> 1], 0)
            before[events] += np.cumsum(minor) - minor
        self.pays = self.pays._replace(flags=flags)
        self.legs = self.legs._replace(before=before)

    def _credits_to(self, pot: Pot) -> list[Credit]:
        place = self.book.place_of.get(pot)
        if place is None:
            return []
        events = self.events_of(place)
        events = events[self.legs.code[events] & 1 == 1]
        payments = self.legs.code[events] >> 1
        columns = (self.book.at[events].tolist(), self.pays.credit[payments].tolist(), payments.tolist())
        return [Credit(*one) for one in zip(*columns, strict=True)]

    def stands(self, events: Iterable[int], places: Iterable[int]) -> Int64:
        """Give what the rows before some events bring to some pots, one each, from zero."""
        book = self.book
        found_events, found_places = np.array(list(events), dtype=np.int64), np.array(list(places), dtype=np.int64)
        inside = found_places < len(book.pots)
        result = np.zeros(len(found_places), dtype=np.int64)
        result[inside] = stand_at(
            found_events[inside],
            found_places[inside],
            book.first,
            book.events,
            self.legs,
            self.pays,
        )
        return result

    def openings(self) -> Int64:
        """T4: what stood in each pot before its first event."""
        book = self.book
        low = np.zeros(len(self.pots), dtype=np.int64)
        if self.end == len(book.at):
            low[: len(book.pots)] = book.low
        else:
            lowest(self.end, book.legs.code, book.legs.pot, self.pays.debit, book.legs.before, low)
        virtual = {self.place_of(pot): claims for pot, claims in self._claims_by_pot.items()}
        virtual = {place: claims for place, claims in virtual.items() if any(one.virtual for one in claims)}
        for place in {*virtual, *(int(self.book.source[number]) for number in self.injected.by_payment)} - {-1}:
            low[place] = self._lowest(place, virtual.get(place, []))
        found = -low
        stated, told = book.stated, book.opening.copy()
        voided = np.array([self.book.source[number] for number in self.injected.by_payment], dtype=np.int64)
        for at in np.flatnonzero((book.first_at > until_of(self.query)) | np.isin(stated, voided)).tolist():
            # The first event of the pot does not count here, so another statement may.
            events = self.events_of(int(stated[at]))
            moment = int(book.at[events[0]]) if len(events) else self.until
            opening = known_opening(book.covered[int(stated[at])], moment)
            told[at] = -1 if opening is None else opening
        short = (told >= 0) & (told < found[stated])
        self.short = [self.pots[place] for place in stated[short].tolist()]
        found[stated] = np.maximum(found[stated], told)
        return found

    def _lowest(self, place: int, claims: Sequence[Claim]) -> int:
        events = self.events_of(place)
        after = np.cumsum(self._minor_of(events))
        virtual = sorted((one.start, one.virtual) for one in claims)
        starts = np.array([start for start, _ in virtual], dtype=np.int64)
        sums = np.concatenate(([0], np.cumsum([minor for _, minor in virtual], dtype=np.int64)))
        after = after + sums[np.searchsorted(starts, self.book.at[events], side="right")]
        return min(0, int(after.min())) if len(after) else 0

    def _steps(self, sure: Sure | None) -> Steps:
        rows: list[tuple[int, int, int, int, int, int, int]] = []  # at, rank, place, kind, pot, minor, label
        for claim in self.seeding.claims:
            if claim.virtual or claim.left is None:
                kind = EVERYTHING if claim.left is None else VIRTUAL
                label = self._label_of[claim.label]
                rows.append((claim.start, 3, claim.place, kind, self.place_of(claim.pot), claim.virtual, label))
        for pot, several in (sure or {}).items():
            everything = [one for one in self._claims_of(pot) if one.left is None]
            for one in several:
                rows.append((one.end, 0, 0, END, pot, 0, 0))
                rows.append((one.start, 1, 0, BEGIN, pot, one.opening, 0))
                early = [claim for claim in everything if claim.start <= one.start]
                rows += [(one.start, 2, c.place, EVERYTHING, pot, 0, self._label_of[c.label]) for c in early]
        rows = sorted(row for row in rows if row[0] <= self.until)
        at = np.array([row[0] for row in rows], dtype=np.int64)
        event = np.searchsorted(self.book.at, at).astype(np.int64)
        kind_of = np.array([row[3] for row in rows], dtype=np.uint8)
        stands = self.stands(event, [row[4] for row in rows])
        minor = np.array([row[5] for row in rows], dtype=np.int64)
        return Steps(
            event=event,
            at=at,
            kind=kind_of,
            pot=np.array([row[4] for row in rows], dtype=np.int32),
            minor=np.where(kind_of == BEGIN, minor - stands, minor),
            label=np.array([row[6] for row in rows], dtype=np.int32),
            stands=stands,
            found=np.zeros(len(rows), dtype=np.int64),
        )

    def _claims_of(self, place: int) -> list[Claim]:
        return self._claims_by_pot.get(self.pots[place], [])

    def _claims(self) -> Claims:
        claims = [one for several in self._claims_by_pot.values() for one in several]
        sizes = [len(several) for several in self._claims_by_pot.values()]
        return Claims(
            first=np.cumsum([0, *sizes]).astype(np.int32),
            start=np.array([one.start for one in claims], dtype=np.int64),
            payment=np.array([-1 if one.payment is None else one.payment for one in claims], dtype=np.int32),
            left=np.array([-1 if one.left is None else one.left for one in claims], dtype=np.int64),
            label=np.array([self._label_of[one.label] for one in claims], dtype=np.int32),
        )

    def _brought(self, *, is_sure: bool) -> tuple[Brought, dict[int, list[Segment]]]:
        """What other nodes say arrived; nothing of it is certain."""
        come: dict[int, list[Segment]] = {}
        for number, one in {} if is_sure else sorted(self.injected.by_payment.items()):
            move = self.move_of(number)
            assert move is not None
            whole = sum(part.minor for part in one.segments)
            exchange = one.currency != move.credit_currency
            come[number], _ = arriving(
                list(one.segments), whole, move.credit, is_exchange=exchange, method=self.query.method
            )
        parts = [part for several in come.values() for part in several]
        return Brought(
            payment=np.array(list(come), dtype=np.int32),
            first=np.cumsum([0, *(len(several) for several in come.values())]).astype(np.int32),
            minor=np.array([part.minor for part in parts], dtype=np.int64),
            label=np.array([self._label_of[part.label] for part in parts], dtype=np.int32),
            depth=np.array([part.depth for part in parts], dtype=np.int32),
        ), come

    def prepare(self, base: Int64, sure: Sure | None) -> Run:
        """Lay out what one run reads and writes: with what the rows say, or with only what is certain."""
        count, is_sure = self.book.payments.count, sure is not None
        brought, come = self._brought(is_sure=is_sure)
        slot = np.full(len(self.pots), -1, dtype=np.int32)
        flags = self.pays.flags.copy()
        watched = [brought.payment]
        for number, pot in enumerate(self._claims_by_pot):
            slot[self.place_of(pot)] = number
            codes = self.legs.code[self.events_of(self.place_of(pot))]
            watched.append(codes[codes & 1 == 1] >> 1)
        which = np.unique(np.concatenate(watched)).astype(np.int32)
        flags[which] |= WATCHED
        found = Found(
            tainted=np.zeros(count, dtype=np.int64),
            depth=np.zeros(count, dtype=np.int32),
            arrived=np.zeros(0 if self.is_shares else count, dtype=np.int64),
            beyond=np.zeros(count if self.query.depth else 1, dtype=np.int64),
            watched=which,
            landed=np.zeros(len(which), dtype=np.int64),
        )
        for number, segments in come.items():
            self._note(found, number, segments)
            if not is_sure:
                self.brought[number] = tainted_of(segments)
        pots = Pots(
            base=base,
            taint=np.zeros(len(self.pots), dtype=np.int64),
            depth=np.zeros(len(self.pots), dtype=np.int32),
            live=np.full(len(self.pots), 0 if is_sure else 1, dtype=np.uint8),
            slot=slot,
            since=np.full(len(self.pots), BEFORE, dtype=np.int64),
        )
        nothing = np.zeros((4, 1), dtype=np.int64)
        steps, pays = self._steps(sure), self.pays._replace(flags=flags)
        return Run(found, pots, steps, self._claims(), brought, pays, nothing, nothing, is_sure)

    def _note(self, found: Found, number: int, come: list[Segment]) -> None:
        """Say of an injected payment what left the other side, and what of it arrives."""
        left = self.injected.by_payment[number].segments
        found.tainted[number] = tainted_of(left)
        if not self.is_shares:
            found.arrived[number] = tainted_of(come)
        found.depth[number] = min((one.depth for one in left if one.label), default=0)

    def known(self, came: Iterable[int], doubts: Doubts) -> dict[int, list[Stretch]]:
        """T15: the stretches of pots to which followed money came, in which it can be certain."""
        book, found = self.book, dict[int, list[Stretch]]()
        places = [place for place in came if place in book.covered]
        for place in sorted(places, key=lambda place: self.pots[place]):
            events = self.events_of(place)
            code = self.legs.code[events]
            leg = np.where(code & 1 == 1, Leg.PAYEE, Leg.PAYER)
            own = (book.view.legs[code >> 1] & leg) > 0
            columns = (book.at[events].tolist(), self._minor_of(events).tolist(), own.tolist())
            bookings = [Booking(*one) for one in zip(*columns, strict=True)]
            good, wrong = stretches(book.covered[place], bookings, until_of(self.query))
            for what in wrong:
                doubts.add(what, " ".join(self.pots[place]))
            if kept := undisturbed(good, self._claims_of(place), self.until):
                found[place] = kept
        return found
