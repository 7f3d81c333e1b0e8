# SPDX-License-Identifier: Apache-2.0
"""Requests of the local socket about kept traces."""

from typing import Annotated, Literal

import msgspec

from lintas.web.local.requesting import Request


class TracingList(Request, frozen=True, kw_only=True):
    """Show kept traces."""

    stands: Literal["", "open", "outstanding", "final", "stopped"] = ""
    case: str = ""
    before: Annotated[int, msgspec.Meta(ge=0)] = 0
    limit: Annotated[int, msgspec.Meta(ge=1)] = 50


class TracingShow(Request, frozen=True, kw_only=True):
    """Show one."""

    trace: str


class TracingOpen(Request, frozen=True, kw_only=True):
    """Keep a trace."""

    seeds: list[str]  # ACCOUNT[@FROM][:AMOUNT]
    method: Literal["fifo", "lifo", "prorata", "poison"] = "fifo"
    until: str = ""
    depth: Annotated[int, msgspec.Meta(ge=0)] = 0
    labels: bool = False
    currency: str = ""
    title: str = ""
    case: str = ""
    request: str = ""
    report: str = ""


class TracingRun(Request, frozen=True, kw_only=True):
    """Run one again."""

    trace: str


class TracingRelease(Request, frozen=True, kw_only=True):
    """Hand on what waits, and give the answers that wait."""

    trace: str
    payments: list[str] = []  # noqa: RUF012  # a struct copies it
    to: str = ""
    purpose: str = ""
    basis: str = ""


class TracingStop(Request, frozen=True, kw_only=True):
    """Follow one no longer."""

    trace: str
    why: str = ""


class TracingHolds(Request, frozen=True, kw_only=True):
    """List where a hold may still reach money."""

    trace: str
    sort: str = "rule"


class TracingHold(Request, frozen=True, kw_only=True):
    """Ask for a hold on one line of that list."""

    trace: str
    account: str
    currency: str = ""
    to: str = ""
    minor: Annotated[int, msgspec.Meta(ge=0)] = 0
    purpose: str = ""
    basis: str = ""
    short: str = ""


AnyTracingRequest = (
    TracingList | TracingShow | TracingOpen | TracingRun | TracingRelease | TracingStop | TracingHolds | TracingHold
)
