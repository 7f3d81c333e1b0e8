# SPDX-License-Identifier: Apache-2.0
"""Compiled loops for FIFO and LIFO: lots in linked lists, each unit with its label and depth.

A pot has lots only while something in it is followed; before and after, its clean balance is one number. Nodes are
columns of one growing array; a payment on its way owns the nodes that it took.

Source: docs/spec/tracing.md, rules T3 to T15.
"""

from typing import Any, Final

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
from lintas.tracing.kernels import CACHE, scaled, waits

# Rows of the array of nodes.
_MINOR: Final = 0
_LABEL: Final = 1  # 0: clean
_DEPTH: Final = 2
_OLDER: Final = 3
_NEWER: Final = 4
# Rows of the array of lists: pots first, payments behind them.
_HEAD: Final = 0  # oldest
_TAIL: Final = 1
_NONE: Final = 0  # column 0 of the nodes is no node: it counts the free ones and holds the first of them


@njit(cache=CACHE, nogil=True)
def _take_node(nodes: Any) -> Any:
    """Give a free node; the caller made room."""
    node = nodes[_NEWER, 0]
    nodes[_NEWER, 0] = nodes[_NEWER, node]
    nodes[_MINOR, 0] -= 1
    return node


@njit(cache=CACHE, nogil=True)
def _free_node(nodes: Any, node: Any) -> None:
    nodes[_NEWER, node] = nodes[_NEWER, 0]
    nodes[_NEWER, 0] = node
    nodes[_MINOR, 0] += 1


@njit(cache=CACHE, nogil=True)
def with_room(nodes: Any, wanted: Any) -> Any:
    """Give the array of nodes with at least so many free ones."""
    if nodes[_MINOR, 0] >= wanted:
        return nodes
    old = nodes.shape[1]
    wide = max(2 * old, old + wanted + 1)
    grown = np.empty((5, wide), dtype=np.int64)
    grown[:, :old] = nodes
    for node in range(old, wide):
        grown[_NEWER, node] = node + 1
    grown[_NEWER, wide - 1] = nodes[_NEWER, 0]
    grown[_NEWER, 0] = old
    grown[_MINOR, 0] += wide - old
    return grown


@njit(cache=CACHE, nogil=True)
def new_nodes(wanted: Any) -> Any:
    """Make an array of free nodes."""
    return with_room(np.zeros((5, 1), dtype=np.int64), wanted)


@njit(cache=CACHE, nogil=True)
def _append(nodes: Any, lists: Any, at: Any, minor: Any, label: Any, depth: Any) -> None:
    """Put money at the newest end; neighbours of equal label and depth become one."""
    if minor == 0:
        return
    tail = lists[_TAIL, at]
    if tail != _NONE and nodes[_LABEL, tail] == label and nodes[_DEPTH, tail] == depth:
        nodes[_MINOR, tail] += minor
        return
    node = _take_node(nodes)
    nodes[_MINOR, node], nodes[_LABEL, node], nodes[_DEPTH, node] = minor, label, depth
    nodes[_OLDER, node], nodes[_NEWER, node] = tail, _NONE
    if tail == _NONE:
        lists[_HEAD, at] = node
    else:
        nodes[_NEWER, tail] = node
    lists[_TAIL, at] = node


@njit(cache=CACHE, nogil=True)
def _prepend(nodes: Any, lists: Any, at: Any, minor: Any, label: Any, depth: Any) -> None:
    """Put money at the oldest end."""
    if minor == 0:
        return
    head = lists[_HEAD, at]
    if head != _NONE and nodes[_LABEL, head] == label and nodes[_DEPTH, head] == depth:
        nodes[_MINOR, head] += minor
        return
    node = _take_node(nodes)
    nodes[_MINOR, node], nodes[_LABEL, node], nodes[_DEPTH, node] = minor, label, depth
    nodes[_OLDER, node], nodes[_NEWER, node] = _NONE, head
    if head == _NONE:
        lists[_TAIL, at] = node
    else:
        nodes[_OLDER, head] = node
    lists[_HEAD, at] = node


@njit(cache=CACHE, nogil=True)
def _empty(nodes: Any, lists: Any, at: Any) -> None:
    """Free a whole list."""
    node = lists[_HEAD, at]
    while node != _NONE:
        following = nodes[_NEWER, node]
        _free_node(nodes, node)
        node = following
    lists[_HEAD, at] = lists[_TAIL, at] = _NONE


@njit(cache=CACHE, nogil=True)
def _take(nodes: Any, lists: Any, at: Any, minor: Any, newest: Any) -> Any:
    """Take from one end: (minor, label, depth) of at most `minor` out of one node."""
    node = lists[_TAIL, at] if newest else lists[_HEAD, at]
    taken, label, depth = min(minor, nodes[_MINOR, node]), nodes[_LABEL, node], nodes[_DEPTH, node]
    nodes[_MINOR, node] -= taken
    if nodes[_MINOR, node] == 0:
        older, newer = nodes[_OLDER, node], nodes[_NEWER, node]
        if older == _NONE:
            lists[_HEAD, at] = newer
        else:
            nodes[_NEWER, older] = newer
        if newer == _NONE:
            lists[_TAIL, at] = older
        else:
            nodes[_OLDER, newer] = older
        _free_node(nodes, node)
    return taken, label, depth


@njit(cache=CACHE, nogil=True)
def _follow_all(nodes: Any, lists: Any, at: Any, label: Any) -> Any:
    """Follow all of a list: what was clean gets the label, everything begins anew. Gives what was clean."""
    found = np.int64(0)
    node = lists[_HEAD, at]
    while node != _NONE:
        if nodes[_LABEL, node] == 0:
            found += nodes[_MINOR, node]
            nodes[_LABEL, node] = label
        nodes[_DEPTH, node] = 0
        node = nodes[_NEWER, node]
    return found


@njit(cache=CACHE, nogil=True)
def _step(step: Any, nodes: Any, lists: Any, pots: Pots, steps: Steps, sure: Any) -> None:
    """Do what happens beside payments."""
    kind, pot = steps.kind[step], steps.pot[step]
    if kind == END:
        pots.live[pot], pots.taint[pot] = 0, 0
        _empty(nodes, lists, pot)
    elif kind == BEGIN:
        pots.live[pot] = 1
        pots.base[pot], pots.since[pot] = steps.minor[step], steps.at[step]
    elif not pots.live[pot]:
        return
    else:
        balance = pots.base[pot] + steps.stands[step]
        if kind == EVERYTHING:
            if pots.taint[pot] == 0:
                _append(nodes, lists, pot, balance, 0, 0)
            steps.found[step] = _follow_all(nodes, lists, pot, steps.label[step])
            pots.taint[pot] = balance
        else:
            minor = steps.minor[step]
            if pots.taint[pot] == 0 and not sure:
                _append(nodes, lists, pot, balance, 0, 0)
            if pots.taint[pot] or not sure:
                _append(nodes, lists, pot, minor, 0 if sure else steps.label[step], 0)
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
        minor, label, depth = _take(nodes, lists, pot, left, newest)
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
            _prepend(nodes, lists, own, minor, label, depth)
        else:
            _append(nodes, lists, own, minor, label, depth)
    if pots.taint[pot] == 0:
        _empty(nodes, lists, pot)
    if tainted == 0:
        _empty(nodes, lists, own)
        return False
    found.tainted[payment], found.depth[payment] = tainted, nearest
    return True


@njit(cache=CACHE, nogil=True)
def _tainted_of(nodes: Any, lists: Any, at: Any) -> Any:
    found = np.int64(0)
    node = lists[_HEAD, at]
    while node != _NONE:
        if nodes[_LABEL, node]:
            found += nodes[_MINOR, node]
        node = nodes[_NEWER, node]
    return found


@njit(cache=CACHE, nogil=True)
def _change(nodes: Any, lists: Any, own: Any, payment: Any, pays: Pays) -> None:
    """Turn the segments that left into those that arrive: less a fee, more clean money, or in another currency."""
    debit, credit = pays.debit[payment], pays.credit[payment]
    if pays.flags[payment] & EXCHANGE:
        before, after = np.int64(0), np.int64(0)
        node = lists[_HEAD, own]
        while node != _NONE:
            before += nodes[_MINOR, node]
            bound = scaled(before, credit, debit)
            nodes[_MINOR, node] = bound - after
            after = bound
            node = nodes[_NEWER, node]
    elif credit > debit:
        _append(nodes, lists, own, credit - debit, 0, 0)
    else:
        over = debit - credit
        while over:
            minor, _, _ = _take(nodes, lists, own, over, True)
            over -= minor


@njit(cache=CACHE, nogil=True)
def _bring(nodes: Any, lists: Any, own: Any, payment: Any, brought: Brought) -> Any:
    """Put what another node says arrived in the place of what left; gives whether it says anything."""
    place = np.searchsorted(brought.payment, payment)
    if place == len(brought.payment) or brought.payment[place] != payment:
        return False
    _empty(nodes, lists, own)
    for part in range(brought.first[place], brought.first[place + 1]):
        _append(nodes, lists, own, brought.minor[part], brought.label[part], brought.depth[part])
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
    if lists[_HEAD, own] != _NONE:
        _change(nodes, lists, own, payment, pays)
        found.arrived[payment] = _tainted_of(nodes, lists, own)
    if is_watched:
        _bring(nodes, lists, own, payment, brought)
    if not pots.live[pot]:
        _empty(nodes, lists, own)
        return
    if sure and not pays.flags[payment] & SURE:
        _empty(nodes, lists, own)
    if lists[_HEAD, own] == _NONE:
        _append(nodes, lists, own, pays.credit[payment], 0, 0)
    if is_watched and pots.slot[pot] >= 0:
        _claim(nodes, lists, own, payment, pot, pays, pots, claims, sure)
    come = _tainted_of(nodes, lists, own)
    if is_watched:
        found.landed[np.searchsorted(found.watched, payment)] = come
    if come and pots.taint[pot] == 0:
        _append(nodes, lists, pot, pots.base[pot] + legs.before[event], 0, 0)
    if come or pots.taint[pot]:
        while lists[_HEAD, own] != _NONE:
            minor, label, depth = _take(nodes, lists, own, np.int64(2**62), False)
            _append(nodes, lists, pot, minor, label, depth)
        pots.taint[pot] += come
    _empty(nodes, lists, own)


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
    node = lists[_HEAD, own]
    while node != _NONE:
        parts += 1
        node = nodes[_NEWER, node]
    for _ in range(parts):
        minor, label, depth = _take(nodes, lists, own, np.int64(2**62), False)
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
            _push(nodes, lists, own, taken, label_of[claim], 0)
        _push(nodes, lists, own, minor, label, depth)


@njit(cache=CACHE, nogil=True)
def _push(nodes: Any, lists: Any, at: Any, minor: Any, label: Any, depth: Any) -> None:
    """Put money at the newest end and never join it with its neighbour, who may still wait for its turn."""
    if minor == 0:
        return
    node, tail = _take_node(nodes), lists[_TAIL, at]
    nodes[_MINOR, node], nodes[_LABEL, node], nodes[_DEPTH, node] = minor, label, depth
    nodes[_OLDER, node], nodes[_NEWER, node] = tail, _NONE
    if tail == _NONE:
        lists[_HEAD, at] = node
    else:
        nodes[_NEWER, tail] = node
    lists[_TAIL, at] = node


@njit(cache=CACHE, nogil=True)
def _record(records: Any, nodes: Any, lists: Any, own: Any, payment: Any) -> Any:
    """Note the segments of one payment; column 0 counts."""
    node = lists[_HEAD, own]
    while node != _NONE:
        count = records[0, 0] + 1
        if count == records.shape[1]:
            grown = np.empty((4, 2 * count), dtype=np.int64)
            grown[:, :count] = records
            records = grown
        records[0, 0] = count
        records[0, count], records[1, count] = payment, nodes[_MINOR, node]
        records[2, count], records[3, count] = nodes[_LABEL, node], nodes[_DEPTH, node]
        node = nodes[_NEWER, node]
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
            found.arrived[payment] = _tainted_of(nodes, lists, own)
        _empty(nodes, lists, own)
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
                _append(nodes, lists, pot, pays.credit[payment], 0, 0)
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
