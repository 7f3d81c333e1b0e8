# SPDX-License-Identifier: Apache-2.0
"""The peer address of one node, asked by another's keys: who may ask what, and what everybody else hears."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from lintas.crypto.requests import sign_request
from lintas.crypto.signing import SigningKey
from lintas.formats.peer import sign_document
from lintas.formats.peer.descriptor import read_descriptor
from lintas.limits import DESCRIPTOR_BYTES_MAX, HELLO_BYTES_MAX, PEER_REQUESTS_BURST, PEER_SESSIONS_MAX
from lintas.model.marking import Marking, Tlp
from lintas.node.node import Node
from lintas.testing import OFFICER, FakeClock, two_nodes
from lintas.transport.workers import Workers
from lintas.web.peer.app import build_peer_app
from lintas.web.routes import PEER_ROUTES
from lintas.work.exchange import Outgoing, make_hello, next_batch, read_welcome
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.peering import remove_peer, suspend_peer
from lintas.work.services import no_progress
from lintas.work.sharing import share
from lintas.work.streams import our_cursor

STRANGER = SigningKey.from_seed(b"\7" * 32)


class Http:
    """A client of one application, without sockets; its event loop stays between requests."""

    def __init__(self, app: Starlette) -> None:
        self.runner = asyncio.Runner()
        transport = httpx.ASGITransport(app=app)
        self.client = httpx.AsyncClient(transport=transport, base_url="https://peer.example")

    def request(
        self,
        method: str,
        path: str,
        *,
        content: bytes | Iterator[bytes] = b"",
        headers: Mapping[str, str] | Sequence[tuple[str, str]] = (),
    ) -> httpx.Response:
        sent = content if isinstance(content, bytes) else pieces_of(content)
        more = dict(headers) if isinstance(headers, Mapping) else list(headers)
        return self.runner.run(self.client.request(method, path, content=sent, headers=more))

    def close(self) -> None:
        self.runner.run(self.client.aclose())
        self.runner.close()


async def pieces_of(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


@dataclass
class Caller:
    """One node that asks another over HTTP, without TLS."""

    node: Node
    asked: Node
    http: Http
    clock: FakeClock
    session: str = ""
    count: int = 0

    @property
    def id(self) -> str:
        return str(self.node.services.keys.node)

    @property
    def to(self) -> str:
        return str(self.asked.services.keys.node)

    def signed(
        self,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        nonce: str = "",
        to: str = "",
        key: SigningKey | None = None,
    ) -> dict[str, str]:
        if not nonce:
            self.count += 1
            nonce = f"{self.session or '0' * 32}.{self.count}"
        plain, _, query = path.partition("?")
        return sign_request(
            key or self.node.services.keys.signing,
            method=method,
            path=plain,
            query=query,
            body=body,
            to=to or self.to,
            nonce=nonce,
            created_s=0,
        )

    def ask(self, method: str, path: str, body: bytes = b"", **more: Any) -> httpx.Response:
        headers = self.signed(method, path, body=body, **more)
        return self.http.request(method, path, content=body, headers=headers)

    def greet(self, *, nonce: str = "", **more: Any) -> httpx.Response:
        challenge = self.node.services.keys.random(16).hex()
        hello = make_hello(self.node.services, self.to, challenge)
        response = self.ask(
            "POST", "/peer/v1/hello", hello, nonce=nonce or self.node.services.keys.random(16).hex(), **more
        )
        if response.status_code == 200:
            welcome = read_welcome(self.node.services, self.to, hello, response.content)
            self.session, self.count = welcome.session, 0
        return response


@pytest.fixture
def caller(tmp_path: Path) -> Iterator[Caller]:
    clock = FakeClock()
    with two_nodes(tmp_path, clock=clock) as (here, there):
        app = build_peer_app(here.services, workers=Workers(), hear=lambda _node, _note: None)
        http = Http(app)
        yield Caller(node=there, asked=here, http=http, clock=clock)
        http.close()


def shared(caller: Caller) -> Outgoing:
    """Share one message; returns the batch that it goes in."""
    services = caller.node.services
    file = TakenFile(name="note.txt", data=b"Call +60 12-345 6789")
    options = TakeOptions(marking=Marking(tlp=Tlp.AMBER))
    (message,) = take(services, OFFICER, [file], options=options, progress=no_progress).messages
    share(services, OFFICER, [message], to=[caller.to])
    cursor = caller.asked.services.store.read(lambda snapshot: our_cursor(snapshot, caller.id))
    batch = next_batch(services, caller.to, cursor)
    assert batch is not None
    return batch


def told(response: httpx.Response) -> tuple[int, str]:
    said = response.json()
    assert said["sentence"]
    return response.status_code, said["error"]


def test_every_route_but_the_public_ones_refuses_whoever_does_not_sign(caller: Caller) -> None:
    for spec in PEER_ROUTES:
        response = caller.http.request(spec.method, spec.path)
        if spec.may == "public":
            assert response.status_code == (200 if spec.method == "GET" else 400)
        else:
            assert told(response) == (421, "addressee")
            response = caller.http.request(spec.method, spec.path, headers={"lintas-to": caller.to})
            assert response.status_code in (400, 401)


def test_anybody_may_read_the_descriptor(caller: Caller) -> None:
    response = caller.http.request("GET", "/peer/v1/descriptor")
    assert len(response.content) <= DESCRIPTOR_BYTES_MAX
    assert read_descriptor(response.content).node == caller.to


def test_strangers_share_one_budget_for_it(caller: Caller) -> None:
    codes = [caller.http.request("GET", "/peer/v1/descriptor").status_code for _ in range(PEER_REQUESTS_BURST + 1)]
    assert codes == [200] * PEER_REQUESTS_BURST + [429]
    assert caller.greet().status_code == 429  # until the bucket fills again
    caller.clock.forward(seconds=1)
    assert caller.greet().status_code == 200


def test_a_peer_that_greets_may_ask(caller: Caller) -> None:
    assert caller.greet().status_code == 200
    response = caller.ask("POST", "/peer/v1/gossip", b'{"notes":[]}')
    assert (response.status_code, response.json()) == (200, {"notes": []})


def test_a_request_without_a_session_is_told_to_greet(caller: Caller) -> None:
    assert told(caller.ask("GET", "/peer/v1/proof")) == (401, "session")


def test_a_replayed_request_is_refused(caller: Caller) -> None:
    caller.greet()
    body = b'{"notes":[]}'
    headers = caller.signed("POST", "/peer/v1/gossip", body=body)
    answers = [caller.http.request("POST", "/peer/v1/gossip", content=body, headers=headers) for _ in range(2)]
    assert [response.status_code for response in answers] == [200, 401]
    assert told(answers[1]) == (401, "replay")


def test_a_replayed_greeting_is_refused_and_opens_no_session(caller: Caller) -> None:
    challenge, nonce = "0" * 32, "1" * 32
    hello = make_hello(caller.node.services, caller.to, challenge)
    headers = caller.signed("POST", "/peer/v1/hello", body=hello, nonce=nonce)
    answers = [caller.http.request("POST", "/peer/v1/hello", content=hello, headers=headers) for _ in range(2)]
    assert answers[0].status_code == 200
    assert told(answers[1]) == (401, "replay")


def test_a_request_for_another_node_is_misdirected(caller: Caller) -> None:
    caller.greet()
    assert told(caller.ask("GET", "/peer/v1/proof", to=caller.id)) == (421, "addressee")


def test_a_changed_addressee_breaks_the_signature(caller: Caller) -> None:
    caller.greet()
    headers = caller.signed("GET", "/peer/v1/proof", to=caller.id) | {"lintas-to": caller.to}
    assert told(caller.http.request("GET", "/peer/v1/proof", headers=headers)) == (401, "signature")


def test_another_key_another_path_query_method_or_body_breaks_the_signature(caller: Caller) -> None:
    caller.greet()
    gossip, body = "/peer/v1/gossip", b'{"notes":[]}'
    tries = [
        ("POST", gossip, body, caller.signed("POST", gossip, body=body, key=STRANGER)),
        ("POST", gossip, body, caller.signed("POST", "/peer/v1/cosignature", body=body)),
        ("POST", gossip, body, caller.signed("GET", gossip, body=body)),
        ("POST", gossip, body, caller.signed("POST", f"{gossip}?x=1", body=body)),
        ("POST", f"{gossip}?x=1", body, caller.signed("POST", gossip, body=body)),
        ("POST", gossip, body + b" ", caller.signed("POST", gossip, body=body)),
    ]
    for method, path, sent, headers in tries:
        response = caller.http.request(method, path, content=sent, headers=headers)
        assert told(response) == (401, "signature"), path
    for dropped in ("signature", "content-digest"):
        headers = caller.signed("POST", gossip, body=body)
        del headers[dropped]
        assert told(caller.http.request("POST", gossip, content=body, headers=headers)) == (401, "signature")


def test_a_doubled_header_breaks_the_signature(caller: Caller) -> None:
    caller.greet()
    headers = list(caller.signed("GET", "/peer/v1/proof").items())
    doubled = [*headers, ("signature", dict(headers)["signature"])]
    assert told(caller.http.request("GET", "/peer/v1/proof", headers=doubled)) == (401, "signature")


def test_a_node_that_is_no_peer_hears_nothing(caller: Caller) -> None:
    hello = sign_document("hello", {"from": "lintas:" + "a" * 52}, STRANGER)
    response = caller.ask("POST", "/peer/v1/hello", hello, nonce="2" * 32, key=STRANGER)
    assert told(response) == (401, "signature")


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"\xff", b'{"keyid":1}', b"[" * 10_000])
def test_a_greeting_that_is_none_is_malformed(caller: Caller, body: bytes) -> None:
    assert told(caller.ask("POST", "/peer/v1/hello", body, nonce="3" * 32)) == (400, "malformed")


def test_a_greeting_signed_by_a_peer_for_another_is_refused(caller: Caller) -> None:
    """Each signature holds; but the request's is of one peer, and the document's says another."""
    hello = make_hello(caller.node.services, caller.to, "4" * 32)
    altered = hello.replace(caller.id.encode(), b"lintas:" + b"a" * 52, 1)
    assert told(caller.ask("POST", "/peer/v1/hello", altered, nonce="4" * 32)) == (401, "signature")


def test_a_suspended_peer_is_refused_at_once(caller: Caller) -> None:
    caller.greet()
    suspend_peer(caller.asked.services, OFFICER, caller.id, "asked_by_peer")
    assert told(caller.ask("POST", "/peer/v1/gossip", b'{"notes":[]}')) == (403, "standing")
    assert told(caller.ask("GET", "/peer/v1/feed?after=0000000000000000.0.0")) == (403, "standing")
    assert told(caller.greet()) == (403, "standing")


def test_a_removed_peer_is_refused_at_once(caller: Caller) -> None:
    caller.greet()
    remove_peer(caller.asked.services, OFFICER, caller.id, "no_longer")
    assert told(caller.ask("POST", "/peer/v1/inbox", b"{}")) == (403, "standing")


def test_a_body_that_says_it_is_too_large_is_not_read(caller: Caller) -> None:
    caller.greet()
    headers = caller.signed("POST", "/peer/v1/hello", nonce="5" * 32) | {"content-length": str(10**12)}
    response = caller.http.request("POST", "/peer/v1/hello", content=iter([b"x"]), headers=headers)
    assert told(response) == (413, "size")
    assert response.headers["connection"] == "close"


def test_a_body_that_grows_too_large_is_cut_off(caller: Caller) -> None:
    headers = caller.signed("POST", "/peer/v1/hello", nonce="6" * 32)
    pieces = (b"x" * 1024 for _ in range(HELLO_BYTES_MAX // 1024 + 1))
    assert told(caller.http.request("POST", "/peer/v1/hello", content=pieces, headers=headers)) == (413, "size")


def test_a_route_without_a_body_takes_none(caller: Caller) -> None:
    caller.greet()
    assert told(caller.ask("GET", "/peer/v1/proof", b"x")) == (413, "size")


def test_too_many_requests_are_told_when_to_come_back(caller: Caller) -> None:
    caller.greet()
    body = b'{"notes":[]}'
    codes = [caller.ask("POST", "/peer/v1/gossip", body).status_code for _ in range(PEER_REQUESTS_BURST)]
    assert set(codes) == {200, 429}
    response = caller.ask("POST", "/peer/v1/gossip", body)
    assert told(response) == (429, "busy")
    assert int(response.headers["retry-after"]) >= 1
    caller.clock.forward(seconds=int(response.headers["retry-after"]))
    assert caller.ask("POST", "/peer/v1/gossip", body).status_code == 200


def test_an_old_session_goes_when_a_peer_opens_too_many(caller: Caller) -> None:
    caller.greet()
    first = caller.session
    for _ in range(PEER_SESSIONS_MAX):
        caller.greet()
    assert told(caller.ask("POST", "/peer/v1/gossip", b'{"notes":[]}', nonce=f"{first}.1")) == (401, "session")
    assert caller.ask("POST", "/peer/v1/gossip", b'{"notes":[]}').status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/peer/v1/feed",
        "/peer/v1/feed?after=",
        "/peer/v1/feed?after=0.0",
        "/peer/v1/proof",
        "/peer/v1/proof?incarnation=x&lane=bulk&counter=1",
        "/peer/v1/proof?incarnation=0000000000000000&lane=none&counter=1",
        "/peer/v1/proof?incarnation=0000000000000000&lane=bulk&counter=-1",
        "/peer/v1/checkpoint",
        "/peer/v1/checkpoint?from=x",
    ],
)
def test_a_question_that_is_none_is_malformed(caller: Caller, path: str) -> None:
    caller.greet()
    assert told(caller.ask("GET", path)) == (400, "malformed")


@pytest.mark.parametrize("body", [b"", b"{", b'{"notes":[1]}', b'{"notes":[],"more":1}', b'{"notes":' + b"[" * 9_000])
def test_gossip_that_is_none_is_malformed(caller: Caller, body: bytes) -> None:
    caller.greet()
    assert told(caller.ask("POST", "/peer/v1/gossip", body)) == (400, "malformed")


def test_a_pushed_batch_is_acknowledged_with_the_cursor(caller: Caller) -> None:
    caller.greet()
    services = caller.node.services
    file = TakenFile(name="note.txt", data=b"Call +60 12-345 6789")
    (message,) = take(
        services, OFFICER, [file], options=TakeOptions(marking=Marking(tlp=Tlp.AMBER)), progress=no_progress
    ).messages
    share(services, OFFICER, [message], to=[caller.to])
    cursor = caller.asked.services.store.read(lambda snapshot: our_cursor(snapshot, caller.id))
    batch = next_batch(services, caller.to, cursor)
    assert batch is not None
    for _ in range(2):
        response = caller.ask("POST", "/peer/v1/inbox", batch.document)
        assert (response.status_code, json.loads(response.content)["signed"]["cursor"]) == (200, str(batch.cursor))


def test_an_altered_batch_is_refused_and_its_sender_suspended(caller: Caller) -> None:
    caller.greet()
    services = caller.node.services
    file = TakenFile(name="note.txt", data=b"Call +60 12-345 6789")
    (message,) = take(
        services, OFFICER, [file], options=TakeOptions(marking=Marking(tlp=Tlp.AMBER)), progress=no_progress
    ).messages
    share(services, OFFICER, [message], to=[caller.to])
    cursor = caller.asked.services.store.read(lambda snapshot: our_cursor(snapshot, caller.id))
    batch = next_batch(services, caller.to, cursor)
    assert batch is not None
    altered = batch.document.replace(b'"lane":"bulk"', b'"lane":"alert"').replace(b'"first":1', b'"first":2')
    response = caller.ask("POST", "/peer/v1/inbox", altered)
    assert told(response) == (401, "signature")
    assert told(caller.ask("POST", "/peer/v1/inbox", batch.document)) == (403, "standing")


def test_a_cursor_beyond_what_was_sent_is_told_before_the_feed(caller: Caller) -> None:
    caller.greet()
    own = caller.asked.services.store.read(lambda snapshot: snapshot.meta("incarnation"))
    assert told(caller.ask("GET", f"/peer/v1/feed?after={own}.9.9")) == (400, "malformed")


def test_an_address_that_is_none_says_so_as_json(caller: Caller) -> None:
    assert told(caller.http.request("GET", "/peer/v1/none")) == (404, "unknown")
    assert told(caller.http.request("POST", "/peer/v1/feed")) == (405, "unknown")
    assert told(caller.http.request("GET", "/")) == (404, "unknown")
