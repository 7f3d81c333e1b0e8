# SPDX-License-Identifier: Apache-2.0
"""Compiled lists of money in its order: the lots of a pot, the segments of a payment on its way.

Nodes are columns of one growing array; column 0 is no node: it counts the free ones and holds the first of them. A
list is a pair of places: its oldest and its newest node.
"""

from typing import Any, Final

import numpy as np
from numba import njit

from lintas.tracing.kernels import CACHE

# Rows of the array of nodes.
MINOR: Final = 0
LABEL: Final = 1  # 0: clean
DEPTH: Final = 2
OLDER: Final = 3
NEWER: Final = 4
# Rows of the array of lists: pots first, payments behind them.
HEAD: Final = 0  # oldest
TAIL: Final = 1
NONE: Final = 0  # column 0 of the nodes is no node: it counts the free ones and holds the first of them


@njit(cache=CACHE, nogil=True)
def _take_node(nodes: Any) -> Any:
    """Give a free node; the caller made room."""
    node = nodes[NEWER, 0]
    nodes[NEWER, 0] = nodes[NEWER, node]
    nodes[MINOR, 0] -= 1
    return node


@njit(cache=CACHE, nogil=True)
def _free_node(nodes: Any, node: Any) -> None:
    nodes[NEWER, node] = nodes[NEWER, 0]
    nodes[NEWER, 0] = node
    nodes[MINOR, 0] += 1


@njit(cache=CACHE, nogil=True)
def copy_columns(source: Any, target: Any, count: Any) -> None:
    """Copy the first columns of one array to another; to compile a slice takes ten times as long as these loops."""
    for row in range(source.shape[0]):
        for column in range(count):
            target[row, column] = source[row, column]


@njit(cache=CACHE, nogil=True)
def with_room(nodes: Any, wanted: Any) -> Any:
    """Give the array of nodes with at least so many free ones."""
    if nodes[MINOR, 0] >= wanted:
        return nodes
    old = nodes.shape[1]
    wide = max(2 * old, old + wanted + 1)
    grown = np.empty((5, wide), dtype=np.int64)
    copy_columns(nodes, grown, old)
    for node in range(old, wide):
        grown[NEWER, node] = node + 1
    grown[NEWER, wide - 1] = nodes[NEWER, 0]
    grown[NEWER, 0] = old
    grown[MINOR, 0] += wide - old
    return grown


@njit(cache=CACHE, nogil=True)
def new_nodes(wanted: Any) -> Any:
    """Make an array of free nodes."""
    return with_room(np.zeros((5, 1), dtype=np.int64), wanted)


@njit(cache=CACHE, nogil=True)
def append(nodes: Any, lists: Any, at: Any, minor: Any, label: Any, depth: Any) -> None:
    """Put money at the newest end; neighbours of equal label and depth become one."""
    if minor == 0:
        return
    tail = lists[TAIL, at]
    if tail != NONE and nodes[LABEL, tail] == label and nodes[DEPTH, tail] == depth:
        nodes[MINOR, tail] += minor
        return
    node = _take_node(nodes)
    nodes[MINOR, node], nodes[LABEL, node], nodes[DEPTH, node] = minor, label, depth
    nodes[OLDER, node], nodes[NEWER, node] = tail, NONE
    if tail == NONE:
        lists[HEAD, at] = node
    else:
        nodes[NEWER, tail] = node
    lists[TAIL, at] = node


@njit(cache=CACHE, nogil=True)
def prepend(nodes: Any, lists: Any, at: Any, minor: Any, label: Any, depth: Any) -> None:
    """Put money at the oldest end."""
    if minor == 0:
        return
    head = lists[HEAD, at]
    if head != NONE and nodes[LABEL, head] == label and nodes[DEPTH, head] == depth:
        nodes[MINOR, head] += minor
        return
    node = _take_node(nodes)
    nodes[MINOR, node], nodes[LABEL, node], nodes[DEPTH, node] = minor, label, depth
    nodes[OLDER, node], nodes[NEWER, node] = NONE, head
    if head == NONE:
        lists[TAIL, at] = node
    else:
        nodes[OLDER, head] = node
    lists[HEAD, at] = node


@njit(cache=CACHE, nogil=True)
def empty(nodes: Any, lists: Any, at: Any) -> None:
    """Free a whole list."""
    node = lists[HEAD, at]
    while node != NONE:
        following = nodes[NEWER, node]
        _free_node(nodes, node)
        node = following
    lists[HEAD, at] = lists[TAIL, at] = NONE


@njit(cache=CACHE, nogil=True)
def take(nodes: Any, lists: Any, at: Any, minor: Any, newest: Any) -> Any:
    """Take from one end: (minor, label, depth) of at most `minor` out of one node."""
    node = lists[TAIL, at] if newest else lists[HEAD, at]
    taken, label, depth = min(minor, nodes[MINOR, node]), nodes[LABEL, node], nodes[DEPTH, node]
    nodes[MINOR, node] -= taken
    if nodes[MINOR, node] == 0:
        older, newer = nodes[OLDER, node], nodes[NEWER, node]
        if older == NONE:
            lists[HEAD, at] = newer
        else:
            nodes[NEWER, older] = newer
        if newer == NONE:
            lists[TAIL, at] = older
        else:
            nodes[OLDER, newer] = older
        _free_node(nodes, node)
    return taken, label, depth


@njit(cache=CACHE, nogil=True)
def follow_all(nodes: Any, lists: Any, at: Any, label: Any) -> Any:
    """Follow all of a list: what was clean gets the label, everything begins anew. Gives what was clean."""
    found = np.int64(0)
    node = lists[HEAD, at]
    while node != NONE:
        if nodes[LABEL, node] == 0:
            found += nodes[MINOR, node]
            nodes[LABEL, node] = label
        nodes[DEPTH, node] = 0
        node = nodes[NEWER, node]
    return found


@njit(cache=CACHE, nogil=True)
def tainted_of(nodes: Any, lists: Any, at: Any) -> Any:
    """Sum up what of a list is followed."""
    found = np.int64(0)
    node = lists[HEAD, at]
    while node != NONE:
        if nodes[LABEL, node]:
            found += nodes[MINOR, node]
        node = nodes[NEWER, node]
    return found


@njit(cache=CACHE, nogil=True)
def push(nodes: Any, lists: Any, at: Any, minor: Any, label: Any, depth: Any) -> None:
    """Put money at the newest end and never join it with its neighbour, who may still wait for its turn."""
    if minor == 0:
        return
    node, tail = _take_node(nodes), lists[TAIL, at]
    nodes[MINOR, node], nodes[LABEL, node], nodes[DEPTH, node] = minor, label, depth
    nodes[OLDER, node], nodes[NEWER, node] = tail, NONE
    if tail == NONE:
        lists[HEAD, at] = node
    else:
        nodes[NEWER, tail] = node
    lists[TAIL, at] = node
