# SPDX-License-Identifier: Apache-2.0
"""A token bucket: so many requests at once, so many a second on average."""

from lintas.ports.clock import Clock


class Budget:
    """What one peer may still ask."""

    __slots__ = ("_burst", "_clock", "_each_s", "_filled_at", "_left")

    def __init__(self, clock: Clock, *, each_s: float, burst: float) -> None:
        """Start full.

        Args:
            each_s: Tokens that come back each second.
            burst: Tokens that it holds at most.
        """
        assert each_s > 0
        assert burst >= 1
        self._clock = clock
        self._each_s, self._burst = each_s, burst
        self._left = burst
        self._filled_at = clock.monotonic_s()

    def spend(self, tokens: float = 1.0) -> float:
        """Take tokens if they are there.

        Returns:
            0.0 when taken; else how long until they would be there, and nothing was taken. Seconds.
        """
        now = self._clock.monotonic_s()
        self._left = min(self._burst, self._left + (now - self._filled_at) * self._each_s)
        self._filled_at = now
        if self._left >= tokens:
            self._left -= tokens
            return 0.0
        return (min(tokens, self._burst) - self._left) / self._each_s
