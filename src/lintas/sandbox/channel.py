# SPDX-License-Identifier: Apache-2.0
"""The pool's end of the two pipes to a reader process: whole frames, by a deadline, up to a size."""

import contextlib
import fcntl
import os
import select
import time
from collections.abc import Iterable
from typing import Final

from lintas.sandbox.wire import LENGTH

_PIPE_BYTES: Final = 2**20  # what Linux grants to anybody (fs.pipe-max-size): fewer turns than with 64 KiB
_READ_BYTES: Final = 2**20


class Closed(Exception):
    """The process closed its end: it is ending."""


class TooLate(Exception):
    """The deadline passed."""


class TooLarge(Exception):
    """The answer is larger than it may be."""


class Channel:
    """Frames to and from one process. Used by one thread at a time; the file descriptors stay its process's."""

    def __init__(self, write_fd: int, read_fd: int) -> None:
        self._write_fd = write_fd
        self._read_fd = read_fd
        self._buffer = bytearray()
        self._left_bytes = 0
        for fd in (write_fd, read_fd):
            os.set_blocking(fd, False)
            with contextlib.suppress(OSError, AttributeError):  # a smaller pipe works as well, with more turns
                fcntl.fcntl(fd, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)

    def send(self, frame: bytes, contents: Iterable[bytes], *, deadline: float) -> None:
        """Write one frame and the bytes that follow it.

        Args:
            frame: What to say.
            contents: Bytes that the frame announces.
            deadline: Reading of the monotonic clock, in seconds.

        Raises:
            Closed: The process ended.
            TooLate: The process did not take the bytes in time.
        """
        self._write(LENGTH.pack(len(frame)) + frame, deadline)
        for content in contents:
            self._write(content, deadline)

    def is_quiet(self) -> bool:
        """Whether the process is there and has said nothing unasked."""
        poll = select.poll()
        poll.register(self._read_fd, select.POLLIN)
        return not self._buffer and not poll.poll(0)

    def expect(self, bytes_max: int) -> None:
        """Allow the coming answer so many bytes in all."""
        self._left_bytes = bytes_max

    def receive(self, *, deadline: float) -> bytes:
        """Read one frame.

        Raises:
            Closed: The process ended.
            TooLate: No whole frame came in time.
            TooLarge: All frames since `expect` are larger than was allowed.
        """
        size = LENGTH.unpack(self._take(LENGTH.size, deadline))[0]
        self._left_bytes -= size
        if self._left_bytes < 0:
            raise TooLarge
        return self._take(size, deadline)

    def _take(self, size: int, deadline: float) -> bytes:
        while len(self._buffer) < size:
            try:
                data = os.read(self._read_fd, _READ_BYTES)
            except BlockingIOError:
                _wait(self._read_fd, select.POLLIN, deadline)
                continue
            if not data:
                raise Closed
            self._buffer += data
        taken = bytes(memoryview(self._buffer)[:size])
        del self._buffer[:size]
        return taken

    def _write(self, data: bytes, deadline: float) -> None:
        with memoryview(data) as view:
            sent = 0
            while sent < len(view):
                try:
                    sent += os.write(self._write_fd, view[sent : sent + _PIPE_BYTES])
                except BlockingIOError:
                    _wait(self._write_fd, select.POLLOUT, deadline)
                except BrokenPipeError as exc:
                    raise Closed from exc


def _wait(fd: int, event: int, deadline: float) -> None:
    left_s = deadline - time.monotonic()
    poll = select.poll()
    poll.register(fd, event)
    if left_s <= 0 or not poll.poll(left_s * 1000):
        raise TooLate
