# SPDX-License-Identifier: Apache-2.0
"""The verbs of reports."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from lintas.errors import BadInput
from lintas.formats.text_encoding import decode_text
from lintas.model import report_answers as answers
from lintas.model.desk_ref import read_ref
from lintas.web.local import report_wire as wire
from lintas.web.local.calling import Call
from lintas.web.local.requesting import Request
from lintas.work import reports

_LINES_MAX: Final = 200


def file_report(call: Call, request: wire.ReportFile) -> answers.ReportFiled:
    """Take a report."""
    return reports.file_report(call.services, call.viewer, request.report, request.victim, ref=request.ref)


def amend_report(call: Call, request: wire.ReportAmend) -> answers.ReportFiled:
    """Change what a report says."""
    return reports.amend_report(
        call.services, call.viewer, request.ref, request.report, request.victim, seen_doc=request.seen_doc
    )


def close_report(call: Call, request: wire.ReportClose) -> answers.ReportFiled:
    """Close a report."""
    return reports.close_report(call.services, call.viewer, request.ref, duplicate_of=request.duplicate_of)


def reopen_report(call: Call, request: wire.ReportReopen) -> answers.ReportFiled:
    """Open a closed report again."""
    return reports.reopen_report(call.services, call.viewer, request.ref)


def show_report(call: Call, request: wire.ReportShow) -> answers.ReportShown:
    """Show a report."""
    return reports.show_report(call.services, call.viewer, request.ref, purpose=request.purpose, unmask=request.unmask)


def list_reports(call: Call, request: wire.ReportList) -> wire.ReportLines:
    """Show reports, newest first.

    Raises:
        BadInput: The state or the limit is none.
    """
    if request.state not in {"", "open", "closed"} or not 1 <= request.limit <= _LINES_MAX:
        raise BadInput(f"A list is of open or closed reports, and of 1 to {_LINES_MAX} lines.")
    lines = reports.list_reports(
        call.services, call.viewer, state=request.state, before=request.before, limit=request.limit
    )
    return wire.ReportLines(lines, lines[-1].seq if len(lines) == request.limit else 0)


def status(call: Call, request: wire.ReportStatus) -> wire.StatusAnswer:
    """Say what who reported may hear."""
    code = reports.victim_status(call.services, call.viewer, request.ref)
    term = call.services.packs.forms.terms.get("status", {}).get(code)
    label, sentence = (term.label, term.sentence) if term is not None else (code, "")
    return wire.StatusAnswer(read_ref(request.ref), code, label, sentence)


def read_slip(call: Call, _request: wire.ReportSlip) -> answers.SlipRead:
    """Keep one picture and read its codes."""
    return reports.read_slip(call.services, call.viewer, call.one_file())


def read_chat(call: Call, request: wire.ReportChat) -> answers.ChatRead:
    """Keep one text and find the facts in it."""
    file = call.one_file()
    text = decode_text(file.data).text
    return reports.read_chat(call.services, call.viewer, text, region=request.region, name=file.name)


REPORT_COMMANDS: Final[dict[type[Request], Callable[[Call, Any], msgspec.Struct]]] = {
    wire.ReportFile: file_report,
    wire.ReportAmend: amend_report,
    wire.ReportClose: close_report,
    wire.ReportReopen: reopen_report,
    wire.ReportShow: show_report,
    wire.ReportList: list_reports,
    wire.ReportStatus: status,
    wire.ReportSlip: read_slip,
    wire.ReportChat: read_chat,
}
