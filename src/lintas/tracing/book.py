# SPDX-License-Identifier: Apache-2.0
"""A ledger opened for tracing: every payment settled, every event in its order, every pot summed up.

All that a query does not change is done once here, in numpy and compiled loops, so that a trace is quick afterwards.

Source: docs/spec/tracing.md, rules T1, T2, T4, T7, T9, T11.
"""

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lintas.limits import BALANCE_MINOR_MAX, PAYMENT_MINOR_MAX
from lintas.model.money import NEVER, UNKNOWN_MINOR, Covered, Leg, PaymentKind
from lintas.tracing.columns import EXCHANGE, NOWHERE, SINK, SURE, Legs, Pays
from lintas.tracing.joining import Bools, Payments
from lintas.tracing.kernels import by_pot, sum_up, tied
from lintas.tracing.reference import known_opening
from lintas.tracing.settling import (
    CLOCKS,
    EXCESS,
    NO_AMOUNT,
    NO_RATE,
    NO_TIME,
    TIME_US_MAX,
    TOO_MUCH,
    Move,
    Pot,
    is_foreign,
)
from lintas.tracing.stretches import is_usable, mirrored
from lintas.tracing.table import Int32, Int64, UInt8

WHY: Final = ("border", "cash", "depth", "fee", "flight", "outside")  # in the order of the alphabet
Doubted = dict[str, tuple[int, str]]  # what is wrong -> (how often, the first)


class View(NamedTuple):
    """Payments as one direction and one border see them."""

    payer: Int32
    payee: Int32
    debit_currency: Int32
    credit_currency: Int32
    debit_at: Int64
    credit_at: Int64
    debit: Int64
    credit: Int64
    legs: UInt8
    sink: Int32  # place in WHY; -1: an account


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Book:
    """One direction of a ledger within one border, opened."""

    payments: Payments
    view: View
    source: Int32  # pot that a payment debits; -1: none
    target: Int32  # pot that it credits
    legs: Legs
    at: Int64  # of each event
    pays: Pays
    pots: tuple[Pot, ...]
    place_of: dict[Pot, int]
    of_account: dict[str, list[Pot]]
    first: Int64  # of each pot in `events`, and one more
    events: Int32
    low: Int64  # the least that each pot comes to, from zero
    covered: dict[int, list[Covered]]  # by pot
    stated: Int32  # pots that have statements, ascending
    first_at: Int64  # of each of them: its first event; beyond all time where it has none
    opening: Int64  # what its statements say stood there before; -1: nothing
    currency: Int32  # of each pot, a place in `currencies`
    currencies: tuple[str, ...]
    doubted: Doubted

    def move(self, number: int, until: int) -> Move:
        """Give one payment as lines show it."""
        payments, view, words = self.payments, self.view, self.payments.table.words
        return Move(
            number=number,
            name=payments.name(number),
            order=0,
            payer=words[view.payer[number]],
            payee=words[view.payee[number]],
            source=None if self.source[number] < 0 else self.pots[self.source[number]],
            target=None if self.target[number] < 0 else self.pots[self.target[number]],
            sink="" if view.sink[number] < 0 else WHY[view.sink[number]],
            debit_at=int(view.debit_at[number]),
            credit_at=int(view.credit_at[number]),
            debit=int(view.debit[number]),
            credit=int(view.credit[number]),
            debit_currency=words[view.debit_currency[number]],
            credit_currency=words[view.credit_currency[number]],
            kind=words[payments.kind[number]],
            legs=int(view.legs[number]),
            guessed=bool(payments.guessed[number]),
            is_known=bool(view.debit[number] != UNKNOWN_MINOR),
            is_in_time=bool(view.credit_at[number] <= until),
        )


def open_book(payments: Payments, *, backward: bool, own: tuple[str, ...]) -> Book:
    """Open a ledger for traces in one direction within one border.

    Shape: O(payments log payments), about 150 bytes a payment.
    """
    doubted: Doubted = {}
    view, counts = _view(payments, doubted, backward=backward)
    foreign_payer, foreign_payee = _foreign(payments, view, own)
    source_counts = counts & (view.payer > 0) & (view.debit != UNKNOWN_MINOR) & ~foreign_payer
    no_target = (view.payee == 0) | (view.credit == UNKNOWN_MINOR)
    target_counts = counts & ~no_target & ~foreign_payee
    view = view._replace(sink=_sinks(payments, view, no_target, foreign_payee, backward=backward))
    extra, told = _statements(payments, own, backward=backward)
    words = [*payments.table.words, *extra] if extra else payments.table.words
    source, target, keys = _pots(view, source_counts, target_counts, told, len(words))
    pots = tuple((words[account], words[currency]) for account, currency in keys.tolist())
    source, target = _without_absurd(view, source, target, pots, doubted)
    place_of = {pot: place for place, pot in enumerate(pots)}
    of_account: dict[str, list[Pot]] = {}
    for pot in pots:
        of_account.setdefault(pot[0], []).append(pot)
    code, pot_of, at = _events(payments, view, source, target, len(pots))
    before, low = np.zeros(len(code), dtype=np.int64), np.zeros(len(pots), dtype=np.int64)
    sum_up(code, pot_of, view.debit, view.credit, before, low)
    first, events = by_pot(pot_of, len(pots))
    by_place: dict[int, list[Covered]] = {}
    for one, *_ in told:
        by_place.setdefault(place_of[one.account, one.currency], []).append(one)
    used, currency = np.unique(keys[:, 1], return_inverse=True)
    stated = np.array(sorted(by_place), dtype=np.int32)
    has = first[stated] < first[stated + 1]
    first_at = np.full(len(stated), 2 * TIME_US_MAX, dtype=np.int64)
    first_at[has] = at[events[first[stated[has]]]]
    openings = [
        known_opening(by_place[place], moment) for place, moment in zip(stated.tolist(), first_at.tolist(), strict=True)
    ]
    return Book(
        payments=payments,
        view=view,
        source=source,
        target=target,
        legs=Legs(code, pot_of, before),
        at=at,
        pays=Pays(view.debit, view.credit, view.credit_at, _flags(payments, view)),
        pots=pots,
        place_of=place_of,
        of_account=of_account,
        first=first,
        events=events,
        low=low,
        covered=by_place,
        stated=stated,
        first_at=first_at,
        opening=np.array([-1 if one is None else one for one in openings], dtype=np.int64),
        currency=currency.astype(np.int32),
        currencies=tuple(words[place] for place in used.tolist()),
        doubted=doubted,
    )


def _flags(payments: Payments, view: View) -> UInt8:
    """Say of each payment what the loops ask."""
    flags: UInt8 = (view.debit_currency != view.credit_currency).astype(np.uint8) * np.uint8(EXCHANGE)
    flags[view.sink >= 0] |= SINK
    flags[(view.sink == 0) | (view.credit == UNKNOWN_MINOR)] |= NOWHERE
    flags[(view.legs & Leg.PAYEE > 0) & ~payments.guessed] |= SURE
    return flags


def _filled(column: NDArray[Any], unknown: int, other: NDArray[Any]) -> NDArray[Any]:
    """A column with what it does not know taken from another one; itself where it knows all."""
    lacks = column == unknown
    return np.where(lacks, other, column) if lacks.any() else column


def _doubt(doubted: Doubted, what: str, where: Bools, payments: Payments) -> None:
    if where.any():
        doubted[what] = int(np.count_nonzero(where)), payments.name(int(np.argmax(where)))


def _view(payments: Payments, doubted: Doubted, *, backward: bool) -> tuple[View, Bools]:
    """T1: times and amounts that are missing come from the other leg. Gives also which payments count."""
    debit_at = _filled(payments.debit_at, NEVER, payments.credit_at)
    told = payments.credit_at
    credit_at = _filled(told, NEVER, debit_at)
    if bool((credit_at < debit_at).any()):
        credit_at = np.maximum(credit_at, debit_at)
    timed = (debit_at >= -TIME_US_MAX) & (debit_at <= TIME_US_MAX) & (credit_at <= TIME_US_MAX)
    _doubt(doubted, NO_TIME, ~timed, payments)
    one, other = payments.debit_currency, payments.credit_currency
    debit_currency, credit_currency = _filled(one, 0, other), _filled(other, 0, one)
    same = debit_currency == credit_currency
    debit, credit = payments.debit_minor, payments.credit_minor
    lacks_debit, lacks_credit = same & (debit == UNKNOWN_MINOR), same & (credit == UNKNOWN_MINOR)
    debit, credit = (
        np.where(lacks_debit, credit, debit) if lacks_debit.any() else debit,
        np.where(lacks_credit, debit, credit) if lacks_credit.any() else credit,
    )
    least = np.minimum(debit, credit)
    sized = ((debit >= 0) | (credit >= 0)) & (least >= UNKNOWN_MINOR)
    sized &= (debit <= PAYMENT_MINOR_MAX) & (credit <= PAYMENT_MINOR_MAX)
    _doubt(doubted, NO_AMOUNT, timed & ~sized, payments)
    counts = timed & sized
    _doubt(doubted, CLOCKS, counts & (told != NEVER) & (credit_at != told), payments)
    _doubt(doubted, NO_RATE, counts & (least == UNKNOWN_MINOR), payments)
    payer, payee, legs = payments.payer, payments.payee, payments.legs
    if not backward:
        _doubt(doubted, EXCESS, counts & (least != UNKNOWN_MINOR) & (credit > debit) & same & (payer > 0), payments)
    else:
        payer, payee, debit, credit = payee, payer, credit, debit
        debit_currency, credit_currency = credit_currency, debit_currency
        debit_at, credit_at = np.where(counts, -credit_at, 0), np.where(counts, -debit_at, 0)
        legs = (((legs & 1) << 1) | ((legs & 2) >> 1)).astype(np.uint8)
    nobody = np.full(len(payer), -1, dtype=np.int32)
    view = View(payer, payee, debit_currency, credit_currency, debit_at, credit_at, debit, credit, legs, nobody)
    return view, counts


def _foreign(payments: Payments, view: View, own: tuple[str, ...]) -> tuple[Bools, Bools]:
    """T11: whose account is kept in a country that is not ours."""
    if not own:
        none = np.zeros(payments.count, dtype=bool)
        return none, none
    foreign = np.zeros(len(payments.table.words), dtype=bool)
    for place in np.unique(np.r_[view.payer, view.payee]).tolist():
        foreign[place] = is_foreign(payments.table.words[place], own)
    return foreign[view.payer], foreign[view.payee]


def _sinks(payments: Payments, view: View, no_target: Bools, foreign: Bools, *, backward: bool) -> Int32:
    """T9: what becomes of money that no account of ours gets."""
    cash = PaymentKind.CASH_IN if backward else PaymentKind.CASH_OUT
    table = {"cash": cash.value, "fee": PaymentKind.FEE.value}
    sink = np.full(payments.count, -1, dtype=np.int32)
    sink[no_target] = WHY.index("outside")
    nobody = view.payee == 0
    for why, kind in table.items():
        for place, word in enumerate(payments.table.words):
            if word == kind:
                sink[nobody & (payments.kind == place)] = WHY.index(why)
    sink[foreign] = WHY.index("border")
    return sink


class Statement(NamedTuple):
    """A statement, and where its words stand."""

    covered: Covered
    account: int
    currency: int


def _statements(payments: Payments, own: tuple[str, ...], *, backward: bool) -> tuple[list[str], list[Statement]]:
    """T15: statements on this direction's axis of time, and the words that only they use."""
    told = [
        mirrored(one) if backward else one
        for one in payments.table.covered
        if is_usable(one) and not is_foreign(one.account, own)
    ]
    wanted = {one.account for one in told} | {one.currency for one in told}
    if not wanted:
        return [], []
    places = {word: place for place, word in enumerate(payments.table.words) if word in wanted}
    extra = sorted(wanted - places.keys())
    places |= {word: len(payments.table.words) + place for place, word in enumerate(extra)}
    return extra, [Statement(one, places[one.account], places[one.currency]) for one in told]


def _pots(
    view: View, source_counts: Bools, target_counts: Bools, told: list[Statement], words: int
) -> tuple[Int32, Int32, NDArray[np.int64]]:
    """Number the pots: (pot of each payer, of each payee, account and currency of each pot)."""
    is_currency = np.zeros(words, dtype=bool)
    for named in (view.debit_currency, view.credit_currency, np.array([one.currency for one in told], dtype=np.int32)):
        is_currency[named] = True
    currencies = np.flatnonzero(is_currency).astype(np.int32)
    wide = max(1, len(currencies))
    wanted: type[np.signedinteger[Any]] = np.int32 if words * wide < 2**31 else np.int64
    number_of = np.zeros(words, dtype=wanted)
    number_of[currencies] = np.arange(len(currencies))
    paid = view.payer.astype(wanted) * wanted(wide) + number_of[view.debit_currency]
    come = view.payee.astype(wanted) * wanted(wide) + number_of[view.credit_currency]
    stated = np.array([one.account * wide + int(number_of[one.currency]) for one in told], dtype=wanted)
    used = np.zeros(words * wide, dtype=bool) if words * wide <= 8 * len(paid) + 10**7 else None
    if used is not None:  # a table of all that could be is quicker than sorting
        for keys in (paid[source_counts], come[target_counts], stated):
            used[keys] = True
        found = np.flatnonzero(used)
        number = np.cumsum(used, dtype=np.int32) - np.int32(1)
        source, target = number[np.where(source_counts, paid, 0)], number[np.where(target_counts, come, 0)]
    else:
        found = np.unique(np.concatenate((paid[source_counts], come[target_counts], stated))).astype(np.int64)
        source, target = (np.searchsorted(found, keys).astype(np.int32) for keys in (paid, come))
    source = np.where(source_counts, source, -1).astype(np.int32, copy=False)
    target = np.where(target_counts, target, -1).astype(np.int32, copy=False)
    keys = np.stack((found // wide, currencies[found % wide].astype(np.int64)), axis=1)
    return source, target, keys


def _without_absurd(
    view: View, source: Int32, target: Int32, pots: tuple[Pot, ...], doubted: Doubted
) -> tuple[Int32, Int32]:
    """Leave out what touches a pot whose rows come to more than a balance can be."""
    # Sums of floating point are exact as far as the limit goes, and never fall below it again.
    turned = np.bincount(source[source >= 0], weights=view.debit[source >= 0], minlength=len(pots)).astype(float)
    turned += np.bincount(target[target >= 0], weights=view.credit[target >= 0], minlength=len(pots))
    absurd = turned > BALANCE_MINOR_MAX
    if not absurd.any():
        return source, target
    names = sorted(pots[place] for place in np.flatnonzero(absurd))
    doubted[TOO_MUCH] = len(names), " ".join(names[0])
    absurd = np.r_[absurd, False]  # at -1
    out = absurd[source] | absurd[target]
    return np.where(out, -1, source).astype(np.int32), np.where(out, -1, target).astype(np.int32)


def _events(payments: Payments, view: View, source: Int32, target: Int32, pots: int) -> tuple[Int32, Int32, Int64]:
    """T2: all legs in their order, as (code, pot, moment).

    Only payments that meet another one in one pot at one moment are hashed: for all others any order gives the same.
    """
    paid, come = np.flatnonzero(source >= 0), np.flatnonzero(target >= 0)
    at = np.concatenate((view.debit_at[paid], view.credit_at[come]))
    order = np.argsort(at, kind="stable")
    at = at[order]
    pot = np.concatenate((source[paid], target[come]))[order]
    code = np.concatenate(((paid * 2).astype(np.int32), (come * 2 + 1).astype(np.int32)))
    del paid, come
    code = code[order]
    del order
    meets = np.zeros(payments.count, dtype=np.uint8)
    tied(code, pot, at, pots, meets)
    if not meets.any():
        return code, pot, at
    moments = np.unique(at[meets[code >> 1] > 0])
    starts, ends = (np.searchsorted(at, moments, side=side) for side in ("left", "right"))
    sizes = ends - starts
    places = np.repeat(starts - np.cumsum(sizes) + sizes, sizes) + np.arange(int(sizes.sum()))
    hashes, names = _hashes(payments, meets)
    who = code[places] >> 1
    again = places[np.lexsort((who, names[who], code[places] & 1, hashes[who], at[places]))]
    code[places], pot[places] = code[again], pot[again]
    return code, pot, at


def _hashes(payments: Payments, meets: UInt8) -> tuple[NDArray[np.uint64], Int32]:
    """Hash the references of some payments, and rank their names."""
    hashes, ranks = np.zeros(payments.count, dtype=np.uint64), np.zeros(payments.count, dtype=np.int32)
    names = {int(number): payments.name(int(number)) for number in np.flatnonzero(meets)}
    rank = {name: place for place, name in enumerate(sorted(set(names.values())))}
    for number, name in names.items():
        hashes[number], ranks[number] = payments.table.hash_of(name), rank[name]
    return hashes, ranks
