# SPDX-License-Identifier: Apache-2.0
"""Ports for servers that must be told theirs before they start, or that come again at the same one."""

import os
import socket
import weakref


class KeptPort:
    """A port of this machine that only a server which is told its number can have, for as long as this object lives.

    A socket that is bound and does not listen keeps it from everybody who takes any free port, as other tests do all
    the time, and lets in a server that sets SO_REUSEADDR, as ours, nginx and those of the standard library do.
    """

    def __init__(self) -> None:
        with socket.socket() as keeping:
            keeping.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            keeping.bind(("127.0.0.1", 0))
            self.number: int = keeping.getsockname()[1]
            self.let_go = weakref.finalize(self, os.close, keeping.detach())
