# SPDX-License-Identifier: Apache-2.0
"""Short exchanges with a server that is not ours: verified, bounded in time, cut off when the node stops."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lintas.limits import NOTICE_SEND_S_MAX


class Exchange:
    """At most one exchange at a time, which another thread may cut."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._current: Callable[[], socket.socket | None] | None = None
        self._is_cut = False

    @contextmanager
    def within(self, seconds: float, current: Callable[[], socket.socket | None]) -> Iterator[None]:
        """Shut the socket when time is up: a server that answers a byte at a time would keep us for hours.

        Args:
            current: The socket in use; what is being set up may have none yet.

        Raises:
            TimeoutError: The node stops.
        """
        with self._lock:
            if self._is_cut:
                raise TimeoutError
            self._current = current
        watch = threading.Timer(seconds, self._shut)
        watch.daemon = True
        watch.start()
        try:
            yield
        finally:
            watch.cancel()
            with self._lock:
                self._current = None

    def cut(self) -> None:
        """End the running exchange and let none begin."""
        with self._lock:
            self._is_cut = True
        self._shut()

    def _shut(self) -> None:
        with self._lock:
            held = self._current() if self._current else None
        if held is not None:
            with suppress(OSError):  # it was closed in between
                held.shutdown(socket.SHUT_RDWR)


def trusted(ca_file: Path | None) -> ssl.SSLContext:
    """How a server must prove who it is: its name in a certificate under the system's authorities, or those of a file.

    Raises:
        OSError: The file cannot be read, or holds no certificate.
    """
    context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def reason_of(error: OSError) -> str:
    """Why a server could not be reached, as a sentence without anything that the server said."""
    match error:
        case ssl.SSLCertVerificationError():
            return f"The server's certificate is not good: {error.verify_message}."
        case ssl.SSLError():
            return "The server does not speak TLS as it should."
        case socket.gaierror():
            return "The server's name is not known."
        case TimeoutError():
            return f"The server did not answer within {NOTICE_SEND_S_MAX} s."
        case _:
            return f"The server cannot be reached: {(error.strerror or type(error).__name__).lower()}."
