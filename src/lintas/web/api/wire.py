# SPDX-License-Identifier: Apache-2.0
"""What systems send, and the few shapes of answers that no use case has. Field names stay from the day they appear."""

from typing import Annotated

import msgspec

from lintas.limits import RESULTS_PER_TERM_MAX, TERM_CHARS_MAX, TERMS_PER_FIND_MAX, WATCH_DAYS_MAX, WATCH_TERMS_MAX
from lintas.model.find_answers import Filters
from lintas.model.watch_answers import WatchShown

Text = Annotated[str, msgspec.Meta(max_length=500)]
Term = Annotated[str, msgspec.Meta(min_length=1, max_length=TERM_CHARS_MAX)]


class NoQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An address without a query."""


class FindBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Terms to look up."""

    terms: Annotated[list[Term], msgspec.Meta(min_length=1, max_length=TERMS_PER_FIND_MAX)]
    filters: Filters = Filters()
    purpose: Text = ""
    limit: Annotated[int, msgspec.Meta(ge=1, le=RESULTS_PER_TERM_MAX)] = 20


class EntityQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which entity, by its id as a find gives it."""

    id: Term
    purpose: Text = ""


class MessageQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Why a message is read."""

    purpose: Text = ""


class TakeQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is known of the file that is sent."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    source: Annotated[str, msgspec.Meta(max_length=200)] = ""
    marking: Annotated[str, msgspec.Meta(max_length=20)] = ""  # a TLP label, of what the file does not mark itself
    grading: Annotated[str, msgspec.Meta(max_length=2)] = ""  # as B2


class WatchBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Identifiers to be told of."""

    terms: Annotated[list[Term], msgspec.Meta(min_length=1, max_length=WATCH_TERMS_MAX)]
    days: Annotated[int, msgspec.Meta(ge=1, le=WATCH_DAYS_MAX)] = 90
    note: Text = ""


class AlertQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which alerts: those after one, in order."""

    after: Annotated[str, msgspec.Meta(max_length=64)] = ""
    limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 200
    mine: bool = False


class WatchList(msgspec.Struct, frozen=True):
    """Standing questions, newest first."""

    watches: list[WatchShown]


class Problem(msgspec.Struct, frozen=True):
    """Why something was not done."""

    message: str
    rule: str  # of the policy, or a code; empty for none
    hint: str


class Problems(msgspec.Struct, frozen=True):
    """The answer when something was not done."""

    error: Problem
