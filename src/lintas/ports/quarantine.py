# SPDX-License-Identifier: Apache-2.0
"""Files that were given and not taken in: kept apart, until a named person releases or drops them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """One file that was set aside."""

    id: str  # random
    name: str  # as its sender named it, cut to what shows
    size_bytes: int
    rule: str
    reason: str
    at: str  # RFC 3339 UTC
    by: str  # who gave it
    tlp: int  # as strict as it was given, or as the node's default


class Quarantine(Protocol):
    """The place apart."""

    def put(self, aside: Aside, data: bytes) -> bool:
        """Keep a file under its id; False when there is no room. Durable when this returns.

        Raises:
            StorageFailed: The disk refused.
        """

    def listed(self) -> Sequence[Aside]:
        """All that is kept, oldest first; what is too old is gone."""

    def data(self, id_: str) -> bytes | None:
        """The bytes of one; None when it is not there."""

    def remove(self, id_: str) -> bool:
        """Overwrite and remove one; whether it was there."""
