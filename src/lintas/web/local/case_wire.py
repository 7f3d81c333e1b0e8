# SPDX-License-Identifier: Apache-2.0
"""What the verbs about cases and hand-over say over the local socket."""

from typing import Literal

from lintas.web.local.requesting import Request

CaseAction = Literal[
    "open",
    "change",
    "invite",
    "join",
    "decline",
    "leave",
    "officer",
    "coordinator",
    "accept",
    "close",
    "reopen",
    "go-on",
    "item",
    "account",
    "note",
    "event",
    "person",
    "task",
    "done",
    "drop",
]


class CaseList(Request, frozen=True, kw_only=True):
    """Show cases."""

    state: str = ""
    words: str = ""
    before: int = 0
    limit: int = 50


class CaseShow(Request, frozen=True, kw_only=True):
    """Show one case."""

    case: str


class CaseSay(Request, frozen=True, kw_only=True):
    """Say something in a case, or open one."""

    do: CaseAction
    case: str = ""
    these: list[str] = []  # noqa: RUF012  # a struct copies it
    options: dict[str, str] = {}  # noqa: RUF012  # a struct copies it; by name, those that were given


class CaseRestrict(Request, frozen=True, kw_only=True):
    """Restrict a case to a need-to-know list."""

    case: str
    name: str


class HandShow(Request, frozen=True, kw_only=True):
    """Show what is open."""

    person: str = ""


class HandDo(Request, frozen=True, kw_only=True):
    """Offer, accept, decline or take open things."""

    do: Literal["offer", "accept", "decline", "take"]
    to: str = ""
    targets: list[str] = []  # noqa: RUF012  # a struct copies it; empty offers all of one's own


AnyCaseRequest = CaseList | CaseShow | CaseSay | CaseRestrict | HandShow | HandDo
