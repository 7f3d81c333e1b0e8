# SPDX-License-Identifier: Apache-2.0
"""HTTP/1.1 as the peer address speaks it: who dawdles over a request head, or sends no end of it, is hung up on."""

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_S_MAX: Final = 15  # seconds for the head of a request, the first counted from the connection on
HEAD_BYTES_MAX: Final = 64 * 1024


class PeerProtocol(HttpToolsProtocol):
    """Tells the application how to hang up at once: `scope["extensions"]["lintas.abort"]`."""

    _head_bytes = 0
    _is_in_head = False
    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn declares it
        """Wait for a request, not for ever."""
        super().connection_made(transport)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what comes of a head."""
        super().data_received(data)
        self._head_bytes = self._head_bytes + len(data) if self._is_in_head else 0
        if self._head_bytes > HEAD_BYTES_MAX:
            self.transport.abort()

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._is_in_head = True
        self._wait_for_head()
        scope: dict[str, Any] = self.scope  # type: ignore[assignment]  # uvicorn's type knows only its own extensions
        scope["extensions"] = {"lintas.abort": self.transport.abort}

    def on_headers_complete(self) -> None:
        """Its head is whole."""
        self._is_in_head = False
        self._stop_waiting()
        super().on_headers_complete()

    def _wait_for_head(self) -> None:
        self._stop_waiting()
        self._late = self.loop.call_later(HEAD_S_MAX, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
