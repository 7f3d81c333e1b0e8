# SPDX-License-Identifier: Apache-2.0
"""What sharing and the Outbox answer, for pages, command line and API.

Field names are the contract of docs/design: they stay from the day they appear.
"""

import msgspec


class ReleasedLine(msgspec.Struct, frozen=True):
    """One message that was given a place in one recipient's stream."""

    message: str  # the local one
    to: str  # node id
    name: str  # of the recipient
    released: str  # id under which the recipient knows it
    lane: str
    counter: int
    already: bool  # it was released to this recipient before; nothing was done


class RefusedLine(msgspec.Struct, frozen=True):
    """One message that one recipient does not get, and why."""

    message: str
    to: str
    name: str
    rule: str
    reason: str


class Shared(msgspec.Struct, frozen=True):
    """What a sharing did, or with `dry_run` would do."""

    released: list[ReleasedLine]
    refused: list[RefusedLine]
    purpose: str
    basis: str
    dry_run: bool
    order: str = ""  # that a named person has to confirm first; then nothing was released yet
    confirm_at: str = ""  # where
    notes: list[str] = []  # what the tipping-off check found, told to the financial intelligence unit alone


class OutboxShown(msgspec.Struct, frozen=True):
    """One released message on the Outbox."""

    released: str
    message: str  # the local one; empty for receipts and descriptors
    to: str
    name: str
    kind: str
    lane: str
    counter: int
    size_bytes: int
    marking: str
    at: str
    states: list[str]  # stored, shown, refused, as the recipient said
    rejected: int  # parts that the recipient's reader could not use
    reasons: list[str]  # of the first of those parts
    grounds: list[str] = []  # codes: why the recipient refused it
    desks: list[str] = []  # to which it was shown


class OutboxPage(msgspec.Struct, frozen=True):
    """Released messages, newest first."""

    lines: list[OutboxShown]
    next_before: int  # 0: there are no older ones
