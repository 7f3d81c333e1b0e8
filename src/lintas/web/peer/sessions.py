# SPDX-License-Identifier: Apache-2.0
"""Sessions of peers: each request is numbered within one, so none counts twice.

Source: docs/spec/peer.md, "Requests". Clocks are not asked: a session ends with the server, or when its peer has opened
PEER_SESSIONS_MAX newer ones.
"""

import re
import threading
from collections import OrderedDict
from typing import Final

from lintas.limits import PEER_SESSIONS_MAX

WINDOW: Final = 64  # requests that may overtake each other
GREETINGS_MAX: Final = 256  # nonces of greetings remembered of one peer
_NUMBERED: Final = re.compile(r"([0-9a-f]{32})\.([1-9][0-9]{0,15})", re.ASCII)
_GREETING: Final = re.compile(r"[0-9a-f]{32,64}", re.ASCII)


class _Session:
    __slots__ = ("highest", "node", "seen")

    def __init__(self, node: str) -> None:
        self.node = node
        self.highest = 0
        self.seen = 0  # bit k: number `highest - k` was used

    def use(self, number: int) -> bool:
        """Whether a number is new; it is not from now on."""
        ahead = number - self.highest
        if ahead > 0:
            self.seen = ((self.seen << ahead) | 1) & ((1 << WINDOW) - 1) if ahead < WINDOW else 1
            self.highest = number
            return True
        bit = 1 << -ahead
        if -ahead >= WINDOW or self.seen & bit:
            return False
        self.seen |= bit
        return True


class Sessions:
    """All sessions of one node. Any thread may use it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sessions: dict[str, _Session] = {}
        self._of: dict[str, list[str]] = {}
        self._greetings: dict[str, OrderedDict[str, None]] = {}

    def open(self, node: str, session: str) -> None:
        """Begin a session of a peer; its oldest goes when it has too many.

        Args:
            session: 32 random hex digits.
        """
        with self._lock:
            self._sessions[session] = _Session(node)
            mine = self._of.setdefault(node, [])
            mine.append(session)
            while len(mine) > PEER_SESSIONS_MAX:
                del self._sessions[mine.pop(0)]

    def node_of(self, nonce: str) -> str | None:
        """Whose session a nonce claims to belong to; None when there is no such session. Nothing is proven by it."""
        parts = _NUMBERED.fullmatch(nonce)
        with self._lock:
            session = self._sessions.get(parts[1]) if parts else None
            return session.node if session is not None else None

    def use(self, node: str, nonce: str) -> bool:
        """Whether a nonce is of a session of this peer and was never used; it counts as used from now on."""
        parts = _NUMBERED.fullmatch(nonce)
        with self._lock:
            session = self._sessions.get(parts[1]) if parts else None
            return parts is not None and session is not None and session.node == node and session.use(int(parts[2]))

    def greet(self, node: str, nonce: str) -> bool:
        """Whether the nonce of a greeting is fresh; the last GREETINGS_MAX of each peer are remembered."""
        if not _GREETING.fullmatch(nonce):
            return False
        with self._lock:
            known = self._greetings.setdefault(node, OrderedDict())
            if nonce in known:
                return False
            known[nonce] = None
            while len(known) > GREETINGS_MAX:
                known.popitem(last=False)
            return True

    def end(self, node: str) -> None:
        """End all sessions of a peer."""
        with self._lock:
            for session in self._of.pop(node, ()):
                del self._sessions[session]
