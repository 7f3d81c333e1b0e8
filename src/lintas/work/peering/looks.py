# SPDX-License-Identifier: Apache-2.0
"""Flag a name that could be taken for another one: of this node, or of another peer."""

from typing import Final

from lintas.matching.lookalike import imitates
from lintas.ports.store import Snapshot
from lintas.work.services import Services

OWN: Final = "this node"


class Looks:
    """The names that one could be taken for, read once for a whole list."""

    def __init__(self, services: Services, snapshot: Snapshot) -> None:
        self._own = services.keys.node
        self._names: list[tuple[str, str]] = [(self._own, services.config.name)]
        self._names += [(one.node, one.name) for one in snapshot.peers() if one.name and not one.is_removed]

    def imitated_by(self, node: str, name: str) -> list[str]:
        """Whom a peer's name could be taken for, and why; of two equal names both are flagged."""
        others = [(other, said) for other, said in self._names if other != node]
        return [
            f"{OWN if other == self._own else said} ({other[:15]}…): {reason}"
            for other, said, reason in imitates(name, others)
        ]
