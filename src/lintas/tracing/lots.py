# SPDX-License-Identifier: Apache-2.0
"""Compiled loops for FIFO and LIFO: lots in linked lists, each unit with its label and depth.

A pot has lots only while something in it is followed; before and after, its clean balance is one number. A payment on
its way owns the nodes that it took.

Source: docs/spec/tracing.md, rules T3 to T15.
"""

from typing import Any

import numpy as np
from numba import njit

from lintas.tracing.columns import (
    BEGIN,
    END,
    EVERYTHING,
    EXCHANGE,
    NOWHERE,
    SINK,
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
from lintas.tracing.kernels import CACHE, place_in, scaled, waits
from lintas.tracing.nodes import (
    DEPTH,
    HEAD,
    LABEL,
    MINOR,
    NEWER,
    NONE,
    append,
    copy_columns,
    empty,
    follow_all,
    new_nodes,
    prepend,
    push,
    tainted_of,
    take,
    with_room,
)


@njit(cache=CACHE, nogil=True)
def _step(step: Any, nodes: Any, lists: Any, pots: Pots, steps: Steps, sure: Any) -> None:
    """Do what happens beside payments."""
    kind, pot = steps.kind[step], steps.pot[step]
    if kind == END:
        pots.live[pot], pots.taint[pot] = 0, 0
        empty(nodes, lists, pot)
    elif kind == BEGIN:
        pots.live[pot] = 1
        pots.base[pot], pots.since[pot] = steps.minor[step], steps.at[step]
    elif not pots.live[pot]:
        return
    else:
        balance = pots.base[pot] + steps.stands[step]
        if kind == EVERYTHING:
            if pots.taint[pot] == 0:
                append(nodes, lists, pot, balance, 0, 0)
            steps.found[step] = follow_all(nodes, lists, pot, steps.label[step])
            pots.taint[pot] = balance
        else:
            minor = steps.minor[step]
            if pots.taint[pot] == 0 and not sure:
                append(nodes, lists, pot, balance, 0, 0)
            if pots.taint[pot] or not sure:
                append(nodes, lists, pot, minor, 0 if sure else steps.label[step], 0)
            if not sure:
                pots.taint[pot] += minor
            pots.base[pot] += minor
            steps.found[step] = minor


@njit(cache=CACHE, nogil=True)
def _spend(
    event: Any,
    nodes: Any,
    lists: Any,
    legs: Legs,
    pays: Pays,
    pots: Pots,
    found: Found,
    limit: Any,
    newest: Any,
) -> Any:
    """Let a payment take its lots out of a pot; gives whether anything followed is in it."""
    pot, payment = legs.pot[event], legs.code[event] >> 1
    flags, left = pays.flags[payment], pays.debit[payment]
    if left == 0 or flags & VOID:
        return False
    own = len(pots.taint) + payment
    tainted, nearest = np.int64(0), np.int64(2**31 - 1)
    while left:
        minor, label, depth = take(nodes, lists, pot, left, newest)
        left -= minor
        if label:
            pots.taint[pot] -= minor
            if limit and depth >= limit:
                found.beyond[payment] += minor
                label, depth = 0, 0
            else:
                depth += 1
                tainted += minor
                nearest = min(nearest, depth)
        if newest:
            prepend(nodes, lists, own, minor, label, depth)
        else:
            append(nodes, lists, own, minor, label, depth)
    if pots.taint[pot] == 0:
        empty(nodes, lists, pot)
    if tainted == 0:
        empty(nodes, lists, own)
        return False
    found.tainted[payment], found.depth[payment] = tainted, nearest
    return True


@njit(cache=CACHE, nogil=True)
def _change(nodes: Any, lists: Any, own: Any, payment: Any, pays: Pays) -> None:
    """Turn the segments that left into those that arrive: less a fee, more clean money, or in another currency."""
    debit, credit = pays.debit[payment], pays.credit[payment]
    if pays.flags[payment] & EXCHANGE:
        before, after = np.int64(0), np.int64(0)
        node = lists[HEAD, own]
        while node != NONE:
            before += nodes[MINOR, node]
            bound = scaled(before, credit, debit)
            nodes[MINOR, node] = bound - after
            after = bound
            node = nodes[NEWER, node]
    elif credit > debit:
        append(nodes, lists, own, credit - debit, 0, 0)
    else:
        over = debit - credit
        while over:
            minor, _, _ = take(nodes, lists, own, over, True)
            over -= minor


@njit(cache=CACHE, nogil=True)
def _bring(nodes: Any, lists: Any, own: Any, payment: Any, brought: Brought) -> Any:
    """Put what another node says arrived in the place of what left; gives whether it says anything."""
    place = place_in(brought.payment, payment)
    if place == len(brought.payment) or brought.payment[place] != payment:
        return False
    empty(nodes, lists, own)
    for part in range(brought.first[place], brought.first[place + 1]):
        append(nodes, lists, own, brought.minor[part], brought.label[part], brought.depth[part])
    return True


@njit(cache=CACHE, nogil=True)
def _land(
    event: Any,
    nodes: Any,
    lists: Any,
    legs: Legs,
    pays: Pays,
    pots: Pots,
    claims: Claims,
    brought: Brought,
    found: Found,
    sure: Any,
) -> None:
    """Let segments arrive in a pot, and seeds claim of them."""
    pot, payment = legs.pot[event], legs.code[event] >> 1
    own, is_watched = len(pots.taint) + payment, pays.flags[payment] & WATCHED
    if lists[HEAD, own] != NONE:
        _change(nodes, lists, own, payment, pays)
        found.arrived[payment] = tainted_of(nodes, lists, own)
    if is_watched:
        _bring(nodes, lists, own, payment, brought)
    if not pots.live[pot]:
        empty(nodes, lists, own)
        return
    if sure and not pays.flags[payment] & SURE:
        empty(nodes, lists, own)
    if lists[HEAD, own] == NONE:
        append(nodes, lists, own, pays.credit[payment], 0, 0)
    if is_watched and pots.slot[pot] >= 0:
        _claim(nodes, lists, own, payment, pot, pays, pots, claims, sure)
    come = tainted_of(nodes, lists, own)
    if is_watched:
        found.landed[place_in(found.watched, payment)] = come
    if come and pots.taint[pot] == 0:
        append(nodes, lists, pot, pots.base[pot] + legs.before[event], 0, 0)
    if come or pots.taint[pot]:
        while lists[HEAD, own] != NONE:
            minor, label, depth = take(nodes, lists, own, np.int64(2**62), False)
            append(nodes, lists, pot, minor, label, depth)
        pots.taint[pot] += come
    empty(nodes, lists, own)


@njit(cache=CACHE, nogil=True)
def _claim(
    nodes: Any, lists: Any, own: Any, payment: Any, pot: Any, pays: Pays, pots: Pots, claims: Claims, sure: Any
) -> None:
    """Let seeds take the first clean units; what is followed begins anew while they wait."""
    slot, label_of = pots.slot[pot], claims.label
    first, beyond = claims.first[slot], claims.first[slot + 1]
    waiting = np.zeros(beyond - first, dtype=np.bool_)
    for claim in range(first, beyond):
        waiting[claim - first] = waits(claim, payment, pot, pays, pots, claims, sure)
    if not waiting.any():
        return
    parts = 0
    node = lists[HEAD, own]
    while node != NONE:
        parts += 1
        node = nodes[NEWER, node]
    for _ in range(parts):
        minor, label, depth = take(nodes, lists, own, np.int64(2**62), False)
        for claim in range(first, beyond):
            if not waiting[claim - first] or claims.left[claim] == 0:
                continue
            if label:
                depth = 0
                break
            taken = minor if claims.left[claim] < 0 else min(minor, claims.left[claim])
            if claims.left[claim] > 0:
                claims.left[claim] -= taken
            minor -= taken
            push(nodes, lists, own, taken, label_of[claim], 0)
        push(nodes, lists, own, minor, label, depth)


@njit(cache=CACHE, nogil=True)
def _record(records: Any, nodes: Any, lists: Any, own: Any, payment: Any) -> Any:
    """Note the segments of one payment; column 0 counts."""
    node = lists[HEAD, own]
    while node != NONE:
        count = records[0, 0] + 1
        if count == records.shape[1]:
            grown = np.empty((4, 2 * count), dtype=np.int64)
            copy_columns(records, grown, count)
            records = grown
        records[0, 0] = count
        records[0, count], records[1, count] = payment, nodes[MINOR, node]
        records[2, count], records[3, count] = nodes[LABEL, node], nodes[DEPTH, node]
        node = nodes[NEWER, node]
    return records


@njit(cache=CACHE, nogil=True)
def _sent(records: Any, nodes: Any, lists: Any, own: Any, payment: Any, pays: Pays, found: Found, keep: Any) -> Any:
    """Note the segments that left, where they are wanted, and let go those that leave what the rows tell of."""
    flags = pays.flags[payment]
    if keep == 2 or (keep == 1 and flags & NOWHERE):
        records = _record(records, nodes, lists, own, payment)
    if flags & SINK:
        if not flags & NOWHERE:
            _change(nodes, lists, own, payment, pays)
            found.arrived[payment] = tainted_of(nodes, lists, own)
        empty(nodes, lists, own)
    return records


@njit(cache=CACHE, nogil=True)
def follow_lots(
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
    newest: Any,
    sure: Any,
    keep: Any,
) -> Any:
    """Follow events from `begin` to before `end` by FIFO, or by LIFO if `newest`.

    Args:
        keep: 0: note the segments of no payment; 1: of those that cross the border; 2: of all.

    Returns:
        Segments as (payment, minor, label, depth), and what is held as (pot, minor, label, depth); column 0 counts.

    Shape: O(events + lots that are touched).
    """
    nodes = new_nodes(1024)
    lists = np.zeros((2, len(pots.taint) + len(pays.debit)), dtype=np.int64)
    records = np.zeros((4, 64), dtype=np.int64)
    room = len(brought.minor) + len(claims.start) + 8
    step, last = 0, len(steps.kind)
    due = steps.event[0] if last else end + 1
    # Taken out of their tuples once: in the loop each look would count references.
    code_of, pot_of, taint, tainted, flags = legs.code, legs.pot, pots.taint, found.tainted, pays.flags
    for event in range(begin, end):
        while event >= due:
            nodes = with_room(nodes, room)
            _step(step, nodes, lists, pots, steps, sure)
            step += 1
            due = steps.event[step] if step < last else end + 1
        code = code_of[event]
        payment, pot = code >> 1, pot_of[event]
        if code & 1:
            if tainted[payment] or flags[payment] & WATCHED:
                nodes = with_room(nodes, room)
                _land(event, nodes, lists, legs, pays, pots, claims, brought, found, sure)
            elif taint[pot]:
                nodes = with_room(nodes, room)
                append(nodes, lists, pot, pays.credit[payment], 0, 0)
        elif taint[pot]:
            nodes = with_room(nodes, room)
            if _spend(event, nodes, lists, legs, pays, pots, found, limit, newest):
                records = _sent(records, nodes, lists, len(taint) + payment, payment, pays, found, keep)
    while step < last:
        nodes = with_room(nodes, room)
        _step(step, nodes, lists, pots, steps, sure)
        step += 1
    held = np.zeros((4, 64), dtype=np.int64)
    for pot in range(len(pots.taint)):
        if pots.taint[pot]:
            held = _record(held, nodes, lists, pot, pot)
    return records, held
