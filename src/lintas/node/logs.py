# SPDX-License-Identifier: Apache-2.0
"""The operator's log: one JSON line an event on standard error; ids and counts only, never content."""

import logging
import sys

import structlog


def configure(*, verbose: bool) -> None:
    """Say what is logged: warnings, or with `verbose` (a serving node) everything.

    Stable events: checkpoint.failed, sandbox.reader_started, sandbox.reader_stopped, sandbox.reader_died,
    sandbox.reader_failed, settle.failed.
    """
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO if verbose else logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
