# SPDX-License-Identifier: Apache-2.0
"""Large payloads, kept as files beside the store."""

from collections.abc import Iterable, Iterator
from typing import Protocol


class Blobs(Protocol):
    """Large payloads, as files named by their salted digest."""

    def put(self, name: str, data: bytes) -> None:
        """Keep a blob; durable when this returns."""

    def get(self, name: str) -> bytes | None:
        """The bytes, or None."""

    def remove(self, name: str) -> None:
        """Remove it; that it is gone already is no error."""

    def names(self) -> Iterator[str]:
        """All names, unfinished ones left out."""

    def sweep(self, needed: Iterable[str]) -> int:
        """Remove unfinished files and blobs that nothing needs; returns how many."""

    def size_bytes(self) -> int:
        """Bytes on disk."""
