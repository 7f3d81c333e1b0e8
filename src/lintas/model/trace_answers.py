# SPDX-License-Identifier: Apache-2.0
"""What pages and verbs are told of kept traces. msgspec's structs, because they are written as JSON."""

import msgspec

from lintas.model.kept_trace import Totals


class TotalsShown(msgspec.Struct, frozen=True):
    """What came of money in one currency."""

    asset: str
    came: int
    still_here: int
    confirmed: int
    unknown: int
    cash: int
    crypto: int
    other: int
    gone_on: dict[str, int]  # country -> minor units

    @classmethod
    def of(cls, totals: Totals) -> "TotalsShown":
        """The same, as JSON says it."""
        return cls(**(totals._asdict() | {"gone_on": dict(totals.gone_on)}))


class KeptSeedShown(msgspec.Struct, frozen=True):
    """Where the money is that is followed."""

    label: str
    account: str
    start: str
    minor: int  # -1: everything
    currency: str
    payment: str


class HandedLine(msgspec.Struct, frozen=True):
    """A payment that was handed to this node, or by it."""

    direction: str  # in | out
    node: str
    node_name: str
    reference: str
    payee: str
    minor: int
    asset: str
    tainted: int
    at: str
    revision: int
    hops: int
    status: str  # found | capped | not_found | waiting | refused | stopped
    final: bool
    ground: str = ""
    totals: list[TotalsShown] = []
    said_at: str = ""


class StayLine(msgspec.Struct, frozen=True):
    """A payment over the border that is not handed on."""

    reference: str
    payee: str
    country: str
    minor: int
    asset: str
    tainted: int
    rule: str
    reason: str
    waits: bool  # for a person to release it


class KeptTraceLine(msgspec.Struct, frozen=True):
    """One kept trace, as lists show it."""

    ref: str
    opener: str
    opener_name: str
    is_own: bool
    message: str  # by which it is seen
    title: str
    case: str
    method: str
    stands: str  # open | outstanding | final | stopped
    at: str
    ran_at: str
    to_hand: int
    to_answer: int
    outstanding: int


class KeptTraceList(msgspec.Struct, frozen=True):
    """Kept traces, the one that changed last first."""

    traces: list[KeptTraceLine]
    next_before: int = 0  # place to go on from; 0 at the end


class KeptTraceShown(msgspec.Struct, frozen=True):
    """One kept trace."""

    line: KeptTraceLine
    depth: int
    labels: bool
    until: str
    seeds: list[KeptSeedShown]
    handed: list[HandedLine]
    totals: list[TotalsShown]
    rows: int = 0  # that the last run looked at
    payments: int = 0
    accounts: int = 0
    conserved: bool | None = None
    ran_for: str = ""  # in whose name
    request: str = ""
    report: str = ""
    stopped_by: str = ""
    stopped_why: str = ""
    idle: list[str] = []  # what came and changed nothing, with why


class KeptTraceDone(msgspec.Struct, frozen=True):
    """What was just done with a kept trace."""

    shown: KeptTraceShown
    handed: list[str] = []  # references that went
    answered: list[str] = []  # references that were answered
    kept: list[StayLine] = []
    limits: list[str] = []  # sentences of the run: what it cannot say
    objections: list[str] = []
