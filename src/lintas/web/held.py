# SPDX-License-Identifier: Apache-2.0
"""What a session holds between two pages: questions, uploads awaiting a mapping, results.

It stands in memory only: a question's terms never stand in an address, where histories and proxies would keep them, and
an upload that nobody confirms is gone by itself. After a restart the page says so and asks again.
"""

import base64
import threading
from collections import OrderedDict
from typing import Final, Generic, NamedTuple, TypeVar

from lintas.errors import OverLimit
from lintas.limits import SESSION_IDLE_S_MAX
from lintas.ports.clock import Clock
from lintas.ports.keys import Keys

T = TypeVar("T")

_ID_BYTES: Final = 12


class _Kept(NamedTuple, Generic[T]):
    owner: bytes
    value: T
    size_bytes: int
    until_s: float


class Held(Generic[T]):
    """Values by a random id, each seen by one session only; the oldest give way."""

    def __init__(self, clock: Clock, keys: Keys, *, each_max: int, bytes_max: int) -> None:
        self._clock = clock
        self._keys = keys
        self._each_max = each_max
        self._bytes_max = bytes_max
        self._kept: OrderedDict[str, _Kept[T]] = OrderedDict()
        self._lock = threading.Lock()

    def put(self, owner: bytes, value: T, *, size_bytes: int = 0) -> str:
        """Hold a value for one session and return its id.

        Raises:
            OverLimit: It alone is larger than all that may be held.
        """
        if size_bytes > self._bytes_max:
            raise OverLimit(f"{size_bytes} bytes are more than may wait here, which is {self._bytes_max}.")
        key = base64.urlsafe_b64encode(self._keys.random(_ID_BYTES)).decode("ascii")
        with self._lock:
            self._forget_expired()
            mine = [name for name, kept in self._kept.items() if kept.owner == owner]
            for name in mine[: max(0, len(mine) - self._each_max + 1)]:
                del self._kept[name]
            while self._kept and self._bytes_held() + size_bytes > self._bytes_max:
                self._kept.popitem(last=False)
            self._kept[key] = _Kept(owner, value, size_bytes, self._clock.monotonic_s() + SESSION_IDLE_S_MAX)
        return key

    def get(self, owner: bytes, key: str) -> T | None:
        """Return a value that this session holds; looking at it keeps it."""
        with self._lock:
            self._forget_expired()
            kept = self._kept.get(key)
            if kept is None or kept.owner != owner:
                return None
            self._kept[key] = kept._replace(until_s=self._clock.monotonic_s() + SESSION_IDLE_S_MAX)
            return kept.value

    def forget(self, owner: bytes, key: str = "") -> None:
        """Let go of one value of a session, or of all."""
        with self._lock:
            for name in [n for n, kept in self._kept.items() if kept.owner == owner and key in ("", n)]:
                del self._kept[name]

    def _bytes_held(self) -> int:
        return sum(kept.size_bytes for kept in self._kept.values())

    def _forget_expired(self) -> None:
        now = self._clock.monotonic_s()
        for name in [n for n, kept in self._kept.items() if kept.until_s <= now]:
            del self._kept[name]
