# SPDX-License-Identifier: Apache-2.0
"""How a provider is asked: within limits, at its own host, and never again at once after it failed."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, Final

import pytest

from lintas.errors import ProviderFailed
from lintas.limits import PROVIDER_BYTES_MAX, PROVIDER_KEEP_S_MAX
from lintas.ports.identity import ProviderSettings
from lintas.testing import FakeClock
from lintas.transport.provider import DISCOVERY, HttpProvider

ELSEWHERE: Final = "http://127.0.0.2:9"


class Liar(HTTPServer):
    """A provider that answers whatever a test says."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.issuer = f"http://127.0.0.1:{self.server_address[1]}"
        self.asked: list[str] = []
        self.forms: list[tuple[str, str]] = []  # authorization, form
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.say(DISCOVERY, self.discovery())
        self.say("/keys", {"keys": []})

    def discovery(self, **changes: Any) -> dict[str, Any]:
        said = {name: f"{self.issuer}/{name}" for name in ("authorization_endpoint", "token_endpoint")}
        return {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys", **said, **changes}

    def say(self, path: str, body: object, *, status: int = 200, **headers: str) -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.answers[path] = (status, headers, raw)


class _Answers(BaseHTTPRequestHandler):
    server: Liar

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        status, headers, body = self.server.answers.get(self.path, (404, {}, b""))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        form = self.rfile.read(int(self.headers["content-length"])).decode()
        self.server.forms.append((self.headers.get("authorization", ""), form))
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def liar() -> Iterator[Liar]:
    with Liar() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def asked(liar: Liar, clock: FakeClock, secret: str = "") -> HttpProvider:
    settings = ProviderSettings(
        issuer=liar.issuer, client_id="lin tas", client_secret=secret, console_url="http://127.0.0.1:1"
    )
    return HttpProvider(settings, clock)


def test_what_a_provider_says_of_itself_is_kept_for_a_while(liar: Liar, clock: FakeClock) -> None:
    provider = asked(liar, clock)
    for _ in range(3):
        assert provider.metadata().token_endpoint == f"{liar.issuer}/token_endpoint"
        assert provider.keys() == b'{"keys": []}'
    assert liar.asked == [DISCOVERY, "/keys"]
    clock.forward(seconds=PROVIDER_KEEP_S_MAX + 1)
    provider.keys()
    assert liar.asked == [DISCOVERY, "/keys"] * 2


def test_unknown_keys_make_us_ask_again_but_seldom(liar: Liar, clock: FakeClock) -> None:
    provider = asked(liar, clock)
    provider.keys()
    for _ in range(20):
        provider.keys(afresh=True)
    assert liar.asked.count("/keys") == 1
    clock.forward(seconds=31)
    for _ in range(20):
        provider.keys(afresh=True)
    assert liar.asked.count("/keys") == 2


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
@pytest.mark.parametrize(
    "address",
    [
        f"{ELSEWHERE}/x",
        "https://127.0.0.1/x",
        "file:///etc/passwd",
        "",
        "http://u@127.0.0.1:{port}/x",
        "http://127.0.0.1:{port}@evil.example/",
        "http://127.0.0.1:x/",
        "http://[::1/",
    ],
)
def test_a_provider_cannot_send_us_to_another_host(liar: Liar, clock: FakeClock, name: str, address: str) -> None:
    liar.say(DISCOVERY, liar.discovery(**{name: address.replace("{port}", str(liar.server_address[1]))}))
    with pytest.raises(ProviderFailed, match="another host"):
        asked(liar, clock).metadata()
    assert liar.asked == [DISCOVERY]


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff", b"[]", b"{}", b'{"issuer": 7}', b"x" * (PROVIDER_BYTES_MAX + 1), b"[" * 5_000],
    ids=["nothing", "no text", "a list", "no fields", "a number", "too much", "deep"],
)
def test_an_answer_that_is_none_is_refused(liar: Liar, clock: FakeClock, body: bytes) -> None:
    liar.say(DISCOVERY, body)
    with pytest.raises(ProviderFailed):
        asked(liar, clock).metadata()


def test_another_issuer_is_refused(liar: Liar, clock: FakeClock) -> None:
    liar.say(DISCOVERY, liar.discovery(issuer="https://idp.example"))
    with pytest.raises(ProviderFailed, match="another name"):
        asked(liar, clock).metadata()


def test_a_provider_without_pkce_is_refused(liar: Liar, clock: FakeClock) -> None:
    liar.say(DISCOVERY, liar.discovery(code_challenge_methods_supported=["plain"]))
    with pytest.raises(ProviderFailed, match="S256"):
        asked(liar, clock).metadata()


def test_no_redirect_is_followed(liar: Liar, clock: FakeClock) -> None:
    liar.say(DISCOVERY, b"", status=302, location=f"{liar.issuer}/there")
    liar.say("/there", liar.discovery())
    with pytest.raises(ProviderFailed, match="302"):
        asked(liar, clock).metadata()
    assert liar.asked == [DISCOVERY]


def test_a_provider_that_failed_is_left_alone_for_a_moment(liar: Liar, clock: FakeClock) -> None:
    liar.say(DISCOVERY, b"", status=500)
    provider = asked(liar, clock)
    for _ in range(5):
        with pytest.raises(ProviderFailed, match="500"):
            provider.metadata()
    assert len(liar.asked) == 1


def test_a_code_is_exchanged_with_the_verifier_and_the_secret(liar: Liar, clock: FakeClock) -> None:
    liar.say("/token_endpoint", {"id_token": "a.b.c"})
    assert asked(liar, clock, "s:e&c").exchange("the code", verifier="v" * 43) == "a.b.c"
    authorization, form = liar.forms[0]
    assert authorization == "Basic bGluJTIwdGFzOnMlM0FlJTI2Yw=="  # lin%20tas:s%3Ae%26c
    assert "grant_type=authorization_code" in form
    assert f"code_verifier={'v' * 43}" in form
    assert "s%3A" not in form


@pytest.mark.parametrize(("status", "body"), [(400, b"{}"), (401, b"{}"), (400, b"\xff")])
def test_a_code_that_is_refused_signs_nobody_in(liar: Liar, clock: FakeClock, status: int, body: bytes) -> None:
    liar.say("/token_endpoint", body, status=status)
    assert asked(liar, clock).exchange("code", verifier="v" * 43) == ""


@pytest.mark.parametrize(
    ("status", "body"), [(200, b"{}"), (200, b"x"), (500, b""), (302, b""), (200, b'{"id_token": 7}')]
)
def test_anything_else_for_a_code_is_a_failure(liar: Liar, clock: FakeClock, status: int, body: bytes) -> None:
    liar.say("/token_endpoint", body, status=status)
    with pytest.raises(ProviderFailed):
        asked(liar, clock).exchange("code", verifier="v" * 43)


def test_a_provider_that_is_not_there_is_said_so(clock: FakeClock) -> None:
    settings = ProviderSettings(issuer="http://127.0.0.1:9", client_id="x", console_url="http://127.0.0.1:1")
    with pytest.raises(ProviderFailed, match="cannot be reached"):
        HttpProvider(settings, clock).metadata()


def test_settings_and_errors_never_print_the_secret(liar: Liar, clock: FakeClock) -> None:
    settings = ProviderSettings(
        issuer=liar.issuer, client_id="x", client_secret="hush hush", console_url="http://127.0.0.1:1"
    )
    assert "hush" not in repr(settings)
