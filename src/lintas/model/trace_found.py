# SPDX-License-Identifier: Apache-2.0
"""A kept trace as the store finds it."""

from typing import NamedTuple

from lintas.model.ids import MessageId


class TraceHead(NamedTuple):
    """One trace, as lists show it."""

    seq: int  # place of the document by which it is seen: that opened it here, or that first handed something on
    message: MessageId
    opener: str  # node
    ref: str
    title: str
    case_ref: str
    method: str
    stands: str
    by: str  # who opened it here, or last ran it: in whose name the node looks again
    at: str
    ran_at: str  # empty: never
    to_hand: int  # payments that wait to be released
    to_answer: int  # answers that do
    outstanding: int  # answers of other nodes that are awaited
    changed: int  # place of its newest document
