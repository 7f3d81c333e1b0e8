# SPDX-License-Identifier: Apache-2.0
"""One HTTP connection to the node under test, on which anything can be sent, right or wrong."""

import http.client
import select
import ssl
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from socket import create_connection
from typing import Final
from urllib.parse import urlsplit

from lintas.crypto.tls import public_of
from lintas.errors import LinkFailed, LintasError, OverLimit
from lintas.limits import BATCH_BYTES_MAX
from lintas.transport.client import check_url
from lintas.transport.network import client_context
from lintas.transport.sse import Event, EventParser

ANSWER_S_MAX: Final = 20.0  # seconds that one answer may take
REFUSED_EARLY_S: Final = 1.0  # seconds in which a node may refuse a body by its size alone
ANSWER_BYTES_MAX: Final = 2 * BATCH_BYTES_MAX
PIECE_BYTES: Final = 64 * 1024
FLOOD_AHEAD: Final = 60  # requests on the way at once; with more, both sides might wait for each other to read
_ANSWER: Final = b"HTTP/1.1 "
_BUSY: Final = b"HTTP/1.1 429 "


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as it is sent. Headers are a list because one that stands twice is tried, too."""

    method: str
    path: str
    query: str = ""
    headers: Sequence[tuple[str, str]] = ()
    body: bytes = b""

    @property
    def target(self) -> str:
        """Path and query as they stand in the request line."""
        return f"{self.path}?{self.query}" if self.query else self.path


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer, whole."""

    status: int
    headers: Mapping[str, str]  # names in small letters
    body: bytes


class Stream:
    """An answer without end, read event by event."""

    def __init__(self, connection: http.client.HTTPSConnection, response: http.client.HTTPResponse) -> None:
        self._connection, self._response = connection, response
        self._parser = EventParser()
        self.content_type = response.getheader("content-type", "")

    def read(self, within_s: float) -> list[Event] | None:
        """Wait for the next piece: its events, none for a comment; None when nothing came in time.

        Raises:
            LinkFailed: The stream ended or was cut.
            OverLimit: An event is larger than it may be.
        """
        sock = self._connection.sock
        try:
            if sock is not None:
                sock.settimeout(max(within_s, 0.001))
            piece = self._response.read1(PIECE_BYTES)
        except TimeoutError:
            return None
        except (OSError, ValueError, http.client.HTTPException) as exc:
            raise LinkFailed("The feed was cut.") from exc
        if not piece:
            raise LinkFailed("The feed ended.")
        return self._parser.feed(piece)

    def until(self, deadline_s: float) -> Iterator[Event]:
        """Events until a moment of the monotonic clock."""
        while (left := deadline_s - time.monotonic()) > 0:
            yield from self.read(left) or ()


class Line:
    """Connections to one address; one is kept open for plain requests."""

    def __init__(self, url: str) -> None:
        """Connect to nothing yet.

        Raises:
            BadInput: The address is none.
        """
        check_url(url)
        parts = urlsplit(url)
        self.url = url.rstrip("/")
        self._host, self._port = parts.hostname or "", parts.port or 443
        self._kept: http.client.HTTPSConnection | None = None
        self.refusals: list[Reply] = []  # what was answered with an error, for the check of its form

    def close(self) -> None:
        """Hang up."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    def server_key(self) -> bytes:
        """The public key that the server proves to have.

        Raises:
            LinkFailed: Nobody answers.
            MalformedKey: It is no Ed25519 key.
        """
        with (
            _told(),
            create_connection((self._host, self._port), ANSWER_S_MAX) as plain,
            client_context().wrap_socket(plain) as secured,
        ):
            shown = secured.getpeercert(binary_form=True)
        return public_of(shown or b"")

    def speaks_old_tls(self) -> bool:
        """Whether a handshake with TLS 1.2 succeeds.

        Raises:
            LinkFailed: Nobody answers.
        """
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
        with _told(), create_connection((self._host, self._port), ANSWER_S_MAX) as plain:
            try:
                with context.wrap_socket(plain):
                    return True
            except OSError:  # ssl.SSLError is one, and so is a reset
                return False

    def send(self, asked: Asked) -> Reply:
        """Ask and read the whole answer.

        Raises:
            LinkFailed: Nobody answered.
            OverLimit: The answer is larger than any may be.
        """
        is_fresh = self._kept is None
        try:
            reply = self._send(asked)
        except LinkFailed:
            if is_fresh:
                raise
            reply = self._send(asked)  # the kept connection had ended there in between
        if reply.status >= 400:
            self.refusals.append(reply)
        return reply

    def send_large(self, asked: Asked) -> Reply:
        """Ask with a large body that may be refused before it was sent.

        Raises:
            LinkFailed, OverLimit: As `send`.
        """
        connection = self._connect()
        try:
            with _told():
                _head(connection, asked)
                sock = connection.sock
                assert sock is not None, "connected"
                is_answered = bool(select.select([sock], [], [], REFUSED_EARLY_S)[0])
                if not is_answered:
                    with suppress(OSError):  # whoever refuses while we send hangs up; the answer may be there
                        for start in range(0, len(asked.body), PIECE_BYTES):
                            sock.sendall(asked.body[start : start + PIECE_BYTES])
                reply = _whole(connection.getresponse())
        finally:
            connection.close()
        if reply.status >= 400:
            self.refusals.append(reply)
        return reply

    def flood(self, asked: Iterator[Asked], within_s: float) -> tuple[Reply | None, int]:
        """Send requests without waiting for their answers, until one is answered with 429.

        Returns:
            That answer, or None when none came in time; and how many answers came.

        Raises:
            LinkFailed: Nobody answers.
        """
        deadline, answers, sent = time.monotonic() + within_s, b"", 0
        with (
            _told(),
            create_connection((self._host, self._port), ANSWER_S_MAX) as plain,
            client_context().wrap_socket(plain) as secured,
        ):
            while (refused := answers.find(_BUSY)) < 0 and time.monotonic() < deadline:
                with suppress(OSError):  # who has enough hangs up; what it said before that is still to be read
                    while sent - answers.count(_ANSWER) < FLOOD_AHEAD and (one := next(asked, None)) is not None:
                        sent += 1
                        secured.sendall(self._raw(one))
                piece = secured.recv(PIECE_BYTES)
                answers += piece
                if not piece or answers.count(_ANSWER) == sent:
                    break
            refused = answers.find(_BUSY)
            with suppress(OSError):  # as above: a refused flood ends with the connection
                while refused >= 0 and (piece := secured.recv(PIECE_BYTES)):
                    answers += piece
        return (None if refused < 0 else _parsed(answers[refused:])), answers.count(_ANSWER)

    def _raw(self, asked: Asked) -> bytes:
        lines = [f"{asked.method} {asked.target} HTTP/1.1", f"host: {self._host}:{self._port}"]
        lines += [f"{name}: {value}" for name, value in (*asked.headers, ("content-length", str(len(asked.body))))]
        return "\r\n".join([*lines, "", ""]).encode("ascii") + asked.body

    @contextmanager
    def stream(self, asked: Asked) -> Iterator[Stream | Reply]:
        """Ask for an answer without end; a refusal is a whole answer.

        Raises:
            LinkFailed, OverLimit: As `send`.
        """
        connection = self._connect()
        try:
            with _told():
                _head(connection, asked)
                response = connection.getresponse()
                refused = _whole(response) if response.status != 200 else None
            if refused is not None:
                self.refusals.append(refused)
                yield refused
            else:
                yield Stream(connection, response)
        finally:
            connection.close()

    def _connect(self) -> http.client.HTTPSConnection:
        return http.client.HTTPSConnection(self._host, self._port, context=client_context(), timeout=ANSWER_S_MAX)

    def _send(self, asked: Asked) -> Reply:
        if self._kept is None:
            self._kept = self._connect()
        try:
            with _told():
                _head(self._kept, asked)
                if asked.body:
                    self._kept.send(asked.body)
                response = self._kept.getresponse()
                reply = _whole(response)
        except LintasError:
            self.close()
            raise
        if response.will_close:
            self.close()
        return reply


def _head(connection: http.client.HTTPSConnection, asked: Asked) -> None:
    connection.putrequest(asked.method, asked.target, skip_accept_encoding=True)
    for name, value in (*asked.headers, ("content-length", str(len(asked.body)))):
        connection.putheader(name, value)
    connection.endheaders()


def _whole(response: http.client.HTTPResponse) -> Reply:
    body = response.read(ANSWER_BYTES_MAX + 1)
    if len(body) > ANSWER_BYTES_MAX:
        raise OverLimit(f"An answer has more than {ANSWER_BYTES_MAX:,} bytes.")
    headers = {name.lower(): value for name, value in response.getheaders()}
    return Reply(status=response.status, headers=headers, body=body)


def _parsed(raw: bytes) -> Reply:
    """The first answer in some bytes."""
    head, _, rest = raw.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    length = headers.get("content-length", "0")
    body = rest[: int(length)] if length.isdecimal() else b""
    return Reply(status=int(status.split(" ")[1]), headers=headers, body=body)


@contextmanager
def _told() -> Iterator[None]:
    """What the network does, in our words."""
    try:
        yield
    except (OSError, ValueError, http.client.HTTPException) as exc:  # ValueError: a host that has no spelling in DNS
        raise LinkFailed(f"The node did not answer: {str(exc) or type(exc).__name__}.") from exc
