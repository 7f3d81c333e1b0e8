# SPDX-License-Identifier: Apache-2.0
"""Errors as answers: the one table from our errors to HTTP, and their page. An error never knows its status."""

from collections.abc import Mapping
from typing import Final

from starlette.responses import Response

from lintas import errors
from lintas.web.calls import Call
from lintas.web.console.language import later
from lintas.web.console.page import page

STATUS: Final[Mapping[type[errors.LintasError], int]] = {
    errors.WrongUse: 400,
    errors.UnknownTerm: 404,
    errors.OverLimit: 413,
    errors.NotAllowed: 403,
    errors.BadInput: 400,
    errors.Malformed: 422,
    errors.NodeBusy: 503,
    errors.Quarantined: 503,
    errors.StorageFailed: 503,
    errors.ProviderFailed: 503,
    errors.SandboxLimit: 422,
    errors.LintasError: 500,
}

TITLES: Final[Mapping[int, str]] = {
    400: later("That cannot be done like this"),
    403: later("Not allowed"),
    404: later("Not found"),
    405: later("Not like this"),
    413: later("Too large"),
    422: later("The file cannot be read"),
    429: later("Too many tries"),
    500: later("The node is in trouble"),
    503: later("Not now"),
}


def status_of(error: errors.LintasError) -> int:
    """Return the HTTP status of an error: its own row, else that of its nearest kind."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def problem_page(call: Call, error: errors.LintasError) -> Response:
    """Say what went wrong, and what to do."""
    return plain_problem(call, status_of(error), error.message, error.hint)


def plain_problem(call: Call, status: int, message: str, hint: str) -> Response:
    """Say what went wrong, with a status of one's own."""
    title = TITLES.get(status, later("That did not work"))
    # no clocks: what is in trouble may be what they are read from
    return page(call, "problem.html", title=title, status=status, message=message, hint=hint, clocks=tuple)
