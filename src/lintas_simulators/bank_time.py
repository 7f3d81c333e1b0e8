# SPDX-License-Identifier: Apache-2.0
"""What time it is at the bank: the system's, one that a file says, or one that runs faster, for scaled exercises."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

Now = Callable[[], datetime]


def as_text(moment: datetime) -> str:
    """RFC 3339 UTC with milliseconds: text order is time."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def as_time(text: str) -> datetime:
    """Read an RFC 3339 time.

    Raises:
        ValueError: It is none, or names no zone.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("the time names no zone")
    return moment.astimezone(UTC)


def clock_of(*, file: Path | None, start: str, pace: float) -> Now:
    """The clock that the command line asks for.

    Args:
        file: Holds one RFC 3339 time, read anew each time; whoever writes it moves the bank's time.
        start: RFC 3339 time at which the bank begins; empty for now.
        pace: Seconds of the bank that pass in one second; 0 to stand still.

    Raises:
        ValueError: The start is no time.
    """
    if file is not None:
        return lambda: as_time(file.read_text(encoding="ascii").strip())
    if not start and pace == 1:
        return lambda: datetime.now(UTC)
    began = as_time(start) if start else datetime.now(UTC)
    since = time.monotonic()
    return lambda: began + timedelta(seconds=(time.monotonic() - since) * pace)
