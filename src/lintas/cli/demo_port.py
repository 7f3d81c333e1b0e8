# SPDX-License-Identifier: Apache-2.0
"""Where a bank of the demo is: until it answers nobody does, and no other program can be given its port meanwhile."""

import socket


class SilentPort:
    """A port of this machine that accepts connections and answers nothing, until its bank starts there."""

    def __init__(self) -> None:
        """Take a free one.

        A second socket, which is bound and does not listen, keeps it while one listener goes and the next comes.
        """
        self._keeping = socket.socket()
        self._keeping.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._keeping.bind(("127.0.0.1", 0))
        self.number: int = self._keeping.getsockname()[1]
        self._silent = socket.create_server(("127.0.0.1", self.number))

    def give_way(self) -> None:
        """Stop to listen, for a server that is told the number and sets SO_REUSEADDR."""
        self._silent.close()

    def close(self) -> None:
        """Let go of it; doing it twice does nothing."""
        self._silent.close()
        self._keeping.close()
