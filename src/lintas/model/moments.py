# SPDX-License-Identifier: Apache-2.0
"""Whole microseconds since 1970 UTC, as ledgers count time, and RFC 3339, as documents write it; both exact."""

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_US: Final = timedelta(microseconds=1)


def moment_us(text: str) -> int:
    """Microseconds of a moment that names its zone.

    Raises:
        ValueError: It is none.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment names its zone")
    return (moment - _EPOCH) // _US


def moment_text(us: int) -> str:
    """RFC 3339 UTC with microseconds.

    Raises:
        OverflowError: It lies outside the years 1 to 9999.
    """
    return (_EPOCH + us * _US).isoformat(timespec="microseconds").replace("+00:00", "Z")
