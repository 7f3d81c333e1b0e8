# SPDX-License-Identifier: Apache-2.0
"""What pages and verbs are told of orders. msgspec's structs, because they are written as JSON."""

from typing import Any

import msgspec


class AssentShown(msgspec.Struct, frozen=True):
    """What somebody said to an order."""

    verdict: str
    by: str
    at: str
    message: str  # id of the entry that proves it
    has_passkey: bool


class AnswerShown(msgspec.Struct, frozen=True):
    """One answer that a person might give to an order."""

    verdict: str
    rule: str  # why they may not; empty when they may
    reason: str


class OrderLine(msgspec.Struct, frozen=True):
    """One order in a list."""

    id: str
    action: str
    label: str  # of the action: "release messages to peers"
    by: str
    actor: str  # who does it
    at: str
    expires_at: str
    state: str
    needs_second: bool
    ground: str
    summary: str  # one sentence; empty when this viewer may not see what it says
    review_due: str  # RFC 3339; empty unless it was done alone and nobody has reviewed it
    waits_for_me: bool
    marking: str  # label


class OrderShown(msgspec.Struct, frozen=True):
    """One order, for one viewer."""

    line: OrderLine
    tells: list[tuple[str, str]]  # (what, words): what exactly would happen
    answers: list[AnswerShown]
    assents: list[AssentShown]
    messages: list[str]  # ids of messages that it is about
    changed: str  # what has changed since it was proposed; empty when nothing has
    second: str  # why a second person is needed, or why not
    result: dict[str, Any] | None = None  # what came of it, told once to whoever completed it

    @property
    def id(self) -> str:
        """Its id."""
        return self.line.id

    @property
    def state(self) -> str:
        """How it stands."""
        return self.line.state


class Orders(msgspec.Struct, frozen=True):
    """The orders that somebody may see."""

    waiting: list[OrderLine]  # for this viewer
    mine: list[OrderLine]  # that this viewer proposed or does, still open
    alone: list[OrderLine]  # done alone, not reviewed
    open: list[OrderLine]  # all that are open
    history: list[OrderLine]  # newest first
    next_before: int  # place before which older ones stand; 0 for none
