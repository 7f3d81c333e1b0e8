# SPDX-License-Identifier: Apache-2.0
"""Time, so that tests can turn it."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """What time it is."""

    def now(self) -> datetime:
        """Aware UTC wall-clock time; informative, may jump."""

    def monotonic_s(self) -> float:
        """Seconds that only grow; for durations."""
