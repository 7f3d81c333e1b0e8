# SPDX-License-Identifier: Apache-2.0
"""Real sockets and real TLS: the server's key is looked at before it hears anything."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from lintas.crypto.signing import SigningKey, node_id
from lintas.errors import BadInput, LinkFailed, OverLimit, PeerAnswered, PinMismatch
from lintas.testing import FakeClock
from lintas.transport.client import PeerClient, check_url, fetch_descriptor
from lintas.transport.serving import server_context

SERVER, STRANGER, OURS = (SigningKey.from_seed(bytes([number]) * 32) for number in (1, 2, 3))
NODE = node_id(SERVER.public)
Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Listening:
    """A server, and what it heard after the handshake."""

    def __init__(self) -> None:
        self.port = 0
        self.heard = b""
        self.connections = 0


@asynccontextmanager
async def listening(script: Script | None = None, tls: ssl.SSLContext | None = None) -> AsyncIterator[Listening]:
    found, done = Listening(), asyncio.Event()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        found.connections += 1
        with contextlib.suppress(OSError):
            if script is not None:
                await script(reader, writer)
            while piece := await reader.read(65_536):
                found.heard += piece
        writer.close()
        done.set()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls or server_context(SERVER, NODE))
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
        if found.connections:
            async with asyncio.timeout(20):
                await done.wait()
    finally:
        server.close()


def answering(head: str, body: bytes = b"") -> Script:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body)
        await writer.drain()

    return script


@asynccontextmanager
async def calling(server: Listening, *pins: bytes, silence_s: float = 20.0) -> AsyncIterator[PeerClient]:
    client = PeerClient(
        url=f"https://127.0.0.1:{server.port}",
        node=NODE,
        pins=lambda: frozenset(pins or (SERVER.public,)),
        key=OURS,
        clock=FakeClock(),
        silence_s=silence_s,
    )
    client.use_session("0" * 32)
    try:
        yield client
    finally:
        await client.aclose()


def test_the_right_key_hears_a_signed_request() -> None:
    async def story() -> None:
        heard = b""

        async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal heard
            heard = await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

        async with listening(script) as server, calling(server) as client:
            reply = await client.get("/peer/v1/feed", "after=x")
            assert (reply.status, reply.body) == (200, b"ok")
        assert heard.startswith(b"GET /peer/v1/feed?after=x HTTP/1.1\r\n")
        for part in (b"signature-input: lintas=", b"content-digest: sha-256=", NODE.encode(), b'nonce="' + b"0" * 32):
            assert part in heard.lower()

    asyncio.run(story())


def test_a_wrong_key_hears_nothing_at_all() -> None:
    async def story() -> None:
        async with listening() as server, calling(server, STRANGER.public) as client:
            with pytest.raises(PinMismatch):
                await client.post("/peer/v1/inbox", b"secret")
        assert server.heard == b""

    asyncio.run(story())


def test_no_pin_trusts_nobody() -> None:
    async def story() -> None:
        async with listening() as server:
            client = PeerClient(
                url=f"https://127.0.0.1:{server.port}", node=NODE, pins=frozenset, key=OURS, clock=FakeClock()
            )
            client.use_session("0" * 32)
            with pytest.raises(PinMismatch):
                await client.get("/")
            await client.aclose()
        assert server.heard == b""

    asyncio.run(story())


def test_a_key_of_another_kind_is_none_of_the_pins(tmp_path_factory: pytest.TempPathFactory) -> None:
    from datetime import UTC, datetime

    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "example")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1)
        .not_valid_before(datetime(2000, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
        .sign(key, SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(certificate.public_bytes(Encoding.PEM) + private)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(path)

    async def story() -> None:
        async with listening(tls=tls) as server, calling(server) as client:
            with pytest.raises(PinMismatch):
                await client.get("/")
        assert server.heard == b""

    asyncio.run(story())


def test_an_older_tls_is_not_spoken() -> None:
    async def story() -> None:
        tls = server_context(SERVER, NODE)
        tls.minimum_version = ssl.TLSVersion.TLSv1_2
        tls.maximum_version = ssl.TLSVersion.TLSv1_2
        async with listening(tls=tls) as server, calling(server) as client:
            with pytest.raises(LinkFailed):
                await client.get("/")
            server.connections = 0  # nobody came past the handshake

    asyncio.run(story())


def test_a_port_where_nobody_is_says_so() -> None:
    async def story() -> None:
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            server = Listening()
            server.port = unused.getsockname()[1]
            async with calling(server) as client:
                with pytest.raises(LinkFailed, match="reached"):
                    await client.get("/")

    asyncio.run(story())


def test_an_answer_that_is_too_large_is_cut_off() -> None:
    async def story() -> None:
        script = answering("HTTP/1.1 200 OK\nContent-Length: 1000", b"x" * 1000)
        async with listening(script) as server, calling(server) as client:
            with pytest.raises(OverLimit):
                await client.get("/", bytes_max=999)

    asyncio.run(story())


@pytest.mark.parametrize(
    "head",
    [
        "HTTP/1.1 200 OK\nContent-Length: 10",  # and hangs up after less
        "HTTP/1.1 200 OK\nTransfer-Encoding: chunked",
        "SMTP 220 hello",
        "HTTP/1.1 200 OK\nContent-Length: ten",
    ],
)
def test_an_answer_that_is_none_is_a_failed_link(head: str) -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await answering(head, b"abc")(reader, writer)
        writer.close()

    async def story() -> None:
        async with listening(script) as server, calling(server) as client:
            with pytest.raises(LinkFailed):
                await client.get("/")

    asyncio.run(story())


@pytest.mark.parametrize(
    ("body", "code", "sentence"),
    [
        (b'{"error":"gap","sentence":"Some are missing.","hint":"x"}', "gap", "Some are missing."),
        (b'{"error":7,"sentence":["no"]}', "", "says no more"),
        (b"<html>", "", "says no more"),
        (b"[1]", "", "says no more"),
        (b'{"error":"a","sentence":"bell\\u0007rings"}', "a", "bellrings"),
    ],
)
def test_a_refusal_carries_what_the_peer_said_of_it(body: bytes, code: str, sentence: str) -> None:
    async def story() -> None:
        script = answering(f"HTTP/1.1 409 Conflict\nContent-Length: {len(body)}", body)
        async with listening(script) as server, calling(server) as client:
            with pytest.raises(PeerAnswered) as told:
                await client.get("/")
        assert (told.value.status, told.value.code, told.value.body) == (409, code, body)
        assert sentence in told.value.message

    asyncio.run(story())


def test_a_feed_gives_events_as_they_come() -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for piece in (b": alive\n\n", b"event: batch\nid: 1\nda", b"ta: {}\n\n"):
            writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            await writer.drain()
        writer.write(b"0\r\n\r\n")

    async def story() -> None:
        async with (
            listening(script) as server,
            calling(server) as client,
            client.feed("/peer/v1/feed", "after=x") as events,
        ):
            found = [event async for event in events]
        named = [(event.name, event.data, event.id) for event in found if event is not None]
        assert named == [("batch", b"{}", "1")]
        assert None in found

    asyncio.run(story())


def test_a_descriptor_is_fetched_from_a_stranger_with_the_key_it_showed() -> None:
    async def story() -> None:
        script = answering("HTTP/1.1 200 OK\nContent-Length: 7", b'{"a":1}')
        async with listening(script) as server:
            document, public = await fetch_descriptor(f"https://127.0.0.1:{server.port}")
        assert (document, public) == (b'{"a":1}', SERVER.public)

    asyncio.run(story())


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example",
        "https://",
        "https://a.example/path",
        "https://a.example?q",
        "https://a.example#f",
        "https://user@a.example",
        "https://a.example:0",
        "https://a.example:port",
        "https://[::1",
        "https://a.exämple",
        "https://a.example\n",
        "ftp://a.example",
        "",
    ],
)
def test_what_is_no_address_of_a_peer_is_refused(url: str) -> None:
    with pytest.raises(BadInput):
        check_url(url)


def test_an_address_gives_its_host_header() -> None:
    assert check_url("https://a.example:8418/") == "a.example:8418"
    assert check_url("https://[::1]:8418") == "[::1]:8418"


def test_a_silent_server_is_given_up() -> None:
    async def story() -> None:
        async with listening() as server, calling(server, silence_s=0.1) as client:
            with pytest.raises(LinkFailed, match="in time"):
                await client.get("/")
            await client.aclose()

    asyncio.run(story())
