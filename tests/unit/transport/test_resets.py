# SPDX-License-Identifier: Apache-2.0
"""A peer's address that resets at once costs this process nothing: no descriptor that others use is closed."""

import gc
import os
import socket
import struct
import threading
from contextlib import suppress

import uvloop

from lintas.errors import LinkFailed
from lintas.transport.client import fetch_descriptor

TRIES = 300
_RESET = struct.pack("ii", 1, 0)  # SO_LINGER of no time: closing sends a reset


def resetting(listening: socket.socket) -> None:
    """Reset each connection as soon as it is accepted, until the socket is shut."""
    with suppress(OSError):
        while True:
            accepted, _ = listening.accept()
            accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            accepted.close()


def is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def test_failed_connections_close_nobody_elses_descriptor() -> None:
    async def fail(url: str) -> list[LinkFailed]:
        held = []
        for _ in range(TRIES):
            try:
                await fetch_descriptor(url)
            except LinkFailed as failed:
                held.append(failed)  # as the loops hold it while they wait; it holds what it failed on
        return held

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        thread = threading.Thread(target=resetting, args=(listening,))
        thread.start()
        held = uvloop.run(fail(f"https://127.0.0.1:{listening.getsockname()[1]}"))
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(20)
    assert len(held) == TRIES
    others = [os.open(os.devnull, os.O_RDONLY) for _ in range(64)]
    held.clear()
    gc.collect()
    assert [descriptor for descriptor in others if not is_open(descriptor)] == []
    for descriptor in others:
        os.close(descriptor)
