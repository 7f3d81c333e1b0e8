# SPDX-License-Identifier: Apache-2.0
"""Flag a name that could be taken for another one: of this node, or of another peer."""

import unicodedata
from typing import Final

from lintas.ports.store import Snapshot
from lintas.work.services import Services

OWN: Final = "this node"


class Looks:
    """The names that one could be taken for, read once for a whole list."""

    def __init__(self, services: Services, snapshot: Snapshot) -> None:
        own = services.config.name
        self._names: list[tuple[str, str, str]] = [(services.keys.node, f"{own} ({OWN})", own)]
        self._names += [(one.node, one.name, one.name) for one in snapshot.peers() if one.name and not one.is_removed]

    def imitated_by(self, node: str, name: str) -> list[str]:
        """Whom a peer's name could be taken for; the oldest of two equal names is flagged as well as the newest."""
        return [shown for other, shown, plain in self._names if other != node and is_lookalike(name, plain)]


def is_lookalike(one: str, two: str) -> bool:
    """Say whether two names look alike."""
    return _folded(one) == _folded(two)


def _folded(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(char for char in plain if char.isalnum())
