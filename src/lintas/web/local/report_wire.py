# SPDX-License-Identifier: Apache-2.0
"""Requests of the local socket about reports."""

from typing import Any

import msgspec

from lintas.model.report_answers import ReportLine
from lintas.web.local.requesting import Request


class ReportFile(Request, frozen=True, kw_only=True):
    """Take a report."""

    report: dict[str, Any]
    victim: dict[str, Any] = {}  # noqa: RUF012  # a struct copies it
    ref: str = ""


class ReportAmend(Request, frozen=True, kw_only=True):
    """Change what a report says."""

    ref: str
    report: dict[str, Any] = {}  # noqa: RUF012  # a struct copies it
    victim: dict[str, Any] = {}  # noqa: RUF012  # as above
    seen_doc: str = ""


class ReportClose(Request, frozen=True, kw_only=True):
    """Close a report."""

    ref: str
    duplicate_of: str = ""


class ReportReopen(Request, frozen=True, kw_only=True):
    """Open a closed report again."""

    ref: str


class ReportShow(Request, frozen=True, kw_only=True):
    """Show a report."""

    ref: str
    purpose: str = ""
    unmask: bool = False


class ReportList(Request, frozen=True, kw_only=True):
    """Show reports, newest first."""

    state: str = ""
    before: int = 0
    limit: int = 50


class ReportStatus(Request, frozen=True, kw_only=True):
    """Say what who reported may hear."""

    ref: str


class ReportSlip(Request, frozen=True, kw_only=True):
    """Keep one picture, the file that follows, and read its codes."""


class ReportChat(Request, frozen=True, kw_only=True):
    """Keep one text, the file that follows, and find the facts in it."""

    region: str = ""


AnyReportRequest = (
    ReportFile
    | ReportAmend
    | ReportClose
    | ReportReopen
    | ReportShow
    | ReportList
    | ReportStatus
    | ReportSlip
    | ReportChat
)


class ReportLines(msgspec.Struct, frozen=True):
    """Reports, newest first."""

    reports: list[ReportLine]
    next_before: int  # for the next page; 0 when there is none


class StatusAnswer(msgspec.Struct, frozen=True):
    """What who reported may hear, as a code and in English."""

    ref: str
    status: str
    label: str
    sentence: str
