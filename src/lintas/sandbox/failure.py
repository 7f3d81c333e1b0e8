# SPDX-License-Identifier: Apache-2.0
"""Errors across the pipe: what a reader raised, as the same class on the other side.

Only errors that speak of the input may cross. A reader process that hostile bytes took over could otherwise stop the
node by naming `Fatal`.
"""

import re
from types import TracebackType
from typing import Final

from lintas import errors, limits
from lintas.errors import LintasError, Malformed, SandboxLimit
from lintas.sandbox.wire import Failure

_MAY_CROSS: Final[dict[str, type[LintasError]]] = {
    cls.__name__: cls
    for cls in (
        errors.WrongUse,
        errors.UnknownTerm,
        errors.OverLimit,
        errors.BadInput,
        errors.Malformed,
        errors.NotCanonical,
        errors.BadPack,
    )
}
_UNREADABLE: Final = "The reader could not read this file."
_NOT_PLAIN: Final = re.compile(r"[^A-Za-z0-9_.:/ -]+", re.ASCII)
_PLACE_CHARS_MAX: Final = 160  # characters of the place written to the operator's log


def failure_of(exc: Exception) -> Failure:
    """Say in a frame what was raised; of an exception that is not ours only its class and place, never its words."""
    name = type(exc).__name__
    if name in _MAY_CROSS and isinstance(exc, LintasError):
        return Failure(name, exc.message, exc.hint, "")
    # A module that was not loaded before the files were closed is missing, and a call that is refused says so.
    is_denied = isinstance(exc, PermissionError | ImportError)
    return Failure("", "", "", f"{name} {_place(exc.__traceback__)}", is_denied)


def error_of(failure: Failure) -> LintasError:
    """Give the error that a frame tells of."""
    cls = _MAY_CROSS.get(failure.error)
    if cls is not None:
        return cls(failure.message[: limits.REASON_CHARS_MAX], hint=failure.hint[: limits.REASON_CHARS_MAX])
    if failure.is_denied:
        return SandboxLimit(
            "The reader tried something that the sandbox forbids, and was stopped.",
            limit="denied",
            hint="Nothing of the file was taken. Keep it and tell the maintainers.",
        )
    return Malformed(_UNREADABLE, hint="Nothing of it was taken. Keep it and tell the maintainers.")


def place_for_log(failure: Failure) -> str:
    """The exception's class and place, made fit for a log line: the process that wrote it read foreign bytes."""
    return _NOT_PLAIN.sub("?", failure.exception)[:_PLACE_CHARS_MAX]


def place_of(exc: BaseException) -> str:
    """The innermost line of ours that an exception passed; none of its words, which may be content."""
    return _place(exc.__traceback__)


def _place(trace: TracebackType | None) -> str:
    """The innermost line of ours that the exception passed."""
    place = ""
    while trace is not None:
        path = trace.tb_frame.f_code.co_filename
        _, found, inside = path.rpartition("lintas/")
        if found:
            place = f"lintas/{inside}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
