# SPDX-License-Identifier: Apache-2.0
"""Exercise: what comes to which desk when, the score so far, and the after-action report to save."""

from collections.abc import Mapping
from typing import Final

from starlette.responses import Response

from lintas.errors import BadInput
from lintas.model.header import Mode
from lintas.web.calls import Call
from lintas.web.console.language import later
from lintas.web.console.page import attached, page
from lintas.web.console.people import status_of
from lintas.work.exercise import after_action, view_exercise

INJECTS: Final[Mapping[str, str]] = {
    "wrong_digit": later("A report names an account with one digit wrong."),
    "innocent_salary": later("The salary of a holder who knows of nothing comes into a mule account."),
    "two_cases": later("Two networks use the same mule account."),
    "duplicate_report": later("The same payment is reported twice, by two offices."),
    "clock_skew": later("One bank's clock is minutes off."),
    "thai_answer": later("One bank answers by a letter in Thai."),
    "node_offline": later("One desk cannot be reached for a part of the first hour."),
    "trafficked_mule": later("The holder of one mule account is a trafficked person."),
    "still_believes": later("A victim goes on paying after somebody else reported."),
}
EVENTS: Final[Mapping[str, str]] = {
    "report": later("a victim reports"),
    "correction": later("a report is corrected"),
    "note": later("a letter or a note comes"),
    "offline": later("the desk cannot be reached"),
    "online": later("the desk can be reached again"),
}


def show(call: Call) -> Response:
    """Show how it goes."""
    problem, view = None, None
    config = call.services.config
    try:
        if config.exercise or config.mode is not Mode.EXERCISE:
            view = view_exercise(call.services, call.viewer)
    except BadInput as exc:
        problem = exc
    return page(
        call,
        "exercise.html",
        title="Exercise",
        section="exercise",
        status=status_of(problem),
        problem=problem,
        view=view,
        injects=INJECTS,
        events=EVENTS,
        currencies=_currencies(view.score) if view is not None and view.score is not None else [],
    )


def report_html(call: Call) -> Response:
    """Save the report as a page."""
    return attached("after-action.html", after_action(call.services, call.viewer), "text/html; charset=utf-8")


def report_pdf(call: Call) -> Response:
    """Save the report as a paper."""
    return attached("after-action.pdf", after_action(call.services, call.viewer, as_pdf=True), "application/pdf")


def _currencies(score: Mapping[str, Mapping[str, object]]) -> list[str]:
    return sorted({*score["held"], *score["reachable"], *score["lost"]})
