# SPDX-License-Identifier: Apache-2.0
"""What the views know of the desk."""

from typing import NamedTuple

from lintas.model.desk import ASKER_STEPS, Side, Step
from lintas.model.ids import MessageId


class RequestHead(NamedTuple):
    """A thread as this node sees it."""

    seq: int
    message: MessageId  # that opened it here: the local one at the asker, the released one at the answerer
    asker: str
    answerer: str
    side: str  # asker | answerer: which end this node is; answerer where it is both
    ref: str
    doc: str
    form: str
    power: str
    desk: str
    urgency: str
    agreement: str
    case_ref: str
    report: str
    by: str
    at: str
    came: str  # since when its clocks run here
    levels: str  # JSON: clock -> seconds
    amount_minor: int  # -1 when none was said
    currency: str
    state: str
    is_open: bool
    next_due: str  # RFC 3339; `9` when nothing is due
    next_clock: str
    next_side: str
    held_minor: int
    blocked_minor: int
    ordered_by: str
    acknowledged_by: str
    changed: int  # place of the newest document of the thread
    subject: str  # what it is about, in digits and letters; empty for none

    @property
    def other(self) -> str:
        """The node at the other end; this one, of its own request."""
        return self.answerer if self.side == "asker" else self.asker

    @property
    def is_own(self) -> bool:
        """Whether the desk asks itself: it stays at home, and each step is of the side that its kind tells."""
        return self.asker == self.answerer

    @property
    def asks(self) -> bool:
        """Whether this desk asked it."""
        return self.side == Side.ASKER or self.is_own

    def says_as(self, what: Step) -> Side:
        """As which side this desk says something."""
        return self.side_of(self.asker, what) if self.is_own else Side(self.side)

    def side_of(self, node: str, what: str) -> Side:
        """As which side one of its two nodes said something."""
        if self.is_own:
            return Side.ASKER if what in ASKER_STEPS else Side.ANSWERER
        return Side.ASKER if node == self.asker else Side.ANSWERER

    def is_of(self, side: str) -> bool:
        """Whether this desk is at one end."""
        return self.is_own or side == self.side


class Sameness(NamedTuple):
    """What two requests are alike in that are the same one."""

    subject: str
    form: str
    side: str
    node: str
    report: str
    amount_minor: int  # -1 when none is said
    currency: str


class StepHead(NamedTuple):
    """One thing that was said in a thread."""

    seq: int
    message: MessageId
    node: str
    doc: str
    after: tuple[str, ...]
    what: str
    by: str
    at: str
    came: str
    said: dict[str, object]


class ClockHead(NamedTuple):
    """A clock that runs."""

    target: MessageId
    clock: str
    item: str
    at: str
    side: str
    seq: int


class DueHead(NamedTuple):
    """What time did to a clock."""

    target: MessageId
    clock: str
    item: str
    due_at: str
    state: str  # warned | missed
    by: str
    at: str
    seen_by: str
    seen_at: str
    seq: int


class OwnedHead(NamedTuple):
    """Who answers for an open thing."""

    target: MessageId
    owner: str  # empty: whoever is on duty
    offered_to: str
    offered_by: str
    at: str
    seq: int


class Paid(NamedTuple):
    """A payment that a report tells."""

    scheme: str
    value: str
    minor: int  # -1 when it is not known
    currency: str
    at: str
    reference: str


class ReportHead(NamedTuple):
    """One document of a report."""

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
