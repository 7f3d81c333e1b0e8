# SPDX-License-Identifier: Apache-2.0
"""Packs under one digest, so that each reader process is sent them once."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

SETS_KEPT_MAX: Final = 8  # sets whose digests are remembered


@dataclass(frozen=True, slots=True)
class PackSet:
    """Packs by name, and one digest over all of them."""

    digest: str
    contents: Mapping[str, bytes]


class PackShelf:
    """Remembers digests, because hashing lists of some megabytes for each pasted text would be felt."""

    def __init__(self) -> None:
        self._sets: dict[tuple[tuple[str, int], ...], PackSet] = {}

    def of(self, packs: Mapping[str, bytes]) -> PackSet:
        """Give packs their digest."""
        # By identity of the bytes, which cannot change and which the kept set holds on to.
        key = tuple([(name, id(content)) for name, content in packs.items()])
        known = self._sets.get(key)
        if known is None:
            known = PackSet(_digest(packs), dict(packs))
            if len(self._sets) >= SETS_KEPT_MAX:
                self._sets = {}  # a new one: another thread may be reading the old
            self._sets[key] = known
        return known


def _digest(packs: Mapping[str, bytes]) -> str:
    total = sha256()
    for name in sorted(packs):
        total.update(f"{name}\0{len(packs[name])}\0".encode())
        total.update(packs[name])
    return total.hexdigest()
