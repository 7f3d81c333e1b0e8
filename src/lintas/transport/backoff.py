# SPDX-License-Identifier: Apache-2.0
"""How long to wait before trying again: full jitter, so that many nodes that lost one peer do not come back at once."""

from collections.abc import Callable

from lintas.limits import RETRY_S_MAX, RETRY_S_MIN


class Backoff:
    """Growing waits of one connection.

    Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015 ("full jitter").
    """

    def __init__(
        self, random: Callable[[], float], *, first_s: float = RETRY_S_MIN, longest_s: float = RETRY_S_MAX
    ) -> None:
        """Start with nothing failed.

        Args:
            random: Gives numbers from 0 up to, not including, 1.
            first_s: The longest that the first wait can be. Seconds.
            longest_s: The longest that any wait can be. Seconds.
        """
        assert 0 < first_s <= longest_s
        self._random = random
        self._first_s, self._longest_s = first_s, longest_s
        self._ceiling_s = first_s

    def next_s(self) -> float:
        """Return how long to wait after one more failure: 0 up to a ceiling that doubles. Seconds."""
        ceiling, self._ceiling_s = self._ceiling_s, min(self._ceiling_s * 2, self._longest_s)
        return self._random() * ceiling

    def succeeded(self) -> None:
        """Begin from the start next time."""
        self._ceiling_s = self._first_s
