# SPDX-License-Identifier: Apache-2.0
"""Compiled loops: what a pot sums up to, and pro-rata and poison as plain numbers.

Exact integers: `scaled` estimates floor(t * a / b) in floating point and corrects it by the remainder in wrapping
64-bit integers. With t <= b <= 2**53 and a <= 2**53 the estimate is off by at most 3, so the true remainder lies within
4 * b <= 2**55 of zero, and the wrapped one is the true one.

A pot into which nothing followed ever came costs one look; balances are summed up once, when a ledger is opened.
Compiled code is kept where NUMBA_CACHE_DIR says, else made anew by each process.

Source: docs/spec/tracing.md, rules T4 to T15.
"""

from typing import Any, Final

import numba
import numpy as np
from numba import njit

from lintas.tracing.columns import (
    BEGIN,
    END,
    EVERYTHING,
    EXCHANGE,
    NOWHERE,
    SURE,
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

CACHE: Final = bool(numba.config.CACHE_DIR)  # type: ignore[attr-defined]  # made at run time


@njit(cache=CACHE, nogil=True)
def scaled(taint: Any, minor: Any, balance: Any) -> Any:
    """Give floor(taint * minor / balance) exactly, for 0 <= taint <= balance <= 2**53 and 0 <= minor <= 2**53."""
    if balance == 0:
        return np.int64(0)
    if taint == balance:
        return minor
    found = np.int64(np.float64(taint) * np.float64(minor) / np.float64(balance))
    rest = taint * minor - found * balance
    while rest < 0:
        found -= 1
        rest += balance
    while rest >= balance:
        found += 1
        rest -= balance
    return found


@njit(cache=CACHE, nogil=True)
def place_in(values: Any, wanted: Any) -> Any:
    """Give the first place of ascending values that is not below one; a library's search takes seconds to compile."""
    low, high = np.int64(0), np.int64(len(values))
    while low < high:
        middle = (low + high) >> 1
        if values[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=CACHE, nogil=True)
def sum_up(code: Any, pot: Any, debit: Any, credit: Any, before: Any, low: Any) -> None:
    """Write what the rows bring to each event's pot before it, and the least that each pot comes to, from zero."""
    now = np.zeros(len(low), dtype=np.int64)
    for event in range(len(code)):
        at, payment = pot[event], code[event] >> 1
        before[event] = now[at]
        if code[event] & 1:
            now[at] += credit[payment]
        else:
            now[at] -= debit[payment]
            low[at] = min(low[at], now[at])


@njit(cache=CACHE, nogil=True)
def lowest(end: Any, code: Any, pot: Any, debit: Any, before: Any, low: Any) -> None:
    """Write the least that each pot comes to within the first `end` events, from zero."""
    for event in range(end):
        if not code[event] & 1:
            at = pot[event]
            low[at] = min(low[at], before[event] - debit[code[event] >> 1])


@njit(cache=CACHE, nogil=True)
def tied(code: Any, pot: Any, at: Any, pots: Any, meets: Any) -> None:
    """Mark payments that meet another one in one pot at one moment: only they need the order of rule T2."""
    last_at = np.full(pots, -(2**63), dtype=np.int64)
    last = np.zeros(pots, dtype=np.int64)
    for event in range(len(code)):
        where = pot[event]
        if last_at[where] == at[event]:
            meets[code[event] >> 1] = 1
            meets[last[where]] = 1
        last_at[where] = at[event]
        last[where] = code[event] >> 1


@njit(cache=CACHE, nogil=True)
def by_pot(pot: Any, pots: Any) -> Any:
    """Give the events of each pot in their order: (first of each pot and one more, events)."""
    first = np.zeros(pots + 1, dtype=np.int64)
    for event in range(len(pot)):
        first[pot[event] + 1] += 1
    for place in range(pots):
        first[place + 1] += first[place]
    free = first[:-1].copy()
    events = np.empty(len(pot), dtype=np.int32)
    for event in range(len(pot)):
        events[free[pot[event]]] = event
        free[pot[event]] += 1
    return first, events


@njit(cache=CACHE, nogil=True)
def stand_at(event: Any, pot: Any, first: Any, events: Any, legs: Legs, pays: Pays) -> Any:
    """Give what the rows before an event bring to some pots, from zero."""
    found = np.zeros(len(pot), dtype=np.int64)
    for place in range(len(pot)):
        low, high = first[pot[place]], first[pot[place] + 1]
        earlier = low + place_in(events[low:high], event[place])
        if earlier > low:
            last = events[earlier - 1]
            payment = legs.code[last] >> 1
            found[place] = legs.before[last]
            if legs.code[last] & 1:
                found[place] += pays.credit[payment]
            elif not pays.flags[payment] & VOID:
                found[place] -= pays.debit[payment]
    return found


@njit(cache=CACHE, nogil=True)
def last_own(end: Any, pot: Any, first: Any, events: Any, at: Any, code: Any, legs: Any, flags: Any) -> Any:
    """Give the last moment before event `end` of which a pot's own bank tells; the least number if it tells nothing."""
    found = np.full(len(pot), -(2**63), dtype=np.int64)
    for place in range(len(pot)):
        for event in events[first[pot[place]] : first[pot[place] + 1]]:
            payment, is_credit = code[event] >> 1, code[event] & 1
            if event < end and legs[payment] & (2 if is_credit else 1) and (is_credit or not flags[payment] & VOID):
                found[place] = at[event]
    return found


@njit(cache=CACHE, nogil=True)
def residues(left: Any, arrived: Any, debit: Any, credit: Any) -> Any:
    """Give how much of what left no minor unit of the other currency stands for, each for itself."""
    found = np.zeros(len(left), dtype=np.int64)
    for place in range(len(left)):
        if credit[place] == 0:
            found[place] = left[place]
            continue
        whole = scaled(arrived[place], debit[place], credit[place])
        if arrived[place] * debit[place] != whole * credit[place]:
            whole += 1
        found[place] = max(0, left[place] - whole)
    return found


@njit(cache=CACHE, nogil=True)
def _step(step: Any, pots: Pots, steps: Steps, poison: Any, sure: Any) -> None:
    """Do what happens beside payments."""
    kind, pot = steps.kind[step], steps.pot[step]
    if kind == END:
        pots.live[pot], pots.taint[pot], pots.depth[pot] = 0, 0, 0
    elif kind == BEGIN:
        pots.live[pot], pots.taint[pot], pots.depth[pot] = 1, 0, 0
        pots.base[pot], pots.since[pot] = steps.minor[step], steps.at[step]
    elif not pots.live[pot]:
        return
    elif kind == EVERYTHING:
        balance = pots.base[pot] + steps.stands[step]
        if poison:
            if balance:
                steps.found[step] = 0 if pots.taint[pot] else balance
                pots.taint[pot], pots.depth[pot] = 1, 0
        else:
            steps.found[step] = balance - pots.taint[pot]
            pots.taint[pot], pots.depth[pot] = balance, 0
    else:
        minor = steps.minor[step]
        pots.base[pot] += minor
        steps.found[step] = minor
        if not sure:
            pots.taint[pot] = 1 if poison else pots.taint[pot] + minor
            pots.depth[pot] = 0


@njit(cache=CACHE, nogil=True)
def _spend(event: Any, legs: Legs, pays: Pays, pots: Pots, found: Found, limit: Any, poison: Any) -> None:
    """Let a payment take its part out of a pot where something is followed."""
    pot, payment = legs.pot[event], legs.code[event] >> 1
    minor, flags = pays.debit[payment], pays.flags[payment]
    if minor == 0 or flags & VOID:
        return
    depth = pots.depth[pot]
    if poison:
        taken = minor
    else:
        balance = pots.base[pot] + legs.before[event]
        taken = scaled(pots.taint[pot], minor, balance)
        pots.taint[pot] -= taken
        if pots.taint[pot] == 0:
            pots.depth[pot] = 0
    if taken == 0:
        return
    if limit and depth >= limit:
        found.beyond[payment] = taken
        return
    found.tainted[payment], found.depth[payment] = taken, depth + 1


@njit(cache=CACHE, nogil=True)
def _changed(taken: Any, payment: Any, pays: Pays) -> Any:
    """Give what arrives of what left: less a fee, or in another currency."""
    debit, credit = pays.debit[payment], pays.credit[payment]
    if pays.flags[payment] & EXCHANGE or credit < debit:
        return scaled(taken, credit, debit)
    return taken


@njit(cache=CACHE, nogil=True)
def _land(
    event: Any,
    legs: Legs,
    pays: Pays,
    pots: Pots,
    claims: Claims,
    brought: Brought,
    found: Found,
    poison: Any,
    sure: Any,
) -> None:
    """Let a payment arrive of which something is followed, or that must be looked at."""
    pot, payment = legs.pot[event], legs.code[event] >> 1
    is_watched = pays.flags[payment] & WATCHED
    come, depth = np.int64(0), np.int32(0)
    place = place_in(brought.payment, payment) if is_watched else len(brought.payment)
    if place < len(brought.payment) and brought.payment[place] == payment:
        for part in range(brought.first[place], brought.first[place + 1]):
            if brought.label[part]:
                depth = brought.depth[part] if come == 0 else min(depth, brought.depth[part])
                come += brought.minor[part]
    elif found.tainted[payment]:
        come, depth = _changed(found.tainted[payment], payment, pays), found.depth[payment]
    if not pots.live[pot]:
        return
    if sure and not pays.flags[payment] & SURE:
        come = np.int64(0)
    if is_watched and pots.slot[pot] >= 0:
        before = come
        come, is_new = _claim(payment, pot, come, pays, pots, claims, sure)
        if is_new or before == 0:
            depth = np.int32(0)
    if is_watched:
        found.landed[place_in(found.watched, payment)] = come
    if come:
        if pots.taint[pot] == 0 or depth < pots.depth[pot]:
            pots.depth[pot] = depth
        pots.taint[pot] = 1 if poison else pots.taint[pot] + come


@njit(cache=CACHE, nogil=True)
def waits(claim: Any, payment: Any, pot: Any, pays: Pays, pots: Pots, claims: Claims, sure: Any) -> Any:
    """Say whether a seed may claim of a credit."""
    if claims.left[claim] == 0:
        return False
    if claims.payment[claim] >= 0:
        return claims.payment[claim] == payment
    if pays.credit_at[payment] < claims.start[claim]:
        return False
    return not sure or claims.left[claim] < 0 or claims.start[claim] >= pots.since[pot]


@njit(cache=CACHE, nogil=True)
def _claim(payment: Any, pot: Any, come: Any, pays: Pays, pots: Pots, claims: Claims, sure: Any) -> Any:
    """Let seeds take what came clean: (what is followed now, whether it begins anew)."""
    clean, is_new = pays.credit[payment] - come, False
    slot = pots.slot[pot]
    for claim in range(claims.first[slot], claims.first[slot + 1]):
        if not waits(claim, payment, pot, pays, pots, claims, sure):
            continue
        is_new = True
        if claims.left[claim] < 0:
            taken = clean
        else:
            taken = min(clean, claims.left[claim])
            claims.left[claim] -= taken
        clean -= taken
    return pays.credit[payment] - clean, is_new


@njit(cache=CACHE, nogil=True)
def follow_shares(
    begin: Any,
    end: Any,
    legs: Legs,
    pays: Pays,
    pots: Pots,
    steps: Steps,
    claims: Claims,
    brought: Brought,
    found: Found,
    limit: Any,
    poison: Any,
    sure: Any,
) -> None:
    """Follow events from `begin` to before `end`: pro-rata, or poison.

    Shape: O(events); one look at a pot or at a payment for each event, more only where something is followed.
    """
    step, last = 0, len(steps.kind)
    due = steps.event[0] if last else end + 1
    # Taken out of their tuples once: in the loop each look would count references.
    code_of, pot_of, taint, tainted, flags = legs.code, legs.pot, pots.taint, found.tainted, pays.flags
    for event in range(begin, end):
        while event >= due:
            _step(step, pots, steps, poison, sure)
            step += 1
            due = steps.event[step] if step < last else end + 1
        code = code_of[event]
        if code & 1:
            if tainted[code >> 1] or flags[code >> 1] & WATCHED:
                _land(event, legs, pays, pots, claims, brought, found, poison, sure)
        elif taint[pot_of[event]]:
            _spend(event, legs, pays, pots, found, limit, poison)
    while step < last:
        _step(step, pots, steps, poison, sure)
        step += 1


@njit(cache=CACHE, nogil=True)
def arrivals(payments: Any, tainted: Any, pays: Pays) -> Any:
    """Give what arrives of some payments, of which all that is followed arrives as a share."""
    found = np.zeros(len(payments), dtype=np.int64)
    for place in range(len(payments)):
        payment = payments[place]
        if not pays.flags[payment] & NOWHERE:
            found[place] = _changed(tainted[payment], payment, pays)
    return found
