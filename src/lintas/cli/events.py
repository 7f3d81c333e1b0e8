# SPDX-License-Identifier: Apache-2.0
"""The operator's log: stable event names with ids and counts, one line each, on standard error and never on output."""

import logging
import sys
from typing import Any

import structlog


def tell(*, of: int) -> None:
    """Tell events of this level and above: WARNING for a short verb, INFO for a server."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(of),
        logger_factory=_standard_error,
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr
    )


def _standard_error(*_: Any) -> structlog.PrintLogger:
    """As it is now: tests and daemons change it."""
    return structlog.PrintLogger(sys.stderr)
