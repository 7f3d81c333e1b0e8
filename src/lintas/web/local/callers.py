# SPDX-License-Identifier: Apache-2.0
"""Only the user that runs the node, and root, may speak to its local socket."""

import asyncio
import os
import socket
import struct

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_CREDENTIALS = struct.Struct("3i")  # struct ucred of Linux: pid, uid, gid


def uid_of(peer: socket.socket) -> int | None:
    """The user at the other end, as the kernel says; None where it does not say."""
    option = getattr(socket, "SO_PEERCRED", None)
    if option is None:
        return None  # the socket's permissions (0600) still hold
    raw = peer.getsockopt(socket.SOL_SOCKET, option, _CREDENTIALS.size)
    return int(_CREDENTIALS.unpack(raw)[1])


class OwnUserProtocol(HttpToolsProtocol):
    """HTTP/1.1 that hangs up on any other user."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn declares it
        """Look at the caller before the first byte is read."""
        super().connection_made(transport)
        uid = uid_of(transport.get_extra_info("socket"))
        if uid not in (None, 0, os.geteuid()):
            transport.abort()
