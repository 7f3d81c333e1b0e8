# SPDX-License-Identifier: Apache-2.0
"""The world outside the agency: real mail servers, plain and with TLS, and a real web server, all of this machine."""

import asyncio
import base64
import ipaddress
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER: Final = "lintas"
PASSWORD: Final = "several plain words"
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A certificate authority of a test, and a server's certificate under it for localhost."""

    ca_file: Path
    context: ssl.SSLContext


def an_authority(folder: Path, *, name: str = "localhost") -> Authority:
    """Make one."""
    now = datetime.now(UTC)

    def certify(
        subject: str, key: ec.EllipticCurvePrivateKey, issuer: str, signer: ec.EllipticCurvePrivateKey, *, is_ca: bool
    ) -> x509.Certificate:
        sans: list[x509.GeneralName] = [x509.DNSName(name)]
        if name == "localhost":
            sans.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
        usage = {
            "digital_signature": True,
            "key_cert_sign": is_ca,
            "crl_sign": is_ca,
            "content_commitment": False,
            "key_encipherment": False,
            "data_encipherment": False,
            "key_agreement": False,
            "encipher_only": False,
            "decipher_only": False,
        }
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _DAY)
            .not_valid_after(now + _DAY)
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
            .add_extension(x509.KeyUsage(**usage), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
            .add_extension(x509.SubjectAlternativeName(sans), critical=False)
            .sign(signer, hashes.SHA256())
        )

    root, leaf = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca = certify("Test authority", root, "Test authority", root, is_ca=True)
    server = certify(name, leaf, "Test authority", root, is_ca=False)
    folder.mkdir(parents=True, exist_ok=True)
    ca_file, chain = folder / "ca.pem", folder / "server.pem"
    ca_file.write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    private = leaf.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    chain.write_bytes(private + server.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return Authority(ca_file=ca_file, context=context)


@dataclass(slots=True)
class Mailbox:
    """What a mail server took, and what it answers."""

    port: int = 0
    mails: list[bytes] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    was_encrypted: list[bool] = field(default_factory=list)
    signed_in: list[bool] = field(default_factory=list)
    called: list[str] = field(default_factory=list)  # what clients call themselves
    answer: str = "250 OK"  # to the end of a message
    answer_to_address: str = "250 OK"

    async def handle_RCPT(  # noqa: N802  # the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.answer_to_address.startswith("2"):
            envelope.rcpt_tos.append(address)
        return self.answer_to_address

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # as above
        if self.answer.startswith("2"):
            assert isinstance(envelope.content, bytes)
            self.mails.append(envelope.content)
            self.to.extend(envelope.rcpt_tos)
            assert server.transport is not None
            is_tls = session.ssl is not None or server.transport.get_extra_info("ssl_object") is not None
            self.was_encrypted.append(is_tls)
            self.called.append(session.host_name or "")
            self.signed_in.append(bool(session.authenticated))
        return self.answer


def _sign_in(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: LoginPassword
) -> AuthResult:
    return AuthResult(success=(given.login, given.password) == (USER.encode(), PASSWORD.encode()), handled=False)


@contextmanager
def mail_server(
    authority: Authority | None = None, *, implicit: bool = False, with_sign_in: bool = False
) -> Iterator[Mailbox]:
    """Run a mail server: plain, with STARTTLS required, or TLS from the first byte."""
    box, loop = Mailbox(), asyncio.new_event_loop()
    is_starttls = authority is not None and not implicit

    def protocol() -> SMTP:
        return SMTP(
            box,
            hostname="mail.example",
            loop=loop,
            tls_context=authority.context if authority is not None and is_starttls else None,
            require_starttls=is_starttls,
            authenticator=_sign_in if with_sign_in else None,
            auth_required=with_sign_in,
            auth_require_tls=is_starttls,
        )

    async def begin() -> asyncio.Server:
        context = authority.context if authority is not None and implicit else None
        return await loop.create_server(protocol, "127.0.0.1", 0, ssl=context)

    server = loop.run_until_complete(begin())
    box.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield box
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
        loop.close()


async def _end(server: asyncio.Server) -> None:
    server.close()
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Hook:
    """What a web server was posted, and what it answers."""

    url: str = ""
    posts: list[Post] = field(default_factory=list)
    status: int = 204
    location: str = ""


@contextmanager
def web_server(authority: Authority | None = None) -> Iterator[Hook]:
    """Run a web server, with TLS if an authority is given."""
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            hook.posts.append(Post(path=self.path, headers={k.lower(): v for k, v in self.headers.items()}, body=body))
            self.send_response(hook.status)
            if hook.location:
                self.send_header("location", hook.location)
            self.end_headers()

        def do_GET(self) -> None:  # whoever follows a redirect comes with this
            hook.posts.append(Post(path=self.path, headers={}, body=b""))

        def log_message(self, *_args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if authority is not None:
        server.socket = authority.context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    scheme, host = ("https", "localhost") if authority is not None else ("http", "127.0.0.1")
    hook.url = f"{scheme}://{host}:{server.server_address[1]}/hooks/desk?key=s3cret"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield hook
    finally:
        server.shutdown()
        thread.join(30)
        server.server_close()


def until(is_true: Callable[[], bool], wake: threading.Event | None = None, *, seconds: float = 90) -> None:
    """Wait for what another thread does; ends as soon as it is true."""
    ticking = wake or threading.Event()
    for _ in range(int(seconds / 0.02)):
        if is_true():
            return
        ticking.wait(0.02)
    raise AssertionError("it did not come true")


def secret() -> str:
    """A webhook's secret as settings write it."""
    return f"whsec_{base64.b64encode(bytes(range(32))).decode()}"
