# SPDX-License-Identifier: Apache-2.0
"""The Links port, in memory."""

import threading
from typing import Any

from lintas.ports.links import LinkState


class LocalLinks:
    """States of connections, shared between threads."""

    def __init__(self) -> None:
        self._states: dict[str, LinkState] = {}
        self._lock = threading.Lock()

    def state(self, node: str) -> LinkState:
        """How things are with one peer."""
        with self._lock:
            return self._states.get(node, LinkState(node))

    def note(self, node: str, **changes: Any) -> None:
        """Change some fields of one peer's state."""
        with self._lock:
            self._states[node] = self._states.get(node, LinkState(node))._replace(**changes)
