# SPDX-License-Identifier: Apache-2.0
"""Dice that fall the same way for the same seed: a counter under SHA-256. For exercises; nothing secret comes of it."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final, TypeVar

T = TypeVar("T")

_DRAW_BYTES: Final = 8
_RANGE: Final = 2 ** (8 * _DRAW_BYTES)


class Dice:
    """One sequence of draws; `fork` gives another one that nothing drawn here moves."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._drawn = 0
        self._rest = b""

    def fork(self, name: str) -> "Dice":
        """Other dice of the same seed: what is drawn from them leaves these as they are."""
        return Dice(f"{self._name}/{name}")

    def below(self, limit: int) -> int:
        """A whole number from 0 to below `limit`, each as likely as the others."""
        assert 0 < limit <= _RANGE, "a draw is of at least one number"
        most = _RANGE - _RANGE % limit
        while True:
            if not self._rest:
                self._rest = sha256(f"{self._name}\n{self._drawn}".encode()).digest()
                self._drawn += 1
            draw, self._rest = int.from_bytes(self._rest[:_DRAW_BYTES], "big"), self._rest[_DRAW_BYTES:]
            if draw < most:
                return draw % limit

    def between(self, least: int, most: int) -> int:
        """A whole number from `least` to `most`, both among them."""
        return least + self.below(most - least + 1)

    def chance(self, percent: int) -> bool:
        """True so many times in a hundred."""
        return self.below(100) < percent

    def pick(self, options: Sequence[T]) -> T:
        """One of them."""
        return options[self.below(len(options))]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """All of them in another order."""
        rest = list(items)
        return [rest.pop(self.below(len(rest))) for _ in range(len(rest))]

    def digits(self, count: int) -> str:
        """So many digits, the first of them no zero."""
        return str(self.between(1, 9)) + "".join(str(self.below(10)) for _ in range(count - 1))

    def hex(self, count: int) -> str:
        """So many hexadecimal digits, lower case."""
        return "".join(f"{self.below(16):x}" for _ in range(count))

    def uuid4(self) -> str:
        """A UUID of version 4 in form."""
        digits = self.hex(30)
        return f"{digits[:8]}-{digits[8:12]}-4{digits[12:15]}-{'89ab'[self.below(4)]}{digits[15:18]}-{digits[18:30]}"
