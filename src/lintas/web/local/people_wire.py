# SPDX-License-Identifier: Apache-2.0
"""What the verbs about people, need-to-know lists and duties say over the local socket."""

from typing import Any, Literal

from lintas.web.local.requesting import Request


class PersonChange(Request, frozen=True, kw_only=True):
    """Give an account another role, clearance, or closed classes."""

    said: dict[str, Any]  # as `lintas.work.accounts.changing` says


class PersonShow(Request, frozen=True, kw_only=True):
    """Say who somebody is here, and what their role may do."""

    name: str


class NeedShow(Request, frozen=True, kw_only=True):
    """Show the need-to-know lists that the actor is on."""


class NeedChange(Request, frozen=True, kw_only=True):
    """Change a need-to-know list."""

    do: Literal["open", "join", "leave", "restrict", "free", "close"]
    name: str
    these: list[str] = []  # noqa: RUF012  # a struct copies it; people or messages


class DutyShow(Request, frozen=True, kw_only=True):
    """Show shifts and deputies that are on or to come."""


class ShiftSet(Request, frozen=True, kw_only=True):
    """Set a shift."""

    person: str
    starts: str  # of the node's time zone unless it names another
    ends: str


class DeputySet(Request, frozen=True, kw_only=True):
    """Let somebody stand in for another."""

    person: str
    stands_for: str
    starts: str  # empty: now
    ends: str


class DutyEnd(Request, frozen=True, kw_only=True):
    """End a shift or a deputy before its time."""

    duty: str


AnyPeopleRequest = PersonChange | PersonShow | NeedShow | NeedChange | DutyShow | ShiftSet | DeputySet | DutyEnd
