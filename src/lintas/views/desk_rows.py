# SPDX-License-Identifier: Apache-2.0
"""The rows that documents of the desk add to the views."""

from typing import NamedTuple

from lintas.model.ids import MessageId


class RequestRow(NamedTuple):
    """A request was written here, or came. It opens a thread only if this node is one of its two desks."""

    seq: int
    message: MessageId
    asker: str
    answerer: str
    ref: str
    doc: str  # id of the document
    form: str
    power: str
    desk: str
    urgency: str
    agreement: str
    case_ref: str
    report: str
    by: str
    at: str
    levels: str  # JSON: clock -> seconds
    amount_minor: int  # -1 when none is said
    currency: str
    subject: str  # account, phone … that it is about, without what people write it with; empty for none


class StepRow(NamedTuple):
    """One thing that somebody said in a thread."""

    seq: int
    message: MessageId
    asker: str
    ref: str
    node: str  # who said it
    doc: str
    after: str  # JSON list of document ids
    what: str
    by: str
    at: str
    said: str  # JSON: fields, with the ground


class ReportRow(NamedTuple):
    """A report, or a later state of one."""

    seq: int
    message: MessageId
    ref: str
    doc: str
    by: str
    at: str
    how: str
    area: str
    kind: str
    state: str
    duplicate_of: str
    payments: tuple[tuple[str, str, int, str, str, str], ...]  # scheme, value, minor (-1), currency, at, reference


class VictimRow(NamedTuple):
    """Where it stands who reported something; who it is stands in the message alone."""

    seq: int
    message: MessageId
    ref: str


class CameRow(NamedTuple):
    """When messages came, by this node's clock."""

    first: int  # place of the first of them
    length: int
    at: str


class OwnedRow(NamedTuple):
    """Who answers for an open thing."""

    target: str  # id of the message that opened it here
    by: str
    to: str  # empty: whoever is on duty
    action: str  # taken | offered | accepted | declined
    at: str
    seq: int


class DueRow(NamedTuple):
    """What time did to a clock, or that somebody saw it."""

    target: str
    clock: str
    item: str  # a task's document; empty for a thread's own clocks
    due_at: str
    state: str  # warned | missed | seen
    by: str
    at: str
    seq: int
