# SPDX-License-Identifier: Apache-2.0
"""The system's clock."""

import time
from datetime import UTC, datetime


class SystemClock:
    """The Clock port over the machine's clock."""

    def now(self) -> datetime:
        """Aware UTC wall-clock time."""
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        """Seconds that only grow."""
        return time.monotonic()
