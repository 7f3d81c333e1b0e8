# SPDX-License-Identifier: Apache-2.0
"""Who saw it, and Oversight: who did what and why, without content; content only for a stated cause."""

from typing import Any
from urllib.parse import urlencode

from msgspec import structs
from starlette.responses import Response

from lintas.errors import BadInput, LintasError, OverLimit, UnknownTerm, WrongUse
from lintas.limits import AUDIT_EXPORT_MAX, CAUSE_CHARS_MIN
from lintas.model.audit import AuditPage, AuditQuery
from lintas.model.header import Kind
from lintas.model.marking import Tlp
from lintas.web.calls import Call
from lintas.web.console.page import attached, page, see_other
from lintas.work.access import one_entry
from lintas.work.keeping import doctor
from lintas.work.overseeing import acknowledge_opening, board, export_range, open_content, search_log, who_saw

LINES = 50
ASKED_CHARS_SHOWN = 300  # of what somebody asked: the export has all of it


def show_seen(call: Call) -> Response:
    """Show who saw one message."""
    seen = who_saw(call.services, call.viewer, call.path("message"), before=_place(call, "before"), limit=LINES)
    return page(call, "seen.html", title="Who saw it", section="find", seen=seen, before=_place(call, "before"))


def show(call: Call) -> Response:
    """Show what stands out, and what a search finds."""
    return _oversight(call)


def export(call: Call) -> Response:
    """Give a range of the log as a file."""
    try:
        first, last = _number(call.query("first")), _number(call.query("last"))
        made = export_range(call.services, call.viewer, first, last)
    except (BadInput, OverLimit) as exc:
        return _oversight(call, problem=exc)
    return attached(made.file_name, made.data, "application/zip")


def open_message(call: Call) -> Response:
    """Show one message for a stated cause."""
    try:
        opened = open_content(call.services, call.viewer, call.form.text("message"), cause=call.form.text("cause"))
    except (WrongUse, UnknownTerm) as exc:
        if getattr(exc, "rule", ""):
            raise  # refused by the policy, which the gate writes down
        return _oversight(call, problem=exc)
    return page(
        call,
        "opened.html",
        title="Opened with a cause",
        section="oversight",
        tlp=Tlp.from_text(opened.message.marking_label),
        message=opened.message,
        access=opened.access,
        cause=" ".join(call.form.text("cause").split()),
    )


def acknowledge(call: Call) -> Response:
    """Say that a supervisor saw that content was opened."""
    acknowledge_opening(call.services, call.viewer, call.path("access"))
    return see_other("/oversight#opened")


def _oversight(call: Call, problem: LintasError | None = None) -> Response:
    query = _query(call)
    before = _place(call, "before")
    found: AuditPage | None = None
    with one_entry(call.services, call.viewer, "oversee"):
        try:
            if query.has_any() or before:
                found = search_log(call.services, call.viewer, query, before=before, limit=LINES)
        except (BadInput, UnknownTerm) as exc:
            problem = problem or exc
        shown = board(call.services, call.viewer)
    health = doctor(call.services) if call.query("checks") == "1" else None
    older = ""
    if found is not None and found.next_before:
        older = "/oversight?" + urlencode([*_said(query), ("before", found.next_before)])
    values: dict[str, Any] = {
        "query": query,
        "found": found,
        "before": before,
        "older": older,
        "board": shown,
        "health": health,
        "kinds": sorted(kind.value for kind in Kind),
        "asked_chars": ASKED_CHARS_SHOWN,
        "cause_chars": CAUSE_CHARS_MIN,
        "export_max": AUDIT_EXPORT_MAX,
        "problem": problem,
    }
    status = 400 if problem else 200
    return page(call, "oversight.html", title="Oversight", section="oversight", status=status, **values)


def _query(call: Call) -> AuditQuery:
    texts = {name: call.query(name)[:200] for name in AuditQuery.__struct_fields__}
    return AuditQuery(
        **{name: text for name, text in texts.items() if name not in ("unmasked", "decisions")},
        unmasked=texts["unmasked"] == "yes",
        decisions=texts["decisions"] == "yes",
    )


def _said(query: AuditQuery) -> list[tuple[str, str | int]]:
    return [(name, "yes" if value is True else value) for name, value in structs.asdict(query).items() if value]


def _place(call: Call, name: str) -> int:
    text = call.query(name)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise BadInput("A place in the log is a number.", hint="The first column of the search shows them.")
    return int(text)
