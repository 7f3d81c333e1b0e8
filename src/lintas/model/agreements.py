# SPDX-License-Identifier: Apache-2.0
"""A fast lane between nodes: what both sides signed, and how it stands."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from lintas.model.desk import Money
from lintas.model.ids import MessageId


class Lane(StrEnum):
    """How an agreement stands."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"  # by all its nodes, with the same terms
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is agreed. A charter of a group has the same shape, with more nodes."""

    nodes: frozenset[str]
    forms: frozenset[str]
    powers: frozenset[str]
    most: Money | None  # of one request; None for any amount
    since: str  # RFC 3339 UTC with milliseconds
    until: str  # as above
    desks: frozenset[str]  # competences or desks that it is for; empty for all


class AgreementSaid(NamedTuple):
    """One thing that a node said of an agreement."""

    seq: int
    message: MessageId
    node: str  # who said it
    proposer: str
    ref: str
    what: str  # proposed | accepted | ended
    terms: str  # canonical JSON
    digest: str  # SHA-256 of it, hex
    by: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """An agreement as its documents come to."""

    proposer: str
    ref: str
    terms: Terms
    digest: str
    state: Lane
    waits_for: tuple[str, ...] = ()  # nodes that have not accepted it
    ended_by: str = ""  # node
    said: tuple[AgreementSaid, ...] = ()
