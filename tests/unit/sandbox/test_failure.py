# SPDX-License-Identifier: Apache-2.0
"""Errors across the pipe."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas import errors, limits
from lintas.errors import LintasError, Malformed, SandboxLimit
from lintas.sandbox.failure import error_of, failure_of, place_for_log
from lintas.sandbox.wire import Failure


def raised(exc: Exception) -> Exception:
    """Raise it, so that it has a place."""
    try:
        raise exc  # noqa: TRY301 - the place is what matters
    except Exception as caught:  # noqa: BLE001 - any kind is tried here
        return caught


@pytest.mark.parametrize(
    "cls",
    [
        errors.WrongUse,
        errors.UnknownTerm,
        errors.OverLimit,
        errors.BadInput,
        errors.Malformed,
        errors.NotCanonical,
        errors.BadPack,
    ],
)
def test_an_error_about_the_input_arrives_as_it_was_raised(cls: type[LintasError]) -> None:
    back = error_of(failure_of(cls("The table has no header.", hint="Add one.")))
    assert (type(back), back.message, back.hint) == (cls, "The table has no header.", "Add one.")


@pytest.mark.parametrize(
    "cls",
    [errors.Fatal, errors.NodeDamaged, errors.StorageFailed, errors.Quarantined, errors.NodeBusy, errors.NotAllowed],
)
def test_a_reader_cannot_stop_the_node(cls: type[LintasError]) -> None:
    assert type(error_of(failure_of(cls("stop")))) is Malformed
    assert type(error_of(Failure(cls.__name__, "stop", "", ""))) is Malformed


def test_another_exception_says_its_class_and_nothing_of_the_file() -> None:
    failure = failure_of(raised(KeyError("A. Example, +61 491 570 006")))
    assert "Example" not in repr(failure)
    assert failure.exception.startswith("KeyError")
    error = error_of(failure)
    assert (type(error), error.message) == (Malformed, "The reader could not read this file.")


def test_a_stranger_with_the_name_of_one_of_ours_is_a_stranger() -> None:
    stranger = type("Malformed", (Exception,), {})
    assert failure_of(raised(stranger("content"))).error == ""


@pytest.mark.parametrize("exc", [PermissionError(1, "no"), ModuleNotFoundError("no module"), ImportError("no")])
def test_what_the_sandbox_forbids_is_not_blamed_on_the_file(exc: Exception) -> None:
    error = error_of(failure_of(raised(exc)))
    assert isinstance(error, SandboxLimit)
    assert error.limit == "denied"


@given(st.text(max_size=400))
def test_a_log_line_stays_one_plain_line(text: str) -> None:
    place = place_for_log(Failure("", "", "", text))
    assert place.isascii()
    assert place.isprintable()
    assert len(place) <= 160


def test_a_long_message_is_cut() -> None:
    error = error_of(Failure("Malformed", "x" * 10_000, "y" * 10_000, ""))
    assert (len(error.message), len(error.hint)) == (limits.REASON_CHARS_MAX, limits.REASON_CHARS_MAX)
