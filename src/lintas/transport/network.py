# SPDX-License-Identifier: Apache-2.0
"""TCP and TLS 1.3 under httpcore, with the server's key checked before a byte of a request leaves.

A peer is known by its Ed25519 key, told in its descriptor; no authority vouches for it, so certificates are not
verified against one: the key in the certificate is compared with the pins right after the handshake, in which the
server proved that it has the private half.
"""

import asyncio
import ssl
from collections.abc import Callable, Iterable
from contextlib import suppress
from socket import gaierror
from typing import Any, Final

import httpcore
from httpcore import SOCKET_OPTION

from lintas.crypto.tls import public_of
from lintas.errors import LintasError, PinMismatch

PIECE_BYTES: Final = 64 * 1024  # written at once: a slow line is dead when it takes none of it in time, however large

Check = Callable[[bytes], None]  # looks at the server's public key; raises PinMismatch


def client_context() -> ssl.SSLContext:
    """TLS 1.3 and no authority: the caller compares the key."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class PinnedNetwork(httpcore.AsyncNetworkBackend):
    """Opens connections on which nothing can be written before the server's key was checked."""

    def __init__(self, check: Check) -> None:
        self._check = check

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # as httpcore declares it
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Name where to connect to; `start_tls` does it, in one step with the handshake."""
        return _Named(host, port, self._check)

    async def sleep(self, seconds: float) -> None:
        """Wait; httpcore does so between tries, of which we ask for one."""
        await asyncio.sleep(seconds)


class _Named(httpcore.AsyncNetworkStream):
    """A host and port, to which only a secured connection can be made."""

    def __init__(self, host: str, port: int, check: Check) -> None:
        self._host, self._port = host, port
        self._check = check

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109  # as httpcore declares it
    ) -> httpcore.AsyncNetworkStream:
        """Connect, shake hands, then look at the server's key; a wrong one is hung up on.

        The event loop makes the socket: of one that it was given, uvloop can close the descriptor and leave the socket
        open, when the other side resets at once; collected later, that closes whatever has the number by then.
        """
        try:
            async with asyncio.timeout(timeout):
                reader, writer = await asyncio.open_connection(
                    self._host, self._port, ssl=ssl_context, server_hostname=server_hostname, limit=PIECE_BYTES
                )
        except TimeoutError as exc:
            raise httpcore.ConnectTimeout("connecting took too long") from exc
        except gaierror as exc:
            raise httpcore.ConnectError("the name of the host is not known") from exc
        except (ssl.SSLError, EOFError, ConnectionResetError, ConnectionAbortedError, BrokenPipeError) as exc:
            raise httpcore.ConnectError("the handshake failed") from exc
        except OSError as exc:
            raise httpcore.ConnectError(exc.strerror or type(exc).__name__) from exc
        stream = _Secured(reader, writer)
        try:
            self._check(_server_key(stream.get_extra_info("ssl_object")))
        except LintasError:
            writer.transport.abort()
            raise
        return stream

    async def aclose(self) -> None:
        """Do nothing: it is not connected yet."""


class _Secured(httpcore.AsyncNetworkStream):
    """A connection to a server whose key is the right one."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109  # httpcore's name
        """Read what is there; nothing says that the other side has ended."""
        try:
            async with asyncio.timeout(timeout):
                return await self._reader.read(max_bytes)
        except TimeoutError as exc:
            raise httpcore.ReadTimeout("nothing came in time") from exc
        except OSError as exc:
            raise httpcore.ReadError(exc.strerror or type(exc).__name__) from exc

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109  # httpcore's name
        """Write all, piece by piece; each piece has the whole time."""
        view = memoryview(buffer)
        try:
            for start in range(0, len(view), PIECE_BYTES):
                self._writer.write(view[start : start + PIECE_BYTES])
                async with asyncio.timeout(timeout):
                    await self._writer.drain()
        except TimeoutError as exc:
            raise httpcore.WriteTimeout("nothing was taken in time") from exc
        except (OSError, RuntimeError) as exc:  # RuntimeError: uvloop says so of a closed transport
            raise httpcore.WriteError(type(exc).__name__) from exc

    async def aclose(self) -> None:
        """Hang up, without waiting for the other side's farewell."""
        self._writer.transport.abort()
        with suppress(OSError):
            await self._writer.wait_closed()

    def get_extra_info(self, info: str) -> Any:
        """What httpcore asks of a connection."""
        if info == "is_readable":
            # Asked of a connection that rests in the pool: one with something to read has ended there.
            return self._reader.at_eof() or self._writer.transport.is_closing()
        return self._writer.get_extra_info(info)


def _server_key(connection: ssl.SSLObject | None) -> bytes:
    """The public key that the server proved to have.

    Raises:
        PinMismatch: It has no Ed25519 key.
    """
    shown = connection.getpeercert(binary_form=True) if connection is not None else None
    if shown is None:
        raise PinMismatch
    try:
        return public_of(shown)
    except LintasError as exc:
        raise PinMismatch from exc
