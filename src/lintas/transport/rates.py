# SPDX-License-Identifier: Apache-2.0
"""Token buckets for many who ask, in bounded memory.

A bucket that had the time to fill again is the same as none, so it is forgotten first. While every bucket that is kept
is still filling, newcomers share one: a crowd of a million addresses gets what one address gets, and nobody's bucket
is thrown away to be had anew.
"""

import threading
from collections import OrderedDict
from dataclasses import dataclass

from lintas.ports.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """So many requests at once, so many a second on average."""

    each_s: float
    burst: float

    def __post_init__(self) -> None:
        assert self.each_s > 0
        assert self.burst >= 1


class Rates:
    """One bucket for each name; any thread may ask."""

    def __init__(self, clock: Clock, rate: Rate, *, kept_max: int) -> None:
        """Start with every bucket full.

        Args:
            kept_max: Buckets in memory, about 200 bytes each.
        """
        assert kept_max >= 1
        self._clock, self._rate, self._kept_max = clock, rate, kept_max
        self._refill_s = rate.burst / rate.each_s
        self._kept: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tokens, and when; least lately asked first
        self._crowd = (rate.burst, clock.monotonic_s())
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def spend(self, name: str) -> float:
        """Take one token.

        Returns:
            0.0 when taken; else how long until one would be there, and nothing was taken. Seconds.
        """
        now = self._clock.monotonic_s()
        with self._lock:
            held = self._kept.pop(name, None)
            if held is None and len(self._kept) >= self._kept_max and not self._forget_one(now):
                self._crowd, wait_s = self._taken(self._crowd, now)
                return wait_s
            self._kept[name], wait_s = self._taken(held or (self._rate.burst, now), now)
            return wait_s

    def _forget_one(self, now: float) -> bool:
        """Make room, if the bucket that was asked least lately is full by now."""
        name, (_, at) = next(iter(self._kept.items()))
        if now - at < self._refill_s:
            return False
        del self._kept[name]
        return True

    def _taken(self, bucket: tuple[float, float], now: float) -> tuple[tuple[float, float], float]:
        tokens, at = bucket
        tokens = min(self._rate.burst, tokens + (now - at) * self._rate.each_s)
        if tokens >= 1:
            return (tokens - 1, now), 0.0
        return (tokens, now), (1 - tokens) / self._rate.each_s
