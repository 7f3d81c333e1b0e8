# SPDX-License-Identifier: Apache-2.0
"""Speak to a running node through its local socket: HTTP/1.1 over a Unix socket, standard library only."""

import http.client
import socket
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from lintas import errors
from lintas.errors import BadInput, LintasError, NodeBusy, NodeDamaged, OverLimit
from lintas.web.local import wire

ANSWER_S_MAX = 3_600  # seconds without a line from the node: a rebuild of a large log says how far it is far more often
PIECE_BYTES = 1024 * 1024

NO_ANSWER = "The node's server ended before it answered."
NO_ANSWER_HINT = "What was acknowledged is kept. Ask again: doing it twice changes nothing."


class NotListening(Exception):
    """Nobody accepts at that socket: the server that made it is gone."""


class File(NamedTuple):
    """A file that travels after the request."""

    name: str
    data: bytes


class _OverUnix(http.client.HTTPConnection):
    """An HTTP connection whose far end is a path."""

    def __init__(self, path: str) -> None:
        super().__init__("local", timeout=ANSWER_S_MAX)
        self._path = path

    def connect(self) -> None:
        """Connect to the path."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self.sock.settimeout(5)
            self.sock.connect(self._path)
            self.sock.settimeout(ANSWER_S_MAX)
        except OSError as exc:
            self.sock.close()
            raise NotListening from exc


def ask(path: str, request: wire.Request, files: Sequence[File], progress: Callable[[str, int, int], None]) -> bytes:
    """Ask a running node and return its answer as JSON.

    Raises:
        NotListening: Nobody accepts at that path; nothing was asked.
        NodeBusy: The server ended before it answered.
        OverLimit: The request is too large to be sent.
        LintasError: What the node answered, as the same class.
    """
    heads = [wire.FileHead(file.name, len(file.data)) for file in files]
    try:
        head = msgspec.json.encode(wire.Envelope(request, heads)) + b"\n"  # type: ignore[arg-type]  # any verb's request
    except UnicodeEncodeError as exc:
        raise BadInput(
            "What was typed is not UTF-8.", hint="Type it again in a terminal that is set to UTF-8."
        ) from exc
    if len(head) > wire.HEAD_BYTES_MAX:
        raise OverLimit(f"The request is larger than {wire.HEAD_BYTES_MAX // 2**20} MiB.", hint="Ask in parts.")
    connection = _OverUnix(path)
    try:
        connection.connect()
        size = len(head) + sum(len(file.data) for file in files)
        headers = {"Content-Type": wire.MEDIA_TYPE, "Content-Length": str(size), "Connection": "close"}
        connection.request("POST", wire.PATH, body=_body(head, files), headers=headers)
        return _answer(connection.getresponse(), progress)
    except (OSError, http.client.HTTPException) as exc:
        raise NodeBusy(NO_ANSWER, hint=NO_ANSWER_HINT) from exc
    finally:
        connection.close()


def _body(head: bytes, files: Sequence[File]) -> Iterator[bytes | memoryview]:
    yield head
    for file in files:
        view = memoryview(file.data)
        for start in range(0, len(view), PIECE_BYTES):
            yield view[start : start + PIECE_BYTES]


def _answer(reply: http.client.HTTPResponse, progress: Callable[[str, int, int], None]) -> bytes:
    """Follow the lines to the last one."""
    if reply.status != http.client.OK:
        raise NodeDamaged(f"The node's local socket answered {reply.status}.", hint="Restart `lintas serve`.")
    while line := reply.readline():
        try:
            said = msgspec.json.decode(line, type=wire.Line)
        except msgspec.MsgspecError as exc:
            hint = "Is the command line of the same version as the node? Restart `lintas serve`."
            raise NodeDamaged("The node's answer cannot be read.", hint=hint) from exc
        if isinstance(said, wire.Progress):
            progress(said.what, said.done, said.total)
        elif isinstance(said, wire.Failure):
            raise error_of(said)
        else:
            return bytes(said.value)
    raise NodeBusy(NO_ANSWER, hint=NO_ANSWER_HINT)


def error_of(failure: wire.Failure) -> LintasError:
    """The error that the node raised, as the same class."""
    kind = getattr(errors, failure.kind, LintasError)
    if not (isinstance(kind, type) and issubclass(kind, LintasError)):
        kind = LintasError
    error = kind(failure.message, hint=failure.hint)
    error.exit_code = failure.exit_code
    for name in ("rule", "limit"):
        if hasattr(error, name):
            setattr(error, name, getattr(failure, name))
    return error
