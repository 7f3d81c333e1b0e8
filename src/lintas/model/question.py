# SPDX-License-Identifier: Apache-2.0
"""A question to a bank as this node keeps it: who asked it for what, and what came of it.

Source: docs/spec/desk.md, "Questions to banks".
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec

from lintas.model.ids import MessageId


class Asked(StrEnum):
    """What can be said of a question."""

    ASKED = "asked"
    TOLD = "told"  # the bank answered in a way that can be: done, partly or failed
    NOTED = "noted"  # it did not, or with what cannot be: a person calls
    DROPPED = "dropped"  # nobody asks any more


ENDS = frozenset({Asked.TOLD, Asked.DROPPED})


class QuestionSaid(NamedTuple):
    """One thing that was said of a question."""

    seq: int
    message: MessageId
    ref: str
    doc: str
    what: str
    about: str  # request or kept trace; of `asked` alone
    by: str
    at: str
    said: Mapping[str, Any]


class QuestionShown(msgspec.Struct, frozen=True):
    """A question, and what came of it."""

    ref: str
    message: MessageId
    about: str
    bank: str
    account: str
    currency: str
    start: str
    until: str
    law: str
    by: str
    at: str
    state: str  # open | done | partly | failed | dropped
    item: str  # message that holds the bookings; empty for none
    bookings: int
    end: str  # up to when the bank told; empty for none
    reason: str
    notes: list[str]  # codes of what went wrong meanwhile
    is_new: bool = True  # False: the same was asked already


class QuestionList(msgspec.Struct, frozen=True):
    """Questions, newest first."""

    questions: list[QuestionShown]


class NextHopShown(msgspec.Struct, frozen=True):
    """An account of which more money is followed than is certain, and whether its bank can be asked."""

    account: str
    country: str
    currency: str
    unsure_minor: int
    since: str  # RFC 3339; empty: not known
    bank: str  # as its key names it; empty when the account does not say
    stands: str  # ask | asked | answered | failed | no_connection | abroad
    questions: list[str]  # references of what was asked about it for this trace, newest first
    told_until: str = ""  # up to when its bank told; empty: nothing


class NextHopList(msgspec.Struct, frozen=True):
    """Whose banks to ask next, the most money first."""

    ref: str
    hops: list[NextHopShown]
    asked: list[QuestionShown] = []
