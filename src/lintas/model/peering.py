# SPDX-License-Identifier: Apache-2.0
"""Words of peering: a peer's standing, lanes and cursors of streams, states of receipts.

Source: docs/spec/peer.md.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from lintas.errors import BadInput
from lintas.model.header_rules import is_incarnation

_CURSOR: Final = re.compile(r"([0-9a-f]{16})\.(0|[1-9][0-9]{0,15})\.(0|[1-9][0-9]{0,15})", re.ASCII)


class Action(StrEnum):
    """What a `peer` entry does to a peer's standing."""

    ADDED = "added"  # known by its descriptor; nobody has heard its words yet
    INTRODUCED = "introduced"  # two people heard its words on a call
    SUSPENDED = "suspended"  # by a person, or by the node when the peer broke the protocol
    RESUMED = "resumed"  # by a person
    REMOVED = "removed"
    ROLLED = "rolled"  # a new incarnation of its log was accepted by two people


class Standing(StrEnum):
    """How a peer stands. Only a live one gets anything; in exercises an unverified one too."""

    UNVERIFIED = "unverified"
    LIVE = "live"
    SUSPENDED = "suspended"
    REMOVED = "removed"


class Lane(StrEnum):
    """The two streams to each recipient; alert goes before bulk."""

    ALERT = "alert"
    BULK = "bulk"


class ReceiptState(StrEnum):
    """What became of a message at its recipient."""

    STORED = "stored"
    SHOWN = "shown"  # to a named desk
    REFUSED = "refused"  # with a coded ground


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """How far a recipient has a sender's two streams: counters of the last message that it stored, 0 for none."""

    incarnation: str  # of the sender's log
    alert: int = 0
    bulk: int = 0

    def __post_init__(self) -> None:
        if not is_incarnation(self.incarnation) or min(self.alert, self.bulk) < 0:
            raise BadInput("That is no cursor.")

    def __str__(self) -> str:
        return f"{self.incarnation}.{self.alert}.{self.bulk}"

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read a cursor as it stands in an address: incarnation, alert counter, bulk counter, joined by dots.

        Raises:
            BadInput: It is none.
        """
        found = _CURSOR.fullmatch(text)
        if found is None:
            raise BadInput("That is no cursor.", hint="INCARNATION.ALERT.BULK, for example 0123456789abcdef.0.12")
        return cls(incarnation=found[1], alert=int(found[2]), bulk=int(found[3]))

    def at(self, lane: Lane) -> int:
        """The counter of one lane."""
        return self.alert if lane is Lane.ALERT else self.bulk


@dataclass(frozen=True, slots=True, kw_only=True)
class Tip:
    """Where a stream ends: how many places it has, and the chain over them."""

    lane: Lane
    counter: int
    chain: str  # 64 hex digits
