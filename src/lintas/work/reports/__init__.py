# SPDX-License-Identifier: Apache-2.0
"""Reports of victims: taken in ninety seconds, compared with what is here, and answered for from the first moment."""

from lintas.work.reports.filing import amend_report, close_report, file_report, new_report_ref, reopen_report
from lintas.work.reports.reading import list_reports, show_report
from lintas.work.reports.status import victim_status
from lintas.work.reports.suggesting import suggest_requests
from lintas.work.reports.taking import read_chat, read_slip

__all__ = [
    "amend_report",
    "close_report",
    "file_report",
    "list_reports",
    "new_report_ref",
    "read_chat",
    "read_slip",
    "reopen_report",
    "show_report",
    "suggest_requests",
    "victim_status",
]
