# SPDX-License-Identifier: Apache-2.0
"""Ask one peer: signed requests over pinned connections, every answer bounded.

Source: docs/spec/peer.md, "Requests".
"""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import httpcore

from lintas.crypto.requests import sign_request
from lintas.crypto.signing import SigningKey
from lintas.errors import BadInput, LinkFailed, OverLimit, PeerAnswered, PinMismatch
from lintas.limits import BATCH_BYTES_MAX, DESCRIPTOR_BYTES_MAX, FEED_SILENCE_S_MAX, HELLO_BYTES_MAX
from lintas.ports.clock import Clock
from lintas.transport.network import PinnedNetwork, client_context
from lintas.transport.sse import Event, EventParser

CONNECT_S_MAX: Final = 20  # seconds to connect and shake hands
CONNECTIONS_MAX: Final = 6  # to one peer: a feed, a push, and what is asked beside them
IDLE_S_MAX: Final = 60  # seconds that an unused connection is kept, below the 75 s of our server
ERROR_BYTES_MAX: Final = 64 * 1024
HOST_CHARS_MAX: Final = 253  # RFC 1035
JSON: Final = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer, whole."""

    status: int
    body: bytes


class PeerClient:
    """One peer, at one address."""

    def __init__(
        self,
        *,
        url: str,
        node: str,
        pins: Callable[[], frozenset[bytes]],
        key: SigningKey,
        clock: Clock,
        silence_s: float = FEED_SILENCE_S_MAX,
    ) -> None:
        """Connect to nothing yet.

        Args:
            url: `https://host[:port]`, without a path.
            node: The peer's id, which each request names.
            pins: Its TLS keys of this moment: raw Ed25519 public keys.
            key: Our signing key.
            silence_s: After which a peer that sends or takes nothing is given up. Seconds.

        Raises:
            BadInput: The address is none.
        """
        self._host = check_url(url)
        self._url, self._node = url.rstrip("/"), node
        self._pins, self._key, self._clock = pins, key, clock
        self._session, self._count = "", 0
        self._silence_s = silence_s
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=client_context(),
            max_connections=CONNECTIONS_MAX,
            keepalive_expiry=IDLE_S_MAX,
            network_backend=PinnedNetwork(self._check_pin),
        )

    def use_session(self, session: str) -> None:
        """Count the following requests within the session that the peer's welcome gave.

        Args:
            session: 32 hex digits.
        """
        self._session, self._count = session, 0

    async def greet(self, path: str, body: bytes, nonce: str, *, bytes_max: int = HELLO_BYTES_MAX) -> Reply:
        """Send a greeting, which stands outside any session.

        Args:
            nonce: Fresh random hex digits, 32 to 64.

        Raises:
            LinkFailed, OverLimit: As `get`.
        """
        async with self._open("POST", path, "", body, {"content-type": JSON}, nonce) as response:
            return Reply(status=response.status, body=await _read(response, bytes_max))

    async def get(self, path: str, query: str = "", *, bytes_max: int = BATCH_BYTES_MAX) -> Reply:
        """Ask for something.

        Raises:
            LinkFailed: Nobody answered, or not in time; PinMismatch and PeerAnswered say more.
            OverLimit: The answer is larger than it may be.
        """
        async with self._open("GET", path, query, b"", {}) as response:
            return Reply(status=response.status, body=await _read(response, bytes_max))

    async def post(self, path: str, body: bytes, *, media_type: str = JSON, bytes_max: int = BATCH_BYTES_MAX) -> Reply:
        """Send something.

        Raises:
            LinkFailed, OverLimit: As `get`.
        """
        async with self._open("POST", path, "", body, {"content-type": media_type}) as response:
            return Reply(status=response.status, body=await _read(response, bytes_max))

    @asynccontextmanager
    async def feed(self, path: str, query: str) -> AsyncGenerator[AsyncIterator[Event | None]]:
        """Follow a stream of events; None tells of a comment: life without news.

        Raises:
            LinkFailed: As `get`, and when the stream falls silent.
            OverLimit: An event is larger than it may be.
        """
        async with self._open("GET", path, query, b"", {"accept": "text/event-stream"}) as response:
            yield _events(response)

    async def aclose(self) -> None:
        """Hang up everything, also when whoever asks for it is cancelled meanwhile; nobody waits for the other side."""
        closing = asyncio.create_task(self._pool.aclose())
        try:
            await asyncio.shield(closing)
        except asyncio.CancelledError:
            await closing  # else connections that were not reached yet would stay open
            raise

    def _check_pin(self, public: bytes) -> None:
        if public not in self._pins():
            raise PinMismatch(hint="If the peer changed its keys, it must tell so by a signed key message first.")

    def _next_nonce(self) -> str:
        assert self._session, "greeted before anything is asked"
        self._count += 1
        return f"{self._session}.{self._count}"

    @asynccontextmanager
    async def _open(
        self, method: str, path: str, query: str, body: bytes, headers: Mapping[str, str], nonce: str = ""
    ) -> AsyncGenerator[httpcore.Response]:
        signed = sign_request(
            self._key,
            method=method,
            path=path,
            query=query,
            body=body,
            to=self._node,
            nonce=nonce or self._next_nonce(),
            created_s=int(self._clock.now().timestamp()),
        )
        address = self._url + path + (f"?{query}" if query else "")
        all_headers = {"host": self._host, "content-length": str(len(body)), **headers, **signed}
        async with _asked(self._pool, method, address, all_headers, body, silence_s=self._silence_s) as response:
            if response.status >= 400:
                raise _answered(response.status, await _read(response, ERROR_BYTES_MAX))
            yield response


def check_url(url: str) -> str:
    """Return the host and port of a peer's address, as the Host header has them.

    Raises:
        BadInput: It is no `https://host[:port]`.
    """
    try:
        parts = urlsplit(url)
        is_plain = parts.scheme == "https" and parts.hostname and parts.path in {"", "/"} and parts.port != 0
        extras = parts.query or parts.fragment or parts.username or parts.password
    except ValueError:
        is_plain, extras, parts = False, "", urlsplit("")
    if not is_plain or extras or not url.isascii() or not url.isprintable() or len(parts.netloc) > HOST_CHARS_MAX + 8:
        raise BadInput("That is no address of a peer.", hint="https://HOST:PORT, without a path.")
    return parts.netloc


async def tell_descriptor(url: str, document: bytes) -> None:
    """Give our descriptor to a peer that does not know our newest keys; it is public, so no key of the peer is asked.

    Raises:
        BadInput: The address is none.
        LinkFailed, OverLimit: As `PeerClient.get`.
    """
    host = check_url(url)
    headers = {"host": host, "content-length": str(len(document)), "content-type": JSON}
    async with (
        httpcore.AsyncConnectionPool(ssl_context=client_context(), network_backend=PinnedNetwork(_anybody)) as pool,
        _asked(pool, "POST", url.rstrip("/") + "/peer/v1/descriptor", headers, document) as response,
    ):
        body = await _read(response, ERROR_BYTES_MAX)
        if response.status >= 400:
            raise _answered(response.status, body)


def _anybody(_public: bytes) -> None:
    """Let any server pass."""


async def fetch_descriptor(url: str) -> tuple[bytes, bytes]:
    """Fetch a descriptor from somebody who is no peer yet; returns it and the server's public key.

    Nothing secret is sent and nothing that comes is believed: the words read out on a call decide who it is.

    Raises:
        BadInput: The address is none.
        LinkFailed, OverLimit: As `PeerClient.get`.
    """
    host = check_url(url)
    seen: list[bytes] = []
    async with (
        httpcore.AsyncConnectionPool(ssl_context=client_context(), network_backend=PinnedNetwork(seen.append)) as pool,
        _asked(pool, "GET", url.rstrip("/") + "/peer/v1/descriptor", {"host": host}, b"") as response,
    ):
        body = await _read(response, DESCRIPTOR_BYTES_MAX)
        if response.status != 200:
            raise _answered(response.status, body)
        return body, seen[0]


@asynccontextmanager
async def _asked(
    pool: httpcore.AsyncConnectionPool,
    method: str,
    address: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    silence_s: float = FEED_SILENCE_S_MAX,
) -> AsyncGenerator[httpcore.Response]:
    """Ask, with httpcore's errors told in our words."""
    timeout = {"connect": CONNECT_S_MAX, "read": silence_s, "write": silence_s, "pool": silence_s}
    with _in_our_words():
        async with pool.stream(
            method, address, headers=list(headers.items()), content=body, extensions={"timeout": timeout}
        ) as response:
            yield response


@contextmanager
def _in_our_words() -> Iterator[None]:
    try:
        yield
    except httpcore.TimeoutException as exc:
        raise LinkFailed("The peer does not answer in time.") from exc
    except httpcore.ConnectError as exc:
        raise LinkFailed(f"The peer cannot be reached: {exc}.") from exc
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError) as exc:
        raise LinkFailed("The connection to the peer was cut.") from exc


async def _read(response: httpcore.Response, bytes_max: int) -> bytes:
    body = bytearray()
    async for piece in response.aiter_stream():
        body += piece
        if len(body) > bytes_max:
            raise OverLimit(f"The peer's answer has more than {bytes_max:,} bytes.")
    return bytes(body)


async def _events(response: httpcore.Response) -> AsyncIterator[Event | None]:
    parser = EventParser()
    with _in_our_words():
        async for piece in response.aiter_stream():
            events = parser.feed(piece)
            if not events:
                yield None
            for event in events:
                yield event


def _answered(status: int, body: bytes) -> PeerAnswered:
    """Read what a peer says went wrong; it is shown to people, so it is cut to size and to printable text."""
    try:
        said = json.loads(body)
        code, sentence, hint = (_plain(said.get(name)) for name in ("error", "sentence", "hint"))
    except (ValueError, AttributeError, RecursionError):
        code, sentence, hint = "", "", ""
    return PeerAnswered(
        f"The peer answered {status}: {sentence or 'it says no more'}", status=status, code=code, body=body, hint=hint
    )


def _plain(value: object) -> str:
    text = value if isinstance(value, str) else ""
    return "".join(char for char in text[:300] if char.isprintable())
